"""What waits for somebody's decision: approvals, profiles, plans, questions, breaks, the trail."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from apps.accounts.policies import Permission
from apps.accounts.selectors.approvals import approval_queue
from apps.compliance.models import RiskAssessment, TrailVerification
from apps.core.templatetags.formats import date_text, moment_text
from apps.desk.selectors.due_items import MOST_OF_A_KIND, Asked, DueItem
from apps.kernel.money import Money
from apps.plans.models import AlertState
from apps.plans.selectors.alert_lines import alert_lines
from apps.plans.selectors.held_plans import plans_held
from apps.plans.selectors.monitoring import AlertFilter, alert_list
from apps.plans.selectors.plan_lists import open_questions, plans_in_review
from apps.plans.selectors.step_boards import step_lines, steps_due
from apps.portfolios.models import Opportunity, ReconciliationBreak

VERIFY_EVERY = dt.timedelta(days=7)


def approvals_due(asked: Asked) -> list[DueItem]:
    """Return what waits for this person's approval; not on a household's page."""
    if not asked.actor.can(Permission.APPROVE) or asked.household is not None:
        return []
    now = timezone.now()
    return [
        DueItem(
            title=row.title,
            why=gettext("%(name)s asks for your approval.") % {"name": str(row.requested_by)},
            url=reverse("accounts:approval", kwargs={"approval_id": row.public_id}),
            action=gettext("Decide"),
            due_on=timezone.localdate(row.due_at),
            tone="bad" if row.due_at < now else "warn",
            icon="check",
        )
        for row in approval_queue(asked.actor).waiting[:MOST_OF_A_KIND]
    ]


def profiles_due(asked: Asked) -> list[DueItem]:
    """Return answers that wait for a review, and profiles past their date (two queries)."""
    if not asked.actor.can(Permission.EDIT_PLANS):
        return []
    rows = (
        RiskAssessment.objects.visible_to(asked.actor)
        .filter(asked.of_household("household"))
        .select_related("household", "person")
        .defer("answers", "tolerance_trail", "profile_trail")
    )
    review = [
        DueItem(
            title=gettext("Risk profile of %(name)s") % {"name": str(row.person)},
            why=gettext("The answers wait for your review."),
            url=reverse("compliance:assessment-detail", kwargs={"assessment_id": row.public_id}),
            action=gettext("Review"),
            household=row.household.name,
            icon="shield-check",
        )
        for row in rows.to_review().filter(review=None).order_by("submitted_at")[:MOST_OF_A_KIND]
    ]
    stale = [
        DueItem(
            title=gettext("Risk profile of %(name)s") % {"name": str(row.person)},
            why=gettext("It was valid until %(day)s. Advice must not rest on it.")
            % {"day": date_text(row.valid_until)},
            url=reverse("compliance:household-compliance", kwargs={"household_id": row.household.public_id}),
            action=gettext("Ask anew"),
            due_on=row.valid_until,
            household=row.household.name,
            tone="bad",
            icon="shield-check",
        )
        for row in rows.in_force().filter(valid_until__lt=asked.on).order_by("valid_until")[:MOST_OF_A_KIND]
        if row.valid_until is not None
    ]
    return [*review, *stale]


def plans_due(asked: Asked) -> list[DueItem]:
    """Return plans to publish, signed ones to confirm, and questions to answer (three queries)."""
    if not asked.actor.can(Permission.EDIT_PLANS):
        return []
    publish = [
        DueItem(
            title=gettext("Plan of %(household)s") % {"household": plan.household.name},
            why=gettext("It is generated and waits for your review before the client reads it."),
            url=reverse("plans:household-plan", kwargs={"household_id": plan.household.public_id}),
            action=gettext("Review and publish"),
            household=plan.household.name,
            icon="route",
        )
        for plan in plans_in_review(asked.actor).filter(asked.of_household("household"))[:MOST_OF_A_KIND]
    ]
    held = [
        DueItem(
            title=gettext("Signed plan of %(household)s") % {"household": plan.household.name},
            why=gettext("All have signed, but facts have changed since it was worked out. It is not in force yet."),
            url=reverse("plans:plan-confirm", kwargs={"plan_id": plan.public_id}),
            action=gettext("Look at what changed"),
            household=plan.household.name,
            tone="warn",
            icon="route",
        )
        for plan in plans_held(asked.actor).filter(asked.of_household("household"))[:MOST_OF_A_KIND]
    ]
    answer = [
        DueItem(
            title=gettext("Question of %(name)s") % {"name": str(row.person)},
            why=row.text if len(row.text) <= 140 else f"{row.text[:140]}…",
            url=reverse("plans:question-answer", kwargs={"question_id": row.public_id}),
            action=gettext("Answer"),
            due_on=timezone.localdate(row.created_at),
            household=row.plan.household.name,
            icon="messages",
        )
        for row in open_questions(asked.actor).filter(asked.of_household("plan__household"))[:MOST_OF_A_KIND]
    ]
    return [*publish, *held, *answer]


def plan_steps_due(asked: Asked) -> list[DueItem]:
    """Return steps of plans that the firm has to do by now, and those that clients are late with (one query)."""
    if not asked.actor.can(Permission.EDIT_PLANS):
        return []
    rows = steps_due(asked.actor, asked.on).filter(asked.of_household("household"))
    return [
        DueItem(
            title=line.title,
            why=gettext("A step of the plan, for %(name)s to do.") % {"name": line.owner_label},
            url=reverse("plans:step-finish", kwargs={"step_id": line.public_id}),
            action=gettext("Note as done"),
            due_on=line.due_on,
            household=line.household,
            tone=line.tone or "warn",
            icon="route",
        )
        for line in step_lines(rows[:MOST_OF_A_KIND], asked.on)
    ]


def alerts_due(asked: Asked) -> list[DueItem]:
    """Return what the night found of plans in force and nobody has looked at (one query)."""
    if not asked.actor.can(Permission.EDIT_PLANS):
        return []
    rows = alert_list(asked.actor, AlertFilter()).filter(asked.of_household("plan__household"), state=AlertState.OPEN)
    return [
        DueItem(
            title=gettext("Plan of %(household)s") % {"household": line.alert.plan.household.name},
            why=": ".join(filter(None, (line.alert.get_kind_display(), line.cause))),
            url=f"{reverse('plans:household-plan', kwargs={'household_id': line.alert.plan.household.public_id})}"
            f"?version={line.alert.plan.version}#since",
            action=gettext("Look at the alert"),
            due_on=line.alert.opened_on,
            household=line.alert.plan.household.name,
            tone="bad" if line.tone == "bad" else "warn",
            icon="route",
            amount=line.spending.value if isinstance(line.spending.value, Money) else None,
            amount_label=line.spending.label,
            passport=reverse("plans:figure", kwargs={"plan_id": line.alert.plan.public_id, "key": line.spending.key}),
        )
        for line in alert_lines(rows[:MOST_OF_A_KIND])
    ]


def breaks_due(asked: Asked) -> list[DueItem]:
    """Return the households whose book differs from the custodian's (one query)."""
    if not asked.actor.can(Permission.EDIT_PORTFOLIOS):
        return []
    rows = (
        ReconciliationBreak.objects.visible_to(asked.actor)
        .open()
        .filter(asked.of_household("account__household"))
        .order_by()
        .values("account__household__name", "account__household__public_id")
        .annotate(number=Count("pk"))
        .order_by("-number", "account__household__name")
    )
    return [
        DueItem(
            title=gettext("Book of %(household)s") % {"household": row["account__household__name"]},
            why=ngettext(
                "%(number)s difference from the custodian’s statement.",
                "%(number)s differences from the custodian’s statement.",
                row["number"],
            )
            % {"number": row["number"]},
            url=reverse(
                "portfolios:household-portfolio", kwargs={"household_id": row["account__household__public_id"]}
            ),
            action=gettext("Clear them"),
            household=row["account__household__name"],
            icon="chart-pie",
        )
        for row in rows[:MOST_OF_A_KIND]
    ]


