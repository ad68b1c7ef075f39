"""Social Security on another's record: of a spouse who has died, or from whom somebody is divorced.

Who is entitled, in exact rules (42 USC 402(b), (c), (e), (f), 416(a), (c), (d), (g)). What is paid is in
`record_benefits`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from apps.plans.engine.checks import not_negative, within
from apps.plans.engine.claiming import EARLIEST_AGE, LATEST_AGE, SURVIVOR_AGE, month_of_age

DIVORCED_YEARS, APART_YEARS, SURVIVOR_MONTHS = 10, 2, 9
_YEAR = 12


class RecordKind(StrEnum):
    """What ended the marriage for Social Security: who was divorced is a survivor once the other has died."""

    DECEASED = "deceased"
    DIVORCED = "divorced"


@dataclass(frozen=True, slots=True)
class OtherRecord:
    """The record of somebody's former spouse: a primary insurance amount a month, real, and the birth.

    Deceased: ``ended`` is the day of death, ``claim_age`` in months the age at which the benefit had begun, None where
    it had not. Divorced: ``earliest`` is the first day on which it can be paid. ``begins_age`` in months of who is paid
    is when a survivor's benefit begins; None: with the own benefit, but not before 60, or at full age.
    """

    kind: RecordKind
    primary_amount: float
    birth_date: date
    ended: date
    claim_age: int | None = None
    earliest: date | None = None
    begins_age: int | None = None

    def __post_init__(self) -> None:
        not_negative(self.primary_amount, "record.primary_amount")
        if self.claim_age is not None:
            within(self.claim_age, EARLIEST_AGE, LATEST_AGE, "record.claim_age")
        if self.begins_age is not None and self.kind is RecordKind.DECEASED:
            within(self.begins_age, SURVIVOR_AGE, LATEST_AGE, "record.begins_age")


@dataclass(frozen=True, slots=True)
class Marriage:
    """A marriage that has ended, and the later one that still lasts: days, None where there was none."""

    married: date
    divorced: date | None
    died: date | None
    married_again: date | None


def is_entitled(marriage: Marriage, born: date) -> bool:
    """Say whether somebody born on a day is paid on the record of the other, once old enough.

    A survivor after nine months of marriage, or ten years where it was divorced before; a marriage from 60 on does not
    take that away. Somebody divorced after ten years, while not married again.
    """
    if marriage.died is None:
        has_lasted = marriage.divorced is not None and _reaches(marriage.married, marriage.divorced, DIVORCED_YEARS)
        return has_lasted and marriage.married_again is None
    if marriage.divorced is not None:
        has_lasted = _reaches(marriage.married, marriage.divorced, DIVORCED_YEARS)
    else:
        months = (marriage.died.year - marriage.married.year) * _YEAR + marriage.died.month - marriage.married.month
        has_lasted = months - (marriage.died.day < marriage.married.day) >= SURVIVOR_MONTHS
    again = marriage.married_again
    return has_lasted and (again is None or again >= date(*month_of_age(born, SURVIVOR_AGE), 1))


def first_day_divorced(divorced: date, other_born: date) -> date:
    """Return the first day on which somebody divorced can be paid whose former spouse has not claimed.

    The other is 62, and two years have passed since the divorce (42 USC 402(b)(5)).
    """
    apart = date(divorced.year + APART_YEARS, divorced.month, 1)
    return max(apart, date(*month_of_age(other_born, EARLIEST_AGE), 1))


def _reaches(first: date, last: date, years: int) -> bool:
    return (last.year - years, last.month, last.day) >= (first.year, first.month, first.day)
