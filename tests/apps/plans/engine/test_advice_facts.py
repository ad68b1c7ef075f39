"""Facts of advice: refused where they contradict themselves, and the same after they were kept."""

from __future__ import annotations

import pytest

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.advice_facts import AdviceFacts, LifeCover, PlanKind, SavingPlan
from apps.plans.engine.digest import canonical_json
from apps.plans.selectors.frozen_values import read_frozen
from tests.apps.plans.engine.test_limits import TABLES

PLAN = SavingPlan("plan_ana", "ana", PlanKind.WORKPLACE)


def test_what_was_kept_is_read_again_with_its_limits() -> None:
    facts = AdviceFacts(TABLES[2026], (PLAN,), (LifeCover("ana", 500_000.0),), None, minors=2)
    assert read_frozen(canonical_json(facts), AdviceFacts) == facts
    unknown = AdviceFacts(None, (), None, None)
    assert read_frozen(canonical_json(unknown), AdviceFacts) == unknown


def test_an_account_or_a_person_counted_twice_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="plans"):
        AdviceFacts(None, (PLAN, PLAN), None, None)
    with pytest.raises(InvalidInputError, match="covers"):
        AdviceFacts(None, (), (LifeCover("ana", 1.0), LifeCover("ana", 2.0)), None)


def test_a_cover_below_nothing_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="negative"):
        LifeCover("ana", -1.0)
