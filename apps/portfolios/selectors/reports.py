"""Reports of a quarter as their pages show them, and the figures that a report says."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, F, Max, Q, QuerySet, When
from django.utils.translation import gettext

from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Household
from apps.core.actors import Actor
from apps.core.passports import Amount, Passport
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.kernel.flows import FlowTiming
from apps.market.models import PriceMark
from apps.portfolios.engine.performance import Span, first_day_of
from apps.portfolios.models import Account, InstrumentPrice, PerformanceReport, ReportBatch, ReportState, Transaction
from apps.portfolios.selectors.performance import ONE_DAY, PerformanceSheet
from apps.portfolios.selectors.performance_pages import household_sheet
from apps.portfolios.selectors.performance_passports import AMOUNTS, performance_passport
from apps.portfolios.selectors.service_offerings import without_report

STATE_TONES = {
    ReportState.WAITING: "note",
    ReportState.MADE: "good",
    ReportState.FAILED: "bad",
    ReportState.DELIVERED: "good",
}
QUARTERS_OFFERED, PER_PAGE = 8, 50
# what needs a person stands first
_FIRST = Case(*(When(state=state, then=place) for place, state in enumerate(("failed", "waiting", "made"))), default=3)
_AMOUNTS = ("opening", "money_in", "money_out", "fees", "gain", "closing")
_SUMMED = ("opening", "gain", "closing")
_RETURNS = ("net", "gross", "money_weighted", "annual_net", "annual_gross")


def reported_figures(sheet: PerformanceSheet) -> dict[str, Any]:
    """Return what a report says, to be kept: amounts exact, returns as the engine gave them, None for none."""
    return {
        "currency": sheet.currency,
        "as_of": sheet.as_of.isoformat(),
        "timing": sheet.timing.value,
        "spans": {
            line.span.value: {
                "first_day": line.first_day.isoformat(),
                **{name: str(getattr(line.figures, name)) for name in _AMOUNTS},
                **{name: getattr(line.figures, name).value for name in _RETURNS},
            }
            for line in sheet.lines
            if line.figures is not None
        },
    }


def quarters_over(today: dt.date) -> list[tuple[dt.date, dt.date]]:
    """Return the quarters that are over, the newest first."""
    found, last = [], first_day_of(Span.QUARTER, today, today) - ONE_DAY
    for _n in range(QUARTERS_OFFERED):
        first = first_day_of(Span.QUARTER, last, last)
        found.append((first, last))
        last = first - ONE_DAY
    return found


def households_to_report(first_day: dt.date, last_day: dt.date) -> list[Household]:
    """Return those with a managed account that had entries by the last day and was not closed before the first.

    Those whose services bring no report of this quarter are left out.
    """
    accounts = Account.objects.managed().exclude(closed_on__lt=first_day)
    with_book = Transaction.objects.filter(account__in=accounts).traded_by(last_day)
    found = Household.objects.filter(accounts__in=with_book.values("account")).exclude(pk__in=without_report(last_day))
    return list(found.distinct().order_by("pk"))


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch in the list, counted over the households one may see."""

    batch: ReportBatch
    n_reports: int
    n_delivered: int
    n_failed: int


def batch_rows(actor: Actor) -> list[BatchRow]:
    """Return the batches, the newest first."""
    mine = Q(reports__in=PerformanceReport.objects.visible_to(actor))
    rows = ReportBatch.objects.visible_to(actor)
    counted = rows.annotate(
        n_reports=Count("reports", filter=mine),
        n_delivered=Count("reports", filter=mine & Q(reports__state=ReportState.DELIVERED)),
        n_failed=Count("reports", filter=mine & Q(reports__state=ReportState.FAILED)),
    ).values_list("pk", "n_reports", "n_delivered", "n_failed")
    numbers = {pk: counts for pk, *counts in counted}
    return [BatchRow(batch, *numbers[batch.pk]) for batch in rows]


