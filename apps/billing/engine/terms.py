"""What was agreed: the fee terms of a signed agreement, each with the clause that it comes from."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.kernel.money import Money, Rate, RoundingRule

NOTHING_OFF = Rate(Decimal(0))
# State examiners ask for disclosure or justification above about 2 % a year; a firm may set its state's own figure.
DISCLOSED_ABOVE = Rate(Decimal("0.02"))


class ScheduleKind(StrEnum):
    """How a value becomes an annual fee."""

    GRADUATED = "graduated"  # each slice at its own rate
    CLIFF = "cliff"  # the whole value at the rate of the band that it reaches
    FLAT = "flat"  # one rate for every value
    FIXED = "fixed"  # an amount a year, whatever the value


class Scope(StrEnum):
    """Whether a rule looks at one account or at the whole household."""

    HOUSEHOLD = "household"
    ACCOUNT = "account"


class PeriodFraction(StrEnum):
    """Which part of the annual fee falls to the billed days."""

    ACTUAL_365 = "actual_365"  # days / 365
    ACTUAL_ACTUAL = "actual_actual"  # days / 365, or / 366 for the days that lie in a leap year
    DIVIDE = "divide"  # 1 / periods a year, a part of a period by its days


class ValueBasis(StrEnum):
    """Which value is billed."""

    PERIOD_END = "period_end"
    OPENING = "opening"  # close of the day before the period, or of the funding day in a stub
    AVERAGE_DAILY_BALANCE = "average_daily_balance"
    AVERAGE_MONTH_ENDS = "average_month_ends"


class Timing(StrEnum):
    """Whether the period is billed before or after it is served."""

    ADVANCE = "advance"
    ARREARS = "arrears"


class FlowThreshold(StrEnum):
    """What is compared with the threshold of the flow rule."""

    PER_FLOW = "per_flow"
    NET = "net"  # the sum of the account's flows in the period


@dataclass(frozen=True, slots=True)
class Tier:
    """One band of a schedule. A value at `up_to` still belongs to this band; None means no upper end."""

    up_to: Money | None
    rate: Rate
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """A minimum or maximum annual fee, for each account or for the household."""

    annual_amount: Money
    scope: Scope = Scope.HOUSEHOLD
    clause: str = ""

    def __post_init__(self) -> None:
        if self.annual_amount.amount < 0:
            raise InvalidInputError(gettext_noop("A minimum or maximum fee must not be negative."))


@dataclass(frozen=True, slots=True)
class FlowRule:
    """When a deposit or withdrawal inside a period changes the fee.

    Flows below `threshold` are left alone, and so are adjustments below `de_minimis`.
    """

    threshold: Money
    compare: FlowThreshold = FlowThreshold.PER_FLOW
    de_minimis: Money | None = None
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Clauses:
    """Where in the signed agreement each remaining term stands."""

    schedule: str = ""
    value_basis: str = ""
    proration: str = ""
    discount: str = ""
    rounding: str = ""
    payer: str = ""


@dataclass(frozen=True, slots=True)
class FeeTerms:
    """The fee terms that are in force for one household.

    `kind` decides what else is needed: tiers for graduated, cliff and flat (flat has one), `fixed_annual` for fixed.
    `negotiated_rate` replaces what the schedule yields; `discount` is taken off what is then due.
    `maximum_rate` caps the annual fee as a proportion of the billable value.
    `effective_rate_alert` is the annual rate above which the fee is flagged for review.
    `max_value_age` is how many days a value may be carried forward before the engine refuses to bill on it.

    Raises InvalidInputError when the schedule is incomplete or contradicts itself.
    """

    kind: ScheduleKind
    tiers: tuple[Tier, ...] = ()
    fixed_annual: Money | None = None
    currency: str = "USD"
    breakpoint_scope: Scope = Scope.HOUSEHOLD
    period_fraction: PeriodFraction = PeriodFraction.ACTUAL_365
    value_basis: ValueBasis = ValueBasis.PERIOD_END
    timing: Timing = Timing.ARREARS
    negotiated_rate: Rate | None = None
    discount: Rate = NOTHING_OFF
    minimum: Limit | None = None
    maximum: Limit | None = None
    maximum_rate: Rate | None = None
    flow_rule: FlowRule | None = None
    rounding: RoundingRule = RoundingRule.HALF_UP
    max_value_age: int = 5
    effective_rate_alert: Rate = DISCLOSED_ABOVE
    clauses: Clauses = field(default_factory=Clauses)

    def __post_init__(self) -> None:
        if self.kind is ScheduleKind.FIXED:
            self._check_fixed()
        else:
            self._check_tiers()
        if not 0 <= self.discount.fraction <= 1:
            raise InvalidInputError(
                gettext_noop("A discount lies between 0 % and 100 %."),
                mend=gettext_noop("Enter a tenth off as 10 %."),
                field="discount",
            )
        self._check_flow_rule()
        self._check_basis_and_limits()

    def _check_fixed(self) -> None:
        if self.fixed_annual is None or self.fixed_annual.amount < 0 or self.tiers:
            raise InvalidInputError(
                gettext_noop("A fixed fee needs an annual amount of zero or more, and no tiers."),
                mend=gettext_noop("Enter the annual amount, or choose a tiered schedule."),
                field="fixed_annual",
            )

    def _check_tiers(self) -> None:
        if not self.tiers or self.tiers[-1].up_to is not None:
            raise InvalidInputError(
                gettext_noop("A schedule needs tiers, and the last one must have no upper end."),
                mend=gettext_noop("Leave “up to” of the last tier empty."),
                field="tiers",
            )
        if self.kind is ScheduleKind.FLAT and len(self.tiers) != 1:
            raise InvalidInputError(
                gettext_noop("A flat fee has one rate, not %(count)s."),
                mend=gettext_noop("Choose a graduated or cliff schedule, or keep one rate."),
                field="tiers",
                count=len(self.tiers),
            )
        edges = [tier.up_to for tier in self.tiers[:-1]]
        lower = Money.zero(self.currency)
        for edge in edges:
            if edge is None or edge <= lower:
                raise InvalidInputError(
                    gettext_noop("The upper ends of the tiers must rise."),
                    mend=gettext_noop("Sort the tiers and remove duplicates."),
                    field="tiers",
                )
            lower = edge
        if any(tier.rate.fraction < 0 for tier in self.tiers):
            raise InvalidInputError(gettext_noop("A fee rate must not be negative."), field="tiers")

    def _check_flow_rule(self) -> None:
        averages = (ValueBasis.AVERAGE_DAILY_BALANCE, ValueBasis.AVERAGE_MONTH_ENDS)
        if self.flow_rule is not None and self.value_basis in averages:
            # The average already holds the flow for the days it was there: adjusting as well would count it twice.
            raise InvalidInputError(
                gettext_noop("Flows are already inside an average balance and must not be prorated again."),
                mend=gettext_noop("Remove the flow rule, or bill on the opening or closing value."),
                field="flow_rule",
            )

    def _check_basis_and_limits(self) -> None:
        if self.timing is Timing.ADVANCE and self.value_basis is not ValueBasis.OPENING:
            raise InvalidInputError(
                gettext_noop("A fee in advance can only be billed on the opening value: the others are not known yet."),
                mend=gettext_noop("Choose the opening value, or bill in arrears."),
                field="value_basis",
            )
        low, high = self.minimum, self.maximum
        if low and high and low.scope is high.scope and low.annual_amount > high.annual_amount:
            raise InvalidInputError(
                gettext_noop("The minimum fee is above the maximum fee."),
                mend=gettext_noop("Correct one of them."),
                field="minimum",
            )
