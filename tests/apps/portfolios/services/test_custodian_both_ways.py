"""Whatever files a firm brings in whatever order: taken in by columns or line by line, they leave the same behind.

More firms than these are drawn with BOTH_WAYS=first-last, as in BOTH_WAYS=100-400.
"""

from __future__ import annotations

import datetime as dt
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from apps.accounts.models import User
from apps.clients.models import Household, ImportBatch
from apps.clients.selectors.imports import import_page
from apps.clients.services.households import assign_household
from apps.clients.services.imports import apply_batch, open_batch, undo_batch, what_blocks_undo
from apps.core import realtime
from apps.core.models import AuditEvent
from apps.core.tabular.problems import FileRefusedError
from apps.kernel.errors import DomainError
from apps.portfolios.models import (
    Account,
    Instrument,
    InstrumentPrice,
    PositionStatement,
    PriceProposal,
    ReconciliationBreak,
    StatementLine,
    Transaction,
)
from apps.portfolios.services.transactions import reverse_transaction
from tests.apps.portfolios.services.test_custodian_plain_lines import FEW, plain_lines
from tests.factories import clients as people
from tests.factories import market
from tests.factories import portfolios as made

FIRST, LAST = dt.date(2025, 3, 3), dt.date(2025, 3, 14)
NUMBERS = [f"7200{place:04}" for place in range(6)]
STRANGER, DASHED = "99990000", "7200-0000"
_drawn = [int(n) for n in os.environ.get("BOTH_WAYS", "0-6").split("-")]
# a text of what a cell can hold, and worse
TEXTS = ("", "Wire", "A\\N of \\t", "\\N", "tab\tin", '"say ""so"""', '"two\nlines"', "Łódź \u2028 \x0b𝔘", "x" * 400)
SYMBOLS = ("AAA", "AAA", "AAA", "BBB", "OWN", "BRAND", "AAA  250620C00050000", "aaa")
ACTIONS = ("Buy", "Buy", "Buy", "Sell", "Deposit", "Deposit", "Wire", "Dividend", "Reinvest Shares", "Interest", "Fee")
ACTIONS += ("Split", "Journal", "Return of Capital", "Transfer In", "Transfer Out", "Stock Dividend", "Merger")
CUSIP = "037833100"
_OF_CASH = {"Deposit", "Wire", "Interest", "Fee"}
LAYOUTS = {
    "generic": "Trade Date,Settlement Date,Account Number,Action,Symbol,Description,Quantity,Price,Fees,Amount",
    "schwab": "Date,Settlement Date,Account Number,Action,Symbol,Description,Quantity,Price,Fees & Comm,Amount",
    "fidelity": "Run Date,Settlement Date,Account Number,Action,Symbol,Description,Quantity,Price,Fees,Amount",
    "pershing": "Trade Date,Settlement Date,Account Number,Action,Symbol,CUSIP,Description,Quantity,Price,Fees,Amount",
}
STATED = "Account Number,Symbol,Description,Quantity,Price,Market Value,Cost Basis,As Of Date\n"
Op = tuple[str, Any]


