"""The night of a firm with 2,000 accounts, 60,000 positions and 5 years of daily prices, as ratios in one run.

A full night reads the ledger and the prices, values every account on every day, writes a row for each of its months and
sums the firm up. The next night has one day of prices more, and 20 accounts with an entry of ten weeks ago. Peers do
the same sums with pandas on frames that are in memory already, and write nothing: account by account, and the accounts
of a sample as one wide frame. Times are of the processor, ours with those of its database connection.
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

N_ACCOUNTS, PER_ACCOUNT, N_SECURITIES, SAMPLE, N_CORRECTED = 2_000, 30, 1_000, 40, 20
FIRST, LAST = date(2021, 1, 4), date(2025, 12, 31)
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


def peers(cursor: Any) -> dict[str, Callable[[], list[float]]]:
    """Return the same returns by pandas for a sample of accounts, on frames that are read before."""
    import pandas as pd

    cursor.execute("SELECT id FROM portfolios_account ORDER BY id LIMIT %s", [SAMPLE])
    ids = [pk for (pk,) in cursor.fetchall()]
    cursor.execute(
        "SELECT account_id, trade_date, instrument_id, units::float8, cash::float8, kind FROM portfolios_transaction "
        "WHERE account_id = ANY(%s)",
        [ids],
    )
    entries = pd.DataFrame(cursor.fetchall(), columns=["account", "day", "security", "units", "cash", "kind"])
    cursor.execute(
        "SELECT held.id, price.day, price.close::float8 FROM portfolios_instrument held "
        "JOIN public.market_price price ON price.security_id = held.master_id"
    )
    closes = pd.DataFrame(cursor.fetchall(), columns=["security", "day", "close"])
    days = pd.date_range(FIRST, LAST)
    prices = closes.pivot_table(index="day", columns="security", values="close")
    prices.index = pd.to_datetime(prices.index)
    prices = prices.reindex(days).ffill()
    entries["day"] = pd.to_datetime(entries["day"])

    def by_account() -> list[float]:
        found = []
        for _, own in entries.groupby("account"):
            units = own.dropna(subset=["security"]).pivot_table(
                index="day", columns="security", values="units", aggfunc="sum"
            )
            held = units.reindex(days).fillna(0).cumsum()
            cash = own.groupby("day")["cash"].sum().reindex(days).fillna(0).cumsum()
            value = (held * prices[held.columns]).sum(axis=1) + cash
            flows = own[own["kind"] == "deposit"].groupby("day")["cash"].sum().reindex(days).fillna(0)
            factors = value / (value.shift(1).fillna(0) + flows)
            found.append(float(factors.prod() - 1))
        return found

    def across(told: Any, columns: Any, values: str) -> Any:
        return told.pivot_table(index="day", columns=columns, values=values, aggfunc="sum").reindex(days).fillna(0)

    def wide() -> list[float]:
        held = across(entries.dropna(subset=["security"]), ["account", "security"], "units").cumsum()
        worth = held * prices[held.columns.get_level_values("security")].to_numpy()
        value = worth.T.groupby(level="account").sum().T + across(entries, "account", "cash").cumsum()
        flows = across(entries[entries["kind"] == "deposit"], "account", "cash")
        return list((value / (value.shift(1).fillna(0) + flows)).prod() - 1)

    return {"account by account": by_account, "as a wide frame": wide}


def returns_of_rows() -> Any:
    """Read all rows back and link every account: (n_accounts,)."""
    import numpy as np

    from apps.core.series_rows import read_series
    from apps.kernel.flows import FlowTiming
    from apps.portfolios.engine.return_kernels import BookDays, batch_time_weighted

    rows = read_series(
        "SELECT account_id, first_day - %(first)s::date AS day, holdings, cash, money_in, money_out "
        "FROM portfolios_accountmonth ORDER BY account_id, first_day",
        ("account_id", "day"),
        ("holdings", "cash", "money_in", "money_out"),
        {"first": FIRST},
    )
    accounts, row_of = np.unique(rows.keys[0], return_inverse=True)
    shape = len(accounts), (LAST - FIRST).days + 1
    owners = np.repeat(np.arange(len(rows.sizes)), rows.sizes)
    at = row_of[owners] * shape[1] + rows.keys[1][owners] + np.arange(len(owners)) - rows.places[owners]
    tables = np.empty((4, shape[0] * shape[1]))
    for place, column in enumerate(rows.series):
        tables[place][at] = column
    holdings, cash, came, left = (table.reshape(shape) for table in tables)
    days = BookDays(np.pad(holdings + cash, ((0, 0), (1, 0))), came, left, np.zeros(shape))
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


def kernels_alone() -> float:
    """Return the seconds of valuing the whole book and linking its days, its tables in memory."""
    import numpy as np

    from apps.kernel.flows import FlowTiming
    from apps.portfolios.engine.book_values import book_values
    from apps.portfolios.engine.return_kernels import BookDays, batch_time_weighted
    from apps.portfolios.models import Account
    from apps.portfolios.selectors.book_tables import book_tables

    tables = book_tables(dict.fromkeys(Account.objects.values_list("pk", flat=True), FIRST), LAST)

    def both() -> None:
        found = book_values(tables.state, tables.entries, tables.prices)
        value = (found.holdings + found.cash).reshape(N_ACCOUNTS, -1)
        flows = (column.reshape(N_ACCOUNTS, -1).astype(float) for column in (found.money_in, found.money_out))
        closes = np.pad(value.astype(float), ((0, 0), (1, 0)))
        batch_time_weighted(BookDays(closes, *flows, np.zeros(value.shape)), FlowTiming.IN_START_OUT_END)

    both()
    return statistics.median(timed(both)[0] for _ in range(5))


def next_day(cursor: Any) -> None:
    """Add a day of prices, and an entry of ten weeks ago to some accounts."""
    in_public(PRICES, {"first": LAST + timedelta(days=1), "last": LAST + timedelta(days=1)})
    cursor.execute(
        CORRECTED,
        [LAST - timedelta(days=70), N_CORRECTED],
    )


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
            pandas = peers(cursor)
        kernels = kernels_alone()  # and the compiler's cache is warm
        full, clock, night = timed(lambda: keep_values(by=by, last=LAST))
        linked, _, found = timed(returns_of_rows)
        theirs = {name: timed(job) for name, job in pandas.items()}
        with connection.cursor() as cursor:
            next_day(cursor)
        again, clock_again, second = timed(lambda: keep_values(by=by, last=LAST + timedelta(days=1)))
    apart = max(abs(a - b) for _, _, expected in theirs.values() for a, b in zip(found, expected, strict=False))
    print(
        f"a night of {N_ACCOUNTS:,} accounts, {N_ACCOUNTS * PER_ACCOUNT:,} positions, {night.n_days:,} days of accounts"
    )
    print(f"  full night: {full:.2f} s of processors, {clock:.1f} s by the clock")
    print(f"  linking all accounts from the rows: {linked:.2f} s")
    print(
        f"  valuing and linking alone, tables in memory: {kernels * 1e3:,.0f} ms; returns differ by {apart:.0e} at most"
    )
    for name, (taken, _, _) in theirs.items():
        scaled = taken * N_ACCOUNTS / SAMPLE
        print(f"  pandas in memory, {name}, scaled from {SAMPLE} accounts: {scaled:.1f} s")
        print(f"    over valuing and linking alone: {scaled / kernels:.0f}x")
        print(f"    over the full night and linking, rows read and written: {scaled / (full + linked):.1f}x")
    print(f"  next night ({second.n_days:,} days): {again:.2f} s, {again / full:.1%} of the full one", end="")
    print(f"; by the clock {clock_again:.1f} s, {clock_again / clock:.1%}")


if __name__ == "__main__":
    main()
