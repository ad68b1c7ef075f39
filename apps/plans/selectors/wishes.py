"""What households said they want: their words with what was found in them, and what is still to be asked."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.role import is_client
from apps.clients.models import Household
from apps.core.actors import Actor
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.plans.models import OPEN_WISHES, GoalKind, GoalText, GoalWish, ModelReading, WishState
from apps.plans.selectors.goal_means import accounts_for_goals, wish_means_line
from apps.plans.selectors.overview_parts import GoalMeansLine

_NO_ACCOUNTS: Mapping[str, str] = MappingProxyType({})
TONES = {WishState.FOUND: "warn", WishState.MEANT: "note", WishState.TAKEN: "good", WishState.DROPPED: ""}
DOUBTS = {
    "currency": _("The amount is told in %(about)s: say it in the household's currency."),
    "a_year": _("A sum was told for the time after work: say what a year costs."),
    "person_unknown": _("Nobody in the household is called “%(about)s”."),
    "person_several": _("“%(about)s” may be several people of the household: say who."),
    "birth_date": _("An age was told, but the birth date of %(about)s is not known: say the day."),
    "whose_age": _("An age was told (%(about)s), but not whose: say the day."),
    "past": _("What was told (%(about)s) is over already: say when."),
    "means_retirement": _(
        "“%(about)s”: living in retirement neither waits nor is cut; the plan shows what a later end of work does."
    ),
    "wait_start": _("“%(about)s”: say from when the money is wanted, and how many years it can wait."),
    "wait_open": _("“%(about)s”: say how many years it can wait."),
    "wait_denied": _("“%(about)s”: say how many years it can wait."),
    "wait_impossible": _("“%(about)s” does not go with its day: say how many years it can wait."),
    "least_open": _("“%(about)s”: say what part of it is enough."),
    "least_denied": _("“%(about)s”: say what part of it is enough."),
    "least_impossible": _("“%(about)s” is more than it costs, or next to nothing: say what part of it is enough."),
    "least_currency": _("“%(about)s” is told in another currency than its cost: say what part of it is enough."),
    "account_denied": _("“%(about)s”: say which accounts pay."),
    "account_none": _("“%(about)s”: the household has no such account."),
    "account_several": _("“%(about)s” may be several accounts: say which."),
    "account_studies": _("“%(about)s” pays for education only."),
}
# which field of a wish a doubt is about
_ABOUT = {"wait": "wait_years", "least": "least_share", "account": "funded_by"}


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of letters: part of the wish, an amount or time in it, or neither."""

    text: str
    is_words: bool
    is_fact: bool


@dataclass(frozen=True, slots=True)
class WishLine:
    """A goal that was found, in its text; `found_by` is the language model that pointed to it, empty of the grammar."""

    wish: GoalWish
    segments: tuple[Segment, ...]
    asks: tuple[str, ...]
    tone: str
    found_by: str = ""
    means: GoalMeansLine | None = None

    @property
    def is_open(self) -> bool:
        """Say whether it can still be confirmed or dropped."""
        return self.wish.state in OPEN_WISHES


@dataclass(frozen=True, slots=True)
class ToldText:
    """A text with the goals found in it, the sentences left unread, and the last question to a language model."""

    text: GoalText
    lines: tuple[WishLine, ...]
    is_own: bool
    n_unread: int = 0
    reading: ModelReading | None = None


def told_texts(household: Household, actor: Actor) -> list[ToldText]:
    """Return what a household said, the newest first, as far as the actor may see it."""
    rows = GoalText.objects.visible_to(actor).filter(household=household)
    texts = rows.select_related("person").prefetch_related("wishes__person", "wishes__reading", "readings__job")
    paying = GoalWish.objects.filter(text__in=rows).exclude(funded_by=[]).exists()
    names = dict(accounts_for_goals(household)) if paying else _NO_ACCOUNTS
    return [
        ToldText(
            text,
            tuple(wish_line(wish, text, names) for wish in text.wishes.all()),
            is_own=text.person.user_id is not None and text.person.user_id == actor.user_id,
            n_unread=len(unread_parts(text)),
            reading=max(text.readings.all(), key=lambda reading: reading.pk, default=None),
        )
        for text in texts.order_by("-id")
    ]


def unread_parts(text: GoalText) -> tuple[tuple[int, int], ...]:
    """Return where the sentences stand in which neither the grammar nor a language model found anything."""
    found = [part for wish in text.wishes.all() if wish.reading_id is not None for part in wish.parts]
    return tuple(
        (first, last) for first, last in text.unread if not any(start < last and first < end for start, end in found)
    )


