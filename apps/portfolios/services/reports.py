"""Performance reports of a quarter: made one by one in a batch, looked at, delivered to the portal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import structlog
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from simple_history.utils import bulk_create_with_history

from apps.accounts.models import FirmProfile
from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import DocumentCategory, Household, Relationship
from apps.clients.services.documents import file_document, release_document
from apps.core import audit, jobs, realtime
from apps.core.actors import Actor
from apps.core.errors import shown
from apps.core.services import service
from apps.core.tenancy.addresses import site_url
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop
from apps.notices.services.mails import queue_mail
from apps.portfolios.engine import ENGINE_VERSION
from apps.portfolios.engine.performance import Span, first_day_of
from apps.portfolios.models import PerformanceReport, ReportBatch, ReportState
from apps.portfolios.selectors.performance import ONE_DAY
from apps.portfolios.selectors.reports import households_to_report, last_price_mark
from apps.portfolios.services._report_paper import report_paper

log = structlog.get_logger(__name__)

MAKE = "portfolios.make_reports"
Progress = Callable[[float, str], None]
# what wrong rows of one household can raise; a server that is away is none of them and ends the job, to be run again
_OF_ONE_HOUSEHOLD = (ArithmeticError, LookupError, ValueError, TypeError, AttributeError, AssertionError)
_BROKEN = gettext_noop("The report could not be made: %(reason)s. The error is in the firm's log.")


class ReportStepError(DomainError):
    """The report is not at the step that this asks for."""

    code = "report_step"


@service
def start_reports(*, last_day: dt.date, by: Actor, message: str = "") -> ReportBatch:
    """Open the batch of the quarter that ends on the day, and have a report made for each household with a portfolio.

    Raises InvalidInputError for a day on which no quarter ends, a quarter that is not over, that has its batch, or in
    which the firm managed nothing.
    """
    first_day = first_day_of(Span.QUARTER, last_day, last_day)
    if first_day_of(Span.QUARTER, last_day + ONE_DAY, last_day) != last_day + ONE_DAY:
        raise InvalidInputError(gettext_noop("No quarter ends on %(day)s."), field="last_day", day=last_day)
    if last_day >= firm_today():
        raise InvalidInputError(
            gettext_noop("The quarter is over after %(day)s."),
            mend=gettext_noop("Choose an earlier one, or wait for its last prices."),
            field="last_day",
            day=last_day,
        )
    FirmProfile.objects.select_for_update().first()  # two who start one quarter follow each other
    if ReportBatch.objects.filter(last_day=last_day).exists():
        raise InvalidInputError(
            gettext_noop("This quarter has its batch of reports."),
            mend=gettext_noop("Open it from the list; what is missing can be made there."),
            field="last_day",
        )
    households = households_to_report(first_day, last_day)
    if not households:
        raise InvalidInputError(
            gettext_noop("No household had a managed portfolio up to %(day)s."), field="last_day", day=last_day
        )
    batch = ReportBatch(first_day=first_day, last_day=last_day, message=message.strip(), started_by=by.label)
    batch.full_clean()
    batch.save()
    _add(batch, households)
    audit.record(
        "portfolios.start_reports", by=by, target=batch, after={**audit.snapshot(batch), "count": len(households)}
    )
    return request_reports(batch=batch, by=by)


@service
def request_reports(*, batch: ReportBatch, by: Actor) -> ReportBatch:
    """Have the reports made that are missing or failed; those that are there stay as they are.

    Households that came since are added. While the reports are being made, a second call asks for nothing.
    """
    batch = ReportBatch.objects.select_for_update(of=("self",)).select_related("job").get(pk=batch.pk)
    if batch.is_working:
        return batch
    there = set(batch.reports.values_list("household_id", flat=True))
    new = [each for each in households_to_report(batch.first_day, batch.last_day) if each.pk not in there]
    _add(batch, new)
    again = batch.reports.filter(state=ReportState.FAILED)
    for report in again:
        report.state, report.problem = ReportState.WAITING, ""
        report.save(update_fields=["state", "problem", "updated_at"])
    if not batch.reports.filter(state=ReportState.WAITING).exists():
        return batch
    batch.job = jobs.enqueue(MAKE, by=by, topic="firm:all", batch_id=batch.pk)
    batch.save(update_fields=["job", "updated_at"])
    audit.record(
        "portfolios.request_reports", by=by, target=batch, facts={"count": len(new), "job": str(batch.job.public_id)}
    )
    return batch


def make_reports(*, batch: ReportBatch, by: Actor, progress: Progress | None = None) -> int:
    """Make the reports that wait, each in a transaction of its own; return how many were made.

    One that cannot be made is named with its reason and the others go on; a job that died goes on where it stopped.
    """
    made = tried = 0
    # asked for one by one: one that is to be made anew meanwhile waits for no second job
    while (report := _next_waiting(batch)) is not None:
        if progress is not None:
            n_left = batch.reports.filter(state=ReportState.WAITING).count()
            progress(tried / (tried + n_left), _("Making reports"))
        tried += 1
        try:
            make_report(report=report, by=by)
            made += 1
        except DomainError as refused:
            fail_report(report=report, problem=shown(refused).sentence, by=by)
        except _OF_ONE_HOUSEHOLD as broken:
            log.exception("report.broken", report=str(report.public_id))
            reason = f"{type(broken).__name__}: {broken}"
            fail_report(report=report, problem=_(_BROKEN) % {"reason": reason[:300]}, by=by)
    realtime.publish("firm:all", "reports.made", batch=str(batch.public_id))
    return made


def _next_waiting(batch: ReportBatch) -> PerformanceReport | None:
    rows = batch.reports.filter(state=ReportState.WAITING).select_related("household")
    return rows.order_by("household__name", "pk").first()


@service
def make_report(*, report: PerformanceReport, by: Actor) -> PerformanceReport:
    """Draw the report of one household and file it where only the firm sees it. One that is made stays.

    Raises ReportNotPossibleError where its figures cannot be stated, PaperUnavailableError where PDFs cannot be drawn.
    """
    report = _locked(report)
    if report.state not in {ReportState.WAITING, ReportState.FAILED}:
        return report
    before = audit.snapshot(report)
    report.known_at, report.prices_until = timezone.now(), last_price_mark()
    paper = report_paper(report)
    report.document = file_document(
        household=report.household,
        category=DocumentCategory.PERFORMANCE,
        title=paper.title,
        filename=paper.filename,
        content=paper.content,
        by=by,
    )
    report.figures, report.engine_version = paper.figures, ENGINE_VERSION
    report.state, report.problem = ReportState.MADE, ""
    report.full_clean()
    report.save()
    audit.record("portfolios.make_report", by=by, target=report, before=before, after=audit.snapshot(report))
    return report


@service
def fail_report(*, report: PerformanceReport, problem: str, by: Actor) -> PerformanceReport:
    """Note why a report could not be made."""
    report = _locked(report)
    before = {"state": report.state}
    report.state, report.problem = ReportState.FAILED, problem
    report.save(update_fields=["state", "problem", "updated_at"])
    after = {"state": report.state, "problem": problem}
    audit.record("portfolios.fail_report", by=by, target=report, before=before, after=after)
    return report


@service
def deliver_reports(*, batch: ReportBatch, by: Actor) -> int:
    """Let the clients see the reports that are made, of the households that the actor sees; return how many.

    Each household's adults with an address hear of it by a mail that names no figure. Raises ReportStepError when
    none is ready.
    """
    ready = batch.reports.visible_to(by).filter(state=ReportState.MADE)
    reports = list(ready.select_for_update(of=("self",)).select_related("batch", "household", "document"))
    if not reports:
        raise ReportStepError(
            gettext_noop("No report is ready to deliver."), mend=gettext_noop("Make the missing ones first.")
        )
    for report in reports:
        _deliver(report, by)
    return len(reports)


@service
def restate_report(*, report: PerformanceReport, reason: str, by: Actor) -> PerformanceReport:
    """Have a report made anew by what the ledger says now. The client keeps a delivered paper; the new one says why.

    Raises ReportStepError while it waits, InvalidInputError without a reason for one that was delivered.
    """
    report = _locked(report)
    if report.state not in {ReportState.MADE, ReportState.DELIVERED}:
        raise ReportStepError(gettext_noop("This report is not made yet."))
    if report.state == ReportState.DELIVERED and not reason.strip():
        raise InvalidInputError(gettext_noop("Say why the report is made anew: the paper will say it."), field="reason")
    before = audit.snapshot(report)
    if report.state == ReportState.DELIVERED:
        report.restated_because = reason.strip()[:300]
    report.state, report.delivered_at = ReportState.WAITING, None
    report.full_clean()
    report.save()
    after = audit.snapshot(report)
    audit.record("portfolios.restate_report", by=by, target=report, before=before, after=after, reason=reason.strip())
    request_reports(batch=report.batch, by=by)
    return report


def _add(batch: ReportBatch, households: list[Household]) -> None:
    reports = [PerformanceReport(batch=batch, household=each) for each in households]
    bulk_create_with_history(reports, PerformanceReport)


def _locked(report: PerformanceReport) -> PerformanceReport:
    rows = PerformanceReport.objects.select_for_update(of=("self",)).select_related("batch", "household", "document")
    return rows.get(pk=report.pk)


def _deliver(report: PerformanceReport, by: Actor) -> None:
    if report.document is None:  # the constraint keeps one for each that is made
        return
    release_document(document=report.document, by=by)
    before = {"state": report.state}
    report.state, report.delivered_at = ReportState.DELIVERED, timezone.now()
    report.published, report.published_at = report.document, report.delivered_at
    report.save(update_fields=["state", "delivered_at", "published", "published_at", "updated_at"])
    audit.record("portfolios.deliver_report", by=by, target=report, before=before, after={"state": report.state})
    people = report.household.people.filter(relationship__in=[Relationship.HEAD, Relationship.PARTNER])
    for person in people.exclude(email="").select_related("user"):
        queue_mail(
            kind="portfolios/report",
            to=person.email,
            context={
                "name": str(person),
                "last_day": report.batch.last_day,
                "action_url": site_url("/portal/portfolio/"),
                "action_label": gettext_lazy("Open your portfolio"),
            },
            locale=person.user.locale if person.user else "",
            by=by,
        )
    realtime.publish(f"household:{report.household.public_id}", "report.delivered", report=str(report.public_id))
