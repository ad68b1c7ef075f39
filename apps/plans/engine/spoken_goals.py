"""Goals in the client's own words, read by a grammar: what for, how much, when, how long, for whom, how much wanted.

Nothing is filled in: what the words do not say is left empty, and each part names the characters it came from, so that
the client can confirm it. English and Portuguese; docs/engine/spoken_goals.md says how well it was measured to do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.goal_lexicon import Lexicon, Subject
from apps.plans.engine.inputs import GoalPriority
from apps.plans.engine.spoken_clauses import Clause, Mention, clauses_of, sentences
from apps.plans.engine.spoken_means import Figures, Least, Source, SpokenMeans, Wait, means_in, placed, settled, without
from apps.plans.engine.spoken_numbers import Money, Number, Per, money_in, numbers_in
from apps.plans.engine.spoken_people import People
from apps.plans.engine.spoken_spelling import Spelled, spelled
from apps.plans.engine.spoken_times import Duration, Moment, times_in

Said = TypeVar("Said", Money, Moment, Duration, Wait, Least, Source)
Means = TypeVar("Means", Wait, Least, Source)
Figure = TypeVar("Figure", Number, Money, Moment, Duration)
MOST_LETTERS = 5_000
# ages at which people speak of the end of work without saying that it is an age ("retire around 64")
_NEAR, _BESIDE = 24, 6  # characters
# before the day on which something ends rather than begins
_ENDS = re.compile(r"\b(?:till|until|through|até)\s+(?:\w+\s+(?:de\s+)?)?\Z", re.IGNORECASE)
_JOINS = re.compile(r"\b(?:and|then|but|plus|e|depois|mas|também)\b")
_WORKING_AGES = range(40, 86)


@dataclass(frozen=True, slots=True)
class SpokenGoal:
    """One goal as it was told; `parts` are where its words stand in the text, from a character up to another.

    `named` are the words by which it was known for what it is: "cabin" for a home.
    """

    subject: Subject
    priority: GoalPriority
    words: str
    parts: tuple[tuple[int, int], ...]
    money: Money | None = None
    moment: Moment | None = None
    duration: Duration | None = None
    whom: str = ""
    named: str = ""
    means: SpokenMeans = field(default_factory=SpokenMeans)

    @property
    def lacks(self) -> tuple[str, ...]:
        """Return what has to be asked before it can be planned."""
        told = {"amount": self.money, "time": self.moment}
        return tuple(name for name, value in told.items() if value is None)


@dataclass(slots=True)
class _Draft:
    """A goal while the text is read: its mention, the clause it stands in, and the clauses that go with it."""

    mention: Mention
    home: Clause
    parts: list[Clause]
    sentence: int
    inherits: _Draft | None = None
    siblings: list[Mention] = field(default_factory=list)


def goals_in(text: str, lexicon: Lexicon, names: Sequence[str] = ()) -> tuple[SpokenGoal, ...]:
    """Return the goals of a text in the order in which they are told.

    ``names`` are those of the household's people; any other name that stands in a wish is taken as well. Raises
    InvalidInputError for a text that is too long to be read at once.
    """
    if len(text) > MOST_LETTERS:
        raise InvalidInputError(
            gettext_noop("The text has %(length)s characters; at most %(most)s are read at once."),
            mend=gettext_noop("Tell your goals in fewer words, or in parts."),
            field="text",
            length=str(len(text)),
            most=str(MOST_LETTERS),
        )
    meant = spelled(text, lexicon.spelling)
    return tuple(_as_written(goal, meant, text) for goal in _Reader(meant.text, lexicon, names).goals())


class _Reader:
    """Reads one text from its first clause to its last."""

    def __init__(self, text: str, words: Lexicon, names: Sequence[str]) -> None:
        self.words = words
        numbers, money = numbers_in(text, words.tongue), money_in(text, words.tongue)
        moments, durations = times_in(text, numbers, money, words.tongue)
        self.means = means_in(text, words.means, Figures(numbers, money, moments))
        # what is said of means says nothing else, but how much it is wanted ("it has to be by 2030")
        self.written = text
        self.text = text = without(text, self.means)
        self.numbers, self.money = self._apart(numbers), self._apart(money)
        self.moments, self.durations = self._apart(moments), self._apart(durations)
        said: list[Number | Money | Moment | Duration] = [*numbers, *self.money, *self.moments, *self.durations]
        self.fixed = [(each.start, each.end) for each in said]
        self.people = People(text, words, names)
        self.drafts: list[_Draft] = []
        self.waiting: list[Clause] = []
        self.stated = -1  # the last sentence that told how things are

    def _apart(self, found: Sequence[Figure]) -> list[Figure]:
        return [each for each in found if not self.means.holds(each.start)]

    def goals(self) -> list[SpokenGoal]:
        for number, span in enumerate(sentences(self.text)):
            clauses = clauses_of(self.text, span, self.fixed, self.words)
            for place, clause in enumerate(clauses):
                self._take(clause, number, clauses[place + 1 :])
            if self.waiting and (not self.drafts or self.drafts[-1].sentence != number):
                self._unnamed_of(number)
            if self.waiting and self.drafts:
                self._last().parts += self.waiting
            self.waiting = []
        told = [self._goal(draft) for draft in self.drafts if not self._only_says_when(draft)]
        return self._with_ellipses(told)

    # which clause goes with which goal

    def _take(self, clause: Clause, sentence: int, later: Sequence[Clause]) -> None:
        part = self.text[clause.start : clause.end]
        # "never from my IRA" takes no wish back
        denies_means = not clause.mentions and self.means.denies_in(clause.start, clause.end)
        if self.words.denials.search(part) and not denies_means:
            self._deny(clause, part, sentence)
        elif self.words.statements.search(part):
            self.stated = sentence
        elif clause.mentions:
            for mention in clause.mentions:
                self._open(mention, clause, sentence)
        elif self._is_open(sentence) and any(clause.holds(start) for start, _ in self.means.spans):
            self._last().parts.append(clause)
        elif self._waits(clause, sentence, later):
            self.waiting.append(clause)
        elif self._is_unnamed(clause, sentence):
            amount = next(each for each in self.money if clause.holds(each.start))
            self._open(Mention(Subject.OTHER, amount.start, amount.end), clause, sentence)
        elif self.drafts:
            self._last().parts.append(clause)

    def _is_unnamed(self, clause: Clause, sentence: int) -> bool:
        """Say whether a clause asks money for what has no word here, rather than for the wish before."""
        has_money = any(clause.holds(each.start) for each in self.money) and sentence != self.stated
        return has_money and not self._is_open(sentence) and self._found(self.money, self._last()) is not None

    def _unnamed_of(self, sentence: int) -> None:
        """Open a goal of no known kind for a sentence that asks for money and names none."""
        for amount in self.money if sentence != self.stated else ():
            clause = next((each for each in self.waiting if each.holds(amount.start)), None)
            if clause is not None:
                self.waiting.remove(clause)
                self._open(Mention(Subject.OTHER, amount.start, amount.end), clause, sentence)
                return

    def _last(self) -> _Draft:
        """Return the wish that goes on: not one that only says when."""
        told = [draft for draft in self.drafts if self._is_wish(draft.mention)]
        return told[-1] if told else self.drafts[-1]

    def _deny(self, clause: Clause, part: str, sentence: int) -> None:
        """Take back the wish before, where the clause points to it and names none itself."""
        points_back = not clause.mentions and self.words.points_back.search(part)
        if points_back and self._is_open(sentence):
            self.drafts.pop()

    def _waits(self, clause: Clause, sentence: int, later: Sequence[Clause]) -> bool:
        """Say whether a clause that names no goal belongs to the one after it."""
        follows = any(each.mentions for each in later)
        if not follows:
            return not self.drafts
        if self.words.conditions.match(self.text, clause.start):
            return bool(later[0].mentions) or not self._is_open(sentence)
        if not self.drafts or self._is_aside_of_next(clause, later[0]):
            return True
        return not self._is_open(sentence) and bool(self.words.leads.match(self.text, clause.start))

    def _is_aside_of_next(self, clause: Clause, after: Clause) -> bool:
        """Say whether a few words after "and" speak of what follows ("and, who knows, a boat")."""
        words = self.text[clause.start : clause.end].split()
        return bool(_JOINS.search(clause.lead)) and len(words) <= 3 and bool(after.mentions)

    def _is_open(self, sentence: int) -> bool:
        return bool(self.drafts) and self.drafts[-1].sentence == sentence

    def _open(self, mention: Mention, clause: Clause, sentence: int) -> None:
        same = next((each for each in reversed(self.drafts) if each.mention.subject is mention.subject), None)
        if same is not None and same.home is not clause and self._is_same(same, mention, clause, sentence):
            same.parts += [*self.waiting, clause]
            same.siblings += [each for each in clause.mentions if each is not mention]
            self.waiting = []
            return
        draft = _Draft(mention, clause, [*self.waiting, clause], sentence)
        draft.siblings = [each for each in clause.mentions if each is not mention and self._is_wish(each)]
        if self._is_open(sentence) and self.words.bare.match(clause.lead + self.text[clause.start : clause.end]):
            draft.inherits = self.drafts[-1]
        self.waiting = []
        self.drafts.append(draft)

    def _is_same(self, draft: _Draft, mention: Mention, clause: Clause, sentence: int) -> bool:
        """Say whether a second mention speaks of the same goal: nothing of it contradicts the first."""
        words = {self.text[each.start : each.end].lower() for each in (draft.mention, mention)}
        is_far = sentence - draft.sentence > 1 and len(words) > 1
        if is_far or draft.mention.is_reference is not mention.is_reference:
            return False
        if self._found(self.moments, draft) and any(clause.holds(each.start) for each in self.moments):
            return False
        if mention.subject is Subject.RETIREMENT:
            return True
        if self._found(self.money, draft) and any(clause.holds(each.start) for each in self.money):
            return False
        names = {self.people.whom([each], mention.subject) for each in (clause, draft.home)} - {""}
        return len(names) < 2 and (len(words) == 1 or not self._is_another(clause, mention))

    def _is_another(self, clause: Clause, mention: Mention) -> bool:
        before = clause.lead + self.text[clause.start : mention.start]
        return bool(self.words.another.search(before))

    def _only_says_when(self, draft: _Draft) -> bool:
        """Say whether the end of work is named only to date another wish."""
        return len(self.drafts) > 1 and not self._is_wish(draft.mention)

    def _is_wish(self, mention: Mention) -> bool:
        """Say whether a mention is of a goal: the end of work named to date another is one where it is dated itself."""
        return not mention.is_reference or any(0 <= each.start - mention.end < _BESIDE for each in self.moments)

    # what the clauses of a goal say of it

    def _goal(self, draft: _Draft) -> SpokenGoal:
        subject, parts = draft.mention.subject, sorted(draft.parts, key=lambda clause: clause.start)
        whom = self.people.whom(parts, subject)
        if not whom and draft.inherits and draft.inherits.mention.subject is subject:
            whom = self.people.whom(draft.inherits.parts, subject)
        moment, means = self._moment(draft, whom), self._means(draft)
        means, moment, money = settled(means, moment, self._amount(draft))
        spans = _joined([(clause.start, clause.end) for clause in parts])
        return SpokenGoal(
            subject=subject,
            priority=self._priority(draft),
            words="",
            parts=spans,
            money=money,
            moment=moment,
            duration=self._found(self.durations, draft),
            whom="" if subject is Subject.RETIREMENT else whom or _aged(moment),
            named=self.text[draft.mention.start : draft.mention.end],
            means=means,
        )

    def _means(self, draft: _Draft) -> SpokenMeans:
        """Return what its clauses say of its means; what they deny only where they say nothing else of it."""
        said = self.means
        wait, least = self._affirmed(said.waits, draft), self._affirmed(said.leasts, draft)
        return SpokenMeans(wait, least, self._affirmed(said.sources, draft))

    def _found(self, found: Sequence[Said], draft: _Draft) -> Said | None:
        """Return what its clauses say: its own clause first, and there what stands nearest."""
        inside = [each for each in found if any(part.holds(each.start) for part in draft.parts)]
        if draft.siblings:
            named = sorted([draft.mention, *draft.siblings], key=lambda mention: mention.start)
            inside = [each for each in inside if _owner(each.start, named) is draft.mention]
        key = draft.mention
        return min(inside, key=lambda e: (not draft.home.holds(e.start), abs(e.start - key.end)), default=None)

    def _affirmed(self, found: Sequence[Means], draft: _Draft) -> Means | None:
        return self._found([each for each in found if each.denied_at is None], draft) or self._found(found, draft)

    def _amount(self, draft: _Draft) -> Money | None:
        money = self._found(self.money, draft)
        if money is None or money.per is not Per.ONCE:
            return money
        lasting = [each.start for each in self.durations]
        for per, shape in ((Per.YEAR, self.words.yearly), (Per.MONTH, self.words.monthly)):
            said = [found.start() for part in draft.parts for found in shape.finditer(self.text, part.start, part.end)]
            if any(start not in lasting and not self._is_amount(start) for start in said):
                return replace(money, per=per)
        return money

    def _is_end(self, moment: Moment, draft: _Draft) -> bool:
        """Say whether a time tells how long something recurs ("a year till 2035") rather than when it begins."""
        money = self._found(self.money, draft)
        recurs = money is not None and money.per is not Per.ONCE and draft.mention.subject is not Subject.RETIREMENT
        return recurs and _ENDS.search(self.text[max(0, moment.start - _NEAR) : moment.start]) is not None

    def _is_amount(self, place: int) -> bool:
        return any(each.start <= place < each.end for each in self.money)

    def _moment(self, draft: _Draft, whom: str) -> Moment | None:
        moment = self._found(self.moments, draft)
        if moment is None:
            return self._bare_age(draft)
        if self._is_end(moment, draft):
            return None
        if moment.age is None:
            return moment
        of = moment.of
        if of in self.words.pronouns:
            of = self.people.before(moment.start) or of
        elif not of and draft.mention.subject is Subject.RETIREMENT:
            of = self.people.doer(draft.mention.start)
        elif not of and draft.mention.subject is Subject.EDUCATION:
            of = whom
        return replace(moment, of=of)

    def _bare_age(self, draft: _Draft) -> Moment | None:
        """Return the number beside the end of work that can only be an age ("retire around 64")."""
        if draft.mention.subject is not Subject.RETIREMENT:
            return None
        told: list[Money | Moment | Duration] = [*self.money, *self.moments, *self.durations]
        taken = {each.start for each in told}
        for number in self.numbers:
            gap = number.start - draft.mention.end
            is_near = 0 <= gap < _NEAR and any(part.holds(number.start) for part in draft.parts)
            if is_near and number.value in _WORKING_AGES and number.start not in taken:
                return Moment(number.start, number.end, age=int(number.value))
        return None

    def _priority(self, draft: _Draft) -> GoalPriority:
        cues = [self._cue(clause) for clause in [draft.home, *draft.parts]]
        strong = next((cue for cue in cues if cue not in {None, GoalPriority.IMPORTANT}), None)
        if strong is not None:
            return strong
        if draft.inherits is not None and not any(cues):
            return self._cue(draft.inherits.home) or GoalPriority.IMPORTANT
        return GoalPriority.IMPORTANT

    def _cue(self, clause: Clause) -> GoalPriority | None:
        part = clause.lead + self.written[clause.start : clause.end]
        return next((priority for priority, shape in self.words.cues if shape.search(part)), None)

    def _with_ellipses(self, told: list[SpokenGoal]) -> list[SpokenGoal]:
        """Add what is told in a number and a name: "retirement at 60 for me, 62 for Dave"."""
        goals: list[SpokenGoal] = []
        for goal in told:
            goals.append(goal)
            if goal.subject is not Subject.RETIREMENT or goal.moment is None:
                continue
            for number in self.numbers:
                name = self.people.aged(number.start, number.end)
                inside = any(first <= number.start < last for first, last in goal.parts)
                if name and inside and number.value in _WORKING_AGES and number.start > goal.moment.end:
                    when = Moment(number.start, number.end, age=int(number.value), of=name)
                    goals.append(replace(goal, moment=when, money=None, duration=None))
        return goals


def _aged(moment: Moment | None) -> str:
    """Return the person at whose age the money is needed: it is for them, unless the words say otherwise."""
    return moment.of if moment is not None and moment.of[:1].isupper() else ""


def _owner(place: int, named: Sequence[Mention]) -> Mention:
    """Return the mention that a number belongs to: the last one before it, else the first one after it."""
    before = [each for each in named if each.end <= place]
    return before[-1] if before else named[0]


def _joined(spans: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Join what only a comma or a word of joining parts."""
    told: list[tuple[int, int]] = []
    for first, last in spans:
        if told and first - told[-1][1] <= 8:
            told[-1] = (told[-1][0], last)
        else:
            told.append((first, last))
    return tuple(told)


def _as_written(goal: SpokenGoal, meant: Spelled, text: str) -> SpokenGoal:
    """Return the goal with the places of the text as it was written."""
    parts = tuple(_trimmed(text, meant.start(first), meant.end(last)) for first, last in goal.parts)
    return replace(
        goal,
        parts=parts,
        words=" … ".join(text[first:last] for first, last in parts),
        money=_placed(goal.money, meant),
        moment=_placed(goal.moment, meant),
        duration=_placed(goal.duration, meant),
        means=placed(goal.means, meant),
    )


def _trimmed(text: str, first: int, last: int) -> tuple[int, int]:
    part = text[first:last]
    return last - len(part.lstrip()), first + len(part.rstrip())


def _placed(said: Said | None, meant: Spelled) -> Said | None:
    return None if said is None else replace(said, start=meant.start(said.start), end=meant.end(said.end))
