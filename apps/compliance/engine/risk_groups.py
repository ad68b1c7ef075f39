"""People of a firm in groups of like risk, the same from month to month.

k-means over known facts (MacQueen 1967; with facts missing, Chi, Chi and Baraniuk 2016, "k-POD"), begun by k-means++
(scikit-learn). The number of groups is the largest whose grouping comes out again when people are drawn anew: the mean
adjusted Rand index over bootstrap draws (Hubert and Arabie 1985; Hennig 2007). A month begins where the last one ended;
when groups are laid anew, each keeps the number of the old one that it is matched with (Hungarian method, Kuhn 1955). A
person changes group only when clearly nearer to another. Same people, same last month: same answer, in any order.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from apps.compliance.engine.risk_features import Considered, Floats, PersonFacts, Ruler, consider, measured

GROUPS_VERSION = "groups-1.0.0"
FEWEST_PEOPLE, FEWEST_OF_A_GROUP, FEWEST_FACTS = 30, 5, 3
FEWEST_GROUPS, MOST_GROUPS = 2, 6
# shown from this stability on; what is shown already stays shown until it falls below the second
BAR, BAR_TO_STAY = 0.85, 0.70
# more groups are better only as long as they are at most so much less stable than the most stable number
NEAR_BEST = 0.10
# groups must lie apart as well, or a cloud cut in two would pass: the mean silhouette (Rousseeuw 1987)
APART, APART_TO_STAY = 0.22, 0.18
# a person changes group when the distance to another is below this share of that to the present one
CLEARLY = 0.85
# groups are laid anew when there are so many times as many people, or as few, as when they were laid
GROWN = 1.25
# a group laid anew is the old one when its centre lies within so many scales of it, root mean square
SAME_GROUP = 1.5
N_DRAWS = 30
_SEED = 20_260_101
_STARTS, _STARTS_OF_A_DRAW, _MOST_STEPS = 10, 3, 200
Labels = npt.NDArray[np.intp]


class Trouble(StrEnum):
    """Why no groups are shown."""

    FEW_PEOPLE = "few_people"
    FEW_FACTS = "few_facts"
    UNSTABLE = "unstable"


@dataclass(frozen=True, slots=True)
class Last:
    """What is left of the fit before: its ruler, its groups by number, in which one each person was placed.

    `highest` is the highest number that a group ever had, `n_laid` how many people there were when groups were laid
    anew for the last time.
    """

    ruler: Ruler
    centres: Mapping[int, tuple[float, ...]]
    placed: Mapping[str, int]
    highest: int
    n_laid: int


@dataclass(frozen=True, slots=True)
class Tried:
    """A number of groups, how stable (0 to 1) and how far apart (-1 to 1) they are, and the size of the smallest."""

    n_groups: int
    stability: float
    silhouette: float
    smallest: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person lies: the group, the next nearest one, distances to both in scales; `came_from` if it changed."""

    key: str
    number: int
    other: int
    distance: float
    other_distance: float
    came_from: int | None = None


@dataclass(frozen=True, slots=True)
class Grouping:
    """One fit. Without groups `trouble` says why; `centres` are by number, in scales of the ruler."""

    considered: Considered
    tried: tuple[Tried, ...] = ()
    chosen: Tried | None = None
    centres: Mapping[int, tuple[float, ...]] | None = None
    places: tuple[Place, ...] = ()
    trouble: Trouble | None = None
    is_continued: bool = False


def group_people(people: Sequence[PersonFacts], last: Last | None = None, n_draws: int = N_DRAWS) -> Grouping:
    """Group the people, on from the last fit where there is one.

    Raises InvalidInputError for an impossible fact (`risk_features.check_people`).
    """
    considered = consider(people, last.ruler if last else None)
    if len(considered.people) < FEWEST_PEOPLE:
        return Grouping(considered, trouble=Trouble.FEW_PEOPLE)
    if len(considered.ruler.codes) < FEWEST_FACTS:
        return Grouping(considered, trouble=Trouble.FEW_FACTS)
    table = measured(considered.people, considered.ruler)
    if last is not None and last.ruler == considered.ruler and not _has_grown(len(considered.people), last):
        numbers = sorted(last.centres)
        centres, labels = settled(table, np.array([last.centres[number] for number in numbers]))
        tried = try_groups(table, labels, len(numbers), n_draws)
        if _stands(tried, BAR_TO_STAY, APART_TO_STAY):
            named = dict(zip(numbers, map(_plain, centres), strict=True))
            places = _places(considered, table, named, last)
            return Grouping(considered, (tried,), tried, named, places, is_continued=True)
    return _anew(consider(people), last, n_draws)


