"""What lists can be narrowed by."""

from __future__ import annotations

import django_filters

from apps.compliance.models import AssessmentKind, AssessmentState, RiskAssessment


class AssessmentFilter(django_filters.FilterSet):
    """Risk assessments of a household or client, by state, by whose profile it is, by when they were answered."""

    household = django_filters.UUIDFilter("household__public_id")
    client = django_filters.UUIDFilter("person__public_id")
    state = django_filters.ChoiceFilter(choices=AssessmentState.choices)
    profile_type = django_filters.ChoiceFilter("kind", choices=AssessmentKind.choices)
    answered_since = django_filters.IsoDateTimeFilter("submitted_at", lookup_expr="gte")

    class Meta:
        model = RiskAssessment
        fields = ("household", "client", "state", "profile_type", "answered_since")
