"""The demo firm's model portfolios, which household follows which, and what a few of them asked for."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext_noop

from apps.accounts.models import FirmProfile, User
from apps.accounts.selectors.firm_days import firm_today
from apps.accounts.services.approvals import decide_approval
from apps.clients.models import Household
from apps.core.actors import Actor
from apps.core.services import service
from apps.firms.services.demo.firm import STAFF
from apps.firms.services.demo.roster import DemoHousehold
from apps.firms.services.demo.services import take_services
from apps.market.models import AssetClass
from apps.portfolios.models import Benchmark, ModelPortfolio, RestrictionKind
from apps.portfolios.services.model_editing import TypedVersion, save_model
from apps.portfolios.services.model_portfolios import ModelDetails, submit_version
from apps.portfolios.services.restrictions import (
    ReserveTerms,
    RestrictionTerms,
    add_reserve,
    restrict_by_symbol,
)

CASH = Decimal("0.02")
ABSOLUTE, RELATIVE = Decimal("0.05"), Decimal("0.25")
# name, for whom, level of the risk table, share of stocks
_MODELS = (
    ("Careful 40", gettext_noop("Money that is needed within ten years."), 4, Decimal("0.40")),
    ("Balanced 60", gettext_noop("Households that earn and draw."), 5, Decimal("0.60")),
    ("Growth 80", gettext_noop("Money that is not needed for twenty years."), 6, Decimal("0.80")),
)
# sleeve, class, share of the stocks or of the rest, security, what may stand in for it
_STOCKS = (
    ("US stocks", AssetClass.US_EQUITY, Decimal("0.6"), "VTI", "VOO, SPY"),
    ("International stocks", AssetClass.INTERNATIONAL_EQUITY, Decimal("0.25"), "VXUS", "VEA"),
    ("US small companies", AssetClass.US_SMALL_EQUITY, Decimal("0.15"), "VB", "IWM"),
)
_BONDS = (
    ("High-grade bonds", AssetClass.HIGH_GRADE_BONDS, Decimal("0.7"), "BND", "AGG"),
    ("Corporate bonds", AssetClass.CORPORATE_BONDS, Decimal("0.3"), "VCIT", "VCSH"),
)


def follow_model(spec: DemoHousehold, household: Household, by: Actor) -> None:
    """Have the household follow the model nearest to its stocks; some keep cash back or restrict something."""
    model = _model_near(spec.equity_weight, by)
    today = firm_today()
    take_services(spec, household, model, by)
    if spec.number % 4 == 1:
        until = today + dt.timedelta(days=365)
        roof = ReserveTerms(gettext_noop("New roof next summer"), today, amount=Decimal(15_000), until=until)
        add_reserve(household=household, terms=roof, by=by)
    if spec.number % 4 == 2:
        kept = RestrictionTerms(RestrictionKind.NEVER_SELL, gettext_noop("Inherited; the family keeps it."), today)
        restrict_by_symbol(household=household, terms=kept, symbol="VTI", by=by)
    if spec.number % 4 == 3:
        refused = RestrictionTerms(
            RestrictionKind.NEVER_BUY, gettext_noop("No raw materials."), today, asset_class=AssetClass.COMMODITIES
        )
        restrict_by_symbol(household=household, terms=refused, symbol="", by=by)


def _model_near(stocks: Decimal, by: Actor) -> ModelPortfolio:
    name = min(_MODELS, key=lambda told: abs(told[3] - stocks))[0]
    return _models(by=by)[name]


@service
def _models(*, by: Actor) -> dict[str, ModelPortfolio]:
    """Return the models by name, written and approved by the first household that needs them."""
    FirmProfile.objects.select_for_update().first()  # two households built at once write one set
    names = [told[0] for told in _MODELS]
    found = {model.name: model for model in ModelPortfolio.objects.filter(name__in=names)}
    principal = User.objects.get(email=STAFF[0][2]).as_actor()
    for name, description, level, stocks in _MODELS:
        if name in found:
            continue
        details = ModelDetails(name, description, level)
        blend = Benchmark.objects.filter(name__startswith=name.split(maxsplit=1)[0]).first()
        typed = TypedVersion(_rows(stocks), CASH, benchmark=blend)
        version = save_model(model=None, details=details, typed=typed, by=by)
        request = submit_version(version=version, effective_from=firm_today(), by=by)
        decide_approval(request=request, decision="approve", by=principal)
        found[name] = version.model
    return found


def _rows(stocks: Decimal) -> list[dict[str, object]]:
    parts = [(*told[:2], told[2] * stocks, *told[3:]) for told in _STOCKS]
    parts += [(*told[:2], told[2] * (1 - CASH - stocks), *told[3:]) for told in _BONDS]
    rows: list[dict[str, object]] = [
        {
            "name": name,
            "asset_class": asset_class,
            "weight": weight,
            "absolute_band": ABSOLUTE,
            "relative_band": RELATIVE,
            "holdings": [{"symbol": symbol, "share": Decimal(1), "substitutes": others}],
        }
        for name, asset_class, weight, symbol, others in parts
    ]
    return [*rows, {"name": "Cash", "asset_class": AssetClass.CASH, "weight": CASH, "absolute_band": CASH}]