def wish_for(actor: Actor, public_id: uuid.UUID) -> GoalWish:
    """Return a wish the actor may see; a client only one of their own words. Raises NotFoundError."""
    rows = GoalWish.objects.filter(text__in=GoalText.objects.visible_to(actor))
    if is_client(actor):
        rows = rows.filter(text__person__user_id=actor.user_id or 0)
    rows = rows.select_related("text__household", "text__person", "person", "reading")
    row = rows.filter(public_id=public_id).first()
    if row is None:
        raise NotFoundError(
            gettext_noop("There are no such words, or they are not yours to read."),
            mend=gettext_noop("Go back to the list of what was said."),
        )
    return row


def text_for(actor: Actor, public_id: uuid.UUID) -> GoalText:
    """Return a text the actor may see. Raises NotFoundError."""
    row = GoalText.objects.visible_to(actor).select_related("household", "person").filter(public_id=public_id).first()
    if row is None:
        raise NotFoundError(
            gettext_noop("There are no such words, or they are not yours to read."),
            mend=gettext_noop("Go back to the list of what was said."),
        )
    return row


def heard_words(wish: GoalWish) -> dict[str, str]:
    """Return the words that say of a wish's means, by their field."""
    return {name: wish.text.text[first:last] for name, (first, last) in wish.heard.items()}


def asked_means(wish: GoalWish) -> set[str]:
    """Return the fields of a wish's means of which its words speak."""
    return {*wish.heard, *(name for doubt in wish.doubts if (name := _ABOUT.get(doubt["code"].partition("_")[0])))}


def next_open(wish: GoalWish) -> GoalWish | None:
    """Return the next goal of the same words that nobody has looked at."""
    return wish.text.wishes.filter(state=WishState.FOUND).exclude(pk=wish.pk).order_by("place").first()


def has_open_wishes(household: Household, actor: Actor) -> bool:
    """Say whether goals found in words wait for a decision."""
    texts = GoalText.objects.visible_to(actor).filter(household=household)
    return GoalWish.objects.filter(text__in=texts, state__in=OPEN_WISHES).exists()


def wish_line(wish: GoalWish, text: GoalText, accounts: Mapping[str, str] = _NO_ACCOUNTS) -> WishLine:
    """Return a wish with its words marked and what it does not say; ``accounts`` are names by public id."""
    found_by = wish.reading.model_name if wish.reading is not None else ""
    shown = segments(text.text, wish.parts, wish.marks)
    means = wish_means_line(wish, accounts)
    return WishLine(
        wish, shown, (*_asks(wish), *_asks_which(wish, text)), TONES[WishState(wish.state)], found_by, means
    )


def segments(text: str, parts: list[list[int]], marks: list[list[int]]) -> tuple[Segment, ...]:
    """Return the whole text in runs, told apart by whether they are the wish's words and facts."""
    edges = sorted({0, len(text), *(place for part in [*parts, *marks] for place in part)})
    return tuple(
        Segment(text[first:last], _lies_in(first, parts), _lies_in(first, marks))
        for first, last in itertools.pairwise(edges)
    )


def _lies_in(place: int, parts: list[list[int]]) -> bool:
    return any(first <= place < last for first, last in parts)


def _asks_which(wish: GoalWish, text: GoalText) -> tuple[str, ...]:
    """Return the question which age is meant where the same words name several for the end of one person's work."""
    if wish.kind != GoalKind.RETIREMENT or wish.retirement_age is None or wish.state not in OPEN_WISHES:
        return ()
    others = {
        each.retirement_age
        for each in text.wishes.all()
        if each.kind == GoalKind.RETIREMENT
        and each.state != WishState.DROPPED
        and each.person_id == wish.person_id
        and each.retirement_age not in {None, wish.retirement_age}
    }
    told = gettext("The words also name the age of %(ages)s: which one is meant?")
    return (told % {"ages": ", ".join(map(str, sorted(others)))},) if others else ()


def _asks(wish: GoalWish) -> tuple[str, ...]:
    """Return what has to be asked: what the words leave in doubt, then what is missing."""
    told = [str(DOUBTS[doubt["code"]]) % doubt for doubt in wish.doubts]
    if wish.state not in OPEN_WISHES:
        return ()
    in_doubt = {doubt["code"] for doubt in wish.doubts}
    if wish.annual_amount is None and not in_doubt & {"currency", "a_year"}:
        is_retirement = wish.kind == GoalKind.RETIREMENT
        told.append(gettext("What should a year cost?") if is_retirement else gettext("How much does it cost?"))
    if wish.kind == GoalKind.RETIREMENT:
        if wish.retirement_age is None:
            told.append(gettext("At what age does work end?"))
    elif wish.starts_on is None and not in_doubt & {"past", "birth_date", "whose_age"}:
        told.append(gettext("When is the money needed?"))
    if wish.kind != GoalKind.RETIREMENT and wish.annual_amount is not None and not wish.years:
        told.append(gettext("For how many years?"))
    return tuple(told)
