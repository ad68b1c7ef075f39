"""Corporate actions as a provider tells them: kept once, corrected on the trail, called off but never removed."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Protocol

from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.market.models import ActionKind, CorporateAction, Security

OF_RATIO = {ActionKind.SPLIT, ActionKind.STOCK_DIVIDEND, ActionKind.MERGER, ActionKind.SPIN_OFF}
LEADS_ELSEWHERE = {ActionKind.MERGER, ActionKind.SPIN_OFF, ActionKind.SYMBOL_CHANGE}
_TERMS = ("new_shares", "old_shares", "into", "cash_per_share", "fair_old", "fair_new", "is_cancelled")
_NUMBERS = ("new_shares", "old_shares", "cash_per_share", "fair_old", "fair_new")


@dataclass(frozen=True, slots=True)
class ActionNotice:
    """An action as a provider tells it, with securities by symbol."""

    symbol: str
    kind: str
    day: dt.date
    new_shares: Decimal | None = None
    old_shares: Decimal | None = None
    into: str = ""
    cash_per_share: Decimal | None = None
    fair_old: Decimal | None = None
    fair_new: Decimal | None = None
    is_cancelled: bool = False


class ActionProvider(Protocol):
    """Where actions come from: a file, or a feed that a connector brings."""

    @property
    def source(self) -> str:
        """Name the provider, for the trail."""
        ...

    def notices(self) -> Iterable[ActionNotice]:
        """Return all that it tells; what was told before does no harm."""
        ...


@dataclass(frozen=True, slots=True)
class FileActions:
    """A CSV file: symbol, kind, day, new_shares, old_shares, into, cash_per_share, fair_old, fair_new, cancelled."""

    text: str
    source: str

    def notices(self) -> Iterable[ActionNotice]:
        """Read the lines. Raises InvalidInputError with the number of a line that cannot be read."""
        for number, row in enumerate(csv.DictReader(io.StringIO(self.text)), 2):
            try:
                yield ActionNotice(
                    symbol=row["symbol"].strip().upper(),
                    kind=row["kind"].strip().lower(),
                    day=dt.date.fromisoformat(row["day"].strip()),
                    into=(row.get("into") or "").strip().upper(),
                    is_cancelled=(row.get("cancelled") or "").strip().lower() in {"1", "true", "yes"},
                    **{name: Decimal(told) for name in _NUMBERS if (told := (row.get(name) or "").strip())},
                )
            except (KeyError, ValueError, AttributeError, InvalidOperation) as wrong:
                raise InvalidInputError(
                    gettext_noop("Line %(number)s of the file is no corporate action."),
                    mend=gettext_noop("Give symbol, kind and day (2026-03-31), and numbers with a point."),
                    number=number,
                ) from wrong


@service
def take_actions(*, provider: ActionProvider, by: Actor) -> list[CorporateAction]:
    """Keep what a provider tells, all or none; return what is new or was corrected.

    Raises what `keep_action` raises.
    """
    kept = [keep_action(notice=notice, source=provider.source, by=by) for notice in provider.notices()]
    return [action for action in kept if action is not None]


@service
def keep_action(*, notice: ActionNotice, source: str, by: Actor) -> CorporateAction | None:
    """Keep one action; None when it is known as it is told.

    Raises InvalidInputError for an unknown symbol or kind, and for terms that are missing or make no sense.
    """
    names = {notice.symbol, notice.into} - {""}
    found = {security.symbol: security for security in Security.objects.filter(symbol__in=names)}
    missing = sorted(names - set(found))
    if missing or not notice.symbol:
        raise InvalidInputError(
            gettext_noop("The securities master has no %(symbols)s."), field="symbol", symbols=", ".join(missing)
        )
    _check(notice)
    told = {name: getattr(notice, name) for name in _TERMS if name != "into"}
    told["into"] = found.get(notice.into)
    action = CorporateAction.objects.filter(security=found[notice.symbol], kind=notice.kind, day=notice.day).first()
    if action is not None and all(getattr(action, name) == value for name, value in told.items()):
        return None
    before = audit.snapshot(action) if action is not None else None
    action = action or CorporateAction(security=found[notice.symbol], kind=notice.kind, day=notice.day)
    for name, value in told.items():
        setattr(action, name, value)
    action.source = source[:200]
    action.full_clean()
    action.save()
    audit.record("market.keep_action", by=by, target=action, before=before, after=audit.snapshot(action))
    return action


def _check(notice: ActionNotice) -> None:
    if notice.kind not in ActionKind.values:
        raise InvalidInputError(gettext_noop("“%(kind)s” is no corporate action."), field="kind", kind=notice.kind)
    numbers = [getattr(notice, name) for name in _NUMBERS]
    if any(number is not None and (not number.is_finite() or number < 0) for number in numbers):
        raise InvalidInputError(gettext_noop("The number must not be negative."), field="new_shares")
    has_ratio = bool(notice.new_shares and notice.old_shares)
    if (notice.kind in OF_RATIO) != has_ratio:
        raise InvalidInputError(
            gettext_noop("The action needs its ratio, new shares for old ones."), field="new_shares"
        )
    if (notice.kind in LEADS_ELSEWHERE) != bool(notice.into) or notice.into == notice.symbol:
        raise InvalidInputError(gettext_noop("The action does not say which other security comes of it."), field="into")
    if notice.kind == ActionKind.RETURN_OF_CAPITAL and not notice.cash_per_share:
        raise InvalidInputError(gettext_noop("A return of capital says its cash per share."), field="cash_per_share")