class Drawing:
    """A firm's files and what happens between them, drawn from a number."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - no secret
        self.wild = self.dice.choice((0.0, 0.01, 0.04, 0.15))

    def ops(self) -> list[Op]:
        found: list[Op] = []
        for _ in range(self.dice.randint(2, 4)):
            text = self.text()
            found += self.dice.choice(
                (
                    [("firm", text)],
                    [("firm", text), ("firm", text)],
                    [("firm", text), ("firm", self.corrected(text))],
                    [("household", text), ("firm", text)],
                    [("firm", text), ("household", text)],
                    [("firm", text), ("reverse", self.dice.random()), ("firm", text)],
                    [("firm", text), ("undo", None), ("firm", text)],
                    [("firm", text), ("moved", self.text())],
                    [("other", text), ("firm", text)],
                    [("firm", text), ("close", self.dice.choice(NUMBERS)), ("firm", self.corrected(text))],
                )
            )
        return found

    def text(self) -> str:
        return self.dice.choice((self.history, self.history, self.positions))()

    def corrected(self, text: str) -> str:
        lines = text.splitlines(keepends=True)
        at = self.dice.randrange(1, len(lines)) if len(lines) > 1 else 0
        lines[at] = lines[at].replace("03/1", "03/2", 1) if self.dice.random() < 0.5 else lines[at].replace("5", "6")
        return "".join(lines)

    def odd(self, plain: Any, *others: Any) -> Any:
        return self.dice.choice(others) if self.dice.random() < self.wild else plain

    def day(self) -> str:
        day = FIRST + dt.timedelta(days=self.dice.randrange((LAST - FIRST).days))
        return str(self.odd(f"{day:%m/%d/%Y}", "01/02/2024", "03/05/2999", "13/45/2025", ""))

    def number(self) -> str:
        return str(self.odd(self.dice.choice(NUMBERS[:4]), STRANGER, DASHED, "", NUMBERS[4], NUMBERS[5]))

    def history(self) -> str:
        found = [LAYOUTS[self.dice.choice(list(LAYOUTS))]]
        has_cusip = "CUSIP" in found[0]
        for number in self.dice.sample(NUMBERS[:4], self.dice.randint(1, 4)):
            found.append(f"03/03/2025,,{number},Deposit,,Wire,,,,100000.00")
            found.append(f"03/03/2025,03/04/2025,{number},Buy,AAA,Fund,1000,50.00,,-50000.00")
            found += [self.entry(number) for _ in range(self.dice.randint(0, 4))]
        found += [self.dice.choice(found[1:]) for _ in range(self.odd(0, 1, 2))]
        if self.dice.random() < self.wild:
            found += ["Total,,,,,,,,,12.00"]
        if has_cusip:
            found[1:] = [self.by_cusip(line) for line in found[1:]]
        return "\n".join(found) + "\n"

    def by_cusip(self, line: str) -> str:
        """Name the security by its symbol, its CUSIP or both."""
        if ",AAA," not in line:
            return ",".join([*line.split(",")[:5], "", *line.split(",")[5:]])
        return line.replace(",AAA,", self.dice.choice((f",AAA,{CUSIP},", f",,{CUSIP},", ",AAA,,")), 1)

    def entry(self, number: str) -> str:
        action = self.dice.choice(ACTIONS[:6]) if self.dice.random() > self.wild else self.dice.choice(ACTIONS)
        units, price = self.dice.randint(1, 90), self.dice.choice(("50.00", "50", "51.123456"))
        leaves = action in {"Sell", "Transfer Out"}
        worth = f"{units * float(price):.2f}"
        cash = worth if leaves or action in {"Deposit", "Wire", "Dividend", "Interest"} else f"-{worth}"
        quantity = "" if action in _OF_CASH else f"-{units}" if leaves else f"{units}"
        symbol = "" if action in _OF_CASH else self.odd("AAA", *SYMBOLS, "", "S" * 40)
        cells = [
            self.day(),
            self.odd("", "03/20/2025", "03/02/2025", "soon"),
            self.odd(number, self.number()),
            action,
            symbol,
            self.odd("Fund", *TEXTS),
            self.odd(quantity, "", "0", "-99999", "1.123456789", "9999999999999", "-0", "1e5"),
            self.odd(price, "", "5000.00", "0", "0.0000001", "-50", "999999999999"),
            self.odd("", "1.50", "-1.50", "0.00", "0.00001", "x"),
            self.odd(cash, "", "0.00", "-0.00", "(12.00)", "0.00001", "99999999999999", "5.00", "-5.00"),
        ]
        return ",".join(cells)

    def positions(self) -> str:
        found = [STATED.strip()]
        day = self.day()
        for number in self.dice.sample(NUMBERS[:4], self.dice.randint(1, 4)):
            found.append(f"{number},AAA,Fund,{self.odd('1000', '0', '-5', '1.5', '')},55.00,{self.worth()},,{day}")
            if self.dice.random() < 0.8:
                found.append(f"{number},Cash,Cash,,,{self.odd('50000.00', '-0.00', '0', '-7.00', '5')},,{day}")
            found += [self.position(number, day) for _ in range(self.odd(0, 1, 2))]
        return "\n".join(found) + "\n"

    def worth(self) -> str:
        return str(self.odd("55000.00", "0", "-0.00", "1.00001", "", "99999999999999"))

    def position(self, number: str, day: str) -> str:
        cost = self.odd("", "9.00", "-9.00", "-0.00", "0")
        cells = [self.odd(number, self.number()), self.dice.choice(SYMBOLS), self.dice.choice(TEXTS), "3"]
        return ",".join([*cells, self.odd("2.00", "", "-0", "0", "-1", "900"), "6.00", cost, self.odd(day, self.day())])


class World:
    """The same firm once more: what is done in it, what it answers, what it leaves."""

    def __init__(self, by: User, colleague: User) -> None:
        self.by, self.colleague = by, colleague
        self.answers, self.batches, self.told = list[Any](), list[ImportBatch](), Counter[str]()
        self.plain = 0

    def do(self, kind: str, what: Any) -> None:
        try:
            with transaction.atomic():
                self.answers.append(getattr(self, kind)(what))
        except (DomainError, FileRefusedError) as refused:
            self.answers.append((type(refused).__name__, str(refused)))

    def firm(self, text: str) -> Any:
        return self._take("custodian_firm", text, None)

    def moved(self, text: str) -> Any:
        """Take a file in whose ground moves once it was checked."""
        return self._take("custodian_firm", text, None, lambda: self.reverse(0.5))

    def other(self, text: str) -> Any:
        """Take a file in as an advisor who sees half of its accounts."""
        by, self.by = self.by, self.colleague
        try:
            return self.firm(text)
        finally:
            self.by = by

    def household(self, text: str) -> Any:
        household = Account.objects.get(last_four=NUMBERS[0][-4:]).household
        return self._take("custodian_file", text, household)

    def _take(
        self, kind: str, text: str, household: Household | None, meanwhile: Callable[[], object] | None = None
    ) -> Any:
        name = f"{len(self.answers)}.csv"
        file = {"kind": kind, "filename": name, "content": text.encode(), "by": self.by.as_actor()}
        batch = open_batch(household=household, **file)  # type: ignore[arg-type]
        found = [said(batch), batch.counts, batch.problems, batch.ignored]
        if meanwhile is not None:
            found.append(meanwhile())
        try:
            with transaction.atomic():
                batch = apply_batch(batch=batch, by=self.by.as_actor())
        except DomainError as refused:
            return [*found, type(refused).__name__, str(refused)]
        self.plain += plain_lines(batch)
        self.batches.append(batch)
        return [*found, said(batch), batch.counts, batch.problems, batch.state]

    def undo(self, _what: None) -> Any:
        if not self.batches:
            return None
        batch = self.batches.pop()
        blocked = sorted(what_blocks_undo(batch))
        undo_batch(batch=batch, by=self.by.as_actor())
        return blocked

    def reverse(self, which: float) -> Any:
        entries = list(Transaction.objects.standing().order_by(*_IN_ORDER))
        if not entries:
            return None
        entry = entries[int(which * len(entries))]
        reverse_transaction(transaction=entry, reason="wrong", by=self.by.as_actor())
        return entry.external_key

    def close(self, number: str) -> None:
        Account.objects.filter(last_four=number[-4:]).update(status="closed")

    def hear(self, events: Sequence[tuple[str, str, Any]]) -> None:
        self.told.update(f"{topic} {kind}" for topic, kind, _ in events)


_IN_ORDER = (
    "account__last_four",
    "account__household__name",
    "trade_date",
    "kind",
    "units",
    "cash",
    "external_key",
    "description",
)


def said(batch: ImportBatch) -> list[Any]:
    """Return what the page says of every line; a nought may be said or be left out."""
    pages = range(1, import_page(batch).rows.paginator.num_pages + 1)
    rows = [row for page in pages for row in import_page(batch, page=str(page)).shown]
    return [
        (
            row.line,
            row.label,
            row.action,
            sorted((name, value) for name, value in row.facts if value not in {"0", "-0"}),
            sorted(each.sentence for each in row.problems),
        )
        for row in rows
    ]


def left() -> dict[str, Any]:
    """Return all that imports have left, without ids and times."""
    symbols = {i.pk: (i.symbol, i.cusip, i.isin, i.name) for i in Instrument.objects.all()}
    accounts = dict(Account.objects.values_list("pk", "last_four"))
    aside = {
        "id",
        "public_id",
        "created_at",
        "updated_at",
        "recorded_at",
        "reconciled_at",
        "resolved_at",
        "statement_id",
    }
    aside |= {"reversal_of_id", "leg_of_id", "proposal", "entry_id"}

    def plain(row: Any) -> list[Any]:
        names = [field.attname for field in row._meta.concrete_fields if field.attname not in aside]
        told = {name: getattr(row, name) for name in names}
        for name in ("instrument_id", "into_id", "master_id"):
            told[name] = symbols.get(told.get(name), told.get(name)) if name != "master_id" else bool(told.get(name))
        told["account_id"] = accounts.get(told.get("account_id", 0))
        return [(name, str(value)) for name, value in sorted(told.items())]

    def all_of(model: Any, *besides: Callable[[Any], Any]) -> list[Any]:
        rows = model._default_manager.all()
        return sorted([*plain(row), *(str(each(row)) for each in besides)] for row in rows)

    with connection.cursor() as cursor:
        cursor.execute("SELECT account_id, instrument_id, min(first_day) FROM portfolios_valuemark GROUP BY 1, 2")
        marks = sorted(
            (str(accounts.get(a)), str(symbols.get(i)), str(day))
            for a, i, day in cursor.fetchall()
            if a in accounts or i
        )
    return {
        "entries": all_of(Transaction, lambda t: t.reversal_of and t.reversal_of.external_key),
        "statements": all_of(PositionStatement, lambda s: s.reconciled_at is None),
        "lines": all_of(StatementLine, lambda x: (accounts[x.statement.account_id], x.statement.as_of)),
        "breaks": all_of(
            ReconciliationBreak, lambda b: sorted(set(b.proposal) - {"reverses"}), lambda b: b.statement.as_of
        ),
        "prices": all_of(InstrumentPrice),
        "proposals": all_of(PriceProposal),
        "securities": all_of(Instrument),
        "trail": trail(),
        "marks": marks,
    }


def trail() -> list[Any]:
    """Return how often each thing is told of each household; entries count whether told one by one or together."""
    found: Counter[tuple[str, str]] = Counter()
    households = {str(h.public_id): h.name for h in Household.objects.all()}
    for event in AuditEvent.objects.all():
        n = len(event.after["ids"]) if event.action == "portfolios.record_transactions" else 1
        found[event.action.removesuffix("s"), households.get(event.subject_id, "")] += n
    return sorted(found.items())


@contextmanager
def world(people_: tuple[User, User], few: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A firm in which files of more lines than `few` are told column by column; it is gone afterwards."""
    found = World(*people_)
    with monkeypatch.context() as patched:
        patched.setattr(FEW, few)
        patched.setattr(realtime, "publish_all", lambda events: found.hear(list(events)))
        point = transaction.savepoint()
        yield found
        transaction.savepoint_rollback(point)


