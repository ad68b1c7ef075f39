"""Words that say how far a wish gives way and which money pays for it: "it could wait three years", "half would do".

Only what the words say is told: that a wish may wait without for how long is told as such, and asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from apps.plans.engine.spoken_denials import DenialWords, cleared, denial_words_from, denied_from
from apps.plans.engine.spoken_numbers import Money, Number
from apps.plans.engine.spoken_spelling import Spelled
from apps.plans.engine.spoken_times import Moment

# how far before an amount that would do may the whole amount stand
_NEAR = 160  # characters
# what stands for a number, a time and an amount while the shapes are looked for; no text holds them
_NUMBER, _TIME, _MONEY = "\x03", "\x02", "\x01"
_PLACES = {"{n}": _NUMBER + "+", "{when}": f"(?P<when>{_TIME}+)", "{money}": f"(?P<money>{_MONEY}+)"}
_PER_CENT = Decimal(100)
_SHARE_STEP = Decimal("0.001")


class AccountWord(StrEnum):
    """A kind of account as people call it."""

    HEALTH = "health"
    ROTH = "roth"
    WORKPLACE = "workplace"
    IRA = "ira"
    EDUCATION = "education"
    BROKERAGE = "brokerage"
    BANK = "bank"
    RETIREMENT = "retirement"


@dataclass(frozen=True, slots=True)
class Wait:
    """How long a wish may wait: so many years, or until a time; neither where the words do not say.

    `is_deadline`: the words name the last time ("by 2035 at the latest"), which is the only one where no other is told.
    `denied_at` is where the words begin that say the opposite, which leave no value.
    """

    start: int
    end: int
    years: int | None = None
    until: Moment | None = None
    is_deadline: bool = False
    denied_at: int | None = None


@dataclass(frozen=True, slots=True)
class Least:
    """How much of a wish is enough: a share of it or an amount; neither where the words only say that less would do, or
    deny it (`denied_at`, as of `Wait`).
    """

    start: int
    end: int
    share: Decimal | None = None
    money: Money | None = None
    denied_at: int | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """The accounts that pay, by their kinds; `own`: those of who speaks; `only`: nothing else pays. None where they are
    not to pay (`denied_at`, as of `Wait`).
    """

    start: int
    end: int
    kinds: tuple[AccountWord, ...]
    own: bool = False
    only: bool = False
    denied_at: int | None = None


Spoken = TypeVar("Spoken", Wait, Least, Source)


@dataclass(frozen=True, slots=True)
class SpokenMeans:
    """What was said of one wish's means."""

    wait: Wait | None = None
    least: Least | None = None
    source: Source | None = None

    @property
    def said(self) -> tuple[Wait | Least | Source, ...]:
        """What of it was said, each with where its words stand."""
        return tuple(each for each in (self.wait, self.least, self.source) if each is not None)


@dataclass(frozen=True, slots=True)
class MeansWords:
    """The shapes of one language: what may wait, what is due by, what may not wait, what is enough, who pays.

    In them `{years}`, `{when}`, `{share}` and `{money}` stand for what the numbers of a text say, `{account}` for the
    words of an account.
    """

    waits: tuple[re.Pattern[str], ...]
    deadlines: tuple[re.Pattern[str], ...]
    fixed: tuple[re.Pattern[str], ...]
    least: tuple[re.Pattern[str], ...]
    whole: tuple[re.Pattern[str], ...]
    pays: tuple[re.Pattern[str], ...]
    accounts: re.Pattern[str]
    only: re.Pattern[str]
    own: re.Pattern[str]
    one_year: re.Pattern[str]
    two_years: re.Pattern[str]
    parts: tuple[tuple[re.Pattern[str], Decimal, Decimal], ...]
    denials: DenialWords


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers, amounts and times of a text."""

    numbers: Sequence[Number]
    money: Sequence[Money]
    moments: Sequence[Moment]


@dataclass(frozen=True, slots=True)
class MeansSaid:
    """All that a text says of means, in order."""

    waits: tuple[Wait, ...]
    leasts: tuple[Least, ...]
    sources: tuple[Source, ...]

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Where the words stand."""
        groups: tuple[Sequence[Wait | Least | Source], ...] = (self.waits, self.leasts, self.sources)
        return tuple((each.start, each.end) for group in groups for each in group)

    def holds(self, place: int) -> bool:
        """Say whether a character is of these words."""
        return any(first <= place < last for first, last in self.spans)

    def denies_in(self, first: int, last: int) -> bool:
        """Say whether words between two characters deny any means."""
        groups: tuple[Sequence[Wait | Least | Source], ...] = (self.waits, self.leasts, self.sources)
        return any(first <= each.start < last and each.denied_at is not None for group in groups for each in group)


