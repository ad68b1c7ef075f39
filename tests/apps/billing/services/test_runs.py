from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.accounts.models import ApprovalState
from apps.accounts.services.approvals import ApprovalMissingError, OwnRequestError, approval_for, decide_approval
from apps.billing.engine.documents import restored
from apps.billing.engine.receipts import verify_receipt
from apps.billing.engine.results import Receipt
from apps.billing.models import AccountFee, BillingRun, FeeState, RunState
from apps.billing.services.assignments import end_fee
from apps.billing.services.runs import (
    APPROVAL_KIND,
    RunBlockedError,
    RunStepError,
    ValuesChangedError,
    calculate_as_asked,
    calculate_run,
    discard_run,
    lock_run,
    request_calculation,
    start_run,
    submit_run,
)
from apps.core.models import AuditEvent, Job
from apps.kernel.errors import InvalidInputError
from apps.portfolios.services.accounts import move_account
from tests.factories import billing, clients, portfolios
from tests.factories.billing import Q1, Q2

D = Decimal


@pytest.fixture
def rivera(ada):
    household = clients.household(ada)
    billing.cash_account(household, ada, "600000", name="Joint")
    billing.ira(household, ada, "900000")
    billing.assigned(household, ada, billing.version(ada))
    return household


def fee_of(run, household):
    return run.fees.get(household=household)


def test_a_run_in_arrears_bills_the_household_at_its_breakpoint_to_the_cent(ada, rivera):
    run = billing.calculated(ada)
    fee = fee_of(run, rivera)
    # (1,000,000 · 1 % + 500,000 · 0.5 %) · 90 / 365 = 12,500 · 90 / 365
    assert (run.state, run.total, fee.total) == (RunState.CALCULATED, D("3082.19"), D("3082.19"))
    assert sorted(fee.accounts.values_list("amount", flat=True)) == [D("1232.88"), D("1849.31")]
    receipt = restored(Receipt, fee.receipt)
    assert verify_receipt(receipt).holds
    assert {line.clause for line in receipt.tiers} == {"4.1"}


def test_an_account_that_came_within_the_quarter_is_billed_by_its_days(ada, rivera):
    billing.cash_account(rivera, ada, "365000", on=dt.date(2026, 3, 1), name="New")
    run = billing.calculated(ada)
    receipt = restored(Receipt, fee_of(run, rivera).receipt)
    new = next(line for line in receipt.prorations if line.days == 31)
    assert (new.first_day, new.last_day) == (dt.date(2026, 3, 1), dt.date(2026, 3, 31))


def test_a_new_client_is_billed_from_the_first_day_of_the_terms(ada):
    household = clients.household(ada)
    billing.cash_account(household, ada, "365000")
    billing.assigned(household, ada, billing.version(ada), starts_on=dt.date(2026, 3, 2))
    assert billing.calculated(ada).total == D("300.00")


def test_the_same_values_give_the_same_cents_and_keep_the_approval(ada, paul, rivera):
    run = billing.approved(billing.calculated(ada), ada, paul)
    before = list(AccountFee.objects.values_list("account_id", "amount").order_by("account_id"))
    digest = run.values_digest
    calculate_run(run=run, by=ada.as_actor())
    run.refresh_from_db()
    assert list(AccountFee.objects.values_list("account_id", "amount").order_by("account_id")) == before
    assert (run.values_digest, run.state) == (digest, RunState.APPROVED)


def test_a_job_that_died_after_it_had_kept_the_fees_does_not_calculate_again(ada, rivera):
    run = start_run(timing="arrears", first_day=Q1, by=ada.as_actor())
    calculate_as_asked(run=run, by=ada.as_actor())
    Job.objects.filter(pk=run.job_id).update(attempts=2)  # its worker died, and another has taken it up
    again = BillingRun.objects.select_related("job").get(pk=run.pk)
    fees = list(again.fees.values_list("pk", flat=True))
    calculate_as_asked(run=again, by=ada.as_actor())
    assert list(again.fees.values_list("pk", flat=True)) == fees
    assert AuditEvent.objects.filter(action="billing.calculate_run").count() == 1


