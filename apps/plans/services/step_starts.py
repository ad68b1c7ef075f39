"""Turning accepted advice into dated steps, when the plan is given to the client."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Household
from apps.clients.services.households import update_household
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.money.models import RegularSaving
from apps.plans.engine.saving_places import NEW_BROKERAGE
from apps.plans.models import (
    ContributionWatch,
    Decision,
    Plan,
    PlanStep,
    ProjectionRun,
    Recommendation,
    StepStatus,
)
from apps.plans.selectors.run_values import RunInputs, inputs_of
from apps.plans.services._mapping import exact
from apps.plans.services._saving_places import watched
from apps.plans.services._step_templates import Anchors, StepTemplate, is_of_another_account, templates_of
from apps.plans.services.steps import tell_steps
from apps.plans.services.watches import stop_watch
from apps.portfolios.models import Account

CENT = Decimal("0.01")
REVIEW_AFTER = dt.timedelta(days=365)
# kinds of advice whose money arrives in an account every month, with the fact that says how much
CONTRIBUTIONS = {"savings": "monthly_extra", "contribution_room": "monthly_extra", "emergency_fund": "monthly_extra"}


@service
def start_steps(*, plan: Plan, run: ProjectionRun, by: Actor) -> list[PlanStep]:
    """Lay out the steps of all advice that was accepted or adjusted, watch its contributions, agree the review.

    Steps of an older version that are still under way go on for the same advice; those of advice that was declined
    since are dropped. Advice that is not decided makes none of its own. A second time nothing is laid out twice.
    """
    question, today = inputs_of(run), firm_today()
    retirement = min(
        (adult.retirement_date for adult in question.inputs.adults if adult.retirement_date > today), default=None
    )
    steps: list[PlanStep] = []
    for row in run.recommendations.all():
        older = PlanStep.objects.select_for_update(of=("self",)).filter(
            household=plan.household, recommendation__key=row.key
        )
        going_on = [step for step in older.exclude(recommendation=row) if step.is_under_way]
        if row.decision == Decision.DECLINED:
            told = _("The advice was declined in version %(version)s of the plan.")
            why = told % {"version": plan.version}
            _drop(going_on, why, by)
            _stop_watching(row, (), why, by)
            continue
        facts = facts_of(row)
        templates = _templates(row, facts, question)
        foreign = [step for step in going_on if is_of_another_account(step.code, row.kind, templates)]
        _drop(foreign, _("The account is paid into another way."), by)
        going_on = [step for step in going_on if step not in foreign]
        kept = {step.code for step in _carry(going_on, row, by)} | {step.code for step in row.steps.all()}
        if row.decision == Decision.OPEN:
            continue
        steps += _new((row, templates), Anchors(today, retirement, facts), kept, by)
        _watch(row, facts, question, by)
    _agree_review(plan.household, today, by)
    return steps


def facts_of(row: Recommendation) -> dict[str, float]:
    """Return the numbers of the advice, the advisor's own where it was adjusted."""
    facts = {str(name): float(value) for name, value in row.proposal["facts"]}
    if row.adjusted_value is not None and row.lever:
        facts[row.lever] = float(row.adjusted_value)
    return facts


def _templates(row: Recommendation, facts: Mapping[str, float], question: RunInputs) -> tuple[StepTemplate, ...]:
    """Return the steps of a piece of advice, by which limits of the law its accounts are paid into."""
    if row.kind not in {"savings", "contribution_room"}:
        return templates_of(row.kind)
    plans = question.policy.facts.plans if question.policy.facts is not None else ()
    kinds = {plan.account: plan.kind for plan in plans}
    keys = _amounts(row, facts, question, exact(facts.get(CONTRIBUTIONS[row.kind], 0.0)))
    opens = NEW_BROKERAGE in keys
    return templates_of(row.kind, [kinds.get(key) for key in keys if key != NEW_BROKERAGE], opens_account=opens)


def _new(
    laid_out: tuple[Recommendation, tuple[StepTemplate, ...]], anchors: Anchors, kept: set[str], by: Actor
) -> list[PlanStep]:
    row, templates = laid_out
    made = []
    for template in templates:
        if template.code in kept:
            continue
        step = PlanStep(
            household=row.run.plan.household,
            recommendation=row,
            code=template.code,
            title=template.title,
            owner=template.owner,
            due_on=anchors.day(template),
        )
        step.full_clean()
        step.save()
        audit.record("plans.add_step", by=by, target=step, after=audit.snapshot(step))
        made.append(step)
    if made:
        tell_steps(made[0])
    return made


