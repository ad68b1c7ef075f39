"""What a household chooses for retirement, as a projection takes it: when benefits are claimed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.checks import known, not_negative, same_currency, unique, within
from apps.plans.engine.claiming import EARLIEST_AGE, LATEST_AGE
from apps.plans.engine.digest import UNTOLD
from apps.plans.engine.medicare import MedicareTable
from apps.plans.engine.other_records import OtherRecord


@dataclass(frozen=True, slots=True)
class BenefitClaim:
    """When an adult claims Social Security: ``claim_age`` in months, of a monthly primary insurance amount, real.

    The amount is what would be paid at full retirement age, in money of the start. ``record`` is that of a former
    spouse on which the adult is paid as well; ``exempt`` what may be earned in a year before benefits are withheld, and
    in the year of full age, in money of the start (`earnings_test`); None where none are.
    """

    owner: str
    primary_amount: float
    claim_age: int
    currency: str
    record: OtherRecord | None = field(default=None, metadata=UNTOLD)
    exempt: tuple[float, float] | None = field(default=None, metadata=UNTOLD)

    def __post_init__(self) -> None:
        name = f"claims[{self.owner}]"
        not_negative(self.primary_amount, f"{name}.primary_amount")
        for amount in self.exempt or ():
            not_negative(amount, f"{name}.exempt")
        within(self.claim_age, EARLIEST_AGE, LATEST_AGE, f"{name}.claim_age")


@dataclass(frozen=True, slots=True)
class MedicareCover:
    """Premiums of Medicare for those of 65 and more: what income raises them by, and what all pay where asked.

    ``incomes_before`` are the adjusted gross incomes of two years and of one year before the start's.
    ``charges_standard`` is False where living costs hold the standard premiums already.
    """

    table: MedicareTable
    incomes_before: tuple[float, float]
    charges_standard: bool

    def __post_init__(self) -> None:
        for income in self.incomes_before:
            not_negative(income, "medicare.incomes_before")


def check_claims(claims: Sequence[BenefitClaim], adults: list[str], currency: str, *, has_stated: bool) -> None:
    """Refuse claims unless they are of all adults or of none, and stand instead of stated benefits."""
    if not claims:
        return
    for claim in claims:
        known(claim.owner, adults, f"claims[{claim.owner}].owner")
        same_currency(claim.currency, currency, f"claims[{claim.owner}].currency")
    unique([claim.owner for claim in claims], "claims")
    if has_stated or len(claims) < len(adults):
        raise InvalidInputError(
            gettext_noop("Social Security is worked out for all adults, or stated as an income for each."),
            mend=gettext_noop("Give a claim for each adult, of nothing where there is none, and no such income."),
            field="claims",
        )