@pytest.fixture
def the_firm(ada: User, mallory: User) -> None:
    days = {FIRST + dt.timedelta(days=n): "50" for n in range(20)}
    market.security("AAA", days, cusip=CUSIP)
    market.security("BBB", days)
    for number in NUMBERS:
        made.account(people.household(ada, name=f"Family{number}"), ada, number=number)
    for account in Account.objects.filter(last_four__in=[number[-4:] for number in NUMBERS[:2]]):
        assign_household(household=account.household, user=mallory, by=ada.as_actor())
    Account.objects.filter(last_four=NUMBERS[5][-4:]).update(status="closed")


@pytest.mark.parametrize("seed", range(*_drawn))
def test_a_firm_is_left_the_same_both_ways(
    ada: User, mallory: User, the_firm: None, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    ops = Drawing(seed).ops()
    found = []
    for few in (0, 1_000_000):
        with world((ada, mallory), few, monkeypatch) as each:
            steps = []
            for kind, what in ops:
                each.do(kind, what)
                steps.append((kind, each.answers[-1], left(), sorted(each.told.items())))
            while each.batches:
                each.do("undo", None)
                steps.append(("undone", each.answers[-1], left(), sorted(each.told.items())))
            found.append((steps, each.plain))
    differing = apart(found[0][0], found[1][0])
    assert not differing, "\n".join(each[:600] for each in differing[:12])
    assert found[1][1] == 0


def apart(one: Any, other: Any, path: str = "") -> list[str]:
    """Return where two answers differ, by what stands there."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        pairs = [(name, one[name], other[name]) for name in one]
    elif isinstance(one, list | tuple) and isinstance(other, list | tuple) and len(one) == len(other):
        pairs = [(str(n), *both) for n, both in enumerate(zip(one, other, strict=True))]
    else:
        return [] if one == other else [f"{path}: {one} | {other}"]
    return [found for name, left_side, right in pairs for found in apart(left_side, right, f"{path}/{name}")]
