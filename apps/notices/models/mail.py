"""E-mails that the firm sends."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.models import BaseModel


class MailState(models.TextChoices):
    """How far a mail is."""

    QUEUED = "queued", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Refused by the mail server")


class Mail(BaseModel):
    """One e-mail to one address, as it was written: rendered when it was asked for, sent by a job."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"to", "subject", "text", "html"})
    # a link in a mail can open an account: the words are not repeated on the trail
    SECRET_FIELDS: ClassVar[frozenset[str]] = frozenset({"text", "html", "end_url"})

    kind = models.CharField(_("kind"), max_length=60)
    to = models.EmailField(_("to"))
    locale = models.CharField(_("language"), max_length=8)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"), blank=True)
    html = models.TextField(_("formatted text"), blank=True)
    end_url = models.URLField(
        _("address that ends such mails"), max_length=500, blank=True, help_text=_("For the button of a mail program.")
    )
    state = models.CharField(_("state"), max_length=10, choices=MailState.choices, default=MailState.QUEUED)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=MailState.values), name="mail_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state=MailState.SENT) | models.Q(sent_at__isnull=False),
                name="sent_mail_has_its_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.subject} ({self.to})"