def opportunities_due(asked: Asked) -> list[DueItem]:
    """Return the households whose portfolios are off their targets (one query)."""
    if not asked.actor.can(Permission.EDIT_PORTFOLIOS):
        return []
    rows = (
        Opportunity.objects.visible_to(asked.actor)
        .open()
        .filter(asked.of_household("household"))
        .order_by()
        .values("household__name", "household__public_id")
        .annotate(number=Count("pk"))
        .order_by("-number", "household__name")
    )
    return [
        DueItem(
            title=gettext("Portfolio of %(household)s") % {"household": row["household__name"]},
            why=ngettext(
                "%(number)s thing is off its target.", "%(number)s things are off their targets.", row["number"]
            )
            % {"number": row["number"]},
            url=reverse("portfolios:household-targets", kwargs={"household_id": row["household__public_id"]}),
            action=gettext("Look at the drift"),
            household=row["household__name"],
            icon="chart-pie",
        )
        for row in rows[:MOST_OF_A_KIND]
    ]


def trail_due(asked: Asked) -> list[DueItem]:
    """Tell who keeps the trail when it was not verified for a week, or was found broken (one query)."""
    if not asked.actor.can(Permission.EDIT_COMPLIANCE) or asked.household is not None:
        return []
    last = TrailVerification.objects.first()
    if last is not None and last.is_intact and timezone.now() - last.created_at < VERIFY_EVERY:
        return []
    broken = last is not None and not last.is_intact
    why = gettext("It was never verified.")
    if last is not None:
        told = gettext("It was found broken on %(day)s.") if broken else gettext("It was last verified on %(day)s.")
        why = told % {"day": moment_text(last.created_at)}
    return [
        DueItem(
            title=gettext("Verify the trail"),
            why=why,
            url=reverse("compliance:dashboard"),
            action=gettext("Verify"),
            tone="bad" if broken else "warn",
            icon="shield-check",
        )
    ]
