"""The language model that a firm connects, of its own free will: without one nothing outside is asked."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.history import history
from apps.core.models import BaseModel


class LanguageModelConnection(BaseModel):
    """A server that speaks the protocol of chat completions; at most one is in use. A former one has lost its key."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()
    SECRET_FIELDS: ClassVar[frozenset[str]] = frozenset({"key"})

    address = models.CharField(_("address"), max_length=300)
    model_name = models.CharField(_("model"), max_length=120)
    # of the same server; empty where none is used
    embedding_name = models.CharField(_("model for embeddings"), max_length=120, blank=True)
    key = models.TextField(_("key"), blank=True)  # encrypted with the firm's key
    is_active = models.BooleanField(_("in use"), default=True)
    connected_by = models.CharField(_("connected by"), max_length=200)
    tried_at = models.DateTimeField(_("last tried"), null=True, blank=True, editable=False)
    # a code of `selectors.language_models.OUTCOMES`
    outcome = models.CharField(_("how the last try went"), max_length=20, blank=True, editable=False)

    history = history(excluded_fields=["key", "tried_at", "outcome"])

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["is_active"], condition=models.Q(is_active=True), name="language_model_in_use_once"
            ),
            models.CheckConstraint(
                condition=models.Q(is_active=True) | models.Q(key=""), name="former_language_model_has_no_key"
            ),
        )

    def __str__(self) -> str:
        return self.model_name

    def audit_subject(self) -> None:
        """A connection is the firm's."""
        return
