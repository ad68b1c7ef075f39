"""Steps, alerts, other markets and the spending outlook as partners read them; proportions as fractions."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.core.api.sparse import SparseMixin
from apps.core.api.strict import StrictMixin
from apps.plans.api.serializers import PERCENTILES
from apps.plans.models import PlanAlert, PlanStep
from apps.plans.selectors.alert_lines import alert_lines
from apps.plans.selectors.figures import written
from apps.plans.selectors.markets import MarketLine
from apps.plans.selectors.overviews import PlanOverview

# the levels at which a spending outlook is told
SPENDING_LEVELS = tuple(PERCENTILES[place] for place in (0, 2, 3, 4, 6))


class StepOut(SparseMixin, serializers.ModelSerializer):  # type: ignore[type-arg]
    """A step of a household's plan: what is to be done, by whom, until when, and what shows that it is done."""

    id = serializers.UUIDField(source="public_id")
    household_id = serializers.UUIDField(source="household.public_id")
    recommendation_id = serializers.UUIDField(source="recommendation.public_id", allow_null=True, default=None)
    title = serializers.CharField(source="words")
    owner = serializers.CharField()
    person_id = serializers.UUIDField(source="person.public_id", allow_null=True, default=None)
    status = serializers.CharField()
    document_id = serializers.UUIDField(source="document.public_id", allow_null=True, default=None)

    class Meta:
        model = PlanStep
        fields = (
            "id",
            "household_id",
            "recommendation_id",
            "title",
            "owner",
            "person_id",
            "owner_name",
            "due_on",
            "status",
            "reason",
            "note",
            "document_id",
            "closed_by",
            "closed_at",
            "created_at",
            "updated_at",
        )


class StepDoneIn(StrictMixin):
    """What shows that a step is done."""

    note = serializers.CharField(max_length=2000)


class AlertPartOut(serializers.Serializer):  # type: ignore[type-arg]
    """What one cause did to the chance and to the living costs a year that the plan carries."""

    cause = serializers.CharField()
    probability_change = serializers.FloatField(allow_null=True)
    affordable_spending_change = serializers.FloatField(allow_null=True)


class AlertOut(SparseMixin, serializers.ModelSerializer):  # type: ignore[type-arg]
    """What changed since a plan was accepted, by how much, and what would bring it back."""

    id = serializers.UUIDField(source="public_id")
    plan_id = serializers.UUIDField(source="plan.public_id")
    household_id = serializers.UUIDField(source="plan.household.public_id")
    kind = serializers.CharField()
    state = serializers.CharField()
    probability_before = serializers.FloatField(source="success_before", allow_null=True)
    probability_now = serializers.FloatField(source="success_after", allow_null=True)
    probability_change = serializers.FloatField(source="change", allow_null=True)
    standard_error = serializers.FloatField(source="change_error", allow_null=True)
    affordable_spending_before = serializers.FloatField(source="spending_before", allow_null=True)
    affordable_spending_now = serializers.FloatField(source="spending_after", allow_null=True)
    wealth = serializers.FloatField(allow_null=True)
    guardrail = serializers.FloatField(allow_null=True)
    description = serializers.SerializerMethodField()
    proposals = serializers.SerializerMethodField()
    parts = serializers.SerializerMethodField()
    draft_plan_id = serializers.UUIDField(source="draft.public_id", allow_null=True, default=None)

    class Meta:
        model = PlanAlert
        fields = (
            "id",
            "plan_id",
            "household_id",
            "kind",
            "cause",
            "state",
            "opened_on",
            "closed_on",
            "probability_before",
            "probability_now",
            "probability_change",
            "standard_error",
            "affordable_spending_before",
            "affordable_spending_now",
            "wealth",
            "guardrail",
            "description",
            "proposals",
            "parts",
            "reason",
            "decided_by",
            "decided_at",
            "draft_plan_id",
            "created_at",
            "updated_at",
        )

    def get_description(self, alert: PlanAlert) -> str:
        """Say what happened in a sentence."""
        return written(alert_lines([alert])[0].text)

    def get_proposals(self, alert: PlanAlert) -> list[str]:
        """Say what would bring the plan back."""
        return [written(each.text) for each in alert_lines([alert])[0].proposals]

    @extend_schema_field(AlertPartOut(many=True))
    def get_parts(self, alert: PlanAlert) -> list[dict[str, Any]]:
        """Tell the causes with what each did."""
        return [
            {
                "cause": line.name,
                "probability_change": line.success.number,
                "affordable_spending_change": line.spending.number,
            }
            for line in alert_lines([alert])[0].parts
        ]


class DismissIn(StrictMixin):
    """Why an alert is put aside."""

    reason = serializers.CharField(max_length=2000)


class MarketOut(serializers.Serializer):  # type: ignore[type-arg]
    """The chance under one model of the markets; of history as it went, the part of its stretches, without an error."""

    kind = serializers.CharField()
    description = serializers.CharField()
    probability = serializers.FloatField(allow_null=True)
    standard_error = serializers.FloatField(allow_null=True)
    stretches = serializers.IntegerField(allow_null=True)


class MarketsOut(SparseMixin):
    """How a version fares under its own markets, and under the others that the firm's history allows."""

    plan_id = serializers.UUIDField()
    as_of = serializers.DateField()
    own = MarketOut()
    others = MarketOut(many=True)


class SpendingYearOut(serializers.Serializer):  # type: ignore[type-arg]
    """A year of retirement: what is planned, and what may be spent by percentile of the futures, in money of today."""

    year = serializers.IntegerField()
    planned = serializers.FloatField()
    percentiles = serializers.DictField(child=serializers.FloatField())


class SpendingOutlookOut(serializers.Serializer):  # type: ignore[type-arg]
    """What a rule of spending brings; `worst_cut` is the deepest of a year, in one future of twenty."""

    floor = serializers.FloatField()
    worst_cut = serializers.FloatField(allow_null=True)
    cut_share = serializers.FloatField(allow_null=True)
    years = SpendingYearOut(many=True)


class SpendingOut(SparseMixin):
    """How spending in retirement moves in a version; `outlook` is null where it stays the same each year."""

    plan_id = serializers.UUIDField()
    as_of = serializers.DateField()
    currency = serializers.CharField()
    rule = serializers.ListField(child=serializers.CharField())
    outlook = SpendingOutlookOut(allow_null=True)


def markets_body(overview: PlanOverview) -> dict[str, Any]:
    """Return a version's chances under each model of the markets."""

    def line(told: MarketLine) -> dict[str, Any]:
        return {
            "kind": told.kind,
            "description": told.label,
            "probability": told.success.number,
            "standard_error": told.error and told.error.number,
            "stretches": told.stretches,
        }

    return {
        "plan_id": overview.plan_id,
        "as_of": overview.as_of,
        "own": line(overview.market_own),
        "others": [line(each) for each in overview.markets],
    }


def spending_body(overview: PlanOverview) -> dict[str, Any]:
    """Return how spending in retirement moves in a version, and what that brings."""
    part = overview.rules.spending
    return {
        "plan_id": overview.plan_id,
        "as_of": overview.as_of,
        "currency": overview.currency,
        "rule": list(overview.rules.words),
        "outlook": None
        if part is None
        else {
            "floor": part.floor.number,
            "worst_cut": part.worst_cut.number,
            "cut_share": part.cut_share.number,
            "years": [
                {
                    "year": year.calendar_year,
                    "planned": year.planned,
                    "percentiles": dict(zip(SPENDING_LEVELS, year.real, strict=True)),
                }
                for year in part.years
            ],
        },
    }
