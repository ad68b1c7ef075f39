"""Distributions that were due and not taken in time, as long as the excise tax on them may still be lowered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from apps.portfolios.engine.distributions import LifeTable, MissedDistribution
from apps.portfolios.models import Account
from apps.portfolios.selectors.distributions import NOTHING, DistributionDue, distributions_required

# a miss may be made up until the end of the second year after
WINDOW = 2


def distributions_missed(account: Account, siblings: Iterable[Account], day: dt.date) -> list[MissedDistribution]:
    """Return what an account missed by a day, the earliest first, in a fixed number of queries.

    `siblings` are all accounts of the household, the account among them: what others of a group paid too much counted
    for it. What the account paid since beyond its own later years counts as made up, for the earliest miss first.
    """
    listed, lines = list(siblings), []
    for year in range(day.year - WINDOW, day.year + 1):
        for until in (dt.date(year, 4, 1), dt.date(year, 12, 31)):
            if until < day:
                lines += _over(distributions_required(listed, until), account, until)
    missed = [each for each in lines if each.amount > 0]
    later = [*lines, *(each for each in distributions_required(listed, day) if each.account.pk == account.pk)]
    spare = {each.required.year: max(each.taken - each.required.amount, NOTHING) for each in later}
    found = []
    for each in missed:
        made_up = NOTHING
        for year in sorted(year for year in spare if year > each.required.year):
            part = min(spare[year], each.amount - made_up)
            made_up, spare[year] = made_up + part, spare[year] - part
        found.append(MissedDistribution(each.required, each.amount, made_up))
    return found


def _over(lines: Iterable[DistributionDue], account: Account, until: dt.date) -> list[DistributionDue]:
    """Return the lines of the account whose last day has come; an heir has a year more for the year of death."""
    own = [each for each in lines if each.account.pk == account.pk]
    return [each for each in own if _last_day(each) == until]


def _last_day(line: DistributionDue) -> dt.date:
    due_on = line.required.due_on
    return due_on.replace(year=due_on.year + 1) if line.required.table == LifeTable.TOLD else due_on
