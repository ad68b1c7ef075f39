"""In which language a household reads."""

from __future__ import annotations

from apps.accounts.models import FirmProfile
from apps.clients.models import Household, Person, Relationship


def language_of(household: Household) -> str:
    """Return the language of the household's papers: what its head chose in the portal, else the firm's."""
    head = Person.objects.filter(household=household, relationship=Relationship.HEAD).select_related("user").first()
    chosen = head.user.locale if head and head.user else ""
    return chosen or FirmProfile.current().locale
