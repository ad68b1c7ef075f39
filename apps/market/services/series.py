"""Series of the market that the built-in history brings along."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.market.models import MarketPoint, MarketSeries
from apps.market.policies import ANNUAL_RATE, distribution_key, risk_free_key
from apps.market.services.illustrative import illustrative_market

PLACES = Decimal("0.00000001")


@service
def load_series(*, by: Actor) -> list[MarketSeries]:
    """Add the series of the simulated market that are missing: the risk-free rate, and what each fund distributes.

    One point each, since they do not wander there; a provider's own points, once there, follow it.
    """
    table = illustrative_market()
    wanted = {risk_free_key("USD"): ("Risk-free rate of the simulated market", table.market.cash_mean)}
    for row in table.securities:
        name = f"Distribution yield of {row.symbol}, simulated"
        wanted[distribution_key(row.symbol)] = (name, row.motion.distribution_yield)
    known = set(MarketSeries.objects.filter(key__in=wanted).values_list("key", flat=True))
    missing = {key: told for key, told in wanted.items() if key not in known}
    return [_add(key, name, (table.first_day, rate, table.source), by) for key, (name, rate) in missing.items()]


def _add(key: str, name: str, told: tuple[dt.date, float, str], by: Actor) -> MarketSeries:
    day, rate, source = told
    series = MarketSeries(key=key, name=name, unit=ANNUAL_RATE, source=source[:300])
    series.full_clean()
    series.save()
    value = Decimal(str(rate)).quantize(PLACES)
    MarketPoint.objects.create(series=series, day=day, value=value)
    audit.record(
        "market.add_series", by=by, target=series, after={**audit.snapshot(series), "day": day, "value": value}
    )
    return series
