"""Benchmarks for tests, made by the product's own services."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import connection
from django_tenants.utils import schema_context

from apps.accounts.models import User
from apps.market.models import MarketPoint, MarketSeries
from apps.portfolios.models import Benchmark
from apps.portfolios.services.benchmarks import BlendTerms, define_benchmark

START = dt.date(2024, 1, 1)


def terms(*parts: tuple[str, str], starts_on: dt.date = START, rebalanced: str = "daily") -> BlendTerms:
    """Say what a benchmark is made of; weights as text."""
    return BlendTerms(starts_on, rebalanced, [(symbol, Decimal(weight)) for symbol, weight in parts])


def benchmark(by: User, *parts: tuple[str, str], name: str = "Blend", **how: object) -> Benchmark:
    """Define a benchmark of parts that the market knows."""
    version = define_benchmark(name=name, currency="USD", terms=terms(*parts, **how), by=by.as_actor())
    return version.benchmark


def series(key: str, points: dict[dt.date, str], unit: str = "annual rate", currency: str = "USD") -> MarketSeries:
    """A series of the market, from whatever schema the test runs in."""
    with schema_context("public"):
        row = MarketSeries.objects.create(key=key, name=key, unit=unit, currency=currency, source="tests")
        MarketPoint.objects.bulk_create(
            MarketPoint(series=row, day=day, value=Decimal(value)) for day, value in points.items()
        )
    connection.cursor().close()
    return row