def test_nobody_approves_their_own_run(ada, paul, rivera):
    run = billing.calculated(ada)
    submit_run(run=run, by=ada.as_actor())
    request = approval_for(kind=APPROVAL_KIND, target=run)
    with pytest.raises(OwnRequestError):
        decide_approval(request=request, decision="approve", by=ada.as_actor())
    run.refresh_from_db()
    assert run.state == RunState.IN_REVIEW


def test_a_run_without_approval_cannot_be_locked(ada, rivera):
    run = billing.calculated(ada)
    with pytest.raises(RunStepError):
        lock_run(run=run, by=ada.as_actor())
    BillingRun.objects.filter(pk=run.pk).update(state=RunState.APPROVED)
    with pytest.raises(ApprovalMissingError):
        lock_run(run=run, by=ada.as_actor())


def test_a_declined_run_goes_back(ada, paul, rivera):
    run = billing.calculated(ada)
    submit_run(run=run, by=ada.as_actor())
    request = approval_for(kind=APPROVAL_KIND, target=run)
    decide_approval(request=request, decision="decline", note="The minimum is missing.", by=paul.as_actor())
    run.refresh_from_db()
    assert run.state == RunState.CALCULATED


def test_a_locked_run_takes_no_more_changes(ada, paul, rivera):
    run = billing.locked(ada, paul)
    assert run.state == RunState.LOCKED
    for step in (calculate_run, request_calculation, submit_run, lock_run, discard_run):
        with pytest.raises(RunStepError):
            step(run=run, by=ada.as_actor())


def test_values_that_change_after_the_approval_void_it(ada, paul, rivera):
    run = billing.approved(billing.calculated(ada), ada, paul)
    portfolios.entry(rivera.accounts.first(), ada, "deposit", dt.date(2026, 3, 30), cash="0.01")
    with pytest.raises(ValuesChangedError):
        lock_run(run=run, by=ada.as_actor())
    run.refresh_from_db()
    assert run.state == RunState.DRAFT
    assert approval_for(kind=APPROVAL_KIND, target=run).state == ApprovalState.VOIDED
    calculate_run(run=run, by=ada.as_actor())
    run.refresh_from_db()
    assert run.state == RunState.CALCULATED


def test_a_value_that_is_not_billed_leaves_the_approval_alone(ada, paul, rivera):
    run = billing.approved(billing.calculated(ada), ada, paul)
    portfolios.entry(rivera.accounts.first(), ada, "deposit", dt.date(2026, 4, 2), cash="5000")
    assert lock_run(run=run, by=ada.as_actor()).state == RunState.LOCKED


def test_a_calculation_with_other_values_voids_the_approval(ada, paul, rivera):
    run = billing.approved(billing.calculated(ada), ada, paul)
    portfolios.entry(rivera.accounts.first(), ada, "deposit", dt.date(2026, 3, 30), cash="100000")
    calculate_run(run=run, by=ada.as_actor())
    run.refresh_from_db()
    assert run.state == RunState.CALCULATED
    assert approval_for(kind=APPROVAL_KIND, target=run).state == ApprovalState.VOIDED


def test_a_household_without_prices_is_listed_and_blocks_the_run(ada, rivera):
    unpriced = portfolios.instrument(ada, "ZZZ", {})
    account = billing.cash_account(rivera, ada, "1000", name="Other")
    portfolios.entry(
        account, ada, "buy", dt.date(2025, 11, 3), instrument=unpriced, units="10", cash="-100", price="10"
    )
    run = billing.calculated(ada)
    fee = fee_of(run, rivera)
    assert (run.n_blocked, fee.state) == (1, FeeState.BLOCKED)
    assert fee.problems[0]["params"] == {"account": "Other", "security": "ZZZ"}
    with pytest.raises(RunBlockedError, match="1 households"):
        submit_run(run=run, by=ada.as_actor())


def test_a_stale_price_blocks_with_its_day(ada, rivera):
    old = portfolios.instrument(ada, "OLD", {dt.date(2026, 2, 2): "10"})
    account = billing.cash_account(rivera, ada, "1000", name="Other")
    portfolios.entry(account, ada, "buy", dt.date(2026, 2, 2), instrument=old, units="10", cash="-100", price="10")
    problem = fee_of(billing.calculated(ada), rivera).problems[0]
    assert problem["params"] == {"account": "Other", "day": "2026-03-31", "seen": "2026-02-02"}


