"""Giving a plan to the client: frozen, on paper, and for signature."""

from __future__ import annotations

from typing import NoReturn

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import FirmProfile
from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Person
from apps.clients.selectors.languages import language_of
from apps.clients.services.documents import file_document
from apps.clients.services.signatures import request_signature
from apps.compliance.selectors.risk_limits import risk_limit
from apps.core import audit, jobs
from apps.core.actors import Actor
from apps.core.models import Job
from apps.core.services import service
from apps.core.tenancy.addresses import site_url
from apps.kernel.errors import gettext_noop
from apps.notices.services.mails import queue_mail
from apps.plans import policies
from apps.plans.models import Plan, PlanStatus, ProjectionRun
from apps.plans.services._plans import locked, tell
from apps.plans.services._reports import report_pdf
from apps.plans.services._superseding import supersede
from apps.plans.services.errors import (
    AlternativesError,
    FactsMovedError,
    NoResultError,
    RiskLimitMissingError,
    StatusNotPossibleError,
)
from apps.plans.services.moved_facts import moved_facts, told
from apps.plans.services.step_starts import start_steps

SIGNATURE_PURPOSE = "plan"


@service
def publish_plan(*, plan: Plan, by: Actor) -> Plan:
    """Freeze the version with its newest result, give it to the client, and have its report drawn.

    Advice that was accepted or adjusted becomes dated steps; what is not decided stays an offer to talk about and makes
    none. An older version that still waits for signatures is superseded.
    Raises StatusNotPossibleError, NoResultError when there is no result for what the plan says now or what was taken is
    still being measured, FactsMovedError, AlternativesError for advice accepted twice over, RiskLimitMissingError
    for advice about the allocation without a valid risk profile.
    """
    plan = locked(plan)
    check_step(plan, PlanStatus.PUBLISHED)
    run = fresh_result(plan)
    _check_alternatives(plan, run)
    _check_risk_limit(plan, run)
    before = audit.snapshot(plan)
    for older in Plan.objects.filter(household=plan.household, status=PlanStatus.PUBLISHED):
        supersede(older, by)
    plan.status, plan.published_run = PlanStatus.PUBLISHED, run
    plan.published_at, plan.published_by = timezone.now(), by.label
    plan.save()
    start_steps(plan=plan, run=run, by=by)
    plan.report_job = _order_report(plan, by)
    audit.record("plans.publish_plan", by=by, target=plan, before=before, after=audit.snapshot(plan))
    _tell_the_client(plan, by)
    tell(plan, "plan.published")
    return plan


@service
def order_report(*, plan: Plan, by: Actor) -> Plan:
    """Have the report drawn again after its job failed. Raises NoResultError when it is filed or not published."""
    plan = locked(plan)
    if plan.published_run_id is None or plan.document_id is not None:
        raise NoResultError(
            gettext_noop("There is no report to draw."), mend=gettext_noop("It is in the household's documents.")
        )
    plan.report_job = _order_report(plan, by)
    audit.record("plans.order_report", by=by, target=plan)
    return plan


@service
def file_report(*, plan: Plan, by: Actor) -> Plan:
    """Draw the published plan as PDF, file it for the client, and ask the adults with a portal account to sign.

    A second time nothing is done. Raises PaperUnavailableError where PDFs cannot be drawn.
    """
    plan = locked(plan)
    if plan.document_id is not None or plan.published_run_id is None:
        return plan
    with translation.override(language_of(plan.household)):
        title = _("Financial plan, version %(version)s") % {"version": plan.version}
    plan.document = file_document(
        household=plan.household,
        category="plan",
        title=title,
        filename=f"financial-plan-{plan.version}.pdf",
        content=report_pdf(plan),
        by=by,
        visible_to_client=True,
    )
    signers = list(Person.objects.filter(household=plan.household, user__isnull=False).adults())
    if signers and plan.status == PlanStatus.PUBLISHED:
        plan.signature_request = request_signature(
            document=plan.document, signers=signers, purpose=SIGNATURE_PURPOSE, by=by
        )
    plan.save(update_fields=["document", "signature_request", "updated_at"])
    audit.record("plans.file_report", by=by, target=plan, after={"document": str(plan.document.public_id)})
    tell(plan, "plan.report_filed")
    return plan


