"""Refusals as people read them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from apps.kernel.errors import DomainError


@dataclass(frozen=True, slots=True)
class Shown:
    """A refusal in the reader's language."""

    message: str
    mend: str
    code: str
    field: str
    status: int

    @property
    def sentence(self) -> str:
        """Both parts in one line."""
        return f"{self.message} {self.mend}".strip()


def shown(error: DomainError) -> Shown:
    """Translate the parts of a refusal and fill in its values."""
    message, mend = gettext(error.message), gettext(error.mend) if error.mend else ""
    if error.params:
        message, mend = message % error.params, mend % error.params
    return Shown(message=message, mend=mend, code=error.code, field=error.field, status=error.status)
