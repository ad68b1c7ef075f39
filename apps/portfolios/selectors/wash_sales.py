"""Wash sales of a household: all its accounts judged together, and what they do to gains and to open lots."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from apps.clients.models import Household
from apps.clients.models.person import Relationship
from apps.kernel.money import Money
from apps.portfolios.engine.ledger import RealisedGain
from apps.portfolios.engine.lots import EXACT, Lot, Term
from apps.portfolios.engine.positions import Book
from apps.portfolios.engine.transactions import SplitRatio
from apps.portfolios.engine.wash_inputs import (
    AccountLots,
    Opening,
    Origin,
    UnitChange,
    WashInputs,
    part_of,
    wash_inputs,
)
from apps.portfolios.engine.wash_ledger import (
    LOST,
    AcquisitionKind,
    HouseholdAccount,
    LotPiece,
    Relation,
    TaxTreatment,
    WashMatch,
    WashReport,
)
from apps.portfolios.engine.wash_sales import find_wash_sales
from apps.portfolios.models import Account, Instrument, Registration, Transaction, TransactionKind
from apps.portfolios.policies import RESHAPES
from apps.portfolios.selectors.books import account_books
from apps.portfolios.selectors.equivalence import memberships
from apps.portfolios.selectors.gain_lines import GainLine, brought_together, days_of, in_currency
from apps.portfolios.selectors.prices import DatedRates

NOTHING, ONE = Decimal(0), Decimal(1)
SALES = {TransactionKind.SELL, TransactionKind.CASH_IN_LIEU}
_ACQUIRED = {
    TransactionKind.BUY: AcquisitionKind.PURCHASE,
    TransactionKind.REINVEST: AcquisitionKind.REINVESTMENT,
}


@dataclass(frozen=True, slots=True)
class WashLine:
    """Shares sold at a loss and the shares that replaced them."""

    transaction_id: str
    account: Account
    instrument: Instrument
    sold_on: dt.date
    quantity: Decimal
    bought_on: dt.date
    bought: Instrument
    bought_in: Account
    bought_quantity: Decimal
    disallowed: Decimal
    added: Decimal
    lost: Decimal
    held_since: dt.date | None
    message: str
    days: int

    @property
    def is_lost(self) -> bool:
        """Whether the loss is gone for good."""
        return self.message == LOST


@dataclass(frozen=True, slots=True)
class OpenPiece:
    """A part of an open lot with one basis. `added` came with a loss that was disallowed by the sale of `replaces`."""

    account_id: int
    security_id: str
    lot_id: str
    quantity: Decimal
    acquired_on: dt.date
    held_since: dt.date
    cost: Decimal | None
    added: Decimal
    replaces: str
    currency: str

    @property
    def basis(self) -> Decimal | None:
        """Cost and what was added."""
        return None if self.cost is None else EXACT.add(self.cost, self.added)


@dataclass(frozen=True, slots=True)
class HouseholdGains:
    """All sales of a household up to a day, judged together, and its open lots as they stand after it.

    `unjudged` are currencies other than the household's: their lots count without regard to wash sales. `taxpayers`
    names by account who is taxed on it; those of one name net their gains.
    """

    household: Household
    as_of: dt.date
    gains: tuple[GainLine, ...]
    washes: tuple[WashLine, ...]
    open_pieces: tuple[OpenPiece, ...]
    unjudged: tuple[str, ...]
    taxpayers: Mapping[int, str]

    def of_account(self, account: Account, year: int) -> tuple[GainLine, ...]:
        """Return what an account realised in a year, in its currency.

        What was paid and received in another counts at the rates of those days; without one the basis is not known.
        """
        own = [line for line in self.gains if line.account.pk == account.pk and line.sold_on.year == year]
        rates = DatedRates(account.currency, days_of(own))
        return tuple(in_currency(line, account.currency, rates) for line in own)


def household_wash_sales(household: Household, as_of: dt.date, known_at: dt.datetime | None = None) -> HouseholdGains:
    """Judge all accounts of a household up to the close of a day, in a fixed number of queries.

    With `known_at` the ledger counts as it stood at that moment.

    The head, the partner and trusts are one taxpayer with their spouse; accounts of children, of others and custodial
    ones are taxpayers apart. Purchases up to 30 days later may still change a loss of the last days.
    """
    accounts = list(
        Account.objects.filter(household=household).prefetch_related("owners__person", "lot_elections").order_by("pk")
    )
    entries = Transaction.objects.filter(account__household=household).traded_by(as_of)
    entries = entries if known_at is None else entries.known_at(known_at)
    rows = list(entries.select_related("reversal_of").prefetch_related("lot_choices").order_by("trade_date", "id"))
    books = account_books(accounts, rows, as_of)
    gone = {row.reversal_of_id for row in rows if row.reversal_of_id is not None}
    standing = [row for row in rows if row.pk not in gone and row.kind != TransactionKind.REVERSAL]
    inputs = wash_inputs(
        [_lots_of(account, books[account.pk], standing) for account in accounts],
        _changes(standing),
        memberships(),
        household.currency,
    )
    sheet = _Sheet(accounts, books, standing, inputs, find_wash_sales(inputs.ledger))
    gains = brought_together(list(sheet.gains()), household.currency)
    return HouseholdGains(
        household=household,
        as_of=as_of,
        gains=tuple(sorted(gains, key=lambda line: (line.sold_on, line.transaction_id, line.acquired_on))),
        washes=tuple(sheet.washes()),
        open_pieces=tuple(sheet.open_pieces()),
        unjudged=inputs.unjudged,
        taxpayers={account.pk: _holder(account).owner_id for account in accounts},
    )


def _lots_of(account: Account, book: Book, standing: Sequence[Transaction]) -> AccountLots:
    own = [row for row in standing if row.account_id == account.pk]
    openings = {
        str(row.public_id): Opening(
            str(row.instrument_id), _ACQUIRED.get(TransactionKind(row.kind), AcquisitionKind.TRANSFER)
        )
        for row in own
        if row.units > 0 and row.kind not in RESHAPES
    }
    sales = frozenset(str(row.public_id) for row in own if row.kind in SALES)
    return AccountLots(_holder(account), book, openings, sales)


def _holder(account: Account) -> HouseholdAccount:
    owners = [owner.person for owner in account.owners.all()]
    relations = {person.relationship for person in owners}
    apart = account.registration in {Registration.CUSTODIAL, Registration.EDUCATION_529}
    treatment = TaxTreatment(account.tax_treatment)
    couple = {Relationship.HEAD, Relationship.PARTNER}
    if apart or (relations and not relations & couple):
        owner = "-".join(sorted(str(person.pk) for person in owners)) or f"account-{account.pk}"
        return HouseholdAccount(str(account.pk), f"apart-{owner}", Relation.OTHER, treatment)
    relation = Relation.SPOUSE if relations == {Relationship.PARTNER} else Relation.TAXPAYER
    return HouseholdAccount(str(account.pk), "couple", relation, treatment)


def _changes(standing: Iterable[Transaction]) -> list[UnitChange]:
    return [_change(row) for row in standing if row.kind in RESHAPES and row.kind != TransactionKind.SPIN_OFF]


def _change(row: Transaction) -> UnitChange:
    new, old = row.split_new or ONE, row.split_old or ONE
    if row.kind == TransactionKind.STOCK_DIVIDEND:
        new += old
    return UnitChange(
        security_id=str(row.instrument_id),
        day=row.trade_date,
        ratio=SplitRatio(new, old),
        into=str(row.into_id) if row.into_id else "",
        is_rename=row.kind == TransactionKind.SYMBOL_CHANGE,
    )


class _Sheet:
    """The answer of the engine in the words of the rows."""

    def __init__(
        self,
        accounts: Sequence[Account],
        books: dict[int, Book],
        standing: Sequence[Transaction],
        inputs: WashInputs,
        report: WashReport,
    ) -> None:
        self.accounts = {str(account.pk): account for account in accounts}
        self.books, self.inputs, self.report = books, inputs, report
        self.sales = {str(row.public_id) for row in standing if row.kind in SALES}
        ids = {row.instrument_id for row in standing} | {row.into_id for row in standing}
        found = Instrument.objects.filter(pk__in={pk for pk in ids if pk is not None})
        self.instruments = {str(instrument.pk): instrument for instrument in found}
        self.quantities = {lot.lot_id: lot.quantity for lot in inputs.ledger.lots}

    def gains(self) -> Iterable[GainLine]:
        """Yield what was sold, and what else was realised."""
        for piece in self.report.pieces:
            origin = self.inputs.origins[piece.lot_id]
            if origin.gain is not None:
                yield self._sold(piece, origin, origin.gain)
        for account_id, book in self.books.items():
            yield from self._besides(str(account_id), book)

    def _besides(self, account_id: str, book: Book) -> Iterable[GainLine]:
        """What mergers and returns of capital paid is no loss to be judged; nor is what was held in another currency.

        The basis of a sale in another currency than its cost's is not known before both are converted.
        """
        judged = {id(origin.gain) for origin in self.inputs.origins.values()}
        for gain in book.realised:
            if id(gain) not in judged:
                known = gain.cost if gain.transaction_id not in self.sales or gain.gain is not None else None
                line = self._line(account_id, gain, (gain.quantity, gain.proceeds, known))
                is_mixed = known is None and gain.cost is not None
                yield replace(line, paid=Money(gain.cost, gain.cost_currency)) if is_mixed and gain.cost else line

    def _sold(self, piece: LotPiece, origin: Origin, gain: RealisedGain) -> GainLine:
        share = part_of(gain.quantity, piece.quantity, self.quantities[piece.lot_id])
        line = self._line(origin.account_id, gain, (share, piece.proceeds or NOTHING, piece.basis))
        return GainLine(
            transaction_id=line.transaction_id,
            account=line.account,
            instrument=line.instrument,
            acquired_on=line.acquired_on,
            held_since=piece.held_since,
            sold_on=line.sold_on,
            quantity=share,
            proceeds=line.proceeds,
            basis=piece.basis,
            added=piece.added,
            disallowed=piece.disallowed,
            is_long_term=piece.term is Term.LONG,
            currency=line.currency,
        )

    def _line(self, account_id: str, gain: RealisedGain, amounts: tuple[Decimal, Decimal, Decimal | None]) -> GainLine:
        quantity, proceeds, basis = amounts
        return GainLine(
            transaction_id=gain.transaction_id,
            account=self.accounts[account_id],
            instrument=self.instruments[gain.security_id],
            acquired_on=gain.acquired_on,
            held_since=gain.acquired_on,
            sold_on=gain.realised_on,
            quantity=quantity,
            proceeds=proceeds,
            basis=basis,
            added=NOTHING,
            disallowed=NOTHING,
            is_long_term=gain.term is Term.LONG,
            currency=gain.currency,
        )

    def washes(self) -> Iterable[WashLine]:
        """Yield every match, in the order of the law."""
        for sale in self.report.sales:
            for match in sale.matches:
                yield self._wash(match, sale.day)

    def _wash(self, match: WashMatch, sold_on: dt.date) -> WashLine:
        origin = self.inputs.origins[match.sold_lot_id]
        new = self.inputs.origins[match.replacement_lot_id]
        gain = origin.gain
        quantity, bought = match.quantity, match.replacement_quantity
        if gain is not None:
            quantity = part_of(gain.quantity, match.quantity, self.quantities[match.sold_lot_id])
        return WashLine(
            transaction_id=gain.transaction_id if gain is not None else "",
            account=self.accounts[origin.account_id],
            instrument=self.instruments[origin.lot.security_id],
            sold_on=sold_on,
            quantity=quantity,
            bought_on=new.lot.acquired_on,
            bought=self.instruments[new.lot.security_id],
            bought_in=self.accounts[new.account_id],
            bought_quantity=part_of(new.lot.quantity, bought, self.quantities[match.replacement_lot_id]),
            disallowed=match.disallowed,
            added=match.added_to_basis,
            lost=match.lost,
            held_since=match.held_since,
            message=match.reason.message,
            days=int(str(match.reason.params["days"])),
        )

    def open_pieces(self) -> Iterable[OpenPiece]:
        """Yield what is open, in parts of one basis."""
        for piece in self.report.pieces:
            origin = self.inputs.origins[piece.lot_id]
            if piece.disposal_id:
                continue
            yield OpenPiece(
                account_id=int(origin.account_id),
                security_id=origin.lot.security_id,
                lot_id=origin.lot.lot_id,
                quantity=part_of(origin.lot.quantity, piece.quantity, self.quantities[piece.lot_id]),
                acquired_on=origin.lot.acquired_on,
                held_since=piece.held_since,
                cost=piece.cost,
                added=piece.added,
                replaces=piece.replaces.partition("|")[0],
                currency=origin.lot.currency,
            )
        for account_id, book in self.books.items():
            lots = (lot for position in book.positions for lot in position.lots)
            yield from (_plain(account_id, lot) for lot in lots if lot.currency != self.inputs.ledger.currency)


def _plain(account_id: int, lot: Lot) -> OpenPiece:
    """Return a lot that is not judged as it stands in the book."""
    return OpenPiece(
        account_id=account_id,
        security_id=lot.security_id,
        lot_id=lot.lot_id,
        quantity=lot.quantity,
        acquired_on=lot.acquired_on,
        held_since=lot.acquired_on,
        cost=lot.cost,
        added=NOTHING,
        replaces="",
        currency=lot.currency,
    )
