"""Agreements between firm and household: versioned templates and what was drafted, sent and signed from them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.clients.models.document import Document
from apps.clients.models.household import Household, households_of
from apps.core.actors import Actor
from apps.core.history import history
from apps.core.models import BaseModel


class AgreementTemplate(BaseModel):
    """One version of the text that agreements are drafted from; a change is a new version."""

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    name = models.CharField(_("template"), max_length=80)
    version = models.PositiveSmallIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=200)
    # a list of articles with number, heading and numbered paragraphs, whose places such as {firm} are filled in later
    articles = models.JSONField(_("articles"))
    created_by = models.CharField(_("written by"), max_length=200)

    class Meta:
        ordering = ("name", "-version")
        constraints = (models.UniqueConstraint(fields=["name", "version"], name="template_version_once"),)

    def __str__(self) -> str:
        return f"{self.title} v{self.version}"


class AgreementState(models.TextChoices):
    """How far an agreement has come."""

    DRAFT = "draft", _("Draft")
    SENT = "sent", _("Out for signature")
    SIGNED = "signed", _("Signed")
    DECLINED = "declined", _("Declined")
    SUPERSEDED = "superseded", _("Replaced")


class AgreementQuerySet(models.QuerySet["Agreement"]):
    """Agreements by who may see them and by state."""

    def visible_to(self, actor: Actor) -> AgreementQuerySet:
        """Return those of households the actor may see."""
        condition = households_of(actor, "household")
        return self if condition is None else self.filter(condition)

    def signed(self) -> AgreementQuerySet:
        """Return those in force."""
        return self.filter(state=AgreementState.SIGNED)


class Agreement(BaseModel):
    """What firm and household agreed, with its numbered clauses, so that each fee can cite the one it rests on."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"articles"})

    household = models.ForeignKey(Household, models.PROTECT, related_name="agreements", verbose_name=_("household"))
    template = models.ForeignKey(
        AgreementTemplate, models.PROTECT, related_name="agreements", verbose_name=_("template")
    )
    title = models.CharField(_("title"), max_length=200)
    # the template's articles with every place filled in
    articles = models.JSONField(_("articles"))
    # what the fee clause says, as plain values (services.agreements.FeeSummary)
    fee_terms = models.JSONField(_("fee terms"))
    effective_on = models.DateField(_("takes effect"))
    state = models.CharField(
        max_length=12, choices=AgreementState.choices, default=AgreementState.DRAFT, verbose_name=_("state")
    )
    document = models.ForeignKey(Document, models.PROTECT, related_name="agreements", verbose_name=_("document"))
    supersedes = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by", verbose_name=_("replaces")
    )
    signed_at = models.DateTimeField(_("signed"), null=True, blank=True)

    objects = AgreementQuerySet.as_manager()
    history = history(excluded_fields=["articles"])

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ("-effective_on", "-id")
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(state="signed") | models.Q(signed_at__isnull=False), name="signed_agreement_dated"
            ),
        )

    def __str__(self) -> str:
        return self.title

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.household

    def clause(self, number: str) -> str:
        """Return the text of a numbered clause; KeyError when the agreement has none such."""
        paragraphs: dict[str, Any] = {p["number"]: p["text"] for a in self.articles for p in a["paragraphs"]}
        return str(paragraphs[number])
