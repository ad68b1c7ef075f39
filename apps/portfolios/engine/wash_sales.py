"""Wash sales across a household: IRC 1091, Reg. 1.1091-1 and -2. Method and conventions: docs/engine/wash_sales.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from apps.kernel.money import minor_units
from apps.portfolios.engine._wash_shelves import OpenLot, Part, Piece, Shelves, share_of
from apps.portfolios.engine.equivalence import EquivalenceTable, Role, SplitTable
from apps.portfolios.engine.lots import EXACT, exact_sum, ratio_of, term_of, to_ledger
from apps.portfolios.engine.wash_ledger import (
    LOST,
    MOVED,
    SECTION_1091,
    Disposal,
    HouseholdLedger,
    LotPiece,
    Reason,
    SaleResult,
    WashMatch,
    WashReport,
    WashRules,
)

NOTHING = Decimal(0)
NO_SHARES = Fraction(0)


def find_wash_sales(ledger: HouseholdLedger, rules: WashRules = SECTION_1091) -> WashReport:
    """Find which losses are disallowed, and carry them to the lots that replaced the shares.

    Losses are judged in the order of sale, those of one day in the order in which the shares were acquired
    (Reg. 1.1091-1(b)), with the basis that earlier wash sales left. Each share sold at a loss is matched with a share
    acquired within the window, earliest first (-1(c), (d)); a share replaces once (-1(e)). What is left of the same
    purchase replaces nothing, nor does a share that has left by the end of the day of sale.

    The order of the input does not matter. Raises AmbiguousLotError when more of a lot leaves than it holds or before
    it was acquired, InvalidInputError for a table of equivalence that contradicts itself.
    """
    return _Search(ledger, rules).report()


def posted_parts(total: Decimal, weights: Sequence[Fraction], step: Decimal) -> list[Decimal]:
    """Split an amount into whole steps by largest remainder; the last part takes what is less than a step."""
    units = int(Fraction(total) / Fraction(step))
    whole = sum(weights, NO_SHARES)
    exact = [weight * units / whole for weight in weights]
    counts = [int(share) for share in exact]
    order = sorted(range(len(weights)), key=lambda place: (counts[place] - exact[place], place))
    for place in order[: units - sum(counts)]:
        counts[place] += 1
    parts = [EXACT.multiply(step, Decimal(count)) for count in counts]
    rest = EXACT.subtract(total, exact_sum(parts))
    return [*parts[:-1], EXACT.add(parts[-1], rest)]


@dataclass(slots=True)
class _Taken:
    """Shares that replace others, before the loss is shared out; both counts in today's units of their own security."""

    lot: OpenLot
    part: Part
    sold: Fraction
    shares: Fraction


