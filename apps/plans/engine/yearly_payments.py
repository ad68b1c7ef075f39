"""What a household pays a year that the law may let it deduct, besides taxes and interest: gifts and medical costs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.checks import not_negative

# Columns of what may be deducted of a month: taxes on property, gifts that living costs hold and others, medical costs.
PROPERTY_TAX, GIFTS_IN_COSTS, GIFTS, MEDICAL = range(4)
N_PAID = 4
# For how many years gifts above the limit of a year are carried on.
GIFT_YEARS = 5


class PaymentKind(StrEnum):
    """What is paid for: gifts of cash to public charities (IRC 170), or medical costs (IRC 213)."""

    GIFT = "gift"
    MEDICAL = "medical"


@dataclass(frozen=True, slots=True)
class YearlyPayment:
    """``annual_amount``, real, a twelfth a month, from the first to the last calendar year (None: from the start, to
    the end), while anybody lives.

    Where it is ``in_costs`` the living costs hold it, so that no more money leaves, and a survivor pays their share of
    it; of gifts that are, what IRAs give is a part. Otherwise it is paid with the living costs, before and after
    retirement.
    """

    key: str
    kind: PaymentKind
    annual_amount: float
    first_year: int | None
    last_year: int | None
    in_costs: bool
    currency: str

    def __post_init__(self) -> None:
        not_negative(self.annual_amount, f"payments[{self.key}].annual_amount")
        if self.first_year is not None and self.last_year is not None and self.last_year < self.first_year:
            raise InvalidInputError(
                gettext_noop("“%(key)s” ends before it begins."),
                mend=gettext_noop("Give it a last year that is not before the first."),
                field=f"payments[{self.key}].last_year",
                key=self.key,
            )
