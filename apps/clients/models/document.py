"""Documents of a household: what they are, who may see them, every version as it was filed."""

from __future__ import annotations

import re
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.role import Permission, is_client
from apps.clients.models.household import Household, households_of
from apps.clients.models.sealed_files import SealedFile, unseal
from apps.core.actors import Actor
from apps.core.history import history
from apps.core.models import BaseModel

# the name of a task of the system, such as plans.file_report
_JOB = re.compile(r"[a-z_]+\.[a-z_]+")


class DocumentCategory(models.TextChoices):
    """What a document is; retention and completeness go by it."""

    IDENTITY = "identity", _("Identity")
    TAX = "tax", _("Tax")
    STATEMENT = "statement", _("Account statement")
    AGREEMENT = "agreement", _("Agreement")
    PLAN = "plan", _("Financial plan")
    PERFORMANCE = "performance", _("Performance report")
    SUITABILITY = "suitability", _("Suitability")
    INVOICE = "invoice", _("Invoice")
    DISCLOSURE = "disclosure", _("Disclosure")
    INSURANCE = "insurance", _("Insurance")
    ESTATE = "estate", _("Estate")
    CERTIFICATE = "certificate", _("Certificate of signature")
    OTHER = "other", _("Other")


# Support works with the papers' status; these carry balances, identifiers or plan results.
FINANCIAL_CATEGORIES = frozenset(
    {
        DocumentCategory.TAX,
        DocumentCategory.STATEMENT,
        DocumentCategory.PLAN,
        DocumentCategory.PERFORMANCE,
        DocumentCategory.SUITABILITY,
        DocumentCategory.INVOICE,
        DocumentCategory.INSURANCE,
        DocumentCategory.ESTATE,
    }
)


class DocumentQuerySet(models.QuerySet["Document"]):
    """Documents by who may see them."""

    def visible_to(self, actor: Actor) -> DocumentQuerySet:
        """Return those of households the actor may see; a client sees what was released to them."""
        condition = households_of(actor, "household")
        rows = self if condition is None else self.filter(condition)
        return rows.filter(visible_to_client=True) if is_client(actor) else rows

    def readable_by(self, actor: Actor) -> DocumentQuerySet:
        """Return those whose content the actor may open: support sees that financial papers exist, not what they say.

        Clients read all that was released to them.
        """
        rows = self.visible_to(actor)
        if not actor.is_person or actor.can(Permission.VIEW_FINANCES) or is_client(actor):
            return rows
        return rows.exclude(category__in=FINANCIAL_CATEGORIES)


class Document(BaseModel):
    """One paper of a household; its content lies in its versions."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"title"})

    household = models.ForeignKey(Household, models.PROTECT, related_name="documents", verbose_name=_("household"))
    category = models.CharField(_("category"), max_length=12, choices=DocumentCategory.choices)
    title = models.CharField(_("title"), max_length=200)
    visible_to_client = models.BooleanField(_("the client may see it"), default=False)

    objects = DocumentQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ("-created_at", "-id")
        indexes = (models.Index(fields=["household", "category"], name="document_by_category"),)

    def __str__(self) -> str:
        return self.title

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.household

    @property
    def current(self) -> DocumentVersion:
        """Return the newest version; each document has one from its first moment."""
        return self.versions.all()[0]


class DocumentVersion(BaseModel):
    """The content of a document as it was filed; a change is a new version."""

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"filename"})
    SECRET_FIELDS: ClassVar[frozenset[str]] = frozenset({"wrapped_key"})

    document = models.ForeignKey(Document, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    filename = models.CharField(_("file name"), max_length=200)
    mime = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64)
    stored_name = models.CharField(max_length=200)
    wrapped_key = models.TextField()
    filed_by = models.CharField(_("filed by"), max_length=200)

    class Meta:
        ordering = ("document", "-number")
        constraints = (models.UniqueConstraint(fields=["document", "number"], name="document_version_once"),)

    def __str__(self) -> str:
        return f"{self.document.title} v{self.number}"

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.document.household

    @property
    def filer(self) -> str:
        """Name who filed it: a job of the system, kept by the name of its task, is Steward."""
        return "Steward" if _JOB.fullmatch(self.filed_by) else self.filed_by

    def content(self) -> bytes:
        """Read and decrypt the file; raises FileDamagedError when the storage no longer holds what was filed."""
        return unseal(SealedFile(self.stored_name, self.wrapped_key))


class RequestState(models.TextChoices):
    """Whether a paper that was asked for has come."""

    OPEN = "open", _("Asked for")
    RECEIVED = "received", _("Received")
    WAIVED = "waived", _("Not needed any more")


class DocumentRequestQuerySet(models.QuerySet["DocumentRequest"]):
    """Requests by who may see them."""

    def visible_to(self, actor: Actor) -> DocumentRequestQuerySet:
        """Return those of households the actor may see."""
        condition = households_of(actor, "household")
        return self if condition is None else self.filter(condition)

    def open(self) -> DocumentRequestQuerySet:
        """Return those that wait for the client."""
        return self.filter(state=RequestState.OPEN)


class DocumentRequest(BaseModel):
    """A paper that the firm asked its client for."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"title", "note"})

    household = models.ForeignKey(Household, models.CASCADE, related_name="document_requests")
    category = models.CharField(_("category"), max_length=12, choices=DocumentCategory.choices)
    title = models.CharField(_("what is needed"), max_length=200)
    note = models.TextField(_("note to the client"), blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True)
    state = models.CharField(max_length=10, choices=RequestState.choices, default=RequestState.OPEN)
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="answered_requests", verbose_name=_("document")
    )
    asked_by = models.CharField(_("asked by"), max_length=200)

    objects = DocumentRequestQuerySet.as_manager()
    history = history()

    class Meta:
        ordering = ("state", "due_on", "id")
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(state="received") | models.Q(document__isnull=False),
                name="received_request_has_document",
            ),
        )

    def __str__(self) -> str:
        return self.title

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.household
