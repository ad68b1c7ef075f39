"""What a sale could take: the open lots of a holding, with the gain and the tax that each would bring."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext

from apps.core.passports import Amount, Passport, PassportLine
from apps.core.templatetags.formats import date_text
from apps.kernel.dates import DateSpan
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.portfolios.engine.lots import Lot, Term, term_of
from apps.portfolios.models import Account, Instrument, TaxRate
from apps.portfolios.selectors.books import account_book
from apps.portfolios.selectors.lot_rules import tax_rate_on
from apps.portfolios.selectors.prices import DatedRates, PriceBook

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class LotForSale:
    """One open lot, as if it were sold whole at the last close. `tax` is less than zero for a loss.

    None where the cost, the price or the rate is not known.
    """

    lot_id: str
    acquired_on: dt.date
    quantity: Decimal
    cost: Decimal | None
    gain: Decimal | None
    is_long_term: bool
    tax: Decimal | None


@dataclass(frozen=True, slots=True)
class HoldingForSale:
    """A holding of an account with its lots, oldest first."""

    account: Account
    instrument: Instrument
    as_of: dt.date
    price: Decimal | None
    priced_on: dt.date | None
    rate: TaxRate | None
    lots: tuple[LotForSale, ...]

    @property
    def tax(self) -> Decimal | None:
        """What selling all of it would cost, None where a part is not known."""
        known = [lot.tax for lot in self.lots if lot.tax is not None]
        return sum(known, Decimal(0)) if len(known) == len(self.lots) else None


def holding_for_sale(account: Account, instrument_id: uuid.UUID | str, day: dt.date) -> HoldingForSale:
    """Return the open lots of a security that the account holds. Raises NotFoundError when it holds none."""
    held = Instrument.objects.filter(public_id=instrument_id, transactions__account=account).distinct().first()
    position = account_book(account, day).position(str(held.pk)) if held is not None else None
    if held is None or position is None:
        raise NotFoundError(gettext_noop("The account holds no such security."))
    book = PriceBook([held], account.currency, DateSpan(day, day))
    close, one = book.price(held.pk, day), book.value(held.pk, Decimal(1), day)
    # an account that is not taxed owes nothing on a sale
    rate = None if account.tax_treatment != "taxable" else tax_rate_on(account.household_id, day)
    return HoldingForSale(
        account=account,
        instrument=held,
        as_of=day,
        price=close.close if close else None,
        priced_on=close.day if close else None,
        rate=rate,
        lots=tuple(lot_for_sale(lot, one, day, rate) for lot in in_currency(position.lots, account.currency)),
    )


def in_currency(lots: Sequence[Lot], currency: str) -> tuple[Lot, ...]:
    """Bring costs into a currency at the rate of the day of purchase; None where none is known."""
    rates = DatedRates(currency, ((lot.currency, lot.acquired_on) for lot in lots))
    costs = [rates.worth(lot.cost, lot.currency, lot.acquired_on) for lot in lots]
    return tuple(replace(lot, cost=cost, currency=currency) for lot, cost in zip(lots, costs, strict=True))


def lot_for_sale(lot: Lot, one: Decimal | None, day: dt.date, rate: TaxRate | None) -> LotForSale:
    """Return a lot, or a part of one, as if it were sold at what one unit is worth."""
    term = term_of(lot.acquired_on, day)
    gain = one * lot.quantity - lot.cost if one is not None and lot.cost is not None else None
    share = None if rate is None else (rate.long if term is Term.LONG else rate.short)
    return LotForSale(
        lot_id=lot.lot_id,
        acquired_on=lot.acquired_on,
        quantity=lot.quantity,
        cost=lot.cost,
        gain=gain,
        is_long_term=term is Term.LONG,
        tax=(gain * share).quantize(CENT) if gain is not None and share is not None else None,
    )


def sale_passport(holding: HoldingForSale) -> Passport:
    """Return where the tax of selling a holding comes from, lot by lot."""
    currency, rate = holding.account.currency, holding.rate
    notes = []
    if holding.account.tax_treatment != "taxable":
        notes.append(gettext("The account is not taxed on sales: no tax is estimated."))
    elif rate is None:
        notes.append(gettext("Neither the household nor the firm has tax rates for this day."))
    else:
        whose = gettext("the household's") if rate.household_id else gettext("the firm's")
        notes.append(
            gettext("Rates from %(day)s, %(whose)s: %(reason)s")
            % {"day": date_text(rate.starts_on), "whose": whose, "reason": rate.reason}
        )
    return Passport(
        title=gettext("Tax of selling %(security)s") % {"security": holding.instrument},
        value=Amount.of_money(holding.tax, currency),
        method=gettext(
            "Of each lot (value at the last close − cost) × the rate of its term; a loss saves tax. Held for more than "
            "a year is long term (IRC 1222)."
        ),
        as_of=holding.as_of,
        source=gettext("The firm's own ledger, lot by lot, and its tax rates"),
        lines=tuple(_passport_line(lot, holding) for lot in holding.lots),
        basis=gettext("An estimate before the sale: without fees, wash sales and other gains of the year."),
        notes=tuple(notes),
    )


def _passport_line(lot: LotForSale, holding: HoldingForSale) -> PassportLine:
    currency, rate = holding.account.currency, holding.rate
    share = None if rate is None else (rate.long if lot.is_long_term else rate.short)
    parts = [
        (gettext("Quantity"), Amount(lot.quantity, "quantity")),
        (gettext("Cost"), Amount.of_money(lot.cost, currency)),
        (gettext("Gain"), Amount.of_money(lot.gain, currency)),
        (gettext("Rate"), Amount(share, "percent", "1")),
    ]
    label = gettext("acquired %(day)s") % {"day": date_text(lot.acquired_on)}
    how = gettext("Long") if lot.is_long_term else gettext("Short")
    return PassportLine(label, how, Amount.of_money(lot.tax, currency), tuple(parts))
