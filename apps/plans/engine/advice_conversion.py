"""Conversions to Roth: brackets and Medicare's first step tried on the plan itself, this year's tax exact.

The walk says whether converting helps (`kernel_conversions`); `conversions` says what this year's costs to the cent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from apps.plans.engine.advice import Candidate
from apps.plans.engine.advice_retirement_texts import conversion_texts
from apps.plans.engine.advice_worth import rank_of, stands_out, yearly_costs
from apps.plans.engine.claiming import Claim, worker_benefit
from apps.plans.engine.conversion_choices import ConversionPlan, ConversionRule, bracket_place
from apps.plans.engine.conversions import conversion_cost, room_below_step, room_in_bracket
from apps.plans.engine.horizon import age_in_months, household_retirement_month, last_month_of, year_of
from apps.plans.engine.inputs import Account, Adult, IncomeKind, ProjectionInputs, TaxTreatment
from apps.plans.engine.levers import runs_at_start
from apps.plans.engine.runs import Runs
from apps.plans.engine.taxes import TaxFacts

# brackets that are worth a look: below them little is converted, above them it seldom pays
_RATES = (0.12, 0.22, 0.24)
# less in tax-deferred accounts is not worth years of conversions
_LEAST = 50_000.0
_NOTHING, _CENT, _SENIOR = Decimal(0), Decimal("0.01"), 65


@dataclass(frozen=True, slots=True)
class Tried:
    """One rule of converting: what is filled (a bracket's rate, 0 for Medicare's first step), and the plan with it."""

    rule: ConversionRule
    value: float
    years: tuple[int, int]
    inputs: ProjectionInputs


def conversion_advice(inputs: ProjectionInputs, runs: Runs) -> list[Candidate]:
    """Advise conversions of who has most to convert when the plan fares better with them beyond the simulation's error.

    The window runs from the year after all have retired (this one where they have) to the year before distributions
    are required. Tried on the first thousand paths; the best on all. One adult at a time: a bracket is filled once.
    Silent where conversions are planned already.
    """
    adult = max(inputs.adults, key=lambda each: sum(account.balance for account in _deferred(inputs, each)))
    tried = [] if inputs.conversions else _tried(inputs, adult)
    if not tried:
        return []
    best = max(tried, key=lambda each: rank_of(runs.part(each.inputs)))
    if not stands_out(runs.of(inputs), runs.of(best.inputs), yearly_costs(inputs)):
        return []
    return [_candidate(inputs, adult, best, runs)]


def window_of(inputs: ProjectionInputs, adult: Adult) -> tuple[int, int] | None:
    """Return the first and last year in which an adult might convert; None where there is none."""
    start = inputs.start_date
    retired = household_retirement_month(inputs)
    first = start.year if retired == 0 else start.year + year_of(retired, start) + 1
    born = adult.birth_date.year
    last = min(born + (75 if born >= 1960 else 73), start.year + year_of(last_month_of(adult, start), start)) - 1
    return (first, last) if first <= last else None


def _tried(inputs: ProjectionInputs, adult: Adult) -> list[Tried]:
    window = window_of(inputs, adult)
    deferred = _deferred(inputs, adult)
    if window is None or sum(account.balance for account in deferred) < _LEAST:
        return []
    inputs, target = _with_roth(inputs, adult, deferred[0])
    rules = [(ConversionRule.FILL_BRACKET, rate) for rate in _RATES if bracket_place(inputs, rate) is not None]
    if inputs.medicare is not None:
        rules.append((ConversionRule.BELOW_STEP, 0.0))
    tried = []
    for rule, value in rules:
        plan = ConversionPlan(adult.key, target, rule, value, *window, inputs.currency)
        tried.append(Tried(rule, value, window, replace(inputs, conversions=(plan,))))
    return tried


def _deferred(inputs: ProjectionInputs, adult: Adult) -> list[Account]:
    return [
        account
        for account in inputs.accounts
        if account.treatment is TaxTreatment.TAX_DEFERRED and account.owner in ("", adult.key)
    ]


def _with_roth(inputs: ProjectionInputs, adult: Adult, like: Account) -> tuple[ProjectionInputs, str]:
    """Return the plan with a Roth account of the adult's: the own one, else an empty one invested like the old."""
    for account in inputs.accounts:
        if account.treatment is TaxTreatment.TAX_FREE and account.owner in ("", adult.key):
            return inputs, account.key
    key = f"roth:{adult.key}"
    new = replace(like, key=key, owner=adult.key, treatment=TaxTreatment.TAX_FREE, balance=0.0, cost_basis=0.0)
    return replace(inputs, accounts=(*inputs.accounts, new)), key


