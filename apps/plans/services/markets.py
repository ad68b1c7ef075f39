"""Choosing how the markets of the firm's plans are drawn, and loading the history that they may draw from."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from apps.accounts.selectors.firm_days import firm_today
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.markets import MarketKind
from apps.plans.models import MarketChoice, MarketHistory
from apps.plans.selectors.assumptions import assumption_set
from apps.plans.selectors.markets import history_in, market_choice, newest_history
from apps.plans.services._checks import checked
from apps.plans.services._market_files import history_from
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
    now = market_choice()
    if (now.kind, now.mean_block, now.is_recentred) == (row.kind, row.mean_block, row.is_recentred):
        raise InvalidInputError(
            gettext_noop("These are the markets of plans already."), mend=gettext_noop("Choose others, or leave.")
        )
    before = audit.snapshot(now)
    row.save()
    audit.record("plans.choose_markets", by=by, target=row, before=before, after=audit.snapshot(row))
    return row


@service
def load_market_history(*, data: bytes, source: str, by: Actor) -> MarketHistory:
    """Take in monthly returns (`history_from`) and draw from them from now on; results that are there keep theirs.

    Raises InvalidInputError whose field is `file`, for what is no such table, `source` where none is told.
    """
    if not source.strip():
        raise InvalidInputError(gettext_noop("Say where the history comes from."), field="source")
    if len(data) > MAX_BYTES:
        raise InvalidInputError(
            gettext_noop("The file is larger than 2 MB."), mend=gettext_noop("Load monthly returns only."), field="file"
        )
    today = firm_today()
    history = history_from(data, assumption_set(assumptions_in_force(day=today, by=by)), today)
    latest = newest_history()
    if latest is not None and latest.digest == history.digest:
        raise InvalidInputError(
            gettext_noop("This history is the one in use already."),
            mend=gettext_noop("Choose another file."),
            field="file",
        )
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
    try:
        history_in(history).factors(assumptions)
    except InvalidInputError as lacking:
        raise InvalidInputError(lacking.message, mend=lacking.mend, field="kind", **lacking.params) from lacking
