"""Whom a household supports, year by year: who counts for the credits of IRC 24, and how the household then files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.checks import unique, within
from apps.plans.engine.tax_credits import Dependants
from apps.plans.engine.tax_tables import FilingStatus

# not yet 17 as the year closes (IRC 24(c)(1)); later ones are other dependants (IRC 24(h)(4))
CHILD_CREDIT_AGE = 17
MAX_SUPPORTED_AGE = 120
_MARRIED = (FilingStatus.MARRIED_JOINT, FilingStatus.MARRIED_SEPARATE)
_NOBODY = Dependants(children=0, others=0)


@dataclass(frozen=True, slots=True)
class Child:
    """A child, or another person the household supports: a dependant of each year by whose end they are younger than
    ``supported_until``.

    The law counts a child up to 19, a student up to 24 (IRC 152(c)(3)), another relative while they are supported.
    """

    key: str
    birth_date: date
    supported_until: int

    def __post_init__(self) -> None:
        within(self.supported_until, 1, MAX_SUPPORTED_AGE, f"children[{self.key}].supported_until")


def check_children(children: Sequence[Child], adults: Sequence[str], start: date) -> None:
    """Refuse repeated keys, and who is not born as the plan starts."""
    unique([*adults, *(child.key for child in children)], "children")
    for child in children:
        if (child.birth_date.year, child.birth_date.month) > (start.year, start.month):
            raise InvalidInputError(
                gettext_noop("“%(key)s” is born after the plan starts."),
                mend=gettext_noop("Correct the birth date; a child to come is entered once it is born."),
                field=f"children[{child.key}].birth_date",
                key=child.key,
            )


def supported_in(children: Sequence[Child], calendar_year: int) -> Dependants:
    """Return how many count as children and as other dependants of a year: by the age attained at its end."""
    if not children:
        return _NOBODY
    ages = [
        calendar_year - child.birth_date.year
        for child in children
        if calendar_year - child.birth_date.year < child.supported_until
    ]
    young = sum(age < CHILD_CREDIT_AGE for age in ages)
    return Dependants(children=young, others=len(ages) - young)


def status_of(status: FilingStatus, supported: Dependants, *, is_left_alone: bool, has_children: bool) -> FilingStatus:
    """Return how the household files in a year.

    Who is left alone of a couple is head of a household while somebody is supported (IRC 2(b)), else single; the two
    years of a surviving spouse (IRC 2(a)) are not counted, which taxes them rather more. A head of a household whose
    dependants are known is single once the last one has grown up.
    """
    anybody = supported.children + supported.others > 0
    if is_left_alone and status in _MARRIED:
        return FilingStatus.HEAD_OF_HOUSEHOLD if anybody else FilingStatus.SINGLE
    if status is FilingStatus.HEAD_OF_HOUSEHOLD and has_children and not anybody:
        return FilingStatus.SINGLE
    return status
