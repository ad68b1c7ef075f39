"""A custodian's file of 100,000 rows taken into a firm of 2,000 accounts, against COPY of the rows that it becomes.

Transactions and positions, as ratios in one run: reading the file alone, the dry run at upload, taking it in, and the
same file once more; against COPY of all entries and lines of statements that it became, into the same tables with their
indexes, constraints and triggers, and against a bare COPY of them into tables that have none of these.
"""

from __future__ import annotations

import csv
import io
import os
import random
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import django

from bench.household_list import copies, firm

N_ROWS, N_SECURITIES = int(os.environ.get("BENCH_ROWS", "100000")), 500
N_ACCOUNTS = N_ROWS // 50
N_HOUSEHOLDS = N_ACCOUNTS // 2
FIRST = date(2025, 1, 6)
KIND = "custodian_firm"
# tables of what a file becomes, and what is unique there besides ids
KEYS = {"portfolios_transaction": "external_key", "portfolios_statementline": "key"}
SECURITIES = """
INSERT INTO public.market_security (public_id, created_at, updated_at, symbol, name, kind, asset_class, currency, cusip,
    isin, is_active, source)
SELECT gen_random_uuid(), now(), now(), 'B' || translate(n::text, '0123456789', 'ABCDEFGHIJ'), 'Fund ' || n,
    'etf', 'us_equity', 'USD', '', '', true, 'bench'
FROM generate_series(1, %(n)s) AS n
"""


def number(place: int, series: int = 71) -> str:
    """Return the number of an account."""
    return f"{series}{place:06}"


def symbol(place: int) -> str:
    """Return the symbol of a security: letters alone, as shares have them."""
    return "B" + str(place).translate(str.maketrans("0123456789", "ABCDEFGHIJ"))


