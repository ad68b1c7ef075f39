"""Invitations: the only way to an account of a firm."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.role import Role
from apps.core.history import history
from apps.core.models import BaseModel


class InvitationState(models.TextChoices):
    """How an invitation stands; one whose time has run out stays open until it is sent again or revoked."""

    OPEN = "open", _("Sent")
    ACCEPTED = "accepted", _("Accepted")
    REVOKED = "revoked", _("Revoked")


class Invitation(BaseModel):
    """One address asked to join in one role. The link's key is kept as a digest only."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"email", "full_name"})
    SECRET_FIELDS: ClassVar[frozenset[str]] = frozenset({"key_digest"})

    email = models.EmailField(_("e-mail"))
    full_name = models.CharField(_("name"), max_length=200, blank=True)
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    locale = models.CharField(_("language"), max_length=8, blank=True)
    invited_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("invited by")
    )
    invited_by_label = models.CharField(_("invited by"), max_length=200)
    # what hears of the acceptance (apps.accounts.ports.connect_arrival): `clients.person` and its public id
    subject_kind = models.CharField(max_length=60, blank=True, verbose_name=_("kind of subject"))
    subject_id = models.CharField(max_length=64, blank=True, verbose_name=_("subject, by id"))
    key_digest = models.CharField(max_length=64, unique=True, verbose_name=_("digest of the key"))
    state = models.CharField(_("state"), max_length=10, choices=InvitationState.choices, default=InvitationState.OPEN)
    sent_at = models.DateTimeField(_("sent"))
    expires_at = models.DateTimeField(_("expires"))
    user = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="invitations", verbose_name=_("user")
    )
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)

    history = history(excluded_fields=["key_digest"])

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ("-sent_at", "-id")
        constraints = (
            models.UniqueConstraint(
                Lower("email"),
                condition=models.Q(state="open"),
                name="one_open_invitation_per_address",
                violation_error_message=_("This address is invited already."),
            ),
            models.CheckConstraint(condition=models.Q(state__in=InvitationState.values), name="invitation_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state="accepted") | models.Q(user__isnull=False, accepted_at__isnull=False),
                name="accepted_invitation_has_its_user",
            ),
        )

    def __str__(self) -> str:
        return f"{self.full_name or self.email} ({self.get_role_display()})"

    def has_expired(self, now: dt.datetime) -> bool:
        """Whether its link no longer opens."""
        return self.state == InvitationState.OPEN and self.expires_at <= now


class ChangeKind(models.TextChoices):
    """What a person changes of how they sign in."""

    EMAIL = "email", _("E-mail")
    PASSWORD = "password", _("Password")


class ChangeState(models.TextChoices):
    """How such a change stands."""

    OPEN = "open", _("Waiting for confirmation")
    DONE = "done", _("Done")
    SUPERSEDED = "superseded", _("Replaced by a later one")


class CredentialChange(BaseModel):
    """A new e-mail or password that takes effect when its link is confirmed."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"new_email"})
    SECRET_FIELDS: ClassVar[frozenset[str]] = frozenset({"new_password", "key_digest"})

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="credential_changes")
    kind = models.CharField(max_length=10, choices=ChangeKind.choices)
    new_email = models.EmailField(blank=True)
    # hashed as in the user's own row
    new_password = models.CharField(max_length=128, blank=True)
    key_digest = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=12, choices=ChangeState.choices, default=ChangeState.OPEN)
    expires_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["user", "kind"], condition=models.Q(state="open"), name="one_open_change_per_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="email", new_password="") & ~models.Q(new_email="")
                | models.Q(kind="password", new_email=""),
                name="change_carries_one_thing",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user}: {self.get_kind_display()}"
