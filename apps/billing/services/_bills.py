"""The bills of a run, ready for the engine: terms, values, and what earlier periods left to settle."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from apps.accounts.selectors.firm_days import firm_today
from apps.billing.engine.documents import digest, plain, restored
from apps.billing.engine.errors import BillingRefusedError
from apps.billing.engine.household import calculate_household_fee
from apps.billing.engine.inputs import AccountValues, BillingPeriod, CarriedItem, HouseholdBilling
from apps.billing.engine.refunds import refund_unearned_fees
from apps.billing.engine.results import HouseholdFee as EngineFee
from apps.billing.engine.results import Receipt
from apps.billing.engine.stubs import stub_billing
from apps.billing.engine.terms import FeeTerms, ScheduleKind, Scope
from apps.billing.models import BillingRun, FeeAssignment, FeeTiming, HouseholdFee
from apps.billing.policies import SETTLED
from apps.billing.services._facts import Facts, Managed, Problem
from apps.billing.services._mapping import agreed_terms, payer_of
from apps.billing.services._periods import period_before
from apps.clients.models import Household
from apps.kernel.dates import DateSpan
from apps.kernel.errors import DomainError, gettext_noop
from apps.kernel.money import Rate
from apps.portfolios.models import Account

# households whose books are read together
BATCH = 100
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Bill:
    """One household of a run: what the engine is to calculate, or the problems that keep it from being billed."""

    household: Household
    assignment: FeeAssignment
    billing: HouseholdBilling | None
    side_bills: tuple[dict[str, Any], ...] = ()
    problems: tuple[Problem, ...] = ()
    previous: HouseholdFee | None = None
    accounts: dict[str, Account] = field(default_factory=dict)

    @property
    def input_digest(self) -> str:
        """The digest of all that the fee rests on."""
        if self.billing is not None:
            return digest(self.billing)
        return digest(tuple(f"{p.message}{sorted(p.params.items())}" for p in self.problems))


def households_of_run(run: BillingRun) -> list[list[FeeAssignment]]:
    """Return the assignments of each household that the run bills or, in advance, owes something from the period
    before."""
    first = period_before(run.span, run.periods_per_year).first if _in_advance(run) else run.first_day
    rows = (
        FeeAssignment.objects.within(first, run.last_day)
        .filter(version__timing=run.timing, version__periods_per_year=run.periods_per_year)
        .select_related("household", "version__schedule", "agreement", "paying_account")
        .order_by("household__name", "household_id", "starts_on")
    )
    grouped: dict[int, list[FeeAssignment]] = defaultdict(list)
    for row in rows:
        grouped[row.household_id].append(row)
    return list(grouped.values())


def bills_of_run(run: BillingRun) -> Iterator[Bill]:
    """Make the bills of a run, a batch of households at a time."""
    groups = households_of_run(run)
    for start in range(0, len(groups), BATCH):
        batch = _Batch(run, groups[start : start + BATCH])
        for assignments in groups[start : start + BATCH]:
            bill = batch.bill(assignments)
            if bill is not None:
                yield bill


def _in_advance(run: BillingRun) -> bool:
    return run.timing == FeeTiming.ADVANCE


class _Batch:
    """Some households of a run with their books and what was billed before."""

    def __init__(self, run: BillingRun, groups: Sequence[Sequence[FeeAssignment]]) -> None:
        self.run, self.rounding = run, str(run.settings["rounding"])
        self.before = period_before(run.span, run.periods_per_year)
        first = self.before.first if _in_advance(run) else run.first_day
        last = min(run.last_day, firm_today()) if _in_advance(run) else run.last_day
        ids = [assignments[0].household_id for assignments in groups]
        accounts = Account.objects.billable().filter(household_id__in=ids).exclude(closed_on__lt=first)
        self.facts = Facts(list(accounts.order_by("id")), DateSpan(first - _DAY, last))
        self.accounts: dict[int, list[Account]] = defaultdict(list)
        for account in self.facts.accounts:
            self.accounts[account.household_id].append(account)
        settled = HouseholdFee.objects.filter(
            run__timing=run.timing,
            run__first_day=self.before.first,
            run__last_day=self.before.last,
            run__state__in=SETTLED,
        )
        self.previous = {fee.household_id: fee for fee in settled.filter(household_id__in=ids)}
        self.billed_before = BillingRun.objects.filter(
            timing=run.timing, first_day=self.before.first, last_day=self.before.last, state__in=SETTLED
        ).exists()

    def bill(self, assignments: Sequence[FeeAssignment]) -> Bill | None:
        """Make the bill of one household, None where nothing is to be billed or settled."""
        span = self.run.span
        now = [a for a in assignments if a.starts_on <= span.last and (a.ends_on or dt.date.max) >= span.first]
        assignment = (now or assignments)[-1]
        household = assignment.household
        previous = self.previous.get(household.pk)
        listed = {str(account.public_id): account for account in self.accounts[household.pk]}
        if not now and previous is None:
            return None
        bare = Bill(household, assignment, None, previous=previous, accounts=listed)
        if len(now) > 1:
            return replace(bare, problems=(_two_terms(now),))
        try:
            return self._complete(bare)
        except DomainError as refused:
            params = {key: str(value) for key, value in refused.params.items()}
            return replace(bare, problems=(Problem(refused.message, refused.mend, params),))

    def _complete(self, bare: Bill) -> Bill:
        terms = agreed_terms(bare.assignment, rounding=self.rounding)
        own, problems = self._billing(bare, terms, self.run.span)
        if problems:
            return replace(bare, problems=tuple(problems))
        if not _in_advance(self.run):
            return replace(bare, billing=own)
        settled = _Settlement(self, bare, terms)
        side_bills, carried = settled.of_the_period_before()
        previous = bare.previous
        period = replace(own.period, previous=self.before if previous is not None else None)
        rate = previous.annual_rate if previous is not None else None
        prior = Rate(rate.normalize()) if rate is not None else None
        return replace(
            bare, billing=replace(own, period=period, carried=carried, prior_rate=prior), side_bills=side_bills
        )

    def _billing(self, bare: Bill, terms: FeeTerms, span: DateSpan) -> tuple[HouseholdBilling, list[Problem]]:
        """Return the household's bill for a span of days, and what is missing for it."""
        assignment = bare.assignment
        period = BillingPeriod(span, self.run.periods_per_year)
        accounts: list[AccountValues] = []
        problems: list[Problem] = []
        for account in bare.accounts.values():
            managed = self.managed(account, assignment, span)
            days = [] if managed is None else self.facts.billed_days(account, managed, period, terms)
            problems += self.facts.problems(account, terms, days)
            if managed is not None:
                accounts.append(self.facts.account_values(account, managed, days, payer_of(assignment)))
        billing = HouseholdBilling(str(bare.household.public_id), tuple(accounts), period, terms)
        return billing, problems

    def managed(self, account: Account, assignment: FeeAssignment, span: DateSpan) -> Managed | None:
        """Return the days on which the account was managed under the household's terms, as far as they touch the span.

        Terms that begin within the span begin a new client's bill on that day; terms that follow on others do not.
        """
        found = self.facts.managed(account)
        is_new = assignment.household_id not in self.previous and assignment.starts_on > span.first
        first = assignment.starts_on if is_new else dt.date.min
        return None if found is None else found.within(first, assignment.ends_on)


