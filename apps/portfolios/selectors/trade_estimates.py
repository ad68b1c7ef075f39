"""What a trade would bring before it is proposed: its amount and, of a sale, the lots it takes with gain and tax."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext

from apps.clients.models import Household
from apps.core.actors import Actor
from apps.core.errors import shown
from apps.core.passports import Amount, Passport, PassportLine
from apps.core.templatetags.formats import date_text
from apps.kernel.errors import DomainError, NotFoundError, gettext_noop
from apps.portfolios.engine.lots import SaleTax, select_lots
from apps.portfolios.engine.positions import Book
from apps.portfolios.engine.transactions import LotChoice
from apps.portfolios.models import Account, Instrument, LotMethod, ManualAsset, Side, TaxRate, Transaction
from apps.portfolios.policies import dealt
from apps.portfolios.selectors.books import account_book
from apps.portfolios.selectors.lot_rules import book_policy, tax_rate_on
from apps.portfolios.selectors.sales import LotForSale, in_currency, lot_for_sale
from apps.portfolios.selectors.trading_room import Estimate, estimates

CENT, NOTHING = Decimal("0.01"), Decimal(0)
UNIT, MOST = Decimal("0.00000001"), Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class TradeEstimate:
    """A trade at the last price. `parts` are what a sale takes of each lot, `lots` what is open, oldest first.

    `method` says by which rule lots leave where none are named; `problem` why a sale cannot be made so.
    """

    account: Account
    instrument: Instrument
    side: str
    quantity: Decimal
    at: Estimate
    picks: tuple[LotChoice, ...] = ()
    lots: tuple[LotForSale, ...] = ()
    parts: tuple[LotForSale, ...] = ()
    method: str = ""
    problem: str = ""
    rate: TaxRate | None = None

    @property
    def amount(self) -> Decimal:
        """Quantity times the price, in the account's currency."""
        return (self.quantity * self.at.unit_value).quantize(CENT, ROUND_HALF_UP)

    @property
    def cost(self) -> Decimal | None:
        """What was paid for the parts."""
        return _sum([part.cost for part in self.parts])

    @property
    def gain(self) -> Decimal | None:
        """What the sale realises; None where the cost of a part is not known."""
        return _sum([part.gain for part in self.parts])

    @property
    def tax(self) -> Decimal | None:
        """The gain of each part at the rate of its term; None where a rate or a cost is not known."""
        return _sum([part.tax for part in self.parts])

    def address(self, figure: str) -> str:
        """Return the address of the passport of a figure."""
        return self._address(figure, self.quantity, self.picks)

    def lot_address(self, figure: str, lot: LotForSale) -> str:
        """Return the address of the passport of a figure of one whole lot."""
        return self._address(figure, lot.quantity, (LotChoice(lot.lot_id, lot.quantity),))

    def _address(self, figure: str, quantity: Decimal, picks: Sequence[LotChoice]) -> str:
        place = reverse("portfolios:sale-passport", args=[self.account.public_id, self.instrument.public_id])
        lots = [f"{pick.lot_id}={pick.quantity.normalize():f}" for pick in picks]
        told = {"figure": figure, "side": self.side, "quantity": f"{quantity.normalize():f}", "lot": lots}
        return f"{place}?{urlencode(told, doseq=True)}"


def _sum(amounts: Sequence[Decimal | None]) -> Decimal | None:
    known = [each for each in amounts if each is not None]
    return sum(known, NOTHING).quantize(CENT, ROUND_HALF_UP) if amounts and len(known) == len(amounts) else None


class TradeDesk:
    """Estimates of a day; the book of each account is read once."""

    def __init__(self, day: dt.date) -> None:
        self.day = day
        self._books: dict[int, Book] = {}

    def estimate(
        self, account: Account, instrument: Instrument, side: str, quantity: Decimal, picks: Sequence[LotChoice] = ()
    ) -> TradeEstimate | None:
        """Return what a trade would bring; None without a price. Without named lots they leave by standing order."""
        at = estimates([instrument], account.currency, self.day).get(instrument.pk)
        if at is None:
            return None
        if side != Side.SELL:
            return TradeEstimate(account, instrument, side, quantity, at)
        if account.pk not in self._books:
            self._books[account.pk] = account_book(account, self.day)
        position = self._books[account.pk].position(str(instrument.pk))
        rules = book_policy(account).rules()
        method, rates = rules.method_on(str(instrument.pk), self.day), rules.rates_on(self.day)
        open_lots = in_currency(position.lots if position is not None else (), account.currency)
        taken, problem = open_lots[:0], ""
        if quantity > 0:
            tax = SaleTax(at.unit_value, self.day, rates) if rates is not None else None
            try:
                taken = select_lots(open_lots, quantity, method, picks, tax).taken
            except DomainError as refused:
                problem = shown(refused).message
        # an account that is not taxed owes nothing on a sale
        rate = tax_rate_on(account.household_id, self.day) if account.tax_treatment == "taxable" else None
        return TradeEstimate(
            account,
            instrument,
            side,
            quantity,
            at,
            picks=tuple(picks),
            lots=tuple(lot_for_sale(lot, at.unit_value, self.day, rate) for lot in open_lots),
            parts=tuple(lot_for_sale(lot, at.unit_value, self.day, rate) for lot in taken),
            method=str(LotMethod(method.value).label),
            problem=problem,
            rate=rate,
        )


@dataclass(frozen=True, slots=True)
class TypedTrade:
    """A row of a form as it was typed: by name of the field, and how much of each lot by its id."""

    values: Mapping[str, str]
    lots: Mapping[str, str]


