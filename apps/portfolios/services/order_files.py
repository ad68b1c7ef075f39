"""Orders as a custodian's file (docs/orders-file.md): written once, and what it tells back."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from apps.core import audit
from apps.core.actors import Actor
from apps.core.secrets import decrypted, encrypted
from apps.core.services import service
from apps.core.tabular.writing import written_csv
from apps.kernel.errors import InvalidInputError, NotAllowedError, gettext_noop
from apps.portfolios.models import BlockOrder, Fill, FillProblem, OrderFile, OrderState
from apps.portfolios.selectors.orders import whole_orders
from apps.portfolios.services.fills import Execution, record_fill
from apps.portfolios.services.orders import OrderStateError, locked_order, mark_sent

HEADER = (
    "Order reference", "Record", "Side", "Symbol", "CUSIP", "Quantity", "Order type", "Limit price",
    "Time in force", "Account number", "Lot acquired", "Lot quantity",
)  # fmt: skip
TOLD = ("Order reference", "Execution id", "Quantity", "Price", "Commission", "Trade date")
MOST_BYTES, MOST_ROWS, MOST_OF_A_KEY = 2_000_000, 20_000, 120


@service
def write_order_file(*, orders: Sequence[BlockOrder], by: Actor) -> OrderFile:
    """Write blocks that are ready into one file and note them as sent; a block is written once.

    Raises InvalidInputError without orders or for those of several custodians, OrderStateError for one that was sent.
    """
    locked = [locked_order(order) for order in sorted(orders, key=lambda each: each.pk)]
    custodians = {order.custodian for order in locked}
    if len(custodians) != 1:
        raise InvalidInputError(gettext_noop("A file holds the orders of one custodian."), field="orders")
    if any(order.state != OrderState.READY for order in locked):
        raise OrderStateError(gettext_noop("One of the orders was sent already, or is closed."))
    content = written_csv(HEADER, [row for order in locked for row in _rows(order)])
    row = OrderFile.objects.create(
        custodian=custodians.pop(),
        content=encrypted(content.decode()),
        sha256=hashlib.sha256(content).hexdigest(),
        written_label=by.label[:200],
    )
    BlockOrder.objects.filter(pk__in=[order.pk for order in locked]).update(file=row)
    mark_sent(orders=locked, route="file", by=by)
    after = {"custodian": row.custodian, "sha256": row.sha256, "orders": [order.reference for order in locked]}
    audit.record("portfolios.write_order_file", by=by, target=row, after=after)
    return row


def content_of(file: OrderFile) -> bytes:
    """Return the very bytes that were written."""
    return decrypted(file.content).encode()


def _rows(order: BlockOrder) -> list[list[str]]:
    """Return one record of the block, one of each account, one of each lot that a sale names."""
    limit = "" if order.limit_price is None else f"{order.limit_price.normalize():f}"
    symbol, cusip = order.instrument.symbol, order.instrument.cusip
    common = [order.side.upper(), symbol, cusip]
    kind = "LIMIT" if limit else "MARKET"
    rows = [[order.reference, "BLOCK", *common, f"{order.quantity.normalize():f}", kind, limit, "DAY", "", "", ""]]
    shares = order.shares.select_related("line__account").prefetch_related("line__lots")
    for share in shares:
        line = share.line
        number = decrypted(line.account.number) if line.account.number else ""
        rows.append([order.reference, "ALLOC", *common, f"{share.quantity.normalize():f}", "", "", "", number, "", ""])
        rows += [
            [order.reference, "LOT", *common, "", "", "", "", number, lot.acquired_on.isoformat(),
             f"{lot.quantity.normalize():f}"]
            for lot in line.lots.all()
        ]  # fmt: skip
    return rows


@dataclass(frozen=True, slots=True)
class TakenConfirmations:
    """What a confirmation file brought."""

    fills: int
    known: int
    problems: int


@service
def take_confirmations(*, content: bytes, filename: str, by: Actor) -> TakenConfirmations:
    """Take up the executions of a custodian's confirmation file, all or none.

    Raises InvalidInputError for a file that is too large, not UTF-8, lacks a column, or has a row that says nothing
    sensible, with its line.
    """
    counts = {"fills": 0, "known": 0, "problems": 0}
    told = _told(content, filename)
    _refuse_unseen({each.reference for each in told}, by)
    for named in told:
        seen = Fill.objects.filter(key=named.key).exists() or FillProblem.objects.filter(key=named.key).exists()
        row = record_fill(execution=named, by=by)
        counts["known" if seen or row.key != named.key[:120] else "fills" if isinstance(row, Fill) else "problems"] += 1
    return TakenConfirmations(**counts)


def _refuse_unseen(references: set[str], by: Actor) -> None:
    """A file books for every account of its orders: who brings it must see them all."""
    mine = whole_orders(by).filter(reference__in=references).values("pk")
    other = BlockOrder.objects.filter(reference__in=references).exclude(pk__in=mine).order_by("reference").first()
    if other is not None:
        raise NotAllowedError(
            gettext_noop("The order %(reference)s has shares of households that you do not see."),
            mend=gettext_noop("Somebody who sees all of them can bring this file."),
            reference=other.reference,
        )


def _told(content: bytes, filename: str) -> list[Execution]:
    if len(content) > MOST_BYTES:
        raise InvalidInputError(gettext_noop("The file is too large for confirmations."), field="file")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInputError(
            gettext_noop("The file is not in UTF-8."), mend=gettext_noop("Save it as CSV in UTF-8."), field="file"
        ) from None
    if "\0" in text:
        raise _unreadable(text[: text.index("\0")].count("\n") + 1)
    reader = csv.DictReader(io.StringIO(text))
    found: list[Execution] = []
    try:
        missing = [name for name in TOLD if name not in (reader.fieldnames or [])]
        if missing:
            raise InvalidInputError(
                gettext_noop("The file lacks the column “%(name)s”."), field="file", name=missing[0]
            )
        for row in reader:
            if len(found) >= MOST_ROWS:
                raise InvalidInputError(gettext_noop("The file is too large for confirmations."), field="file")
            found.append(_execution(row, reader.line_num, filename))
    except csv.Error:
        raise _unreadable(reader.line_num + 1) from None
    return found


def _execution(row: dict[str, str | None], line: int, filename: str) -> Execution:
    told = {name: (row.get(name) or "").strip() for name in TOLD}
    try:
        quantity, price = Decimal(told["Quantity"]), Decimal(told["Price"])
        fees, day = Decimal(told["Commission"] or "0"), dt.date.fromisoformat(told["Trade date"])
    except (InvalidOperation, ValueError):
        raise _unreadable(line) from None
    key = f"file:{told['Order reference']}:{told['Execution id']}"
    found = Execution(told["Order reference"], key, quantity, price, day, fees, filename)
    named = told["Order reference"] and told["Execution id"] and len(key) <= MOST_OF_A_KEY
    if not named or not found.can_be_kept:
        raise _unreadable(line)
    return found


def _unreadable(line: int) -> InvalidInputError:
    return InvalidInputError(
        gettext_noop("Line %(line)s is no execution: check its numbers and its day."), field="file", line=line
    )
