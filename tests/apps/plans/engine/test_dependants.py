"""Whom a household supports: who counts in which year, how it files, and what the walk pays less for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.dependants import Child, status_of, supported_in
from apps.plans.engine.horizon import last_month_of
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.monte_carlo import simulate
from apps.plans.engine.program import build_program
from apps.plans.engine.tax_credits import Dependants
from apps.plans.engine.tax_law import CHILDREN, OTHERS, STATUSES
from apps.plans.engine.tax_tables import FilingStatus
from tests.apps.plans.engine.households import family, family_cube
from tests.apps.plans.engine.reference_model import ReferenceModel

CHILDREN_OF = (
    Child("eva", date(2014, 2, 3), 24),
    Child("leo", date(2020, 12, 31), 19),
    Child("grandmother", date(1948, 5, 5), 90),
)


def parents(**changed: object) -> ProjectionInputs:
    return replace(family(), children=CHILDREN_OF, **changed)


def test_the_year_of_the_seventeenth_birthday_counts_no_longer_as_a_child() -> None:
    eva = Child("eva", date(2014, 12, 31), 19)
    assert supported_in((eva,), 2030) == Dependants(children=1)
    assert supported_in((eva,), 2031) == Dependants(others=1)
    assert supported_in((eva,), 2032) == Dependants(others=1)
    assert supported_in((eva,), 2033) == Dependants()


def test_credits_end_one_after_the_other_in_the_program() -> None:
    facts = build_program(parents()).year_facts[0]
    told = {2026 + year: (int(row[CHILDREN]), int(row[OTHERS])) for year, row in enumerate(facts)}
    assert told[2026] == told[2030] == (2, 1)
    assert told[2031] == (1, 2)
    assert told[2037] == (0, 3)
    assert told[2038] == (0, 1)  # Eva is 24, Leo 18 in 2038; the grandmother reached 90
    assert told[2039] == (0, 0)


@pytest.mark.parametrize(
    ("status", "supported", "alone", "known", "expected"),
    [
        (FilingStatus.MARRIED_JOINT, Dependants(1), True, True, FilingStatus.HEAD_OF_HOUSEHOLD),
        (FilingStatus.MARRIED_JOINT, Dependants(), True, True, FilingStatus.SINGLE),
        (FilingStatus.MARRIED_JOINT, Dependants(1), False, True, FilingStatus.MARRIED_JOINT),
        (FilingStatus.HEAD_OF_HOUSEHOLD, Dependants(others=1), False, True, FilingStatus.HEAD_OF_HOUSEHOLD),
        (FilingStatus.HEAD_OF_HOUSEHOLD, Dependants(), False, True, FilingStatus.SINGLE),
        # nobody knows whom they support: as stated
        (FilingStatus.HEAD_OF_HOUSEHOLD, Dependants(), False, False, FilingStatus.HEAD_OF_HOUSEHOLD),
    ],
)
def test_how_a_household_files(
    status: FilingStatus, supported: Dependants, alone: bool, known: bool, expected: FilingStatus
) -> None:
    assert status_of(status, supported, is_left_alone=alone, has_children=known) is expected


def test_a_survivor_with_a_child_is_head_of_a_household_until_it_has_grown_up() -> None:
    base = parents()
    early = replace(base.adults[0], horizon_age=50)
    inputs = replace(base, adults=(early, base.adults[1]))
    facts = build_program(inputs).year_facts[0]
    left = date(1981 + 50, 1, 1).year
    assert last_month_of(early, base.start_date) > 0
    assert facts[left - 2026, 0] == STATUSES.index(FilingStatus.MARRIED_JOINT)
    assert facts[left + 1 - 2026, 0] == STATUSES.index(FilingStatus.HEAD_OF_HOUSEHOLD)
    assert facts[2039 - 2026, 0] == STATUSES.index(FilingStatus.SINGLE)


@pytest.mark.parametrize("path", [0, 211])
def test_a_family_s_years_equal_the_plain_model_to_the_cent(path: int) -> None:
    inputs, cube = parents(), family_cube()
    simulation = simulate(inputs, cube, with_flows=True)
    twin = ReferenceModel(inputs, cube, path).run()
    assert simulation.recorded.wealth[:, path] == pytest.approx(twin.wealth, abs=0.01)
    assert simulation.recorded.flows[:, 9, path] == pytest.approx(twin.taxes, rel=1e-6, abs=0.05)


def test_a_family_pays_the_credits_less() -> None:
    inputs, cube = parents(), family_cube()
    with_credits = simulate(inputs, cube, with_flows=True).recorded.flows[0, 9]
    without = simulate(family(), cube, with_flows=True).recorded.flows[0, 9]
    credit = inputs.tax_table.child_credit
    # half a year, two children and one other
    expected = float(2 * credit.amount + credit.other_dependant) / 2
    assert np.allclose(without - with_credits, expected, atol=0.5)


@pytest.mark.parametrize(
    ("child", "field"),
    [
        (Child("ana", date(2015, 1, 1), 19), "children"),
        (Child("later", date(2026, 8, 1), 19), "children[later].birth_date"),
    ],
)
def test_who_cannot_be_counted_is_refused(child: Child, field: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        replace(family(), children=(child,))
    assert refused.value.field == field
    assert refused.value.mend


def test_support_that_ends_before_birth_is_refused() -> None:
    with pytest.raises(InvalidInputError):
        Child("eva", date(2015, 1, 1), 0)
