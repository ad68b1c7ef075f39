"""What the firm holds to be substantially identical, for the engine and for pages."""

from __future__ import annotations

import datetime as dt

from apps.portfolios.engine.equivalence import Membership, Role
from apps.portfolios.models import EquivalenceGroup, EquivalenceMember, EquivalenceState


def memberships() -> list[Membership]:
    """Return the approved table with its days; securities are named by the instrument's row id."""
    rows = EquivalenceMember.objects.filter(group__state=EquivalenceState.APPROVED).select_related("group")
    return [
        Membership(
            security_id=str(row.instrument_id),
            group_id=str(row.group_id),
            valid_from=row.group.valid_from,
            valid_to=row.group.valid_to,
            role=Role(row.role),
            shares=row.shares,
        )
        for row in rows
    ]


def identical_to(instrument_ids: set[int], day: dt.date) -> dict[int, frozenset[int]]:
    """Return for each security those that are identical to it on a day, itself among them."""
    groups: dict[int, set[int]] = {}
    for row in EquivalenceMember.objects.filter(group__in=EquivalenceGroup.objects.on(day)):
        groups.setdefault(row.group_id, set()).add(row.instrument_id)
    found = {pk: {pk} for pk in instrument_ids}
    for members in groups.values():
        for pk in members & instrument_ids:
            found[pk] |= members
    return {pk: frozenset(same) for pk, same in found.items()}


def equivalence_groups() -> list[EquivalenceGroup]:
    """Return all groups with their members, those that wait first."""
    rows = EquivalenceGroup.objects.prefetch_related("members__instrument").select_related("replaces")
    order = [EquivalenceState.WAITING, EquivalenceState.APPROVED, EquivalenceState.DECLINED, EquivalenceState.WITHDRAWN]
    return sorted(rows, key=lambda row: order.index(EquivalenceState(row.state)))
