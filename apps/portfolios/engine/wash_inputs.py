"""From the books of a household's accounts to what the search for wash sales takes.

Each part of a lot that left, and what is left of it, becomes a tax lot with the cost that the book gave it on its day:
returns of capital, spin-offs and average cost are in it. All quantities are in the units of the last day.
Conventions: docs/engine/wash_sales.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from apps.portfolios.engine.equivalence import Membership
from apps.portfolios.engine.ledger import GoneLot, RealisedGain
from apps.portfolios.engine.lots import Lot, to_ledger
from apps.portfolios.engine.positions import Book
from apps.portfolios.engine.transactions import SplitRatio
from apps.portfolios.engine.wash_ledger import AcquisitionKind, Disposal, HouseholdAccount, HouseholdLedger, TaxLot

ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Opening:
    """How a lot came in, and as what."""

    security_id: str
    kind: AcquisitionKind


@dataclass(frozen=True, slots=True)
class AccountLots:
    """An account with its book, how its lots were opened (by lot), and which transactions are sales."""

    account: HouseholdAccount
    book: Book
    openings: Mapping[str, Opening]
    sales: frozenset[str]


@dataclass(frozen=True, slots=True)
class UnitChange:
    """`new` units of a security for `old` ones from a day on; `into` where it became another security.

    One that became another by name alone (ratio 1 for 1, `is_rename`) is the same security ever since.
    """

    security_id: str
    day: date
    ratio: SplitRatio
    into: str = ""
    is_rename: bool = False


@dataclass(frozen=True, slots=True)
class Origin:
    """What a tax lot stands for: a lot of the book, and its sale if it was sold."""

    account_id: str
    lot: Lot
    gain: RealisedGain | None = None


@dataclass(frozen=True, slots=True)
class WashInputs:
    """The ledger of the household, and what each of its tax lots stands for.

    `unjudged` are currencies whose lots are left out.
    """

    ledger: HouseholdLedger
    origins: Mapping[str, Origin]
    unjudged: tuple[str, ...]


def wash_inputs(
    accounts: Sequence[AccountLots],
    changes: Iterable[UnitChange],
    memberships: Iterable[Membership],
    currency: str,
) -> WashInputs:
    """Return what `find_wash_sales` takes."""
    made = _Making(_Units(changes), currency)
    for each in accounts:
        made.add(each)
    ledger = HouseholdLedger(
        accounts=tuple(each.account for each in accounts),
        lots=tuple(made.lots),
        disposals=tuple(made.disposals),
        memberships=tuple(made.units.renamed(memberships)),
        currency=currency,
    )
    return WashInputs(ledger, made.origins, tuple(sorted(made.unjudged)))


class _Units:
    """Names and units of securities on the last day. A change that several accounts tell counts once."""

    def __init__(self, changes: Iterable[UnitChange]) -> None:
        listed = sorted(set(changes), key=lambda change: (change.day, change.security_id))
        self.renames = {change.security_id: change.into for change in listed if change.is_rename}
        self.mergers = {change.security_id: change for change in listed if change.into and not change.is_rename}
        self.by_security: dict[str, list[UnitChange]] = defaultdict(list)
        seen: set[tuple[str, date]] = set()
        for change in listed:
            key = self.name(change.security_id), change.day
            if not change.into and key not in seen:
                seen.add(key)
                self.by_security[key[0]].append(change)

    def name(self, security_id: str) -> str:
        """Return what a security is called in the end."""
        seen: set[str] = set()
        while security_id in self.renames and security_id not in seen:
            seen.add(security_id)
            security_id = self.renames[security_id]
        return security_id

    def factor(self, security_id: str, day: date) -> Fraction:
        """Return how many units of the last day one of a past day has become."""
        product = ONE
        for change in self.by_security.get(self.name(security_id), ()):
            if change.day > day:
                product *= Fraction(change.ratio.new) / Fraction(change.ratio.old)
        return product

    def of_old(self, opening: Opening | None, held: str) -> Fraction | None:
        """Return how many units of what was bought stand for one that is held now; None without a single merger."""
        merger = self.mergers.get(opening.security_id) if opening is not None else None
        if merger is None or self.name(merger.into) != self.name(held):
            return None
        return Fraction(merger.ratio.old) / Fraction(merger.ratio.new) / self.factor(merger.into, merger.day)

    def renamed(self, memberships: Iterable[Membership]) -> Iterator[Membership]:
        """Give the table the names of the last day; where two became one, the first stands."""
        ends: dict[str, date] = {}
        for row in sorted(memberships, key=lambda row: (row.valid_from, row.security_id)):
            name = self.name(row.security_id)
            if name in ends and row.valid_from <= ends[name]:
                continue
            ends[name] = row.valid_to or date.max
            yield replace(row, security_id=name)


@dataclass(slots=True)
class _Making:
    units: _Units
    currency: str
    lots: list[TaxLot] = field(default_factory=list)
    disposals: list[Disposal] = field(default_factory=list)
    origins: dict[str, Origin] = field(default_factory=dict)
    unjudged: set[str] = field(default_factory=set)
    counts: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, each: AccountLots) -> None:
        """Cut the lots of an account into what left, in the order in which it left, and what is open."""
        left: list[RealisedGain | GoneLot] = [gain for gain in each.book.realised if gain.transaction_id in each.sales]
        left += each.book.gone
        for part in sorted(left, key=lambda part: part.realised_on if isinstance(part, RealisedGain) else part.day):
            self._leaves(each, part)
        for position in each.book.positions:
            for lot in position.lots:
                self._stays(each, lot)

    def _leaves(self, each: AccountLots, part: RealisedGain | GoneLot) -> None:
        if isinstance(part, GoneLot):
            lot, day, gain, proceeds = part.lot, part.day, None, None
        else:
            lot = Lot(part.lot_id, part.security_id, part.acquired_on, part.quantity, part.cost, part.currency)
            day, gain, proceeds = part.realised_on, part, part.proceeds
        quantity = Fraction(lot.quantity) * self.units.factor(lot.security_id, day)
        tax_lot = self._tax_lot(each, lot, quantity, gain)
        if tax_lot is not None:
            name = f"{part.transaction_id}|{tax_lot.lot_id}"
            self.disposals.append(Disposal(name, tax_lot.lot_id, day, tax_lot.quantity, proceeds))

    def _stays(self, each: AccountLots, lot: Lot) -> None:
        # what was bought before a merger may replace what was sold before it: it counts as what it was bought as
        of_old = self.units.of_old(each.openings.get(lot.lot_id), lot.security_id)
        if of_old is None:
            self._tax_lot(each, lot, Fraction(lot.quantity), None)
            return
        as_bought = each.openings[lot.lot_id].security_id
        self._tax_lot(each, lot, Fraction(lot.quantity) * of_old, None, as_bought)

    def _tax_lot(
        self, each: AccountLots, lot: Lot, quantity: Fraction, gain: RealisedGain | None, as_bought: str = ""
    ) -> TaxLot | None:
        if lot.currency != self.currency:
            self.unjudged.add(lot.currency)
            return None
        account_id = each.account.account_id
        place = self.counts[account_id, lot.lot_id] = self.counts.get((account_id, lot.lot_id), 0) + 1
        opening = each.openings.get(lot.lot_id)
        security = self.units.name(as_bought or lot.security_id)
        is_same = opening is not None and self.units.name(opening.security_id) == security
        tax_lot = TaxLot(
            lot_id=f"{lot.lot_id}#{place:05d}",
            account_id=account_id,
            security_id=security,
            acquired_on=lot.acquired_on,
            quantity=to_ledger(quantity),
            cost=lot.cost,
            # what came by a merger or spin-off was not acquired in the sense of the law (Reg. 1.1091-1(f))
            kind=opening.kind if opening is not None and is_same else AcquisitionKind.EXCHANGE,
            purchase_id=lot.lot_id,
        )
        if not tax_lot.quantity:
            return None
        self.lots.append(tax_lot)
        self.origins[tax_lot.lot_id] = Origin(account_id, lot, gain)
        return tax_lot


def part_of(quantity: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    """Return the share of a quantity that a part of its tax lot has, to ledger digits."""
    return to_ledger(Fraction(quantity) * Fraction(part) / Fraction(whole))
