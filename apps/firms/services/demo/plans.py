"""The demo firm's plans: most are with the client, every other one of these is signed, some wait for their advisor."""

from __future__ import annotations

from contextlib import suppress

from django.utils.translation import gettext

from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Household, Relationship, SignatureRequest, SignatureRequestState
from apps.core.actors import Actor
from apps.firms.services.demo.households import sign_all
from apps.plans.engine.what_if_levers import LeverKind, levers_of
from apps.plans.models import ContributionWatch, Decision, Plan, PlanStatus, PlanStep, StepOwner, StepStatus
from apps.plans.policies import alternatives
from apps.plans.selectors.contribution_months import month_before
from apps.plans.selectors.what_if import asked_of
from apps.plans.services.accepted_together import measure_accepted
from apps.plans.services.errors import FactsMovedError, RunInProgressError, StatusNotPossibleError
from apps.plans.services.projections import request_projection
from apps.plans.services.publishing import SIGNATURE_PURPOSE, publish_plan
from apps.plans.services.recommendations import decide_recommendation
from apps.plans.services.scenarios import keep_scenario
from apps.plans.services.steps import Evidence, finish_step, halt_step
from apps.plans.services.watches import change_watch
from apps.plans.services.wishes import tell_goals

_LEFT_FOR_REVIEW = 4  # one in four
_LEFT_UNSIGNED = 2
_LEFT_TO_DO = 4
_WATCHED_MONTHS = 2
_LEFT_TO_TELL = 3
_WITH_SCENARIOS = 4
_TOLD = (
    "I'd like to stop at 63 and travel a bit every year, around $9,000. Maybe a cabin by a lake someday.",
    "We must pay off the mortgage by %(year)s, that is $140,000. A camper van would be nice, about 80k.",
    "I want to give each of the grandchildren $10,000 when they turn 18, and my wife wants a new kitchen, 45k.",
    "Retire at 60, no matter what. In %(year)s we'd like to help the kids with a down payment, fifty thousand.",
)


def move_plans_on() -> int:
    """Publish the plans that are generated, sign those whose report is filed; return how many moved.

    What is not ready yet is left for the next call.
    """
    moved = 0
    for plan in Plan.objects.filter(status=PlanStatus.IN_REVIEW).select_related("household__advisor"):
        if (number := _number(plan.household)) and number % _LEFT_FOR_REVIEW:
            with suppress(StatusNotPossibleError, RunInProgressError):  # another job has just published it
                moved += _move_on(plan, number)
    waiting = SignatureRequest.objects.filter(purpose=SIGNATURE_PURPOSE, state=SignatureRequestState.OPEN)
    for request in waiting.select_related("document__household"):
        if _number(request.document.household) % _LEFT_UNSIGNED:
            sign_all(request.signatures.select_related("person__user").order_by("position"))
            moved += 1
    return moved


def _move_on(plan: Plan, number: int) -> int:
    """Publish a plan; one whose facts came in after its result is generated again and left for the next call."""
    by = plan.household.advisor.as_actor()
    try:
        _decide(plan, by)
        publish_plan(plan=plan, by=by)
    except FactsMovedError:
        request_projection(plan=plan, by=by)
        return 0
    _work_on_steps(plan, number)
    _tell_goals(plan.household, number)
    _keep_scenarios(plan, number)
    return 1


def _decide(plan: Plan, by: Actor) -> None:
    """Accept the advice; of ways that replace each other the first, the others are declined."""
    run = plan.runs.finished().first()
    rows = list(run.recommendations.all()) if run is not None else []
    ways = alternatives(rows, plan.target_success)
    for row in rows:
        if row.decision != Decision.OPEN:
            continue
        if row in ways[1:]:
            reason = gettext("The other way suits them better.")
            decide_recommendation(recommendation=row, decision=Decision.DECLINED, reason=reason, by=by)
        else:
            decide_recommendation(recommendation=row, decision=Decision.ACCEPTED, by=by)
    if run is not None:
        # at once: the job that was asked for finds it done
        measure_accepted(run=run, progress=lambda _fraction, _step: None, by=Actor.system("plans.measure_accepted"))


def _work_on_steps(plan: Plan, number: int) -> None:
    """Some of what was agreed is done, some waits; contributions have been watched for a while."""
    by = plan.household.advisor.as_actor()
    steps = list(PlanStep.objects.filter(household=plan.household, owner=StepOwner.CLIENT))
    for place, step in enumerate(steps):
        if (place + number) % _LEFT_TO_DO == 0:
            finish_step(step=step, evidence=Evidence(note=gettext("Confirmed on the phone.")), by=by)
        elif (place + number) % _LEFT_TO_DO == 1:
            reason = gettext("The client waits for an answer of the employer.")
            halt_step(step=step, status=StepStatus.BLOCKED, reason=reason, by=by)
    for watch in ContributionWatch.objects.filter(household=plan.household).active():
        first = month_before(firm_today(), _WATCHED_MONTHS)
        change_watch(watch=watch, monthly_amount=watch.monthly_amount, first_month=first, by=by)


def _tell_goals(household: Household, number: int) -> None:
    """Some clients wrote in the portal what they want, in their own words; it waits for their advisor."""
    head = household.people.filter(relationship=Relationship.HEAD).select_related("user").first()
    if head is None or head.user is None or number % _LEFT_TO_TELL or household.goal_texts.exists():
        return
    text = _TOLD[number % len(_TOLD)] % {"year": firm_today().year + 7}
    tell_goals(household=household, person=head, text=text, language="en", by=head.user.as_actor())


def _keep_scenarios(plan: Plan, number: int) -> None:
    """Some advisors have talked through with their clients what else could be done."""
    asked = asked_of(plan)
    if number % _WITH_SCENARIOS != 1 or asked is None or plan.scenarios.exists():
        return
    levers = {lever.kind: lever for lever in reversed(levers_of(asked.question.inputs))}
    for kind, step, name in (
        (LeverKind.RETIREMENT_AGE, 2.0, gettext("Two more years of work")),
        (LeverKind.EXTRA_SAVING, 500.0, gettext("Save 500 more a month")),
        (LeverKind.RETIREMENT_SPENDING, -500.0, gettext("Live on 500 less a month")),
    ):
        lever = levers.get(kind)
        if lever is not None and lever.low <= lever.value + step <= lever.high:
            by = plan.household.advisor.as_actor()
            keep_scenario(plan=plan, name=name, changes={lever.key: lever.value + step}, by=by)


def _number(household: Household) -> int:
    """Return the household's number in the roster, 0 for one that is not of the demo."""
    told = household.external_id.removeprefix("demo-")
    return int(told) if household.external_id.startswith("demo-") and told.isdigit() else 0
