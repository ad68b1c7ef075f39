"""Exports of the trail: asked for, built by a job, opened."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.clients.models import Household
from apps.clients.models.sealed_files import SealedFile, seal, unseal
from apps.compliance.models import AuditExport, ExportFormat
from apps.compliance.selectors.trail import TrailQuery, trail_events
from apps.compliance.services._export_bundle import Built, build_bundle
from apps.compliance.services._export_paper import MOST_ON_PAPER, build_paper
from apps.compliance.services.errors import ExportTooLargeError
from apps.core import audit, jobs, realtime
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, NotFoundError, gettext_noop

Progress = Callable[[float, str], None]
_BUILDERS = {ExportFormat.DATA: build_bundle, ExportFormat.PAPER: build_paper}


@dataclass(frozen=True, slots=True)
class OpenedExport:
    """A file to hand out."""

    filename: str
    media_type: str
    content: bytes


@service
def request_export(*, query: TrailQuery, format: str, by: Actor) -> AuditExport:  # noqa: A002 - the field's own name
    """Ask for an export of the events that the actor sees under the query; a job builds it.

    Raises InvalidInputError for a format that is none, NotFoundError for a household that the actor does not see,
    ExportTooLargeError for a PDF of more events than paper can hold.
    """
    if format not in ExportFormat.values:
        raise InvalidInputError(gettext_noop("Choose PDF or data."), field="format")
    household = None
    if query.household:
        household = Household.objects.visible_to(by).filter(public_id=query.household).first()
        if household is None:
            raise NotFoundError(gettext_noop("There is no such household, or it is not assigned to you."))
    count = trail_events(by, query).count()
    if format == ExportFormat.PAPER and count > MOST_ON_PAPER:
        raise ExportTooLargeError(
            gettext_noop("%(count)s events do not fit a PDF; it holds %(most)s."),
            mend=gettext_noop("Choose a shorter period or one person, or export the data."),
            field="format",
            count=count,
            most=MOST_ON_PAPER,
        )
    export = AuditExport(
        household=household,
        format=format,
        filters=query.as_content(),
        requested_by=by.key,
        requested_by_label=by.label[:200],
    )
    export.full_clean()
    export.save()
    topic = f"user:{by.key.removeprefix('person:')}" if by.user_id is not None else ""
    export.job = jobs.enqueue("compliance.build_audit_export", by=by, topic=topic, export_id=export.pk)
    export.save(update_fields=["job", "updated_at"])
    after = {"format": format, "filters": export.filters, "events": count}
    audit.record("compliance.request_export", by=by, target=export, after=after)
    return export


def build_export(*, export: AuditExport, progress: Progress, by: Actor) -> AuditExport:
    """Build the file of an export, once: a job that runs again finds it there.

    The building is no transaction: it may take minutes, and the job's progress must be seen meanwhile.
    Raises PaperUnavailableError where PDFs cannot be drawn.
    """
    if export.is_ready:
        return export
    built: Built = _BUILDERS[ExportFormat(export.format)](export, TrailQuery.from_content(export.filters), progress)
    progress(0.95, _("Encrypting the file"))
    return _keep_built(export=export, built=built, by=by)


@service
def _keep_built(*, export: AuditExport, built: Built, by: Actor) -> AuditExport:
    """Store the built file, unless a run that died late has done so already."""
    export = AuditExport.objects.select_for_update(of=("self",)).select_related("household").get(pk=export.pk)
    if export.is_ready:
        return export
    sealed = seal("audit-exports", built.content)
    export.stored_name, export.wrapped_key = sealed.name, sealed.wrapped_key
    export.filename = built.filename
    export.sha256, export.size = hashlib.sha256(built.content).hexdigest(), len(built.content)
    export.events, export.head_sequence, export.head_hash = built.events, built.head_sequence, built.head_hash
    export.built_at = timezone.now()
    export.full_clean(exclude=["household", "job"])
    export.save()
    after = {
        "sha256": export.sha256,
        "manifest_sha256": built.manifest_sha256,
        "events": export.events,
        "head_sequence": export.head_sequence,
        "head_hash": export.head_hash,
    }
    audit.record("compliance.build_export", by=by, target=export, after=after)
    if export.requested_by.startswith("person:"):
        realtime.publish(f"user:{export.requested_by[7:]}", "audit.export_ready", export=str(export.public_id))
    return export


@service
def open_export(*, export: AuditExport, by: Actor) -> OpenedExport:
    """Hand out the file of an export; who took it is on the trail.

    Raises NotFoundError while it is not built, FileDamagedError when the stored file was changed.
    """
    if not export.is_ready:
        raise NotFoundError(gettext_noop("The export is not built yet."), mend=gettext_noop("Wait until it is ready."))
    content = unseal(SealedFile(export.stored_name, export.wrapped_key))
    audit.record("compliance.open_export", by=by, target=export, after={"sha256": export.sha256})
    media_type = "application/pdf" if export.format == ExportFormat.PAPER else "application/zip"
    return OpenedExport(export.filename, media_type, content)
