"""What the plain annuity formula says of a calculator's question, without chance and taxes.

Formulas and source: docs/engine/calculators.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

from apps.plans.engine.horizon import last_month_of, month_of
from apps.plans.engine.inputs import Adult
from apps.plans.engine.savings import (
    EducationQuestion,
    PlainLine,
    RetirementQuestion,
    Saver,
    SavingsBasis,
    parts_of,
    savers_of,
    study_costs,
)


def steady_real_return(basis: SavingsBasis) -> float:
    """Return a year's growth above inflation after the fee, where every class gives its median return.

    (Σ w·exp(m)) · (1 - f) / e^π - 1, with m the mean of each class's log return and π the expected inflation.
    """
    growth = {asset.key: math.exp(asset.log_mean) for asset in basis.assumptions.assets}
    nominal = sum(weight * growth[key] for key, weight in basis.weights)
    return nominal * (1.0 - basis.annual_fee) / math.exp(basis.assumptions.inflation.mean) - 1.0


def plain_retirement(question: RetirementQuestion, basis: SavingsBasis) -> PlainLine:
    """Return what the annuity formula says, with wages and benefits in their months and no taxes.

    Needed: Σ w_k / g^k from the first end of work on, w_k what wages and benefits leave to pay in the k-th month.
    """
    adults, start = savers_of(question), basis.start_date
    first, living = month_of(question.retirement_date, start), question.annual_income / 12.0
    end = max(last_month_of(adult, start) for adult in adults)
    growth = _monthly(basis)
    needed = 0.0
    for month in range(first, end):
        paid = sum(_paid(saver, adult, month, start) for saver, adult in zip(question.savers, adults, strict=True))
        needed += max(0.0, living - paid) / growth ** (month - first + 1)
    paid_in = [(saver.monthly_saving, month_of(saver.retirement_date, start)) for saver in question.savers]
    return _plain(basis, first, needed, question.deferred + question.other, paid_in)


def _paid(saver: Saver, adult: Adult, month: int, start: date) -> float:
    """Wages until work ends, and benefits from their month until the last one that counts."""
    benefit = saver.monthly_benefit if month_of(saver.benefit_from, start) <= month < last_month_of(adult, start) else 0
    return benefit + (saver.monthly_wages if month < month_of(saver.retirement_date, start) else 0.0)


def plain_education(question: EducationQuestion, basis: SavingsBasis) -> PlainLine:
    """Return what the annuity formula says: the study's payments discounted to the month before it starts."""
    growth, first = _monthly(basis), month_of(question.starts_on, basis.start_date)
    needed = sum(
        amount / growth ** (month_of(day, basis.start_date) - first + 1) for day, amount in study_costs(question, basis)
    )
    return _plain(basis, first, needed, question.saved, [(question.monthly_saving, first)])


def _plain(
    basis: SavingsBasis, months: int, needed: float, saved: float, paid_in: Sequence[tuple[float, int]]
) -> PlainLine:
    """S·gⁿ + Σ c·A against what is needed after n months; A is worth (gᵐ - 1)/(g - 1) · gⁿ⁻ᵐ where m are paid in."""
    growth = _monthly(basis)
    worths = [_annuity(growth, until) * growth ** (months - until) for _, until in paid_in]
    parts = parts_of([amount for amount, _ in paid_in])
    then, of_one = saved * growth**months, sum(worth * part for worth, part in zip(worths, parts, strict=True))
    lacking = max(0.0, needed - then)
    return PlainLine(
        real_return=steady_real_return(basis),
        needed=needed,
        saved=then + sum(amount * worth for (amount, _), worth in zip(paid_in, worths, strict=True)),
        monthly_needed=lacking / of_one if of_one > 0.0 else lacking,
    )


def _annuity(growth: float, months: int) -> float:
    return float(months) if math.isclose(growth, 1.0, abs_tol=1e-12) else (growth**months - 1.0) / (growth - 1.0)


def _monthly(basis: SavingsBasis) -> float:
    return math.exp(math.log1p(steady_real_return(basis)) / 12.0)
