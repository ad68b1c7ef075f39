"""A firm's registration: what somebody asked for on the public site, and how far it has come."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from apps.core.models import BaseModel, JobState
from apps.firms.models.firm import Firm


class RegistrationKind(models.TextChoices):
    """With whom an adviser is registered."""

    SEC = "sec", _("The SEC")
    STATE = "state", _("One or more states")


class RegistrationState(models.TextChoices):
    """How far a registration is."""

    REQUESTED = "requested", _("Requested")
    PROVISIONING = "provisioning", _("Being set up")
    OPEN = "open", _("Open")
    FAILED = "failed", _("Failed")


# an attempt that failed holds neither name nor address: whoever comes next may have them
_HOLDS = ~models.Q(state=RegistrationState.FAILED)


def new_token() -> str:
    """Return what names a registration in addresses: who has it may watch and retry, nothing else."""
    return secrets.token_urlsafe(24)


class Registration(BaseModel):
    """One request for a firm's own site."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"principal_name", "principal_email", "ip"})
    SECRET_FIELDS: ClassVar[frozenset[str]] = frozenset({"token"})

    legal_name = models.CharField(_("legal name of the firm"), max_length=200)
    registration_kind = models.CharField(_("registered with"), max_length=6, choices=RegistrationKind.choices)
    # Form ADV, Part 1A, Item 1.D: the SEC file number of an adviser is 801- and five or six digits
    sec_number = models.CharField(
        _("SEC file number"),
        max_length=10,
        blank=True,
        validators=[
            RegexValidator(r"^801-\d{5,6}$", _("An SEC file number is 801- and five or six digits: 801-12345."))
        ],
    )
    # Form ADV, Part 1A, Item 1.E: the CRD number of the firm
    crd_number = models.CharField(
        _("CRD number"),
        max_length=8,
        blank=True,
        validators=[
            RegexValidator(r"^[1-9]\d{1,7}$", _("A CRD number has two to eight digits and does not begin with 0."))
        ],
    )
    state_code = models.CharField(_("state of the main office"), max_length=2)
    principal_name = models.CharField(_("your name"), max_length=200)
    principal_email = models.EmailField(_("your e-mail"))
    address = models.CharField(_("address of your site"), max_length=40)
    locale = models.CharField(max_length=8, default="en")
    ip = models.GenericIPAddressField(null=True, blank=True)
    # of the form that was filled in: the same form sent twice is one registration
    form_key = models.UUIDField(unique=True)
    token = models.CharField(max_length=48, unique=True, default=new_token, editable=False)
    state = models.CharField(
        _("state"), max_length=12, choices=RegistrationState.choices, default=RegistrationState.REQUESTED
    )
    # which attempt the running job belongs to: a job of an older one stops
    attempt = models.PositiveSmallIntegerField(default=1)
    job = models.ForeignKey("core.Job", models.SET_NULL, null=True, blank=True, related_name="+")
    error = models.TextField(blank=True)
    firm = models.OneToOneField(Firm, models.SET_NULL, null=True, blank=True, related_name="registration")

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=["ip", "created_at"], name="registration_by_ip"),)
        constraints = (
            models.UniqueConstraint(
                fields=["address"],
                condition=_HOLDS,
                name="registration_address_once",
                violation_error_message=_("This address is taken."),
            ),
            models.UniqueConstraint(
                Lower("legal_name"),
                condition=_HOLDS,
                name="registration_name_once",
                violation_error_message=_("A firm with this legal name is registered already."),
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=RegistrationState.values), name="registration_state_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=RegistrationState.OPEN) | models.Q(firm__isnull=False),
                name="open_registration_has_its_firm",
            ),
        )

    def __str__(self) -> str:
        return f"{self.legal_name} ({self.address})"

    @property
    def schema(self) -> str:
        """The schema that the firm gets."""
        return self.address.replace("-", "_")

    @property
    def has_failed(self) -> bool:
        """Whether the set-up ended without a firm: it says so itself, or its job was given up."""
        if self.state in {RegistrationState.FAILED, RegistrationState.OPEN}:
            return self.state == RegistrationState.FAILED
        return self.job is not None and self.job.state in {JobState.FAILED, JobState.CANCELLED}
