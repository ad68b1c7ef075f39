"""Goals that a language model pointed to in a client's words: only what can be found there word by word is believed.

The model says which words are a wish, of what kind, and how much it is wanted. Amounts and times are read in those
words by the same grammar as everywhere: no number comes from the model, and a goal beside which it states one that the
words do not hold is refused. So with means: it may say which words tell whether the wish can wait, what is enough and
which account pays, of which kind; how long and how much is read in these words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from apps.plans.engine.goal_lexicon import Lexicon, Subject
from apps.plans.engine.inputs import GoalPriority
from apps.plans.engine.spoken_clauses import Clause, clauses_of, sentences
from apps.plans.engine.spoken_goals import SpokenGoal
from apps.plans.engine.spoken_means import (
    AccountWord,
    Figures,
    Least,
    Source,
    SpokenMeans,
    Wait,
    means_in,
    told_by,
    undone_where_denied,
)
from apps.plans.engine.spoken_numbers import Money, money_in, numbers_in
from apps.plans.engine.spoken_people import People
from apps.plans.engine.spoken_spelling import Spelled, spelled
from apps.plans.engine.spoken_times import Duration, Moment, times_in

Said = TypeVar("Said", Money, Moment, Duration, Wait, Least, Source)
Means = TypeVar("Means", Wait, Least, Source)
Span = tuple[int, int]
MOST_GOALS = 20
_FENCE = re.compile(r"\A\s*```(?:json)?\s*(.*?)\s*```\s*\Z", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]{3,}")
_DIGITS = re.compile(r"\d+")
_WORKING_AGES = range(40, 86)
# what the model says besides these is not asked for
_ASKED = frozenset({"words", "sentence", "timing", "timing_words", "least_words", "account", "account_words"})


class UnreadableAnswerError(ValueError):
    """The answer is not what was asked for."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A sentence as it was sent, and where it begins in the text as it was written."""

    spelled: Spelled
    start: int


class Timing(StrEnum):
    """Whether a wish may come later."""

    FLEXIBLE = "flexible"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class QuotedMeans:
    """Where the words stand that tell of a wish's means, and what of them the model says."""

    timing: Timing | None = None
    timing_at: Span | None = None
    least_at: Span | None = None
    account: AccountWord | None = None
    account_at: Span | None = None


_NOTHING_SAID = QuotedMeans()


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of the text that are a wish, from a character up to another."""

    subject: Subject
    priority: GoalPriority
    start: int
    end: int
    means: QuotedMeans = _NOTHING_SAID


@dataclass(frozen=True, slots=True)
class Quoted:
    """What of an answer is believed, and how many goals of it are not."""

    quotes: tuple[Quote, ...]
    n_refused: int


def unread(text: str, words: Lexicon, marks: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Return where the sentences of a text stand that name no goal known to the grammar, and add nothing to one.

    ``marks`` are where the amounts, times and lengths stand that the grammar took.
    """
    meant = spelled(text, words.spelling)
    found = []
    for span in sentences(meant.text):
        first, last = meant.start(span[0]), meant.end(span[1])
        is_named = any(clause.mentions for clause in clauses_of(meant.text, span, (), words))
        adds = any(first <= start < last for start, _ in marks)
        if not is_named and not adds and _WORD.search(text, first, last):
            found.append((first, last))
    return tuple(found)


def quotes_in(answer: str, sent: Sequence[Sent], text: str) -> Quoted:
    """Return the goals of an answer whose words stand in what was sent, in the order of the text.

    Raises UnreadableAnswerError for an answer that is no list of goals in JSON.
    """
    proposed = _proposed(answer)
    found: list[Quote] = []
    for each in proposed[:MOST_GOALS]:
        quote = _quote(each, sent, text) if isinstance(each, dict) else None
        if quote is not None and not any(one.start < quote.end and quote.start < one.end for one in found):
            found.append(quote)
    return Quoted(tuple(sorted(found, key=lambda quote: quote.start)), len(proposed) - len(found))


def spoken(text: str, quote: Quote, words: Lexicon, names: Sequence[str]) -> SpokenGoal:
    """Return a quote as the grammar would tell it; what it says twice, or not clearly, is left open."""
    numbers = numbers_in(text, words.tongue)
    money = money_in(text, words.tongue)
    moments, durations = times_in(text, numbers, money, words.tongue)
    means = _means(text, quote, words, Figures(numbers, money, moments))
    taken = [(each.start, each.end) for each in means.said]
    clause = Clause(quote.start, quote.end)
    moment = _only(moments, quote, taken)
    if moment is None and quote.subject is Subject.RETIREMENT and not any(_inside(each, quote) for each in moments):
        told: list[Money | Moment | Duration] = [*money, *durations]
        said = {each.start for each in told}
        ages = [n for n in numbers if quote.start <= n.start < quote.end and n.value in _WORKING_AGES]
        free = [each for each in ages if each.start not in said]
        moment = Moment(free[0].start, free[0].end, age=int(free[0].value)) if len(free) == 1 else None
    return SpokenGoal(
        subject=quote.subject,
        priority=quote.priority,
        words=text[quote.start : quote.end],
        parts=((quote.start, quote.end),),
        money=_only(money, quote, taken),
        moment=moment,
        duration=_only(durations, quote, taken),
        whom="" if quote.subject is Subject.RETIREMENT else People(text, words, names).whom([clause], quote.subject),
        means=means,
    )


