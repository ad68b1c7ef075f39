"""The night of a firm with 2,000 accounts, 60,000 positions and 5 years of daily prices, as ratios in one run.

A full night reads the ledger and the prices, values every account on every day, writes it and sums the firm up. The
next one has prices of a day more, and 20 accounts with an entry of ten weeks ago; those after it one day more and
nothing else. The peers do the same with pandas in the same run: read, value, link, write. Times are of the processor,
with those of the database connection, which shares no query among processes; of each the part in memory is told too.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import django

from bench.household_list import firm

N_ACCOUNTS, PER_ACCOUNT, N_SECURITIES, AT_ONCE, N_CORRECTED = 2_000, 30, 1_000, 40, 20
FIRST, LAST, FRIDAY = date(2021, 1, 4), date(2025, 12, 31), date(2026, 1, 2)
SECURITIES = """
INSERT INTO public.market_security (public_id, created_at, updated_at, symbol, name, kind, asset_class, currency, cusip,
    isin, is_active, source)
SELECT gen_random_uuid(), now(), now(), 'B' || n, 'Fund ' || n, 'etf', 'us_equity', 'USD', '', '', true, 'bench'
FROM generate_series(1, %(n)s) AS n
"""
PRICES = """
INSERT INTO public.market_price (security_id, day, close)
SELECT security.id, day::date, round((20 + security.id %% 80 + 10 * random())::numeric, 4)
FROM public.market_security security, generate_series(%(first)s::date, %(last)s::date, '1 day') AS day
WHERE security.source = 'bench' AND extract(isodow FROM day) < 6
"""
INSTRUMENTS = """
INSERT INTO portfolios_instrument (public_id, created_at, updated_at, master_id, symbol, name, kind, asset_class,
    currency, cusip, isin)
SELECT gen_random_uuid(), now(), now(), id, symbol, name, kind, asset_class, currency, '', ''
FROM public.market_security WHERE source = 'bench'
"""
ENTRIES = """
INSERT INTO portfolios_transaction (public_id, created_at, updated_at, account_id, kind, trade_date, instrument_id,
    units, cash, fees, currency, description, external_key, source, recorded_at, recorded_by)
SELECT gen_random_uuid(), now(), now(), account_id, kind, trade_date, instrument_id, units, cash, 0, 'USD', '', '', '',
    now(), 'bench'
FROM (
    SELECT id AS account_id, 'deposit' AS kind, month::date AS trade_date, NULL::bigint AS instrument_id,
        0::numeric AS units, CASE WHEN month::date = %(first)s::date THEN 500000 ELSE 1000 END::numeric AS cash
    FROM portfolios_account, generate_series(%(first)s::date, %(last)s::date, '1 month') AS month
    UNION ALL
    SELECT account.id, 'buy', %(first)s::date + (turn * 400 + (held.n + account.id) %% 300)::int,
        instruments.ids[1 + (account.id * 7 + held.n * 31) %% %(n)s], round((10 + 90 * random())::numeric, 4), -2500
    FROM portfolios_account account, generate_series(1, %(per)s) AS held(n), generate_series(0, 2) AS turn,
        (SELECT array_agg(id ORDER BY id) AS ids FROM portfolios_instrument) AS instruments
) AS told
"""

CORRECTED = """
INSERT INTO portfolios_transaction (public_id, created_at, updated_at, account_id, kind, trade_date, units, cash, fees,
    currency, description, external_key, source, recorded_at, recorded_by)
SELECT gen_random_uuid(), now(), now(), id, 'deposit', %s, 0, 100, 0, 'USD', '', '', '', now(), 'bench'
FROM portfolios_account ORDER BY id DESC LIMIT %s
"""


def in_public(statement: str, told: dict[str, Any]) -> None:
    """Write shared rows, as the market's own job does; the firm is entered again after it."""
    from django.db import connection
    from django_tenants.utils import schema_context

    with schema_context("public"), connection.cursor() as cursor:
        cursor.execute(statement, told)
    connection.cursor().close()


