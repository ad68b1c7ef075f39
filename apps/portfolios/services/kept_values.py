"""Keeping the daily values of all accounts: by night, and only from the first day that anything touched.

Each batch of accounts is one transaction: marks are read, then the ledger and the prices, rows are replaced, and
only the marks that were read go. A crash leaves the batch as it was, marked; what is written meanwhile marks it anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils import timezone

from apps.accounts.selectors.firm_days import firm_today, firm_zone
from apps.core import audit, jobs
from apps.core.actors import Actor
from apps.core.series_rows import array_text
from apps.core.services import service
from apps.kernel.dates import DateSpan
from apps.portfolios.models import KeptState
from apps.portfolios.services._firm_sums import sum_up
from apps.portfolios.services._kept_days import Due, computed
from apps.portfolios.services._kept_marks import forget_marks, marks_of, take_up_gone, take_up_marks
from apps.portfolios.services._kept_rows import replace

# one batch in memory: so many days of accounts, and at most so many accounts
DAYS_AT_ONCE, ACCOUNTS_AT_ONCE = 4_000_000, 5_000
# the hour of the firm from which yesterday's closes are taken to be there
NIGHT_HOUR = 2
ONE_DAY = dt.timedelta(days=1)
Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class KeptNight:
    """What a night did: accounts of which days were computed, days written, and accounts that are not kept."""

    n_accounts: int
    n_days: int
    left_out: int


# the first day of the ledger is asked for where it is not known: an account that nothing touched has it still
_DUE = """
SELECT account.id, kept.first_day, kept.last_day, coalesce(kept.is_walked, false), mark.first_day,
    CASE WHEN kept.account_id IS NULL OR mark.first_day IS NOT NULL THEN (
        SELECT trade_date FROM portfolios_transaction WHERE account_id = account.id ORDER BY trade_date LIMIT 1
    ) ELSE kept.first_day END
FROM portfolios_account account
LEFT JOIN portfolios_keptaccount kept ON kept.account_id = account.id
LEFT JOIN (SELECT account_id, min(first_day) AS first_day FROM portfolios_valuemark GROUP BY 1) AS mark
    ON mark.account_id = account.id
WHERE %(accounts)s::bigint[] IS NULL OR account.id = ANY(%(accounts)s::bigint[])
ORDER BY account.id
"""


def keep_values(*, by: Actor, progress: Progress | None = None, last: dt.date | None = None) -> KeptNight:
    """Bring the kept values of all accounts up to yesterday, or to the last day given; batch by batch.

    Running it again, or at the same time, changes nothing: whoever keeps values waits for the other.
    """
    until = last or firm_today() - ONE_DAY
    tell = progress or (lambda _share, _step: None)
    _take_up_marks()
    due = list(_due(until))
    n_days = left_out = done = 0
    for batch in _batches(due, until):
        night = keep_batch(account_ids=[each.account_id for each in batch], last=until, by=by)
        n_days, left_out, done = n_days + night.n_days, left_out + night.left_out, done + len(batch)
        tell(0.95 * done / len(due), "")
    _sum_up_firm()
    return KeptNight(len(due), n_days, left_out)


@service
def ask_for_night(*, by: Actor) -> bool:
    """Ask for the firm's night once a day, when its own clock has passed NIGHT_HOUR; say whether it was asked for."""
    now = timezone.localtime(timezone=ZoneInfo(firm_zone()))
    state = _state()
    if now.hour < NIGHT_HOUR or state.asked_on == now.date():
        return False
    state.asked_on = now.date()
    state.save(update_fields=["asked_on"])
    jobs.enqueue("portfolios.keep_values", by=by)
    return True


@transaction.atomic
def _take_up_marks() -> None:
    """Turn marks of instruments and of shared prices into marks of the accounts whose kept days they reach."""
    state = _state()
    state.last_mark = take_up_marks(state.last_mark)
    if take_up_gone():
        state.firm_from = dt.date.min
    state.save(update_fields=["last_mark", "firm_from"])


@service
def keep_batch(*, account_ids: Sequence[int], last: dt.date, by: Actor) -> KeptNight:
    """Compute the rows of some accounts from their first day that is due, and write them."""
    state = _state()
    marks = marks_of(account_ids)  # before the ledger: what is written after this is marked anew
    due = list(_due(last, account_ids))
    if not due:
        forget_marks(marks)
        return KeptNight(0, 0, 0)
    values = computed(due, last)
    replace(due, values, last)
    forget_marks(marks)
    earliest = min(each.start for each in due)
    state.firm_from = min(state.firm_from or earliest, earliest)
    state.save(update_fields=["firm_from"])
    left_out = sum(each.begins(last) is not None for each in due) - len(values.accounts)
    n_days = int(values.sizes.sum())
    audit.record(
        "portfolios.keep_values", by=by, target=state,
        after={"accounts": len(due), "days": n_days, "last_day": last, "left_out": left_out},
    )  # fmt: skip
    return KeptNight(len(due), n_days, left_out)


@transaction.atomic
def _sum_up_firm() -> None:
    """Add the managed accounts of each currency together, from the first day that any batch touched."""
    state = _state()
    if state.firm_from is not None:
        sum_up(state.firm_from)
        state.firm_from = None
        state.save(update_fields=["firm_from"])


def _state() -> KeptState:
    """The one row, locked: nobody else keeps values until the transaction ends."""
    KeptState.objects.get_or_create(pk=1)
    return KeptState.objects.select_for_update().get(pk=1)


def _due(last: dt.date, account_ids: Sequence[int] | None = None) -> Iterator[Due]:
    """Accounts with days to compute or to remove, each with the first of them."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {"accounts": None if account_ids is None else array_text(account_ids)})
        found = cursor.fetchall()
    for pk, kept_first, kept_last, is_walked, marked, first in found:
        if kept_first is None:
            if first is not None and first <= last:
                yield Due(pk, first, first, None, is_walked)
            continue
        start = min(kept_last + ONE_DAY, marked or dt.date.max)
        if start <= last or (marked is not None and marked <= kept_last):
            yield Due(pk, start, first, DateSpan(kept_first, kept_last), is_walked)


def _batches(due: Sequence[Due], last: dt.date) -> Iterator[list[Due]]:
    batch: list[Due] = []
    n_days = 0
    for each in due:
        days = (last - max(each.start, each.first or last)).days + 1
        if batch and (n_days + days > DAYS_AT_ONCE or len(batch) >= ACCOUNTS_AT_ONCE):
            yield batch
            batch, n_days = [], 0
        batch.append(each)
        n_days += days
    if batch:
        yield batch
