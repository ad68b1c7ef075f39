"""Assets that people value by hand, made by the product's own services."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from apps.accounts.models import User
from apps.clients.models import Household
from apps.market.models import AssetClass
from apps.portfolios.models import Appraisal, AssetFlow, ManualAsset, ManualAssetKind, Registration
from apps.portfolios.services.accounts import OwnerShare
from apps.portfolios.services.asset_flows import FlowDetails, announce_call, record_flow
from apps.portfolios.services.manual_assets import AssetDetails, StatedValue, appraise_asset, record_asset

BOUGHT, CALLED = dt.date(2023, 6, 1), dt.date(2023, 3, 1)


def details(household: Household, **fields: object) -> AssetDetails:
    """What is known of a house."""
    told = {
        "name": "Lake house",
        "kind": ManualAssetKind.PROPERTY,
        "registration": Registration.INDIVIDUAL,
        "owners": (OwnerShare(household.people.get(relationship="head")),),
        "asset_class": AssetClass.REAL_ESTATE,
        "first": StatedValue(BOUGHT, Decimal(400000), "purchase", "Deed of sale"),
        "cost": Decimal(400000),
        **fields,
    }
    return AssetDetails(**told)


def house(household: Household, by: User, **fields: object) -> ManualAsset:
    """A property bought in June 2023 for 400,000."""
    return record_asset(household=household, details=details(household, **fields), by=by.as_actor())


def fund(household: Household, by: User, commitment: str = "500000", **fields: object) -> ManualAsset:
    """A private fund of which nothing was called."""
    of_fund = {"name": "Harbor Buyout IV", "kind": ManualAssetKind.PRIVATE_FUND, "asset_class": AssetClass.OTHER}
    told = {**of_fund, "first": None, "cost": None, "commitment": Decimal(commitment), **fields}
    return record_asset(household=household, details=details(household, **told), by=by.as_actor())


def flow(asset: ManualAsset, by: User, kind: str, amount: str, day: dt.date = CALLED, **fields: object) -> AssetFlow:
    """Money that moved."""
    return record_flow(asset=asset, details=FlowDetails(kind, day, Decimal(amount), **fields), by=by.as_actor())


def notice(asset: ManualAsset, by: User, amount: str, day: dt.date, **fields: object) -> AssetFlow:
    """A call that is due."""
    return announce_call(asset=asset, details=FlowDetails("call", day, Decimal(amount)), by=by.as_actor(), **fields)


def valued(asset: ManualAsset, by: User, value: str, day: dt.date, **fields: object) -> Appraisal:
    """A value that somebody stated."""
    told = {"source": "statement", "valued_by": "The manager", **fields}
    return appraise_asset(asset=asset, stated=StatedValue(day, Decimal(value), **told), by=by.as_actor())
