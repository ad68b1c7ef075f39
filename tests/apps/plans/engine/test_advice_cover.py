"""Life cover: the formula by hand, what is in force, what is unknown, what the walk says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from apps.plans.engine.advice import Candidate
from apps.plans.engine.advice_citations import uncited
from apps.plans.engine.advice_cover import cover_advice, need_of, with_payment
from apps.plans.engine.advice_facts import AdviceFacts, LifeCover
from apps.plans.engine.cover_in_force import cover_of, without
from apps.plans.engine.inputs import IncomeKind, ProjectionInputs
from apps.plans.engine.life_events import LifeEvents
from apps.plans.engine.runs import Runs
from tests.apps.plans.engine.households import cube_of, family
from tests.apps.plans.engine.test_life_policies import AT_WORK, TERM

UNKNOWN = AdviceFacts(None, (), None, None, minors=2)
NONE_IN_FORCE = replace(UNKNOWN, covers=(LifeCover("ana", 0.0), LifeCover("ben", 0.0)))


def young() -> ProjectionInputs:
    """The family before it has saved much: a death would leave a gap."""
    accounts = tuple(replace(account, balance=account.balance / 10.0) for account in family(256, 4).accounts)
    return replace(family(256, 4), accounts=accounts)


@pytest.fixture(scope="module")
def runs() -> Runs:
    return Runs(cube_of(young()))


def told(runs: Runs, facts: AdviceFacts, inputs: ProjectionInputs | None = None) -> dict[str, Candidate]:
    return {item.key: item for item in cover_advice(inputs or young(), facts, runs)}


def test_the_need_is_the_sum_of_its_parts_by_hand() -> None:
    need = need_of(young(), young().adults[0])
    assert need is not None
    # the safest class brings 3 %, prices rise by 2.5 %; Ana retires in April 2046, 237 months on
    assert need.discount == pytest.approx(0.005)
    assert need.years == pytest.approx(237 / 12)
    assert need.debts == 275_000.0
    assert need.assets == pytest.approx(68_500.0)
    rate, start = 0.005, 86 / 12
    college = 26_000.0 * sum(1.005**-year for year in range(4)) * 1.005**-start
    assert need.education == pytest.approx(college)
    factor = (1 - (1 + rate) ** -need.years) / rate * (1 + rate)
    missed = need.income / factor
    # 102,000 less the tax it adds (some 15 to 25 %) less 30 % of 81,600
    assert 102_000.0 * 0.75 - 24_480.0 < missed < 102_000.0 * 0.85 - 24_480.0
    assert need.gap == pytest.approx(need.income + need.debts + need.education - need.assets)


def test_who_earns_nothing_any_more_needs_no_cover() -> None:
    retired = replace(
        young(), adults=(replace(young().adults[0], retirement_date=date(2020, 1, 1)), *young().adults[1:])
    )
    assert need_of(retired, retired.adults[0]) is None
    idle = replace(young(), incomes=tuple(each for each in young().incomes if each.kind is not IncomeKind.SALARY))
    assert need_of(idle, idle.adults[0]) is None


def test_a_gap_is_told_with_what_it_does_and_what_it_stands_on(runs: Runs) -> None:
    ana = told(runs, NONE_IN_FORCE)["life_cover:ana"]
    facts, need = dict(ana.facts), need_of(young(), young().adults[0])
    assert need is not None
    assert facts["gap"] == pytest.approx(need.gap, abs=500.0)
    assert facts["success_with"] > facts["success_without"]
    left = without(young(), "ana")
    assert facts["success_with"] == pytest.approx(runs.of(with_payment(left, facts["gap"])).succeeded.mean())
    assert ana.changed is None
    title, reason, actions = ana.texts
    for text in (title, reason, *actions):
        assert uncited(text, facts.values()) == ()


def test_cover_in_force_is_taken_off_and_enough_of_it_ends_the_advice(runs: Runs) -> None:
    half = replace(UNKNOWN, covers=(LifeCover("ana", 400_000.0), LifeCover("ben", 5e6)))
    before, after = told(runs, NONE_IN_FORCE), told(runs, half)
    assert set(after) == {"life_cover:ana"}
    assert dict(after["life_cover:ana"].facts)["gap"] == dict(before["life_cover:ana"].facts)["gap"] - 400_000.0


def test_cover_that_the_walk_pays_is_the_cover_of_the_advice_and_is_paid_once(runs: Runs) -> None:
    paid = replace(young(), events=LifeEvents(policies=(replace(TERM, benefit=400_000.0), replace(AT_WORK, key="b"))))
    assert [cover_of(paid, person) for person in ("ana", "ben")] == [400_000.0, 150_000.0]
    facts = replace(UNKNOWN, covers=tuple(LifeCover(person, cover_of(paid, person)) for person in ("ana", "ben")))
    ana = dict(told(runs, facts, paid)["life_cover:ana"].facts)
    left = without(paid, "ana")
    assert ana["success_without"] == pytest.approx(runs.of(left).succeeded.mean())
    # as if the sum had been there from the start, but for the months to the next birthday
    early = with_payment(without(young(), "ana"), 400_000.0)
    assert ana["success_without"] == pytest.approx(runs.of(early).succeeded.mean(), abs=0.02)
    over = replace(paid, events=LifeEvents(policies=(replace(TERM, end=date(2026, 9, 1)),)))
    assert cover_of(over, "ana") == 0.0


def test_where_no_insurance_is_stated_the_policies_are_asked_for(runs: Runs) -> None:
    ana = told(runs, UNKNOWN)["life_cover:ana"]
    assert "Tell us" in ana.texts[0].message
    assert "cover" not in dict(ana.facts)


def test_the_stake_is_the_gain_times_the_odds_of_dying_before_retirement(runs: Runs) -> None:
    odds = (1.0, *(1.0 - 0.01 * year for year in range(1, 60)), 0.0)
    living = replace(young(), adults=(replace(young().adults[0], survival=odds), young().adults[1]))
    ana = told(runs, NONE_IN_FORCE, living)["life_cover:ana"]
    facts = dict(ana.facts)
    assert ana.stake == pytest.approx((facts["success_with"] - facts["success_without"]) * 0.20)
    assert told(runs, NONE_IN_FORCE)["life_cover:ana"].stake == 0.0


def test_who_lives_alone_is_measured_by_nothing_and_without_minors_told_nothing(runs: Runs) -> None:
    ana = young().adults[0]
    alone = replace(
        young(),
        adults=(ana,),
        accounts=tuple(replace(each, owner="ana" if each.owner else "") for each in young().accounts),
        incomes=tuple(each for each in young().incomes if each.owner == "ana"),
    )
    (advice,) = cover_advice(alone, NONE_IN_FORCE, runs)
    assert advice.stake is None
    assert "success_with" not in dict(advice.facts)
    assert cover_advice(alone, replace(NONE_IN_FORCE, minors=0), runs) == []
    assert cover_advice(young(), None, runs) == []


def test_the_one_who_dies_is_gone_within_the_year() -> None:
    left = without(young(), "ana")
    assert (left.adults[0].horizon_age, left.adults[1]) == (46, young().adults[1])
    paid = with_payment(left, 1_000.0)
    assert paid.accounts[0].balance == left.accounts[0].balance + 1_000.0