def _text(header: list[str], rows: list[list[Any]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([header, *rows])
    return out.getvalue().encode()


def transactions_file() -> bytes:
    """Return a history of all accounts: money in, purchases, sales of half of them, dividends and fees."""
    header = ["Account Number", "Trade Date", "Settlement Date", "Action", "Symbol", "Description", "Quantity", "Price"]
    header += ["Fees & Comm", "Amount", "Reference Number"]
    rows: list[list[Any]] = []
    each, dice = N_ROWS // N_ACCOUNTS, random.Random(7)
    for place in range(N_ACCOUNTS):
        for turn in range(each):
            day = FIRST + timedelta(days=turn * 250 // each)
            name, units, price = (
                symbol(1 + dice.randrange(N_SECURITIES)),
                dice.randrange(10, 90),
                dice.randrange(20, 400),
            )
            settle = day + timedelta(days=1)
            told: tuple[Any, ...] = ("Buy", name, units, f"{price}.{turn:02}", "1.50")
            worth = units * (price + turn / 100) + 1.5
            amount = f"-${worth:,.2f}"
            if turn == 0:
                told, amount = ("Funds Received", "", "", "", ""), "$2,500,000.00"
            elif turn % 5 == 4:
                told, amount = ("Cash Dividend", name, "", "", ""), f"${units}.{turn:02}"
            elif turn % 5 == 3:
                last = rows[-1]
                told = ("Sell", last[4], last[6], last[7], "1.50")
                amount = f"${last[6] * float(last[7]) - 1.5:,.2f}"
            action, of, quantity, cost, fees = told
            days = (f"{day:%m/%d/%Y}", f"{settle:%m/%d/%Y}")
            costs = (quantity, cost, fees, amount, f"R{place:05}{turn:04}")
            rows.append([number(place), *days, action, of, "FUND OF THE BENCH", *costs])
    return _text(header, rows)


def positions_file(day: date, moved: int) -> bytes:
    """Return what other accounts hold on a day, cash among it; of each hundredth account one quantity has moved."""
    header = ["Account Number", "Symbol", "Description", "Quantity", "Price", "Market Value", "Cost Basis"]
    rows: list[list[Any]] = []
    each = N_ROWS // N_ACCOUNTS
    for place in range(N_ACCOUNTS):
        dice = random.Random(place)
        for turn, n in enumerate(dice.sample(range(1, N_SECURITIES + 1), each - 1)):
            units, price = dice.randrange(10, 90), dice.randrange(20, 400)
            units += moved if turn == 0 and place % 100 == 0 else 0
            value = f"${units * price:,.2f}"
            rows.append([number(place, 72), symbol(n), "FUND OF THE BENCH", units, f"{price}.00", value, value])
        rows.append([number(place, 72), "Cash & Cash Investments", "", "", "", "$12,345.67", ""])
    return _text([*header, "As Of Date"], [[*row, f"{day:%m/%d/%Y}"] for row in rows])


def books() -> Any:
    """Set the firm up: its principal, who sees every household, and 2,000 accounts with their numbers."""
    from apps.accounts.policies import Role
    from apps.clients.models import Household
    from apps.core.secrets import number_digest
    from apps.portfolios.models import Account
    from apps.portfolios.services.accounts import NUMBERS
    from bench.nightly import in_public
    from tests.cast import person
    from tests.factories import clients, portfolios

    paul = person(Role.PRINCIPAL, "Paul")
    household = clients.household(paul)
    copies(household, N_HOUSEHOLDS - 1)
    in_public(SECURITIES, {"n": N_SECURITIES})
    account = portfolios.account(household, paul)
    account.delete()
    values = {field.attname: getattr(account, field.attname) for field in account._meta.concrete_fields}
    values |= {"id": None, "custodian": ""}
    del values["public_id"]
    owners = list(Household.objects.values_list("pk", flat=True))
    Account.objects.bulk_create(
        Account(
            **{**values, "household_id": owners[place % len(owners)], "name": f"Account {place}"}
            | {"last_four": number(place)[-4:], "number_digest": number_digest(NUMBERS, number(place, series))}
        )
        for place in range(N_ACCOUNTS)
        for series in (71, 72)
    )
    return paul


def timed(job: Callable[[], Any]) -> tuple[float, Any]:
    """Return seconds by the clock and what the job returns."""
    start = time.perf_counter()
    found = job()
    return time.perf_counter() - start, found


class Became:
    """The rows of the ledger that one file becomes: what is added to its tables from now on."""

    def __init__(self, cursor: Any) -> None:
        self.cursor, self.texts = cursor, dict[str, tuple[list[str], bytes]]()
        self.first = {table: self._value(f"SELECT coalesce(max(id), 0) FROM {table}") for table in KEYS}  # noqa: S608

    def _value(self, query: str) -> int:
        self.cursor.execute(query)
        return int(self.cursor.fetchone()[0])

    def read(self) -> int:
        """Read the rows as texts, under other ids and keys, and return how many they are."""
        count = 0
        for table, key in KEYS.items():
            self.cursor.execute(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_schema = current_schema() AND table_name = %s",
                [table],
            )
            names = [name for (name,) in self.cursor.fetchall()]
            changed = {
                "id": f"id + (SELECT max(id) FROM {table})",  # noqa: S608 - our names
                "public_id": "gen_random_uuid()",
                key: f"CASE {key} WHEN '' THEN '' ELSE 'again ' || substr({key}, 7) END",
            }
            told = ", ".join(changed.get(name, name) for name in names)
            query = f"SELECT {told} FROM {table} WHERE id > {self.first[table]}"  # noqa: S608
            with self.cursor.copy(f"COPY ({query}) TO STDOUT") as out:
                self.texts[table] = names, b"".join(bytes(part) for part in out)
            count += self.texts[table][1].count(b"\n")
        return count

    def copied(self, *, bare: bool) -> float:
        """Return the seconds of COPY into the same tables, or into bare ones; taken back after."""
        from django.db import transaction

        def job() -> None:
            for table, (names, text) in self.texts.items():
                with self.cursor.copy(f"COPY {'bare_' * bare}{table} ({', '.join(names)}) FROM STDIN") as copy:
                    copy.write(text)
            self.cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

        with transaction.atomic():
            for table in self.texts if bare else ():
                # a table of the firm as the others are, written to the log as they are
                self.cursor.execute(f"CREATE TABLE bare_{table} (LIKE {table})")
            seconds, _ = timed(job)
            transaction.set_rollback(True)
        return seconds

    def swept(self) -> float:
        """Take away what the last run left behind in tables and indexes: the next one meets what the import met."""
        for table in self.texts:
            self.cursor.execute(f"VACUUM {table}")
        return 0.0


def import_of(connection: Any, by: Any, title: str, content: bytes) -> None:
    """Take one file in, and the same once more, and print how long it took against COPY."""
    from apps.clients.ports import ImportFile
    from apps.clients.services.imports import apply_batch, open_batch
    from apps.portfolios.services.custodian_accounts import custodian_file

    with connection.cursor() as cursor:
        told = {"kind": KIND, "filename": f"{title}.csv", "content": content, "by": by}
        became = Became(cursor)
        parse, _ = timed(lambda: custodian_file(ImportFile(title, content, by)))
        opened, batch = timed(lambda: open_batch(**told))
        assert not batch.counts["errors"], (batch.counts, batch.problems)
        applied, batch = timed(lambda: apply_batch(batch=batch, by=by))
        again, second = timed(lambda: open_batch(**told))
        count = became.read()
        cursor.execute("ANALYZE")
    with connection.owner(), connection.cursor() as cursor:
        became.cursor = cursor
        cursor.execute(f'SET search_path = "{connection.schema_name}", public')
        runs = [(became.copied(bare=False), became.copied(bare=True), became.swept()) for _ in range(5)]
    same, bare, _ = (statistics.median(column) for column in zip(*runs, strict=True))
    print(f"{title}: {batch.counts['create']:,} lines, {len(content) / 1e6:.1f} MB; {count:,} rows of the ledger")
    print(f"  COPY of these into the same tables {same:.2f} s; bare COPY {bare:.2f} s, {same / bare:.1f} times less")
    for label, seconds in (
        ("reading alone", parse),
        ("dry run at upload", opened),
        ("taking in", applied),
        ("upload and taking in", opened + applied),
        (f"upload of the same file again, {second.counts['unchanged']:,} rows known", again),
    ):
        print(
            f"  {label}: {seconds / same:.1f}x COPY into the same tables, {seconds / bare:.1f}x bare ({seconds:.1f} s)"
        )


def main() -> None:
    """Print the table."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    day = FIRST + timedelta(days=260)
    with firm() as connection:
        by = books().as_actor()
        import_of(connection, by, "transactions", transactions_file())
        import_of(connection, by, "positions that open books", positions_file(day, 0))
        import_of(connection, by, "positions of the next day", positions_file(day + timedelta(days=1), 1))


if __name__ == "__main__":
    main()
