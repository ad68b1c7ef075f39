"""Life insurance on its way into the engine: what pays, how long, and what is said of it."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest

from apps.money.selectors.facts import InsuranceFact
from apps.plans.engine.life_policies import LifePolicy
from apps.plans.services._life_cover import cover_of_lives
from tests.apps.plans.services.test_mapping import ANA, EVA, facts, question

AHEAD = dt.date(2041, 7, 1)


def policy(**changed: object) -> InsuranceFact:
    told = {
        "key": "p", "kind": "life", "person_id": ANA, "coverage": Decimal(500_000), "annual_premium": Decimal("640.30"),
        "ends_on": AHEAD, "name": "Term", "life_form": "term",
    }  # fmt: skip
    return InsuranceFact(**{**told, **changed})  # type: ignore[arg-type]


def told(*policies: InsuranceFact) -> tuple[tuple[LifePolicy, ...], list[tuple[str, dict[str, str]]]]:
    return cover_of_lives(facts(insurance=policies), [str(ANA)])


def test_a_term_reaches_the_engine_with_a_monthly_premium_to_the_cent() -> None:
    (taken,), caveats = told(policy())
    assert (taken.insured, taken.benefit, taken.monthly_premium) == (str(ANA), 500_000.0, 53.36)
    assert (taken.end, taken.until_retirement, taken.premium_in_costs) == (AHEAD, False, True)
    assert [message % params for message, params in caveats] == [
        "“Term” pays its cover, tax free, at a death before 2041-07-01; its amount does not rise.",
        "The premium of “Term” is taken to be among the living costs; before retirement they fall by it when it ends.",
    ]


@pytest.mark.parametrize("form", ["", "term"])
def test_cover_of_which_no_end_is_known_is_counted_until_retirement_and_the_plan_says_so(form: str) -> None:
    (taken,), caveats = told(policy(ends_on=None, life_form=form, annual_premium=Decimal(0)))
    assert (taken.end, taken.until_retirement) == (None, True)
    ((message, params),) = caveats
    assert "How long “Term” lasts is not known" in message % params


def test_whole_life_has_no_end_and_a_premium_besides_is_told_as_such() -> None:
    (taken,), caveats = told(policy(ends_on=None, life_form="whole", premium_in_costs=False))
    assert (taken.end, taken.until_retirement, taken.premium_in_costs) == (None, False, False)
    assert "whenever the insured dies" in caveats[0][0]
    assert "besides the living costs" in caveats[1][0]


@pytest.mark.parametrize("kind", ["disability", "long_term_care", "health", "home", "auto", "umbrella"])
def test_what_does_not_pay_at_a_death_is_not_counted(kind: str) -> None:
    assert told(policy(kind=kind)) == ((), [])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"person_id": None}, "Whose life “Term” insures is not known"),
        ({"person_id": EVA}, "insures nobody whose life the plan rests on"),
        ({"person_id": uuid.UUID(int=77)}, "insures nobody whose life the plan rests on"),
        ({"ends_on": dt.date(2020, 1, 1)}, "ended on 2020-01-01"),
    ],
)
def test_what_cannot_pay_is_named_and_left_out(changed: dict[str, object], said: str) -> None:
    taken, ((message, params),) = told(policy(**changed))
    assert taken == ()
    assert said in message % params


def test_the_whole_question_holds_them_under_their_names() -> None:
    found = question(facts(insurance=(policy(),)))
    assert [item.key for item in found.question.inputs.events.policies] == ["p"]
    assert found.names["p"] == "Term"
    assert {"name": "Term", "day": "2041-07-01"} in [caveat["params"] for caveat in found.caveats]