def typed_estimates(household: Household, rows: Sequence[TypedTrade], day: dt.date) -> list[TradeEstimate | None]:
    """Return an estimate of each row, None for one that does not say enough, or of what the books do not know yet."""
    desk = TradeDesk(day)
    accounts = {str(each.public_id): each for each in household.accounts.all()}
    symbols = {row.values.get("symbol", "").strip().upper() for row in rows} - {""}
    # the price of a security of the firm's own is for the household that has it
    met = Transaction.objects.filter(account__household=household).values("instrument")
    rows_of = Instrument.objects.select_related("master").filter(symbol__in=symbols)
    rows_of = rows_of.filter(Q(master__isnull=False) | Q(pk__in=met))
    known = {instrument.symbol: instrument for instrument in rows_of} if symbols else {}
    found = []
    for row in rows:
        account = accounts.get(row.values.get("account", ""))
        instrument = known.get(row.values.get("symbol", "").strip().upper())
        found.append(_typed(desk, row, account, instrument) if account and instrument else None)
    return found


def _typed(desk: TradeDesk, row: TypedTrade, account: Account, instrument: Instrument) -> TradeEstimate | None:
    side, quantity = row.values.get("side", ""), number_typed(row.values.get("quantity", ""))
    picks = [LotChoice(key, part) for key, told in row.lots.items() if (part := number_typed(told)) and part > 0]
    if quantity is None and picks:
        quantity = sum((pick.quantity for pick in picks), NOTHING)
    amount = number_typed(row.values.get("amount", ""))
    if quantity is None and amount is not None:
        at = estimates([instrument], account.currency, desk.day).get(instrument.pk)
        quantity = dealt(instrument.kind, amount / at.unit_value) if at else None
    if side == Side.SELL:
        return desk.estimate(account, instrument, side, max(quantity or NOTHING, NOTHING), picks)
    return desk.estimate(account, instrument, side, quantity) if quantity is not None and quantity > 0 else None


def number_typed(text: str) -> Decimal | None:
    """Return a number as it was typed; None for none, or one with more digits than a quantity has."""
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    fits = number.is_finite() and abs(number) < MOST and number == number.quantize(UNIT)
    return number if fits else None


def instrument_for(actor: Actor, public_id: uuid.UUID | str) -> Instrument:
    """Return a security of the firm's books. Raises NotFoundError, also for an asset of a household not seen."""
    seen = Q(manual_asset=None) | Q(manual_asset__in=ManualAsset.objects.visible_to(actor))
    found = Instrument.objects.select_related("master").filter(seen, public_id=public_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such security."))
    return found


def estimate_asked(
    account: Account, instrument: Instrument, told: Mapping[str, str], lots: Sequence[str], day: dt.date
) -> TradeEstimate:
    """Return the estimate that an address of `TradeEstimate.address` names. Raises NotFoundError."""
    quantity = number_typed(told.get("quantity", ""))
    picks = []
    for each in lots:
        name, _, part = each.rpartition("=")
        picks.append(LotChoice(name, number_typed(part) or NOTHING))
    side = told.get("side", "")
    known = quantity and side in Side.values
    found = TradeDesk(day).estimate(account, instrument, side, quantity, picks) if known and quantity else None
    if found is None or found.problem:
        raise NotFoundError(gettext_noop("There is no such figure."))
    return found


_TITLES = {
    "amount": (gettext_noop("Estimated amount"), gettext_noop("Quantity times the last price.")),
    "price": (gettext_noop("Last price"), gettext_noop("The last closing price on or before the day.")),
    "quantity": (gettext_noop("Quantity"), gettext_noop("As it is typed, or what is open of the lot.")),
    "cost": (gettext_noop("Cost"), gettext_noop("What was paid for the lots, by the account's own ledger.")),
    "gain": (
        gettext_noop("Estimated gain"),
        gettext_noop("Of each lot that would be sold: its part of the amount less its part of the cost."),
    ),
    "tax": (
        gettext_noop("Estimated tax"),
        gettext_noop("The gain of each lot times the rate of its term (IRC 1222); a loss saves tax."),
    ),
}


def estimate_passport(found: TradeEstimate, figure: str, day: dt.date) -> Passport:
    """Return where a figure of an estimate comes from. Raises NotFoundError for another figure."""
    if figure not in _TITLES:
        raise NotFoundError(gettext_noop("There is no such figure."))
    currency = found.account.currency
    title, method = (gettext(each) for each in _TITLES[figure])
    value = found.at.price if figure == "price" else getattr(found, figure)
    of = found.instrument.currency if figure == "price" else currency
    side = Side(found.side).label
    by_rule = gettext("Lots leave so where none are named: %(method)s") % {"method": found.method}
    return Passport(
        title=f"{title}: {side} {found.instrument}",
        value=Amount(value, "quantity") if figure == "quantity" else Amount.of_money(value, of),
        method=method,
        as_of=found.at.priced_on if figure == "price" else day,
        source=gettext("The firm's own ledger, lot by lot, its tax rates and the last prices"),
        lines=tuple(_part_line(part, figure, currency) for part in found.parts)
        if figure in {"cost", "gain", "tax"}
        else (),
        basis=gettext("An estimate before the sale: without fees, wash sales and other gains of the year."),
        notes=(by_rule,) if found.parts and not found.picks else (),
    )


def _part_line(part: LotForSale, figure: str, currency: str) -> PassportLine:
    parts = (
        (gettext("Quantity"), Amount(part.quantity, "quantity")),
        (gettext("Cost"), Amount.of_money(part.cost, currency)),
    )
    label = gettext("acquired %(day)s") % {"day": date_text(part.acquired_on)}
    how = gettext("Long") if part.is_long_term else gettext("Short")
    return PassportLine(label, how, Amount.of_money(getattr(part, figure), currency), parts)
