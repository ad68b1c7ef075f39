"""Which accounts pay for a goal and how far it gives way: as it is typed, and as a value of the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Household
from apps.core import audit
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.money.selectors.facts import AccountFact
from apps.money.selectors.situations import household_facts
from apps.plans.engine.goal_choices import ANY_MEANS, GoalMeans
from apps.plans.engine.inputs import STANDARD_WITHDRAWAL_ORDER, TaxTreatment
from apps.plans.models import Goal, GoalKind, GoalWish

Caveat = tuple[str, dict[str, str]]
Accounts = Mapping[str, AccountFact]
_ORDER = (TaxTreatment.EDUCATION, *STANDARD_WITHDRAWAL_ORDER)


@dataclass(frozen=True, slots=True)
class MeansDetails:
    """Public ids of the accounts that pay, whether nothing else does, years it can wait, part that is enough."""

    accounts: tuple[str, ...] = ()
    only: bool = False
    wait_years: int | None = None
    least_share: Decimal | None = None


def accounts_named(household: Household, goal: Goal | GoalWish, means: MeansDetails | None = None) -> Accounts:
    """Return the household's accounts by public id, read only where the goal names some or is to."""
    if not goal.funded_by and not (means and means.accounts):
        return {}
    return {account.key: account for account in household_facts(household, firm_today()).accounts}


def set_means(row: Goal | GoalWish, means: MeansDetails, accounts: Accounts) -> None:
    """Write the means of a goal into its row. Raises InvalidInputError whose field is the goal's."""
    _check_accounts(row, means, accounts)
    if row.kind == GoalKind.RETIREMENT and (means.only or means.wait_years or _is_cut(means)):
        raise InvalidInputError(
            gettext_noop("Living in retirement is paid from income first; it neither waits nor is cut."),
            mend=gettext_noop("Choose a rule of spending instead."),
            field="funded_only" if means.only else "wait_years" if means.wait_years else "least_share",
        )
    is_retirement = row.kind == GoalKind.RETIREMENT
    row.funded_by, row.funded_only = list(dict.fromkeys(means.accounts)), means.only
    row.wait_years = None if is_retirement else means.wait_years
    row.least_share = None if is_retirement else means.least_share


def _is_cut(means: MeansDetails) -> bool:
    return means.least_share is not None and means.least_share < 1


def _check_accounts(row: Goal | GoalWish, means: MeansDetails, accounts: Accounts) -> None:
    if means.only and not means.accounts:
        raise InvalidInputError(
            gettext_noop("No account is named, so nothing would pay for the goal."),
            mend=gettext_noop("Choose the accounts that pay, or let the others pay as well."),
            field="funded_by",
        )
    for key in means.accounts:
        if key not in accounts:
            raise InvalidInputError(
                gettext_noop("This account is not one of the household's."),
                mend=gettext_noop("Choose among those of the household."),
                field="funded_by",
            )
        if accounts[key].treatment == TaxTreatment.EDUCATION and row.kind != GoalKind.EDUCATION:
            raise InvalidInputError(
                gettext_noop("“%(name)s” pays for education only."),
                mend=gettext_noop("Choose other accounts for this goal."),
                field="funded_by",
                name=accounts[key].name,
            )


def told_of(row: Goal | GoalWish, accounts: Accounts) -> dict[str, Any]:
    """Return a goal for the trail, its accounts by their names."""
    named = [accounts[key].name if key in accounts else key for key in row.funded_by]
    return {**audit.snapshot(row), "funded_by": named}


def means_of(goal: Goal, accounts: Sequence[AccountFact]) -> tuple[GoalMeans, list[Caveat]]:
    """Return a goal's means for the engine, its accounts in the order of withdrawal, and what had to be assumed."""
    of = {account.key: account for account in accounts}
    named = [of[key] for key in goal.funded_by if key in of]
    # an account whose treatment was changed since pays for what it may
    fits = [item for item in named if item.treatment != TaxTreatment.EDUCATION or goal.kind == GoalKind.EDUCATION]
    ordered = sorted(fits, key=lambda item: _ORDER.index(TaxTreatment(item.treatment)))
    caveats: list[Caveat] = []
    if len(named) < len(goal.funded_by):
        caveats.append((_GONE, {"name": goal.name}))
    if len(fits) < len(named):
        caveats.append((_FOR_STUDIES, {"name": goal.name}))
    if goal.funded_only and not ordered:
        caveats.append((_ALL_PAY, {"name": goal.name}))
    means = GoalMeans(
        accounts=tuple(item.key for item in ordered),
        only=goal.funded_only and bool(ordered),
        wait_years=goal.wait_years,
        least_share=None if goal.least_share is None else float(goal.least_share),
    )
    return (ANY_MEANS if means == ANY_MEANS else means), caveats


_GONE = gettext_noop("An account that was to pay for %(name)s is no longer there: it pays nothing.")
_FOR_STUDIES = gettext_noop("An account that was to pay for %(name)s pays for education only: it pays nothing.")
_ALL_PAY = gettext_noop("No account is left that alone was to pay for %(name)s: all others pay for it.")
