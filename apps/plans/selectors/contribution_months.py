"""Contributions that are watched: what should have arrived month by month, and what did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.core.passports import Amount, Passport, PassportLine
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.kernel.money import Money
from apps.plans.models import ContributionWatch
from apps.portfolios.selectors.contributions import paid_in

# a custodian posts the last days of a month some days later
GRACE = dt.timedelta(days=5)
# a cent lost on the way is no missed contribution
ENOUGH = Decimal("0.99")
SHOWN_MONTHS = 6


@dataclass(frozen=True, slots=True)
class ContributionMonth:
    """One month: what was expected and what came. `is_missed` only once the month is judged."""

    month: dt.date
    expected: Money
    arrived: Money
    is_over: bool
    key: str

    @property
    def is_missed(self) -> bool:
        """Whether less came than was agreed."""
        return self.is_over and self.arrived.amount < self.expected.amount * ENOUGH


@dataclass(frozen=True, slots=True)
class WatchLine:
    """A watched contribution with its last months, the newest first."""

    watch: ContributionWatch
    amount: Money
    months: tuple[ContributionMonth, ...]

    @property
    def n_missed(self) -> int:
        """How many of the months shown were missed."""
        return sum(each.is_missed for each in self.months)


def month_before(month: dt.date, n: int = 1) -> dt.date:
    """Return the first of the month some months before."""
    total = month.year * 12 + month.month - 1 - n
    return dt.date(total // 12, total % 12 + 1, 1)


def is_over(month: dt.date, on: dt.date) -> bool:
    """Say whether a month can be judged: it is over, and what was posted late has come."""
    return on >= month_before(month, -1) + GRACE


def months_to_judge(watch: ContributionWatch, on: dt.date) -> list[dt.date]:
    """Return the months that are over and were not judged yet, the oldest first."""
    month = watch.first_month
    if watch.judged_through is not None:
        month = max(month, month_before(watch.judged_through, -1))
    found = []
    while is_over(month, on):
        found.append(month)
        month = month_before(month, -1)
    return found


def watch_lines(watches: Sequence[ContributionWatch], on: dt.date) -> tuple[WatchLine, ...]:
    """Return the watched contributions with their last months (one query)."""
    this_month = on.replace(day=1)
    arrived = paid_in([watch.account for watch in watches], month_before(this_month, SHOWN_MONTHS))
    lines = []
    for watch in watches:
        currency = watch.account.currency
        months = [month_before(this_month, n) for n in range(SHOWN_MONTHS)]
        lines.append(
            WatchLine(
                watch=watch,
                amount=Money(watch.monthly_amount, currency),
                months=tuple(
                    ContributionMonth(
                        month=month,
                        expected=Money(watch.monthly_amount, currency),
                        arrived=Money(arrived.get((watch.account_id, month), Decimal(0)), currency),
                        is_over=is_over(month, on),
                        key=f"arrived-{month:%Y-%m}",
                    )
                    for month in months
                    if month >= watch.first_month
                ),
            )
        )
    return tuple(lines)


def contribution_passport(watch: ContributionWatch, figure: str, on: dt.date) -> Passport:
    """Return where the amount expected, or what arrived in a month, comes from. Raises NotFoundError."""
    (line,) = watch_lines([watch], on)
    if figure == "expected":
        return Passport(
            title=_("Expected a month in %(account)s") % {"account": watch.account.name},
            value=Amount(line.amount, "money", "exact"),
            method=_("What was paid in before, and what the accepted advice adds; the advisor may change it."),
            as_of=on,
            source=_("The accepted advice of the plan, and the regular savings that the household states"),
            basis=_("As agreed: before any return."),
            lines=(),
        )
    month = next((each for each in line.months if each.key == figure), None)
    if month is None:
        raise NotFoundError(gettext_noop("There is no such figure."))
    return Passport(
        title=_("Arrived in %(account)s in %(month)s")
        % {"account": watch.account.name, "month": date_format(month.month, "YEAR_MONTH_FORMAT")},
        value=Amount(month.arrived, "money", "exact"),
        method=_("Deposits and cash transferred in, by trade date; what was taken back does not count."),
        as_of=on,
        source=_("The account's ledger"),
        basis=_("Gross: before fees and taxes."),
        lines=(PassportLine(_("Expected"), "", Amount(month.expected, "money", "exact")),),
    )