@service
def request_plan_signature(*, plan: Plan, by: Actor) -> Plan:
    """Ask the adults with a portal account to sign the filed report: after one got an account, or declined.

    Raises StatusNotPossibleError when the plan is not with the client, NoResultError without a filed report, and what
    `request_signature` raises.
    """
    plan = locked(plan)
    if plan.status != PlanStatus.PUBLISHED:
        refuse_step(plan, PlanStatus.IN_FORCE)
    if policies.is_held(plan):
        raise StatusNotPossibleError(
            gettext_noop("All have signed version %(version)s already."),
            mend=gettext_noop("Confirm the facts that changed, or start a new version."),
            version=plan.version,
        )
    if plan.document is None:
        raise NoResultError(
            gettext_noop("The report is not filed yet."), mend=gettext_noop("Wait for it, or draw it again.")
        )
    signers = list(Person.objects.filter(household=plan.household, user__isnull=False).adults())
    plan.signature_request = request_signature(
        document=plan.document, signers=signers, purpose=SIGNATURE_PURPOSE, by=by
    )
    plan.save(update_fields=["signature_request", "updated_at"])
    audit.record("plans.request_plan_signature", by=by, target=plan, after={"signers": [str(p) for p in signers]})
    tell(plan, "plan.signature_requested")
    return plan


def check_step(plan: Plan, to: str) -> None:
    """Refuse a step that the life of a plan does not have. Raises StatusNotPossibleError."""
    if not policies.can_move(plan, to):
        refuse_step(plan, to)


def refuse_step(plan: Plan, to: str) -> NoReturn:
    """Raise StatusNotPossibleError."""
    mends = {
        PlanStatus.PUBLISHED: gettext_noop("Generate the plan, review it, then publish it."),
        PlanStatus.IN_FORCE: gettext_noop("A plan comes into force when the client signs it."),
    }
    raise StatusNotPossibleError(
        gettext_noop("Version %(version)s is “%(now)s” and cannot become “%(then)s”."),
        mend=mends.get(PlanStatus(to), ""),
        field="status",
        version=plan.version,
        now=PlanStatus(plan.status).label,
        then=PlanStatus(to).label,
    )


def fresh_result(plan: Plan) -> ProjectionRun:
    """Return the result of what the plan and the household's facts say now. Raises NoResultError, FactsMovedError."""
    run = plan.runs.finished().first()
    if run is None or policies.is_outdated(plan, run):
        raise NoResultError(
            gettext_noop("The plan changed after it was generated."), mend=gettext_noop("Generate it again first.")
        )
    if moved := moved_facts(plan, run):
        raise FactsMovedError(
            gettext_noop("Facts have changed since this was worked out: %(kinds)s."),
            mend=gettext_noop("Generate it again first."),
            kinds=told(moved),
        )
    rows, wait = list(run.recommendations.all()), gettext_noop("Wait a moment and publish again.")
    if any(row.waits_for_effect for row in rows):
        raise NoResultError(gettext_noop("The effect of your adjustment is still being computed."), mend=wait)
    if policies.waits_together(run, rows):
        raise NoResultError(gettext_noop("What you accepted is still being measured together."), mend=wait)
    return run


def _check_alternatives(plan: Plan, run: ProjectionRun) -> None:
    """Refuse two pieces of advice that replace each other, unless the advisor said why the client needs both."""
    taken = policies.taken_without_need(run.recommendations.all(), plan.target_success)
    if taken:
        raise AlternativesError(
            gettext_noop("%(count)s recommendations are accepted that each reach the target alone."),
            mend=gettext_noop("Accept one of them, or say with the others why the client needs them as well."),
            count=len(taken),
        )


def _check_risk_limit(plan: Plan, run: ProjectionRun) -> None:
    """Refuse advice about the allocation that no valid risk profile carries (RISK 10: profiles older than advice)."""
    if plan.chosen_mix is None and not any(policies.needs_risk_limit(row) for row in run.recommendations.all()):
        return
    limit = risk_limit(plan.household, firm_today())
    mend = gettext_noop("Send the risk questionnaire and review it, or decline the advice about the allocation.")
    if limit is None:
        raise RiskLimitMissingError(gettext_noop("The household has no risk profile in force."), mend=mend)
    if limit.is_stale:
        raise RiskLimitMissingError(
            gettext_noop("The risk profile cannot carry advice any more: %(why)s"), mend=mend, why=limit.reasons[0]
        )
    if run.risk_limit is None or run.risk_limit["level"] != limit.level:
        raise RiskLimitMissingError(
            gettext_noop("The risk level changed after the plan was generated."),
            mend=gettext_noop("Generate the plan again."),
        )


def _order_report(plan: Plan, by: Actor) -> Job:
    topic = f"household:{plan.household.public_id}"
    job = jobs.enqueue("plans.file_report", by=by, topic=topic, plan_id=plan.pk)
    plan.report_job = job
    plan.save(update_fields=["report_job", "updated_at"])
    return job


def _tell_the_client(plan: Plan, by: Actor) -> None:
    for person in Person.objects.filter(household=plan.household).adults().exclude(email="").select_related("user"):
        queue_mail(
            kind="plans/plan_published",
            to=person.email,
            context={
                "name": person.first_name,
                "advisor": str(plan.household.advisor),
                "firm": FirmProfile.current().display_name,
                "action_url": site_url("/portal/plan/"),
                "action_label": gettext_lazy("Read the plan"),
            },
            locale=person.user.locale if person.user else "",
            by=by,
        )
