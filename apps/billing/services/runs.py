"""Billing runs: start, calculate, send for review, lock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import asdict
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import ApprovalRequest, ApprovalState, FirmProfile
from apps.accounts.selectors.firm_days import firm_today
from apps.accounts.services.approvals import approval_for, demand_approval, request_approval, void_if_changed
from apps.billing.engine import ENGINE_VERSION
from apps.billing.engine.documents import digest, plain
from apps.billing.engine.results import HouseholdFee as EngineFee
from apps.billing.models import AccountFee, BillingRun, FeeState, FeeTiming, HouseholdFee, RunState
from apps.billing.policies import EXCEPTION_SHARE_PERCENT, SETTLED, can_become, differs_much
from apps.billing.services._bills import Bill, bills_of_run, calculated, households_of_run
from apps.billing.services._checks import checked
from apps.billing.services._facts import Problem
from apps.billing.services._periods import period_from
from apps.core import audit, jobs, realtime
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop
from apps.kernel.money import Money

APPROVAL_KIND = "billing.run"
CALCULATE = "billing.calculate_run"
Progress = Callable[[float, str], None]


class RunStepError(DomainError):
    """The run cannot go from its state to the one asked for."""

    code = "run_step"


class RunBlockedError(DomainError):
    """Households of the run cannot be billed yet."""

    code = "run_blocked"


class ValuesChangedError(DomainError):
    """Values, flows or terms behind the fees have changed since they were calculated."""

    code = "values_changed"


@service
def start_run(*, timing: str, first_day: dt.date, by: Actor, periods_per_year: int = 4) -> BillingRun:
    """Open a run for the period that begins on the day, and have it calculated.

    Raises InvalidInputError for a day on which no period begins, a period that has a run, or one whose values cannot be
    known yet: arrears before its end, advance before its beginning.
    """
    span = period_from(first_day, periods_per_year)
    if timing not in FeeTiming.values:
        raise InvalidInputError(gettext_noop("Bill in advance or in arrears."), field="timing")
    known_on = span.first if timing == FeeTiming.ADVANCE else span.last + dt.timedelta(days=1)
    if firm_today() < known_on:
        raise InvalidInputError(
            gettext_noop("The values of this period are known on %(day)s."),
            mend=gettext_noop("Start the run on that day or later, or choose an earlier period."),
            field="first_day",
            day=known_on,
        )
    profile = FirmProfile.current()
    settings = {"currency": profile.currency, "rounding": profile.rounding, "engine": ENGINE_VERSION}
    run = BillingRun(
        timing=timing,
        first_day=span.first,
        last_day=span.last,
        periods_per_year=periods_per_year,
        currency=profile.currency,
        settings=settings,
        started_by=by.label,
    )
    checked(run)
    run.save()
    audit.record("billing.start_run", by=by, target=run, after=audit.snapshot(run))
    return request_calculation(run=run, by=by)


@service
def request_calculation(*, run: BillingRun, by: Actor) -> BillingRun:
    """Have the run calculated in the background; while a calculation waits or runs, a second asks for nothing.

    Raises RunStepError for a run that is locked or discarded.
    """
    run = _locked(run, RunState.CALCULATED)
    if run.job is not None and run.job.is_open and run.job.name == CALCULATE:
        return run
    run.job = jobs.enqueue(CALCULATE, by=by, topic="firm:all", run_id=run.pk)
    run.save(update_fields=["job", "updated_at"])
    audit.record("billing.request_calculation", by=by, target=run, facts={"job": str(run.job.public_id)})
    return run


def calculate_run(*, run: BillingRun, by: Actor, progress: Progress | None = None) -> BillingRun:
    """Calculate the fee of every household of the run and store them with their receipts.

    The same values give the same cents, and leave a review or an approval in force; others void it. A household whose
    values are missing is listed as blocked with what is missing. The engine runs outside of a transaction: rows change
    only when all is calculated. Raises RunStepError for a run that is locked or discarded.
    """
    total = len(households_of_run(run)) or 1
    results: list[tuple[Bill, EngineFee | Problem]] = []
    for n, bill in enumerate(bills_of_run(run)):
        results.append((bill, calculated(bill)))
        if progress is not None:
            progress(min(0.95, n / total), _("Calculating fees"))
    return _store(run=run, results=results, by=by)


def calculate_as_asked(*, run: BillingRun, by: Actor, progress: Progress | None = None) -> BillingRun:
    """Calculate the run for the job that was asked for, once: one that died after it had kept its fees is done.

    Raises RunStepError for a run that is locked or discarded.
    """
    job = run.job
    is_again = job is not None and job.name == CALCULATE and job.attempts > 1
    if is_again and job is not None and run.calculated_at is not None and run.calculated_at >= job.created_at:
        return run
    return calculate_run(run=run, by=by, progress=progress)


@service
def submit_run(*, run: BillingRun, by: Actor) -> BillingRun:
    """Ask a second person to approve the run.

    Raises RunStepError unless it is calculated, RunBlockedError while a household of it cannot be billed.
    """
    run = _locked(run, RunState.IN_REVIEW, also=_is_withdrawn)
    if run.n_blocked or not run.n_households:
        raise RunBlockedError(
            gettext_noop("%(count)s households cannot be billed yet.")
            if run.n_blocked
            else gettext_noop("The run bills nobody."),
            mend=gettext_noop("Mend what the run lists, then calculate again.")
            if run.n_blocked
            else gettext_noop("Assign fee schedules to households first."),
            count=run.n_blocked,
        )
    _move(run, RunState.IN_REVIEW)
    title = _("Fees %(first)s to %(last)s, %(count)s households") % {
        "first": run.first_day.isoformat(),
        "last": run.last_day.isoformat(),
        "count": run.n_households,
    }
    reasons = _exceptions(run)
    request_approval(
        kind=APPROVAL_KIND,
        target=run,
        title=title,
        amount=Money(run.total, run.currency).rounded(),
        suggestion=_("Look at the exceptions first.") if reasons else _("No fee stands out."),
        reasons=reasons,
        by=by,
    )
    audit.record("billing.submit_run", by=by, target=run, after={"state": run.state, "total": run.total})
    return run


@service
def hear_decision(*, request: ApprovalRequest, by: Actor) -> None:
    """Take up how the review of a run ended: approved, or back to the one who calculated it."""
    if request.state == ApprovalState.WITHDRAWN:
        return  # the run can be sent again as it is (_is_withdrawn)
    run = BillingRun.objects.select_for_update().filter(public_id=request.target_id).first()
    if run is None or run.state not in {RunState.IN_REVIEW, RunState.APPROVED}:
        return
    state = RunState.APPROVED if request.state == ApprovalState.APPROVED else RunState.CALCULATED
    if can_become(run.state, state):
        _move(run, state)
        audit.record("billing.review_run", by=by, target=run, after={"state": run.state})


def lock_run(*, run: BillingRun, by: Actor) -> BillingRun:
    """Lock the fees of a run for good: only when a second person approved exactly these, and the values behind them
    are still the same.

    Raises RunStepError unless it is approved, ApprovalMissingError, and ValuesChangedError; the last one voids the
    approval and sends the run back to be calculated again, which is stored although the lock is refused.
    """
    run.refresh_from_db()
    _demand_step(run, can_become(run.state, RunState.LOCKED), RunState.LOCKED)
    if digest_now(run) != run.values_digest:
        _send_back(run=run, by=by)
        raise ValuesChangedError(
            gettext_noop("Values or terms have changed since the fees were calculated; the approval is void."),
            mend=gettext_noop("Calculate the run again and send it for review."),
        )
    return _lock(run=run, by=by)


@service
def discard_run(*, run: BillingRun, by: Actor) -> BillingRun:
    """Give a run up that is not in review, so that the period can be billed afresh. Raises RunStepError."""
    run = _locked(run, RunState.DISCARDED)
    _move(run, RunState.DISCARDED)
    audit.record("billing.discard_run", by=by, target=run, after={"state": run.state})
    return run


def digest_now(run: BillingRun) -> str:
    """Return the digest of all that the run's fees rest on, as the books are now."""
    return _digest_of([(str(bill.household.public_id), bill.input_digest) for bill in bills_of_run(run)])


