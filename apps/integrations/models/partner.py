"""Partners: the applications that a firm lets in by the API."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.history import history
from apps.core.models import BaseModel


def known_scopes(value: list[str]) -> None:
    """Refuse a scope that does not exist."""
    unknown = sorted(set(value) - set(settings.API_SCOPES))
    if unknown:
        raise ValidationError(_("There is no scope %(scopes)s."), params={"scopes": ", ".join(unknown)})


class PartnerQuerySet(models.QuerySet["Partner"]):
    """Partners by state."""

    def active(self) -> PartnerQuerySet:
        """Return those that may call."""
        return self.filter(is_active=True)


class Partner(BaseModel):
    """An outside application of this firm: what it is, who answers for it, what it may do."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"contact_email"})

    name = models.CharField(_("partner"), max_length=120, unique=True)
    contact_email = models.EmailField(_("contact"))
    purpose = models.TextField(_("what it is for"), blank=True)
    scopes = models.JSONField(_("may"), default=list, validators=[known_scopes])
    is_active = models.BooleanField(_("may call"), default=True)
    application = models.OneToOneField("oauth2_provider.Application", models.PROTECT, related_name="partner")

    objects = PartnerQuerySet.as_manager()
    history = history()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
