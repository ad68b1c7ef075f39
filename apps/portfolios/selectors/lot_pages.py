"""Open lots of an account as its page and its file show them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext

from apps.portfolios.models import Account
from apps.portfolios.selectors.lot_rules import method_text
from apps.portfolios.selectors.lots import LotLine, open_lots, sum_of
from apps.portfolios.selectors.valuations import holdings_at
from apps.portfolios.selectors.wash_sales import household_wash_sales

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class LotsPage:
    """The open lots of an account on a day.

    A sum is None as soon as the cost or the price of one of its lots is not known.
    """

    account: Account
    as_of: dt.date
    method: str
    lots: tuple[LotLine, ...]
    unpriced: tuple[str, ...]
    known_at: dt.datetime | None = None

    @property
    def cost(self) -> Decimal | None:
        """What all of them cost."""
        return sum_of(lot.cost for lot in self.lots)

    @property
    def value(self) -> Decimal | None:
        """What all of them are worth."""
        return sum_of(lot.value for lot in self.lots)

    @property
    def short_gain(self) -> Decimal | None:
        """The gain of those held for a year or less."""
        return sum_of(lot.gain for lot in self.lots if not lot.is_long_term)

    @property
    def long_gain(self) -> Decimal | None:
        """The gain of those held for more than a year."""
        return sum_of(lot.gain for lot in self.lots if lot.is_long_term)


def lots_page(account: Account, as_of: dt.date, known_at: dt.datetime | None = None) -> LotsPage:
    """Return the open lots at the close of the day, after wash sales of the whole household.

    With `known_at` the ledger counts as it stood at that moment.
    """
    at = holdings_at([account], as_of, known_at)[account.pk]
    lots = open_lots(household_wash_sales(account.household, as_of, known_at).open_pieces, at)
    return LotsPage(account, as_of, method_text(account, as_of), lots, at.unpriced, known_at)


def lots_rows(page: LotsPage) -> tuple[list[str], list[list[object]]]:
    """Return the header and the rows of the file."""
    header = [
        gettext("Security"),
        gettext("Acquired"),
        gettext("Held since"),
        gettext("Term"),
        gettext("Quantity"),
        gettext("Cost basis"),
        gettext("Added by a wash sale"),
        gettext("Value"),
        gettext("Gain or loss"),
        gettext("Currency"),
        gettext("As of"),
    ]
    return header, [_row(lot, page) for lot in page.lots]


def _row(lot: LotLine, page: LotsPage) -> list[object]:
    return [
        lot.symbol,
        lot.acquired_on.isoformat(),
        lot.held_since.isoformat(),
        gettext("Long") if lot.is_long_term else gettext("Short"),
        f"{lot.quantity.normalize():f}",
        *(_cents(amount) for amount in (lot.cost, lot.added or None, lot.value, lot.gain)),
        page.account.currency,
        page.as_of.isoformat(),
    ]


def _cents(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount.quantize(CENT):f}"
