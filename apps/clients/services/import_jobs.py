"""The background half of an import: in the name of who asked, and with the refusal kept where it can be read."""

from __future__ import annotations

from collections.abc import Mapping

from apps.accounts.models import User
from apps.clients.models import ImportBatch
from apps.clients.services.imports import apply_batch, fail_batch
from apps.core.actors import Actor, Origin
from apps.kernel.errors import DomainError


def run_import(*, batch_id: int, user_id: int | None, origin: Mapping[str, str]) -> ImportBatch:
    """Apply the batch as the person who asked for it; a refusal is noted on the batch, then raised again."""
    batch = ImportBatch.objects.get(pk=batch_id)
    by = _asker(user_id, origin)
    try:
        return apply_batch(batch=batch, by=by)
    except DomainError as refusal:
        fail_batch(batch=batch, refusal=refusal, by=by)
        raise


def _asker(user_id: int | None, origin: Mapping[str, str]) -> Actor:
    if user_id is None:
        return Actor.system("clients.apply_import")
    return User.objects.get(pk=user_id).as_actor(origin=Origin(**origin))
