"""Proposals of the engine as plain values, and back as entries to record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from apps.portfolios.engine.transactions import Transaction as BookEntry
from apps.portfolios.engine.transactions import TransactionKind as BookKind
from apps.portfolios.models import Instrument
from apps.portfolios.services.entries import NOTHING, TransactionEntry


def proposal_of(entry: BookEntry | None) -> dict[str, Any]:
    """Keep a proposed entry as plain values."""
    if entry is None:
        return {}
    values = {
        "kind": entry.kind.value,
        "trade_date": entry.trade_date.isoformat(),
        "instrument": int(entry.security_id) if entry.security_id else None,
        "quantity": str(entry.quantity) if entry.quantity is not None else None,
        "amount": str(entry.amount.amount) if entry.amount else None,
        "currency": entry.amount.currency if entry.amount else None,
        "split": [str(entry.split.new), str(entry.split.old)] if entry.split else None,
        "reverses": entry.reverses or None,
    }
    return {name: value for name, value in values.items() if value is not None}


def proposed_entry(proposal: Mapping[str, Any], instruments: Mapping[int, Instrument]) -> TransactionEntry:
    """Turn a kept proposal into an entry to record."""
    kind = proposal["kind"]
    quantity, amount = Decimal(proposal.get("quantity", 0)), Decimal(proposal.get("amount", 0))
    leaves_units = kind in {BookKind.SELL, BookKind.TRANSFER_OUT}
    in_kind = kind in {BookKind.TRANSFER_IN, BookKind.TRANSFER_OUT, BookKind.REINVEST}
    pays = kind in {BookKind.BUY, BookKind.WITHDRAWAL, BookKind.FEE, BookKind.ADVISORY_FEE}
    split = proposal.get("split")
    return TransactionEntry(
        kind=kind,
        trade_date=date.fromisoformat(proposal["trade_date"]),
        instrument=instruments.get(proposal.get("instrument", 0)),
        units=-quantity if leaves_units else quantity,
        cash=NOTHING if in_kind else (-amount if pays else amount),
        cost=amount if in_kind and "amount" in proposal else None,
        split_new=Decimal(split[0]) if split else None,
        split_old=Decimal(split[1]) if split else None,
        currency=proposal.get("currency", ""),
    )
