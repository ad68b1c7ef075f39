"""Restrictions that go with a security when its symbol changes: the new one is the same company's paper."""

from __future__ import annotations

from collections.abc import Iterable

from apps.market.models import ActionKind, CorporateAction
from apps.portfolios.models import Instrument, Restriction, Transaction, TransactionKind


def with_successors(restrictions: Iterable[Restriction]) -> list[Restriction]:
    """Return the restrictions, each knowing what its security has become since.

    A change of symbol counts wherever it was entered, in any account's book or announced by the market: who may never
    buy a security need not hold it.
    """
    listed = list(restrictions)
    became = _became({each.instrument_id for each in listed if each.instrument_id is not None})
    for each in listed:
        each.successors = frozenset(_followed(each.instrument_id, became)) if each.instrument_id else frozenset()
    return listed


def _became(ids: set[int]) -> dict[int, set[int]]:
    """Return what each of the securities became in one step, and what those became, to the end."""
    steps: dict[int, set[int]] = {}
    asked: set[int] = set()
    while new := ids - asked:
        asked |= new
        for old, into in _steps(new):
            steps.setdefault(old, set()).add(into)
            ids = ids | {into}
    return steps


def _steps(ids: set[int]) -> Iterable[tuple[int, int]]:
    changes = Transaction.objects.filter(instrument__in=ids, kind=TransactionKind.SYMBOL_CHANGE).standing()
    yield from changes.exclude(into=None).order_by().values_list("instrument_id", "into_id").distinct()
    masters = Instrument.objects.filter(pk__in=ids).exclude(master=None).values_list("master_id", flat=True)
    told = CorporateAction.objects.filter(security__in=masters, kind=ActionKind.SYMBOL_CHANGE, is_cancelled=False)
    pairs = list(told.exclude(into=None).values_list("security_id", "into_id"))
    if pairs:
        rows = Instrument.objects.filter(master__in={each for pair in pairs for each in pair})
        own = dict(rows.values_list("master_id", "pk"))
        yield from ((own[old], own[new]) for old, new in pairs if old in own and new in own)


def _followed(start: int, steps: dict[int, set[int]]) -> set[int]:
    found: set[int] = set()
    ahead = set(steps.get(start, ()))
    while ahead:
        found |= ahead
        ahead = {into for each in ahead for into in steps.get(each, ())} - found
    return found - {start}