def books(cursor: Any) -> None:
    """Fill the firm's book."""
    from apps.accounts.policies import Role
    from tests.cast import person
    from tests.factories import clients, portfolios

    ada = person(Role.ADVISOR, "Ada")
    first = portfolios.account(clients.household(ada), ada)
    told = {"n": N_SECURITIES, "per": PER_ACCOUNT, "first": FIRST, "last": LAST}
    in_public(SECURITIES, told)
    in_public(PRICES, told)
    columns = [field.column for field in type(first)._meta.concrete_fields if field.column not in {"id", "public_id"}]
    names = ", ".join(column for column in columns if column not in {"number", "number_digest"})
    cursor.execute(
        f"INSERT INTO portfolios_account (public_id, number, number_digest, {names}) "  # noqa: S608
        f"SELECT gen_random_uuid(), '', '', {names} FROM portfolios_account, generate_series(2, {N_ACCOUNTS})"
    )
    cursor.execute(INSTRUMENTS)
    cursor.execute(ENTRIES, told)
    cursor.execute("ANALYZE")


class Pandas:
    """The same night as a program on pandas has it: read all, account by account or some as one wide frame, write all.

    It keeps float64 and rows without a key, both in its favour, and writes them by COPY from text, its quickest way.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def night(self, name: str) -> list[float]:
        """Do all of it, and keep the time of what is in memory alone under the name."""
        self.read()
        jobs = {"account by account": self.by_account, "as wide frames": self.wide}
        self.seconds[name], _, (returns, days) = timed(jobs[name])
        self.write(days)
        return returns

    def read(self) -> None:
        """Read the entries and the prices, and carry these to all days."""
        import pandas as pd
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT account_id, trade_date, instrument_id, units::float8, cash::float8, kind "
                "FROM portfolios_transaction ORDER BY account_id"
            )
            entries = pd.DataFrame(cursor.fetchall(), columns=["account", "day", "security", "units", "cash", "kind"])
            cursor.execute(
                "SELECT held.id, price.day, price.close::float8 FROM portfolios_instrument held "
                "JOIN public.market_price price ON price.security_id = held.master_id"
            )
            closes = pd.DataFrame(cursor.fetchall(), columns=["security", "day", "close"])
        self.days = pd.date_range(FIRST, LAST)
        prices = closes.pivot(index="day", columns="security", values="close")
        prices.index = pd.to_datetime(prices.index)
        self.prices = prices.reindex(self.days).ffill()
        entries["day"] = pd.to_datetime(entries["day"])
        self.entries = entries

    def by_account(self) -> tuple[list[float], list[Any]]:
        """Value one account after the other; in memory."""
        returns, told = [], []
        for account, own in self.entries.groupby("account"):
            units = own.dropna(subset=["security"]).pivot_table(
                index="day", columns="security", values="units", aggfunc="sum"
            )
            held = units.reindex(self.days).fillna(0).cumsum()
            cash = own.groupby("day")["cash"].sum().reindex(self.days).fillna(0).cumsum()
            holdings = (held * self.prices[held.columns]).sum(axis=1)
            flows = own[own["kind"] == "deposit"].groupby("day")["cash"].sum().reindex(self.days).fillna(0)
            value = holdings + cash
            returns.append(float((value / (value.shift(1).fillna(0) + flows)).prod() - 1))
            told.append((account, holdings, cash, flows))
        return returns, told

    def wide(self) -> tuple[list[float], list[Any]]:
        """Value some accounts at once; all would not fit into memory."""
        returns: list[float] = []
        told = []
        accounts = self.entries["account"].unique()
        for first in range(0, len(accounts), AT_ONCE):
            own = self.entries[self.entries["account"].isin(accounts[first : first + AT_ONCE])]
            held = self.across(own.dropna(subset=["security"]), ["account", "security"], "units").cumsum()
            worth = held * self.prices[held.columns.get_level_values("security")].to_numpy()
            holdings, cash = worth.T.groupby(level="account").sum().T, self.across(own, "account", "cash").cumsum()
            flows, value = self.across(own[own["kind"] == "deposit"], "account", "cash"), holdings + cash
            returns += list((value / (value.shift(1).fillna(0) + flows)).prod() - 1)
            told += [(account, holdings[account], cash[account], flows[account]) for account in holdings]
        return returns, told

    def across(self, entries: Any, columns: Any, values: str) -> Any:
        """Sums of each day, for each account or position."""
        table = entries.pivot_table(index="day", columns=columns, values=values, aggfunc="sum")
        return table.reindex(self.days).fillna(0)

    def write(self, told: list[Any]) -> None:
        """Write a row for each account and day."""
        import io

        import pandas as pd
        from django.db import connection

        rows = pd.concat(
            pd.DataFrame({"account": account, "holdings": holdings, "cash": cash, "flow": flow})
            for account, holdings, cash, flow in told
        )
        text = io.StringIO()
        rows.to_csv(text, columns=["account", "holdings", "cash", "flow"], header=False)
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS pandas_day")
            cursor.execute(
                "CREATE TEMP TABLE pandas_day (day date, account bigint, holdings float8, cash float8, flow float8)"
            )
            with cursor.copy("COPY pandas_day FROM STDIN (FORMAT CSV)") as copy:
                copy.write(text.getvalue())


def returns_of_rows() -> Any:
    """Read all rows back and link every account: (n_accounts,)."""
    import numpy as np

    from apps.core.series_rows import ranges, read_rows
    from apps.portfolios.engine.kept_days import unpacked

    (accounts, firsts), (holdings, changes) = read_rows(
        "SELECT account_id, first_day - %(first)s::date AS day, holdings, changes FROM portfolios_accountquarter",
        ("account_id", "day"),
        {"holdings": "<i8", "changes": "<i8"},
        {"first": FIRST},
    )
    days = unpacked(holdings.items, holdings.sizes, changes.sizes, changes.items)
    order = np.lexsort((firsts, accounts))
    places = ranges(holdings.starts[order], holdings.sizes[order])
    return linked((days.holdings + days.cash)[places], days.money_in[places], days.money_out[places])


def linked(value: Any, money_in: Any, money_out: Any) -> Any:
    """Link the days of accounts, which follow each other, all as long: (n_accounts,)."""
    import numpy as np

    from apps.kernel.flows import FlowTiming
    from apps.portfolios.engine.return_kernels import BookDays, batch_time_weighted

    shape = N_ACCOUNTS, -1
    closes = np.pad(value.reshape(shape), ((0, 0), (1, 0)))
    days = BookDays(closes, money_in.reshape(shape), money_out.reshape(shape), np.zeros_like(closes[:, 1:]))
    return batch_time_weighted(days, FlowTiming.IN_START_OUT_END)[0]


def processor() -> float:
    """Return the seconds of a processor that this process and its database connection have taken."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    taken = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[11:13]
    return time.process_time() + sum(map(int, taken)) / os.sysconf("SC_CLK_TCK")


