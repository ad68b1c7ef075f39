"""How long people live: a published life table, and what follows from it for one person or a couple.

Ages are whole years. Probabilities are float64. Between birthdays deaths are spread evenly over the months of a year.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.checks import within

FloatArray = NDArray[np.float64]
_HALF_A_YEAR = 0.5
_MONTHS = 12


class Sex(StrEnum):
    """Whose column of the table; UNKNOWN takes the mean of both."""

    MALE = "male"
    FEMALE = "female"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, eq=False)
class LifeTable:
    """Probability of dying between an age and the next, shape (n_ages,) for each sex; the last age ends the table.

    ``improvement`` is the fraction by which mortality falls a year after the table's; ``year`` is the year it is of.
    """

    key: str
    year: int
    source: str
    male: FloatArray
    female: FloatArray
    improvement: float = 0.0

    def __post_init__(self) -> None:
        within(self.improvement, 0.0, 0.05, "improvement")
        for column in (self.male, self.female):
            if column.ndim != 1 or column.size < 100 or not ((column > 0) & (column <= 1)).all():
                raise InvalidInputError(
                    gettext_noop("A life table needs a probability above 0 and up to 1 for each age to 99 and beyond."),
                    field="death_probability",
                )

    def yearly(self, sex: Sex, age: int, calendar_year: int) -> FloatArray:
        """Return the probabilities of dying in each year from an age on that is attained in a calendar year."""
        column = (self.male + self.female) / 2 if sex is Sex.UNKNOWN else getattr(self, sex.value)
        within(age, 0, column.size - 1, "age")
        ahead = np.arange(column.size - age)
        told: FloatArray = column[age:] * (1.0 - self.improvement) ** (max(0, calendar_year - self.year) + ahead)
        told[-1] = 1.0
        return told

    def survival(self, sex: Sex, age: int, calendar_year: int) -> FloatArray:
        """Return the probability of being alive after 0, 1, 2 … years, shape (n_years + 1,), ending in 0."""
        told: FloatArray = np.concatenate([[1.0], np.cumprod(1.0 - self.yearly(sex, age, calendar_year))])
        return told


def life_table_from_mapping(content: Mapping[str, Any], improvement: float = 0.0) -> LifeTable:
    """Return the table of a file of `apps/plans/reference`."""
    columns = content["death_probability"]
    male, female = (np.array(columns[sex], dtype=np.float64) for sex in ("male", "female"))
    return LifeTable(content["key"], content["year"], content["source"], male, female, improvement)


def life_expectancy(survival: FloatArray) -> float:
    """Return the years still to live on average, from survival by whole years; deaths fall half-way on average."""
    return _HALF_A_YEAR + float(survival[1:].sum())


def last_survivor(first: FloatArray, second: FloatArray) -> FloatArray:
    """Return the probability that at least one of two is alive after 0, 1, 2 … years; their lives are independent."""
    size = max(first.size, second.size)
    ones, twos = (np.pad(each, (0, size - each.size)) for each in (first, second))
    told: FloatArray = ones + twos * (1.0 - ones)
    return told


def age_reached(survival: FloatArray, age: int, probability: float) -> int:
    """Return the highest age that is reached with at least a probability: the planning age of a plan."""
    within(probability, 0.0, 1.0, "probability")
    return age + int(np.flatnonzero(survival >= probability)[-1])


def months_of_death(survival: FloatArray, months_since_birthday: int, uniforms: FloatArray) -> NDArray[np.int32]:
    """Return in which month from now on each path's person dies, from one uniform number in [0, 1) a path.

    ``survival`` is by whole years from the last birthday, ``months_since_birthday`` (0 to 11) of which have passed.
    Month 0 is the one that begins now. The smaller the number, the earlier the death: the same number gives the same
    life under each plan.
    """
    within(months_since_birthday, 0, _MONTHS - 1, "months_since_birthday")
    steps = np.arange(_MONTHS * (survival.size - 1) + 1)
    alive = np.interp(steps / _MONTHS, np.arange(survival.size), survival)
    dead = 1.0 - alive[months_since_birthday:] / alive[months_since_birthday]
    told: NDArray[np.int32] = (np.searchsorted(dead, uniforms, side="right") - 1).astype(np.int32)
    return told
