"""The lots of a household while wash sales are searched: what of each is free, and where to look for it.

Shares are fractions in today's units of their own security. Days only move forward, so a lot that has nothing free on
one day is never looked at again.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from heapq import merge

from apps.kernel.errors import gettext_noop
from apps.portfolios.engine.equivalence import EquivalenceTable, SplitTable
from apps.portfolios.engine.errors import AmbiguousLotError
from apps.portfolios.engine.lots import EXACT, ratio_of, to_ledger
from apps.portfolios.engine.wash_ledger import ACQUIRES, Disposal, HouseholdAccount, HouseholdLedger, TaxLot, WashRules

NOTHING = Decimal(0)
# a millionth of a share: quantities come rounded, and a split may not terminate
DUST = Fraction(1, 10**6)


def share_of(amount: Decimal | None, part: Fraction, whole: Fraction) -> Decimal | None:
    """Return what goes with a part of the shares, to ledger digits; nothing is computed for the whole of them."""
    return amount if amount is None or part == whole else ratio_of(amount, part, whole)


@dataclass(frozen=True, slots=True)
class Piece:
    """Shares of one basis and holding period."""

    shares: Fraction
    cost: Decimal | None
    held_since: date
    added: Decimal = NOTHING
    replaces: str = ""
    proceeds: Decimal | None = None
    disallowed: Decimal = NOTHING

    @property
    def basis(self) -> Decimal | None:
        """The cost with the losses that were carried to it."""
        return None if self.cost is None else EXACT.add(self.cost, self.added)


@dataclass(slots=True)
class Part:
    """The shares of a lot that leave together, or stay: those that replaced others first, then those that are free."""

    disposal: Disposal | None
    free: Piece | None
    taken: list[Piece]

    @property
    def free_shares(self) -> Fraction:
        """What may still replace."""
        return self.free.shares if self.free else Fraction(0)

    def pieces(self) -> list[Piece]:
        """All of it, in the order in which shares were taken."""
        return [*self.taken, self.free] if self.free else list(self.taken)

    def take(self, shares: Fraction, added: Decimal, held_since: date, replaces: str) -> None:
        """Let free shares replace others: they carry the loss and the holding period."""
        if self.free is None:
            return
        whole = self.free
        if shares == whole.shares:
            cost, self.free = whole.cost, None
        else:
            cost = share_of(whole.cost, shares, whole.shares)
            rest = None if whole.cost is None or cost is None else EXACT.subtract(whole.cost, cost)
            self.free = replace(whole, shares=whole.shares - shares, cost=rest)
        self.taken.append(Piece(shares, cost, held_since, added, replaces))


@dataclass(slots=True)
class OpenLot:
    """A lot with its parts in the order in which they leave."""

    tax_lot: TaxLot
    circle: str
    is_untaxed: bool
    factor: Fraction
    parts: list[Part]
    first: int = 0

    @property
    def held_since(self) -> date:
        """Where the holding period begins before anything is tacked."""
        return self.tax_lot.held_since or self.tax_lot.acquired_on

    @property
    def order(self) -> tuple[date, bool, str]:
        """Earliest acquisition first; of one day taxed accounts before the others, then by id."""
        return self.tax_lot.acquired_on, self.is_untaxed, self.tax_lot.lot_id

    def bought(self, shares: Fraction) -> Decimal:
        """Return shares of today as shares of the day of acquisition."""
        return to_ledger(shares if self.factor == 1 else shares / self.factor)

    def is_spent(self, day: date) -> bool:
        """Say whether nothing is left that may replace after the day."""
        while self.first < len(self.parts) and not _is_available(self.parts[self.first], day):
            self.first += 1
        return self.first == len(self.parts)

    def available(self, day: date) -> Iterator[Part]:
        """Yield parts that are still held after the day and have free shares."""
        return (part for part in self.parts[self.first :] if _is_available(part, day))


def _is_available(part: Part, day: date) -> bool:
    return part.free is not None and (part.disposal is None or part.disposal.day > day)


class _Shelf:
    """Lots by acquisition, with pointers that jump over those that are spent."""

    def __init__(self, lots: list[OpenLot]) -> None:
        self.lots = sorted(lots, key=lambda lot: lot.order)
        self.days = [lot.tax_lot.acquired_on for lot in self.lots]
        self.jumps = list(range(len(lots) + 1))

    def search(self, first: date, last: date, day: date) -> Iterator[OpenLot]:
        """Yield lots acquired from first to last that have something free after the day."""
        place = self._from(bisect_left(self.days, first))
        while place < len(self.lots) and self.days[place] <= last:
            if self.lots[place].is_spent(day):
                self.jumps[place] = place + 1
            else:
                yield self.lots[place]
            place = self._from(place + 1)

    def _from(self, place: int) -> int:
        found = place
        while self.jumps[found] != found:
            found = self.jumps[found]
        while self.jumps[place] != found:
            self.jumps[place], place = found, self.jumps[place]
        return found


class Shelves:
    """Every lot, and those that were acquired by security and by group of each circle of taxpayers."""

    def __init__(self, ledger: HouseholdLedger, rules: WashRules, table: EquivalenceTable, splits: SplitTable) -> None:
        accounts = {account.account_id: account for account in ledger.accounts}
        left: dict[str, list[Disposal]] = defaultdict(list)
        for disposal in sorted(ledger.disposals, key=lambda each: (each.day, each.disposal_id)):
            left[disposal.lot_id].append(disposal)
        self.lots: dict[str, OpenLot] = {}
        shelved: dict[tuple[str, str, str], list[OpenLot]] = defaultdict(list)
        for lot in sorted(ledger.lots, key=lambda each: (each.acquired_on, each.lot_id)):
            account = accounts[lot.account_id]
            opened = OpenLot(
                tax_lot=lot,
                circle=_circle(account, rules),
                is_untaxed=account.treatment in rules.forfeits,
                factor=splits.factor(lot.security_id, lot.acquired_on),
                parts=_parts(lot, left.pop(lot.lot_id, []), splits),
            )
            self.lots[lot.lot_id] = opened
            if lot.kind not in ACQUIRES:
                continue
            shelved[opened.circle, "security", lot.security_id].append(opened)
            row = table.membership(lot.security_id, lot.acquired_on)
            if row is not None:
                shelved[opened.circle, "group", row.group_id].append(opened)
        for disposals in left.values():
            raise _not_held(disposals[0])
        self._shelves = {key: _Shelf(lots) for key, lots in shelved.items()}

    def search(
        self, circle: str, keys: Sequence[tuple[str, str]], span: tuple[date, date], day: date
    ) -> Iterator[OpenLot]:
        """Yield lots of any of the keys, each once, earliest first."""
        shelves = [self._shelves[circle, *key] for key in keys if (circle, *key) in self._shelves]
        before = None
        for lot in merge(*(shelf.search(*span, day) for shelf in shelves), key=lambda lot: lot.order):
            if lot is not before:
                yield lot
            before = lot


def _circle(account: HouseholdAccount, rules: WashRules) -> str:
    """Return who is one taxpayer: the household's circle, or an owner apart."""
    return "" if account.relation in rules.circle else f"owner {account.owner_id}"