def _candidate(inputs: ProjectionInputs, adult: Adult, best: Tried, runs: Runs) -> Candidate:
    first, last = best.years
    facts: tuple[tuple[str, float], ...] = (
        ("first_year", float(first)),
        ("last_year", float(last)),
        ("success_now", float(runs.of(inputs).succeeded.mean())),
        ("success_then", float(runs.of(best.inputs).succeeded.mean())),
    )
    if best.rule is ConversionRule.FILL_BRACKET:
        facts = (("rate", best.value), *facts)
    is_open = first == inputs.start_date.year
    if is_open:
        facts = (*facts, *_cost_now(inputs, adult, best))
    return Candidate(
        key=f"roth_conversion:{adult.key}",
        kind="roth_conversion",
        texts=conversion_texts(adult.key, dict(facts)),
        changed=best.inputs,
        certain=False,
        difficulty="medium",
        timeframe="this_year" if is_open else "long_term",
        facts=facts,
    )


def _cost_now(inputs: ProjectionInputs, adult: Adult, best: Tried) -> tuple[tuple[str, float], ...]:
    """This year's amount, the federal tax it adds, and what it adds to a year of Medicare two years on."""
    year, balance = this_year(inputs), sum(account.balance for account in _deferred(inputs, adult))
    cover = inputs.medicare
    if best.rule is ConversionRule.FILL_BRACKET:
        room = room_in_bracket(inputs.tax_table, year, Decimal(repr(best.value)))
    else:
        room = (room_below_step(inputs.tax_table, cover.table, year) if cover else None) or _NOTHING
    amount = min(room, Decimal(repr(balance)).quantize(_CENT))
    if cover is None or amount <= 0:
        return ()
    insured = _seniors(inputs, inputs.start_date.year + 2)
    cost = conversion_cost(inputs.tax_table, cover.table, year, amount, insured=insured)
    return (
        ("amount", float(amount)),
        ("tax_added", float(cost.tax_added)),
        ("premiums_added", float(cost.premiums_added)),
    )


def this_year(inputs: ProjectionInputs) -> TaxFacts:
    """Return the year's tax facts by incomes that run at the start, twelve months of them, without investments."""
    told = dict.fromkeys(IncomeKind, _NOTHING)
    for income in inputs.incomes:
        if runs_at_start(income.start, inputs):
            told[income.kind] += Decimal(repr(round(12.0 * income.monthly_amount, 2)))
    return TaxFacts(
        status=inputs.filing_status,
        calendar_year=inputs.start_date.year,
        wages=(told[IncomeKind.SALARY],),
        pre_tax=_NOTHING,
        ordinary=told[IncomeKind.PENSION] + told[IncomeKind.OTHER_TAXABLE],
        interest=_NOTHING,
        qualified_dividends=_NOTHING,
        long_term_gain=_NOTHING,
        benefits=told[IncomeKind.SOCIAL_SECURITY] + _claimed(inputs),
        early_withdrawals=_NOTHING,
        seniors=_seniors(inputs, inputs.start_date.year),
        loss_carried=_NOTHING,
    )


def _claimed(inputs: ProjectionInputs) -> Decimal:
    """A year of own benefits that have begun."""
    births = {adult.key: adult for adult in inputs.adults}
    paid = [
        worker_benefit(Claim(Decimal(repr(claim.primary_amount)), births[claim.owner].birth_date, claim.claim_age))
        for claim in inputs.claims
        if claim.claim_age <= age_in_months(births[claim.owner], inputs.start_date, 0)
    ]
    return 12 * sum(paid, _NOTHING)


def _seniors(inputs: ProjectionInputs, year: int) -> int:
    return sum(year - adult.birth_date.year >= _SENIOR for adult in inputs.adults)