def _digest_of(parts: Sequence[tuple[str, str]]) -> str:
    return digest(tuple(f"{household}:{inputs}" for household, inputs in sorted(parts)))


@service
def _store(*, run: BillingRun, results: Sequence[tuple[Bill, EngineFee | Problem]], by: Actor) -> BillingRun:
    run = _locked(run, RunState.CALCULATED, also=lambda row: row.state not in {*SETTLED, RunState.DISCARDED})
    before = {"total": run.total, "values_digest": run.values_digest, "state": run.state}
    run.fees.all().delete()
    for bill, result in results:
        _store_fee(run, bill, result)
    run.values_digest = _digest_of([(str(b.household.public_id), b.input_digest) for b, _result in results])
    run.total = sum((r.total.amount for _bill, r in results if isinstance(r, EngineFee)), Decimal(0))
    run.n_households = len(results)
    run.n_blocked = sum(isinstance(result, Problem) for _bill, result in results)
    run.calculated_at = timezone.now()
    names = ["values_digest", "total", "n_households", "n_blocked", "calculated_at", "updated_at"]
    run.save(update_fields=names)
    request = approval_for(kind=APPROVAL_KIND, target=run)
    if request is not None:
        void_if_changed(request=request, target=run, by=by)
        run.refresh_from_db(fields=["state"])
    if run.state == RunState.DRAFT:
        _move(run, RunState.CALCULATED)
    after = {"total": run.total, "values_digest": run.values_digest, "state": run.state}
    # the same values again change nothing, and the event still says what came of it
    facts = {"total": run.total, "n_households": run.n_households, "n_blocked": run.n_blocked}
    audit.record("billing.calculate_run", by=by, target=run, before=before, after=after, facts=facts)
    realtime.publish("firm:all", "billing.run", run=str(run.public_id))
    return run