def _means(text: str, quote: Quote, words: Lexicon, figures: Figures) -> SpokenMeans:
    """Return the means that the grammar reads in the quote and in the words named for them, else what the model says
    these are of.
    """
    said, told = means_in(text, words.means, figures), quote.means
    wait = _affirmed(said.waits, quote) or _at(said.waits, told.timing_at)
    least = _affirmed(said.leasts, quote) or _at(said.leasts, told.least_at)
    source = _affirmed(said.sources, quote) or _at(said.sources, told.account_at)
    if wait is None and told.timing_at is not None and told.timing is not None:
        is_fixed = told.timing is Timing.FIXED
        read = told_by(text[slice(*told.timing_at)], words.means, figures, told.timing_at)[0]
        wait = undone_where_denied(Wait(*told.timing_at, years=0) if is_fixed else read, text, words.means)
    if least is None and told.least_at is not None:
        read_least = told_by(text[slice(*told.least_at)], words.means, figures, told.least_at)[1]
        least = undone_where_denied(read_least, text, words.means)
    if source is None and told.account_at is not None and told.account is not None:
        own = words.means.own.search(text[slice(*told.account_at)]) is not None
        named = Source(*told.account_at, kinds=(told.account,), own=own)
        source = undone_where_denied(named, text, words.means)
    return SpokenMeans(wait, least, source)


def _affirmed(found: Sequence[Means], quote: Quote) -> Means | None:
    """Return what the quote says; what it denies only where it says nothing else of it."""
    return _only([each for each in found if each.denied_at is None], quote) or _only(found, quote)


def _at(found: Sequence[Said], span: Span | None) -> Said | None:
    """Return what the grammar reads in the words that were named."""
    if span is None:
        return None
    return next((each for each in found if each.start < span[1] and span[0] < each.end), None)


def _only(found: Sequence[Said], quote: Quote, taken: Sequence[Span] = ()) -> Said | None:
    free = [each for each in found if not any(first <= each.start < last for first, last in taken)]
    inside = [each for each in free if _inside(each, quote)]
    return inside[0] if len(inside) == 1 else None


def _inside(each: Money | Moment | Duration | Wait | Least | Source, quote: Quote) -> bool:
    return quote.start <= each.start and each.end <= quote.end


def _proposed(answer: str) -> list[Any]:
    fenced = _FENCE.match(answer)
    try:
        told = json.loads(fenced[1] if fenced else answer)
    except (ValueError, RecursionError):
        raise UnreadableAnswerError("The answer is no JSON.") from None
    goals = told.get("goals") if isinstance(told, dict) else None
    if not isinstance(goals, list):
        raise UnreadableAnswerError("The answer has no list of goals.")
    return goals


def _quote(told: Mapping[str, Any], sent: Sequence[Sent], text: str) -> Quote | None:
    words, kind = told.get("words"), told.get("kind")
    if not isinstance(words, str) or not isinstance(kind, str) or kind not in set(Subject):
        return None
    words = words.strip()
    place = next((each for each in sent if words in each.spelled.text), None)
    if place is None or not _WORD.search(words) or _states_more(told, words):
        return None
    priority = told.get("priority")
    wanted = GoalPriority(priority) if priority in set(GoalPriority) else GoalPriority.IMPORTANT
    return Quote(Subject(kind), wanted, *_place(words, place, text), means=_quoted_means(told, place, text))


def _quoted_means(told: Mapping[str, Any], place: Sent, text: str) -> QuotedMeans:
    """Return what is said of means; words that do not stand in the sentence of the wish are not believed."""

    def at(name: str) -> Span | None:
        words = told.get(name)
        words = words.strip() if isinstance(words, str) else ""
        is_there = words in place.spelled.text and _WORD.search(words) is not None
        return _place(words, place, text) if is_there else None

    timing, account = told.get("timing"), told.get("account")
    return QuotedMeans(
        timing=Timing(timing) if isinstance(timing, str) and timing in set(Timing) else None,
        timing_at=at("timing_words"),
        least_at=at("least_words"),
        account=AccountWord(account) if isinstance(account, str) and account in set(AccountWord) else None,
        account_at=at("account_words"),
    )


def _place(words: str, place: Sent, text: str) -> Span:
    """Return where words of a sentence as it was sent stand in the text as it was written."""
    at = place.spelled.text.index(words)
    start = place.start + place.spelled.start(at)
    return _whole_words(text, start, place.start + place.spelled.end(at + len(words)))


def _states_more(told: Mapping[str, Any], words: str) -> bool:
    """Say whether the goal comes with a number that its words do not hold."""
    own = {name: value for name, value in told.items() if name not in _ASKED}
    known = set(_DIGITS.findall(words))
    return any(number not in known for number in _DIGITS.findall(json.dumps(own)))


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    while start and text[start].isalnum() and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    return start, end
