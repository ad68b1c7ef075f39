"""A plan told in plain words by the firm's language model: it cites figures by name, Steward fills them in."""

from __future__ import annotations

import json

from django.utils import timezone

from apps.core import audit, jobs
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.spoken_numbers import Tongue as Spoken
from apps.plans.engine.told_plans import ToldNumberError, check_told
from apps.plans.models import AskedState, Plan, PlanExplanation, Tongue
from apps.plans.ports import LanguageModelError, language_model
from apps.plans.selectors.explanations import Citable, citable
from apps.plans.selectors.overviews import plan_overview, run_shown
from apps.plans.services._asked import demand_model, demand_same, facts_of, fail
from apps.plans.services._plans import locked, tell
from apps.plans.services.errors import NoResultError

_LANGUAGES = {Tongue.ENGLISH: "English", Tongue.PORTUGUESE: "Brazilian Portuguese"}
_INSTRUCTION = (
    "You explain a financial plan to somebody who is no expert, in {language}, in three to five short paragraphs of "
    "plain sentences, without headings or lists. You get what is known of the plan; you do not know its numbers. "
    "Where a number belongs, write its place exactly as given, such as {{figure:chance}}, and the name of a goal as "
    "its place, such as {{name:goal_a}}: the numbers are filled in afterwards, with their units. Cite {{figure:chance}}"
    " and {{figure:target}}. Write no digit, no number in words, no share such as half, no sign of money or per cent, "
    "and cite nothing that is not given. Promise nothing: the figures are of futures that were tried."
)


@service
def ask_for_explanation(*, plan: Plan, language: Tongue, by: Actor) -> PlanExplanation:
    """Have the firm's language model tell the shown result in plain words; a job asks it.

    Raises NoLanguageModelError, NoResultError, InvalidInputError while it is at it.
    """
    model = demand_model()
    plan = locked(plan)
    run = run_shown(plan)
    if run is None:
        raise NoResultError(
            gettext_noop("This version has no result to explain."), mend=gettext_noop("Generate the plan first.")
        )
    if any(each.is_open for each in run.explanations.filter(language=language).select_related("job")):
        raise InvalidInputError(
            gettext_noop("The language model is writing already."), mend=gettext_noop("Wait for its answer.")
        )
    row = PlanExplanation(
        run=run,
        language=language,
        model_key=model.key,
        model_name=model.name,
        host=model.host,
        asked_by=by.label[:200],
    )
    row.save()
    topic = f"household:{plan.household.public_id}"
    row.job = jobs.enqueue("plans.explain_with_model", by=by, topic=topic, explanation_id=row.pk)
    row.save(update_fields=["job", "updated_at"])
    audit.record("plans.ask_for_explanation", by=by, target=row, facts=facts_of(row))
    tell(plan, "plan.explained")
    return row


def explain_with_model(*, explanation: PlanExplanation, by: Actor) -> PlanExplanation:
    """Ask the model and keep its text if it states nothing of its own; nothing is done twice."""
    if explanation.state != AskedState.ASKED:
        return explanation
    can = _citable(explanation, by)
    language = Tongue(explanation.language)
    try:
        demand_same(explanation)
        answer = language_model().answer(
            instruction=_INSTRUCTION.format(language=_LANGUAGES[language]),
            content=json.dumps(can.facts, ensure_ascii=False),
        )
        text = check_told(answer, can.values, set(can.names), Spoken(language), needs=("chance", "target"))
    except ToldNumberError:
        stated = LanguageModelError(
            gettext_noop("The language model's text was refused: it stated or cited what the plan does not say."),
            mend=gettext_noop("Steward's own text stands; ask again for another one."),
        )
        return fail_explanation(explanation=explanation, error=stated, by=by)
    except LanguageModelError as failed:
        return fail_explanation(explanation=explanation, error=failed, by=by)
    return keep_explanation(explanation=explanation, text=text, by=by)


@service
def keep_explanation(*, explanation: PlanExplanation, text: str, by: Actor) -> PlanExplanation:
    """Keep a text that was checked."""
    row = _locked(explanation)
    if row.state != AskedState.ASKED:
        return row
    try:
        demand_same(row)
    except LanguageModelError as gone:
        return fail_explanation(explanation=row, error=gone, by=by)
    row.state, row.answered_at, row.text = AskedState.ANSWERED, timezone.now(), text
    row.save(update_fields=["state", "answered_at", "text", "updated_at"])
    audit.record("plans.keep_explanation", by=by, target=row, facts={**facts_of(row), "text": text})
    tell(row.run.plan, "plan.explained")
    return row


@service
def fail_explanation(*, explanation: PlanExplanation, error: LanguageModelError, by: Actor) -> PlanExplanation:
    """Note why there is no text of the model's; our own stands."""
    row = _locked(explanation)
    if row.state == AskedState.ASKED:
        fail(row, error, action="plans.fail_explanation", by=by)
        tell(row.run.plan, "plan.explained")
    return row


def _locked(explanation: PlanExplanation) -> PlanExplanation:
    rows = PlanExplanation.objects.select_for_update(of=("self",)).select_related("run__plan__household")
    return rows.get(pk=explanation.pk)


def _citable(explanation: PlanExplanation, by: Actor) -> Citable:
    plan = explanation.run.plan
    overview = plan_overview(plan.household, by, plan)
    if overview is None:
        raise NoResultError(gettext_noop("This version has no result to explain."))
    return citable(overview)
