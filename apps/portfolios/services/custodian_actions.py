"""Corporate actions of a custodian's file, held against what is held: as they will be booked, or what is missing.

An action is whole or not at all: shares out are all that was held, a ratio fits the shares that came, the cost goes
where an announcement or an answer says. What is short of that is a problem beside its line with its mend.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_DOWN, Decimal

from apps.clients.ports import ImportFile, Known, ReadRow
from apps.core.tabular.problems import IgnoredReason, IgnoredRow, RowProblem
from apps.portfolios.models import Account, Instrument, Transaction, TransactionKind
from apps.portfolios.policies import OF_CASH_ALONE, RESHAPES
from apps.portfolios.readers.rows import SecurityKey, TransactionRow
from apps.portfolios.selectors.market_actions import NEAR
from apps.portfolios.services import custodian_doubts as doubts
from apps.portfolios.services._ledger import UNIT, AccountLedger, ledgers_of
from apps.portfolios.services.custodian_terms import (
    LATER,
    Facts,
    facts_of,
    fraction_told,
    id_of,
    open_fractions,
)
from apps.portfolios.services.instruments import NamedSecurity, known_instruments, named

NOTHING, ONE = Decimal(0), Decimal(1)
# shares are printed to three or four places
_PRINTED = Decimal("0.0005")
# the cost of a share and of what comes with it, where only percentages are known
_WHOLE = Decimal(10000)
_ACTIONS = RESHAPES | {TransactionKind.CASH_IN_LIEU}
_MORE_OF_THE_SAME = {TransactionKind.SPLIT, TransactionKind.STOCK_DIVIDEND}
Ident = tuple[str, object]


@dataclass(frozen=True, slots=True)
class SettledAction:
    """A corporate action as it will be booked; see TransactionEntry.

    `left` is a fraction that the action should have left when it was booked without its ratio: it comes first.
    """

    kind: str
    name: NamedSecurity
    into: NamedSecurity | None = None
    units: Decimal = NOTHING
    cash: Decimal = NOTHING
    fair_old: Decimal | None = None
    fair_new: Decimal | None = None
    left: Decimal = NOTHING


@dataclass(slots=True)
class Settled:
    """What became of the actions of a file, by the key of their row.

    `told` are in our book already under another name, `aside` are lines that change nothing or are left out by answer,
    `touched` are the holdings whose units follow from actions.
    """

    actions: dict[str, SettledAction] = field(default_factory=dict)
    problems: list[tuple[str, RowProblem]] = field(default_factory=list)
    told: dict[str, Known] = field(default_factory=dict)
    aside: dict[str, IgnoredRow] = field(default_factory=dict)
    touched: set[tuple[int, Ident]] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Result:
    """What an action left: its securities, and a fraction. One of the book made `total` shares of `old` ones."""

    idents: frozenset[Ident]
    name: NamedSecurity
    fraction: Decimal
    old: Decimal = NOTHING
    total: Decimal = NOTHING


def settle_actions(file: ImportFile, accounts: Mapping[int, Account], rows: Sequence[ReadRow]) -> Settled:
    """Hold the actions among new rows against the book and the file's own entries before them."""
    settled = Settled()
    actions = [row for row in rows if row.value.row.kind.value in _ACTIONS and row.value.name is not None]
    if not actions:
        return settled
    facts = facts_of([row.value.row for row in actions], file.answers)
    names = {name for row in rows for name in _names(row.value.row, facts.get(id_of(row.value.row)))}
    known = known_instruments(names)
    ours = {place: accounts[place] for place in {row.value.account for row in actions} if place in accounts}
    booked = _booked(ours.values(), actions)
    pks = {each.pk for each in known.values()} | {entry.instrument_id for each in booked.values() for entry in each}
    ledgers = ledgers_of(ours.values(), {pk for pk in pks if pk} | _intos(booked), ())
    for place in sorted({row.value.account for row in actions}):
        account = ours.get(place)
        of_account = _OfAccount(
            known,
            facts,
            settled,
            ledgers[account.pk] if account else None,
            booked.get(account.pk, []) if account else [],
        )
        of_account.take([row for row in rows if row.value.account == place])
    return settled


