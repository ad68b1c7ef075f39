"""Electronic signatures: who was asked, what they consented to, and the evidence of each act (ESIGN, UETA)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.role import Permission
from apps.clients.models.document import Document, DocumentVersion
from apps.clients.models.household import Household, households_of
from apps.clients.models.person import Person
from apps.core.actors import Actor
from apps.core.history import history
from apps.core.models import BaseModel


class SignatureRequestState(models.TextChoices):
    """How far a request for signatures has come."""

    OPEN = "open", _("Waiting for signatures")
    COMPLETED = "completed", _("Signed by all")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class SignatureRequestQuerySet(models.QuerySet["SignatureRequest"]):
    """Requests by who may see them."""

    def visible_to(self, actor: Actor) -> SignatureRequestQuerySet:
        """Return those of households the actor may see; a client sees the ones that ask somebody of theirs."""
        condition = households_of(actor, "document__household")
        return self if condition is None else self.filter(condition)


class SignatureRequest(BaseModel):
    """Asks people to sign one version of a document."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    document = models.ForeignKey(Document, models.PROTECT, related_name="signature_requests")
    version = models.ForeignKey(DocumentVersion, models.PROTECT, related_name="+", verbose_name=_("version to sign"))
    # what is signed: the app that asked hears of the end under this name (ports.SignaturePurpose)
    purpose = models.CharField(_("purpose"), max_length=40)
    state = models.CharField(max_length=10, choices=SignatureRequestState.choices, default=SignatureRequestState.OPEN)
    requested_by = models.CharField(_("requested by"), max_length=200)
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True)
    sealed_version = models.ForeignKey(
        DocumentVersion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("sealed version")
    )
    certificate = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("certificate")
    )

    objects = SignatureRequestQuerySet.as_manager()
    history = history()

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["document"],
                condition=models.Q(state="open"),
                name="one_open_signature_request",
                violation_error_message=_("Signatures for this document are being collected already."),
            ),
            models.CheckConstraint(
                condition=~models.Q(state="completed")
                | models.Q(completed_at__isnull=False, sealed_version__isnull=False, certificate__isnull=False),
                name="completed_request_has_evidence",
            ),
        )

    def __str__(self) -> str:
        return str(self.document)

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.document.household


class SignatureState(models.TextChoices):
    """What a signer has done so far."""

    WAITING = "waiting", _("Waiting")
    VIEWED = "viewed", _("Read")
    SIGNED = "signed", _("Signed")
    DECLINED = "declined", _("Declined")


class SignatureQuerySet(models.QuerySet["Signature"]):
    """Signatures by who may see or give them."""

    def visible_to(self, actor: Actor) -> SignatureQuerySet:
        """Return those of households the actor may see."""
        condition = households_of(actor, "request__document__household")
        return self if condition is None else self.filter(condition)

    def to_be_given_by(self, actor: Actor) -> SignatureQuerySet:
        """Return the open ones that wait for this very person."""
        if actor.user_id is None or not actor.can(Permission.USE_PORTAL):
            return self.none()
        return self.filter(
            person__user_id=actor.user_id,
            request__state=SignatureRequestState.OPEN,
            state__in=[SignatureState.WAITING, SignatureState.VIEWED],
        )


class Signature(BaseModel):
    """One person's signature with its evidence."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"typed_name", "ip", "user_agent"})

    request = models.ForeignKey(SignatureRequest, models.PROTECT, related_name="signatures")
    person = models.ForeignKey(Person, models.PROTECT, related_name="signatures", verbose_name=_("signer"))
    position = models.PositiveSmallIntegerField(_("position"))
    state = models.CharField(max_length=10, choices=SignatureState.choices, default=SignatureState.WAITING)
    sent_at = models.DateTimeField(_("sent"))
    viewed_at = models.DateTimeField(_("read"), null=True, blank=True)
    signed_at = models.DateTimeField(_("signed"), null=True, blank=True)
    declined_at = models.DateTimeField(_("declined"), null=True, blank=True)
    decline_reason = models.TextField(_("reason"), blank=True)
    typed_name = models.CharField(_("name as typed"), max_length=200, blank=True)
    intent = models.CharField(_("intent"), max_length=300, blank=True)
    consent_version = models.CharField(_("version of the consent"), max_length=20, blank=True)
    consent_text = models.TextField(_("consent"), blank=True)
    consented_at = models.DateTimeField(_("consented"), null=True, blank=True)
    identity = models.CharField(_("signed in as"), max_length=200, blank=True)
    actor_key = models.CharField(max_length=120, blank=True)
    authentication = models.CharField(_("authenticated by"), max_length=120, blank=True)
    ip = models.CharField(_("address"), max_length=45, blank=True)
    user_agent = models.CharField(_("browser"), max_length=400, blank=True)
    sha256_before = models.CharField(_("SHA-256 before"), max_length=64)
    sha256_after = models.CharField(_("SHA-256 after"), max_length=64, blank=True)

    objects = SignatureQuerySet.as_manager()
    history = history()

    class Meta:
        ordering = ("request", "position")
        constraints = (
            models.UniqueConstraint(fields=["request", "person"], name="one_signature_per_signer"),
            models.CheckConstraint(
                condition=~models.Q(state="signed")
                | (
                    models.Q(signed_at__isnull=False, consented_at__isnull=False, viewed_at__isnull=False)
                    & ~models.Q(typed_name="")
                    & ~models.Q(consent_text="")
                    & ~models.Q(actor_key="")
                ),
                name="signature_has_evidence",
            ),
        )

    def __str__(self) -> str:
        return f"{self.person}: {self.request.document}"

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.request.document.household


class FirmSeal(BaseModel):
    """The firm's own key pair, with which signed papers are sealed (PAdES); the private key is encrypted."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()
    SECRET_FIELDS: ClassVar[frozenset[str]] = frozenset({"private_key"})

    certificate = models.TextField(_("certificate (PEM)"))
    private_key = models.TextField(_("private key"))
    fingerprint = models.CharField(_("SHA-256 of the certificate"), max_length=64, unique=True)
    valid_until = models.DateTimeField(_("valid until"))
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                models.Value(1), condition=models.Q(retired_at__isnull=True), name="one_firm_seal_in_use"
            ),
        )

    def __str__(self) -> str:
        return self.fingerprint[:16]
