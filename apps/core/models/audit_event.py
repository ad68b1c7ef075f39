"""The trail: what happened, and the chain that seals it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class AuditEvent(models.Model):
    """One thing that somebody did. No foreign keys: an event outlives what it tells of.

    The database accepts INSERT only (grants and triggers, migration 0002). `before` and `after` hold the
    fields that changed; `subject_*` names the household, so that a client's report needs no joins.
    """

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset(
        {"actor_label", "before", "after", "ip", "user_agent", "target_label", "reason"}
    )

    occurred_at = models.DateTimeField()
    action = models.CharField(max_length=80)
    actor_kind = models.CharField(max_length=10)
    actor_key = models.CharField(max_length=120)
    actor_label = models.CharField(max_length=200)
    actor_role = models.CharField(max_length=20, blank=True)
    on_behalf_of = models.CharField(max_length=120, blank=True)
    target_type = models.CharField(max_length=80)
    target_id = models.CharField(max_length=64)
    target_label = models.CharField(max_length=200, blank=True)
    subject_type = models.CharField(max_length=80, blank=True)
    subject_id = models.CharField(max_length=64, blank=True)
    reason = models.TextField(blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    ip = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=400, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    method = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ("id",)
        indexes = (
            models.Index(fields=["subject_type", "subject_id", "id"], name="audit_by_subject"),
            models.Index(fields=["target_type", "target_id", "id"], name="audit_by_target"),
            models.Index(fields=["actor_key", "id"], name="audit_by_actor"),
            models.Index(fields=["action", "id"], name="audit_by_action"),
            models.Index(fields=["occurred_at"], name="audit_by_time"),
        )

    def __str__(self) -> str:
        return f"{self.occurred_at:%Y-%m-%d %H:%M} {self.actor_label}: {self.action} {self.target_label}"


class AuditSeal(models.Model):
    """One link of the chain over the events, written by the database itself when a transaction commits.

    ``hash = sha256(prev || text)``, where `text` is the event's canonical JSON as `core_audit_text` writes it;
    `sequence` has no gaps.
    """

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    sequence = models.BigIntegerField(primary_key=True)
    event_id = models.BigIntegerField(unique=True)
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("sequence",)

    def __str__(self) -> str:
        return f"{self.sequence} {self.hash[:12]}"