def _names(row: TransactionRow, facts: Facts | None) -> list[NamedSecurity]:
    keys = [row.security, row.terms.into if row.terms else None, facts.parent if facts else None]
    return [named(key) for key in keys if key is not None]


def _booked(accounts: Iterable[Account], actions: Sequence[ReadRow]) -> dict[int, list[Transaction]]:
    days = [row.value.row.trade_date for row in actions]
    rows = Transaction.objects.standing().filter(account__in=[each.pk for each in accounts], kind__in=_ACTIONS)
    rows = rows.filter(trade_date__range=(min(days) - LATER, max(days) + NEAR)).prefetch_related("legs")
    found: dict[int, list[Transaction]] = defaultdict(list)
    for entry in rows.select_related("instrument", "into").order_by("trade_date", "pk"):
        found[entry.account_id].append(entry)
    return found


def _intos(booked: Mapping[int, Iterable[Transaction]]) -> set[int]:
    return {entry.into_id for each in booked.values() for entry in each if entry.into_id}


def ident_of(name: NamedSecurity, known: Mapping[NamedSecurity, Instrument]) -> Ident:
    """Return what a security is known by, whatever a line calls it: our own, else by its symbol."""
    instrument = known.get(name)
    return ("pk", instrument.pk) if instrument else ("name", name.symbol or name.cusip or name.isin or name.name)