def timed(job: Callable[[], Any]) -> tuple[float, float, Any]:
    """Return seconds of processors and by the clock, and what the job returns."""
    before, start = processor(), time.perf_counter()
    found = job()
    return processor() - before, time.perf_counter() - start, found


def bare_copy() -> None:
    """Read the rows of the ledger and the prices that a full night needs by COPY, and do nothing with them."""
    from django.db import connection

    for columns in (
        "account_id, instrument_id, trade_date, units, cash, kind FROM portfolios_transaction",
        "security_id, day, close FROM public.market_price",
    ):
        with connection.cursor() as cursor, cursor.copy(f"COPY (SELECT {columns}) TO STDOUT (FORMAT BINARY)") as copy:
            for _ in copy:
                pass


def kernels_alone() -> float:
    """Return the seconds of valuing the whole book and linking its days, its tables in memory."""
    from apps.portfolios.engine.book_values import book_values
    from apps.portfolios.models import Account
    from apps.portfolios.selectors.book_tables import book_tables

    tables = book_tables(dict.fromkeys(Account.objects.values_list("pk", flat=True), FIRST), LAST)

    def both() -> None:
        found = book_values(tables.state, tables.entries, tables.prices)
        linked(found.holdings + found.cash, found.money_in, found.money_out)

    both()
    return statistics.median(timed(both)[0] for _ in range(7))


