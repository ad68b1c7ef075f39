"""The billable value of an account, day by day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from apps.billing.engine.errors import ValueMissingError
from apps.billing.engine.inputs import AccountValues, BillingPeriod, DatedValue, Exclusion, ValueUse
from apps.billing.engine.ledger import EXACT, amount_in, at_places, exact_sum
from apps.billing.engine.periods import managed_days, month_ends
from apps.billing.engine.results import BillableLine, ExcludedAmount, FeeWarning, ValueLine, WarningCode
from apps.billing.engine.terms import FeeTerms, ValueBasis
from apps.kernel.dates import DateSpan
from apps.kernel.errors import InvalidInputError, gettext_noop


@dataclass(frozen=True, slots=True)
class BillableAccount:
    """An account with its managed days in the period and what of it is billed."""

    account: AccountValues
    days: DateSpan
    billable: Fraction
    breakpoint_value: Fraction
    lines: tuple[ValueLine, ...]
    line: BillableLine
    warnings: tuple[FeeWarning, ...]

    @property
    def is_left_out(self) -> bool:
        """Whether the whole account is excluded from billing."""
        return any(
            not rule.values and rule.share.fraction == 1 and ValueUse.BILLING in rule.uses
            for rule in self.account.exclusions
        )


def billable_account(account: AccountValues, period: BillingPeriod, terms: FeeTerms) -> BillableAccount | None:
    """Return what of the account is billed in the period, or None when it was not managed in it.

    Raises ValueMissingError when a day has no value that is recent enough.
    """
    days = managed_days(period.span, account.funded_on, account.closed_on)
    if days is None:
        return None
    series = _Series.of(account.values, terms, account.account_id)
    excluded = [(rule, _Series.of(rule.values, terms, account.account_id)) for rule in account.exclusions]
    lines = tuple(
        _value_line(account, day, series, excluded) for day in value_days(terms.value_basis, account, period, days)
    )
    n = len(lines)
    billable = Fraction(exact_sum([line.billable for line in lines])) / n
    counted = Fraction(exact_sum([line.breakpoint_value for line in lines])) / n
    summary = BillableLine(
        account_id=account.account_id,
        basis=terms.value_basis,
        n_values=n,
        billable=at_places(billable),
        breakpoint_value=at_places(counted),
        clause=terms.clauses.value_basis,
    )
    return BillableAccount(account, days, billable, counted, lines, summary, _warnings(account.account_id, lines))


def value_days(basis: ValueBasis, account: AccountValues, period: BillingPeriod, days: DateSpan) -> list[date]:
    """Return the days whose values are billed.

    The opening value is the close of the day before the period, in a stub that of the funding day. The closing value of
    an account that left is that of its last managed day. Averages run over the managed days only, so that an account
    funded in mid-period is not diluted and then prorated as well.
    """
    if basis is ValueBasis.OPENING:
        is_stub = account.funded_on is not None and account.funded_on >= period.span.first
        return [days.first if is_stub else period.span.first - timedelta(days=1)]
    if basis is ValueBasis.PERIOD_END:
        return [days.last]
    if basis is ValueBasis.AVERAGE_DAILY_BALANCE:
        return list(days)
    return month_ends(days) or [days.last]


@dataclass(frozen=True, slots=True)
class _Series:
    """Values in order of their days, carried forward for at most `max_age` days."""

    days: tuple[date, ...]
    amounts: tuple[Decimal, ...]
    source_ids: tuple[str, ...]
    max_age: int
    account_id: str

    @classmethod
    def of(cls, values: Sequence[DatedValue], terms: FeeTerms, account_id: str) -> _Series:
        ordered = sorted(values, key=lambda value: value.day)
        days = tuple(value.day for value in ordered)
        if len(set(days)) != len(days):
            raise InvalidInputError(
                gettext_noop("Account %(account)s has two values for one day."),
                mend=gettext_noop("Keep one value per day."),
                account=account_id,
            )
        amounts = tuple(amount_in(value.value, terms.currency) for value in ordered)
        return cls(days, amounts, tuple(value.source_id for value in ordered), terms.max_value_age, account_id)

    def place(self, day: date) -> int:
        """Where the latest value on or before the day stands; −1 when there is none.

        Raises ValueMissingError for one that is too old.
        """
        place = bisect_right(self.days, day) - 1
        if place >= 0 and (day - self.days[place]).days > self.max_age:
            raise ValueMissingError(
                gettext_noop("The latest value for %(day)s in account %(account)s is of %(seen)s."),
                mend=gettext_noop("Load the missing values; for a holding that was sold, enter zero."),
                day=day,
                seen=self.days[place],
                account=self.account_id,
            )
        return place


def _value_line(
    account: AccountValues, day: date, series: _Series, excluded: Sequence[tuple[Exclusion, _Series]]
) -> ValueLine:
    place = series.place(day)
    if place < 0 or (account.funded_on is not None and series.days[place] < account.funded_on):
        raise ValueMissingError(
            gettext_noop("Account %(account)s has no value for %(day)s."),
            mend=gettext_noop("Load the values of the period, or correct the funding date."),
            account=account.account_id,
            day=day,
        )
    value = series.amounts[place]
    cuts = tuple(_excluded(rule, own, day, value) for rule, own in excluded)
    for_billing = exact_sum([cut.amount for cut in cuts if cut.counts_for_billing])
    for_breakpoint = exact_sum([cut.amount for cut in cuts if cut.counts_for_breakpoint])
    return ValueLine(
        account_id=account.account_id,
        day=day,
        observed_on=series.days[place],
        source_id=series.source_ids[place],
        value=value,
        excluded=cuts,
        billable=max(Decimal(0), EXACT.subtract(value, for_billing)),
        breakpoint_value=max(Decimal(0), EXACT.subtract(value, for_breakpoint)),
    )


def _excluded(rule: Exclusion, series: _Series, day: date, value: Decimal) -> ExcludedAmount:
    source_id = ""
    amount = value
    if rule.values:
        place = series.place(day)
        amount = series.amounts[place] if place >= 0 else Decimal(0)
        source_id = series.source_ids[place] if place >= 0 else ""
    return ExcludedAmount(
        reason=rule.reason.value,
        amount=EXACT.multiply(amount, rule.share.fraction),
        counts_for_billing=ValueUse.BILLING in rule.uses,
        counts_for_breakpoint=ValueUse.BREAKPOINT in rule.uses,
        source_id=source_id,
        clause=rule.clause,
    )


def _warnings(account_id: str, lines: Sequence[ValueLine]) -> tuple[FeeWarning, ...]:
    found = []
    negative = next((line for line in lines if line.value < 0), None)
    if negative is not None:
        found.append(
            FeeWarning(
                WarningCode.NEGATIVE_VALUE,
                gettext_noop("The value of %(day)s is negative and is billed as zero."),
                (("day", negative.day.isoformat()),),
                account_id,
            )
        )
    over = next((line for line in lines if line.value >= 0 and _cut(line) > line.value), None)
    if over is not None:
        found.append(
            FeeWarning(
                WarningCode.EXCLUDED_MORE_THAN_VALUE,
                gettext_noop("On %(day)s more is excluded than the account was worth."),
                (("day", over.day.isoformat()),),
                account_id,
            )
        )
    return tuple(found)


def _cut(line: ValueLine) -> Decimal:
    return exact_sum([cut.amount for cut in line.excluded if cut.counts_for_billing])
