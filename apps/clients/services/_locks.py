"""Rows locked for a change, and the check that the editor saw their last state."""

from __future__ import annotations

import datetime as dt
from typing import TypeVar

from django.db.models import QuerySet

from apps.core.models import BaseModel
from apps.kernel.errors import DomainError, gettext_noop

M = TypeVar("M", bound=BaseModel)


class EditConflictError(DomainError):
    """Somebody changed the record after the editor had opened it."""

    code = "edit_conflict"


def locked(rows: QuerySet[M], pk: int, seen_at: dt.datetime | None = None) -> M:
    """Return the row, locked; raise EditConflictError when it is not as it was at `seen_at` (its `updated_at`)."""
    row = rows.select_for_update(of=("self",)).get(pk=pk)
    if seen_at is not None and row.updated_at != seen_at:
        raise EditConflictError(
            gettext_noop("Somebody changed this while you were editing it."),
            mend=gettext_noop("Reload the page, look at what changed, and make your change again."),
        )
    return row
