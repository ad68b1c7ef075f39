"""Choosing how the markets of the firm's plans are drawn, and loading the history that they may draw from."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import asdict, dataclass

from apps.accounts.selectors.firm_days import firm_today
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.assumptions import AssumptionSet
from apps.plans.engine.history import History, history_of
from apps.plans.engine.markets import MarketKind
from apps.plans.models import MarketChoice, MarketHistory
from apps.plans.selectors.assumptions import assumption_set
from apps.plans.selectors.markets import history_in, market_choice, newest_history
from apps.plans.services._checks import checked
from apps.plans.services.assumptions import assumptions_in_force

MAX_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class MarketTerms:
    """How markets are drawn; the block and the centre belong to those out of history."""

    kind: str
    mean_block: int
    is_recentred: bool


@service
def choose_markets(*, terms: MarketTerms, by: Actor) -> MarketChoice:
    """Set the markets of all results from now on; results that are there keep theirs.

    Raises InvalidInputError, at the field, where the assumptions state no tails or there is no history for them.
    """
    row = MarketChoice(**asdict(terms), set_by=by.label[:200])
    checked(row)
    _check_possible(row, by)
    before = audit.snapshot(market_choice())
    row.save()
    audit.record("plans.choose_markets", by=by, target=row, before=before, after=audit.snapshot(row))
    return row


@service
def load_market_history(*, data: bytes, source: str, by: Actor) -> MarketHistory:
    """Take in monthly returns, one row a month: `month` as 1957-02, a column for each class, `inflation` the last.

    Raises InvalidInputError whose field is `file`, for what is no such table, `source` where none is told.
    """
    if not source.strip():
        raise InvalidInputError(gettext_noop("Say where the history comes from."), field="source")
    history = _read(data)
    if MarketHistory.objects.filter(digest=history.digest).exists():
        raise _refused(gettext_noop("This history was loaded already."), gettext_noop("Choose another file."))
    _check_classes(history, assumption_set(assumptions_in_force(day=firm_today(), by=by)), "file")
    content = {"first_month": history.first_month.isoformat(), "keys": history.keys, "rows": history.rows}
    row = MarketHistory(source=source.strip()[:300], content=content, digest=history.digest, loaded_by=by.label[:200])
    checked(row)
    row.save()
    image = {"source": row.source, "digest": row.digest, "months": history.n_months}
    audit.record("plans.load_market_history", by=by, target=row, after=image)
    return row


def _check_possible(row: MarketChoice, by: Actor) -> None:
    assumptions = assumption_set(assumptions_in_force(day=firm_today(), by=by))
    if row.kind == MarketKind.FAT_TAILED and assumptions.degrees_of_freedom is None:
        raise InvalidInputError(
            gettext_noop("The assumption set does not say how fat the tails of its markets are."),
            mend=gettext_noop("State the firm's view of returns anew, which starts from the newest published set."),
            field="kind",
        )
    if row.kind != MarketKind.BOOTSTRAP:
        return
    history = newest_history()
    if history is None:
        raise InvalidInputError(
            gettext_noop("There is no history to draw from."),
            mend=gettext_noop("Load the monthly history first, or choose markets by formula."),
            field="kind",
        )
    _check_classes(history_in(history), assumptions, "kind")


def _read(data: bytes) -> History:
    if len(data) > MAX_BYTES:
        raise _refused(gettext_noop("The file is larger than 2 MB."), gettext_noop("Load monthly returns only."))
    try:
        rows = [row for row in csv.reader(io.StringIO(data.decode("utf-8-sig"))) if row]
        head, body = [name.strip() for name in rows[0]], rows[1:]
        months = [dt.datetime.strptime(row[0].strip()[:7], "%Y-%m").date() for row in body]  # noqa: DTZ007 - a month
        returns = [[float(value) for value in row[1:]] for row in body]
    except (UnicodeDecodeError, ValueError, IndexError, csv.Error) as broken:
        raise _refused(
            gettext_noop("The file is no table of months and returns."),
            gettext_noop("CSV with a head: month, the classes, inflation; months like 1957-02, returns like 0.012."),
        ) from broken
    try:
        return history_of(months, head[1:], returns)
    except InvalidInputError as refused:
        raise _at(refused, "file") from refused


def _refused(message: str, mend: str) -> InvalidInputError:
    return InvalidInputError(message, mend=mend, field="file")


def _check_classes(history: History, assumptions: AssumptionSet, field: str) -> None:
    try:
        history.factors(assumptions)
    except InvalidInputError as lacking:
        raise _at(lacking, field) from lacking


def _at(refused: InvalidInputError, field: str) -> InvalidInputError:
    return InvalidInputError(refused.message, mend=refused.mend, field=field, **refused.params)
