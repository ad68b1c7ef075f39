"""What several pieces of advice do together: each as its difference from the plan, and the plan with all of them.

A difference is plain JSON. Of a record it tells the fields that are others; of rows with a key those that are others,
new or gone; all else it tells whole. Effects of advice do not add up, so the plan with all of it is run by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from itertools import combinations
from math import fsum
from typing import Any

from apps.plans.engine.advice_facts import AdviceFacts
from apps.plans.engine.contribution_rooms import rooms
from apps.plans.engine.digest import plain
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.levers import INVESTED

Changes = Mapping[str, Any]
Touched = tuple[int, Any]
Pairs = set[tuple[int, int]]

# a record's node, rows' node, a value's node
_FIELDS, _ROWS, _TO = "fields", "rows", "to"
_NEW, _GONE = "new", "gone"
# amounts that two pieces of advice raise one after the other: what each adds to the plan counts
_ADDED = frozenset({"monthly_amount", "monthly_payment", "from_living"})
# rows that stand for themselves: two of a key are two payments
_PAYMENTS = "contributions"
# amounts a year below this are the rounding of monthly ones
_CENTS = 0.5


@dataclass(frozen=True, slots=True)
class Joined:
    """The plan with several changes as plain JSON, and the places (earlier, later) of those that change the same."""

    content: Mapping[str, Any]
    overlaps: tuple[tuple[int, int], ...]


def changes_of(base: ProjectionInputs, changed: ProjectionInputs) -> dict[str, Any]:
    """Return what makes the changed plan of the other one, as plain JSON; empty where they are the same."""
    return _difference(base, changed) or {}


def joined(base: ProjectionInputs, changes: Sequence[Changes]) -> Joined:
    """Return the plan with all the changes: one by itself gives the plan that it was taken from.

    Amounts that several raise are raised by all of them; of other values the later change stands, and the two are told
    as overlapping. Else the order does not matter. Payments that are new are all kept, whatever they are called.
    """
    pairs: Pairs = set()
    touched = [(place, each) for place, each in enumerate(changes) if each]
    whole = _whole(base)
    content = _applied(whole, touched, "", pairs) if touched else whole
    return Joined(content, tuple(sorted(pairs)))


def with_the_others_mix(base: ProjectionInputs, together: ProjectionInputs) -> ProjectionInputs:
    """Invest accounts that one change opened as the plan's others, where another change moved all those to one mix."""
    before = {account.key: account.allocation for account in base.accounts}
    invested = [account for account in together.accounts if account.treatment in INVESTED]
    others = [account for account in invested if account.key in before]
    mixes = {account.allocation for account in others}
    if len(mixes) != 1 or all(account.allocation == before[account.key] for account in others):
        return together
    mix = mixes.pop()
    opened = {account.key for account in invested if account.key not in before}
    accounts = tuple(
        replace(account, allocation=mix) if account.key in opened else account for account in together.accounts
    )
    return replace(together, accounts=accounts)


def over_the_limits(base: ProjectionInputs, together: ProjectionInputs, facts: AdviceFacts | None) -> tuple[str, ...]:
    """Return the accounts into which the changes together pay more than the law allows, by the limits of the year."""
    if facts is None:
        return ()
    before = {room.plan.account for room in rooms(base, facts) if room.paid > room.limit + _CENTS}
    found = (room for room in rooms(together, facts) if room.paid > room.limit + _CENTS)
    return tuple(room.plan.account for room in found if room.plan.account not in before)


def _difference(before: Any, after: Any) -> dict[str, Any] | None:
    if before == after:
        return None
    if is_dataclass(before) and type(before) is type(after):
        names = [field.name for field in fields(before)]
        told = ((name, _difference(getattr(before, name), getattr(after, name))) for name in names)
        return {_FIELDS: {name: node for name, node in told if node}}
    if isinstance(before, tuple) and isinstance(after, tuple) and (keyed := _by_key(before, after)):
        return _rows(*keyed)
    return {_TO: _whole(after)}


