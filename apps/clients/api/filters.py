"""What lists can be narrowed by."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet

from apps.clients.models import Household, HouseholdStatus, Person, Relationship


class ClientFilter(django_filters.FilterSet):
    """Clients by household, e-mail, number in another system, and when they changed."""

    household = django_filters.UUIDFilter(field_name="household__public_id")
    email = django_filters.CharFilter(lookup_expr="iexact")
    external_id = django_filters.CharFilter()
    relationship = django_filters.ChoiceFilter(choices=Relationship.choices)
    updated_since = django_filters.IsoDateTimeFilter(field_name="updated_at", lookup_expr="gte")
    q = django_filters.CharFilter(method="named", label="Part of the first or last name")

    class Meta:
        model = Person
        fields: tuple[str, ...] = ()

    def named(self, rows: QuerySet[Person], _name: str, value: str) -> QuerySet[Person]:
        """Match names."""
        return rows.filter(first_name__icontains=value) | rows.filter(last_name__icontains=value)


class HouseholdFilter(django_filters.FilterSet):
    """Households by status, advisor, number in another system, and when they changed."""

    status = django_filters.ChoiceFilter(choices=HouseholdStatus.choices)
    advisor = django_filters.UUIDFilter(field_name="advisor__public_id")
    external_id = django_filters.CharFilter()
    updated_since = django_filters.IsoDateTimeFilter(field_name="updated_at", lookup_expr="gte")
    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains")

    class Meta:
        model = Household
        fields: tuple[str, ...] = ()