def new_prices(day: date) -> None:
    """Add a day of prices."""
    in_public(PRICES, {"first": day, "last": day})
    one_process()


def one_process() -> None:
    """Keep the database from sharing a query among processes, whose time nobody would count."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")


def nights(keep: Callable[..., Any]) -> tuple[Any, Any, Any]:
    """Keep values from nothing, of a day more with some accounts corrected, and of days more with nothing else."""
    from django.db import connection

    first = timed(lambda: keep(last=LAST))
    linking = timed(returns_of_rows)
    day = FRIDAY
    new_prices(day)
    with connection.cursor() as cursor:
        cursor.execute(CORRECTED, [LAST - timedelta(days=70), N_CORRECTED])
    corrected = timed(lambda: keep(last=day))
    quiet = []
    for _ in range(5):
        day += timedelta(days=1)
        new_prices(day)
        quiet.append(timed(lambda day=day: keep(last=day))[:2])
    return first, linking, (corrected, sorted(quiet)[len(quiet) // 2])


def main() -> None:
    """Print the table."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    with firm() as connection:
        from apps.core.actors import Actor
        from apps.portfolios.services.kept_values import keep_values

        by = Actor.system("portfolios.keep_values")
        with connection.cursor() as cursor:
            books(cursor)
        one_process()
        kernels = kernels_alone()  # and the compiler's cache is warm
        bare = statistics.median(timed(bare_copy)[0] for _ in range(3))
        pandas = Pandas()
        theirs = {
            name: timed(lambda name=name: pandas.night(name)) for name in ("account by account", "as wide frames")
        }
        full, linking, later = nights(lambda last: keep_values(by=by, last=last))
    apart = max(abs(a - b) for _, _, told in theirs.values() for a, b in zip(linking[2], told, strict=True))
    size = f"{N_ACCOUNTS:,} accounts, {N_ACCOUNTS * PER_ACCOUNT:,} positions, {full[2].n_days:,} days of accounts"
    print(f"a night of {size}")
    print(f"  full night: {full[0]:.2f} s of processors, {full[1]:.2f} s by the clock")
    print(f"    over a bare COPY of the rows that it reads ({bare:.2f} s): {full[0] / bare:.1f}x")
    print(
        f"  all accounts linked from the rows: {linking[0]:.2f} s; returns differ from pandas' by {apart:.0e} at most"
    )
    print(f"  valuing and linking alone, tables in memory: {kernels * 1e3:,.0f} ms")
    for name, (taken, clock, _) in theirs.items():
        print(f"  pandas, {name}: {taken:.1f} s of processors, {clock:.1f} s by the clock")
        print(f"    of them in memory: {pandas.seconds[name]:.1f} s, over ours {pandas.seconds[name] / kernels:.0f}x")
        print(
            f"    rows read and written: {taken / full[0]:.0f}x the full night, "
            f"{taken / (full[0] + linking[0]):.0f}x with linking from the rows"
        )
    (corrected, _, night), quiet = later[0], later[1]
    print(
        f"  next night, {N_CORRECTED} accounts corrected ten weeks back ({night.n_days:,} days): "
        f"{corrected * 1e3:.0f} ms, {corrected / full[0]:.1%} of the full one"
    )
    print(
        f"  next night, prices alone: {quiet[0] * 1e3:.0f} ms, {quiet[0] / full[0]:.1%} of the full one; "
        f"by the clock {quiet[1] * 1e3:.0f} ms, {quiet[1] / full[1]:.1%}"
    )
    least = min(taken for taken, _, _ in theirs.values())
    print(f"  pandas, the quicker of its nights, over a next night of prices alone: {least / quiet[0]:.0f}x")


if __name__ == "__main__":
    main()
