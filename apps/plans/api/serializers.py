"""What partners send about plans and what they read; amounts in the plan's currency, proportions as fractions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from rest_framework import serializers

from apps.core.api.sparse import SparseMixin
from apps.core.api.strict import StrictMixin
from apps.plans.api.together_serializers import TogetherOut, together_body
from apps.plans.api.version_serializers import DraftOut
from apps.plans.engine.results import Estimate
from apps.plans.engine.what_if_levers import levers_of
from apps.plans.engine.what_if_results import WhatIfAnswer
from apps.plans.selectors.figures import Figure, written
from apps.plans.selectors.mixes import MixPart
from apps.plans.selectors.overview_parts import (
    AllocationPart,
    EffectLine,
    GivenLine,
    GoalHelpLine,
    GoalLine,
    RecommendationLine,
    SavingsLine,
)
from apps.plans.selectors.overviews import PlanOverview
from apps.plans.selectors.what_if import Asked

MEASURES = (
    "return_now",
    "return_then",
    "volatility_now",
    "volatility_then",
    "volatility_limit",
    "equity_now",
    "equity_then",
    "equity_limit",
)
PERCENTILES = ("p5", "p10", "p25", "p50", "p75", "p90", "p95")


class AnalysisIn(StrictMixin):
    """What to analyse: without levers the version is computed as a job; with levers the answer comes at once.

    Keys of levers are those that the answer lists: `retirement_age:<person>`, `retirement_spending`, `extra_saving`,
    `claim_age:<person>`, `goal_amount:<goal>`, `goal_year:<goal>`, `goal_accounts:<goal>` (1: income and other accounts
    pay too), `equity_share`, `roth_bracket:<person>`, `roth_step:<person>`, `ira_gifts`, `spending_floor`,
    `lower_returns`, `higher_inflation`, `first_year_fall`.
    """

    levers = serializers.DictField(child=serializers.FloatField(), required=False, default=None, allow_null=True)


class EstimateOut(serializers.Serializer):  # type: ignore[type-arg]
    """A simulated probability with its standard error."""

    probability = serializers.FloatField()
    standard_error = serializers.FloatField(allow_null=True)


class LeverOut(serializers.Serializer):  # type: ignore[type-arg]
    """What may be moved: where the plan has it, and its bounds."""

    key = serializers.CharField()
    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class AnalysisOut(serializers.Serializer):  # type: ignore[type-arg]
    """How the plan fares with levers moved, against the plan as generated, path by path on the same futures."""

    run_id = serializers.UUIDField()
    n_paths = serializers.IntegerField()
    success = EstimateOut()
    change = EstimateOut()
    wealth_at_end = serializers.DictField(child=serializers.FloatField())
    wealth_change = serializers.FloatField()
    shortfall = serializers.FloatField(allow_null=True)
    affordable_spending = serializers.FloatField(allow_null=True)
    goals = serializers.ListField(child=serializers.DictField())
    levers = LeverOut(many=True)


class BandOut(serializers.Serializer):  # type: ignore[type-arg]
    """Wealth at the end of a year, in money of the plan's start, by percentile of the futures."""

    year = serializers.IntegerField()
    ages = serializers.ListField(child=serializers.IntegerField())
    real = serializers.DictField(child=serializers.FloatField())


class RecommendationOut(serializers.Serializer):  # type: ignore[type-arg]
    """Advice: what, why, what it does, how sure and how hard, and what the advisor decided.

    `worth` is what advice is ranked by: points of the chance of success, and up to five more for years of living costs
    left at the end, over the effort (easy 1, medium 2, hard 4). Null where no run and no odds measure it. Those marked
    `is_alternative` each reach the target alone: one of them is agreed on, a second one needs a reason.
    """

    id = serializers.UUIDField()
    type = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    expected_impact = serializers.DictField(allow_null=True)
    confidence = serializers.CharField()
    difficulty = serializers.CharField()
    timeframe = serializers.CharField()
    worth = serializers.FloatField(allow_null=True)
    owed_to_risk_limit = serializers.BooleanField()
    is_alternative = serializers.BooleanField()
    actions = serializers.ListField(child=serializers.CharField())
    decision = serializers.CharField()
    decision_reason = serializers.CharField()


