"""What advice rests on besides the projection's inputs: kinds of accounts, the year's limits, cover, papers.

Nothing here enters a projection: two households that differ only in these fare alike, and nights compare inputs alone.
A None says that nobody knows, an empty tuple that there is none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from apps.plans.engine.checks import not_negative, unique
from apps.plans.engine.digest import UNTOLD
from apps.plans.engine.limits import LimitsTable


class PlanKind(StrEnum):
    """By which limit of the law an account is paid into."""

    WORKPLACE = "workplace"
    TRADITIONAL_IRA = "traditional_ira"
    ROTH_IRA = "roth_ira"
    HEALTH = "health"


@dataclass(frozen=True, slots=True)
class SavingPlan:
    """An account with a limit of its own: ``account`` and ``owner`` are keys of the projection's inputs."""

    account: str
    owner: str
    kind: PlanKind


@dataclass(frozen=True, slots=True)
class LifeCover:
    """What life insurance pays at the death of an adult, all policies in force together."""

    person: str
    amount: float

    def __post_init__(self) -> None:
        not_negative(self.amount, f"covers[{self.person}].amount")


@dataclass(frozen=True, slots=True)
class EstatePapers:
    """What is on file of wills, powers and trusts: how many papers, and the day the newest was filed."""

    count: int
    newest: date | None


@dataclass(frozen=True, slots=True)
class AdviceFacts:
    """The facts of advice. Without ``limits`` no table of the year is known and no room is told.

    ``covers`` is None where nobody has stated any insurance; ``minors`` counts children under 18; ``income`` is the
    year's modified adjusted gross income by which IRAs are limited, as a walk of the plan told it
    (`walked_income`), None where none did.
    """

    limits: LimitsTable | None
    plans: tuple[SavingPlan, ...]
    covers: tuple[LifeCover, ...] | None
    papers: EstatePapers | None
    minors: int = 0
    income: float | None = field(default=None, metadata=UNTOLD)

    def __post_init__(self) -> None:
        unique([plan.account for plan in self.plans], "plans")
        unique([cover.person for cover in self.covers or ()], "covers")


@dataclass(frozen=True, slots=True)
class SavingPlaces:
    """Where more saving may go: ``facts`` tell accounts and limits, ``rest`` is the account for all that is above."""

    rest: str
    facts: AdviceFacts | None