class _Settlement:
    """What a run in advance settles of the period before it: accounts that left, accounts that came."""

    def __init__(self, batch: _Batch, bill: Bill, terms: FeeTerms) -> None:
        self.batch, self.bill, self.terms = batch, bill, terms
        fee = bill.previous
        self.receipt = restored(Receipt, fee.receipt) if fee is not None and fee.receipt else None
        self.managed = {
            key: batch.managed(account, bill.assignment, batch.before) for key, account in bill.accounts.items()
        }

    def of_the_period_before(self) -> tuple[tuple[dict[str, Any], ...], tuple[CarriedItem, ...]]:
        """Return the bills that are settled here, and their amounts."""
        if not self.batch.billed_before:
            return (), ()
        refunds, given_back = self._refunds()
        stubs, charged = self._stubs()
        return (*refunds, *stubs), (*given_back, *charged)

    def _refunds(self) -> tuple[list[dict[str, Any]], list[CarriedItem]]:
        if self.receipt is None:
            return [], []
        paid = {line.account_id for line in self.receipt.prorations}
        left = {
            key: managed.closed_on
            for key, managed in self.managed.items()
            if key in paid and managed and managed.closed_on and managed.closed_on < self.batch.before.last
        }
        if not left:
            return [], []
        refund = refund_unearned_fees(self.receipt, left)
        items = [
            CarriedItem(
                line.account_id,
                -line.refund,
                gettext_noop("Fee paid in advance and not earned"),
                self.receipt.input_digest,
                line.clause,
            )
            for line in refund.lines
            if line.refund
        ]
        return [{"kind": "refund", "lines": plain(refund.lines)}], items

    def _stubs(self) -> tuple[list[dict[str, Any]], list[CarriedItem]]:
        paid = {line.account_id for line in self.receipt.prorations} if self.receipt else set()
        late = [key for key, managed in self.managed.items() if key not in paid and self._was_there(managed)]
        covered = self.terms.kind is ScheduleKind.FIXED and self.terms.breakpoint_scope is Scope.HOUSEHOLD
        if not late or (self.receipt is not None and covered):
            return [], []
        billing, problems = self.batch._billing(self.bill, self.terms, self.batch.before)  # noqa: SLF001 - one unit
        if problems:
            first = problems[0]
            raise BillingRefusedError(first.message, mend=first.mend, **first.params)
        fee = calculate_household_fee(billing if self.receipt is None else stub_billing(billing, late))
        items = [
            CarriedItem(
                part.account_id,
                part.fee,
                gettext_noop("Fee of the period before, from the first managed day"),
                fee.receipt.input_digest,
                self.terms.clauses.proration,
            )
            for part in fee.accounts
            if part.fee
        ]
        return [{"kind": "stub", "receipt": plain(fee.receipt)}], items

    def _was_there(self, managed: Managed | None) -> bool:
        before = self.batch.before
        return (
            managed is not None
            and managed.funded_on <= before.last
            and (managed.closed_on or before.last) >= before.first
        )


def _two_terms(assignments: Sequence[FeeAssignment]) -> Problem:
    return Problem(
        gettext_noop("The terms change on %(day)s, within the period."),
        gettext_noop("Let them change on the first day of a period."),
        {"day": assignments[-1].starts_on.isoformat()},
    )


def calculated(bill: Bill) -> EngineFee | Problem:
    """Calculate a bill; a refusal of the engine becomes a problem of the household."""
    if bill.billing is None:
        return bill.problems[0]
    try:
        return calculate_household_fee(bill.billing)
    except DomainError as refused:
        params = {key: _named(bill, str(value)) for key, value in refused.params.items()}
        return Problem(refused.message, refused.mend, params)


def _named(bill: Bill, text: str) -> str:
    """Return an account's name where the engine names its id."""
    return bill.accounts[text].name if text in bill.accounts else text