def _rows(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    told = ((key, _difference(row, new[key])) for key, row in old.items() if key in new)
    return {
        _ROWS: {key: node for key, node in told if node},
        _NEW: [_whole(row) for key, row in new.items() if key not in old],
        _GONE: [key for key in old if key not in new],
    }


def _by_key(before: tuple[Any, ...], after: tuple[Any, ...]) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return both by key; None where rows have none of their own, or stand in another order."""
    name = _key_name((*before, *after))
    if not name:
        return None
    old, new = ({getattr(row, name): row for row in rows} for rows in (before, after))
    kept = [key for key in old if key in new]
    in_order = [*kept, *(key for key in new if key not in old)] == list(new)
    return (old, new) if in_order and len(old) == len(before) and len(new) == len(after) else None


def _key_name(rows: Sequence[Any]) -> str:
    """Return the field that tells rows apart: their key, or whose they are."""
    if not all(is_dataclass(row) for row in rows):
        return ""
    return next((name for name in ("key", "owner") if all(hasattr(row, name) for row in rows)), "")


def _whole(value: Any) -> Any:
    """Return a value as plain JSON, with fields that a digest leaves out at their defaults."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _whole(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_whole(item) for item in value]
    return plain(value)


def _applied(value: Any, touched: Sequence[Touched], name: str, pairs: Pairs) -> Any:
    """Return a plain value with the nodes of the changes (by place) that touch it."""
    kinds = {_kind(node) for _, node in touched}
    if len(kinds) > 1:
        _told(touched, pairs)
        return _applied(value, touched[-1:], name, pairs)
    if kinds == {_FIELDS}:
        names = dict.fromkeys(key for _, node in touched for key in node[_FIELDS])
        return {**value, **{key: _applied(value[key], _within(touched, _FIELDS, key), key, pairs) for key in names}}
    if kinds == {_ROWS}:
        return _with_rows(value, touched, name, pairs)
    wanted = [node[_TO] for _, node in touched]
    if name in _ADDED and len(wanted) > 1:
        return fsum([value, *(each - value for each in wanted)])
    _told([*((place, node) for place, node in touched if node[_TO] != wanted[-1]), touched[-1]], pairs)
    return wanted[-1]


def _key(row: Mapping[str, Any]) -> str:
    return str(row["key"] if "key" in row else row["owner"])


def _kind(node: Changes) -> str:
    return next(kind for kind in (_FIELDS, _ROWS, _TO) if kind in node)


def _within(touched: Sequence[Touched], kind: str, key: str) -> list[Touched]:
    return [(place, node[kind][key]) for place, node in touched if key in node[kind]]


def _told(touched: Sequence[Touched], pairs: Pairs) -> None:
    """Note that the last stands instead of those before it."""
    last = touched[-1][0]
    pairs.update((place, last) for place, _ in touched[:-1])


def _with_rows(rows: Sequence[Any], touched: Sequence[Touched], name: str, pairs: Pairs) -> list[Any]:
    found = []
    for row in rows:
        key = _key(row)
        gone = [(place, None) for place, node in touched if key in node[_GONE]]
        moved = _within(touched, _ROWS, key)
        each = sorted([*gone, *moved], key=lambda one: one[0])
        if gone and moved:
            _told(each, pairs)
        if not each or each[-1][1] is not None:
            found.append(_applied(row, moved, "", pairs) if moved else row)
    blocks = [(place, node[_NEW]) for place, node in touched if node[_NEW]]
    if name == _PAYMENTS:
        return [*found, *_payments(blocks, {row["key"] for row in found})]
    return [*found, *_opened(blocks, pairs)]


def _in_order(blocks: Sequence[tuple[int, list[Any]]]) -> Iterator[Any]:
    """New rows by what they say, so that the order of the changes does not matter; those of one stay together."""
    for _, block in sorted(blocks, key=lambda block: json.dumps(block[1], sort_keys=True)):
        yield from block


def _payments(blocks: Sequence[tuple[int, list[Any]]], taken: set[str]) -> list[Any]:
    found = []
    for row in _in_order(blocks):
        key, stem, number = row["key"], row["key"].partition(":")[0], 1
        while key in taken:
            key, number = f"{stem}:{number}", number + 1
        taken.add(key)
        found.append({**row, "key": key})
    return found


def _opened(blocks: Sequence[tuple[int, list[Any]]], pairs: Pairs) -> list[Any]:
    """Return new rows, of those of one key the later; two that differ overlap."""
    by_key: dict[str, list[tuple[int, Any]]] = {}
    for place, block in blocks:
        for row in block:
            by_key.setdefault(_key(row), []).append((place, row))
    for each in by_key.values():
        for (earlier, one), (later, other) in combinations(each, 2):
            if one != other:
                pairs.add((earlier, later))
    keys = dict.fromkeys(_key(row) for row in _in_order(blocks))
    return [by_key[key][-1][1] for key in keys]
