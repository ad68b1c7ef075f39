"""Row versions by django-simple-history, told who acted without a foreign key upwards."""

from __future__ import annotations

from typing import Any

from django.db import models
from simple_history.models import HistoricalRecords

from apps.core.actors import acting


def _actor_key(**_: Any) -> str | None:
    actor = acting()
    return actor.key if actor else None


def _read(historical_instance: Any) -> str | None:
    key: str | None = historical_instance.history_user_id
    return key


def _write(historical_instance: Any, key: str | None) -> None:
    historical_instance.history_user_id = key


def history(**options: Any) -> Any:
    """Return the history of a model: every saved version, when, and by which actor (its stable key)."""
    return HistoricalRecords(
        history_user_id_field=models.CharField(max_length=120, null=True),
        history_user_getter=_read,
        history_user_setter=_write,
        get_user=_actor_key,
        **options,
    )