class _Search:
    def __init__(self, ledger: HouseholdLedger, rules: WashRules) -> None:
        self.rules = rules
        self.table = EquivalenceTable(ledger.memberships)
        self.splits = SplitTable(ledger.splits)
        self.step = Decimal(1).scaleb(-minor_units(ledger.currency))
        self.window = timedelta(days=rules.days)
        self.shelves = Shelves(ledger, rules, self.table, self.splits)

    def report(self) -> WashReport:
        """Judge every disposal in the order of the law."""
        queue = [
            (lot, part, part.disposal)
            for lot in self.shelves.lots.values()
            for part in lot.parts
            if part.disposal is not None
        ]
        queue.sort(key=lambda each: (each[2].day, each[0].tax_lot.acquired_on, each[2].lot_id, each[2].disposal_id))
        results = (self._dispose(lot, part, disposal) for lot, part, disposal in queue)
        sales = tuple(sale for sale in results if sale is not None)
        pieces = tuple(
            self._piece(lot, part, piece)
            for lot in self.shelves.lots.values()
            for part in lot.parts
            for piece in part.pieces()
        )
        return WashReport(sales, pieces)

    def _dispose(self, lot: OpenLot, part: Part, disposal: Disposal) -> SaleResult | None:
        if disposal.proceeds is None:
            return None
        whole_part = part.pieces()
        left_proceeds, left_shares = disposal.proceeds, sum((piece.shares for piece in whole_part), NO_SHARES)
        sold: list[Piece] = []
        matches: list[WashMatch] = []
        for piece in whole_part:
            proceeds = share_of(left_proceeds, piece.shares, left_shares) or NOTHING
            left_proceeds, left_shares = EXACT.subtract(left_proceeds, proceeds), left_shares - piece.shares
            whole = replace(piece, proceeds=proceeds)
            loss = None if whole.basis is None else EXACT.subtract(whole.basis, proceeds)
            if loss is None or loss <= 0 or lot.is_untaxed:
                sold.append(whole)
                continue
            found = self._wash(lot, whole, disposal, loss)
            sold += found[0]
            matches += found[1]
        part.taken, part.free = sold, None
        return None if lot.is_untaxed else _result(lot, disposal, sold, matches)

    def _wash(
        self, lot: OpenLot, piece: Piece, disposal: Disposal, loss: Decimal
    ) -> tuple[list[Piece], list[WashMatch]]:
        """Split a piece that is sold at a loss into what is replaced, share for share, and what is not."""
        taken = self._replacements(lot, piece.shares, disposal)
        weights = [each.sold for each in taken]
        rest = piece.shares - sum(weights, NO_SHARES)
        losses = posted_parts(loss, [*weights, rest] if rest else weights, self.step)
        pieces, matches = [], []
        for each, disallowed in zip(taken, losses, strict=False):
            first, piece = _cut(piece, each.sold, disallowed)
            pieces.append(replace(first, disallowed=disallowed))
            matches.append(self._match(lot, piece.held_since, disposal, each, disallowed))
        return [*pieces, piece] if rest else pieces, matches

    def _replacements(self, lot: OpenLot, shares: Fraction, disposal: Disposal) -> list[_Taken]:
        found: list[_Taken] = []
        for other, per_share in self._candidates(lot, disposal):
            for part in other.available(disposal.day):
                if not shares:
                    return found
                free = part.free_shares
                wanted = min(shares, free / per_share)
                # compared in the replacement's own shares, so that the last of them leaves no crumb
                count = free if wanted < shares else shares * per_share
                found.append(_Taken(other, part, wanted, count))
                shares -= wanted
            if not shares:
                break
        return found

    def _candidates(self, lot: OpenLot, disposal: Disposal) -> Iterator[tuple[OpenLot, Fraction]]:
        """Yield lots that may replace, earliest first, with how many of their units stand for one share sold."""
        security, day = lot.tax_lot.security_id, disposal.day
        keys = [("security", security)]
        row = self.table.membership(security, day)
        if row is not None and row.role is Role.SAME:
            keys.append(("group", row.group_id))
        for other in self.shelves.search(lot.circle, keys, (day - self.window, day + self.window), day):
            bought = other.tax_lot
            if bought.purchase == lot.tax_lot.purchase:
                continue
            if bought.security_id == security:
                yield other, Fraction(1)
                continue
            theirs = self.table.membership(bought.security_id, bought.acquired_on)
            if theirs is not None and row is not None:
                yield other, Fraction(row.shares) / Fraction(theirs.shares)

    def _match(
        self, lot: OpenLot, held_since: date, disposal: Disposal, taken: _Taken, disallowed: Decimal
    ) -> WashMatch:
        bought, untaxed = taken.lot.tax_lot, taken.lot.is_untaxed
        tacked = None if untaxed else bought.acquired_on - (disposal.day - held_since)
        added = NOTHING if untaxed else disallowed
        taken.part.take(taken.shares, added, tacked or taken.lot.held_since, disposal.disposal_id)
        quantity = to_ledger(taken.sold / self.splits.factor(lot.tax_lot.security_id, disposal.day))
        return WashMatch(
            disposal_id=disposal.disposal_id,
            sold_lot_id=lot.tax_lot.lot_id,
            replacement_lot_id=bought.lot_id,
            replacement_account_id=bought.account_id,
            quantity=quantity,
            replacement_quantity=taken.lot.bought(taken.shares),
            disallowed=disallowed,
            added_to_basis=added,
            lost=disallowed if untaxed else NOTHING,
            held_since=tacked,
            reason=Reason(
                LOST if untaxed else MOVED,
                {
                    "quantity": quantity,
                    "sold_lot": lot.tax_lot.lot_id,
                    "sold_on": disposal.day,
                    "bought_on": bought.acquired_on,
                    "new_lot": bought.lot_id,
                    "account": bought.account_id,
                    "days": self.rules.days,
                    "loss": disallowed,
                },
            ),
        )

    def _piece(self, lot: OpenLot, part: Part, piece: Piece) -> LotPiece:
        gone = part.disposal
        return LotPiece(
            lot_id=lot.tax_lot.lot_id,
            account_id=lot.tax_lot.account_id,
            security_id=lot.tax_lot.security_id,
            quantity=lot.bought(piece.shares),
            acquired_on=lot.tax_lot.acquired_on,
            held_since=piece.held_since,
            cost=piece.cost,
            added=piece.added,
            basis=piece.basis,
            replaces=piece.replaces,
            disposal_id=gone.disposal_id if gone else "",
            disposed_on=gone.day if gone else None,
            proceeds=piece.proceeds,
            disallowed=piece.disallowed,
            term=term_of(piece.held_since, gone.day) if gone and gone.proceeds is not None else None,
        )


def _cut(piece: Piece, shares: Fraction, loss: Decimal) -> tuple[Piece, Piece]:
    """Take shares with a given loss off a piece that is sold; cost and what was added go with the shares."""
    if shares == piece.shares:
        return piece, piece
    cost = share_of(piece.cost, shares, piece.shares)
    added = ratio_of(piece.added, shares, piece.shares) if piece.added else NOTHING
    basis = NOTHING if cost is None else EXACT.add(cost, added)
    proceeds = EXACT.subtract(basis, loss)
    first = replace(piece, shares=shares, cost=cost, added=added, proceeds=proceeds)
    return first, replace(
        piece,
        shares=piece.shares - shares,
        cost=None if piece.cost is None or cost is None else EXACT.subtract(piece.cost, cost),
        added=EXACT.subtract(piece.added, added),
        proceeds=EXACT.subtract(piece.proceeds or NOTHING, proceeds),
    )


def _result(lot: OpenLot, disposal: Disposal, sold: list[Piece], matches: list[WashMatch]) -> SaleResult:
    proceeds = disposal.proceeds or NOTHING
    bases = [piece.basis for piece in sold if piece.basis is not None]
    basis = exact_sum(bases) if len(bases) == len(sold) else None
    disallowed = None if basis is None else exact_sum(match.disallowed for match in matches)
    gain = None if basis is None else EXACT.subtract(proceeds, basis)
    return SaleResult(
        disposal_id=disposal.disposal_id,
        lot_id=disposal.lot_id,
        account_id=lot.tax_lot.account_id,
        security_id=lot.tax_lot.security_id,
        day=disposal.day,
        proceeds=proceeds,
        basis=basis,
        gain=gain,
        disallowed=disallowed,
        recognised=None if gain is None or disallowed is None else EXACT.add(gain, disallowed),
        matches=tuple(matches),
    )
