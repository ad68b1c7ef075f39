"""A firm and its addresses, in the public schema."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin, TenantMixin


class FirmState(models.TextChoices):
    """How far a firm is."""

    PROVISIONING = "provisioning", _("Being set up")
    OPEN = "open", _("Open")
    SUSPENDED = "suspended", _("Suspended")


class Firm(TenantMixin):
    """One advisory firm: the schema that holds all its data, and the few facts needed before entering it."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    # provisioning is a service with steps that can be retried; saving a row creates nothing
    auto_create_schema = False
    auto_drop_schema = False

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    legal_name = models.CharField(_("legal name"), max_length=200)
    state = models.CharField(_("state"), max_length=12, choices=FirmState.choices, default=FirmState.PROVISIONING)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("legal_name", "id")

    def __str__(self) -> str:
        return self.legal_name

    @property
    def is_open(self) -> bool:
        """Whether its site answers."""
        return self.state == FirmState.OPEN


class Domain(DomainMixin):
    """An address of a firm: `harbor.localhost`."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()