class RecommendationsOut(SparseMixin):
    """The household's allocation with its rationale, and the advice."""

    plan_id = serializers.UUIDField()
    version = serializers.IntegerField()
    status = serializers.CharField()
    draft = DraftOut(allow_null=True)
    as_of = serializers.DateField()
    allocation = serializers.DictField(allow_null=True)
    mixes = serializers.DictField(allow_null=True)
    recommendations = RecommendationOut(many=True)
    accepted_together = TogetherOut(allow_null=True)


class PlanOut(SparseMixin):
    """A plan with its result, and by what it was made.

    `is_outdated`: goals, choices or overrides changed after the result; `facts_moved`: the household's facts that say
    something else since, of a version that is not in force yet.
    """

    id = serializers.UUIDField()
    household_id = serializers.UUIDField()
    version = serializers.IntegerField()
    status = serializers.CharField()
    draft = DraftOut(allow_null=True)
    currency = serializers.CharField()
    as_of = serializers.DateField()
    published_at = serializers.DateTimeField(allow_null=True)
    in_force_at = serializers.DateTimeField(allow_null=True)
    is_outdated = serializers.BooleanField()
    facts_moved = serializers.ListField(child=serializers.CharField())
    facts_digest = serializers.CharField()
    success = EstimateOut()
    target = serializers.FloatField()
    savings = serializers.DictField(allow_null=True)
    goals = serializers.ListField(child=serializers.DictField())
    bands = BandOut(many=True)
    allocation = serializers.DictField(allow_null=True)
    recommendations = RecommendationOut(many=True)
    accepted_together = TogetherOut(allow_null=True)
    assumptions = serializers.DictField()
    run = serializers.DictField()
    caveats = serializers.ListField(child=serializers.CharField())
    disclosures = serializers.ListField(child=serializers.CharField())


def plan_body(overview: PlanOverview) -> dict[str, Any]:
    """Return the plan as partners read it."""
    return {
        "id": overview.plan_id,
        "household_id": overview.household_id,
        "version": overview.version,
        "status": overview.status,
        "currency": overview.currency,
        "as_of": overview.as_of,
        "published_at": overview.published_at,
        "in_force_at": overview.in_force_at,
        "is_outdated": overview.is_outdated,
        "success": _estimate(overview.success, overview.success_error),
        "target": overview.target.number,
        "savings": overview.savings and _savings(overview.savings),
        "goals": [_goal(goal) for goal in overview.goals],
        "bands": bands_body(overview),
        "allocation": allocation_body(overview.allocation),
        "recommendations": [recommendation_body(line) for line in overview.recommendations],
        "accepted_together": together_body(overview.together),
        "assumptions": {
            "source": overview.assumptions_source,
            "inflation": overview.inflation.number,
            "assets": [
                {"key": line.key, "name": line.name, "mean": line.mean.number, "volatility": line.volatility.number}
                for line in overview.assets
            ],
        },
        "run": asdict(overview.run),
        "caveats": list(overview.caveats),
        "disclosures": list(overview.disclosures),
    }


def bands_body(overview: PlanOverview) -> list[dict[str, Any]]:
    """Return the bands year by year."""
    return [
        {
            "year": line.calendar_year,
            "ages": list(line.ages),
            "real": dict(zip(PERCENTILES, line.real, strict=True)),
        }
        for line in overview.years
    ]


def allocation_body(part: AllocationPart | None) -> dict[str, Any] | None:
    """Return what is held and what is advised, with what holds the advice back."""
    if part is None:
        return None
    return {
        "classes": [
            {"asset": line.asset, "name": line.name, "now": line.now.number, "advised": line.then.number}
            for line in part.lines
        ],
        **{name: getattr(part, name).number for name in MEASURES},
        "rationale": list(part.binding),
    }


def mixes_body(part: MixPart | None) -> dict[str, Any] | None:
    """Return the mixes side by side and the best one of each goal; the limits stand beside them."""
    if part is None:
        return None
    return {
        "volatility_limit": part.volatility_limit.number,
        "equity_limit": part.equity_limit.number,
        "tail_confidence": part.confidence,
        "mixes": [
            {
                "kind": line.kind,
                "name": line.name,
                "rationale": line.rule,
                "weights": {
                    key: told.number for (key, _), (_name, told) in zip(part.classes, line.weights, strict=True)
                },
                "expected_return": line.expected_return.number,
                "volatility": line.volatility.number,
                "worst_years": line.worst_years.number,
                "equity_share": line.equity.number,
                "keeps_limit": line.keeps_limit,
                "is_counted_on": line.is_counted_on,
            }
            for line in part.lines
        ],
        "goals": [
            {
                "name": goal.name,
                "probability_now": goal.now.number,
                "probability_best": goal.best.number,
                "gain": goal.gain.number,
                "gain_standard_error": goal.error.number,
                "volatility": goal.volatility.number,
                "equity_share": goal.equity.number,
            }
            for goal in part.goals
        ],
        "frontier": [{"volatility": swing, "expected_return": best} for swing, best in part.frontier],
    }


