"""Background work of compliance."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils.translation import gettext_lazy as _

from apps.accounts.selectors.firm_days import firm_today
from apps.compliance.models import AuditExport
from apps.compliance.services.anchors import anchor_trail
from apps.compliance.services.exports import build_export
from apps.compliance.services.reviews import expire_assessments
from apps.compliance.services.risk_groups import ask_for_risk_groups
from apps.compliance.services.risk_groups import keep_risk_groups as keep_groups
from apps.core import jobs
from apps.core.actors import Actor
from apps.core.everywhere import everywhere
from apps.core.jobs import job


@job("compliance.build_audit_export")
def build_audit_export(task: Any, export_id: int) -> None:
    """Build the file of an export."""
    export = AuditExport.objects.get(pk=export_id)
    by = Actor.system("compliance.build_audit_export", on_behalf_of=export.requested_by)
    build_export(export=export, progress=task.progress, by=by)


@job("compliance.keep_house")
def keep_house(_task: Any) -> None:
    """Do a firm's daily work: end profiles that are past their date, anchor the trail, once a month group people."""
    by, today = Actor.system("compliance.keep_house"), firm_today()
    expire_assessments(on=today, by=by)
    anchor_trail(by=by)
    ask_for_risk_groups(on=today, by=by)


@job("compliance.keep_risk_groups", title=_("People of like risk are being grouped."))
def keep_risk_groups(_task: Any, asked_by: str) -> None:
    """Group the firm's people by risk."""
    keep_groups(by=Actor.system("compliance.keep_risk_groups", on_behalf_of=asked_by))


@shared_task(name="compliance.keep_house_everywhere")
def keep_house_everywhere() -> int:
    """Ask each open firm for its daily work; return how many were asked."""
    by = Actor.system("compliance.keep_house_everywhere")

    def ask() -> int:
        jobs.enqueue("compliance.keep_house", by=by)
        return 1

    return everywhere("compliance.keep_house_everywhere", ask)
