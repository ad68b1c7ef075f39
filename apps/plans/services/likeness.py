"""The firm's plans by meaning: read, fitted, measured and kept, once a day."""

from __future__ import annotations

import math
from dataclasses import dataclass

from apps.clients.models import Relationship
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.plans.engine.hidden_names import without_names
from apps.plans.engine.likeness import Likeness, embedded_likeness, fit_likeness, precision_at, telling
from apps.plans.models import Decision, GoalKind, Plan, PlanLikeness, PlanStatus, PlanVector, Recommendation
from apps.plans.ports import LanguageModelError, ModelInUse, language_model
from apps.plans.selectors.overviews import run_shown
from apps.plans.services._asked import hidden_names

_TAKEN = (Decision.ACCEPTED, Decision.ADJUSTED)


@dataclass(frozen=True, slots=True)
class ToldPlan:
    """A plan as it is compared: its words without names, and what it is about, as codes."""

    plan: Plan
    text: str
    traits: tuple[str, ...]

    @property
    def labels(self) -> frozenset[str]:
        """What it is about besides the situation."""
        return frozenset(trait for trait in self.traits if not trait.startswith("is:"))


@dataclass(frozen=True, slots=True)
class _Fit:
    """Where plans lie, how well that was measured, and by which model of embeddings; an empty name means by words."""

    likeness: Likeness
    precision: float
    model_name: str = ""


def keep_likeness(*, by: Actor) -> PlanLikeness | None:
    """Fit the plans that count, one of each household, and keep where each lies; None while there are too few.

    By words; and by the firm's model of embeddings where it connected one and that is measured no worse. The model is
    asked before anything is written; if it fails, words do.
    """
    told = [_told(plan) for plan in _plans()]
    if len(told) < 2:
        return None
    texts, labels = [each.text for each in told], telling([each.labels for each in told])
    try:
        words = fit_likeness(texts)
    except ValueError:
        return None
    fit = _Fit(words, precision_at(words, labels))
    facts: dict[str, object] = {}
    model = language_model().in_use()
    if model is not None and model.embedding:
        found, facts = _embedded(texts, labels, model)
        fit = _better(fit, found)
    return _keep(told=told, fit=fit, facts=facts, by=by)


def _embedded(
    texts: list[str], labels: list[frozenset[str]], model: ModelInUse
) -> tuple[_Fit | None, dict[str, object]]:
    """Return what the firm's model makes of the texts, and what the trail keeps of asking it: never the words."""
    facts: dict[str, object] = {"model": model.embedding, "host": model.host, "texts": len(texts)}
    try:
        vectors = embedded_likeness(language_model().vectors(texts))
    except (LanguageModelError, ValueError) as failed:
        return None, {**facts, "reason": str(failed)}
    fit = _Fit(vectors, precision_at(vectors, labels), model.embedding)
    return fit, {**facts, "measured": None if math.isnan(fit.precision) else round(fit.precision, 4)}


def _better(words: _Fit, embedded: _Fit | None) -> _Fit:
    """Take the model where its measure is not below that of the words; what cannot be measured is not better."""
    if embedded is None or not embedded.precision >= words.precision:
        return words
    return embedded


@service
def _keep(*, told: list[ToldPlan], fit: _Fit, facts: dict[str, object], by: Actor) -> PlanLikeness:
    PlanLikeness.objects.all().delete()
    precision = None if math.isnan(fit.precision) else fit.precision
    row = PlanLikeness(n_plans=len(told), precision=precision, model_name=fit.model_name)
    row.save()
    PlanVector.objects.bulk_create(
        PlanVector(likeness=row, plan=each.plan, vector=vector.tolist(), traits=list(each.traits))
        for each, vector in zip(told, fit.likeness.vectors, strict=True)
    )
    audit.record("plans.keep_likeness", by=by, target=row, after=audit.snapshot(row), facts=facts)
    return row


def _plans() -> list[Plan]:
    """Return the newest version of each household that counts."""
    rows = Plan.objects.exclude(status=PlanStatus.SUPERSEDED).select_related("household", "published_run")
    newest: dict[int, Plan] = {}
    for plan in rows.prefetch_related("goals", "household__people").order_by("household_id", "version"):
        newest[plan.household_id] = plan
    return list(newest.values())


def _told(plan: Plan) -> ToldPlan:
    household, people = plan.household, list(plan.household.people.all())
    goals = list(plan.goals.all())
    run = run_shown(plan)
    taken = Recommendation.objects.filter(run=run, decision__in=_TAKEN) if run is not None else ()
    advice = sorted({row.kind for row in taken})
    is_couple = any(person.relationship == Relationship.PARTNER for person in people)
    children = any(person.relationship in {Relationship.CHILD, Relationship.DEPENDANT} for person in people)
    traits = [f"goal:{kind}" for kind in sorted({goal.kind for goal in goals} - {GoalKind.OTHER})]
    traits += [f"advice:{kind}" for kind in advice]
    traits += ["is:couple" if is_couple else "is:single", *(["is:children"] if children else [])]
    words = [f"{goal.kind}. {goal.name}. {goal.own_words}" for goal in goals]
    words += [household.objectives, " ".join(kind.replace("_", " ") for kind in advice)]
    words += ["couple" if is_couple else "single", "children" if children else ""]
    hidden = without_names("\n".join(words), hidden_names(household))
    return ToldPlan(plan, hidden.text, tuple(traits))
