"""Bringing prices up to now."""

from __future__ import annotations

from django.utils import timezone

from apps.core.actors import Actor
from apps.market.models import PriceLoad
from apps.market.services.history import continue_history
from apps.market.services.illustrative import illustrative_market
from apps.market.services.series import load_series
from apps.market.services.sessions import sessions_until


def bring_up_to_date(*, by: Actor) -> PriceLoad | None:
    """Continue the simulated history to the last session that has closed; None when nothing was missing."""
    load_series(by=by)
    sessions = sessions_until(illustrative_market().first_day, timezone.now())
    return continue_history(sessions=sessions, by=by)
