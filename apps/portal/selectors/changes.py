"""What happened lately that concerns this client."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from apps.clients.models import Document, DocumentVersion, SignatureRequest, SignatureRequestState
from apps.compliance.models import RiskAssessment
from apps.core.actors import Actor
from apps.money.models import FactSuggestion, SuggestionState
from apps.plans.models import Plan, PlanAlert, PlanQuestion

SHOWN = 8


@dataclass(frozen=True, slots=True)
class Change:
    """One event as the timeline shows it."""

    icon: str
    what: str
    at: dt.datetime
    who: str = ""
    detail: str = ""
    url: str = ""
    tone: str = ""


def changes(actor: Actor) -> list[Change]:
    """Return the latest events, the newest first."""
    found = [change for source in SOURCES for change in source(actor)]
    return sorted(found, key=lambda change: change.at, reverse=True)[:SHOWN]


def _papers(actor: Actor) -> list[Change]:
    rows = DocumentVersion.objects.filter(document__in=Document.objects.visible_to(actor)).select_related("document")
    return [
        Change(
            icon="documents",
            what=gettext("New paper: %(title)s") % {"title": row.document.title}
            if row.number == 1
            else gettext("New version: %(title)s") % {"title": row.document.title},
            at=row.created_at,
            detail=str(row.document.get_category_display()),
            url=reverse("portal:document", kwargs={"document_id": row.document.public_id}),
        )
        for row in rows.order_by("-created_at", "-id")[:SHOWN]
    ]


def _signed(actor: Actor) -> list[Change]:
    rows = SignatureRequest.objects.visible_to(actor).filter(state=SignatureRequestState.COMPLETED)
    return [
        Change(
            icon="sign",
            what=gettext("Signed by all: %(title)s") % {"title": row.document.title},
            at=row.completed_at,
            url=reverse("portal:documents"),
        )
        for row in rows.select_related("document").order_by("-completed_at")[:SHOWN]
        if row.completed_at is not None
    ]


def _profiles(actor: Actor) -> list[Change]:
    rows = RiskAssessment.objects.visible_to(actor).in_force().select_related("review", "person")
    return [
        Change(
            icon="shield-check",
            what=gettext("Risk level of %(name)s: %(level)s")
            % {"name": row.person.first_name, "level": row.review.get_accepted_level_display()},
            at=row.review.created_at,
            who=str(row.review.reviewer),
        )
        for row in rows.order_by("-id")[:SHOWN]
        if hasattr(row, "review")
    ]


def _plans(actor: Actor) -> list[Change]:
    url = reverse("portal:plan")
    found = []
    for plan in Plan.objects.visible_to(actor).order_by("-published_at")[:SHOWN]:
        named = {"version": plan.version}
        if plan.published_at is not None:
            what = gettext("Your plan was published: version %(version)s") % named
            found.append(Change("route", what, plan.published_at, who=plan.published_by, url=url))
        if plan.in_force_at is not None:
            what = gettext("Your plan is in force: version %(version)s") % named
            found.append(Change("check", what, plan.in_force_at, url=url))
    return found


def _guardrails(actor: Actor) -> list[Change]:
    rows = PlanAlert.objects.visible_to(actor).order_by("-client_told_at")
    return [
        Change(
            "route",
            gettext("Your plan: %(what)s") % {"what": row.get_kind_display()},
            row.client_told_at,
            url=f"{reverse('portal:plan')}#since",
        )
        for row in rows[:SHOWN]
        if row.client_told_at is not None
    ]


def _answers(actor: Actor) -> list[Change]:
    rows = PlanQuestion.objects.visible_to(actor).filter(answered_at__isnull=False).order_by("-answered_at")
    url = f"{reverse('portal:plan')}#questions"
    return [
        Change("messages", gettext("Your question was answered"), row.answered_at, row.answered_by, row.text[:120], url)
        for row in rows[:SHOWN]
        if row.answered_at is not None
    ]


def _decided(actor: Actor) -> list[Change]:
    """What was decided on suggestions; who took one back knows it."""
    rows = FactSuggestion.objects.visible_to(actor).filter(decided_at__isnull=False).order_by("-decided_at")
    url = reverse("money:own-facts")
    return [
        Change(
            "money",
            gettext("Your facts: %(entry)s") % {"entry": row.name},
            row.decided_at,
            row.decided_by,
            str(row.get_state_display()),
            url,
        )
        for row in rows.exclude(state=SuggestionState.WITHDRAWN)[:SHOWN]
        if row.decided_at is not None
    ]


SOURCES: list[Callable[[Actor], list[Change]]] = [_papers, _signed, _profiles, _plans, _guardrails, _answers, _decided]
