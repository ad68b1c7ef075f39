"""The lines of one corporate action made one row: shares out, shares in, cash besides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from apps.core.tabular.problems import IgnoredReason, IgnoredRow
from apps.portfolios.readers.action_texts import parent_in, ratio_in, reorganisation_in
from apps.portfolios.readers.actions import is_cash_merger
from apps.portfolios.readers.rows import ActionTerms, SecurityKey, TransactionKind

NOTHING = Decimal(0)
# kinds whose lines a fold may join; a split of one line stays as it is
EXCHANGES = frozenset({TransactionKind.MERGER, TransactionKind.SYMBOL_CHANGE, TransactionKind.SPLIT})
_FOLDED = EXCHANGES | {TransactionKind.SPIN_OFF, TransactionKind.CASH_IN_LIEU}


@dataclass(frozen=True, slots=True)
class _Part:
    place: int
    line: int
    account: str
    day: date
    kind: TransactionKind
    security: SecurityKey | None
    quantity: Decimal
    amount: Decimal
    text: str
    ratio: tuple[Decimal, Decimal] | None

    @property
    def name(self) -> str:
        """What the line calls its security."""
        key = self.security
        return (key.symbol or key.cusip or key.isin or key.description) if key else ""


@dataclass(frozen=True, slots=True)
class _Row:
    """What a line becomes: the first of its action, with all that the others say."""

    part: _Part
    kind: TransactionKind
    quantity: Decimal | None
    amount: Decimal | None
    terms: ActionTerms | None


def folded(columns: Mapping[str, list[Any]]) -> tuple[dict[str, list[Any]], list[IgnoredRow]]:
    """Make the lines of each corporate action one row, at the place of its first line.

    Lines of one account, day and kind belong together, or those with one number of a reorganisation. Where they are
    not one security out and one in, each stands alone and says so. Lines that became part of another are ignored ones.
    """
    parts = list(_parts(columns))
    if not parts:
        return dict(columns), []
    groups: dict[tuple[object, ...], list[_Part]] = defaultdict(list)
    for part in parts:
        number = reorganisation_in(part.text)
        groups[part.account, part.kind, number or part.day].append(part)
    rows = {row.part.place: row for group in groups.values() for row in _rows(group)}
    aside = {part.place: part for part in parts if part.place not in rows}
    nothing = [None] * len(columns["row"])
    # in the order of the row's fields
    beside = {name: columns.get(name, nothing) for name in ("cost", "terms")}
    settled = {name: list(column) for name, column in ({**columns} | beside).items()}
    for place, row in rows.items():
        for name in ("kind", "quantity", "amount", "terms"):
            settled[name][place] = getattr(row, name)
    left = {name: [v for n, v in enumerate(column) if n not in aside] for name, column in settled.items()}
    told = [
        IgnoredRow(part.line, IgnoredReason.PART if part.quantity or part.amount else IgnoredReason.NOTE, part.text)
        for part in aside.values()
    ]
    return left, told


def _parts(columns: Mapping[str, list[Any]]) -> Iterable[_Part]:
    told: list[ActionTerms | None] = columns.get("terms", [])
    for place, kind in enumerate(columns["kind"]):
        action = columns["action"][place]
        if kind is TransactionKind.SELL and is_cash_merger(action):
            kind = TransactionKind.MERGER  # noqa: PLW2901 - cash besides the shares of another line, or alone
        if kind in _FOLDED:
            text = f"{action} {columns['description'][place]}"[:300]
            terms = told[place] if told else None
            yield _Part(
                place=place,
                line=columns["row"][place],
                account=columns["account"][place].number,
                day=columns["trade_date"][place],
                kind=kind,
                security=columns["security"][place],
                quantity=columns["quantity"][place] or NOTHING,
                amount=columns["amount"][place] or NOTHING,
                text=text,
                ratio=terms.ratio if terms else ratio_in(text),
            )


def _rows(group: Sequence[_Part]) -> list[_Row]:
    if group[0].kind in EXCHANGES:
        return _exchanged(group)
    if group[0].kind is TransactionKind.SPIN_OFF:
        return _spun_off(group)
    return [_single(part) for part in group]


def _exchanged(group: Sequence[_Part]) -> list[_Row]:
    leaving, coming = [p for p in group if p.quantity < 0], [p for p in group if p.quantity > 0]
    kind, cash = group[0].kind, sum((part.amount for part in group), NOTHING)
    names = [{part.name for part in side} for side in (leaving, coming)]
    if kind is TransactionKind.SPLIT and not (leaving and coming):
        return [_single(part) for part in group]
    is_paid = kind is TransactionKind.MERGER and cash > 0
    is_pair = all(len(side) == 1 for side in names) and (cash == 0 or is_paid)
    is_sale = is_paid and len(names[0]) == 1 and not coming
    if not is_pair and not is_sale:
        return [_single(part, is_alone=True) for part in group]
    first, lines = leaving[0], tuple(part.line for part in group if part is not leaving[0])
    gone = sum((part.quantity for part in leaving), NOTHING)
    if is_sale:
        return [_Row(first, TransactionKind.SELL, gone, cash, None)]
    terms = ActionTerms(
        into=coming[0].security,
        new=sum((part.quantity for part in coming), NOTHING),
        ratio=_ratio(group),
        lines=lines,
    )
    return [_Row(first, kind, gone, cash or None, terms)]


def _spun_off(group: Sequence[_Part]) -> list[_Row]:
    by_name: dict[str, list[_Part]] = defaultdict(list)
    for part in group:
        if part.quantity or part.amount:
            by_name[part.name].append(part)
    rows = []
    for parts in by_name.values():
        new, parent = sum((part.quantity for part in parts), NOTHING), _parent(parts)
        if new <= 0 or any(part.amount for part in parts):
            rows += [_single(part, is_alone=True) for part in parts]
            continue
        terms = ActionTerms(parts[0].security, new, parent, _ratio(parts), tuple(part.line for part in parts[1:]))
        rows.append(_Row(parts[0], TransactionKind.SPIN_OFF, new, None, terms))
    return rows


def _single(part: _Part, *, is_alone: bool = False) -> _Row:
    terms = ActionTerms(parent=parent_in(part.text), ratio=part.ratio, is_alone=is_alone)
    return _Row(part, part.kind, part.quantity or None, part.amount or None, terms)


def _ratio(parts: Sequence[_Part]) -> tuple[Decimal, Decimal] | None:
    return next((part.ratio for part in parts if part.ratio), None)


def _parent(parts: Sequence[_Part]) -> SecurityKey | None:
    return next((parent for part in parts if (parent := parent_in(part.text))), None)
