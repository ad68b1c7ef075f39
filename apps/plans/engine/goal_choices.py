"""How a goal is paid for and how far it gives way: the accounts kept for it, the years it can wait, what is enough.

Apart from the goal: a plan whose goals say none of it is walked as before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.checks import known, unique, within

if TYPE_CHECKING:
    from apps.plans.engine.inputs import Goal, ProjectionInputs

_RETIREMENT, _EDUCATION = "retirement", "education"
MAX_WAIT_YEARS = 30
# less of a goal is no goal
LEAST_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class GoalMeans:
    """Which accounts pay for a goal, in order, and how far it gives way; the retirement goal does not.

    ``accounts`` pay before income does (for retirement after it) and are kept for the goal while it is due: everything
    else draws on them last. ``only``: nothing else pays. It may start up to ``wait_years`` later where the money is
    not there on its day, and a part of each payment, ``least_share`` or more, is enough; None: nobody was asked.
    """

    accounts: tuple[str, ...] = ()
    only: bool = False
    wait_years: int | None = None
    least_share: float | None = None

    @property
    def gives_way(self) -> bool:
        """Whether the goal may come later or be smaller."""
        return bool(self.wait_years) or (self.least_share is not None and self.least_share < 1.0)


ANY_MEANS = GoalMeans()


def check_means(goal: Goal) -> None:
    """Refuse means that contradict themselves or the goal. Raises InvalidInputError."""
    means, name = goal.means, f"goals[{goal.key}].means"
    unique(list(means.accounts), f"{name}.accounts")
    if means.wait_years is not None:
        within(means.wait_years, 0, MAX_WAIT_YEARS, f"{name}.wait_years")
    if means.least_share is not None:
        within(means.least_share, LEAST_SHARE, 1.0, f"{name}.least_share")
    if means.only and not means.accounts:
        raise InvalidInputError(
            gettext_noop("Nothing but its own accounts pays for the goal, and it has none."),
            mend=gettext_noop("Name an account, or let the others pay as well."),
            field=f"{name}.accounts",
        )
    if goal.kind == _RETIREMENT and (means.only or means.gives_way):
        raise InvalidInputError(
            gettext_noop("Living in retirement is paid from income first; it neither waits nor is cut."),
            mend=gettext_noop("Choose a rule of spending instead."),
            field=f"{name}.only" if means.only else f"{name}.wait_years",
        )


def check_goals(inputs: ProjectionInputs) -> None:
    """Refuse goals that lie in the past or name accounts that cannot pay for them. Raises InvalidInputError."""
    within(sum(goal.kind == _RETIREMENT for goal in inputs.goals), 0, 1, "goals")
    treatments = {account.key: account.treatment for account in inputs.accounts}
    for goal in inputs.goals:
        if isinstance(goal.start, date) and goal.start < inputs.start_date:
            raise InvalidInputError(
                gettext_noop("The goal “%(key)s” starts on %(start)s, before the plan does."),
                mend=gettext_noop("Move the goal to a later date or take it out."),
                field=f"goals[{goal.key}].start",
                key=goal.key,
                start=goal.start,
            )
        for key in goal.means.accounts:
            known(key, list(treatments), f"goals[{goal.key}].means.accounts")
            if treatments[key] == _EDUCATION and goal.kind != _EDUCATION:
                raise InvalidInputError(
                    gettext_noop("Education accounts pay for education only."),
                    mend=gettext_noop("Choose other accounts for “%(key)s”."),
                    field=f"goals[{goal.key}].means.accounts",
                    key=goal.key,
                )
