"""What was sold, lot by lot, and how amounts of several currencies are brought into one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from apps.kernel.money import Money
from apps.portfolios.engine.lots import EXACT
from apps.portfolios.models import Account, Instrument, TaxTreatment
from apps.portfolios.selectors.prices import DatedRates

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class GainLine:
    """A part of a lot that was sold, with one holding period.

    `basis` has in it what earlier wash sales added; `recognised` = `proceeds` − `basis` + `disallowed`. None where the
    cost is not known. `disallowed` is zero for what no other share replaced. `paid` is what it cost where that was paid
    in another currency and no rate is known; `rates` (currency, day, rate) are those by which the amounts were brought
    into `currency`.
    """

    transaction_id: str
    account: Account
    instrument: Instrument
    acquired_on: dt.date
    held_since: dt.date
    sold_on: dt.date
    quantity: Decimal
    proceeds: Decimal
    basis: Decimal | None
    added: Decimal
    disallowed: Decimal
    is_long_term: bool
    currency: str
    paid: Money | None = None
    rates: tuple[tuple[str, dt.date, Decimal], ...] = ()

    @property
    def is_taxed(self) -> bool:
        """Whether the account is taxed on it."""
        return bool(self.account.tax_treatment == TaxTreatment.TAXABLE)

    @property
    def gain(self) -> Decimal | None:
        """Proceeds less basis, before section 1091."""
        return None if self.basis is None else EXACT.subtract(self.proceeds, self.basis)

    @property
    def recognised(self) -> Decimal | None:
        """What counts for the year."""
        return None if self.gain is None else EXACT.add(self.gain, self.disallowed)


def days_of(lines: Iterable[GainLine]) -> Iterator[tuple[str, dt.date]]:
    """Yield the currencies of the lines' amounts with the days on which they were paid and received."""
    for line in lines:
        yield line.currency, line.sold_on
        yield (line.paid.currency if line.paid else line.currency), line.acquired_on


def in_currency(line: GainLine, currency: str, rates: DatedRates) -> GainLine:
    """Bring a line into a currency, each amount at the rate of its day; without one the basis is not known."""
    paid_in = line.paid.currency if line.paid else line.currency
    if line.currency == currency == paid_in:
        return line
    cost = line.paid.amount if line.paid else line.basis
    at_purchase = [rates.worth(amount, paid_in, line.acquired_on) for amount in (cost, line.added)]
    at_sale = [rates.worth(amount, line.currency, line.sold_on) for amount in (line.proceeds, line.disallowed)]
    (basis, added), (proceeds, disallowed) = at_purchase, at_sale
    if added is None or proceeds is None or disallowed is None:
        return replace(line, basis=None)
    used = {(paid_in, line.acquired_on), (line.currency, line.sold_on)}
    told = [(c, day, rates.worth(ONE, c, day)) for c, day in sorted(used, key=lambda each: each[1]) if c != currency]
    return replace(
        line,
        currency=currency,
        basis=basis,
        added=added,
        proceeds=proceeds,
        disallowed=disallowed,
        paid=None,
        rates=(*line.rates, *((c, day, rate) for c, day, rate in told if rate is not None)),
    )


def brought_together(lines: Sequence[GainLine], currency: str) -> list[GainLine]:
    """Bring sales of what was paid for in another currency into the household's, as far as rates are known.

    All lots of such a sale, so that they make one sum.
    """
    sales = {line.transaction_id for line in lines if line.paid is not None}
    if not sales:
        return list(lines)
    rates = DatedRates(currency, days_of(line for line in lines if line.transaction_id in sales))
    return [in_currency(line, currency, rates) if line.transaction_id in sales else line for line in lines]


def brought_home(lines: Sequence[GainLine], currency: str) -> list[GainLine]:
    """Bring sales for another currency into the household's, each amount at the rate of its day.

    A line for which a rate is missing stays as it is: its currency says that it is in no sum.
    """
    foreign = [line for line in lines if line.currency != currency]
    if not foreign:
        return list(lines)
    rates = DatedRates(currency, days_of(foreign))
    return [line if line.currency == currency else _at_home(line, currency, rates) for line in lines]


def _at_home(line: GainLine, currency: str, rates: DatedRates) -> GainLine:
    brought = in_currency(line, currency, rates)
    is_whole = brought.currency == currency and (brought.basis is not None) == (line.basis is not None)
    return brought if is_whole else line
