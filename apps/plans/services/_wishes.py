"""What was said, as a goal of a plan: days for ages, amounts a year, people for names. What is not said stays open."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from django.utils.translation import gettext, override

from apps.clients.models import Person, Relationship
from apps.kernel.dates import months_after
from apps.kernel.errors import gettext_noop
from apps.money.selectors.facts import AccountFact
from apps.money.selectors.situations import household_facts
from apps.plans.engine.goal_lexicon import Lexicon, Subject, lexicon_from_mapping
from apps.plans.engine.quoted_goals import Quote, spoken, unread
from apps.plans.engine.spoken_goals import SpokenGoal, goals_in
from apps.plans.engine.spoken_means import shown_at
from apps.plans.engine.spoken_numbers import Per
from apps.plans.engine.spoken_times import Moment
from apps.plans.models import GoalKind, GoalPriority, GoalText, GoalWish
from apps.plans.services._tables import TAX_TABLES, read_table
from apps.plans.services._wish_means import HeardMeans, Told, heard_means

KINDS = {
    Subject.RETIREMENT: GoalKind.RETIREMENT,
    Subject.EDUCATION: GoalKind.EDUCATION,
    Subject.HOME: GoalKind.HOME,
}
NAMES = {
    Subject.DEBT: gettext_noop("Paying off a debt"),
    Subject.RESERVE: gettext_noop("A reserve"),
    Subject.LEGACY: gettext_noop("Something to leave"),
    Subject.WEDDING: gettext_noop("A wedding"),
    Subject.BUSINESS: gettext_noop("A business"),
    Subject.EDUCATION: gettext_noop("Education"),
    Subject.CHARITY: gettext_noop("Giving"),
    Subject.VEHICLE: gettext_noop("A vehicle"),
    Subject.HOME: gettext_noop("A home"),
    Subject.TRAVEL: gettext_noop("Travel"),
    Subject.CARE: gettext_noop("Care"),
    Subject.RETIREMENT: gettext_noop("Retirement"),
    Subject.GIFT: gettext_noop("A gift"),
    Subject.OTHER: gettext_noop("Something else"),
}
# things that people call by their own name: a cabin is no "home" to who wishes for it
_NAMED = frozenset({Subject.HOME, Subject.VEHICLE})
_ARTICLE = re.compile(r"(?:an?|the|my|our|um|uma|os?|as?|de|meu|minha|nosso|nossa)\s+", re.IGNORECASE)
_MONTHS = 12
_WORKING_AGES = range(18, 101)


@cache
def lexicon_of(language: str) -> Lexicon:
    """Return the words of a language."""
    return lexicon_from_mapping(read_table(TAX_TABLES / f"goal_words_{language}.toml"))


def wishes_in(text: GoalText, day: dt.date) -> list[GoalWish]:
    """Return the goals of a text, not yet kept. Raises InvalidInputError for a text that is too long."""
    reading = _reading(text, day)
    found = goals_in(text.text, reading.lexicon, reading.names)
    return [reading.wish(goal, place) for place, goal in enumerate(found)]


def unread_in(text: GoalText, found: Sequence[GoalWish]) -> list[list[int]]:
    """Return where the sentences stand in which nothing was found."""
    marks = [(mark[0], mark[1]) for wish in found for mark in wish.marks]
    return [list(span) for span in unread(text.text, lexicon_of(text.language), marks)]


def quoted_wishes(text: GoalText, quotes: Sequence[Quote], day: dt.date) -> list[GoalWish]:
    """Return goals that a language model pointed to, not yet kept, after those that the text has."""
    reading = _reading(text, day)
    last = max(text.wishes.values_list("place", flat=True), default=-1)
    told = (spoken(text.text, quote, reading.lexicon, reading.names) for quote in quotes)
    return [reading.wish(goal, last + at) for at, goal in enumerate(told, 1)]


def _reading(text: GoalText, day: dt.date) -> _Reading:
    return _Reading(text, list(text.household.people.all()), day, lexicon_of(text.language))


def _called(goal: SpokenGoal) -> str:
    """Return the client's own name for a thing, as a title; empty where the subject has a better one."""
    if goal.subject not in _NAMED:
        return ""
    words = _ARTICLE.sub("", goal.named.strip(), count=1) if _ARTICLE.match(goal.named) else goal.named.strip()
    return words[:1].upper() + words[1:]


