"""Bringing prices and rates up to now."""

from __future__ import annotations

from django.utils import timezone

from apps.core.actors import Actor
from apps.market.models import PriceLoad
from apps.market.services.history import continue_history
from apps.market.services.illustrative import illustrative_market
from apps.market.services.illustrative_rates import SimulatedRates
from apps.market.services.rates import take_rates
from apps.market.services.series import load_series
from apps.market.services.sessions import sessions_until


def bring_up_to_date(*, by: Actor) -> PriceLoad | None:
    """Continue the simulated closes and rates to the last session that has closed; None when no close was missing."""
    load_series(by=by)
    sessions = sessions_until(illustrative_market().first_day, timezone.now())
    load = continue_history(sessions=sessions, by=by)
    take_rates(provider=SimulatedRates(sessions), by=by)
    return load
