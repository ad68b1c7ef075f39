"""Rows of the core: base class, trail, jobs, cache."""

from apps.core.models.audit_event import AuditEvent, AuditSeal
from apps.core.models.base import BaseModel
from apps.core.models.cache_entry import CacheEntry
from apps.core.models.idempotency import IdempotentAnswer
from apps.core.models.job import Job, JobState

__all__ = ["AuditEvent", "AuditSeal", "BaseModel", "CacheEntry", "IdempotentAnswer", "Job", "JobState"]
