"""What sets a group apart, why a person is in it, and what does not fit: rules over the groups of `risk_groups`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from apps.compliance.engine.risk_features import PersonFacts, Ruler, transformed

MOST_REASONS = 3
# a group's median this many scales from the firm's is worth a word
TELLING = 0.4
# levels of tolerance, of the published bands: up to the first cautious, up to the second balanced, beyond it bold
CAUTIOUS_TO, BALANCED_TO = 35.0, 42.0
# years to retirement: none retired, up to the first near, up to the second in mid-career
NEAR_YEARS, MID_YEARS = 8.0, 20.0
# equity further than this outside the group's middle half does not fit it
HELD_FAR = 0.15
# Tukey's fence: further from the centre than the group's upper quartile by so many times its middle half
FENCE = 1.5


@dataclass(frozen=True, slots=True)
class Middle:
    """The middle half and the median of a fact among those of whom it is known."""

    low: float
    median: float
    high: float
    n_known: int


def middles_of(people: Iterable[PersonFacts], codes: Sequence[str]) -> dict[str, Middle]:
    """Return the quartiles of each fact that anybody has, in its own unit."""
    found, listed = {}, list(people)
    for code in codes:
        values = [person.values[code] for person in listed if code in person.values]
        if values:
            low, median, high = (float(each) for each in np.percentile(values, [25.0, 50.0, 75.0]))
            found[code] = Middle(low, median, high, len(values))
    return found


def telling(group: Mapping[str, Middle], firm: Mapping[str, Middle], ruler: Ruler) -> list[tuple[str, bool]]:
    """Return the facts whose median stands out from the firm's, the most telling first, and whether it lies above."""
    apart = {}
    for code, scale in zip(ruler.codes, ruler.scales, strict=True):
        if code in group and code in firm:
            ours, all_of = transformed(code, group[code].median), transformed(code, firm[code].median)
            apart[code] = (ours - all_of) / scale
    ranked = sorted(apart, key=lambda code: (-abs(apart[code]), ruler.codes.index(code)))
    return [(code, apart[code] > 0) for code in ranked if abs(apart[code]) >= TELLING]


def traits_of(group: Mapping[str, Middle]) -> list[str]:
    """Return what names a group: its temper and its stage of life, as far as they are known."""
    traits = []
    if "tolerance" in group:
        score = group["tolerance"].median
        temper = "cautious" if score <= CAUTIOUS_TO else "balanced" if score <= BALANCED_TO else "bold"
        traits.append(f"temper:{temper}")
    if "years_to_retirement" in group:
        years = group["years_to_retirement"].median
        stage = "retired" if years <= 0 else "near" if years <= NEAR_YEARS else "mid" if years <= MID_YEARS else "early"
        traits.append(f"stage:{stage}")
    return traits


def named_apart(groups: Mapping[int, Mapping[str, Middle]], ruler: Ruler) -> dict[int, list[str]]:
    """Return the traits of each group by number; groups of like name also bear what tells them from each other."""
    traits = {number: traits_of(middles) for number, middles in groups.items()}
    alike: dict[tuple[str, ...], list[int]] = {}
    for number, each in traits.items():
        alike.setdefault(tuple(each), []).append(number)
    for numbers in alike.values():
        for number in numbers if len(numbers) > 1 else ():
            others = [groups[other] for other in numbers if other != number]
            if (more := _apart_from(groups[number], others, ruler)) is not None:
                traits[number].append(more)
    return traits


def _apart_from(own: Mapping[str, Middle], others: Sequence[Mapping[str, Middle]], ruler: Ruler) -> str | None:
    best, furthest = None, 0.0
    for code, scale in zip(ruler.codes, ruler.scales, strict=True):
        medians = [transformed(code, other[code].median) for other in others if code in other]
        if code not in own or not medians:
            continue
        apart = (transformed(code, own[code].median) - float(np.mean(medians))) / scale
        if abs(apart) > furthest:
            best, furthest = f"{'more' if apart > 0 else 'less'}:{code}", abs(apart)
    return best


def still_true(traits: Sequence[str], now: Sequence[str], telling_now: Sequence[tuple[str, bool]]) -> bool:
    """Say whether a name may stay: nothing in it has become untrue, so that a name does not flicker at a border."""
    ways = dict(telling_now)
    firsts = [trait for trait in traits if not trait.startswith(("more:", "less:"))]
    lasts = [trait.partition(":") for trait in traits if trait.startswith(("more:", "less:"))]
    return set(firsts) <= set(now) and all(ways.get(code, way == "more") == (way == "more") for way, _, code in lasts)


def reasons(person: PersonFacts, own: Sequence[float], other: Sequence[float], ruler: Ruler) -> list[str]:
    """Return the facts that speak most for the own group rather than the next: by what each adds to the difference of
    squared distances. Centres are in scales of the ruler.
    """
    speaks = _speaking(person, own, other, ruler)
    ranked = sorted(speaks, key=lambda code: (-speaks[code], ruler.codes.index(code)))
    return [code for code in ranked if speaks[code] > 0][:MOST_REASONS]


def moved_by(
    now: PersonFacts, then: Mapping[str, float], new: Sequence[float], old: Sequence[float], ruler: Ruler
) -> list[str]:
    """Return the facts whose own change speaks for the new group rather than the old; none when the groups moved."""
    after = _speaking(now, new, old, ruler)
    before = _speaking(PersonFacts(now.key, then), new, old, ruler)
    gain = {code: after.get(code, 0.0) - before.get(code, 0.0) for code in ruler.codes}
    changed = [code for code in ruler.codes if now.values.get(code) != then.get(code) and gain[code] > 0]
    return sorted(changed, key=lambda code: (-gain[code], ruler.codes.index(code)))[:MOST_REASONS]


def _speaking(person: PersonFacts, own: Sequence[float], other: Sequence[float], ruler: Ruler) -> dict[str, float]:
    found = {}
    for place, code in enumerate(ruler.codes):
        if code in person.values:
            value = (transformed(code, person.values[code]) - ruler.middles[place]) / ruler.scales[place]
            found[code] = (value - other[place]) ** 2 - (value - own[place]) ** 2
    return found


def holds_unlike(share: float | None, group: Mapping[str, Middle]) -> bool:
    """Say whether the equity held lies far outside the middle half of the group's."""
    middle = group.get("equity_share")
    if share is None or middle is None:
        return False
    return share > middle.high + HELD_FAR or share < middle.low - HELD_FAR


def far_from(distances: Sequence[float]) -> float:
    """Return the distance to a group's centre beyond which a person is unlike the group's others (Tukey's fence)."""
    low, high = np.percentile(list(distances), [25.0, 75.0])
    return float(high + FENCE * (high - low))
