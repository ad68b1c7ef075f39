"""Goals as partners send and read them."""

from __future__ import annotations

from rest_framework import serializers

from apps.core.api.strict import StrictMixin
from apps.plans.models import GoalKind, GoalPriority
from apps.plans.models.goal import LEAST_SHARE, MAX_OWN_WORDS, MAX_WAIT_YEARS
from apps.plans.services.goal_means import MeansDetails
from apps.plans.services.goals import GoalDetails


class GoalIn(StrictMixin):
    """A goal; a retirement goal has neither start nor years. One under way starts in the past: what is left is counted.

    The accounts of `funded_by` pay first and are kept for it, alone with `funded_only`. It may start `wait_years` later
    where the money is not there, and `least_share` of each payment, a fraction, is enough; null: nobody was asked.
    """

    kind = serializers.ChoiceField(choices=GoalKind.choices)
    name = serializers.CharField(max_length=120)
    annual_amount = serializers.DecimalField(max_digits=14, decimal_places=2, min_value=0)
    priority = serializers.ChoiceField(choices=GoalPriority.choices, default=GoalPriority.ESSENTIAL)
    starts_on = serializers.DateField(required=False, allow_null=True, default=None)
    years = serializers.IntegerField(required=False, min_value=0, max_value=80, default=0)
    own_words = serializers.CharField(required=False, allow_blank=True, default="", max_length=MAX_OWN_WORDS)
    funded_by = serializers.ListField(child=serializers.UUIDField(), required=False, default=list, max_length=64)
    funded_only = serializers.BooleanField(required=False, default=False)
    wait_years = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=0, max_value=MAX_WAIT_YEARS
    )
    least_share = serializers.DecimalField(
        max_digits=4,
        decimal_places=3,
        min_value=LEAST_SHARE,
        max_value=1,
        required=False,
        allow_null=True,
        default=None,
    )

    @property
    def details(self) -> GoalDetails:
        """What was sent, as the service takes it."""
        told = dict(self.validated_data)
        means = MeansDetails(
            accounts=tuple(str(key) for key in told.pop("funded_by")),
            only=told.pop("funded_only"),
            wait_years=told.pop("wait_years"),
            least_share=told.pop("least_share"),
        )
        return GoalDetails(**told, means=means)


class GoalOut(serializers.Serializer):  # type: ignore[type-arg]
    """A goal as it is kept."""

    id = serializers.UUIDField(source="public_id")
    kind = serializers.CharField()
    name = serializers.CharField()
    annual_amount = serializers.DecimalField(max_digits=14, decimal_places=2)
    priority = serializers.CharField()
    starts_on = serializers.DateField(allow_null=True)
    years = serializers.IntegerField()
    own_words = serializers.CharField()
    funded_by = serializers.ListField(child=serializers.UUIDField())
    funded_only = serializers.BooleanField()
    wait_years = serializers.IntegerField(allow_null=True)
    least_share = serializers.DecimalField(max_digits=4, decimal_places=3, allow_null=True)
