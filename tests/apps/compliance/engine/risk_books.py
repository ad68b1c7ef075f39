"""Books of people drawn for tests: kinds that a firm knows, with their labels, and a cloud in which there are none."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from apps.compliance.engine.risk_features import BY_CODE, FEATURES, PersonFacts

CODES = tuple(feature.code for feature in FEATURES)
# the middle of each fact by kind, in the order of FEATURES
KINDS = {
    "retired": (26, 40, 30, 0.5, 71, 0, 0, 0.035, 0.86, 0.30),
    "near": (31, 48, 12, 0.55, 58, 6, 6, 0.045, 0.75, 0.45),
    "mid": (40, 62, 7, 0.6, 45, 20, 20, 0.055, 0.70, 0.62),
    "young": (52, 72, 4, 0.7, 34, 31, 31, 0.065, 0.62, 0.85),
    "rich": (50, 85, 60, 0.3, 55, 8, 10, 0.04, 0.95, 0.75),
}
SPREADS = np.array([4.5, 8, 0, 0.12, 4.5, 3.5, 4, 0.008, 0.10, 0.10])
_LOG = CODES.index("liquid_months")


def drawn_book(
    seed: int, n: int, kinds: Sequence[str] = ("retired", "mid", "young"), *, spread: float = 1.0, missing: float = 0.05
) -> tuple[list[PersonFacts], list[str]]:
    """Return people with the kind of each; `missing` is the share of facts (besides tolerance) that are not known."""
    dice = np.random.default_rng(seed)
    people, labels = [], []
    for at in range(n):
        kind = kinds[int(dice.integers(len(kinds)))]
        row = np.array(KINDS[kind], float) + spread * SPREADS * dice.standard_normal(len(CODES))
        row[_LOG] = KINDS[kind][_LOG] * np.exp(0.5 * spread * dice.standard_normal())
        gone = dice.random(len(CODES)) < missing
        people.append(_person(at, row, gone))
        labels.append(kind)
    return people, labels


def cloud(seed: int, n: int, *, together: bool = True) -> list[PersonFacts]:
    """Return people in whom there are no groups: one normal cloud, its facts moving `together` or each alone."""
    dice = np.random.default_rng(seed)
    kinds = np.array(list(KINDS.values()), float)
    noise = dice.standard_normal((n, len(CODES)))
    if together:
        load = np.array([0.6, 0.5, -0.2, 0.4, -0.7, 0.7, 0.7, 0.5, -0.3, 0.6])
        noise = dice.standard_normal((n, 1)) * load + np.sqrt(1 - load**2) * noise
    rows = kinds.mean(axis=0) + kinds.std(axis=0) * noise
    rows[:, _LOG] = np.exp(2.2 + 0.8 * noise[:, _LOG])
    return [_person(at, row, np.zeros(len(CODES), bool)) for at, row in enumerate(rows)]


def _person(at: int, row: np.ndarray, gone: np.ndarray) -> PersonFacts:
    gone[0] = False
    known = {
        code: float(min(max(value, BY_CODE[code].lowest), BY_CODE[code].highest))
        for code, value, is_gone in zip(CODES, row, gone, strict=True)
        if not is_gone
    }
    return PersonFacts(f"p{at:04d}", known)
