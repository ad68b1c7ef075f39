"""Gifts to charity from IRAs instead of other money: tried on the plan itself, on all of its futures."""

from __future__ import annotations

from collections.abc import Mapping

from apps.kernel.errors import gettext_noop
from apps.plans.engine.advice import Candidate
from apps.plans.engine.advice_texts import Texts, text
from apps.plans.engine.charitable_gifts import first_gift_day
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.rule_levers import gifts_of, with_ira_gifts
from apps.plans.engine.runs import Run, Runs
from apps.plans.engine.success import difference

# of smaller gifts what cash could be deducted without itemising counts as much as this saves
LEAST_GIFT = 5_000.0
# what begins later is better looked at then
YEARS_AHEAD = 10
_ERRORS = 2.0


def gift_advice(inputs: ProjectionInputs, runs: Runs) -> list[Candidate]:
    """Advise that IRAs pay the gifts when more is left by it beyond the simulation's error, and no chance is lost.

    Silent where some are paid so already, where gifts are small, and where nobody is 70 1/2 within ten years.
    """
    gifts, first = gifts_of(inputs), first_gift_year(inputs)
    if gifts is None or first is None or gifts.annual_amount > 0.0 or gifts.household_amount < LEAST_GIFT:
        return []
    changed = with_ira_gifts(inputs, gifts.household_amount)
    before, after = runs.of(inputs), runs.of(changed)
    more = _more_left(before, after, gifts.household_amount)
    if more is None:
        return []
    facts = (
        ("yearly_gift", gifts.household_amount),
        ("first_year", float(first)),
        ("more_left", more),
        ("success_now", float(before.succeeded.mean())),
        ("success_then", float(after.succeeded.mean())),
    )
    return [
        Candidate(
            key="give_from_ira",
            kind="ira_gifts",
            texts=gift_texts(dict(facts)),
            changed=changed,
            certain=False,
            difficulty="easy",
            timeframe="this_year" if first == inputs.start_date.year else "long_term",
            facts=facts,
        )
    ]


def first_gift_year(inputs: ProjectionInputs) -> int | None:
    """Return the first year in which an adult with an IRA may give from it, None where that is not within ten years."""
    owners = {pool.owner for pool in inputs.ira_pools if pool.accounts}
    years = [first_gift_day(adult.birth_date).year for adult in inputs.adults if adult.key in owners]
    if not years:
        return None
    first = max(min(years), inputs.start_date.year)
    return first if first <= inputs.start_date.year + YEARS_AHEAD else None


def _more_left(before: Run, after: Run, yearly_gift: float) -> float | None:
    """What is left more on average; None where that is less than a year's gifts or within the error, or odds fall."""
    chance = difference(after.succeeded, before.succeeded, before.n_batches)
    wealth = difference(after.terminal_real, before.terminal_real, before.n_batches)
    if wealth.standard_error is None or chance.value < 0.0:
        return None
    stands_out = wealth.value > _ERRORS * wealth.standard_error and wealth.value >= yearly_gift
    return wealth.value if stands_out else None


def gift_texts(facts: Mapping[str, float]) -> Texts:
    """Give straight from the IRA."""
    surer = gettext_noop(
        "From %(first__year)s on an IRA may pay gifts to charity directly: they are no income, and count towards what "
        "must be taken out. With it the plan succeeds in %(then__percent)s of the markets instead of "
        "%(success__percent)s, and on average %(more__money)s more is left at the end, in money of today. No deduction "
        "of gifts in cash is counted against it."
    )
    richer = gettext_noop(
        "From %(first__year)s on an IRA may pay gifts to charity directly: they are no income, and count towards what "
        "must be taken out. The plan succeeds in %(then__percent)s of the markets either way; on average "
        "%(more__money)s more is left at the end, in money of today. No deduction of gifts in cash is counted against "
        "it."
    )
    rises = facts["success_then"] > facts["success_now"]
    values = {
        "first__year": facts["first_year"],
        "then__percent": facts["success_then"],
        "more__money": facts["more_left"],
    }
    if rises:
        values["success__percent"] = facts["success_now"]
    return (
        text(gettext_noop("Give %(gift__money)s a year from the IRA"), gift__money=facts["yearly_gift"]),
        text(surer if rises else richer, **values),
        (
            text(gettext_noop("Have the custodian pay the charity itself: a check made out to you is income.")),
            text(gettext_noop("Keep the charity's letter, and tell whoever files the return that it was a gift.")),
        ),
    )
