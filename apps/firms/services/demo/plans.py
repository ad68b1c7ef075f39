"""The demo firm's plans: most are with the client, every other one of these is signed, some wait for their advisor."""

from __future__ import annotations

from contextlib import suppress

from apps.clients.models import Household, SignatureRequest, SignatureRequestState
from apps.firms.services.demo.households import sign_all
from apps.plans.models import Plan, PlanStatus
from apps.plans.services.errors import StatusNotPossibleError
from apps.plans.services.publishing import SIGNATURE_PURPOSE, publish_plan

_LEFT_FOR_REVIEW = 4  # one in four
_LEFT_UNSIGNED = 2


def move_plans_on() -> int:
    """Publish the plans that are generated, sign those whose report is filed; return how many moved.

    What is not ready yet is left for the next call.
    """
    moved = 0
    for plan in Plan.objects.filter(status=PlanStatus.IN_REVIEW).select_related("household__advisor"):
        if (number := _number(plan.household)) and number % _LEFT_FOR_REVIEW:
            with suppress(StatusNotPossibleError):  # another job has just published it
                publish_plan(plan=plan, by=plan.household.advisor.as_actor())
                moved += 1
    waiting = SignatureRequest.objects.filter(purpose=SIGNATURE_PURPOSE, state=SignatureRequestState.OPEN)
    for request in waiting.select_related("document__household"):
        if _number(request.document.household) % _LEFT_UNSIGNED:
            sign_all(request.signatures.select_related("person__user").order_by("position"))
            moved += 1
    return moved


def _number(household: Household) -> int:
    """Return the household's number in the roster, 0 for one that is not of the demo."""
    told = household.external_id.removeprefix("demo-")
    return int(told) if household.external_id.startswith("demo-") and told.isdigit() else 0
