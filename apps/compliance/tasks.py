"""Background work of compliance."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from apps.accounts.selectors.firm_days import firm_today
from apps.compliance.models import AuditExport
from apps.compliance.services.anchors import anchor_trail
from apps.compliance.services.exports import build_export
from apps.compliance.services.reviews import expire_assessments
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
    """Do a firm's daily work: end profiles that are past their date, anchor the trail."""
    by = Actor.system("compliance.keep_house")
    expire_assessments(on=firm_today(), by=by)
    anchor_trail(by=by)


@shared_task(name="compliance.keep_house_everywhere")
def keep_house_everywhere() -> int:
    """Ask each open firm for its daily work; return how many were asked."""
    by = Actor.system("compliance.keep_house_everywhere")

    def ask() -> int:
        jobs.enqueue("compliance.keep_house", by=by)
        return 1

    return everywhere("compliance.keep_house_everywhere", ask)
