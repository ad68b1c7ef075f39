"""The facts by which people are grouped: what counts, how facts of different units are measured by one ruler.

Nothing is guessed: a fact that is not known takes no part in a distance, which is then taken over what is known (the
partial distance of Dixon 1979). docs/engine/risk_groups.md says why each fact is there and what was measured.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from apps.kernel.errors import InvalidInputError, gettext_noop

Floats = npt.NDArray[np.float64]
# a fact counts when so many of the people have it; a person takes part who has so much of what counts
KNOWN_BY, KNOWN_OF = 0.5, 0.6
# without this fact there is no risk profile to speak of
DEMANDED = "tolerance"
# further from the middle than so many scales is as far as this: one odd figure makes no group of its own
FURTHEST = 3.0
# of a normal distribution the middle half is so many standard deviations wide
_IQR_OF_NORMAL = 1.349


@dataclass(frozen=True, slots=True)
class Feature:
    """A fact: the range that it may have, and whether it is taken as a logarithm."""

    code: str
    lowest: float
    highest: float
    is_log: bool = False


FEATURES = (
    Feature("tolerance", 0.0, 100.0),
    Feature("capacity", 0.0, 100.0),
    Feature("liquid_months", 0.0, 1200.0, is_log=True),
    Feature("net_worth_share", 0.0, 1.0),
    Feature("age", 0.0, 125.0),
    Feature("years_to_retirement", 0.0, 100.0),
    Feature("years_to_withdrawal", 0.0, 100.0),
    Feature("required_return", -1.0, 1.0),
    Feature("plan_chance", 0.0, 1.0),
    Feature("equity_share", 0.0, 1.0),
)
BY_CODE = {feature.code: feature for feature in FEATURES}


class Left(StrEnum):
    """Why a fact or a person takes no part."""

    RARE = "rare"
    CONSTANT = "constant"
    NOT_ASKED = "not_asked"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What is known of one person, by the codes of FEATURES; what is not known is left out. `key` names the person."""

    key: str
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Ruler:
    """What facts are measured by: `codes` (n_features,), the firm's `middles` and `scales` of the transformed fact."""

    codes: tuple[str, ...]
    middles: tuple[float, ...]
    scales: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Considered:
    """People who take part, in the order of their keys, with the ruler; who and what takes no part, and why.

    `unknown` counts for each code of the ruler how many of the people who take part lack it.
    """

    people: tuple[PersonFacts, ...]
    ruler: Ruler
    dropped: Mapping[str, Left]
    left_out: Mapping[str, Left]
    unknown: Mapping[str, int]


def check_people(people: Sequence[PersonFacts]) -> None:
    """Refuse what cannot be a fact. Raises InvalidInputError naming it: a key twice, an unknown code, NaN, a range."""
    if len({person.key for person in people}) != len(people):
        raise InvalidInputError(gettext_noop("One person is given twice."), field="key")
    for person in people:
        for code, value in person.values.items():
            feature = BY_CODE.get(code)
            if feature is None:
                raise InvalidInputError(gettext_noop("No fact is called %(code)s."), field="code", code=code)
            if not math.isfinite(value) or not feature.lowest <= value <= feature.highest:
                raise InvalidInputError(
                    gettext_noop("%(value)s is not possible for %(code)s."),
                    mend=gettext_noop("Leave out what is not known, and correct the figure where it is kept."),
                    field=code,
                    value=str(value),
                    code=code,
                )


def transformed(code: str, value: float) -> float:
    """Return the fact as it is measured: ln(1 + x) for those that reach over orders of magnitude."""
    return math.log1p(value) if BY_CODE[code].is_log else value


def table_of(people: Sequence[PersonFacts], codes: Sequence[str]) -> Floats:
    """Return transformed facts, shape (n_people, n_features), NaN for what is not known."""
    rows = [[transformed(code, p.values[code]) if code in p.values else math.nan for code in codes] for p in people]
    return np.array(rows, dtype=np.float64).reshape(len(people), len(codes))


def measured(people: Sequence[PersonFacts], ruler: Ruler) -> Floats:
    """Return facts in scales from the firm's middle, at most FURTHEST; shape (n_people, n_features), NaN not known."""
    table = table_of(people, ruler.codes)
    found: Floats = np.clip((table - np.array(ruler.middles)) / np.array(ruler.scales), -FURTHEST, FURTHEST)
    return found


def consider(people: Sequence[PersonFacts], ruler: Ruler | None = None) -> Considered:
    """Say which facts and which people count, and lay the ruler; `ruler` is the last one, kept where it still fits.

    Raises InvalidInputError as `check_people` does.
    """
    check_people(people)
    ordered = sorted(people, key=lambda person: person.key)
    left = {person.key: Left.NOT_ASKED for person in ordered if DEMANDED not in person.values}
    asked = [person for person in ordered if person.key not in left]
    codes, dropped = _counting(asked)
    for person in asked:
        if sum(code in person.values for code in codes) < KNOWN_OF * len(codes):
            left[person.key] = Left.TOO_FEW
    taking = tuple(person for person in asked if person.key not in left)
    # who left may have been the only one who differed
    dropped |= {code: Left.CONSTANT for code in codes if not _varies(taking, code)}
    codes = [code for code in codes if code not in dropped]
    kept = ruler if ruler is not None and ruler.codes == tuple(codes) else _laid(taking, codes)
    unknown = {code: sum(code not in person.values for person in taking) for code in codes}
    return Considered(taking, kept, dropped, left, unknown)


def _counting(people: Sequence[PersonFacts]) -> tuple[list[str], dict[str, Left]]:
    codes, dropped = [], {}
    for feature in FEATURES:
        n_known = sum(feature.code in person.values for person in people)
        if n_known == 0 or n_known < KNOWN_BY * len(people):
            dropped[feature.code] = Left.RARE
        elif not _varies(people, feature.code):
            dropped[feature.code] = Left.CONSTANT
        else:
            codes.append(feature.code)
    return codes, dropped


def _varies(people: Sequence[PersonFacts], code: str) -> bool:
    return len({person.values[code] for person in people if code in person.values}) > 1


def _laid(people: Sequence[PersonFacts], codes: Sequence[str]) -> Ruler:
    middles, scales = [], []
    for code in codes:
        values = np.array([transformed(code, p.values[code]) for p in people if code in p.values])
        low, middle, high = np.percentile(values, [25.0, 50.0, 75.0])
        # where half of the people have the same figure, the spread of all tells how far the others lie
        spread = (high - low) / _IQR_OF_NORMAL if high > low else float(np.std(values))
        middles.append(float(middle))
        scales.append(float(spread))
    return Ruler(tuple(codes), tuple(middles), tuple(scales))
