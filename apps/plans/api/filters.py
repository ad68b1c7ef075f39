"""What lists of steps and alerts can be narrowed by."""

from __future__ import annotations

import django_filters

from apps.plans.models import AlertKind, AlertState, PlanAlert, PlanStep, StepOwner, StepStatus


class StepFilter(django_filters.FilterSet):
    """Steps of a household, by status, by who does them, by the day they are due."""

    household = django_filters.UUIDFilter("household__public_id")
    status = django_filters.ChoiceFilter(choices=StepStatus.choices)
    owner = django_filters.ChoiceFilter(choices=StepOwner.choices)
    due_since = django_filters.DateFilter("due_on", lookup_expr="gte")
    due_until = django_filters.DateFilter("due_on", lookup_expr="lte")

    class Meta:
        model = PlanStep
        fields = ("household", "status", "owner", "due_since", "due_until")


class AlertFilter(django_filters.FilterSet):
    """Alerts of a household, by state and kind, by the day they were found."""

    household = django_filters.UUIDFilter("plan__household__public_id")
    state = django_filters.ChoiceFilter(choices=AlertState.choices)
    kind = django_filters.ChoiceFilter(choices=AlertKind.choices)
    since = django_filters.DateFilter("opened_on", lookup_expr="gte")

    class Meta:
        model = PlanAlert
        fields = ("household", "state", "kind", "since")
