"""Candidates for advice that follow from the facts of the plan: risk limit, debts, emergency fund."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from apps.plans.engine.advice_texts import Texts, allocation_texts, debt_texts, emergency_texts, risk_texts
from apps.plans.engine.allocation import optimised_allocation, portfolio_risk
from apps.plans.engine.assumptions import AssumptionSet
from apps.plans.engine.inputs import ProjectionInputs, TaxTreatment
from apps.plans.engine.levers import invested_mix, with_allocation, with_debt_payment, with_extra_saving
from apps.plans.engine.policy import RiskLimit
from apps.plans.engine.schedules import debt_payments

# Below a basis point more return an optimiser's other weights are no advice.
_NOTICEABLE_RETURN = 0.0001
_LONGEST_DEBT_MONTHS = 1200


@dataclass(frozen=True, slots=True)
class Candidate:
    """A piece of advice before its effect is known. ``changed`` is the plan with it, None where it changes none.

    ``certain`` advice needs no forecast to be right; ``mandatory`` advice is owed to a limit, whatever it does.
    ``stake`` is the expected gain in the chance of success of what the plan as it is lived cannot show.
    """

    key: str
    kind: str
    texts: Texts
    changed: ProjectionInputs | None
    certain: bool
    difficulty: str
    timeframe: str
    facts: tuple[tuple[str, float], ...]
    mandatory: bool = False
    stake: float | None = None


def figures_of(assumptions: AssumptionSet, mix: tuple[tuple[str, float], ...]) -> tuple[tuple[str, float], ...]:
    """Return expected return, volatility, equity share of a mix, by name. Raises InvalidInputError: unknown asset."""
    volatility, equity = portfolio_risk(assumptions, mix)
    means = dict(zip(assumptions.asset_keys, assumptions.means(), strict=True))
    expected = float(sum(weight * means[key] for key, weight in mix))
    return (("return", expected), ("volatility", volatility), ("equity", equity))


def risk_advice(inputs: ProjectionInputs, limit: RiskLimit) -> list[Candidate]:
    """Change the allocation: because it is beyond the client's limit, or because the limit allows a better one."""
    mix = invested_mix(inputs)
    if not mix:
        return []
    expected, volatility, equity = (value for _, value in figures_of(inputs.assumptions, mix))
    best = optimised_allocation(inputs.assumptions, limit)
    beyond = volatility > limit.max_volatility + 1e-4 or equity > limit.max_equity_share + 1e-4
    if not beyond and best.expected_return < expected + _NOTICEABLE_RETURN:
        return []
    facts = (
        ("volatility_now", volatility),
        ("volatility_limit", limit.max_volatility),
        ("equity_now", equity),
        ("equity_limit", limit.max_equity_share),
        ("return_now", expected),
        ("return_then", best.expected_return),
        ("volatility_then", best.volatility),
        ("equity_then", best.equity_share),
    )
    return [
        Candidate(
            key="reduce_risk" if beyond else "improve_allocation",
            kind="allocation",
            texts=risk_texts(dict(facts)) if beyond else allocation_texts(dict(facts)),
            changed=with_allocation(inputs, best.weights),
            certain=beyond,
            difficulty="easy",
            timeframe="now",
            facts=facts,
            mandatory=beyond,
        )
    ]


def debt_advice(inputs: ProjectionInputs, extra_monthly: float) -> list[Candidate]:
    """Pay the dearest debt faster when it costs more than the safest bonds of the set would bring."""
    open_debts = [debt for debt in inputs.debts if debt.balance > 0.0]
    bonds = [asset.arithmetic_mean for asset in inputs.assumptions.assets if not asset.is_equity]
    if not open_debts or extra_monthly <= 0.0 or not bonds:
        return []
    dearest = max(open_debts, key=lambda debt: (debt.annual_rate, debt.key))
    if dearest.annual_rate <= max(bonds):
        return []
    now = debt_payments(dearest.balance, dearest.annual_rate, dearest.monthly_payment, _LONGEST_DEBT_MONTHS)
    payment = dearest.monthly_payment + extra_monthly
    then = debt_payments(dearest.balance, dearest.annual_rate, payment, _LONGEST_DEBT_MONTHS)
    facts = (
        ("rate", dearest.annual_rate),
        ("bond_return", max(bonds)),
        ("monthly_extra", extra_monthly),
        ("interest_saved", float(now.sum() - then.sum())),
        ("months_sooner", float((now > 0.0).sum() - (then > 0.0).sum())),
    )
    return [
        Candidate(
            key=f"pay_debt:{dearest.key}",
            kind="debt",
            texts=debt_texts(dearest.key, dict(facts)),
            changed=with_debt_payment(inputs, dearest.key, extra_monthly),
            certain=True,
            difficulty="easy" if extra_monthly < 0.05 * inputs.spending.monthly_amount else "medium",
            timeframe="now",
            facts=facts,
        )
    ]


def emergency_advice(inputs: ProjectionInputs, months: int, fill_months: int) -> list[Candidate]:
    """Fill cash up to some months of living costs and debt payments; its effect is on safety more than on success."""
    payments = sum(debt.monthly_payment for debt in inputs.debts if debt.balance > 0.0)
    needed = months * (inputs.spending.monthly_amount + payments)
    cash = [account for account in inputs.accounts if account.treatment is TaxTreatment.CASH]
    held = sum(account.balance for account in cash)
    if held >= needed:
        return []
    monthly = (needed - held) / fill_months
    facts = (
        ("held", held),
        ("needed", needed),
        ("months", float(months)),
        ("fill_months", float(fill_months)),
        ("monthly_extra", monthly),
    )
    changed = None
    if cash:
        changed = with_extra_saving(inputs, monthly, cash[0].key, _after(inputs.start_date, fill_months))
    return [
        Candidate(
            key="emergency_fund",
            kind="emergency_fund",
            texts=emergency_texts(dict(facts)),
            changed=changed,
            certain=True,
            difficulty="easy" if monthly < 0.05 * inputs.spending.monthly_amount else "medium",
            timeframe="this_year" if fill_months <= 12 else "long_term",
            facts=facts,
        )
    ]


def _after(start: date, months: int) -> date:
    total = start.year * 12 + start.month - 1 + months
    return date(total // 12, total % 12 + 1, 1)
