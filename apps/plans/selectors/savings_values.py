"""What savings calculators are asked and what they tell, as values that pages and services share."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from decimal import Decimal

from apps.plans.engine.savings import SavingsAnswer, SavingsBasis

# fields that are typed in per cent
_SHARES = frozenset({"equity_share", "target", "cost_growth"})


@dataclass(frozen=True, slots=True)
class RetirementAsked:
    """What somebody typed: ages in years, amounts in money of today, shares as fractions.

    `deferred` lies in accounts taxed when money is taken out, `other` in those taxed each year. `monthly_benefit` is
    Social Security of the household, from `benefit_age` on.
    """

    age: int
    retirement_age: int
    annual_income: Decimal
    deferred: Decimal = Decimal(0)
    other: Decimal = Decimal(0)
    monthly_saving: Decimal = Decimal(0)
    monthly_benefit: Decimal = Decimal(0)
    benefit_age: int = 67
    horizon_age: int = 95
    is_couple: bool = False
    equity_share: Decimal = Decimal("0.6")
    target: Decimal = Decimal("0.85")


@dataclass(frozen=True, slots=True)
class EducationAsked:
    """What somebody typed: the student's age now and at the start, what a year costs today, how that rises."""

    age: int
    start_age: int
    years: int
    annual_cost: Decimal
    cost_growth: Decimal = Decimal("0.04")
    saved: Decimal = Decimal(0)
    monthly_saving: Decimal = Decimal(0)
    equity_share: Decimal = Decimal("0.5")
    target: Decimal = Decimal("0.85")


Asked = RetirementAsked | EducationAsked


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when it is asked: the day, the currency, the state whose taxes are paid (empty: none), the fee."""

    day: dt.date
    currency: str = "USD"
    state: str = ""
    annual_fee: Decimal = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class SavingsTold:
    """The answer with what it rests on; `starts_on` is when money is first taken out."""

    asked: Asked
    answer: SavingsAnswer
    basis: SavingsBasis
    starts_on: dt.date


def typed_of(asked: Asked) -> dict[str, str]:
    """Return what was asked as the forms take it: shares in per cent, a box that is not ticked left out."""
    typed: dict[str, str] = {}
    for name, value in asdict(asked).items():
        if isinstance(value, bool):
            typed |= {name: "on"} if value else {}
        elif isinstance(value, Decimal):
            typed[name] = f"{(100 * value if name in _SHARES else value).normalize():f}"
        else:
            typed[name] = str(value)
    return typed