def _store_fee(run: BillingRun, bill: Bill, result: EngineFee | Problem) -> None:
    fee = HouseholdFee(run=run, household=bill.household, assignment=bill.assignment, currency=run.currency)
    fee.previous_total = bill.previous.total if bill.previous else None
    fee.input_digest = bill.input_digest
    if isinstance(result, Problem):
        fee.state = FeeState.BLOCKED
        fee.problems = [asdict(problem) for problem in (bill.problems or (result,))]
        fee.save()
        return
    fee.total = result.total.amount
    fee.billable_value = sum((part.billable_value.amount for part in result.accounts), Decimal(0)).quantize(
        Decimal("0.0001")
    )
    fee.annual_rate, fee.effective_rate = result.annual_rate, result.effective_rate
    fee.receipt, fee.side_bills = plain(result.receipt), list(bill.side_bills)
    fee.warnings = plain(result.warnings)
    fee.save()
    AccountFee.objects.bulk_create(
        AccountFee(
            household_fee=fee,
            account=bill.accounts[part.account_id],
            currency=part.fee.currency,
            amount=part.fee.amount,
            billable_value=part.billable_value.amount.quantize(Decimal("0.0001")),
            payer_kind=part.payer_kind.value,
            paying_account=bill.accounts.get(part.payer_account_id),
        )
        for part in result.accounts
    )


@service
def _send_back(*, run: BillingRun, by: Actor) -> None:
    run = _locked(run, RunState.DRAFT)
    request = approval_for(kind=APPROVAL_KIND, target=run)
    run.values_digest = ""
    run.save(update_fields=["values_digest", "updated_at"])
    if request is not None:
        void_if_changed(request=request, target=run, by=by)
    run.refresh_from_db(fields=["state"])
    _move(run, RunState.DRAFT)
    audit.record("billing.send_run_back", by=by, target=run, after={"state": run.state})


@service
def _lock(*, run: BillingRun, by: Actor) -> BillingRun:
    run = _locked(run, RunState.LOCKED)
    demand_approval(kind=APPROVAL_KIND, target=run)
    run.locked_at = timezone.now()
    _move(run, RunState.LOCKED, "locked_at")
    audit.record("billing.lock_run", by=by, target=run, after={"state": run.state, "total": run.total})
    return run


def _locked(run: BillingRun, target: str, also: Callable[[BillingRun], bool] | None = None) -> BillingRun:
    """Return the run locked for this transaction; refuse when its state does not lead to the target."""
    run = BillingRun.objects.select_for_update(of=("self",)).select_related("job").get(pk=run.pk)
    _demand_step(run, can_become(run.state, target) or (also is not None and also(run)), target)
    return run


def _demand_step(run: BillingRun, may: bool, target: str) -> None:  # noqa: FBT001 - the answer that is demanded
    if not may:
        raise RunStepError(
            gettext_noop("A run that is “%(now)s” cannot become “%(next)s”."),
            mend=gettext_noop("Take the steps between first."),
            now=run.get_state_display(),
            next=RunState(target).label,
        )


def _move(run: BillingRun, state: str, *more: str) -> None:
    run.state = state
    run.save(update_fields=["state", *more, "updated_at"])
    realtime.publish("firm:all", "billing.run", run=str(run.public_id))


def _is_withdrawn(run: BillingRun) -> bool:
    """Say whether the request of a run in review was taken back."""
    request = approval_for(kind=APPROVAL_KIND, target=run)
    return run.state == RunState.IN_REVIEW and request is not None and request.state == ApprovalState.WITHDRAWN


def _exceptions(run: BillingRun) -> list[str]:
    """Return what the reviewer should look at: fees that changed much, and how many carry warnings."""
    fees = list(run.fees.select_related("household"))
    changed = [fee for fee in fees if differs_much(fee.total, fee.previous_total)]
    warned = sum(bool(fee.warnings) for fee in fees)
    reasons = [
        _("%(household)s: %(now)s, last period %(before)s")
        % {"household": fee.household.name, "now": f"{fee.total:.2f}", "before": f"{fee.previous_total:.2f}"}
        for fee in changed[:10]
    ]
    if len(changed) > 10:
        reasons.append(
            _("%(count)s more fees differ by more than %(share)s %%.")
            % {"count": len(changed) - 10, "share": EXCEPTION_SHARE_PERCENT}
        )
    if warned:
        reasons.append(_("%(count)s households carry warnings.") % {"count": warned})
    return reasons