def _parts(lot: TaxLot, disposals: list[Disposal], splits: SplitTable) -> list[Part]:
    """Cut a lot by what leaves it, in the order of leaving; cost goes with the shares, as in the book of an account."""
    shares = Fraction(lot.quantity) * splits.factor(lot.security_id, lot.acquired_on)
    cost, since = lot.cost, lot.held_since or lot.acquired_on
    parts: list[Part] = []
    for disposal in disposals:
        wanted = Fraction(disposal.quantity) * splits.factor(lot.security_id, disposal.day)
        if disposal.quantity <= 0 or disposal.day < lot.acquired_on or shares <= 0 or wanted > shares + DUST:
            raise _not_held(disposal)
        leaves = shares if abs(shares - wanted) <= DUST else wanted
        part_cost = share_of(cost, leaves, shares)
        cost = None if cost is None or part_cost is None else EXACT.subtract(cost, part_cost)
        parts.append(Part(disposal, Piece(leaves, part_cost, since), []))
        shares -= leaves
    if shares > 0:
        parts.append(Part(None, Piece(shares, cost, since), []))
    return parts


def _not_held(disposal: Disposal) -> AmbiguousLotError:
    return AmbiguousLotError(
        gettext_noop("Lot %(lot)s does not hold %(quantity)s shares."),
        mend=gettext_noop("Choose among the open lots."),
        lot=disposal.lot_id,
        quantity=disposal.quantity,
    )
