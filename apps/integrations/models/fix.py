"""FIX connections of the firm, and every message that was numbered, kept before it is sent."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.history import history
from apps.core.models import BaseModel


class FixConnection(BaseModel):
    """A FIX 4.4 session with a broker or custodian. Sequence numbers go on over lost lines and killed processes.

    They begin at one again with a new `epoch`: by hand, or each day where the other side wants it so.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()
    SECRET_FIELDS: ClassVar[frozenset[str]] = frozenset({"password", "client_key"})

    name = models.CharField(_("name"), max_length=120, unique=True)
    custodian = models.CharField(_("custodian whose orders go here"), max_length=120)
    host = models.CharField(_("host"), max_length=200)
    port = models.PositiveIntegerField(_("port"), validators=[MinValueValidator(1), MaxValueValidator(65535)])
    sender_comp_id = models.CharField(_("our CompID"), max_length=60)
    target_comp_id = models.CharField(_("their CompID"), max_length=60)
    username = models.CharField(_("user name"), max_length=120, blank=True)
    password = models.TextField(_("password"), blank=True)  # encrypted with the firm's key
    heartbeat = models.PositiveSmallIntegerField(
        _("seconds between heartbeats"), default=30, validators=[MinValueValidator(5), MaxValueValidator(300)]
    )
    uses_tls = models.BooleanField(_("encrypted (TLS)"), default=True)
    ca_certificate = models.TextField(_("certificate that signs theirs"), blank=True)
    client_certificate = models.TextField(_("our certificate"), blank=True)
    client_key = models.TextField(_("key of our certificate"), blank=True)  # encrypted with the firm's key
    takes_orders = models.BooleanField(_("takes our orders"), default=True)
    resets_daily = models.BooleanField(_("numbers begin anew each day"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)
    next_out = models.PositiveBigIntegerField(default=1, editable=False)
    next_in = models.PositiveBigIntegerField(default=1, editable=False)
    epoch = models.PositiveIntegerField(_("epoch of the numbers"), default=1, editable=False)
    epoch_day = models.DateField(_("day on which the epoch began"), null=True, editable=False)
    seen_at = models.DateTimeField(_("last looked after"), null=True, editable=False)
    is_on = models.BooleanField(_("connected"), default=False, editable=False)
    state_note = models.CharField(max_length=300, blank=True, editable=False)

    history = history(
        excluded_fields=["password", "client_key", "next_out", "next_in", "epoch_day", "seen_at", "is_on", "state_note"]
    )

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(
                fields=["host", "port", "sender_comp_id", "target_comp_id"],
                name="fix_session_once",
                violation_error_message=_("This session is set up already."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def audit_subject(self) -> None:
        """A connection is the firm's."""
        return


class FixMessageQuerySet(models.QuerySet["FixMessage"]):
    """Messages by whether they were said."""

    def waiting(self) -> FixMessageQuerySet:
        """Return those of ours that wait to be said."""
        return self.filter(is_ours=True, seq=None, sent_at=None)

    def said(self) -> FixMessageQuerySet:
        """Return those of ours that were numbered and written; whether they arrived only an answer says."""
        return self.filter(is_ours=True, seq__isnull=False)


class FixMessage(BaseModel):
    """A message of a session. One of ours without a number waits to be sent; a numbered one may be sent again.

    Without a number but with a time it was withdrawn at that time.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()
    SECRET_FIELDS: ClassVar[frozenset[str]] = frozenset({"body"})

    connection = models.ForeignKey(FixConnection, models.PROTECT, related_name="messages")
    # of ours: the order it is about, its ClOrdID (11), and when the other side first answered it
    order = models.ForeignKey("portfolios.BlockOrder", models.PROTECT, null=True, blank=True, related_name="+")
    reference = models.CharField(max_length=40, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    is_ours = models.BooleanField()
    epoch = models.PositiveIntegerField(default=1)
    seq = models.PositiveBigIntegerField(null=True, blank=True)
    kind = models.CharField(max_length=3)
    body = models.TextField()  # encrypted: orders name account numbers
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = FixMessageQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["connection", "epoch", "seq"], condition=models.Q(is_ours=True), name="fix_number_given_once"
            ),
        )
        indexes = (models.Index(fields=["reference"], condition=~models.Q(reference=""), name="fix_by_reference"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.seq}"