def test_a_period_is_billed_once_and_only_when_its_values_are_known(ada, rivera):
    start_run(timing="arrears", first_day=Q1, by=ada.as_actor())
    with pytest.raises(InvalidInputError, match="has a run already"):
        start_run(timing="arrears", first_day=Q1, by=ada.as_actor())
    with pytest.raises(InvalidInputError, match="values of this period"):
        start_run(timing="arrears", first_day=dt.date(2036, 1, 1), by=ada.as_actor())
    with pytest.raises(InvalidInputError, match="No billing period begins"):
        start_run(timing="arrears", first_day=dt.date(2026, 2, 1), by=ada.as_actor())


def test_a_discarded_run_frees_its_period(ada, rivera):
    run = billing.calculated(ada)
    discard_run(run=run, by=ada.as_actor())
    assert billing.calculated(ada).total == run.total


def test_calculating_asks_for_one_job_and_one_event_of_each_step(ada, paul, rivera):
    run = start_run(timing="arrears", first_day=Q1, by=ada.as_actor())
    request_calculation(run=run, by=ada.as_actor())
    assert Job.objects.filter(name="billing.calculate_run").count() == 1
    calculate_run(run=run, by=ada.as_actor())
    run.refresh_from_db()
    billing.approved(run, ada, paul)
    lock_run(run=run, by=ada.as_actor())
    actions = ["start_run", "request_calculation", "calculate_run", "submit_run", "review_run", "lock_run"]
    for action in actions:
        assert AuditEvent.objects.filter(action=f"billing.{action}").count() == 1, action


class TestInAdvance:
    @pytest.fixture
    def household(self, ada):
        household = clients.household(ada)
        billing.cash_account(household, ada, "730000", name="Joint")
        fee = billing.version(ada, **billing.advance_terms(flow_threshold=D(10_000)))
        billing.assigned(household, ada, fee)
        return household

    def test_the_opening_value_is_billed(self, ada, household):
        portfolios.entry(household.accounts.get(), ada, "deposit", dt.date(2026, 1, 5), cash="100000")
        run = billing.calculated(ada, timing="advance")
        # 730,000 · 1 % · 90 / 365
        assert run.total == D("1800.00")

    def test_flows_and_accounts_of_the_quarter_before_are_settled(self, ada, paul, household):
        billing.locked(ada, paul, timing="advance")
        portfolios.entry(household.accounts.get(), ada, "deposit", dt.date(2026, 3, 13), cash="36500")
        billing.cash_account(household, ada, "73000", on=dt.date(2026, 3, 22), name="New")
        fee = fee_of(billing.calculated(ada, timing="advance", first_day=Q2), household)
        receipt = restored(Receipt, fee.receipt)
        # 36,500 · 1 % · 19 / 365: the days from 13 to 31 March
        assert [line.amount for line in receipt.flows if line.amount] == [D(19)]
        # 73,000 · 1 % · 10 / 365
        assert [line.amount for line in receipt.carried] == [D("20.00")]
        assert fee.side_bills[0]["kind"] == "stub"
        # 839,500 · 1 % · 91 / 365 + 19 + 20
        assert fee.total == D("2132.00")

    def test_a_client_who_leaves_gets_the_unearned_fee_back_by_itself(self, ada, paul, household):
        billing.locked(ada, paul, timing="advance")
        account = household.accounts.get()
        portfolios.entry(account, ada, "withdrawal", dt.date(2026, 3, 2), cash="-730000")
        move_account(account=account, status="closing", by=ada.as_actor())
        move_account(account=account, status="closed", on=dt.date(2026, 3, 2), by=ada.as_actor())
        end_fee(assignment=household.fee_assignments.get(), ends_on=dt.date(2026, 3, 1), by=ada.as_actor())
        fee = fee_of(billing.calculated(ada, timing="advance", first_day=Q2), household)
        # prepaid 1,800 for 90 days, of which 30 were not served
        assert fee.total == D("-600.00")
        assert fee.side_bills[0]["lines"][0]["unearned_days"] == 30
