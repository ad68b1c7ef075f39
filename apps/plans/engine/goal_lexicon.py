"""How people name what money is wanted for, in one language: a dated table of words, read from `reference`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from apps.plans.engine.inputs import GoalPriority
from apps.plans.engine.spoken_means import MeansWords, means_words_from
from apps.plans.engine.spoken_numbers import Tongue


class Subject(StrEnum):
    """What a goal is about."""

    DEBT = "debt"
    RESERVE = "reserve"
    LEGACY = "legacy"
    WEDDING = "wedding"
    BUSINESS = "business"
    EDUCATION = "education"
    CHARITY = "charity"
    VEHICLE = "vehicle"
    HOME = "home"
    TRAVEL = "travel"
    CARE = "care"
    RETIREMENT = "retirement"
    GIFT = "gift"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The shapes of one language.

    `subjects` name goals: where several claim the same words, the earlier one has them. `references` are words of
    retirement that only say when, `asides` words that name a goal elsewhere but not here. `cues` tell how much a wish
    is wanted, asked in their order. `breaks` part the wishes of a sentence; `conditions` begin what belongs to the wish
    after it, `leads` what does so where nothing was wished yet. `denials` take a wish back, `statements` tell how
    things are. `points_back` are words for the wish before, `another` begins a second wish of the same kind, `bare` a
    wish without a verb, which shares that of the one before. `yearly` and `monthly` say how often, apart from an
    amount. `partners` and `children` are words for them. `spelling` are the words that are also read with a slip of
    the pen. `means` say how far a wish gives way and who pays.
    """

    tongue: Tongue
    subjects: Mapping[Subject, re.Pattern[str]]
    cues: tuple[tuple[GoalPriority, re.Pattern[str]], ...]
    references: re.Pattern[str]
    asides: re.Pattern[str]
    denials: re.Pattern[str]
    statements: re.Pattern[str]
    yearly: re.Pattern[str]
    monthly: re.Pattern[str]
    breaks: re.Pattern[str]
    conditions: re.Pattern[str]
    leads: re.Pattern[str]
    points_back: re.Pattern[str]
    another: re.Pattern[str]
    bare: re.Pattern[str]
    person_before: re.Pattern[str]
    person_after: re.Pattern[str]
    receives: re.Pattern[str]
    no_names: frozenset[str]
    pronouns: frozenset[str]
    partners: frozenset[str]
    children: frozenset[str]
    spelling: frozenset[str]
    means: MeansWords


_SHAPES = (
    "breaks",
    "conditions",
    "leads",
    "points_back",
    "another",
    "bare",
    "person_before",
    "person_after",
    "receives",
)
_WORDS = ("references", "asides", "denials", "statements", "yearly", "monthly")
_SETS = ("no_names", "pronouns", "partners", "children", "spelling")


def lexicon_from_mapping(content: Mapping[str, Any]) -> Lexicon:
    """Return the words of a file `goal_words_<tongue>.toml`."""
    parts: dict[str, Any] = {name: re.compile(content[name], re.IGNORECASE) for name in _SHAPES}
    parts |= {name: _words(content[name]) for name in _WORDS}
    parts |= {name: frozenset(content[name].split()) for name in _SETS}
    return Lexicon(
        tongue=Tongue(content["tongue"]),
        subjects={Subject(name): _words(shapes) for name, shapes in content["subjects"].items()},
        cues=tuple((GoalPriority(cue["priority"]), _words(cue["words"])) for cue in content["cues"]),
        means=means_words_from(content["means"]),
        **parts,
    )


def _words(shapes: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(shapes)})(?!\w)", re.IGNORECASE)
