"""Deciding what the engine advises, and measuring what an advisor changed."""

from __future__ import annotations

from copy import copy
from decimal import Decimal
from typing import Any

from django.utils import timezone

from apps.core import audit, jobs
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans import policies
from apps.plans.engine.digest import plain
from apps.plans.engine.mixes import ADOPTED
from apps.plans.models import Decision, Recommendation
from apps.plans.selectors.overview_builders import ADJUSTED_MIX
from apps.plans.selectors.recommendation_lines import WORTH
from apps.plans.selectors.run_values import inputs_of
from apps.plans.services._levers import Change, check_value
from apps.plans.services._mapping import number
from apps.plans.services._plans import changeable, tell
from apps.plans.services.accepted_together import note_taken
from apps.plans.services.errors import NoResultError, NotAdjustableError
from apps.plans.services.projections import Progress


@service
def decide_recommendation(
    *, recommendation: Recommendation, decision: str, by: Actor, reason: str = "", value: Decimal | None = None
) -> Recommendation:
    """Accept, adjust or decline a piece of advice; a departure from it needs a reason, an adjustment its value, and so
    does accepting what another one that was accepted replaces.

    The effect of an adjustment is computed by the engine in a job, and so is that of all that is taken. Raises
    PlanFrozenError, NoResultError when a newer result replaced this one, NotAdjustableError, InvalidInputError for a
    missing reason or value.
    """
    run = recommendation.run
    plan = changeable(run.plan)
    newest = plan.runs.finished().first()
    if newest is None or newest.pk != run.pk:
        raise NoResultError(
            gettext_noop("The plan was generated again since; this advice is of an older result."),
            mend=gettext_noop("Reload the page and decide on the new advice."),
        )
    row = Recommendation.objects.select_for_update().get(pk=recommendation.pk)
    before = audit.snapshot(row)
    _check_decision(row, decision, reason, value)
    _check_alternative(row, decision, reason)
    row.decision, row.reason = decision, reason.strip()
    row.adjusted_value = value if decision == Decision.ADJUSTED else None
    row.adjusted_effect = row.measure_job = None
    row.decided_by, row.decided_at = by.label, timezone.now()
    if decision == Decision.ADJUSTED:
        topic = f"household:{plan.household.public_id}"
        row.measure_job = jobs.enqueue(
            "plans.measure_recommendation", by=by, topic=topic, recommendation_id=row.pk, value=str(value)
        )
    row.save()
    audit.record(
        "plans.decide_recommendation",
        by=by,
        target=row,
        before=before,
        after=audit.snapshot(row),
        reason=row.reason,
    )
    note_taken(run=run, by=by)
    tell(plan, "plan.recommendation_decided")
    return row


def measure_recommendation(
    *, recommendation: Recommendation, value: Decimal, progress: Progress, by: Actor
) -> Recommendation:
    """Compute what the adjusted advice does; nothing is done when it was decided differently since."""
    if recommendation.adjusted_value != value or recommendation.adjusted_effect is not None:
        return recommendation
    # the engine takes seconds to load: see `_answers`
    from apps.plans.services._answers import measured

    question = inputs_of(recommendation.run)
    facts = dict(recommendation.proposal["facts"])
    change = Change(recommendation.key, recommendation.kind, number(value), facts)
    found = measured(change, question, recommendation.proposal["difficulty"], progress)
    mix = {} if found.mix is None else {ADJUSTED_MIX: plain(found.mix)}
    image = {**plain(found.effect), WORTH: found.worth, **mix}
    return keep_effect(recommendation=recommendation, value=value, effect=image, by=by)


@service
def keep_effect(*, recommendation: Recommendation, value: Decimal, effect: dict[str, Any], by: Actor) -> Recommendation:
    """Store the effect of an adjustment (the engine's, as plain values), unless it was decided differently since."""
    row = Recommendation.objects.select_for_update().get(pk=recommendation.pk)
    if row.adjusted_value != value:
        return row
    row.adjusted_effect = effect
    row.save(update_fields=["adjusted_effect", "updated_at"])
    audit.record("plans.measure_recommendation", by=by, target=row, after={"adjusted_effect": row.adjusted_effect})
    note_taken(run=row.run, by=by)
    tell(row.run.plan, "plan.recommendation_measured")
    return row


def _check_alternative(row: Recommendation, decision: str, reason: str) -> None:
    if decision != Decision.ACCEPTED or reason.strip():
        return
    rows = [each for each in row.run.recommendations.all() if each.pk != row.pk]
    if row in policies.taken_without_need([*rows, _as_accepted(row)], row.run.plan.target_success):
        raise InvalidInputError(
            gettext_noop("Another recommendation that you accepted reaches the target alone, as this one does."),
            mend=gettext_noop("Decline one of the two, or say why the client needs both."),
            field="reason",
        )


def _as_accepted(row: Recommendation) -> Recommendation:
    """Return the advice as it would be, accepted without a reason."""
    accepted = copy(row)
    accepted.decision, accepted.reason = Decision.ACCEPTED, ""
    return accepted


def _check_decision(row: Recommendation, decision: str, reason: str, value: Decimal | None) -> None:
    if decision not in {Decision.ACCEPTED, Decision.ADJUSTED, Decision.DECLINED}:
        raise InvalidInputError(
            gettext_noop("Accept, adjust or decline the advice."), field="decision", mend=gettext_noop("Choose one.")
        )
    if decision != Decision.ACCEPTED and row.key == ADOPTED:
        raise NotAdjustableError(
            gettext_noop("Every figure of this plan counts on the chosen mix."),
            mend=gettext_noop("Choose another mix, or the present one, and generate the plan again."),
        )
    if decision != Decision.ACCEPTED and not reason.strip():
        raise InvalidInputError(
            gettext_noop("Say why you depart from the advice: the client and an examiner will read it."),
            field="reason",
        )
    if decision == Decision.ADJUSTED:
        if value is None:
            raise InvalidInputError(gettext_noop("Say what you change it to."), field="value")
        check_value(row, value)
