import datetime as dt
from decimal import Decimal

import pytest

from apps.compliance.forms import CapacityForm
from apps.compliance.ports import GatheredFacts, capacity_facts
from apps.compliance.selectors.capacity_inputs import known_capacity
from tests.factories import compliance as make
from tests.factories.clients import household

DAY = dt.date(2026, 6, 1)


@pytest.fixture(autouse=True)
def _only_what_the_test_connects(monkeypatch):
    """What apps above say is tested with them."""
    monkeypatch.setattr(capacity_facts, "_sources", [])


@pytest.fixture
def connect():
    ended = []
    yield lambda source: ended.append(capacity_facts.connect(source))
    for end in ended:
        end()


def test_nothing_known_leaves_the_form_empty(ada):
    assert known_capacity(household(ada), DAY) == {}


def test_what_apps_know_fills_the_form_with_its_source(ada, connect):
    def plans(_household, on):
        return GatheredFacts(
            facts={"funded_ratio": Decimal("1.1")},
            sources={"funded_ratio": f"plan of {on}"},
            required_return=Decimal("0.06"),
        )

    def money(_household, _on):
        return GatheredFacts(
            facts={"funded_ratio": Decimal("0.5"), "debt_service_ratio": Decimal("0.25")},
            sources={"debt_service_ratio": "debts"},
            portfolio_value=Decimal("400000.00592995000000"),
        )

    connect(plans)
    connect(money)
    known = known_capacity(household(ada), DAY)
    # the source connected first wins
    assert (known["funded_ratio"], known["debt_service_ratio"]) == (Decimal("1.1"), Decimal("0.25"))
    assert CapacityForm(initial=known)["required_return"].value() == "6"
    # units times a close has more places than the form takes
    assert str(known["portfolio_value"]) == "400000.01"
    assert known["source"] == "debts (debt service over income); plan of 2026-06-01 (funded ratio)"


def test_the_last_assessment_fills_what_nobody_knows(ada):
    rivera = household(ada)
    make.capacity(rivera, ada)
    known = known_capacity(rivera, DAY)
    shown = CapacityForm(initial=known)
    assert [shown[name].value() for name in ("net_worth_share", "dependants", "required_return")] == ["50", "2", "7"]
