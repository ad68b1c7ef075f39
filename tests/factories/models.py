"""Model portfolios in force and who follows them, made by the product's own services."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from apps.accounts.models import User
from apps.accounts.selectors.firm_days import firm_today
from apps.accounts.services.approvals import decide_approval
from apps.clients.models import Household
from apps.market.models import AssetClass
from apps.portfolios.models import (
    CashReserve,
    Instrument,
    Mandate,
    ModelPortfolio,
    ModelVersion,
    Opportunity,
    Restriction,
    RestrictionKind,
)
from apps.portfolios.services.drift_watch import watch_households
from apps.portfolios.services.mandates import MandateTerms, give_mandate
from apps.portfolios.services.model_portfolios import (
    HoldingTerms,
    ModelDetails,
    SleeveTerms,
    VersionTerms,
    create_model,
    submit_version,
)
from apps.portfolios.services.restrictions import ReserveTerms, RestrictionTerms, add_reserve, add_restriction
from tests.factories import portfolios

D = Decimal


def securities(by: User) -> tuple[Instrument, Instrument, Instrument]:
    """Stocks STK, what may stand in for them STK2, and bonds BND; each at 100 since the start of 2025."""
    closes = {dt.date(2025, 1, 2): "100"}
    return (
        portfolios.instrument(by, "STK", closes),
        portfolios.instrument(by, "STK2", closes),
        portfolios.instrument(by, "BND", closes, asset_class=AssetClass.GOVERNMENT_BONDS),
    )


def known() -> tuple[Instrument, Instrument, Instrument]:
    """The same three, once they are there."""
    return tuple(Instrument.objects.get(symbol=symbol) for symbol in ("STK", "STK2", "BND"))  # type: ignore[return-value]


def sleeve(name: str, asset_class: str, weight: str, *holdings: HoldingTerms) -> SleeveTerms:
    """A sleeve with bands of five points and a quarter of its target."""
    return SleeveTerms(name, asset_class, D(weight), D("0.05"), D("0.25"), holdings)


def terms(stocks: Instrument, other: Instrument, bonds: Instrument, weight: str = "0.6") -> VersionTerms:
    """So much in stocks, a twentieth in cash, the rest in bonds."""
    return VersionTerms(
        sleeves=(
            sleeve("Stocks", AssetClass.US_EQUITY, weight, HoldingTerms(stocks, D(1), substitutes=(other,))),
            sleeve("Bonds", AssetClass.GOVERNMENT_BONDS, str(D("0.95") - D(weight)), HoldingTerms(bonds, D(1))),
            sleeve("Cash", AssetClass.CASH, "0.05"),
        ),
        note="As the committee decided.",
    )


def draft(by: User, held: tuple[Instrument, Instrument, Instrument], name: str = "Balanced") -> ModelVersion:
    """A model with its first draft."""
    model = create_model(details=ModelDetails(name=name, risk_level=3), terms=terms(*held), by=by.as_actor())
    return model.versions.get()


def approved(
    by: User,
    approver: User,
    held: tuple[Instrument, Instrument, Instrument] | None = None,
    name: str = "Balanced",
) -> ModelPortfolio:
    """A model whose first version a second person approved; in force from today."""
    version = draft(by, held or securities(by), name)
    request = submit_version(version=version, effective_from=firm_today(), by=by.as_actor())
    decide_approval(request=request, decision="approve", by=approver.as_actor())
    return version.model


def mandate(household: Household, model: ModelPortfolio, by: User, **fields: object) -> Mandate:
    """The household follows the model from today."""
    told = MandateTerms(**{"model": model, "from_day": firm_today(), "note": "Agreed with the client.", **fields})
    return give_mandate(household=household, terms=told, by=by.as_actor())


def restricted(household: Household, by: User, **fields: object) -> Restriction:
    """The household never buys commodities."""
    told = {"kind": RestrictionKind.NEVER_BUY, "asset_class": AssetClass.COMMODITIES, "from_day": firm_today()}
    terms = RestrictionTerms(**{**told, "reason": "Asked for by the client.", **fields})
    return add_restriction(household=household, terms=terms, by=by.as_actor())


def reserved(household: Household, by: User, **fields: object) -> CashReserve:
    """2,500 stay in cash."""
    told = {"purpose": "New roof", "from_day": firm_today(), "amount": D(2500)}
    return add_reserve(household=household, terms=ReserveTerms(**{**told, **fields}), by=by.as_actor())


def opportunity(household: Household, by: User) -> Opportunity:
    """What is out of its band, found by the look at a household that follows a model and holds something else."""
    watch_households(households=[household], day=firm_today(), by=by.as_actor())
    return Opportunity.objects.filter(household=household, kind="drift").get()
