"""Which accounts pay for the goals of a version, and how far these give way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Household
from apps.money.selectors.facts import AccountFact
from apps.money.selectors.situations import household_facts
from apps.plans.engine.goal_choices import ANY_MEANS, GoalMeans
from apps.plans.engine.inputs import Goal as EngineGoal
from apps.plans.engine.results import GoalGiven
from apps.plans.models import Goal, GoalWish
from apps.plans.selectors.figures import Figure
from apps.plans.selectors.overview_parts import GivenLine, GoalMeansLine


def accounts_for_goals(household: Household) -> list[tuple[str, str]]:
    """Return the accounts that may pay for goals: public id and name. A few queries."""
    return [(account.key, account.name) for account in household_facts(household, firm_today()).accounts]


def means_lines(goals: Iterable[Goal], accounts: Sequence[AccountFact]) -> tuple[GoalMeansLine, ...]:
    """Return what each goal says of its means; `accounts` are those of the household."""
    names = {account.key: account.name for account in accounts}
    return tuple(_line(goal, names) for goal in goals)


def _line(goal: Goal, names: Mapping[str, str]) -> GoalMeansLine:
    share = None if goal.least_share is None else float(goal.least_share)
    accounts = [names[account] for account in goal.funded_by if account in names]
    return _told(f"own_goal:{goal.public_id}", accounts, GoalMeans((), goal.funded_only, goal.wait_years, share))


def wish_means_line(wish: GoalWish, names: Mapping[str, str]) -> GoalMeansLine | None:
    """Return what a goal found in words says of its means; None where it says nothing. ``names`` by public id."""
    share = None if wish.least_share is None else float(wish.least_share)
    if not wish.funded_by and wish.wait_years is None and share is None:
        return None
    accounts = [names[account] for account in wish.funded_by if account in names]
    return _told(f"wish:{wish.public_id}", accounts, GoalMeans((), wish.funded_only, wish.wait_years, share))


def means_line(goal: EngineGoal, names: Mapping[str, str]) -> GoalMeansLine | None:
    """Return what a goal of a run said of its means; None where it said nothing."""
    if goal.means == ANY_MEANS:
        return None
    return _told(f"goal:{goal.key}", [names.get(account, account) for account in goal.means.accounts], goal.means)


def _told(key: str, accounts: Sequence[str], means: GoalMeans) -> GoalMeansLine:
    wait, least = None, None
    if means.wait_years:
        wait = Figure(means.wait_years, "years", f"{key}:wait", _("Years it can wait"))
    if means.least_share is not None and means.least_share < 1.0:
        least = Figure(means.least_share, "percent", f"{key}:least", _("Part that is enough"))
    on_its_day, is_whole = means.wait_years == 0, means.least_share == 1.0
    is_fixed = on_its_day and is_whole
    return GoalMeansLine(
        accounts=", ".join(accounts),
        only=means.only,
        wait=wait,
        least=least,
        is_fixed=is_fixed,
        on_its_day=on_its_day and not is_fixed,
        whole=is_whole and not is_fixed,
    )


def given_line(goal: str, given: GoalGiven) -> GivenLine:
    """Return how a goal that gives way is met, by the goal's key."""

    def share(name: str, value: float, label: str) -> Figure:
        return Figure(value, "percent", f"goal:{goal}:{name}", label)

    late, part = given.years_later, given.part
    return GivenLine(
        as_wished=share("as_wished", given.as_wished.value, _("Paid in full and in time")),
        later=share("later", given.later.value, _("Paid in full, later")),
        smaller=share("smaller", given.smaller.value, _("Paid in part, but enough")),
        years_later=None if late is None else Figure(late, "years", f"goal:{goal}:years_later", _("Years later"), "1"),
        part=None if part is None else share("part", part, _("Part that is paid")),
    )
