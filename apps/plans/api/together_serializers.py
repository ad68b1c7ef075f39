"""What was accepted of a plan, all of it at once, as partners read it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.plans.selectors.accepted_together import TogetherPart


class TogetherOut(serializers.Serializer):  # type: ignore[type-arg]
    """The plan with all advice that was accepted or adjusted, against the plan as it stands, on the same futures.

    `state` is `measured`, or why there are no figures: `measuring`, `failed`, `unchanged` (nothing that was accepted
    changes what the plan counts), `refused` (the plan cannot take all of it at once), `older` (the result keeps too
    little for it: generate the plan again). Of `overlapping` recommendations, by id, the second is counted;
    `over_limits` names the accounts into which they pay more together than the law allows in a year.
    """

    state = serializers.CharField()
    count = serializers.IntegerField()
    success_before = serializers.FloatField(allow_null=True)
    success_after = serializers.FloatField(allow_null=True)
    change = serializers.FloatField(allow_null=True)
    standard_error = serializers.FloatField(allow_null=True)
    median_wealth_change = serializers.FloatField(allow_null=True)
    overlapping = serializers.ListField(child=serializers.ListField(child=serializers.UUIDField()))
    over_limits = serializers.ListField(child=serializers.CharField())


def together_body(part: TogetherPart | None) -> dict[str, Any] | None:
    """Return what was accepted together; None where nothing was."""
    if part is None:
        return None
    effect = part.effect
    return {
        "state": part.state,
        "count": part.count,
        "success_before": effect and effect.success_before.number,
        "success_after": effect and effect.success_after.number,
        "change": effect and effect.change.number,
        "standard_error": effect and effect.change_error.number,
        "median_wealth_change": effect and effect.wealth.number,
        "overlapping": [[pair.earlier, pair.later] for pair in part.overlaps],
        "over_limits": list(part.over_limits),
    }