def _carry(going_on: list[PlanStep], row: Recommendation, by: Actor) -> list[PlanStep]:
    for step in going_on:
        before = {"recommendation": step.recommendation_id}
        step.recommendation = row
        step.save(update_fields=["recommendation", "updated_at"])
        audit.record("plans.carry_step", by=by, target=step, before=before, after={"recommendation": row.pk})
    return going_on


def _drop(going_on: list[PlanStep], reason: str, by: Actor) -> None:
    for step in going_on:
        before = audit.snapshot(step)
        step.status, step.closed_by, step.closed_at = StepStatus.DROPPED, by.label, timezone.now()
        step.reason = reason
        step.save()
        audit.record(
            "plans.halt_step", by=by, target=step, before=before, after=audit.snapshot(step), reason=step.reason
        )


def _watch(row: Recommendation, facts: Mapping[str, float], question: RunInputs, by: Actor) -> None:
    """Watch what advice to save more should bring; only accounts of the firm's ledger can be watched."""
    fact = CONTRIBUTIONS.get(row.kind)
    extra = exact(facts.get(fact or "", 0.0)).quantize(CENT, ROUND_HALF_UP)
    if fact is None or extra <= 0:
        return
    held = {str(each.public_id): each for each in Account.objects.filter(household=row.run.plan.household)}
    amounts = _amounts(row, facts, question, extra)
    _stop_watching(row, amounts, _("The account is paid into another way."), by)
    for key, amount in amounts.items():
        account = held.get(key)
        if account is not None and amount > 0:
            _watch_account(row, account, amount, by)


def _stop_watching(row: Recommendation, kept: Collection[str], why: str, by: Actor) -> None:
    """Expect nothing more from the same advice of older versions on accounts other than those that are kept."""
    older = ContributionWatch.objects.active().filter(
        household=row.run.plan.household, recommendation__key=row.key, recommendation__run__plan__lt=row.run.plan_id
    )
    for watch in older.select_related("account"):
        if str(watch.account.public_id) not in kept:
            stop_watch(watch=watch, reason=why, by=by)


def _amounts(
    row: Recommendation, facts: Mapping[str, float], question: RunInputs, extra: Decimal
) -> dict[str, Decimal]:
    """Return what advice brings a month, by the accounts of the firm that it goes into."""
    if row.kind == "emergency_fund":
        cash = [each.key for each in question.inputs.accounts if each.treatment == "cash"]
        return dict.fromkeys(cash[:1], extra)
    if row.kind == "contribution_room":
        return {row.key.partition(":")[2]: extra}
    return watched(facts, extra, question.policy.saving_account)


def _watch_account(row: Recommendation, account: Account, extra: Decimal, by: Actor) -> None:
    today = firm_today()
    besides = RegularSaving.objects.filter(account=account).filter(Q(ends_on=None) | Q(ends_on__gte=today))
    amount = extra + (besides.aggregate(total=Sum("monthly_amount"))["total"] or Decimal(0))
    watch = ContributionWatch.objects.select_for_update().filter(account=account).active().first()
    before = audit.snapshot(watch) if watch is not None else None
    if watch is not None and row.kind == "contribution_room" and watch.recommendation.run_id == row.run_id:
        # what the plan needs is watched before what the law has room for
        return
    if watch is None:
        # the transfer is set up within a month: the next whole month after that is the first that counts
        watch = ContributionWatch(
            household=account.household, account=account, first_month=month_after(today + dt.timedelta(days=30))
        )
    watch.recommendation, watch.monthly_amount = row, amount
    watch.full_clean()
    watch.save()
    audit.record("plans.watch_contribution", by=by, target=watch, before=before, after=audit.snapshot(watch))


def month_after(day: dt.date) -> dt.date:
    """Return the first of the next month."""
    return dt.date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _agree_review(household: Household, today: dt.date, by: Actor) -> None:
    """A plan is gone through once a year at least."""
    if household.next_review_on is None or not today < household.next_review_on <= today + REVIEW_AFTER:
        update_household(household=household, fields={"next_review_on": today + REVIEW_AFTER}, by=by)
