"""What savings calculators are asked and what they tell, as values that pages and services share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal

from apps.plans.engine.savings import SavingsAnswer, SavingsBasis

# fields that are typed in per cent
_SHARES = frozenset({"equity_share", "target", "cost_growth"})


@dataclass(frozen=True, slots=True)
class RetirementAsked:
    """What somebody typed: ages in years, amounts in money of today, shares as fractions.

    `deferred` lies in accounts taxed when money is taken out, `other` in those taxed each year. `monthly_benefit` is
    Social Security from `benefit_age` on. `wages` a year, before tax, count while somebody else has stopped working.
    The fields that end in `_2` are those of the second one of a couple; `age_2` None: one person.
    """

    age: int
    retirement_age: int
    annual_income: Decimal
    deferred: Decimal = Decimal(0)
    other: Decimal = Decimal(0)
    monthly_saving: Decimal = Decimal(0)
    monthly_benefit: Decimal = Decimal(0)
    benefit_age: int = 67
    wages: Decimal = Decimal(0)
    age_2: int | None = None
    retirement_age_2: int | None = None
    wages_2: Decimal = Decimal(0)
    monthly_saving_2: Decimal = Decimal(0)
    monthly_benefit_2: Decimal = Decimal(0)
    benefit_age_2: int = 67
    horizon_age: int = 95
    equity_share: Decimal = Decimal("0.6")
    target: Decimal = Decimal("0.85")

    @property
    def is_couple(self) -> bool:
        """Whether two retire."""
        return self.age_2 is not None

    @property
    def saved_a_month(self) -> Decimal:
        """What all of them put aside a month."""
        return self.monthly_saving + (self.monthly_saving_2 if self.is_couple else 0)


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

    @property
    def saved_a_month(self) -> Decimal:
        """What is put aside for it a month."""
        return self.monthly_saving


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
    """Return what was asked as the forms take it: shares in per cent; nothing of a second one who is not there."""
    typed: dict[str, str] = {}
    is_alone = isinstance(asked, RetirementAsked) and not asked.is_couple
    for name, value in asdict(asked).items():
        if is_alone and name.endswith("_2"):
            continue
        if isinstance(value, Decimal):
            typed[name] = f"{(100 * value if name in _SHARES else value).normalize():f}"
        elif value is not None:
            typed[name] = str(value)
    return typed


def typed_again(typed: Mapping[str, str]) -> dict[str, str]:
    """Return what was kept of a question as today's forms take it: a couple was once two of one age."""
    told = dict(typed)
    if told.pop("is_couple", "") and "age_2" not in told:
        told |= {"age_2": told.get("age", ""), "retirement_age_2": told.get("retirement_age", "")}
    return told
