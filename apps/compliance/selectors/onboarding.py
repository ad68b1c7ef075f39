"""How far a household is with its suitability: one step of its onboarding."""

from __future__ import annotations

import uuid

from django.urls import reverse
from django.utils.translation import gettext

from apps.clients.models import Person
from apps.clients.ports import StepReport
from apps.compliance.models import AssessmentKind, AssessmentState, RiskAssessment


def suitability_step(household: uuid.UUID) -> StepReport:
    """Report what is missing until every adult has a profile in force, or both a joint one (two queries)."""
    adults = list(Person.objects.filter(household__public_id=household).adults())
    rows = list(
        RiskAssessment.objects.filter(
            household__public_id=household,
            state__in=[AssessmentState.OPEN, AssessmentState.ANSWERED, AssessmentState.REVIEWED],
        ).select_related("person")
    )
    in_force = [row for row in rows if row.state == AssessmentState.REVIEWED]
    url = reverse("compliance:household-compliance", kwargs={"household_id": household})
    if any(row.kind == AssessmentKind.JOINT for row in in_force):
        return StepReport(done=True, url=url)
    missing: list[str] = []
    waits_for = "advisor"
    for adult in adults:
        own = {row.state for row in rows if row.person_id == adult.pk}
        if AssessmentState.REVIEWED in own:
            continue
        name = str(adult)
        if AssessmentState.ANSWERED in own:
            missing.append(gettext("The answers of %(name)s wait for a review.") % {"name": name})
            waits_for = "advisor"
        elif AssessmentState.OPEN in own:
            missing.append(gettext("%(name)s has not answered the risk questionnaire.") % {"name": name})
            waits_for = "client" if len(missing) == 1 else waits_for
        else:
            missing.append(gettext("%(name)s has no risk questionnaire.") % {"name": name})
            waits_for = "advisor"
    return StepReport(
        done=bool(adults) and not missing, missing=tuple(missing), waits_for=waits_for or "advisor", url=url
    )
