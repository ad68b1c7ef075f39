"""What the firm holds to be substantially identical, for the engine and for pages."""

from __future__ import annotations

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


def equivalence_groups() -> list[EquivalenceGroup]:
    """Return all groups with their members, those that wait first."""
    rows = EquivalenceGroup.objects.prefetch_related("members__instrument").select_related("replaces")
    order = [EquivalenceState.WAITING, EquivalenceState.APPROVED, EquivalenceState.DECLINED, EquivalenceState.WITHDRAWN]
    return sorted(rows, key=lambda row: order.index(EquivalenceState(row.state)))