def means_words_from(content: Mapping[str, Any]) -> MeansWords:
    """Return the words of the table `means` of a file `goal_words_<tongue>.toml`."""
    accounts = [
        f"(?P<{kind}>{'|'.join(content['accounts'][kind])})" for kind in AccountWord if kind in content["accounts"]
    ]
    account = "|".join(shape for kind in AccountWord for shape in content["accounts"].get(kind, ()))
    places = {
        **_PLACES,
        "{years}": f"(?P<years>{content['years']})",
        "{share}": f"(?P<share>{content['share']})",
        "{account}": f"(?:{account})",
    }

    def shapes(name: str) -> tuple[re.Pattern[str], ...]:
        return tuple(_shape(each, places) for each in content[name])

    return MeansWords(
        waits=shapes("waits"),
        deadlines=shapes("deadlines"),
        fixed=shapes("fixed"),
        least=shapes("least"),
        whole=shapes("whole"),
        pays=shapes("pays"),
        accounts=_shape("|".join(accounts), {}),
        only=_shape(content["only"], {}),
        own=_shape(content["own"], {}),
        one_year=_shape(content["one_year"], {}),
        two_years=_shape(content["two_years"], {}),
        parts=tuple(
            (_shape(part["words"], {}), Decimal(part["of"]), Decimal(part["times"])) for part in content["parts"]
        ),
        denials=denial_words_from(content["denials"]),
    )


def _shape(words: str, places: Mapping[str, str]) -> re.Pattern[str]:
    # what stands for others is put in first, then what stands in it
    for _ in range(2):
        for name, shape in places.items():
            words = words.replace(name, shape)
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)


def means_in(text: str, words: MeansWords, figures: Figures) -> MeansSaid:
    """Return what a text says of means; of words that overlap, those that come first in the order of `MeansWords`."""
    shown = _shown(text, figures)
    taken: list[tuple[int, int]] = []

    def found(shapes: Sequence[re.Pattern[str]], where: str) -> Iterator[re.Match[str]]:
        for shape in shapes:
            for each in shape.finditer(where):
                if not any(first < each.end() and each.start() < last for first, last in taken):
                    taken.append(each.span())
                    yield each

    clear = cleared(text, words.denials)

    def believed(said: Spoken) -> Spoken:
        return _undone(said, denied_from(clear, (said.start, said.end), words.denials))

    sources = [believed(_source(each, words)) for each in found(words.pays, text)]
    waits = [believed(Wait(*each.span(), years=0)) for each in found(words.fixed, shown)]
    waits += [_wait(each, words, figures, is_deadline=True) for each in found(words.deadlines, shown)]
    waits += [believed(_wait(each, words, figures)) for each in found(words.waits, shown)]
    leasts = [Least(*each.span(), share=Decimal(1)) for each in found(words.whole, shown)]
    leasts += [_least(each, words, figures) for each in found(words.least, shown)]
    told = [each for each in leasts if each.money is None or _has_whole(each, leasts, figures.money)]
    return MeansSaid(_ordered(waits), _ordered([believed(each) for each in told]), _ordered(sources))


def shown_at(said: Wait | Least | Source) -> tuple[int, int]:
    """Return where the words stand that say it, those that deny it with them."""
    return said.start if said.denied_at is None else said.denied_at, said.end


def undone_where_denied(said: Spoken, text: str, words: MeansWords) -> Spoken:
    """Return what others say that words of a text mean, without its value where the text denies it; of an account also
    in the words themselves.
    """
    clear = cleared(text, words.denials)
    within = words.denials.words.search(clear, said.start, said.end) if isinstance(said, Source) else None
    at = denied_from(clear, (said.start, said.end), words.denials)
    return _undone(said, said.start if at is None and within is not None else at)


def _undone(said: Spoken, denied_at: int | None) -> Spoken:
    """Return what was said with no value where it is denied; the opposite of it is not known."""
    if denied_at is None:
        return said
    if isinstance(said, Source):
        return replace(said, kinds=(), own=False, only=False, denied_at=denied_at)
    if isinstance(said, Wait):
        return replace(said, years=None, until=None, denied_at=denied_at)
    return replace(said, share=None, money=None, denied_at=denied_at)


def told_by(words_said: str, words: MeansWords, figures: Figures, span: tuple[int, int]) -> tuple[Wait, Least]:
    """Return what the numbers in words say that are known to be of waiting, and of what is enough; ``span`` is where
    they stand in the text that ``figures`` are of.
    """
    inside = _inside(figures.numbers, span)
    until = next((each for each in _inside(figures.moments, span) if each.year is not None), None)
    apart = [each for each in inside if until is None or not until.start <= each.start < until.end]
    years = None if until is not None else _years(words_said, apart, words)
    money = next(iter(_inside(figures.money, span)), None)
    share = None if money is not None else _share(words_said, inside, words)
    return Wait(*span, years=years, until=until), Least(*span, share=share, money=money)


