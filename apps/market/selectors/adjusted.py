"""Closes as one line of growth: what a corporate action did to the price of a share is no loss and no gain."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from apps.market.models import ActionKind, CorporateAction
from apps.market.selectors.prices import Close, close_at

ONE = Decimal(1)
ONE_DAY = dt.timedelta(days=1)
_KINDS = (ActionKind.SPLIT, ActionKind.STOCK_DIVIDEND, ActionKind.SPIN_OFF, ActionKind.RETURN_OF_CAPITAL)


def adjusted_closes(closes: Mapping[int, Sequence[Close]]) -> dict[int, list[Close]]:
    """Return ordered closes by security, each times what actions since the first close made of one share.

    A split and a dividend in shares multiply by their ratio; what was spun off or paid back counts as if it had bought
    more of the same, at the values announced or the close before. Actions that do not say enough change nothing.
    """
    found = {pk: list(rows) for pk, rows in closes.items()}
    actions = CorporateAction.objects.filter(security__in=found, kind__in=_KINDS, is_cancelled=False)
    by_security: dict[int, list[CorporateAction]] = defaultdict(list)
    for action in actions.order_by("day", "pk"):
        by_security[action.security_id].append(action)
    for pk, told in by_security.items():
        rows = found[pk]
        for action in told:
            if rows and rows[0].day < action.day <= rows[-1].day:
                before = close_at(closes[pk], action.day - ONE_DAY)
                factor = _factor(action, before.close if before else None)
                rows = [Close(row.day, row.close * factor) if row.day >= action.day else row for row in rows]
        found[pk] = rows
    return found


def _factor(action: CorporateAction, before: Decimal | None) -> Decimal:
    if action.kind == ActionKind.RETURN_OF_CAPITAL:
        paid = action.cash_per_share
        return before / (before - paid) if before is not None and paid is not None and before > paid else ONE
    if action.new_shares is None or action.old_shares is None:
        return ONE
    ratio = action.new_shares / action.old_shares
    if action.kind == ActionKind.SPLIT:
        return ratio
    if action.kind == ActionKind.STOCK_DIVIDEND:
        return ONE + ratio
    if action.fair_old is None or action.fair_new is None or action.fair_old <= 0:
        return ONE
    return ONE + ratio * action.fair_new / action.fair_old
