"""What of a household people value by hand, as the client sees it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from apps.clients.models import Household
from apps.core.passports import Passport
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.kernel.money import Money
from apps.portfolios.models import AssetFlow
from apps.portfolios.selectors.asset_passports import asset_passport
from apps.portfolios.selectors.manual_assets import AssetLine, household_assets


@dataclass(frozen=True, slots=True)
class ShownCall:
    """A call that is due."""

    row: AssetFlow
    amount: Money
    figure: str


@dataclass(frozen=True, slots=True)
class ShownAsset:
    """An asset with what it is worth, what may still be called, and what is due. Figures are named for passports."""

    line: AssetLine
    value: Money
    unfunded: Money | None
    distributed: Money | None
    calls: tuple[ShownCall, ...]
    figure: str


def shown_assets(household: Household, on: dt.date) -> tuple[ShownAsset, ...]:
    """Return what is in the books on a day, in a fixed number of queries."""
    lines = household_assets(household, on).lines
    return tuple(_shown(line) for line in lines if line.asset.ended_on is None)


def _shown(line: AssetLine) -> ShownAsset:
    figure, found = f"asset-{line.public_id}", line.figures
    return ShownAsset(
        line=line,
        value=Money(line.value, line.currency),
        unfunded=Money(found.unfunded, line.currency) if found else None,
        distributed=Money(found.distributed, line.currency) if found else None,
        calls=tuple(
            ShownCall(row, Money(row.amount, line.currency), f"{figure}-flow-{row.public_id}") for row in line.calls
        ),
        figure=figure,
    )


def asset_passport_of(household: Household, figure: str, on: dt.date) -> Passport:
    """Return the passport of `asset-<its id>-<figure>`. Raises NotFoundError for another household's, or another."""
    for line in household_assets(household, on).lines:
        known = f"asset-{line.public_id}-"
        if figure.startswith(known):
            return asset_passport(line.asset, figure.removeprefix(known), on)
    raise NotFoundError(gettext_noop("There is no such figure."))
