"""Facts of a household's money."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.money.models import Debt
from apps.money.services.facts import FACT_KINDS, add_fact, change_fact, remove_fact
from tests.factories import clients as people
from tests.factories import money as made
from tests.factories import portfolios


@pytest.mark.parametrize("kind", sorted(FACT_KINDS))
def test_each_kind_is_added_changed_and_removed_on_the_trail(ada: User, kind: str) -> None:
    household = people.household(ada)
    extra = {"account": portfolios.account(household, ada)} if kind == "saving" else {}
    fact = made.fact(kind, household, ada, **extra)
    change_fact(fact=fact, fields={"name": "Other name"}, by=ada.as_actor())
    remove_fact(fact=fact, by=ada.as_actor())
    events = AuditEvent.objects.filter(action__startswith="money.").order_by("id")
    assert [event.action for event in events] == [f"money.{verb}_{kind}" for verb in ("add", "change", "remove")]
    assert {event.subject_id for event in events} == {str(household.public_id)}
    assert events[1].after == {"name": "Other name"}
    assert not FACT_KINDS[kind].objects.exists()


@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    [
        ("debt", {"balance": Decimal(-1)}, ""),
        ("debt", {"annual_rate": Decimal(6)}, ""),
        ("income", {"kind": "lottery"}, "kind"),
        ("property", {"value": Decimal(-1)}, ""),
    ],
)
def test_what_cannot_be_is_refused(ada: User, kind: str, fields: dict[str, object], field: str) -> None:
    household = people.household(ada)
    with pytest.raises(InvalidInputError) as refused:
        made.fact(kind, household, ada, **fields)
    assert refused.value.field == field
    assert not FACT_KINDS[kind].objects.exists()
    assert not AuditEvent.objects.filter(action__startswith="money.").exists()


def test_a_person_of_another_household_is_refused(ada: User) -> None:
    other = people.household(ada, name="Okafor").people.get(relationship="head")
    with pytest.raises(InvalidInputError, match="another household"):
        made.fact("income", people.household(ada), ada, person=other)


def test_an_unknown_kind_is_refused(ada: User) -> None:
    with pytest.raises(InvalidInputError, match="no kind of fact"):
        add_fact(kind="lottery", household=people.household(ada), fields={}, by=ada.as_actor())


def test_the_history_keeps_every_state(ada: User) -> None:
    debt = made.fact("debt", people.household(ada), ada)
    change_fact(fact=debt, fields={"balance": Decimal(300_000)}, by=ada.as_actor())
    balances = [row.balance for row in Debt.history.order_by("history_id")]
    assert balances == [310_000, 300_000]
    assert {row.history_user_id for row in Debt.history.all()} == {ada.as_actor().key}