@dataclass(slots=True)
class _Reading:
    """A text read against a household on a day."""

    text: GoalText
    people: Sequence[Person]
    day: dt.date
    lexicon: Lexicon
    doubts: list[dict[str, str]] = field(default_factory=list)
    known_accounts: Sequence[AccountFact] | None = None

    @property
    def _accounts(self) -> Sequence[AccountFact]:
        """The household's accounts, read where the words name one; a house or a fund held outright is called none."""
        if self.known_accounts is None:
            held = self.text.household.accounts.filter(manual_asset__isnull=False).values_list("public_id", flat=True)
            outright = {str(key) for key in held}
            found = household_facts(self.text.household, self.day).accounts
            self.known_accounts = [account for account in found if account.key not in outright]
        return self.known_accounts

    @property
    def names(self) -> list[str]:
        """The names of the household's people."""
        return [person.first_name for person in self.people]

    def wish(self, goal: SpokenGoal, place: int) -> GoalWish:
        """Return one goal with what it leaves open."""
        self.doubts = []
        kind = KINDS.get(goal.subject, GoalKind.OTHER)
        is_retirement = kind == GoalKind.RETIREMENT
        amount, years = self._money(goal, is_retirement)
        owner = self._owner(goal.moment)
        starts_on = self._day(goal.moment, owner) if goal.moment is not None else None
        person = owner if is_retirement else self._person(goal.whom)
        means = self._means(goal, kind, starts_on)
        said = [each for each in (goal.money, goal.moment, goal.duration) if each is not None]
        return GoalWish(
            text=self.text,
            place=place,
            parts=[list(part) for part in goal.parts],
            marks=[[each.start, each.end] for each in said] + [list(shown_at(each)) for each in goal.means.said],
            heard=means.heard,
            doubts=self.doubts,
            kind=kind,
            name=self._name(goal, person),
            priority=_priority(goal, is_retirement=is_retirement),
            annual_amount=amount,
            starts_on=None if is_retirement else starts_on,
            years=0 if is_retirement else years,
            retirement_age=self._age(goal.moment, starts_on, owner) if is_retirement else None,
            person=person,
            funded_by=means.funded_by,
            funded_only=means.funded_only,
            wait_years=means.wait_years,
            least_share=means.least_share,
        )

    def _means(self, goal: SpokenGoal, kind: str, starts_on: dt.date | None) -> HeardMeans:
        told = Told(kind, starts_on, goal.money, self.text.person, self.text.text)
        found = heard_means(goal.means, told, self._accounts if goal.means.source is not None else ())
        for code, about in found.doubts:
            self._doubt(code, about)
        return found

    def _doubt(self, code: str, about: str = "") -> None:
        if {"code": code, "about": about} not in self.doubts:
            self.doubts.append({"code": code, "about": about})

    def _name(self, goal: SpokenGoal, person: Person | None) -> str:
        with override({"pt": "pt-br"}.get(self.text.language, self.text.language)):
            name = _called(goal) or gettext(NAMES[goal.subject])
        whom = goal.whom if person is None else person.first_name
        return f"{name}: {whom}"[:120] if whom and goal.subject is not Subject.RETIREMENT else name

    def _money(self, goal: SpokenGoal, is_retirement: bool) -> tuple[Decimal | None, int]:  # noqa: FBT001
        """Return the amount a year and for how many years, as far as the words say it."""
        years = goal.duration.years if goal.duration is not None else 0
        money = goal.money
        if money is None:
            return None, years
        if money.currency and money.currency != self.text.household.currency:
            self._doubt("currency", money.currency)
            return None, years if money.per is not Per.ONCE else 1
        if money.per is Per.ONCE and is_retirement:
            self._doubt("a_year")
            return None, 0
        if money.per is Per.ONCE:
            return money.amount, 1
        return money.amount * (_MONTHS if money.per is Per.MONTH else 1), years

    def _person(self, name: str) -> Person | None:
        """Return who is named: one of the household, or a doubt."""
        found = list(self._named(name)) if name else []
        if name and not found:
            self._doubt("person_unknown", name)
        if len(found) > 1:
            self._doubt("person_several", name)
        return found[0] if len(found) == 1 else None

    def _named(self, name: str) -> Iterator[Person]:
        word = name.casefold()
        meant: frozenset[str] = frozenset()
        if word in self.lexicon.partners:
            meant = frozenset({Relationship.HEAD, Relationship.PARTNER})
        elif word in self.lexicon.children:
            meant = frozenset({Relationship.CHILD, Relationship.DEPENDANT})
        for person in self.people:
            is_kin = person.relationship in meant and person.pk != self.text.person_id
            if is_kin or person.first_name.casefold() == word:
                yield person

    def _owner(self, moment: Moment | None) -> Person | None:
        """Return whose age it is: the speaker's where nobody else is named."""
        if moment is not None and moment.of in self.lexicon.pronouns:
            self._doubt("whose_age", str(moment.age))
            return None
        return self._person(moment.of) if moment is not None and moment.of else self.text.person

    def _day(self, moment: Moment, owner: Person | None) -> dt.date | None:
        """Return the first of the month that is meant; None, with a doubt, where it cannot be known or is over."""
        this_month = self.day.replace(day=1)
        if moment.ahead is not None:
            return months_after(this_month, _MONTHS * moment.ahead)
        if moment.year is not None:
            told = dt.date(moment.year, moment.month or 1, 1)
            is_this_year = moment.month is None and moment.year == self.day.year
            return this_month if is_this_year else self._to_come(told, str(moment.year))
        if moment.age is None or owner is None:
            return None
        if owner.date_of_birth is None:
            self._doubt("birth_date", owner.first_name)
            return None
        told = months_after(owner.date_of_birth.replace(day=1), _MONTHS * moment.age)
        return self._to_come(told, str(moment.age))

    def _to_come(self, day: dt.date, told: str) -> dt.date | None:
        if day < self.day.replace(day=1):
            self._doubt("past", told)
            return None
        return day

    def _age(self, moment: Moment | None, starts_on: dt.date | None, owner: Person | None) -> int | None:
        """Return the age at which work ends, from a year as well where the birth date is known."""
        if moment is None or owner is None:
            return None
        age = moment.age if moment.age is not None else owner.age_on(starts_on) if starts_on is not None else None
        return age if age in _WORKING_AGES else None


def _priority(goal: SpokenGoal, *, is_retirement: bool) -> str:
    """Return how much the words want it; living after work must be met where they say nothing else."""
    if is_retirement and goal.priority.value == GoalPriority.IMPORTANT.value:
        return str(GoalPriority.ESSENTIAL)
    return str(goal.priority.value)
