"""From standard fee to annual fee, in the order standard, negotiated, discount, minimum, maximum."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from apps.billing.engine.ledger import EXACT, amount_in, at_places
from apps.billing.engine.results import FeeStep, FeeWarning, StepLine, TierLine, WarningCode
from apps.billing.engine.schedules import cliff_drop, slices_of
from apps.billing.engine.terms import FeeTerms, Limit, ScheduleKind, Scope
from apps.billing.engine.values import BillableAccount
from apps.kernel.errors import gettext_noop

NO_FEE = Fraction(0)


@dataclass(slots=True)
class AnnualFees:
    """The annual fee of each account while the steps are taken, and the lines that they leave."""

    terms: FeeTerms
    fees: dict[str, Fraction]
    agreed_rates: dict[str, Fraction] = field(default_factory=dict)
    limited: set[str] = field(default_factory=set)
    tiers: list[TierLine] = field(default_factory=list)
    steps: list[StepLine] = field(default_factory=list)
    warnings: list[FeeWarning] = field(default_factory=list)

    @property
    def total(self) -> Fraction:
        """The annual fee of the household."""
        return sum(self.fees.values(), NO_FEE)


def annual_fees(accounts: Sequence[BillableAccount], terms: FeeTerms) -> AnnualFees:
    """Return the annual fee of each account with the tiers and steps that make it.

    The breakpoint looks at the whole household or at each account, as the terms say. What a household-wide step
    yields is shared in proportion to the fees so far, at first to the billable values.
    """
    state = AnnualFees(terms, {a.account.account_id: NO_FEE for a in accounts})
    groups = [("", accounts)] if terms.breakpoint_scope is Scope.HOUSEHOLD else [(_id(a), [a]) for a in accounts]
    for group_id, members in groups:
        if not all(a.is_left_out for a in members):
            _agreed_fee(state, group_id, members)
    if not all(a.is_left_out for a in accounts):
        _minimum(state, accounts)
        _maximum(state, accounts)
    return state


def bearing_weights(accounts: Sequence[BillableAccount], terms: FeeTerms) -> dict[str, Fraction]:
    """Return in which proportion the accounts bear a fee that is charged to them together.

    By billable value, or evenly where there is none. A fixed fee does not follow from an account's value, so that in
    a mixed household no retirement account bears part of it: it may pay for its own management only (IRC 4975).
    """
    bearers = [a for a in accounts if not a.is_left_out]
    if terms.kind is ScheduleKind.FIXED:
        bearers = [a for a in bearers if not a.account.is_retirement] or bearers
    if any(a.billable for a in bearers):
        chosen = {_id(a): a.billable for a in bearers}
    else:
        open_to_all = [a for a in bearers if not a.account.is_retirement] or bearers
        chosen = {_id(a): Fraction(1) for a in open_to_all}
    return {_id(a): chosen.get(_id(a), NO_FEE) for a in accounts}


def shared(total: Fraction, weights: dict[str, Fraction]) -> dict[str, Fraction]:
    """Share an amount in proportion to weights, exactly."""
    whole = sum(weights.values(), NO_FEE)
    return {key: total * weight / whole for key, weight in weights.items()}


def _id(account: BillableAccount) -> str:
    return account.account.account_id


def _agreed_fee(state: AnnualFees, group_id: str, members: Sequence[BillableAccount]) -> None:
    """Take the steps that the agreement alone decides: standard, negotiated, discount."""
    terms = state.terms
    billable = sum((a.billable for a in members), NO_FEE)
    fee = _standard_fee(state, group_id, members, billable)
    if terms.negotiated_rate is not None:
        rate = terms.negotiated_rate.fraction
        target = billable * Fraction(rate)
        _record(state, _Step(FeeStep.NEGOTIATED, group_id, fee, target, billable, rate, terms.clauses.discount))
        fee = target
    if terms.discount.fraction:
        rate = terms.discount.fraction
        after = fee - fee * Fraction(rate)
        _record(state, _Step(FeeStep.DISCOUNT, group_id, fee, after, fee, rate, terms.clauses.discount))
        fee = after
    if billable:
        for a in members:
            state.agreed_rates[_id(a)] = fee / billable
    if fee:
        state.fees.update(shared(fee, bearing_weights(members, terms)))


def _standard_fee(state: AnnualFees, group_id: str, members: Sequence[BillableAccount], billable: Fraction) -> Fraction:
    terms = state.terms
    clause = terms.clauses.schedule
    if terms.fixed_annual is not None:
        fixed = Fraction(amount_in(terms.fixed_annual, terms.currency))
        _record(state, _Step(FeeStep.STANDARD, group_id, NO_FEE, fixed, None, None, clause))
        return fixed
    # Where nothing counts for the breakpoint, the billed value itself decides the tier.
    reached = sum((a.breakpoint_value for a in members), NO_FEE) or billable
    parts = slices_of(terms.kind, terms.tiers, reached)
    state.tiers += [
        TierLine(
            account_id=group_id,
            lower=at_places(part.lower),
            upper=None if part.tier.up_to is None else part.tier.up_to.amount,
            slice_value=at_places(part.value),
            rate=part.tier.rate.fraction,
            amount=at_places(part.fee),
            clause=part.tier.clause or clause,
        )
        for part in parts
    ]
    whole = sum((part.fee for part in parts), NO_FEE)
    fee = whole * billable / reached if reached else NO_FEE
    _record(state, _Step(FeeStep.STANDARD, group_id, NO_FEE, fee, billable, None, clause))
    if terms.kind is ScheduleKind.CLIFF:
        _warn_of_cliff(state, group_id, reached, whole)
    return fee


def _warn_of_cliff(state: AnnualFees, group_id: str, value: Fraction, fee: Fraction) -> None:
    drop = cliff_drop(state.terms.tiers, value)
    if drop is None:
        return
    edge, dearer = drop
    state.warnings.append(
        FeeWarning(
            WarningCode.CLIFF_EDGE,
            gettext_noop("A value of %(value)s costs %(fee)s a year, less than %(dearer)s at the tier edge %(edge)s."),
            tuple(
                (name, str(at_places(amount, 2)))
                for name, amount in (("value", value), ("fee", fee), ("dearer", dearer), ("edge", edge))
            ),
            group_id,
        )
    )


def _minimum(state: AnnualFees, accounts: Sequence[BillableAccount]) -> None:
    limit = state.terms.minimum
    if limit is None:
        return
    for account_id, members in _limit_groups(limit, accounts):
        floor = Fraction(amount_in(limit.annual_amount, state.terms.currency))
        before = sum((state.fees[_id(a)] for a in members), NO_FEE)
        _limit_step(
            state, _Step(FeeStep.MINIMUM, account_id, before, max(before, floor), floor, None, limit.clause), members
        )


def _maximum(state: AnnualFees, accounts: Sequence[BillableAccount]) -> None:
    terms = state.terms
    if terms.maximum is not None:
        limit = terms.maximum
        for account_id, members in _limit_groups(limit, accounts):
            cap = Fraction(amount_in(limit.annual_amount, terms.currency))
            before = sum((state.fees[_id(a)] for a in members), NO_FEE)
            step = _Step(FeeStep.MAXIMUM, account_id, before, min(before, cap), cap, None, limit.clause)
            _limit_step(state, step, members)
    if terms.maximum_rate is not None:
        billable = sum((a.billable for a in accounts), NO_FEE)
        cap = billable * Fraction(terms.maximum_rate.fraction)
        before = state.total
        rate = terms.maximum_rate.fraction
        clause = terms.maximum.clause if terms.maximum else terms.clauses.schedule
        _limit_step(state, _Step(FeeStep.MAXIMUM, "", before, min(before, cap), billable, rate, clause), accounts)


def _limit_groups(limit: Limit, accounts: Sequence[BillableAccount]) -> Iterable[tuple[str, Sequence[BillableAccount]]]:
    if limit.scope is Scope.HOUSEHOLD:
        return [("", accounts)]
    return [(_id(a), [a]) for a in accounts if not a.is_left_out]


def _limit_step(state: AnnualFees, step: _Step, members: Sequence[BillableAccount]) -> None:
    """Record the step and share the new fee in proportion to the fees before it."""
    _record(state, step)
    if step.after == step.before:
        return
    weights = {_id(a): state.fees[_id(a)] for a in members}
    if not any(weights.values()):
        weights = bearing_weights(members, state.terms)
    state.fees.update(shared(step.after, weights))
    state.limited.update(_id(a) for a in members)


@dataclass(frozen=True, slots=True)
class _Step:
    step: FeeStep
    account_id: str
    before: Fraction
    after: Fraction
    base: Fraction | None
    rate: Decimal | None
    clause: str


def _record(state: AnnualFees, step: _Step) -> None:
    before, after = at_places(step.before), at_places(step.after)
    state.steps.append(
        StepLine(
            step=step.step,
            account_id=step.account_id,
            before=before,
            amount=EXACT.subtract(after, before),
            after=after,
            base=None if step.base is None else at_places(step.base),
            rate=step.rate,
            clause=step.clause,
        )
    )
