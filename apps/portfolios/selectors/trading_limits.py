"""What a household has forbidden or set aside, as trades are held against it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from apps.portfolios.models import Account, Instrument


@dataclass(frozen=True, slots=True)
class IntendedTrade:
    """A trade as limits are asked about it; `value` is in the account's currency."""

    account: Account
    instrument: Instrument
    side: str
    quantity: Decimal
    value: Decimal


@dataclass(frozen=True, slots=True)
class BrokenLimit:
    """Which of the trades (by its place) breaks which limit, with the reason of who set it."""

    place: int
    what: str
    reason: str


LimitSource = Callable[[list[IntendedTrade], dt.date], list[BrokenLimit]]
ReserveSource = Callable[[list[Account], dt.date], dict[int, Decimal]]
_limits: list[LimitSource] = []
_reserves: list[ReserveSource] = []


def connect_limits(limits: LimitSource, reserves: ReserveSource) -> Callable[[], None]:
    """Name who knows restrictions and reserves; return what disconnects them."""
    _limits.append(limits)
    _reserves.append(reserves)

    def disconnect() -> None:
        _limits.remove(limits)
        _reserves.remove(reserves)

    return disconnect


def broken_limits(trades: Iterable[IntendedTrade], day: dt.date) -> list[BrokenLimit]:
    """Return what the trades would break on the day."""
    intended = list(trades)
    return [broken for source in _limits for broken in source(intended, day)]


def reserved_cash(accounts: Iterable[Account], day: dt.date) -> dict[int, Decimal]:
    """Return the cash of each account that must stay on the day."""
    listed = list(accounts)
    result: dict[int, Decimal] = {}
    for source in _reserves:
        for pk, amount in source(listed, day).items():
            result[pk] = max(result.get(pk, Decimal(0)), amount)
    return result
