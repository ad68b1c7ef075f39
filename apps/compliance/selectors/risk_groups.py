"""Pages of the firm's groups of like risk, for who sees all and for an advisor who sees some.

A group's own figures are shown to an actor only where they tell of at least FEWEST_TOLD people, and where the people
whom the actor may not see are none or as many again: nobody can be worked out from a median and the others.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count

from apps.clients.models import Household
from apps.compliance.engine.risk_groups import BAR, FEWEST_PEOPLE
from apps.compliance.models import RiskGroup, RiskGroupFit, RiskMembership
from apps.compliance.selectors.risk_group_words import FACTS, FactWord, group_name, left_out_word, misfit_words
from apps.core.actors import Actor
from apps.core.models import Job, JobState
from apps.kernel.errors import NotFoundError, gettext_noop

TASK = "compliance.keep_risk_groups"
FEWEST_TOLD = 5
MOST_LISTED = 300
MOST_TOLD = 3


@dataclass(frozen=True, slots=True)
class GroupFact:
    """One fact: a person's own, the group's median and middle half, the firm's median; None is not known or not told.

    `other` is the median of the next nearest group.
    """

    code: str
    word: FactWord
    own: float | None = None
    low: float | None = None
    median: float | None = None
    high: float | None = None
    firm: float | None = None
    other: float | None = None
    n_known: int | None = None


@dataclass(frozen=True, slots=True)
class GroupCard:
    """A group: `facts` set it apart (empty where its figures are not told), `n_seen` of its people the actor sees."""

    public_id: uuid.UUID
    number: int
    name: str
    size: int
    n_seen: int
    is_told: bool
    facts: tuple[GroupFact, ...]


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A person in a group, or left out of all: `reasons` speak for the group, `misfits` say what does not fit."""

    membership_id: uuid.UUID
    person: str
    household: str
    household_id: uuid.UUID
    group_id: uuid.UUID | None
    group: str
    other: str
    came_from: str
    moved_by: tuple[str, ...]
    reasons: tuple[GroupFact, ...]
    misfits: tuple[str, ...]
    held: GroupFact | None
    left_out: str
    n_missing: int
    as_of: dt.date


@dataclass(frozen=True, slots=True)
class FactLeft:
    """A fact with how many people lack it, or why it does not count."""

    label: str
    unknown: int
    why: str


@dataclass(frozen=True, slots=True)
class GroupsOverview:
    """The newest fit as the actor may see it; `fit` is None before the first."""

    fit: RiskGroupFit | None
    groups: tuple[GroupCard, ...] = ()
    members: tuple[MemberLine, ...] = ()
    unlike: tuple[MemberLine, ...] = ()
    changed: tuple[MemberLine, ...] = ()
    left_out: tuple[MemberLine, ...] = ()
    n_unlike: int = 0
    facts: tuple[FactLeft, ...] = ()
    dropped: tuple[FactLeft, ...] = ()
    fewest: int = FEWEST_PEOPLE
    bar: float = BAR


@dataclass(frozen=True, slots=True)
class GroupPage:
    """One group with its people whom the actor sees, and all of its facts where they are told."""

    fit: RiskGroupFit
    card: GroupCard
    facts: tuple[GroupFact, ...]
    members: tuple[MemberLine, ...]


class _Seen:
    """A fit through an actor's eyes: which memberships (of them those `only`), of which groups the figures are told."""

    def __init__(self, fit: RiskGroupFit, actor: Actor, **only: object) -> None:
        self.fit = fit
        self.groups = {group.pk: group for group in fit.groups.order_by("number")}
        visible = RiskMembership.objects.visible_to(actor).filter(fit=fit)
        rows = visible.filter(**only).select_related("person", "household")
        self.rows = list(rows.order_by("person__last_name", "person__first_name", "pk"))
        counted = visible.order_by().values_list("group_id").annotate(n=Count("pk"))
        self.counts = Counter(dict(counted))
        self.firm = {each["code"]: each["firm"] for each in fit.features}
        n_placed = sum(count for pk, count in self.counts.items() if pk is not None)
        self.is_firm_told = _is_told(fit.n_people, n_placed)
        self.names_before = _names_of(fit.continues_id)

    def is_told(self, group: RiskGroup) -> bool:
        return _is_told(group.size, self.counts[group.pk])

    def tells(self, code: str, group: RiskGroup) -> bool:
        """Say whether a fact of a group may be told: to who does not see all of its people only what all are known by.

        Of a fact that one unseen person alone is known by, the median would be that person's.
        """
        sees_all = self.counts[group.pk] == group.size
        n_known = _middle(group.middles, code)[3]
        return self.is_told(group) and (sees_all or n_known == group.size)

    def fact(self, code: str, group: RiskGroup, own: float | None = None, other: RiskGroup | None = None) -> GroupFact:
        """Return a fact with what may be told of the group, of the next one and of the firm."""
        low, median, high, known = _middle(group.middles, code) if self.tells(code, group) else (None,) * 4
        return GroupFact(
            code,
            FACTS[code],
            own=own,
            low=low,
            median=median,
            high=high,
            firm=self.firm[code][1] if self.is_firm_told and code in self.firm else None,
            other=_middle(other.middles, code)[1] if other is not None and self.tells(code, other) else None,
            n_known=None if known is None else int(known),
        )

    def card(self, group: RiskGroup) -> GroupCard:
        told = self.is_told(group)
        facts = tuple(self.fact(code, group) for code, _above in group.telling[:MOST_TOLD]) if told else ()
        name = group_name(group.traits, group.number)
        return GroupCard(group.public_id, group.number, name, group.size, self.counts[group.pk], told, facts)

    def line(self, row: RiskMembership) -> MemberLine:
        group = self.groups.get(row.group_id) if row.group_id else None
        other = self.groups.get(row.other_id) if row.other_id else None
        reasons: tuple[GroupFact, ...] = ()
        held = None
        if group is not None:
            reasons = tuple(self.fact(code, group, row.facts.get(code), other) for code in row.reasons)
            if "holds_unlike" in row.misfits:
                held = self.fact("equity_share", group, row.facts.get("equity_share"))
        return MemberLine(
            membership_id=row.public_id,
            person=str(row.person),
            household=row.household.name,
            household_id=row.household.public_id,
            group_id=group.public_id if group else None,
            group=group_name(group.traits, group.number) if group else "",
            other=group_name(other.traits, other.number) if other else "",
            came_from=self.names_before.get(row.came_from, "") if row.came_from is not None else "",
            moved_by=tuple(str(FACTS[code].label) for code in row.moved_by),
            reasons=reasons,
            misfits=tuple(misfit_words(row.misfits)),
            held=held,
            left_out=left_out_word(row.left_out) if row.left_out else "",
            n_missing=sum(each["code"] not in row.facts for each in self.fit.features),
            as_of=self.fit.fitted_on,
        )