class _OfAccount:
    """One account's entries in the order of their days."""

    def __init__(
        self,
        known: Mapping[NamedSecurity, Instrument],
        facts: Mapping[str, Facts],
        settled: Settled,
        ledger: AccountLedger | None,
        booked: Sequence[Transaction],
    ) -> None:
        self.known, self.facts, self.settled, self.ledger = known, facts, settled, ledger
        self.booked = list(booked)
        self.moves: dict[Ident, list[tuple[dt.date, Decimal, bool]]] = defaultdict(list)
        self.results: list[_Result] = [self._left_by(entry) for entry in booked]
        self.rows: list[TransactionRow] = []

    def take(self, rows: Sequence[ReadRow]) -> None:
        """Go through the account's new rows, corporate actions of a day before what was traded on it."""
        self.rows = [row.value.row for row in rows]
        for row in sorted(rows, key=lambda r: (r.value.row.trade_date, r.value.row.kind.value not in RESHAPES, r.line)):
            told = row.value.row
            if row.value.name is None or told.kind.value in OF_CASH_ALONE:
                continue
            if told.kind.value in _ACTIONS:
                self._action(row)
            elif told.quantity:
                self._move(row.value.name, told, told.quantity)

    def ident(self, name: NamedSecurity) -> Ident:
        """Return what a security is known by, whatever a line calls it."""
        return ident_of(name, self.known)

    def held(self, name: NamedSecurity, row: TransactionRow) -> Decimal:
        """Return what the action meets of a security."""
        ident, day = self.ident(name), row.trade_date
        own = [units for on, units, of_action in self.moves[ident] if on < day or (on == day and of_action)]
        instrument = self.known.get(name)
        booked = self.ledger.held_for_action(instrument.pk, day) if self.ledger and instrument else NOTHING
        return booked + sum(own, NOTHING)

    def _move(self, name: NamedSecurity, row: TransactionRow, units: Decimal) -> None:
        self.moves[self.ident(name)].append((row.trade_date, units, row.kind.value in RESHAPES))

    def _left_by(self, entry: Transaction) -> _Result:
        """Tell what an entry of the book came to."""
        legs = list(entry.legs.all())
        instrument = entry.into if entry.into is not None else entry.instrument
        total = legs[0].units if legs else NOTHING
        if not legs and self.ledger is not None and instrument is not None:
            total = self.ledger.held_for_action(instrument.pk, entry.trade_date)
        idents = frozenset(("pk", pk) for pk in (entry.instrument_id, entry.into_id) if pk)
        if entry.kind not in RESHAPES:
            return _Result(idents, _called(instrument), NOTHING)
        old = -entry.units if entry.units < 0 and legs else total - entry.units
        if entry.kind == TransactionKind.SPIN_OFF and self.ledger is not None and entry.instrument_id:
            old = self.ledger.held_for_action(entry.instrument_id, entry.trade_date)
        return _Result(idents, _called(instrument), total % ONE, old, total)

    def _action(self, row: ReadRow) -> None:
        told, facts = row.value.row, self.facts[id_of(row.value.row)]
        self.settled.touched |= {(row.value.account, self.ident(name)) for name in _names(told, facts)}
        entry = self._told_already(told, facts)
        if facts.is_left:
            self.settled.aside[row.key] = IgnoredRow(row.line, IgnoredReason.NOTE, f"{told.action} {told.description}")
        elif facts.wrong:
            self.settled.problems.append((row.key, doubts.unreadable_answer(row, facts.wrong)))
        elif told.terms is not None and told.terms.is_alone:
            self.settled.problems.append((row.key, doubts.alone(row)))
        elif entry is not None:
            self.booked.remove(entry)
            self._confirm(row, entry)
        else:
            found = self._settle(row, facts)
            if isinstance(found, RowProblem):
                self.settled.problems.append((row.key, found))
            elif found is None:
                self.settled.aside[row.key] = IgnoredRow(
                    row.line, IgnoredReason.NOTE, f"{told.action} {told.description}"
                )
            else:
                self.settled.actions[row.key] = found

    # --- what the book has under another name ------------------------------------------------------------------------
    def _told_already(self, row: TransactionRow, facts: Facts) -> Transaction | None:
        idents = {self.ident(name) for name in _names(row, facts)}
        for entry in self.booked:
            ours = {("pk", pk) for pk in (entry.instrument_id, entry.into_id) if pk}
            near = ours <= idents and abs(entry.trade_date - row.trade_date) <= NEAR
            same = entry.kind == row.kind.value or {entry.kind, row.kind.value} == _MORE_OF_THE_SAME
            if near and same and (entry.kind != TransactionKind.CASH_IN_LIEU or entry.cash == row.amount):
                return entry
        return None

    def _confirm(self, row: ReadRow, entry: Transaction) -> None:
        told, legs = row.value.row, list(entry.legs.all())
        ours, theirs = (legs[0].units, told.terms.new) if legs else (entry.units, told.quantity)
        if not legs and told.terms is not None and told.terms.new is not None:
            theirs = (told.quantity or NOTHING) + told.terms.new
        if entry.kind == TransactionKind.CASH_IN_LIEU or abs(ours - (theirs or NOTHING)) < ONE:
            self.settled.told[row.key] = Known(entry, is_changed=False)
        else:
            self.settled.problems.append((row.key, doubts.differs_from_book(row, ours, theirs or NOTHING)))

    def _settle(self, row: ReadRow, facts: Facts) -> SettledAction | RowProblem | None:
        """Return what will be booked, what keeps it out, or None where the book is as the lines leave it."""
        match row.value.row.kind.value:
            case TransactionKind.MERGER:
                return self._merger(row, facts)
            case TransactionKind.SYMBOL_CHANGE:
                return self._renamed(row, facts)
            case TransactionKind.SPIN_OFF:
                return self._spun_off(row, facts)
            case TransactionKind.CASH_IN_LIEU:
                return self._fraction(row, facts)
        return self._split(row, facts)

    # --- the kinds ---------------------------------------------------------------------------------------------------
    def _split(self, row: ReadRow, facts: Facts) -> SettledAction | RowProblem | None:
        told, name = row.value.row, row.value.name
        into = told.terms.into if told.terms else None
        if into is not None:
            return self._of_pair(row, facts, into)
        held, units = self.held(name, told), told.quantity or NOTHING
        if held <= 0:
            return doubts.nothing_held(row)
        if not units and facts.ratio is not None:
            units = (held * facts.ratio[0] / facts.ratio[1]).quantize(UNIT, ROUND_DOWN) - held
        if held + units <= 0 or not units:
            return doubts.alone(row)
        if told.kind.value == TransactionKind.STOCK_DIVIDEND:
            self._move(name, told, units)
            return SettledAction(told.kind.value, name, units=units)
        after = self._after(row, facts, held, held + units)
        if isinstance(after, RowProblem) and after.code == "ratio_missing":
            return after
        # words that do not fit are no ratio of this split
        return self._splits(row, name, held, held + units if isinstance(after, RowProblem) else after, held + units)

    def _of_pair(self, row: ReadRow, facts: Facts, key: SecurityKey) -> SettledAction | RowProblem | None:
        """Shares out of one name and into another: a new CUSIP of what is held, or of what was held under the old."""
        told, into = row.value.row, named(key)
        gone, came = -(told.quantity or NOTHING), (told.terms.new if told.terms else None) or NOTHING
        names = sorted((into, row.value.name), key=lambda name: abs(self.held(name, told) - gone))
        source = next((name for name in names if self.held(name, told) > 0), None)
        if source is None:
            return doubts.nothing_held(row)
        if abs(self.held(source, told) - gone) > _PRINTED:
            return doubts.not_all_held(row, gone, self.held(source, told))
        after = self._after(row, facts, gone, came)
        if isinstance(after, RowProblem):
            return after
        if self.ident(source) == self.ident(into):
            return self._splits(row, source, gone, after, came) if after != gone else None
        return self._exchange(row, into, after, gone)

    def _splits(self, row: ReadRow, name: NamedSecurity, held: Decimal, after: Decimal, came: Decimal) -> SettledAction:
        self._move(name, row.value.row, after - held)
        self._leave(row, name, after - came)
        return SettledAction(TransactionKind.SPLIT, name, units=after - held)

    def _exchange(self, row: ReadRow, into: NamedSecurity, after: Decimal, gone: Decimal) -> SettledAction:
        """All of one security for another: the same number of shares is a change of name."""
        told, name = row.value.row, row.value.name
        self._move(name, told, -gone)
        self._move(into, told, after)
        self._leave(row, into, after - told.terms.new)
        is_name = told.kind.value == TransactionKind.SYMBOL_CHANGE and after == gone
        kind = TransactionKind.SYMBOL_CHANGE if is_name else TransactionKind.MERGER
        return SettledAction(kind, name, into, NOTHING if is_name else after)

    def _merger(self, row: ReadRow, facts: Facts) -> SettledAction | RowProblem | None:
        told, into = row.value.row, row.value.row.terms.into
        held, gone = self.held(row.value.name, told), -(told.quantity or NOTHING)
        if held <= 0:
            return doubts.nothing_held(row)
        if abs(held - gone) > _PRINTED:
            return doubts.not_all_held(row, gone, held)
        if facts.pays_cash and not told.amount:
            return doubts.boot_missing(row)
        if told.amount and facts.fair_new is None:
            return doubts.value_missing(row)
        after = self._after(row, facts, gone, told.terms.new)
        if isinstance(after, RowProblem):
            return after
        self.settled.problems.append((row.key, doubts.reorganisation(row)))
        found = self._exchange(row, named(into), after, gone)
        return replace(found, cash=told.amount, fair_new=facts.fair_new) if told.amount else found

    def _renamed(self, row: ReadRow, facts: Facts) -> SettledAction | RowProblem | None:
        told, into = row.value.row, named(row.value.row.terms.into)
        same = self.ident(into) == self.ident(row.value.name)
        if same or (self.held(row.value.name, told) <= 0 < self.held(into, told)):
            return None  # the book has it under the new name already
        return self._of_pair(row, facts, row.value.row.terms.into)

    def _spun_off(self, row: ReadRow, facts: Facts) -> SettledAction | RowProblem | None:
        told = row.value.row
        if facts.parent is None:
            return doubts.parent_missing(row)
        parent, into = named(facts.parent), row.value.name
        held = self.held(parent, told)
        if held <= 0:
            return doubts.nothing_held(row)
        if facts.share is None and not (facts.fair_old and facts.fair_new):
            return doubts.basis_missing(row)
        after = self._after(row, facts, held, told.terms.new)
        if isinstance(after, RowProblem):
            return after
        self._move(into, told, after)
        self._leave(row, into, after - told.terms.new)
        old, new = facts.fair_old, facts.fair_new
        if facts.share is not None:
            # per share of the parent, so that new · ratio / (old + new · ratio) is the answered part
            old, new = _WHOLE * (ONE - facts.share), (_WHOLE * facts.share * held / after).quantize(Decimal("0.000001"))
        return SettledAction(TransactionKind.SPIN_OFF, parent, into, after, fair_old=old, fair_new=new)

    def _fraction(self, row: ReadRow, facts: Facts) -> SettledAction | RowProblem | None:
        told, ident = row.value.row, self.ident(row.value.name)
        result = next((each for each in reversed(self.results) if ident in each.idents), None)
        name = result.name if result else row.value.name
        fraction = fraction_told(told) or (result.fraction if result else NOTHING)
        left = NOTHING
        if not fraction and result is not None and result.old and facts.ratio is not None:
            fraction = left = result.old * facts.ratio[0] / facts.ratio[1] - result.total
            if not 0 < fraction < 1 or self.held(name, told) != result.total:
                return doubts.ratio_differs(row, facts.ratio, result.total)
        fraction, left = (each.quantize(UNIT, ROUND_DOWN) for each in (fraction, left))
        if not fraction:
            return doubts.fraction_unknown(row)
        self.moves[self.ident(name)].append((told.trade_date, left - fraction, False))
        self._leave(row, name, NOTHING)
        cash = told.amount or NOTHING
        return SettledAction(TransactionKind.CASH_IN_LIEU, name, units=-fraction, cash=cash, left=left)

    def _leave(self, row: ReadRow, name: NamedSecurity, fraction: Decimal) -> None:
        idents = frozenset({self.ident(row.value.name), self.ident(name)})
        self.results.append(_Result(idents, name, fraction))

    def _after(self, row: ReadRow, facts: Facts, old: Decimal, told: Decimal) -> Decimal | RowProblem:
        """Return the shares that came of `old` ones, with the fraction that is paid in cash: by ratio where known."""
        if facts.ratio is not None:
            new, per = facts.ratio
            exact = [old * new / per]
            if row.value.row.kind.value == TransactionKind.SPLIT:
                exact.append(old * per / new)  # "25 FOR 1 REVERSE"
            fits = [each for each in exact if -_PRINTED <= each - told < ONE]
            if not fits:
                return doubts.ratio_differs(row, facts.ratio, told)
            return told if abs(fits[0] - told) <= _PRINTED else fits[0].quantize(UNIT, ROUND_DOWN)
        paid = open_fractions(self.rows, row.value.row)
        fractions = [fraction_told(each) for each in paid]
        if any(each is None for each in fractions):
            return doubts.ratio_missing(row)
        return told + sum((each for each in fractions if each is not None), NOTHING)


def _called(instrument: Instrument | None) -> NamedSecurity:
    if instrument is None:
        return NamedSecurity()
    bare = not (instrument.symbol or instrument.cusip or instrument.isin)
    return NamedSecurity(instrument.symbol, instrument.cusip, instrument.isin, instrument.name if bare else "")