def without(text: str, said: MeansSaid) -> str:
    """Return the text with the words of means made unreadable, each letter in its place."""
    return "".join("x" if said.holds(place) and not each.isspace() else each for place, each in enumerate(text))


def settled(
    means: SpokenMeans, moment: Moment | None, money: Money | None
) -> tuple[SpokenMeans, Moment | None, Money | None]:
    """Return the means, time and amount of a wish: a last time beside no other is its time, which is fixed, and what is
    at least wanted beside no other amount is its amount.
    """
    wait, least = means.wait, means.least
    if wait is not None and wait.is_deadline and moment is None:
        moment, wait = wait.until, replace(wait, years=0, until=None)
    if least is not None and least.money is not None and money is None:
        money, least = least.money, None
    return SpokenMeans(wait, least, means.source), moment, money


def placed(means: SpokenMeans, meant: Spelled) -> SpokenMeans:
    """Return the means with the places of the text as it was written."""
    return SpokenMeans(_placed(means.wait, meant), _placed(means.least, meant), _placed(means.source, meant))


def _placed(said: Spoken | None, meant: Spelled) -> Spoken | None:
    if said is None:
        return None
    denied_at = None if said.denied_at is None else meant.start(said.denied_at)
    return replace(said, start=meant.start(said.start), end=meant.end(said.end), denied_at=denied_at)


def _shown(text: str, figures: Figures) -> str:
    """Return the text with a sign in the place of each letter of a number, a calendar time and an amount."""
    letters = list(text)
    years = [each for each in figures.moments if each.year is not None]
    for sign, group in ((_NUMBER, figures.numbers), (_TIME, years), (_MONEY, figures.money)):
        for each in group:
            letters[each.start : each.end] = sign * (each.end - each.start)
    return "".join(letters)


def _inside(found: Sequence[Any], span: tuple[int, int]) -> list[Any]:
    return [each for each in found if span[0] <= each.start and each.end <= span[1]]


def _wait(found: re.Match[str], words: MeansWords, figures: Figures, *, is_deadline: bool = False) -> Wait:
    groups = found.groupdict()
    until = None
    if groups.get("when"):
        until = next(iter(_inside(figures.moments, found.span("when"))), None)
    years = None
    if groups.get("years"):
        years = _years(groups["years"], _inside(figures.numbers, found.span("years")), words)
    if is_deadline and until is None:
        until = next((each for each in figures.moments if found.start() <= each.start < found.end()), None)
    return Wait(*found.span(), years=years, until=until, is_deadline=is_deadline)


def _years(said: str, numbers: Sequence[Number], words: MeansWords) -> int | None:
    """Return the longest wait that is named: "two or three years" are three."""
    whole = [int(each.value) for each in numbers if each.value == int(each.value)]
    if whole:
        return max(whole)
    if words.two_years.search(said):
        return 2
    return 1 if words.one_year.search(said) else None


def _least(found: re.Match[str], words: MeansWords, figures: Figures) -> Least:
    groups = found.groupdict()
    if groups.get("money"):
        return Least(*found.span(), money=next(iter(_inside(figures.money, found.span("money"))), None))
    if groups.get("share"):
        inside = _inside(figures.numbers, found.span("share"))
        return Least(*found.span(), share=_share(groups["share"], inside, words))
    return Least(*found.span())


def _share(said: str, numbers: Sequence[Number], words: MeansWords) -> Decimal | None:
    """Return the share that is named, None where it is none or more than all."""
    for shape, of, times in words.parts:
        if shape.search(said):
            number = numbers[0].value if numbers else Decimal(1)
            share = times * (number if of else Decimal(1)) / (of or Decimal(1))
            return share.quantize(_SHARE_STEP) if 0 < share <= 1 else None
    return None


def _has_whole(least: Least, others: Sequence[Least], money: Sequence[Money]) -> bool:
    """Say whether another amount stands near, of which this one can be the least."""
    lesser = [(each.start, each.end) for each in others if each.money is not None]
    for each in money:
        if not any(first <= each.start < last for first, last in lesser) and abs(each.start - least.start) < _NEAR:
            return True
    return False


def _source(found: re.Match[str], words: MeansWords) -> Source:
    kinds = [AccountWord(str(each.lastgroup)) for each in words.accounts.finditer(found[0])]
    is_own, is_only = words.own.search(found[0]) is not None, words.only.search(found[0]) is not None
    return Source(*found.span(), kinds=tuple(dict.fromkeys(kinds)), own=is_own, only=is_only)


def _ordered(found: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(sorted(found, key=lambda each: each.start))
