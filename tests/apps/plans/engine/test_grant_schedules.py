"""Grants as rows: when each tranche is taken, and how it is taxed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from apps.plans.engine.grant_schedules import (
    HELD_IN,
    MONTH,
    SLOT,
    credit_before,
    first_month_held,
    grant_rows,
    months_taken,
)
from apps.plans.engine.grants import HeldShares
from apps.plans.engine.program import build_program
from apps.plans.engine.tax_law import ORDINARY, WAGES_1, WAGES_2
from tests.apps.plans.engine.households import family
from tests.apps.plans.engine.test_grants import EVERY, HELD, INCENTIVE, OPTIONS, PURCHASES, SOLD, UNITS, granted


@pytest.mark.parametrize(
    ("grant", "vests", "month"),
    [
        # the plan begins in July 2026; what vested before lies in an account
        (UNITS, date(2026, 5, 20), -1),
        (UNITS, date(2026, 7, 20), 0),
        (UNITS, date(2027, 5, 20), 10),
        # Ana retires in April 2046
        (UNITS, date(2046, 3, 1), 236),
        (UNITS, date(2046, 4, 1), -1),
        # exercised on the day that is planned, in February 2031, and not before it vests
        (OPTIONS, date(2026, 5, 20), 55),
        (OPTIONS, date(2032, 5, 20), 70),
        (replace(OPTIONS, exercise=None), date(2025, 5, 20), 0),
        (replace(OPTIONS, exercise=date(2040, 1, 1)), date(2025, 5, 20), 78),
        # Ben retires in January 2045
        (replace(OPTIONS, exercise=date(2050, 1, 1), expiry=None), date(2025, 5, 20), 221),
        (replace(OPTIONS, expiry=date(2026, 6, 1), tranches=()), date(2025, 5, 20), -1),
    ],
)
def test_a_tranche_is_taken_in_its_month_or_never(grant, vests: date, month: int) -> None:  # type: ignore[no-untyped-def]
    assert months_taken(grant, vests, granted())[0] == month


def test_each_kind_is_taxed_as_the_law_has_it() -> None:
    inputs = granted()

    def slot(grant) -> set[int]:  # type: ignore[no-untyped-def]
        told = grant_rows(granted(None, grant), np.zeros(1, dtype=np.int64), drawn=True)
        return set(told.rows[:, SLOT].tolist())

    assert slot(UNITS) == {WAGES_1}
    assert slot(OPTIONS) == slot(HELD) == {WAGES_2}
    assert slot(INCENTIVE) == {-1}
    assert slot(SOLD) == slot(PURCHASES) == {ORDINARY}
    program = build_program(inputs)
    assert program.grants.rows[:, HELD_IN].max() == len(inputs.accounts) - 1
    assert program.mix.size == len(inputs.accounts)
    assert program.grants.rows[:, MONTH].min() >= 0


def test_known_lives_end_a_grant_and_none_has_no_rows() -> None:
    assert build_program(family()).grants.rows.shape == (0, 6)
    short = replace(granted(), adults=(replace(family().adults[0], horizon_age=47), family().adults[1]))
    told = grant_rows(short, np.zeros(len(EVERY), dtype=np.int64), drawn=False)
    # Ana is 47 in March 2028
    assert told.rows[told.rows[:, 1] == 0, MONTH].max() < 20


def test_shares_and_tax_from_before_are_there_from_the_first_month_on() -> None:
    sold = replace(SOLD, tranches=())
    assert first_month_held(granted(None, sold)) is None
    credited = granted(None, replace(sold, credit=700.0), replace(sold, key="other", credit=50.0))
    assert first_month_held(credited) == 0
    assert credit_before(credited) == 750.0
    held = granted(None, replace(sold, held=HeldShares("shares", 10.0, 180.0)))
    rows = grant_rows(held, np.array([0]), drawn=False)
    assert first_month_held(held) == 0
    assert rows.credit == 0.0
    assert rows.beyond.tolist() == [0.0] * (len(held.accounts) - 1) + [800.0]
    # shares that were worth less than they cost then cost the same for both taxes
    low = granted(None, replace(sold, held=HeldShares("shares", 10.0, 80.0)))
    assert grant_rows(low, np.array([0]), drawn=False).beyond.size == 0
