"""What portfolios needs from apps above it: fees paid from outside, cash that will be debited, ways to the market."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from apps.core.actors import Actor
from apps.kernel.dates import DateSpan

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

    from apps.portfolios.models import BlockOrder, OrderChange


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


@dataclass(frozen=True, slots=True)
class DueCash:
    """So much will be debited from an account by a day, for an invoice."""

    account_id: int
    amount: Decimal
    currency: str
    due_on: dt.date
    reference: str


class CashDue(Protocol):
    """An app that knows what accounts will have to pay (billing)."""

    def __call__(self, account_ids: Collection[int], until: dt.date) -> list[DueCash]:
        """Return what the accounts owe by a day."""
        ...


class _Debits:
    """The sources of what will be debited that apps above connected as they started."""

    def __init__(self) -> None:
        self._sources: list[CashDue] = []

    def connect(self, source: CashDue) -> Callable[[], None]:
        """Connect a source once; return what disconnects it."""
        if source not in self._sources:
            self._sources.append(source)
        return lambda: self._sources.remove(source)

    def due(self, account_ids: Collection[int], until: dt.date) -> list[DueCash]:
        """Return what all sources know."""
        return [each for source in self._sources for each in source(account_ids, until)]


cash_due = _Debits()


class OrderRoute(Protocol):
    """A way of orders into the market (integrations: FIX); the custodian's file is portfolios' own."""

    key: str

    @property
    def label(self) -> StrOrPromise:
        """How people call it."""
        ...

    def serves(self, custodian: str) -> bool:
        """Say whether orders for the custodian can go this way now."""
        ...

    def send(self, *, orders: Sequence[BlockOrder], by: Actor) -> None:
        """Send, in the transaction that notes them as sent."""
        ...

    def cancel(self, *, change: OrderChange, by: Actor) -> None:
        """Ask that what is not executed be canceled."""
        ...

    def replace(self, *, change: OrderChange, by: Actor) -> None:
        """Ask for another quantity or limit; the answer changes the order."""
        ...

    def ask(self, *, order: BlockOrder, by: Actor) -> None:
        """Ask how an order stands; the answer settles its doubt, ends it, or says what is missing."""
        ...

    def say_again(self, *, order: BlockOrder, by: Actor) -> None:
        """Say an order that nobody answered again, under the same reference and marked as such."""
        ...


_routes: dict[str, OrderRoute] = {}


def connect_route(route: OrderRoute) -> None:
    """Make a route known."""
    _routes[route.key] = route


def order_routes() -> dict[str, OrderRoute]:
    """Return the routes that apps above connected, by key."""
    return dict(_routes)
