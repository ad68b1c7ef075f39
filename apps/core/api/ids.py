"""Ids in addresses."""

from __future__ import annotations

from uuid import UUID

from apps.kernel.errors import NotFoundError, gettext_noop

# what an address must hold to name something; nothing else reaches a view
ID = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"


def public_id(text: str) -> UUID:
    """Return the id that an address names. Raises NotFoundError: under what is no id there is nothing."""
    try:
        return UUID(text)
    except ValueError as wrong:
        raise NotFoundError(gettext_noop("There is nothing under this id.")) from wrong
