"""Why a figure differs from the one that was shown before: what was recorded since, and what each of it did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from apps.portfolios.engine.performance import PeriodFigures, Span
from apps.portfolios.models import Account, Transaction
from apps.portfolios.selectors.performance import PerformanceSheet, performance_of

# entries recorded within this time of each other came together: one file, one correction
TOGETHER = dt.timedelta(seconds=60)
# each group is valued apart; the earliest of more are taken together
MOST_GROUPS = 10
MOST_ENTRIES = 4
SHOWN = (Span.YEAR, Span.INCEPTION)


@dataclass(frozen=True, slots=True)
class Step:
    """A period before and after what was recorded; None where the period was not covered."""

    span: Span
    label: str
    before: PeriodFigures | None
    after: PeriodFigures | None


@dataclass(frozen=True, slots=True)
class LedgerChange:
    """Entries that were recorded together, and the figures before and after them."""

    moment: dt.datetime
    entries: tuple[Transaction, ...]
    before: PerformanceSheet
    after: PerformanceSheet

    @property
    def shown(self) -> tuple[Transaction, ...]:
        """The first entries."""
        return self.entries[:MOST_ENTRIES]

    @property
    def n_more(self) -> int:
        """How many entries there are besides."""
        return max(0, len(self.entries) - MOST_ENTRIES)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The periods shown, before and after."""
        return tuple(self._step(span) for span in SHOWN)

    def _step(self, span: Span) -> Step:
        before, after = self.before.line(span), self.after.line(span)
        told = after or before
        return Step(
            span=span,
            label=told.label if told else "",
            before=before.figures if before else None,
            after=after.figures if after else None,
        )


def changes_since(accounts: Sequence[Account], sheet: PerformanceSheet) -> tuple[LedgerChange, ...]:
    """Return what was recorded about the accounts after the moment that their sheet shows, in the order of recording.

    The figures after one change are those before the next, so that the steps lead from what was shown then to what is
    shown now; nothing where the sheet shows now. Prices are those known now on both sides: a corrected price is on the
    trail, not here.
    """
    if sheet.known_at is None:
        return ()
    rows = (
        Transaction.objects.filter(account_id__in=[account.pk for account in accounts], recorded_at__gt=sheet.known_at)
        .traded_by(sheet.as_of)
        .select_related("account", "instrument", "reversal_of")
        .order_by("recorded_at", "id")
    )
    found, before = [], sheet
    for entries in _grouped(list(rows)):
        moment = entries[-1].recorded_at
        after = performance_of(accounts, sheet.currency, sheet.as_of, moment)
        found.append(LedgerChange(moment, tuple(entries), before, after))
        before = after
    return tuple(found)


def _grouped(rows: Sequence[Transaction]) -> Iterator[list[Transaction]]:
    groups: list[list[Transaction]] = []
    for row in rows:
        last = groups[-1][-1] if groups else None
        together = last is not None and row.recorded_at - last.recorded_at <= TOGETHER
        if together and last is not None and last.recorded_by == row.recorded_by:
            groups[-1].append(row)
        else:
            groups.append([row])
    spare = len(groups) - MOST_GROUPS
    if spare > 0:
        yield [row for group in groups[: spare + 1] for row in group]
        groups = groups[spare + 1 :]
    yield from groups
