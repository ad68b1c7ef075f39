"""How old a value may be before it is marked: a limit for each way in which things are valued."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from apps.accounts.models import FirmProfile
from apps.market.models import SecurityKind
from apps.portfolios.models import Instrument, ManualAssetKind
from apps.portfolios.selectors.asset_rows import stated_on


class ValueAge(StrEnum):
    """Who states the value of a thing."""

    LISTED = "listed"  # an exchange, by the securities master
    UNLISTED = "unlisted"  # files alone
    FUND = "fund"  # the manager of a private fund, by statements
    PROPERTY = "property"  # people, by appraisals


@dataclass(frozen=True, slots=True)
class AgeLimits:
    """After how many days the firm holds a value for old."""

    days: dict[ValueAge, int]

    def is_old(self, age: ValueAge, valued_on: dt.date | None, day: dt.date) -> bool:
        """Say whether a value stated on a day is old by another; what has no value has no age."""
        return valued_on is not None and (day - valued_on).days > self.days[age]


def age_limits() -> AgeLimits:
    """Return the firm's limits (one query)."""
    profile = FirmProfile.current()
    return AgeLimits({age: getattr(profile, f"price_age_{age.value}") for age in ValueAge})


def stated_ages(instruments: Iterable[Instrument], day: dt.date) -> dict[int, tuple[ValueAge, dt.date | None]]:
    """Return of what the master lacks who values it, and when that was where the price does not say it (one query)."""
    own = {instrument.pk: instrument for instrument in instruments if instrument.master_id is None}
    by_hand = stated_on(list(own), day) if own else {}
    return {
        pk: (_of_kind(by_hand[pk][0]), by_hand[pk][1]) if pk in by_hand else (_of_file(instrument), None)
        for pk, instrument in own.items()
    }


def _of_kind(kind: str) -> ValueAge:
    return ValueAge.FUND if kind == ManualAssetKind.PRIVATE_FUND else ValueAge.PROPERTY


def _of_file(instrument: Instrument) -> ValueAge:
    return ValueAge.FUND if instrument.kind == SecurityKind.PRIVATE_FUND else ValueAge.UNLISTED
