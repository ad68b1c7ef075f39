"""What is billed: accounts with their values and flows, and the period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from apps.billing.engine.terms import FeeTerms
from apps.kernel.dates import DateSpan
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.kernel.money import Money, Rate

WHOLE = Rate.from_bps(10_000)


class ValueUse(StrEnum):
    """What a value is counted for. The two are set apart: an excluded holding may still lift the breakpoint."""

    BILLING = "billing"
    BREAKPOINT = "breakpoint"


class ExclusionReason(StrEnum):
    """Why something is not billed."""

    UNSUPERVISED = "unsupervised"
    CASH = "cash"
    EMPLOYEE = "employee"
    RECENT_PURCHASE = "recent_purchase"
    MARGIN_DEBIT = "margin_debit"
    ACCRUED_INTEREST = "accrued_interest"
    DOUBLE_FEE = "double_fee"  # proprietary or load-bearing fund that pays the firm already
    BILLED_ELSEWHERE = "billed_elsewhere"
    OTHER = "other"


class PayerKind(StrEnum):
    """Who pays the fee of an account."""

    OWN = "own"
    ACCOUNT = "account"
    INVOICE = "invoice"


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A value at the close of a day, with the id of the record that it was read from."""

    day: date
    value: Money
    source_id: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """Money or securities that the client brought in (positive) or took out (negative), at market value that day."""

    day: date
    amount: Money
    source_id: str = ""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Something that is not counted. Without `values` it is the whole account; `share` is the part left out."""

    reason: ExclusionReason
    values: tuple[DatedValue, ...] = ()
    share: Rate = WHOLE
    uses: frozenset[ValueUse] = frozenset(ValueUse)
    description: str = ""
    clause: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.share.fraction <= 1:
            raise InvalidInputError(gettext_noop("The excluded share lies between 0 % and 100 %."), field="share")


@dataclass(frozen=True, slots=True)
class Payer:
    """Where the fee of an account is collected: from itself, from another account, or by invoice."""

    kind: PayerKind = PayerKind.OWN
    account_id: str = ""

    def __post_init__(self) -> None:
        if (self.kind is PayerKind.ACCOUNT) != bool(self.account_id):
            raise InvalidInputError(
                gettext_noop("Name the paying account when, and only when, another account pays."), field="payer"
            )


@dataclass(frozen=True, slots=True)
class AccountValues:
    """One account under the terms, with what is known of it.

    `values` are closes of days, in any order; a day without one takes the latest before it. `funded_on` is the first
    and `closed_on` the last managed day; the value of `closed_on` is that before the assets left. A retirement account
    (IRA, plan) may pay only its own fee. `available_cash` is cash above the reserve, where it is known.
    """

    account_id: str
    values: tuple[DatedValue, ...]
    flows: tuple[Flow, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    funded_on: date | None = None
    closed_on: date | None = None
    payer: Payer = Payer()
    is_retirement: bool = False
    available_cash: Money | None = None

    def __post_init__(self) -> None:
        if self.funded_on and self.closed_on and self.closed_on < self.funded_on:
            raise InvalidInputError(
                gettext_noop("Account %(account)s was closed before it was funded."),
                mend=gettext_noop("Correct one of the two dates."),
                account=self.account_id,
            )


@dataclass(frozen=True, slots=True)
class BillingPeriod:
    """The billed days, and in a run in advance the days before them whose flows are settled now."""

    span: DateSpan
    periods_per_year: int
    previous: DateSpan | None = None

    def __post_init__(self) -> None:
        if self.periods_per_year not in (1, 2, 4, 12):
            raise InvalidInputError(
                gettext_noop("Fees are billed once, twice, four or twelve times a year."), field="periods_per_year"
            )


@dataclass(frozen=True, slots=True)
class Credit:
    """A reduction of one whole period's fee: an amount, or a share that is waived. It is prorated with the fee."""

    description: str
    amount: Money | None = None
    share: Rate | None = None
    account_id: str = ""
    clause: str = ""

    def __post_init__(self) -> None:
        if (self.amount is None) == (self.share is None):
            raise InvalidInputError(gettext_noop("A credit is either an amount or a share of the fee."))
        if (self.amount is not None and self.amount.amount < 0) or (
            self.share is not None and not 0 <= self.share.fraction <= 1
        ):
            raise InvalidInputError(gettext_noop("A credit must not be negative, nor waive more than the fee."))


@dataclass(frozen=True, slots=True)
class CarriedItem:
    """An amount from an earlier run that is settled in this one: positive is charged, negative is given back."""

    account_id: str
    amount: Money
    description: str
    source_id: str = ""
    clause: str = ""


@dataclass(frozen=True, slots=True)
class HouseholdBilling:
    """One household's bill to calculate. `prior_rate` is the annual rate at which the previous period was billed in
    advance; without it, flows of the previous period are settled at this run's rate.
    """

    household_id: str
    accounts: tuple[AccountValues, ...]
    period: BillingPeriod
    terms: FeeTerms
    credits: tuple[Credit, ...] = ()
    carried: tuple[CarriedItem, ...] = ()
    prior_rate: Rate | None = None
