"""What is due with households themselves: reviews, onboarding, papers."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext

from apps.accounts.policies import Permission
from apps.clients.models import DocumentRequest, Household, HouseholdStatus, SignatureRequest, SignatureRequestState
from apps.clients.selectors.onboarding import onboarding_status
from apps.core.templatetags.formats import date_text
from apps.desk.selectors.due_items import MOST_OF_A_KIND, Asked, DueItem

# each costs a handful of queries: the page shows the oldest, the list of households has them all
MOST_ONBOARDING = 5
# where each step is done; an app above that reports on a step names its own page
STEP_PAGES = {
    "profile": "clients:household-people",
    "suitability": "compliance:household-compliance",
    "documents": "clients:household-documents",
    "agreement": "clients:agreement-new",
    "signature": "clients:household-documents",
    "portal": "clients:household-people",
    "team": "clients:household-people",
    "kickoff": "clients:household-people",
}


def reviews_due(asked: Asked) -> list[DueItem]:
    """Return households whose review is due, for people who advise (one query)."""
    if not asked.actor.can(Permission.EDIT_HOUSEHOLDS):
        return []
    rows = Household.objects.visible_to(asked.actor).active().filter(asked.of_household())
    return [
        DueItem(
            title=gettext("Review with %(household)s") % {"household": household.name},
            why=gettext("It was agreed for %(day)s.") % {"day": date_text(household.next_review_on)},
            url=reverse(
                "clients:household-edit" if asked.household else "desk:household",
                kwargs={"household_id": household.public_id},
            ),
            action=gettext("Agree on the next one") if asked.household else gettext("Open the household"),
            due_on=household.next_review_on,
            household=household.name,
            tone="bad" if household.next_review_on < asked.on else "warn",
            icon="calendar",
        )
        for household in rows.filter(next_review_on__lte=asked.on).order_by("next_review_on", "id")[:MOST_OF_A_KIND]
        if household.next_review_on is not None
    ]


def onboarding_due(asked: Asked) -> list[DueItem]:
    """Return the onboarding steps that wait for this person, of the households that wait longest."""
    if not asked.actor.can(Permission.EDIT_HOUSEHOLDS):
        return []
    rows = (
        Household.objects.visible_to(asked.actor)
        .filter(asked.of_household(), status__in=[HouseholdStatus.PROSPECT, HouseholdStatus.ONBOARDING])
        .filter(advisor_id=asked.actor.user_id)
        .select_related("advisor")
        .prefetch_related("people")
    )
    found = []
    for household in rows.order_by("created_at", "id")[:MOST_ONBOARDING]:
        step = onboarding_status(household).current
        if step is None or step.who != str(household.advisor):
            continue
        found.append(
            DueItem(
                title=gettext("Onboarding of %(household)s: %(step)s")
                % {"household": household.name, "step": step.name},
                why=gettext("Missing: %(what)s.") % {"what": ", ".join(step.missing[:3])},
                url=step.url or reverse(STEP_PAGES[step.key], kwargs={"household_id": household.public_id}),
                action=gettext("Go on"),
                household=household.name,
                icon="people",
            )
        )
    return found


def papers_due(asked: Asked) -> list[DueItem]:
    """Return papers that clients owe past their day, and signatures that were declined (two queries)."""
    return [*_owed(asked), *_declined(asked)]


def _owed(asked: Asked) -> list[DueItem]:
    if not asked.actor.can(Permission.MANAGE_DOCUMENTS):
        return []
    rows = DocumentRequest.objects.visible_to(asked.actor).open().filter(asked.of_household("household"))
    return [
        DueItem(
            title=gettext("%(paper)s has not come") % {"paper": row.title},
            why=gettext("%(household)s was asked to send it by %(day)s.")
            % {"household": row.household.name, "day": date_text(row.due_on)},
            url=reverse("clients:household-documents", kwargs={"household_id": row.household.public_id}),
            action=gettext("Open the papers"),
            due_on=row.due_on,
            household=row.household.name,
            tone="bad",
            icon="documents",
        )
        for row in rows.filter(due_on__lt=asked.on).select_related("household")[:MOST_OF_A_KIND]
        if row.due_on is not None
    ]


def _declined(asked: Asked) -> list[DueItem]:
    if not asked.actor.can(Permission.SEND_AGREEMENTS):
        return []
    rows = (
        SignatureRequest.objects.visible_to(asked.actor)
        .filter(asked.of_household("document__household"), state=SignatureRequestState.DECLINED)
        # a paper that is out for signature again needs nobody
        .exclude(document__signature_requests__state__in=[SignatureRequestState.OPEN, SignatureRequestState.COMPLETED])
        .select_related("document__household")
    )
    return [
        DueItem(
            title=gettext("%(paper)s was not signed") % {"paper": row.document.title},
            why=gettext("%(household)s declined, with a reason.") % {"household": row.document.household.name},
            url=reverse("clients:document-detail", kwargs={"document_id": row.document.public_id}),
            action=gettext("Read why"),
            household=row.document.household.name,
            icon="sign",
        )
        for row in rows[:MOST_OF_A_KIND]
    ]