def groups_overview(actor: Actor) -> GroupsOverview:
    """Return the newest fit as far as the actor sees it; a constant number of queries."""
    fit = newest_fit()
    if fit is None:
        return GroupsOverview(None)
    seen = _Seen(fit, actor)
    lines = [(row, seen.line(row)) for row in seen.rows]
    unlike = [line for row, line in lines if row.group_id is not None and line.misfits]
    return GroupsOverview(
        fit=fit,
        groups=tuple(seen.card(group) for group in seen.groups.values()),
        members=tuple(line for row, line in lines if row.group_id is not None),
        unlike=tuple(sorted(unlike, key=lambda line: line.held is None))[:MOST_LISTED],
        changed=tuple(line for row, line in lines if row.came_from is not None)[:MOST_LISTED],
        left_out=tuple(line for row, line in lines if row.group_id is None)[:MOST_LISTED],
        n_unlike=len(unlike),
        facts=tuple(FactLeft(str(FACTS[each["code"]].label), each["unknown"], "") for each in fit.features),
        dropped=tuple(FactLeft(str(FACTS[code].label), 0, left_out_word(why)) for code, why in fit.dropped.items()),
    )


def group_page(group_id: uuid.UUID, actor: Actor) -> GroupPage:
    """Return a group of any fit. Raises NotFoundError where there is none."""
    group = group_row(group_id)
    seen = _Seen(group.fit, actor, group=group)
    codes = [code for code in FACTS if code in group.middles] if seen.is_told(group) else []
    members = tuple(seen.line(row) for row in seen.rows)
    return GroupPage(
        group.fit, seen.card(group), tuple(seen.fact(code, group) for code in codes), members[:MOST_LISTED]
    )


def household_groups(household: Household, actor: Actor) -> tuple[MemberLine, ...]:
    """Return where the adults of a household lie in the newest fit, nothing before the first or without groups."""
    fit = newest_fit()
    if fit is None or fit.trouble:
        return ()
    seen = _Seen(fit, actor, household=household)
    return tuple(seen.line(row) for row in seen.rows)


def told_facts(group: RiskGroup, actor: Actor) -> tuple[GroupFact, ...]:
    """Return all facts of a group that may be told this actor. Raises NotFoundError where none may."""
    seen = _Seen(group.fit, actor, group=group)
    if not seen.is_told(group):
        raise NotFoundError(gettext_noop("Too few people are in this group to tell its figures."))
    return tuple(seen.fact(code, group) for code in FACTS if code in group.middles)


def group_row(group_id: uuid.UUID) -> RiskGroup:
    """Return a group with its fit. Raises NotFoundError where there is none."""
    group = RiskGroup.objects.select_related("fit").filter(public_id=group_id).first()
    if group is None:
        raise NotFoundError(gettext_noop("There is no such group."))
    return group


def newest_fit() -> RiskGroupFit | None:
    """Return the fit that pages show."""
    return RiskGroupFit.objects.order_by("-id").first()


def is_under_way() -> bool:
    """Say whether people are being grouped, or wait for it."""
    return Job.objects.filter(name=TASK, state__in=[JobState.QUEUED, JobState.RUNNING]).exists()


def _is_told(size: int, n_seen: int) -> bool:
    unseen = size - n_seen
    return size >= FEWEST_TOLD and (unseen == 0 or unseen >= FEWEST_TOLD)


def _middle(middles: Mapping[str, list[float]], code: str) -> tuple[float | None, float | None, float | None, float]:
    found: Iterable[float] | None = middles.get(code)
    if found is None:
        return None, None, None, 0
    low, median, high, known = found
    return low, median, high, known


def _names_of(fit_id: int | None) -> dict[int, str]:
    if fit_id is None:
        return {}
    return {group.number: group_name(group.traits, group.number) for group in RiskGroup.objects.filter(fit=fit_id)}