def _has_grown(n_people: int, last: Last) -> bool:
    return n_people > GROWN * last.n_laid or last.n_laid > GROWN * n_people


def _anew(considered: Considered, last: Last | None, n_draws: int) -> Grouping:
    table = measured(considered.people, considered.ruler)
    found: dict[int, Floats] = {}
    tried = []
    for n_groups in range(FEWEST_GROUPS, MOST_GROUPS + 1):
        started = _started(table, n_groups, _STARTS)
        if started is None:
            break
        found[n_groups], labels = started
        tried.append(try_groups(table, labels, n_groups, n_draws))
    standing = [each for each in tried if _stands(each, BAR, APART)]
    best = max((each.stability for each in standing), default=1.0)
    # the most that come out again: fewer would hide what can be told apart
    chosen = next((each for each in reversed(standing) if each.stability >= best - NEAR_BEST), None)
    if chosen is None:
        return Grouping(considered, tuple(tried), trouble=Trouble.UNSTABLE)
    named = _numbered(found[chosen.n_groups], considered.ruler, last)
    return Grouping(considered, tuple(tried), chosen, named, _places(considered, table, named, last))


def _stands(tried: Tried, bar: float, apart: float) -> bool:
    return tried.stability >= bar and tried.silhouette >= apart and tried.smallest >= FEWEST_OF_A_GROUP


def squared_distances(table: Floats, centres: Floats) -> Floats:
    """Return squared distances over known facts, scaled up to all; shape (n_people, n_groups).

    `table` (n_people, n_features) has NaN for what is not known, `centres` (n_groups, n_features) none.
    """
    known = ~np.isnan(table)
    apart = np.where(known[:, None, :], np.nan_to_num(table)[:, None, :] - centres[None, :, :], 0.0)
    share = known.mean(axis=1)
    found: Floats = (apart**2).sum(axis=2) / np.maximum(share, 1e-12)[:, None]
    return found


def settled(table: Floats, centres: Floats) -> tuple[Floats, Labels]:
    """Move centres to the means of what is known of their people until nobody changes; a centre without people stays.

    Return centres, shape (n_groups, n_features), and each person's nearest one.
    """
    labels = np.argmin(squared_distances(table, centres), axis=1)
    for _step in range(_MOST_STEPS):
        moved = centres.copy()
        for group in range(len(centres)):
            own = table[labels == group]
            known = ~np.isnan(own)
            counts = known.sum(axis=0)
            means = np.where(known, own, 0.0).sum(axis=0) / np.maximum(counts, 1)
            moved[group] = np.where(counts > 0, means, centres[group])
        nearest = np.argmin(squared_distances(table, moved), axis=1)
        is_still = bool((nearest == labels).all()) and bool((moved == centres).all())
        centres, labels = moved, nearest
        if is_still:
            break
    return centres, labels


def _started(table: Floats, n_groups: int, n_starts: int) -> tuple[Floats, Labels] | None:
    """Begin by k-means++ on what is known (the firm's middle for the rest, for the beginning only), settle; the best
    of some starts, None for fewer different people than groups.
    """
    # a second of loading, and only a month's job comes here
    from sklearn.cluster import kmeans_plusplus

    filled = np.nan_to_num(table)
    if len(np.unique(filled, axis=0)) < n_groups:
        return None
    best, least = None, math.inf
    for start in range(n_starts):
        begun, _rows = kmeans_plusplus(filled, n_groups, random_state=_SEED + start)
        found = settled(table, begun)
        within = float(squared_distances(table, found[0]).min(axis=1).sum())
        if within < least:
            best, least = found, within
    return best


