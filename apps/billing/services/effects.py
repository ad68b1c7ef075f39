"""What a change of terms would do to every household, before anybody agrees to it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal

from apps.accounts.models import FirmProfile
from apps.billing.engine.household import calculate_household_fee
from apps.billing.engine.inputs import AccountValues, BillingPeriod, DatedValue, HouseholdBilling, Payer, PayerKind
from apps.billing.engine.terms import FeeTerms, PeriodFraction, Timing, ValueBasis
from apps.billing.models import FeeAssignment, FeeSchedule
from apps.billing.services._mapping import agreed_terms
from apps.clients.models import Household
from apps.core.actors import Actor
from apps.kernel.dates import DateSpan
from apps.kernel.money import Money
from apps.portfolios.models import Account, AccountStatus
from apps.portfolios.selectors.valuations import AccountHoldings, holdings_at


@dataclass(frozen=True, slots=True)
class Effect:
    """The annual fee of a household at today's values, by the terms in force and by others."""

    household: Household
    value: Decimal
    now: Decimal
    then: Decimal
    keeps_own_rate: bool

    @property
    def change(self) -> Decimal:
        """What would be charged more (or less) a year."""
        return self.then - self.now

    @property
    def share(self) -> Decimal | None:
        """The change as a part of today's fee."""
        return self.change / self.now if self.now else None


@dataclass(frozen=True, slots=True)
class Effects:
    """The effect on all households of a schedule."""

    as_of: dt.date
    currency: str
    rows: tuple[Effect, ...]

    @property
    def now(self) -> Decimal:
        """The annual fees of all by the terms in force."""
        return sum((row.now for row in self.rows), Decimal(0))

    @property
    def then(self) -> Decimal:
        """The annual fees of all by the other terms."""
        return sum((row.then for row in self.rows), Decimal(0))

    @property
    def change(self) -> Decimal:
        """The difference."""
        return self.then - self.now


def effects_of(schedule: FeeSchedule, terms: FeeTerms, *, on: dt.date, actor: Actor) -> Effects:
    """Return what the terms would do to each household of the schedule that the actor may see.

    Both fees are for a whole year at the values of the day, without flows, stubs or exclusions; a negotiated rate or
    discount of the household's own stays. Reads in a fixed number of queries.
    """
    assignments = list(
        FeeAssignment.objects.visible_to(actor)
        .as_of(on)
        .filter(version__schedule=schedule)
        .select_related("household", "version__schedule", "agreement", "paying_account")
        .order_by("household__name")
    )
    accounts: dict[int, list[Account]] = defaultdict(list)
    managed = Account.objects.billable().filter(household__in=[row.household_id for row in assignments])
    listed = list(managed.exclude(status__in=[AccountStatus.CLOSED, AccountStatus.PROPOSED, AccountStatus.APPROVED]))
    for account in listed:
        accounts[account.household_id].append(account)
    at = holdings_at(listed, on)
    rounding = FirmProfile.current().rounding
    rows = []
    for assignment in assignments:
        now = agreed_terms(assignment, rounding=rounding)
        then = replace(terms, negotiated_rate=now.negotiated_rate)
        if assignment.discount:
            then = replace(then, discount=now.discount)
        own = accounts[assignment.household_id]
        worth = sum((max(Decimal(0), at[account.pk].total) for account in own), Decimal(0))
        fees = [_annual(assignment, own, at, t, on) for t in (now, then)]
        rows.append(Effect(assignment.household, worth, fees[0], fees[1], assignment.negotiated_rate is not None))
    return Effects(on, terms.currency, tuple(rows))


def _annual(
    assignment: FeeAssignment, accounts: list[Account], at: dict[int, AccountHoldings], terms: FeeTerms, on: dt.date
) -> Decimal:
    if not accounts:
        return Decimal(0)
    year = DateSpan(on - dt.timedelta(days=364), on)
    plain_terms = replace(
        terms,
        value_basis=ValueBasis.PERIOD_END,
        timing=Timing.ARREARS,
        period_fraction=PeriodFraction.DIVIDE,
        flow_rule=None,
    )
    values = tuple(
        AccountValues(
            str(account.public_id),
            (DatedValue(on, Money(at[account.pk].total, account.currency)),),
            payer=Payer(PayerKind.INVOICE),
            is_retirement=account.is_retirement,
        )
        for account in accounts
    )
    billing = HouseholdBilling(str(assignment.household.public_id), values, BillingPeriod(year, 1), plain_terms)
    return calculate_household_fee(billing).total.amount