def recommendation_body(line: RecommendationLine) -> dict[str, Any]:
    """Return one piece of advice."""
    return {
        "id": line.public_id,
        "type": line.kind,
        "title": written(line.title),
        "description": written(line.why),
        "expected_impact": line.effect and _impact(line.effect),
        "confidence": line.confidence,
        "difficulty": line.difficulty,
        "timeframe": line.timeframe,
        "worth": line.worth and line.worth.number,
        "owed_to_risk_limit": line.is_owed,
        "is_alternative": line.is_alternative,
        "actions": [written(action) for action in line.actions],
        "decision": line.decision,
        "decision_reason": line.decision_reason,
    }


def _savings(line: SavingsLine) -> dict[str, Any]:
    return {
        "outcome": line.outcome,
        "rate_now": line.rate_now.number,
        "rate_needed": line.rate_needed.number,
        "monthly_needed": line.monthly_needed.number,
        "monthly_extra": line.monthly_extra.number,
    }


def _goal(line: GoalLine) -> dict[str, Any]:
    return {
        "id": line.public_id,
        "kind": line.kind,
        "name": line.name,
        "annual_amount": line.amount.number,
        "starts_in": line.starts_in,
        **_estimate(line.success, line.error),
        "first_shortfall_year": line.first_shortfall_year,
        "met_as": None if line.given is None else _given(line.given),
        "helps_most": None if line.helped is None else _help(line.helped),
        "plan_succeeds_without_it": line.without and line.without.number,
    }


def _given(given: GivenLine) -> dict[str, Any]:
    return {
        "in_full_and_in_time": given.as_wished.number,
        "later": given.later.number,
        "smaller": given.smaller.number,
        "years_later": given.years_later.number if given.years_later else None,
        "part_paid": given.part.number if given.part else None,
    }


def _help(helped: GoalHelpLine) -> dict[str, Any]:
    return {
        "step": written(helped.text),
        "probability": helped.success.number,
        "change": helped.change.number,
        "standard_error": helped.error.number,
    }


def _impact(effect: EffectLine) -> dict[str, Any]:
    return {
        "amount": effect.change.number,
        "unit": "probability",
        "standard_error": effect.change_error.number,
        "success_before": effect.success_before.number,
        "success_after": effect.success_after.number,
        "median_wealth_change": effect.wealth.number,
    }


def _estimate(value: Figure, error: Figure) -> dict[str, float | None]:
    return {"probability": value.number, "standard_error": error.number}


def check_levers(asked: Asked, told: Mapping[str, float]) -> None:
    """Refuse levers that the plan lacks, each at its key with those that it has. Raises ValidationError."""
    known = [lever.key for lever in levers_of(asked.question.inputs)]
    text = f"The plan has no such lever. Known are: {', '.join(known)}."
    if wrong := {key: [text] for key in told if key not in known}:
        raise serializers.ValidationError({"levers": wrong})


def analysis_body(asked: Asked, answer: WhatIfAnswer) -> dict[str, Any]:
    """Return an answer to moved levers, with the levers there are."""

    def estimate(found: Estimate) -> dict[str, float | None]:
        return {"probability": found.value, "standard_error": found.standard_error}

    return {
        "run_id": asked.run.public_id,
        "n_paths": answer.n_paths,
        "success": estimate(answer.success),
        "change": estimate(answer.change),
        "wealth_at_end": dict(zip(PERCENTILES, answer.terminal, strict=True)),
        "wealth_change": answer.terminal_change.value,
        "shortfall": answer.shortfall,
        "affordable_spending": answer.spending,
        "goals": [{"id": goal.key, **estimate(goal.success)} for goal in answer.goals],
        "levers": [
            {"key": lever.key, "value": lever.value, "low": lever.low, "high": lever.high}
            for lever in levers_of(asked.question.inputs)
        ],
    }
