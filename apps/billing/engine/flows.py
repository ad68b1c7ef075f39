"""What deposits and withdrawals inside a period change in the fee."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from apps.billing.engine.inputs import AccountValues, Flow, HouseholdBilling
from apps.billing.engine.ledger import EXACT, amount_in, at_places, exact_sum, rate_at_places
from apps.billing.engine.periods import day_counts, managed_days, year_fraction
from apps.billing.engine.results import DayCount, FlowLine, FlowTreatment
from apps.billing.engine.steps import AnnualFees
from apps.billing.engine.terms import FlowRule, FlowThreshold, Timing, ValueBasis
from apps.kernel.dates import DateSpan


def flow_lines(billing: HouseholdBilling, annual: AnnualFees, left_out: frozenset[str]) -> list[FlowLine]:
    """Return a line for every flow of the period that is settled, adjusted or with the reason why not.

    Billed on the opening value, a flow is charged for the days from its own to the last: + flow · r · days / year, so
    that a withdrawal is a credit. Billed on the closing value, it is corrected for the days before it was there:
    − flow · r · days / year. A run in advance settles the flows of the period before it.
    """
    rule = billing.terms.flow_rule
    in_advance = billing.terms.timing is Timing.ADVANCE
    span = billing.period.previous if in_advance else billing.period.span
    if rule is None or span is None:
        return []
    lines: list[FlowLine] = []
    for account in billing.accounts:
        days = managed_days(span, account.funded_on, account.closed_on)
        flows = sorted((f for f in account.flows if f.day in span), key=lambda f: (f.day, f.source_id))
        context = _FlowContext(billing, annual, account, rule, span, days, account.account_id in left_out)
        net = exact_sum([amount_in(f.amount, billing.terms.currency) for f in flows if context.is_inside(f.day)])
        lines += [context.line(flow, net) for flow in flows]
    return lines


@dataclass(frozen=True, slots=True)
class _FlowContext:
    billing: HouseholdBilling
    annual: AnnualFees
    account: AccountValues
    rule: FlowRule
    span: DateSpan
    days: DateSpan | None
    is_left_out: bool

    def is_inside(self, day: date) -> bool:
        """Whether a flow of that day changes the value in the midst of the managed days."""
        return self._edge(day) is None

    def _edge(self, day: date) -> FlowTreatment | None:
        """Funding and closing transfers are billed by the managed days and are not adjusted as well."""
        if self.days is None:
            return FlowTreatment.NOT_BILLED
        if self.account.funded_on is not None and day <= self.account.funded_on:
            return FlowTreatment.FUNDING
        if self.account.closed_on is not None and day >= self.account.closed_on:
            return FlowTreatment.CLOSING
        return None

    def _rate(self) -> Fraction | None:
        prior = self.billing.prior_rate
        if self.billing.terms.timing is Timing.ADVANCE and prior is not None:
            return Fraction(prior.fraction)
        rates = self.annual.agreed_rates
        # An account that has left since is settled at the rate of its household.
        shared = next(iter(rates.values())) if len(set(rates.values())) == 1 else None
        return rates.get(self.account.account_id, shared)

    def _counted(self, day: date) -> tuple[int, DateSpan | None]:
        """Return the sign of the adjustment and the days that it covers."""
        if self.days is None:
            return 1, None
        if self.billing.terms.value_basis is ValueBasis.OPENING:
            return 1, DateSpan(day, self.days.last)
        if day == self.days.first:
            return -1, None
        return -1, DateSpan(self.days.first, day - timedelta(days=1))

    def _treatment(self, flow: Flow, amount: Decimal, net: Decimal, rate: Fraction | None) -> FlowTreatment:
        edge = self._edge(flow.day)
        if self.is_left_out or rate is None:
            return FlowTreatment.NOT_BILLED
        if edge is not None:
            return edge
        if self.account.account_id in self.annual.limited or self.billing.terms.fixed_annual is not None:
            return FlowTreatment.LIMIT_SET_FEE
        compared = net if self.rule.compare is FlowThreshold.NET else amount
        if abs(compared) < amount_in(self.rule.threshold, self.billing.terms.currency):
            return FlowTreatment.BELOW_THRESHOLD
        return FlowTreatment.ADJUSTED

    def line(self, flow: Flow, net: Decimal) -> FlowLine:
        """Return the line of one flow."""
        terms = self.billing.terms
        amount = amount_in(flow.amount, terms.currency)
        rate = self._rate()
        treatment = self._treatment(flow, amount, net, rate)
        sign, counted = self._counted(flow.day) if treatment is FlowTreatment.ADJUSTED else (1, None)
        parts: tuple[DayCount, ...] = ()
        adjustment = Fraction(0)
        if counted is not None and rate is not None:
            parts = day_counts(terms.period_fraction, counted, self.span, self.billing.period.periods_per_year)
            adjustment = sign * Fraction(amount) * rate * year_fraction(parts)
        least = self.rule.de_minimis
        if least is not None and abs(adjustment) < Fraction(amount_in(least, terms.currency)):
            if treatment is FlowTreatment.ADJUSTED:
                treatment = FlowTreatment.BELOW_DE_MINIMIS
            adjustment = Fraction(0)
        return FlowLine(
            account_id=self.account.account_id,
            day=flow.day,
            flow=amount,
            treatment=treatment,
            sign=sign,
            rate=rate_at_places(rate or Fraction(0)),
            parts=parts,
            amount=at_places(adjustment),
            source_id=flow.source_id,
            clause=self.rule.clause,
        )


def account_flow_totals(lines: Sequence[FlowLine]) -> dict[str, Decimal]:
    """Add the adjustments of each account."""
    totals: dict[str, Decimal] = {}
    for line in lines:
        totals[line.account_id] = EXACT.add(totals.get(line.account_id, Decimal(0)), line.amount)
    return totals