def try_groups(table: Floats, labels: Labels, n_groups: int, n_draws: int) -> Tried:
    """Measure a grouping: its stability over draws of the people with replacement, and how far apart groups lie."""
    from sklearn.metrics import adjusted_rand_score

    dice = np.random.default_rng([_SEED, n_groups])
    agreed = []
    for _draw in range(n_draws):
        drawn = np.sort(dice.integers(0, len(table), len(table)))
        started = _started(table[drawn], n_groups, _STARTS_OF_A_DRAW)
        if started is None:
            agreed.append(0.0)
            continue
        nearest = np.argmin(squared_distances(table, started[0]), axis=1)
        agreed.append(float(adjusted_rand_score(labels, nearest)))
    smallest = int(np.bincount(labels, minlength=n_groups).min())
    return Tried(n_groups, round(math.fsum(agreed) / n_draws, 4), _apart(table, labels), smallest)


def _apart(table: Floats, labels: Labels) -> float:
    """Return the mean silhouette, from distances over what both of two people have."""
    from sklearn.metrics import silhouette_score

    if len(np.unique(labels)) < 2:
        return -1.0
    known = (~np.isnan(table)).astype(np.float64)
    values = np.nan_to_num(table)
    squares = values**2 @ known.T
    both = np.maximum(known @ known.T / table.shape[1], 1e-12)
    apart = np.sqrt(np.maximum(squares + squares.T - 2.0 * values @ values.T, 0.0) / both)
    np.fill_diagonal(apart, 0.0)
    return round(float(silhouette_score(apart, labels, metric="precomputed")), 4)


def _numbered(centres: Floats, ruler: Ruler, last: Last | None) -> dict[int, tuple[float, ...]]:
    """Give each new group the number of the old one that it is, and the others new numbers, by tolerance."""
    from scipy.optimize import linear_sum_assignment

    order = sorted(range(len(centres)), key=lambda group: _plain(centres[group]))
    numbers: dict[int, int] = {}
    if last is not None and (costs := _between(centres, ruler, last)) is not None:
        rows, columns = linear_sum_assignment(costs)
        old = sorted(last.centres)
        numbers = {
            int(row): old[column] for row, column in zip(rows, columns, strict=True) if costs[row, column] <= SAME_GROUP
        }
    free = (last.highest if last else 0) + 1
    for group in order:
        if group not in numbers:
            numbers[group] = free
            free += 1
    return {numbers[group]: _plain(centres[group]) for group in sorted(numbers, key=lambda each: numbers[each])}


def _between(centres: Floats, ruler: Ruler, last: Last) -> Floats | None:
    """Return how far each new centre lies from each old one, over the facts of both; shape (n_new, n_old)."""
    common = [code for code in ruler.codes if code in last.ruler.codes]
    if not common:
        return None
    now, then = [ruler.codes.index(code) for code in common], [last.ruler.codes.index(code) for code in common]
    old = np.array([last.centres[number] for number in sorted(last.centres)])[:, then]
    # old centres by today's ruler
    natural = old * np.array(last.ruler.scales)[then] + np.array(last.ruler.middles)[then]
    again = (natural - np.array(ruler.middles)[now]) / np.array(ruler.scales)[now]
    found: Floats = np.sqrt(((centres[:, None, now] - again[None, :, :]) ** 2).mean(axis=2))
    return found


def _places(
    considered: Considered, table: Floats, centres: Mapping[int, tuple[float, ...]], last: Last | None
) -> tuple[Place, ...]:
    numbers = list(centres)
    away = np.sqrt(squared_distances(table, np.array(list(centres.values()))))
    found = []
    for person, row in zip(considered.people, away.tolist(), strict=True):
        distances = dict(zip(numbers, row, strict=True))
        nearest = min(numbers, key=lambda number: distances[number])
        before = last.placed.get(person.key) if last else None
        # at a border a small step to and fro is no change of mind
        stays = before in distances and distances[nearest] >= CLEARLY * distances[before]
        number = before if stays and before is not None else nearest
        other = min((each for each in numbers if each != number), key=lambda each: distances[each])
        came_from = before if before is not None and before != number else None
        found.append(Place(person.key, number, other, distances[number], distances[other], came_from))
    return tuple(found)


def _plain(centre: Floats) -> tuple[float, ...]:
    return tuple(float(value) for value in centre)
