"""How often somebody of the firm wants one mail that tells all, and when the last one went."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.models import BaseModel


class DigestRhythm(models.TextChoices):
    """How often the digest comes; never without something new."""

    DAILY = "daily", _("Once a day, when something is new")
    WEEKLY = "weekly", _("Once a week, from Monday on")
    NEVER = "never", _("Not at all")


class DigestChoice(BaseModel):
    """One person's choice. `last_on` is the firm's day of the last digest, `last_at` its moment: one a day at most.

    `chosen_at` is when they last chose, None while nobody did: a mail's link that ends the digest is good until then.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="digest_choice", verbose_name=_("person")
    )
    rhythm = models.CharField(_("how often"), max_length=8, choices=DigestRhythm.choices, default=DigestRhythm.DAILY)
    chosen_at = models.DateTimeField(_("chosen"), null=True, blank=True)
    last_on = models.DateField(_("last digest"), null=True, blank=True)
    last_at = models.DateTimeField(_("last digest, at"), null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(rhythm__in=DigestRhythm.values), name="digest_rhythm_known"),
        )

    def __str__(self) -> str:
        return f"{self.user}: {self.get_rhythm_display()}"
