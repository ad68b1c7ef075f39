"""What comes out: the fee, what each account bears and who pays, and the receipt with every line that makes it.

Amounts inside a receipt are decimals in the receipt's currency, carried to `LEDGER_PLACES` digits; only `posted`
amounts are cents. An empty `account_id` stands for the household as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from apps.billing.engine.inputs import PayerKind
from apps.billing.engine.terms import PeriodFraction, ScheduleKind, Scope, Timing, ValueBasis
from apps.kernel.dates import DateSpan
from apps.kernel.money import Money, RoundingRule

LEDGER_PLACES = 12
RATE_PLACES = 18


class FeeStep(StrEnum):
    """The steps from standard fee to annual fee, in their order."""

    STANDARD = "standard"
    NEGOTIATED = "negotiated"
    DISCOUNT = "discount"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"


class FlowTreatment(StrEnum):
    """What became of a flow."""

    ADJUSTED = "adjusted"
    BELOW_THRESHOLD = "below_threshold"
    BELOW_DE_MINIMIS = "below_de_minimis"
    FUNDING = "funding"  # the first deposit: billed by the days since
    CLOSING = "closing"  # the last withdrawal: billed by the days until
    LIMIT_SET_FEE = "limit_set_fee"  # a minimum, maximum or fixed amount set the fee, so the flow does not change it
    NOT_BILLED = "not_billed"


class WarningCode(StrEnum):
    """What a reviewer should look at before the run is locked."""

    CLIFF_EDGE = "cliff_edge"
    HIGH_EFFECTIVE_RATE = "high_effective_rate"
    NEGATIVE_VALUE = "negative_value"
    EXCLUDED_MORE_THAN_VALUE = "excluded_more_than_value"
    CASH_SHORT = "cash_short"
    NET_CREDIT = "net_credit"
    CREDIT_ABOVE_FEE = "credit_above_fee"


@dataclass(frozen=True, slots=True)
class FeeWarning:
    """A finding that does not stop the bill. `message` is a message id with places that `params` fill."""

    code: WarningCode
    message: str
    params: tuple[tuple[str, str], ...] = ()
    account_id: str = ""


@dataclass(frozen=True, slots=True)
class ExcludedAmount:
    """What one exclusion took off the value of a day."""

    reason: str
    amount: Decimal
    counts_for_billing: bool
    counts_for_breakpoint: bool
    source_id: str
    clause: str


@dataclass(frozen=True, slots=True)
class ValueLine:
    """The value of an account at the close of a day and what of it is billed and counted for the breakpoint."""

    account_id: str
    day: date
    observed_on: date
    source_id: str
    value: Decimal
    excluded: tuple[ExcludedAmount, ...]
    billable: Decimal
    breakpoint_value: Decimal


@dataclass(frozen=True, slots=True)
class BillableLine:
    """The billable value of an account: the mean of its value lines."""

    account_id: str
    basis: ValueBasis
    n_values: int
    billable: Decimal
    breakpoint_value: Decimal
    clause: str


@dataclass(frozen=True, slots=True)
class TierLine:
    """One slice of the value at one annual rate. In a cliff schedule there is one slice, the whole value."""

    account_id: str
    lower: Decimal
    upper: Decimal | None
    slice_value: Decimal
    rate: Decimal
    amount: Decimal
    clause: str


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of the annual fee: `after` = `before` + `amount`.

    `base` is what `rate` is applied to, or the limit that `before` was held against.
    """

    step: FeeStep
    account_id: str
    before: Decimal
    amount: Decimal
    after: Decimal
    base: Decimal | None
    rate: Decimal | None
    clause: str


@dataclass(frozen=True, slots=True)
class DayCount:
    """`days` / `denominator` of a year."""

    days: int
    denominator: int


@dataclass(frozen=True, slots=True)
class ProrationLine:
    """The part of an account's annual fee that falls to its billed days."""

    account_id: str
    weight: Decimal
    annual_fee: Decimal
    first_day: date
    last_day: date
    days: int
    parts: tuple[DayCount, ...]
    amount: Decimal
    clause: str


@dataclass(frozen=True, slots=True)
class CreditLine:
    """A credit or waiver: `granted` for a whole period, `amount` (negative) for the billed days."""

    account_id: str
    description: str
    granted: Decimal
    amount: Decimal
    clause: str


@dataclass(frozen=True, slots=True)
class FlowLine:
    """A flow and its adjustment: `amount` = sign · flow · rate · Σ(days / denominator), or zero with the reason."""

    account_id: str
    day: date
    flow: Decimal
    treatment: FlowTreatment
    sign: int
    rate: Decimal
    parts: tuple[DayCount, ...]
    amount: Decimal
    source_id: str
    clause: str


@dataclass(frozen=True, slots=True)
class CarriedLine:
    """An amount settled from an earlier run."""

    account_id: str
    description: str
    amount: Decimal
    source_id: str
    clause: str


@dataclass(frozen=True, slots=True)
class PostingLine:
    """What an account bears: `exact` is the sum of its lines, `posted` its cents, `residue` the difference."""

    account_id: str
    exact: Decimal
    posted: Decimal
    residue: Decimal
    payer_kind: PayerKind
    payer_account_id: str
    clause: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """Everything that makes a fee. `receipts.verify_receipt` re-derives the fee from these lines alone."""

    engine_version: str
    household_id: str
    period: DateSpan
    periods_per_year: int
    currency: str
    kind: ScheduleKind
    breakpoint_scope: Scope
    period_fraction: PeriodFraction
    timing: Timing
    rounding: RoundingRule
    values: tuple[ValueLine, ...]
    billables: tuple[BillableLine, ...]
    tiers: tuple[TierLine, ...]
    steps: tuple[StepLine, ...]
    prorations: tuple[ProrationLine, ...]
    credits: tuple[CreditLine, ...]
    flows: tuple[FlowLine, ...]
    carried: tuple[CarriedLine, ...]
    postings: tuple[PostingLine, ...]
    exact_total: Decimal
    posted_total: Decimal
    rounding_residue: Decimal
    input_digest: str


@dataclass(frozen=True, slots=True)
class AccountFee:
    """The fee of one account, in cents."""

    account_id: str
    fee: Money
    billable_value: Money
    payer_kind: PayerKind
    payer_account_id: str


@dataclass(frozen=True, slots=True)
class PayerCharge:
    """What is collected from one place: an account, or by invoice when `account_id` is empty."""

    kind: PayerKind
    account_id: str
    amount: Money


@dataclass(frozen=True, slots=True)
class HouseholdFee:
    """The fee of a household for a period. `annual_rate` is the agreed annual fee over the billable value, or None
    when nothing is billable; `effective_rate` the same after minimum and maximum.
    """

    household_id: str
    total: Money
    accounts: tuple[AccountFee, ...]
    charges: tuple[PayerCharge, ...]
    annual_rate: Decimal | None
    effective_rate: Decimal | None
    receipt: Receipt
    warnings: tuple[FeeWarning, ...]
