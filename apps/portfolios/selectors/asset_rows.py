"""Rows of manual assets as the engine takes them, and as forms and pages find them."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db.models import Max, Min, Q, QuerySet

from apps.clients.models import Document
from apps.core.actors import Actor
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.portfolios.engine.private_funds import FlowKind, FundFlow, Mark
from apps.portfolios.models import Appraisal, AssetFlow, AssetFlowState, ManualAsset


def standing_marks(asset: ManualAsset) -> tuple[Mark, ...]:
    """Return what was stated and not taken back, the oldest first."""
    rows = asset.appraisals.filter(taken_back_because="").order_by("day")
    return tuple(Mark(row.day, row.value) for row in rows)


def booked_flows(asset: ManualAsset) -> tuple[FundFlow, ...]:
    """Return what moved, the oldest first."""
    rows = asset.flows.filter(state=AssetFlowState.BOOKED).order_by("day", "id")
    return tuple(FundFlow(row.day, FlowKind(row.kind), row.amount, row.is_recallable) for row in rows)


def stated_on(instrument_ids: list[int], day: dt.date) -> dict[int, tuple[str, dt.date | None]]:
    """Return for each manual asset among instruments its kind and when it was last valued by the day (one query).

    A fund without a statement counts as valued when it first moved.
    """
    stated = Q(appraisals__taken_back_because="", appraisals__day__lte=day)
    moved = Q(flows__state=AssetFlowState.BOOKED, flows__day__lte=day)
    rows = ManualAsset.objects.filter(instrument__in=instrument_ids).order_by()
    found = rows.annotate(last=Max("appraisals__day", filter=stated), first=Min("flows__day", filter=moved))
    return {
        pk: (kind, last or first) for pk, kind, last, first in found.values_list("instrument", "kind", "last", "first")
    }


def asset_for(actor: Actor, public_id: uuid.UUID | str) -> ManualAsset:
    """Return an asset the actor may see; raise NotFoundError otherwise."""
    rows = ManualAsset.objects.visible_to(actor).select_related("account__household", "instrument")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such asset, or its household is not assigned to you."))
    return found


def flow_for(actor: Actor, public_id: uuid.UUID | str) -> AssetFlow:
    """Return a call or distribution the actor may see; raise NotFoundError otherwise."""
    rows = AssetFlow.objects.visible_to(actor).select_related("asset__account__household", "asset__instrument")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such entry, or its household is not assigned to you."))
    return found


def appraisal_for(actor: Actor, public_id: uuid.UUID | str) -> Appraisal:
    """Return an appraisal the actor may see; raise NotFoundError otherwise."""
    seen = ManualAsset.objects.visible_to(actor)
    rows = Appraisal.objects.filter(asset__in=seen).select_related("asset__account__household", "asset__instrument")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such value, or its household is not assigned to you."))
    return found


def papers_of(asset_household: int, actor: Actor) -> QuerySet[Document]:
    """Return the household's papers that a value or a call may rest on."""
    return Document.objects.readable_by(actor).filter(household_id=asset_household)
