"""Closes as one line of growth: what a corporate action did to the price of a share is no loss and no gain."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from apps.kernel.dates import DateSpan
from apps.market.models import ActionKind, CorporateAction
from apps.market.selectors.prices import Close, close_at, closes_in, latest_closes

ONE = Decimal(1)
ONE_DAY = dt.timedelta(days=1)
# a price from before a span counts as that of its first day when it is no older
STALE = dt.timedelta(days=10)
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


def growth_lines(security_ids: Collection[int], span: DateSpan) -> dict[int, list[Close]]:
    """Return the closes of each within a span, from the last one before it, as lines of growth that end where they end.

    Adjusted as `adjusted_closes` says, and scaled so that the last close is the one that was paid. A price from more
    than STALE before the span does not begin it.
    """
    before, within = latest_closes(security_ids, span.first), closes_in(security_ids, span)
    told: dict[int, list[Close]] = {}
    for pk in security_ids:
        first = before.get(pk)
        is_near = first is not None and span.first - STALE <= first.day < span.first
        told[pk] = [first, *within.get(pk, [])] if is_near and first is not None else within.get(pk, [])
    lines = adjusted_closes(told)
    for pk, line in lines.items():
        scale = told[pk][-1].close / line[-1].close if line else ONE
        if scale != ONE:
            lines[pk] = [Close(each.day, each.close * scale) for each in line]
    return lines


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