def batch_for(actor: Actor, batch_id: uuid.UUID | str) -> ReportBatch:
    """Return a batch that the actor may see. Raises NotFoundError."""
    found = ReportBatch.objects.visible_to(actor).select_related("job").filter(public_id=batch_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such batch of reports."))
    return found


def report_for(actor: Actor, report_id: uuid.UUID | str) -> PerformanceReport:
    """Return a report of a household that the actor may see. Raises NotFoundError."""
    rows = PerformanceReport.objects.visible_to(actor).select_related("batch", "household", "document")
    found = rows.filter(public_id=report_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such report, or its household is not yours."))
    return found


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One household of a batch with the figures that its report says; None before it is made.

    `is_outdated` says that entries up to its last day were recorded or taken back after it was made.
    """

    report: PerformanceReport
    is_outdated: bool
    tone: str
    span: str
    net: float | None
    gross: float | None
    closing: Decimal | None
    currency: str


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch with the reports that the reader may see. `is_part` says that the firm has more than these."""

    batch: ReportBatch
    rows: tuple[ReportRow, ...]
    counts: Mapping[str, int]
    is_part: bool
    page: Page[PerformanceReport]

    @property
    def n_made(self) -> int:
        """How many can be delivered."""
        return self.counts.get(ReportState.MADE, 0)

    @property
    def n_failed(self) -> int:
        """How many could not be made."""
        return self.counts.get(ReportState.FAILED, 0)

    @property
    def n_waiting(self) -> int:
        """How many are still to be made."""
        return self.counts.get(ReportState.WAITING, 0)

    @property
    def n_delivered(self) -> int:
        """How many the clients have."""
        return self.counts.get(ReportState.DELIVERED, 0)


def batch_view(actor: Actor, batch: ReportBatch, page_number: str = "1") -> BatchView:
    """Return a page of the batch, what failed or waits first, counted over all that the reader may see."""
    mine = batch.reports.visible_to(actor)
    counts = dict(mine.order_by().values_list("state").annotate(n=Count("pk")))
    listed = mine.select_related("household", "document").prefetch_related("document__versions")
    page = Paginator(listed.order_by(_FIRST, "household__name", "pk"), PER_PAGE).get_page(page_number)
    outdated = _outdated(batch, [report.pk for report in page])
    rows = tuple(_row(report, is_outdated=report.pk in outdated) for report in page)
    return BatchView(batch, rows, counts, batch.reports.count() > sum(counts.values()), page)


def _outdated(batch: ReportBatch, shown: Sequence[int]) -> set[int]:
    """Return the reports of a page whose ledger or prices say something else now up to their last day."""
    made = batch.reports.filter(pk__in=shown, state__in=[ReportState.MADE, ReportState.DELIVERED])
    rows = list(made.values_list("pk", "household_id", "known_at", "prices_until"))
    entries = Transaction.objects.filter(
        account__household__in=[row[1] for row in rows],
        account__is_held_away=False,
        trade_date__lte=batch.last_day,
    )
    late = made.filter(
        household__accounts__is_held_away=False,
        household__accounts__transactions__trade_date__lte=batch.last_day,
        household__accounts__transactions__recorded_at__gt=F("known_at"),
    )
    found = set(late.values_list("pk", flat=True))
    prices = _LatePrices(entries, batch.last_day)
    return found | {pk for pk, household, known, mark in rows if known and prices.is_after(household, known, mark)}


class _LatePrices:
    """When prices of what households hold were last changed, of the days up to one."""

    def __init__(self, entries: QuerySet[Transaction], last_day: dt.date) -> None:
        of = ("account__household", "instrument", "instrument__master")
        self._held: dict[int, set[tuple[int, int | None]]] = {}
        for household, instrument, master in entries.exclude(instrument=None).order_by().values_list(*of).distinct():
            self._held.setdefault(household, set()).add((instrument, master))
        held = {pair for pairs in self._held.values() for pair in pairs}
        own = InstrumentPrice.objects.filter(instrument__in={pk for pk, _ in held}, day__lte=last_day)
        self._own = dict(own.order_by().values_list("instrument").annotate(last=Max("updated_at")))
        marks = PriceMark.objects.filter(first_day__lte=last_day)
        marks = marks.filter(Q(security=None) | Q(security__in={master for _, master in held if master}))
        self._marks = dict(marks.order_by().values_list("security").annotate(last=Max("pk")))

    def is_after(self, household: int, known: dt.datetime, mark: int | None) -> bool:
        """Say whether one was changed after the moment, or after a mark of the shared prices."""
        held = self._held.get(household, set())
        shared = [self._marks.get(None, 0), *(self._marks.get(master, 0) for _, master in held if master)]
        own = (self._own.get(instrument, known) for instrument, master in held if master is None)
        return (mark is not None and max(shared) > mark) or any(moment > known for moment in own)


def last_price_mark() -> int:
    """Return the last change of the shared prices, to be kept with what was computed from them."""
    return PriceMark.objects.aggregate(last=Max("pk"))["last"] or 0


def _row(report: PerformanceReport, *, is_outdated: bool) -> ReportRow:
    spans = report.figures.get("spans", {})
    # a household that came within the quarter has figures since its beginning alone
    span = Span.QUARTER if Span.QUARTER in spans else Span.INCEPTION
    told = spans.get(span, {})
    return ReportRow(
        report=report,
        is_outdated=is_outdated,
        tone=STATE_TONES[ReportState(report.state)],
        span=span.value,
        net=told.get("net"),
        gross=told.get("gross"),
        closing=Decimal(told["closing"]) if told else None,
        currency=report.figures.get("currency", report.household.currency),
    )


def report_passport(report: PerformanceReport, figure: str) -> Passport:
    """Return the passport of a figure as it was reported: what it says is what was kept. Raises NotFoundError."""
    span, _dash, name = figure.partition("-")
    kept = report.figures.get("spans", {}).get(span, {})
    if report.known_at is None or name not in kept:
        raise NotFoundError(gettext_noop("There is no such figure."))
    sheet = household_sheet(report.household, report.batch.last_day, report.known_at)
    told = replace(sheet, timing=FlowTiming(report.figures["timing"]))
    found, currency = performance_passport(told, report.household.name, figure), report.figures["currency"]
    amounts = {gettext(AMOUNTS[each]): Amount.of_money(Decimal(kept[each]), currency) for each in _SUMMED}
    lines = [
        replace(line, amount=replace(amounts[line.label], as_of=line.amount.as_of))
        if line.label in amounts and line.amount is not None
        else line
        for line in found.lines
    ]
    note = gettext(
        "The figure, opening and closing values and gain are as reported; its other parts are at today's prices."
    )
    return replace(
        found,
        value=Amount(kept[name], "percent", "2")
        if name in _RETURNS
        else Amount.of_money(Decimal(kept[name]), currency),
        lines=tuple(lines),
        notes=(note, *found.notes),
    )


def reports_of(household: Household) -> list[PerformanceReport]:
    """Return the reports that the client has, the newest first: one that is made anew is the one delivered before."""
    published = household.performance_reports.exclude(published=None)
    return list(published.select_related("batch", "published").order_by("-batch__last_day"))


def household_report_rows(household: Household) -> list[ReportRow]:
    """Return all reports of a household, the newest first, those that failed or wait among them."""
    rows = household.performance_reports.select_related("batch", "household", "document")
    listed = rows.prefetch_related("document__versions").order_by("-batch__last_day")
    return [_row(report, is_outdated=False) for report in listed]


def choices_of_quarters() -> list[tuple[dt.date, dt.date]]:
    """Return the quarters that are over and have no batch yet."""
    taken = set(ReportBatch.objects.values_list("last_day", flat=True))
    return [quarter for quarter in quarters_over(firm_today()) if quarter[1] not in taken]
