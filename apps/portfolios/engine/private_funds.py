"""What a private fund is worth between its statements, and what it returned since it began.

Exact amounts in one currency; only the internal rate of return is float64. Positive amounts, the kind says whose way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.portfolios.engine.computed import Computed, quotient
from apps.portfolios.engine.returns import YEAR_DAYS, xirr

NOTHING = Decimal(0)
NOTHING_PAID = gettext_noop("Nothing was paid in.")
SHORT_LIFE = gettext_noop("A period of a year or less is not annualised.")


class FlowKind(StrEnum):
    """What moves between the investor and the fund."""

    CALL = "call"
    CALL_OUTSIDE = "call_outside"  # fees and costs asked for beside the commitment
    RETURN_OF_CAPITAL = "return_of_capital"
    GAIN = "gain"
    INCOME = "income"


CALLS = frozenset({FlowKind.CALL, FlowKind.CALL_OUTSIDE})


@dataclass(frozen=True, slots=True)
class FundFlow:
    """A call or a distribution. A recallable distribution can be called again: it adds to what is unfunded.

    Raises InvalidInputError for an amount that is not above zero, and for a call that is said to be recallable.
    """

    day: date
    kind: FlowKind
    amount: Decimal
    is_recallable: bool = False

    def __post_init__(self) -> None:
        if self.amount <= 0:
            raise InvalidInputError(gettext_noop("The amount of a call or distribution is above zero."), field="amount")
        if self.is_recallable and self.kind in CALLS:
            raise InvalidInputError(gettext_noop("Only a distribution can be recallable."), field="is_recallable")

    @property
    def added(self) -> Decimal:
        """What it adds to the value: a call adds, a distribution takes."""
        return self.amount if self.kind in CALLS else -self.amount


@dataclass(frozen=True, slots=True)
class Mark:
    """A value that somebody stated for the close of a day, flows of the day included."""

    day: date
    value: Decimal


@dataclass(frozen=True, slots=True)
class FundFigures:
    """A fund at the close of a day.

    `called` counts against the commitment, `paid_in` is all that was called. `pic` is paid in / commitment. `irr` is
    since the first flow, annual.
    """

    commitment: Decimal
    called: Decimal
    paid_in: Decimal
    recallable: Decimal
    unfunded: Decimal
    returned: Decimal
    gains: Decimal
    income: Decimal
    value: Decimal
    pic: Computed
    dpi: Computed
    rvpi: Computed
    tvpi: Computed
    irr: Computed

    @property
    def distributed(self) -> Decimal:
        """All that came back."""
        return self.returned + self.gains + self.income


def carried_values(marks: Sequence[Mark], flows: Sequence[FundFlow]) -> tuple[Mark, ...]:
    """Return the value at the close of each day on which it changes: the last stated, plus calls less distributions.

    That is how a net asset value is rolled forward between statements (ILPA Reporting Template, roll-forward of the
    capital account). A distribution of more than what was last stated leaves nothing, never less. Of several marks of a
    day the last counts.
    """
    stated = {mark.day: mark.value for mark in marks}
    added: dict[date, Decimal] = defaultdict(Decimal)
    for flow in flows:
        added[flow.day] += flow.added
    value, found = NOTHING, []
    for day in sorted({*stated, *added}):
        value = stated[day] if day in stated else max(value + added[day], NOTHING)
        found.append(Mark(day, value))
    return tuple(found)


def fund_figures(commitment: Decimal, marks: Sequence[Mark], flows: Sequence[FundFlow], as_of: date) -> FundFigures:
    """Return what the fund called, gave back and is worth at the close of the day.

    DPI = distributions / paid in, RVPI = value / paid in, TVPI = DPI + RVPI, PIC = paid in / commitment (GIPS 2020,
    Glossary and 5.A; ILPA). Unfunded = commitment − called + recallable distributions (ILPA Capital Call and
    Distribution Template). The rate of return is that of the daily flows and the value as the last of them (GIPS 2020
    5.A.1: since-inception money-weighted return); one of a year or less is not annualised and not given.
    """
    known = [flow for flow in flows if flow.day <= as_of]
    sums: dict[FlowKind, Decimal] = defaultdict(Decimal)
    for flow in known:
        sums[flow.kind] += flow.amount
    called, recallable = sums[FlowKind.CALL], sum((flow.amount for flow in known if flow.is_recallable), NOTHING)
    paid_in = called + sums[FlowKind.CALL_OUTSIDE]
    given = sum((sums[kind] for kind in FlowKind if kind not in CALLS), NOTHING)
    carried = carried_values([mark for mark in marks if mark.day <= as_of], known)
    value = carried[-1].value if carried else NOTHING
    return FundFigures(
        commitment=commitment,
        called=called,
        paid_in=paid_in,
        recallable=recallable,
        unfunded=commitment - called + recallable,
        returned=sums[FlowKind.RETURN_OF_CAPITAL],
        gains=sums[FlowKind.GAIN],
        income=sums[FlowKind.INCOME],
        value=value,
        pic=quotient(float(paid_in), float(commitment), NOTHING_PAID),
        dpi=quotient(float(given), float(paid_in), NOTHING_PAID),
        rvpi=quotient(float(value), float(paid_in), NOTHING_PAID),
        tvpi=quotient(float(given + value), float(paid_in), NOTHING_PAID),
        irr=_rate(known, value, as_of),
    )


def _rate(flows: Sequence[FundFlow], value: Decimal, as_of: date) -> Computed:
    first = min((flow.day for flow in flows), default=as_of)
    if (as_of - first).days <= YEAR_DAYS:
        return Computed(None, SHORT_LIFE)
    return xirr([*((flow.day, -float(flow.added)) for flow in flows), (as_of, float(value))])
