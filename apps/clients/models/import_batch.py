"""Imports of files: the batch, its rows, what each of them made."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.role import Permission
from apps.clients.models.household import Household, households_of
from apps.clients.models.plain_rows import ACTION, ID, LABEL, LINE, PlainRows, text_of
from apps.clients.models.sealed_files import SealedFile, seal, unseal
from apps.core.actors import Actor, ActorKind
from apps.core.history import history
from apps.core.models import BaseModel


class ImportState(models.TextChoices):
    """How far an import has come."""

    UPLOADED = "uploaded", _("Uploaded")
    CHECKED = "checked", _("Checked")
    APPLYING = "applying", _("Being applied")
    APPLIED = "applied", _("Applied")
    FAILED = "failed", _("Not applied")
    UNDONE = "undone", _("Undone")


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    """Batches by who may see them."""

    def visible_to(self, actor: Actor) -> ImportBatchQuerySet:
        """Return the actor's own, and those of a household they may see; who sees every household sees all."""
        if actor.kind is ActorKind.SYSTEM or actor.can(Permission.VIEW_ALL_HOUSEHOLDS):
            return self
        own = models.Q(actor_key=actor.key)
        condition = households_of(actor, "household")
        return self.filter(own if condition is None else own | condition)


class ImportBatch(BaseModel):
    """One file that somebody brought. The file itself is kept encrypted, as it came."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"filename"})
    SECRET_FIELDS: ClassVar[frozenset[str]] = frozenset({"wrapped_key", "plain_key"})

    kind = models.CharField(_("kind"), max_length=40)
    # statements and custodian files belong to one household; a client list to none
    household = models.ForeignKey(
        # the record of an import that was undone stays when its household was taken back too
        Household,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="imports",
        verbose_name=_("household"),
    )
    filename = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(max_length=64, db_index=True, verbose_name=_("SHA-256"))
    size = models.PositiveBigIntegerField(verbose_name=_("size"))
    stored_name = models.CharField(max_length=200, verbose_name=_("stored name"))
    wrapped_key = models.TextField(verbose_name=_("wrapped key"))
    # what the importer asked and was told: columns, language, account …
    answers = models.JSONField(default=dict, verbose_name=_("answers"))
    state = models.CharField(
        max_length=10, choices=ImportState.choices, default=ImportState.UPLOADED, verbose_name=_("state")
    )
    # rows by action, problems by severity, lines set aside by reason
    counts = models.JSONField(default=dict, verbose_name=_("counts"))
    # records made besides what the rows became: type, id, and when they were left
    besides = models.JSONField(default=list, verbose_name=_("besides"))
    # lines of the file that are no rows, with the reason
    ignored = models.JSONField(default=list, verbose_name=_("ignored"))
    # what is wrong with the file as a whole, or why applying stopped
    problems = models.JSONField(default=list, verbose_name=_("problems"))
    # rows that nobody has to look at: where they lie, what they rest on, and when their records were left
    plain_name = models.CharField(max_length=200, blank=True)
    plain_key = models.TextField(blank=True)
    basis = models.CharField(max_length=64, blank=True)
    plain_left_at = models.DateTimeField(null=True, blank=True)
    job = models.ForeignKey("core.Job", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("job"))
    created_by = models.CharField(_("brought by"), max_length=200)
    actor_key = models.CharField(max_length=120, verbose_name=_("who, as a key"))
    applied_at = models.DateTimeField(null=True, blank=True, verbose_name=_("applied at"))
    undone_at = models.DateTimeField(null=True, blank=True, verbose_name=_("undone at"))

    objects = ImportBatchQuerySet.as_manager()
    history = history(
        excluded_fields=["ignored", "problems", "besides", "plain_name", "plain_key", "basis", "plain_left_at"]
    )

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.filename

    def audit_subject(self) -> Household | None:
        """Return whose trail this is, where the file belongs to one household."""
        return self.household

    def content(self) -> bytes:
        """Read and decrypt the file as it came."""
        return unseal(SealedFile(self.stored_name, self.wrapped_key))

    def keep_plain(self, plain: PlainRows | None) -> None:
        """Keep rows that nobody has to look at in the place of those that were kept; the caller saves."""
        sealed = seal("imports", plain.content()) if plain else SealedFile("", "")
        self.plain_name, self.plain_key, self.basis = sealed.name, sealed.wrapped_key, plain.basis if plain else ""

    def plain(self) -> PlainRows | None:
        """Return the rows that nobody has to look at; they have no ImportRow."""
        if not self.plain_name:
            return None
        return PlainRows.of(unseal(SealedFile(self.plain_name, self.plain_key)), self.basis)

    def plain_rows(self, plain: PlainRows, rows: Iterable[str]) -> Iterator[ImportRow]:
        """Give such rows the form of the others, unsaved."""
        for text in rows:
            cells = text.split("\t")
            yield ImportRow(
                batch=self,
                line=int(cells[LINE]),
                label=text_of(cells[LABEL]),
                facts=plain.facts(cells),
                action=cells[ACTION],
                target_type=plain.head["type"],
                target_id=uuid.UUID(cells[ID]),
                left_at=self.plain_left_at,
            )


class RowAction(models.TextChoices):
    """What a row does."""

    CREATE = "create", _("New")
    UPDATE = "update", _("Change")
    UNCHANGED = "unchanged", _("Known already")
    BLOCKED = "blocked", _("Cannot be taken in")


class ImportRow(BaseModel):
    """One row of the file: what it says, what is wrong with it, what it does or did."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"facts", "label", "before"})

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField(_("line"))
    label = models.CharField(_("row"), max_length=200, blank=True)
    # the same fact has the same key in every file, and another fingerprint when anything about it changed
    key = models.CharField(max_length=200, db_index=True)
    fingerprint = models.CharField(max_length=64)
    # pairs of name and value: JSON objects lose the order of the file in PostgreSQL
    facts = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    action = models.CharField(max_length=10, choices=RowAction.choices)
    target_type = models.CharField(max_length=80, blank=True)
    target_id = models.UUIDField(null=True, blank=True)
    # what an UPDATE replaced, and the state of the target when it was left, so that undo knows of later edits
    before = models.JSONField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("batch", "line", "id")
        indexes = (models.Index(fields=["target_type", "target_id"], name="import_row_target"),)

    def __str__(self) -> str:
        return f"{self.batch.filename}:{self.line}"

    @property
    def said(self) -> dict[str, Any]:
        """What the row says, by name."""
        return dict(self.facts)
