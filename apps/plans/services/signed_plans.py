"""From the last signature to a plan in force: at once, or after the advisor confirmed facts that moved meanwhile.

A plan is signed on the numbers of its result. Where the household's facts have moved since, the signatures stand but
the version is held: it comes into force when the advisor says why it holds with today's facts, and never silently.
"""

from __future__ import annotations

from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Person
from apps.clients.ports import EndedRequest
from apps.core import audit, jobs
from apps.core.actors import Actor
from apps.core.services import service
from apps.core.tenancy.addresses import site_url
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.notices.services.mails import queue_mail
from apps.plans import policies
from apps.plans.models import Plan, PlanStatus
from apps.plans.services._plans import locked, tell
from apps.plans.services._superseding import supersede
from apps.plans.services.errors import FactsMovedError, StatusNotPossibleError
from apps.plans.services.monitoring import CHUNK
from apps.plans.services.moved_facts import UNWORKABLE, MovedFact, as_kept, digest_of, moved_of, told
from apps.plans.services.publishing import check_step


@service
def take_signature_end(*, ended: EndedRequest, by: Actor) -> None:
    """Hear that the signatures of a plan came to an end: signed by all it comes into force, the older one goes.

    Facts that moved since its result and are not confirmed hold it; the advisor hears of it. Connected to the port of
    clients (`signature_ends`). Declined or withdrawn, the plan stays with the client.
    """
    plan = Plan.objects.filter(signature_request__public_id=ended.request).first()
    if plan is None:
        return
    plan = locked(plan)
    if not ended.is_signed:
        tell(plan, "plan.signature_declined")
        return
    check_step(plan, PlanStatus.IN_FORCE)
    if moved := moved_of(plan):
        _hold(plan, moved, by)
        return
    _put_in_force(plan, by)


@service
def confirm_facts(*, plan: Plan, reason: str, seen: str, by: Actor) -> Plan:
    """Confirm that a plan with the client holds with the facts that moved since its result.

    Signed by all it comes into force. The client reads the reason beside the plan. Facts that move further must be
    confirmed again. `seen` names the facts that were looked at (`moved_facts.digest_of`): no others are confirmed.
    Raises InvalidInputError without a reason, StatusNotPossibleError when the plan is not with the client or nothing
    has moved, FactsMovedError for facts with which no plan can be made and for others than those that were seen.
    """
    plan = locked(plan)
    moved = moved_of(plan) if plan.status == PlanStatus.PUBLISHED else ()
    is_held = policies.is_held(plan)
    if not moved and not is_held:
        raise StatusNotPossibleError(
            gettext_noop("There is nothing to confirm: no facts have changed since version %(version)s was published."),
            mend=gettext_noop("Reload the page."),
            version=plan.version,
        )
    if any(each.kind == UNWORKABLE for each in moved):
        raise FactsMovedError(
            gettext_noop("With today's facts no plan can be made: %(why)s"),
            mend=gettext_noop("Mend the facts, or start a new version."),
            why=moved[0].value,
        )
    if not reason.strip():
        raise InvalidInputError(gettext_noop("Say why the plan still holds."), field="reason")
    if seen != digest_of(moved):
        raise FactsMovedError(
            gettext_noop("The facts have changed again since you looked: %(kinds)s."),
            mend=gettext_noop("Look at them, then confirm."),
            field="facts_digest",
            kinds=told(moved) or "–",
        )
    kept = {row["kind"]: row for row in (plan.facts_confirmed or {}).get("facts", ())}
    kept |= {row["kind"]: row for row in as_kept(moved)}
    plan.facts_confirmed = {
        "facts": list(kept.values()),
        "reason": reason.strip(),
        "by": by.label,
        "at": timezone.now().isoformat(),
    }
    plan.save(update_fields=["facts_confirmed", "updated_at"])
    audit.record("plans.confirm_facts", by=by, target=plan, after={"facts": _kinds(moved)}, reason=reason.strip())
    tell(plan, "plan.facts_confirmed")
    if is_held:
        _put_in_force(plan, by)
        _tell_the_client(plan, by)
    return plan


def _put_in_force(plan: Plan, by: Actor) -> None:
    for older in Plan.objects.filter(household=plan.household, status=PlanStatus.IN_FORCE):
        supersede(older, by)
    before = {"status": plan.status}
    plan.status, plan.in_force_at = PlanStatus.IN_FORCE, timezone.now()
    plan.save(update_fields=["status", "in_force_at", "updated_at"])
    audit.record("plans.put_in_force", by=by, target=plan, before=before, after={"status": plan.status})
    # its guardrails take seconds to find: a night of many plans must not wait for them
    jobs.enqueue(CHUNK, by=by, plan_ids=[plan.pk], day=firm_today().isoformat(), again=False)
    tell(plan, "plan.in_force")


def _hold(plan: Plan, moved: tuple[MovedFact, ...], by: Actor) -> None:
    audit.record("plans.hold_plan", by=by, target=plan, after={"facts": _kinds(moved)})
    advisor = plan.household.advisor
    with translation.override(advisor.locale or None):
        kinds = told(moved)
    context = {
        "name": advisor.full_name,
        "household": plan.household.name,
        "version": plan.version,
        "kinds": kinds,
        "action_url": site_url(f"/households/{plan.household.public_id}/plan/"),
        "action_label": _("Look at what changed"),
    }
    queue_mail(kind="plans/plan_held", to=advisor.email, context=context, by=by, locale=advisor.locale)
    tell(plan, "plan.held")


def _kinds(moved: tuple[MovedFact, ...]) -> list[dict[str, str]]:
    """Return what moved for the trail: kinds and names, without amounts."""
    return [{"kind": each.kind, "names": ", ".join(each.names)} for each in moved]


def _tell_the_client(plan: Plan, by: Actor) -> None:
    for person in Person.objects.filter(household=plan.household).adults().exclude(email="").select_related("user"):
        context = {
            "name": person.first_name,
            "advisor": str(plan.household.advisor),
            "version": plan.version,
            "action_url": site_url("/portal/plan/"),
            "action_label": _("Read the plan"),
        }
        locale = person.user.locale if person.user else ""
        queue_mail(kind="plans/plan_in_force", to=person.email, context=context, by=by, locale=locale)
