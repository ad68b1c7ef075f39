"""The demo firm's benchmarks, and which household is held against which."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from apps.clients.models import Household
from apps.core.actors import Actor
from apps.firms.services.demo.roster import DemoHousehold
from apps.portfolios.models import Benchmark
from apps.portfolios.services.benchmarks import BlendTerms, assign_benchmark, define_benchmark

SINCE = dt.date(2019, 1, 3)
# by rising share of stocks
BLENDS = (
    ("Careful blend", "Four tenths stocks.", (("VTI", "0.28"), ("VXUS", "0.12"), ("BND", "0.55"), ("VMFXX", "0.05"))),
    ("Balanced blend", "Six tenths stocks.", (("VTI", "0.42"), ("VXUS", "0.18"), ("BND", "0.40"))),
    ("Growth blend", "Eight tenths stocks.", (("VTI", "0.56"), ("VXUS", "0.24"), ("BND", "0.20"))),
)


def ensure_benchmarks(*, by: Actor) -> None:
    """Define the blends that are missing, of the built-in market's funds."""
    for name, description, parts in BLENDS:
        if not Benchmark.objects.filter(name=name).exists():
            terms = BlendTerms(SINCE, "monthly", [(symbol, Decimal(weight)) for symbol, weight in parts])
            define_benchmark(name=name, currency="USD", description=description, terms=terms, by=by)


def hold_against(spec: DemoHousehold, household: Household, by: Actor) -> None:
    """Hold the household against the blend nearest to its own share of stocks, from its first account on."""
    place = 0 if spec.equity_weight < Decimal("0.5") else 1 if spec.equity_weight < Decimal("0.7") else 2
    opened = household.accounts.order_by("opened_on").first()
    if opened is not None and opened.opened_on is not None:
        benchmark = Benchmark.objects.get(name=BLENDS[place][0])
        assign_benchmark(household=household, benchmark=benchmark, starts_on=opened.opened_on, by=by)
