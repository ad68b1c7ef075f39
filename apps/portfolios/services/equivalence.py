"""Saying what is substantially identical: proposed by one person, in force when another has approved it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from apps.accounts.models import ApprovalRequest, ApprovalState
from apps.accounts.services.approvals import request_approval
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.core.templatetags.formats import date_text
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop
from apps.portfolios.models import EquivalenceGroup, EquivalenceMember, EquivalenceRole, EquivalenceState, Instrument
from apps.portfolios.services._checks import checked
from apps.portfolios.services.instruments import instrument_by_symbol

APPROVAL_KIND = "portfolios.equivalence"


class TwoGroupsError(DomainError):
    """A security would stand in two groups on one day."""

    code = "two_equivalence_groups"


@dataclass(frozen=True, slots=True)
class NamedMember:
    """A security of a group, by symbol."""

    symbol: str
    role: str = EquivalenceRole.SAME
    shares: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class GroupTerms:
    """What is said to be identical, from when on, and why. No members end the group that is replaced."""

    name: str
    basis: str
    valid_from: dt.date
    members: Sequence[NamedMember] = ()
    replaces: EquivalenceGroup | None = None


@service
def propose_equivalence(*, terms: GroupTerms, by: Actor) -> EquivalenceGroup:
    """Put a group, or a new version of one, to a second person.

    Raises InvalidInputError without a name or a basis, for one member alone, one named twice, an unknown symbol or a
    number of shares that is not above zero, and for a version from before its group; TwoGroupsError when a member is in
    another group in force then.
    """
    if not terms.basis.strip():
        raise InvalidInputError(gettext_noop("Say why these securities are identical."), field="basis")
    _check_version(terms)
    if len(terms.members) < 2 and not (terms.replaces is not None and not terms.members):
        raise InvalidInputError(gettext_noop("A group needs two securities at least."), field="members")
    found = [_member(named, by) for named in terms.members]
    if len({member.instrument_id for member in found}) < len(found):
        raise InvalidInputError(gettext_noop("A security is named twice."), field="members")
    group = EquivalenceGroup(
        name=terms.name.strip(),
        basis=terms.basis.strip(),
        valid_from=terms.valid_from,
        replaces=terms.replaces,
        proposed_by=by.label[:200],
    )
    checked(group)
    group.save()
    for member in found:
        member.group = group
    EquivalenceMember.objects.bulk_create(found)
    demand_no_overlap(group)
    image = {**audit.snapshot(group), "members": [f"{m.instrument} {m.role} {m.shares}" for m in found]}
    audit.record("portfolios.propose_equivalence", by=by, target=group, after=image)
    _ask(group, found, by)
    return group


@service
def hear_equivalence_decision(*, request: ApprovalRequest, by: Actor) -> None:
    """Take up how the review of a group ended: it is in force now, or it never will be.

    Raises, which undoes an approval, TwoGroupsError when another group took a member meanwhile, and InvalidInputError
    when another version took the place of the group that this one replaces.
    """
    group = EquivalenceGroup.objects.select_for_update().filter(
        public_id=request.target_id, state=EquivalenceState.WAITING
    )
    for found in group:
        if request.state == ApprovalState.APPROVED:
            demand_no_overlap(found)
            if found.replaces_id is not None:
                replaced = EquivalenceGroup.objects.select_for_update().get(pk=found.replaces_id)
                _end(_in_force(replaced), found.valid_from, by)
            _become(found, EquivalenceState.APPROVED, by)
        elif request.state == ApprovalState.DECLINED:
            _become(found, EquivalenceState.DECLINED, by)
        else:
            _become(found, EquivalenceState.WITHDRAWN, by)


def demand_no_overlap(group: EquivalenceGroup) -> None:
    """Raise TwoGroupsError when a member is in another group in force while this one holds."""
    instruments = group.members.values("instrument")
    others = EquivalenceMember.objects.filter(instrument__in=instruments, group__state=EquivalenceState.APPROVED)
    others = others.filter(Q(group__valid_to=None) | Q(group__valid_to__gte=group.valid_from))
    clash = others.exclude(group=group.pk).exclude(group=group.replaces_id or 0).select_related("group", "instrument")
    first = clash.first()
    if first is not None:
        raise TwoGroupsError(
            gettext_noop("%(security)s is in the group “%(group)s” already."),
            mend=gettext_noop("Propose a new version of that group, or leave the security out."),
            security=str(first.instrument),
            group=first.group.name,
        )


def _check_version(terms: GroupTerms) -> None:
    old = terms.replaces
    if old is None:
        return
    _in_force(old)
    if terms.valid_from <= old.valid_from:
        raise InvalidInputError(
            gettext_noop("A new version begins after the one that it replaces."), field="valid_from"
        )


def _in_force(group: EquivalenceGroup) -> EquivalenceGroup:
    if group.state != EquivalenceState.APPROVED or group.valid_to is not None:
        raise InvalidInputError(gettext_noop("This version of the group is not the one in force."), field="replaces")
    return group


def _member(named: NamedMember, by: Actor) -> EquivalenceMember:
    if named.role not in EquivalenceRole.values or named.shares <= 0:
        raise InvalidInputError(
            gettext_noop("%(symbol)s needs a role and a number of shares above zero."),
            field="members",
            symbol=named.symbol,
        )
    instrument: Instrument = instrument_by_symbol(symbol=named.symbol, field="members", by=by)
    return EquivalenceMember(instrument=instrument, role=named.role, shares=named.shares)


def _ask(group: EquivalenceGroup, members: Sequence[EquivalenceMember], by: Actor) -> None:
    told = {"group": group.name, "day": date_text(group.valid_from)}
    names = ", ".join(str(member.instrument) for member in members)
    title = _("Identical securities from %(day)s: %(group)s") % told
    reasons = [group.basis]
    reasons.append(_("Securities: %(names)s") % {"names": names} if members else _("The group ends."))
    if group.replaces is not None:
        before = ", ".join(str(member) for member in group.replaces.members.select_related("instrument"))
        reasons.append(_("Until then: %(names)s") % {"names": before})
    suggestion = _("Losses on one of them are disallowed where another is bought within 30 days (IRC 1091).")
    request_approval(kind=APPROVAL_KIND, target=group, title=title, suggestion=suggestion, reasons=reasons, by=by)


def _end(group: EquivalenceGroup, first_day_after: dt.date, by: Actor) -> None:
    before = {"valid_to": group.valid_to}
    group.valid_to = first_day_after - dt.timedelta(days=1)
    group.full_clean()
    group.save(update_fields=["valid_to", "updated_at"])
    audit.record("portfolios.end_equivalence", by=by, target=group, before=before, after={"valid_to": group.valid_to})


def _become(group: EquivalenceGroup, state: EquivalenceState, by: Actor) -> None:
    before = {"state": group.state}
    group.state = state
    group.save(update_fields=["state", "updated_at"])
    audit.record("portfolios.decide_equivalence", by=by, target=group, before=before, after={"state": state})
