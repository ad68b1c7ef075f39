"""Rules of a plan as one number each: the bracket that conversions fill, gifts from IRAs, how far spending may fall."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from apps.kernel.required_ages import first_year as first_year_required
from apps.plans.engine.conversion_choices import ConversionPlan, ConversionRule
from apps.plans.engine.inputs import Account, Adult, GoalKind, ProjectionInputs, TaxTreatment
from apps.plans.engine.ira_choices import IraGifts
from apps.plans.engine.levers import retirement_spending, with_retirement_spending
from apps.plans.engine.spending_choices import RateGuardrails, SpendingRule

# Conversions go on for at least so many years where required distributions begin sooner.
LEAST_YEARS = 10
# The whole of what is planned is always spent: no rule.
WHOLE_PLAN = 100.0
# Spending rises to a quarter more than planned at most.
CEILING = 1.25
_HUNDRED = Decimal(100)


def _givers(inputs: ProjectionInputs, owner: str) -> list[Account]:
    return [
        account
        for account in inputs.accounts
        if account.treatment is TaxTreatment.TAX_DEFERRED and account.owner in ("", owner)
    ]


def has_something_to_convert(inputs: ProjectionInputs, adult: Adult) -> bool:
    """Whether an adult has a tax-deferred account."""
    return bool(_givers(inputs, adult.key))


def highest_bracket(inputs: ProjectionInputs) -> float:
    """Return the rate of the last bracket that has an end, in per cent."""
    table = inputs.tax_table
    return float(table.ordinary_rates[len(table.of(inputs.filing_status).ordinary_upper_bounds) - 1] * _HUNDRED)


def bracket_of(inputs: ProjectionInputs, owner: str) -> float:
    """Return the rate of the bracket that an adult fills with conversions, in per cent; 0 where they fill none."""
    for plan in inputs.conversions:
        if plan.owner == owner and plan.rule is ConversionRule.FILL_BRACKET:
            return round(100.0 * plan.value, 2)
    return 0.0


def with_conversions(inputs: ProjectionInputs, owner: str, percent: float) -> ProjectionInputs:
    """Let an adult fill the highest bracket of at most this rate with conversions; below the lowest there are none.

    They begin with the year of retirement, or now, and end before the year of the first required distribution, or after
    ten years if that is later. A Roth account is opened, with nothing in it, where the adult has none.
    """
    ending = inputs.tax_table.ordinary_rates[: len(inputs.tax_table.of(inputs.filing_status).ordinary_upper_bounds)]
    rates = [rate for rate in ending if rate * _HUNDRED <= Decimal(repr(percent))]
    if not rates:
        return without_conversions(inputs, owner)
    return with_conversion_rule(inputs, owner, ConversionRule.FILL_BRACKET, float(max(rates)))


def step_of(inputs: ProjectionInputs, owner: str) -> float:
    """Return which of Medicare's surcharges an adult's conversions stay below, 1 the first; 0 where they do not."""
    for plan in inputs.conversions:
        if plan.owner == owner and plan.rule is ConversionRule.BELOW_STEP:
            return plan.value + 1.0
    return 0.0


def with_conversions_below(inputs: ProjectionInputs, owner: str, surcharge: int) -> ProjectionInputs:
    """Let an adult convert as much as stays below a surcharge of Medicare, 1 the first; 0 is no conversions."""
    if surcharge < 1:
        return without_conversions(inputs, owner)
    return with_conversion_rule(inputs, owner, ConversionRule.BELOW_STEP, surcharge - 1.0)


def without_conversions(inputs: ProjectionInputs, owner: str) -> ProjectionInputs:
    """Let an adult convert nothing."""
    return replace(inputs, conversions=tuple(plan for plan in inputs.conversions if plan.owner != owner))


def with_conversion_rule(inputs: ProjectionInputs, owner: str, rule: ConversionRule, value: float) -> ProjectionInputs:
    """Let an adult convert by a rule, in the years of `with_conversions`, instead of what they convert already."""
    others = without_conversions(inputs, owner).conversions
    first, last = conversion_years(inputs, owner)
    opened = with_roth_account(inputs, owner)
    target = next(account.key for account in opened.accounts if _is_roth_of(account, owner))
    plan = ConversionPlan(owner, target, rule, value, first, last, currency=inputs.currency)
    return replace(opened, conversions=(*others, plan))


def conversion_years(inputs: ProjectionInputs, owner: str) -> tuple[int, int]:
    """Return the first and the last calendar year in which an adult converts."""
    adult = next(adult for adult in inputs.adults if adult.key == owner)
    first = max(inputs.start_date.year, adult.retirement_date.year)
    return first, max(first + LEAST_YEARS - 1, first_year_required(adult.birth_date) - 1)


def _is_roth_of(account: Account, owner: str) -> bool:
    return account.treatment is TaxTreatment.TAX_FREE and account.owner in ("", owner)


def with_roth_account(inputs: ProjectionInputs, owner: str) -> ProjectionInputs:
    """Open a Roth account for an adult who has none: invested and charged like their largest tax-deferred account."""
    if any(_is_roth_of(account, owner) for account in inputs.accounts):
        return inputs
    like = max(_givers(inputs, owner), key=lambda account: account.balance)
    opened = replace(
        like, key=f"roth:{owner}", owner=owner, treatment=TaxTreatment.TAX_FREE, balance=0.0, cost_basis=0.0
    )
    return replace(inputs, accounts=(*inputs.accounts, opened))


def gifts_of(inputs: ProjectionInputs) -> IraGifts | None:
    """Return the household's gifts where IRAs could pay them: it gives, and an adult has a traditional IRA."""
    gifts = inputs.ira_gifts
    has_ira = any(pool.accounts for pool in inputs.ira_pools)
    return gifts if gifts is not None and gifts.household_amount > 0.0 and has_ira else None


def with_ira_gifts(inputs: ProjectionInputs, annual_amount: float) -> ProjectionInputs:
    """Let IRAs pay this much of the household's gifts a year, all of them at most."""
    gifts = gifts_of(inputs)
    if gifts is None:
        return inputs
    return replace(inputs, ira_gifts=replace(gifts, annual_amount=min(annual_amount, gifts.household_amount)))


def floor_of(inputs: ProjectionInputs) -> float:
    """Return how much of the planned spending is always spent, in per cent; all of it without a rule."""
    return WHOLE_PLAN if inputs.spending_rule is None else round(100.0 * inputs.spending_rule.floor, 2)


def with_spending_floor(inputs: ProjectionInputs, percent: float) -> ProjectionInputs:
    """Let spending in retirement fall to a part of what is planned; all of it is no rule.

    It follows the rule that the plan has, else that of Guyton and Klinger.
    """
    if percent >= WHOLE_PLAN:
        return replace(inputs, spending_rule=None)
    now = inputs.spending_rule or SpendingRule(RateGuardrails(), 1.0, CEILING)
    return with_spending_rule(inputs, replace(now, floor=percent / 100.0))


def with_spending_rule(inputs: ProjectionInputs, rule: SpendingRule) -> ProjectionInputs:
    """Let spending in retirement follow a rule; without a retirement goal today's living costs are what is planned."""
    if not any(goal.kind is GoalKind.RETIREMENT for goal in inputs.goals):
        inputs = with_retirement_spending(inputs, retirement_spending(inputs))
    return replace(inputs, spending_rule=rule)
