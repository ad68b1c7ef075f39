"""Billing runs as their pages show them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from apps.accounts.models import ApprovalRequest
from apps.billing.models import BillingRun, FeeState, HouseholdFee, RunState
from apps.billing.policies import can_become, change_of, differs_much
from apps.core.actors import Actor
from apps.kernel.errors import NotFoundError, gettext_noop

APPROVAL_KIND = "billing.run"
STATE_TONES = {
    RunState.DRAFT: "note",
    RunState.CALCULATED: "note",
    RunState.IN_REVIEW: "warn",
    RunState.APPROVED: "good",
    RunState.LOCKED: "good",
    RunState.INVOICED: "good",
    RunState.DISCARDED: "",
}


@dataclass(frozen=True, slots=True)
class FeeRow:
    """One household of a run."""

    fee: HouseholdFee
    change: Decimal | None
    is_exception: bool
    warnings: tuple[str, ...]
    problems: tuple[str, ...]

    @property
    def is_blocked(self) -> bool:
        """Whether it cannot be billed yet."""
        return self.fee.state == FeeState.BLOCKED


@dataclass(frozen=True, slots=True)
class RunView:
    """A run with the fees that the reader may see. `is_part` says that the firm has more than these."""

    run: BillingRun
    rows: tuple[FeeRow, ...]
    total: Decimal
    is_part: bool
    n_exceptions: int
    n_warnings: int
    n_blocked: int
    approval: ApprovalRequest | None
    tone: str
    steps: tuple[dict[str, str], ...]

    @property
    def is_working(self) -> bool:
        """Whether a job of the run waits or runs."""
        return self.run.job is not None and self.run.job.is_open

    @property
    def may_calculate(self) -> bool:
        """Whether the fees may be calculated (again)."""
        return not self.is_working and can_become(self.run.state, RunState.CALCULATED)

    @property
    def may_submit(self) -> bool:
        """Whether the run can be sent for review."""
        ready = self.run.state == RunState.CALCULATED and self.run.n_households and not self.run.n_blocked
        return bool(ready) and not self.is_working

    @property
    def may_lock(self) -> bool:
        """Whether the run can be locked."""
        return self.run.state == RunState.APPROVED and not self.is_working

    @property
    def may_invoice(self) -> bool:
        """Whether invoices can be written."""
        return self.run.state == RunState.LOCKED and not self.is_working

    @property
    def may_discard(self) -> bool:
        """Whether the run can be given up."""
        return can_become(self.run.state, RunState.DISCARDED) and not self.is_working


def run_for(actor: Actor, public_id: uuid.UUID | str) -> BillingRun:
    """Return a run that the actor may see. Raises NotFoundError."""
    found = BillingRun.objects.visible_to(actor).select_related("job").filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such billing run, or it is not yours to see."))
    return found


def run_view(actor: Actor, run: BillingRun) -> RunView:
    """Return the run as its page shows it to the actor, in a fixed number of queries."""
    fees = HouseholdFee.objects.visible_to(actor).filter(run=run).defer("receipt", "side_bills")
    rows = tuple(_row(fee) for fee in fees.select_related("household__advisor", "assignment__version__schedule"))
    approvals = ApprovalRequest.objects.filter(kind=APPROVAL_KIND, target_id=run.public_id)
    return RunView(
        run=run,
        rows=tuple(sorted(rows, key=lambda row: (not row.is_blocked, not row.is_exception, row.fee.household.name))),
        total=sum((row.fee.total for row in rows), Decimal(0)),
        is_part=len(rows) != run.n_households,
        n_exceptions=sum(row.is_exception for row in rows),
        n_warnings=sum(bool(row.warnings) for row in rows),
        n_blocked=sum(row.is_blocked for row in rows),
        approval=approvals.order_by("-id").first(),
        tone=STATE_TONES[RunState(run.state)],
        steps=_steps(run),
    )


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run in the list, with the sum that the reader may see."""

    run: BillingRun
    total: Decimal
    n_households: int
    tone: str


def run_rows(actor: Actor) -> list[RunRow]:
    """Return the runs, the newest period first, in two queries."""
    runs = list(BillingRun.objects.visible_to(actor).select_related("job")[:200])
    seen = HouseholdFee.objects.visible_to(actor).filter(run__in=runs).order_by().values("run_id")
    sums = {row["run_id"]: row for row in seen.annotate(total=Sum("total"), n=Count("id"))}
    none: dict[str, Any] = {"total": Decimal(0), "n": 0}
    return [
        RunRow(run, found["total"], found["n"], STATE_TONES[RunState(run.state)])
        for run in runs
        for found in [sums.get(run.pk, none)]
    ]


def told(message: str, params: dict[str, str] | list[list[str]]) -> str:
    """Write a stored message id in the reader's language, with its values."""
    values = dict(params)
    return _(message) % values if values else _(message).replace("%%", "%")


def _row(fee: HouseholdFee) -> FeeRow:
    change = change_of(fee)
    return FeeRow(
        fee=fee,
        change=change,
        is_exception=differs_much(fee.total, fee.previous_total),
        warnings=tuple(told(found["message"], found["params"]) for found in fee.warnings),
        problems=tuple(
            f"{told(found['message'], found['params'])} {told(found['mend'], found['params'])}".strip()
            for found in fee.problems
        ),
    )


def _steps(run: BillingRun) -> tuple[dict[str, str], ...]:
    """Return the stepper of the run: what is done, what is next."""
    order = [RunState.CALCULATED, RunState.IN_REVIEW, RunState.APPROVED, RunState.LOCKED, RunState.INVOICED]
    reached = order.index(RunState(run.state)) if run.state in order else -1
    names = [_("Calculate"), _("Send for review"), _("Approve"), _("Lock"), _("Invoice")]
    states = ["done" if n <= reached else "now" if n == reached + 1 else "next" for n in range(len(order))]
    if run.n_blocked and reached == 0:
        states[1] = "blocked"
    return tuple({"name": name, "state": state} for name, state in zip(names, states, strict=True))
