"""What portfolios needs from apps above it: fees paid for an account from outside are handed to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from apps.kernel.dates import DateSpan


@dataclass(frozen=True, slots=True)
class PaidFee:
    """An advisory fee of an account that was paid from elsewhere: by card, check or transfer."""

    account_id: int
    day: dt.date
    amount: Decimal
    currency: str
    reference: str


class PaidFees(Protocol):
    """An app that knows what was paid for accounts (billing)."""

    def __call__(self, account_ids: Collection[int], span: DateSpan) -> list[PaidFee]:
        """Return the fees paid within the span, a fee given back as a negative amount."""
        ...


class _Sources:
    """The sources that apps above connected as they started."""

    def __init__(self) -> None:
        self._sources: list[PaidFees] = []

    def connect(self, source: PaidFees) -> Callable[[], None]:
        """Connect a source once; return what disconnects it."""
        if source not in self._sources:
            self._sources.append(source)
        return lambda: self._sources.remove(source)

    def paid(self, account_ids: Collection[int], span: DateSpan) -> list[PaidFee]:
        """Return what all sources know."""
        return [fee for source in self._sources for fee in source(account_ids, span)]


fees_paid_elsewhere = _Sources()
