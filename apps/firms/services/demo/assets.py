"""What a few demo households hold away: a house that is let, and a private fund in its fourth year."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext_noop

from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Household, Person
from apps.core.actors import Actor
from apps.firms.services.demo.roster import DemoHousehold
from apps.market.models import AssetClass
from apps.portfolios.models import AppraisalSource, AssetFlowKind, ManualAsset, ManualAssetKind, Registration
from apps.portfolios.services.accounts import OwnerShare
from apps.portfolios.services.asset_flows import FlowDetails, announce_call, record_flow
from apps.portfolios.services.manual_assets import AssetDetails, StatedValue, appraise_asset, record_asset

PURCHASE, OPINION = gettext_noop("Deed of sale"), gettext_noop("Coast Appraisals")
MANAGER = gettext_noop("Harbor Partners, capital account")
CENT, STEP = Decimal("0.01"), Decimal(50_000)  # STEP is that of a commitment
# days before today, kind, share of the commitment, whether it can be called again
_FLOWS = (
    (1290, AssetFlowKind.CALL, "0.20", False),
    (1010, AssetFlowKind.CALL, "0.25", False),
    (760, AssetFlowKind.CALL_OUTSIDE, "0.01", False),
    (640, AssetFlowKind.CALL, "0.15", False),
    (400, AssetFlowKind.RETURN_OF_CAPITAL, "0.06", True),
    (400, AssetFlowKind.GAIN, "0.05", False),
    (150, AssetFlowKind.INCOME, "0.01", False),
)
# days before today, value in shares of the commitment
_STATEMENTS = ((1190, "0.195"), (825, "0.47"), (460, "0.70"), (95, "0.66"))


def hold_away(spec: DemoHousehold, household: Household, by: Actor) -> None:
    """Give every third household a house that is let, and every fourth one a private fund with a call that is due."""
    owner = household.people.get(relationship="head")
    if spec.number % 3 == 1:
        _house(spec, household, owner, by)
    if spec.number % 4 == 1:
        _fund(spec, household, owner, by)


def _house(spec: DemoHousehold, household: Household, owner: Person, by: Actor) -> None:
    today, price = firm_today(), (spec.home_value * Decimal("0.6")).quantize(Decimal(1000))
    bought = today - dt.timedelta(days=1300)
    details = AssetDetails(
        name=f"House to let, {spec.city}",
        kind=ManualAssetKind.PROPERTY,
        registration=Registration.INDIVIDUAL,
        owners=(OwnerShare(owner),),
        asset_class=AssetClass.REAL_ESTATE,
        first=StatedValue(bought, price, AppraisalSource.PURCHASE, PURCHASE),
        cost=price,
        acquired_on=bought,
    )
    asset = record_asset(household=household, details=details, by=by)
    # the second appraisal of one in six has grown old
    last = today - dt.timedelta(days=460 if spec.number % 2 else 210)
    worth = (price * Decimal("1.11")).quantize(Decimal(1000))
    appraise_asset(asset=asset, stated=StatedValue(last, worth, AppraisalSource.APPRAISER, OPINION), by=by)
    for years in (2, 1):
        rent = FlowDetails(AssetFlowKind.INCOME, today - dt.timedelta(days=365 * years), _part(price, "0.04"))
        record_flow(asset=asset, details=rent, by=by)


def _fund(spec: DemoHousehold, household: Household, owner: Person, by: Actor) -> None:
    commitment = max(Decimal(2), (spec.invested * Decimal("0.2") / STEP).quantize(Decimal(1))) * STEP
    details = AssetDetails(
        name="Harbor Buyout IV",
        kind=ManualAssetKind.PRIVATE_FUND,
        registration=Registration.INDIVIDUAL,
        owners=(OwnerShare(owner),),
        commitment=commitment,
    )
    asset = record_asset(household=household, details=details, by=by)
    for ago, kind, share, again in _FLOWS:
        told = FlowDetails(kind, _day(ago), _part(commitment, share), is_recallable=again)
        record_flow(asset=asset, details=told, by=by)
    for ago, share in _STATEMENTS:
        _statement(asset, _day(ago), _part(commitment, share), by)
    due = FlowDetails(AssetFlowKind.CALL, _day(-21), _part(commitment, "0.05"))
    announce_call(asset=asset, details=due, by=by)


def _statement(asset: ManualAsset, day: dt.date, value: Decimal, by: Actor) -> None:
    appraise_asset(asset=asset, stated=StatedValue(day, value, AppraisalSource.STATEMENT, MANAGER), by=by)


def _part(whole: Decimal, share: str) -> Decimal:
    return (whole * Decimal(share)).quantize(CENT)


def _day(ago: int) -> dt.date:
    return firm_today() - dt.timedelta(days=ago)
