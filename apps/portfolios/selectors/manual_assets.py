"""What people value by hand, as pages show it: a household's assets, one of them, and the calls that are due."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.clients.models import Household
from apps.core.actors import Actor
from apps.portfolios.engine.private_funds import FlowKind, FundFigures, FundFlow, Mark, fund_figures
from apps.portfolios.models import Appraisal, AssetFlow, AssetFlowState, ManualAsset
from apps.portfolios.selectors.asset_rows import papers_of
from apps.portfolios.selectors.valuations import NOTHING, AccountHoldings, holdings_at
from apps.portfolios.selectors.value_ages import AgeLimits, age_limits


@dataclass(frozen=True, slots=True)
class AssetLine:
    """An asset on a day. `figures` are of a fund; `is_old` says that the value is older than the firm's limit."""

    asset: ManualAsset
    currency: str
    value: Decimal
    valued_on: dt.date | None
    is_old: bool
    limit: int
    figures: FundFigures | None
    calls: tuple[AssetFlow, ...]

    @property
    def public_id(self) -> uuid.UUID:
        """The id of the asset."""
        return self.asset.public_id


@dataclass(frozen=True, slots=True)
class HouseholdAssets:
    """The assets of a household, those in the books first, and the calls that are due, the earliest first."""

    as_of: dt.date
    lines: tuple[AssetLine, ...]
    calls: tuple[AssetFlow, ...]


@dataclass(frozen=True, slots=True)
class AssetPage:
    """One asset with what was stated and what moved; papers that the reader may open are marked by their row ids."""

    line: AssetLine
    as_of: dt.date
    appraisals: tuple[Appraisal, ...]
    flows: tuple[AssetFlow, ...]
    papers: frozenset[int]


def household_assets(household: Household, day: dt.date) -> HouseholdAssets:
    """Return what a household has that people value by hand, in a fixed number of queries."""
    rows = ManualAsset.objects.filter(account__household=household).select_related("account", "instrument")
    lines = _lines(list(rows.prefetch_related("appraisals", "flows").order_by("ended_on", "pk")), day)
    in_books = sorted(lines, key=lambda line: (line.asset.ended_on is not None, -line.value, line.asset.pk))
    calls = sorted((call for line in lines for call in line.calls), key=lambda call: (call.day, call.pk))
    return HouseholdAssets(day, tuple(in_books), tuple(calls))


def asset_page(asset: ManualAsset, actor: Actor, day: dt.date) -> AssetPage:
    """Return what the page of an asset shows."""
    (line,) = _lines([asset], day)
    papers = papers_of(asset.account.household_id, actor).values_list("pk", flat=True)
    return AssetPage(
        line=line,
        as_of=day,
        appraisals=tuple(asset.appraisals.select_related("document")),
        flows=tuple(asset.flows.select_related("document")),
        papers=frozenset(papers),
    )


def asset_line(asset: ManualAsset, day: dt.date) -> AssetLine:
    """Return one asset on a day."""
    return _lines([asset], day)[0]


def _lines(assets: Sequence[ManualAsset], day: dt.date) -> list[AssetLine]:
    at = holdings_at([asset.account for asset in assets], day)
    limits = age_limits()
    return [_line(asset, at[asset.account_id], limits, day) for asset in assets]


def _line(asset: ManualAsset, at: AccountHoldings, limits: AgeLimits, day: dt.date) -> AssetLine:
    holding = at.holdings[0] if at.holdings else None
    flows = list(asset.flows.all())
    return AssetLine(
        asset=asset,
        currency=at.currency,
        value=at.total,
        valued_on=holding.valued_on if holding else None,
        is_old=holding is not None and limits.is_old(holding.age, holding.valued_on, day),
        limit=limits.days[holding.age] if holding else 0,
        figures=_figures(asset, flows, day),
        calls=tuple(row for row in flows if row.state == AssetFlowState.ANNOUNCED),
    )


def _figures(asset: ManualAsset, flows: Sequence[AssetFlow], day: dt.date) -> FundFigures | None:
    if not asset.is_fund:
        return None
    marks = sorted(
        (Mark(row.day, row.value) for row in asset.appraisals.all() if not row.taken_back_because),
        key=lambda mark: mark.day,
    )
    # what it was sold for is the last that it gave back; nothing of it is left
    moved = [
        FundFlow(row.day, FlowKind(row.kind), row.amount, row.is_recallable)
        for row in flows
        if row.state == AssetFlowState.BOOKED
    ]
    if asset.ended_on is not None and asset.ended_on <= day:
        proceeds = sum((row.cash for row in asset.account.transactions.standing().filter(kind="sell")), NOTHING)
        moved += [FundFlow(asset.ended_on, FlowKind.GAIN, proceeds)] if proceeds else []
        marks = [*(mark for mark in marks if mark.day != asset.ended_on), Mark(asset.ended_on, NOTHING)]
    return fund_figures(asset.commitment or NOTHING, marks, moved, day)
