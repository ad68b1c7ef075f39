"""Versions of plans without their results: what partners send to move them and what they read."""

from __future__ import annotations

from rest_framework import serializers

from apps.core.api.sparse import SparseMixin
from apps.core.api.strict import StrictMixin
from apps.plans.models import Plan, PlanStatus
from apps.plans.policies import is_held


class PlanRowOut(SparseMixin, serializers.ModelSerializer):  # type: ignore[type-arg]
    """One version of a plan, without its result."""

    id = serializers.UUIDField(source="public_id")
    household_id = serializers.UUIDField(source="household.public_id")
    is_held = serializers.SerializerMethodField()

    class Meta:
        model = Plan
        fields = (
            "id",
            "household_id",
            "version",
            "status",
            "is_held",
            "published_at",
            "in_force_at",
            "created_at",
            "updated_at",
        )

    def get_is_held(self, plan: Plan) -> bool:
        """Whether all have signed and the version waits: facts had moved since its result."""
        return is_held(plan)


class NewPlanIn(StrictMixin):
    """Starts a version for the client's household."""

    client_id = serializers.UUIDField()


class StatusIn(StrictMixin):
    """Where the plan should go. Into force it comes by the client's signature.

    One that `is_held`, signed but with facts that moved since its result, comes into force by `in_force` with the
    reason why it holds, which the client reads, and the `facts_digest` that the client's plan tells beside
    `facts_moved`: other facts than those that were read are not confirmed.
    """

    status = serializers.ChoiceField(choices=PlanStatus.choices)
    reason = serializers.CharField(required=False, allow_blank=True, default="")
    facts_digest = serializers.CharField(required=False, allow_blank=True, default="", max_length=64)


class DraftOut(serializers.Serializer):  # type: ignore[type-arg]
    """A version that is being prepared beside the one that answers."""

    id = serializers.UUIDField()
    version = serializers.IntegerField()
    status = serializers.CharField()
