"""The firm's composites and their record, for those who see the whole firm."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.selectors.firm_days import firm_today
from apps.core.api.actor import api_actor
from apps.core.api.etags import TaggedReadMixin, tagged_answer
from apps.core.api.sparse import FIELDS, SparseMixin
from apps.portfolios.models import Composite
from apps.portfolios.selectors.composites import composite_for, composite_sheet


class CompositeOut(SparseMixin, serializers.ModelSerializer):  # type: ignore[type-arg]
    """A composite: which accounts belong to it by definition, and its benchmark."""

    id = serializers.UUIDField(source="public_id")
    benchmark_id = serializers.UUIDField(source="benchmark.public_id", default=None, allow_null=True)

    class Meta:
        model = Composite
        fields = ("id", "name", "definition", "currency", "inception", "benchmark_id", "created_at", "updated_at")


def _figure(name: str) -> serializers.FloatField:
    return serializers.FloatField(source=f"figures.{name}.value", default=None, allow_null=True)


class CompositeMonthOut(serializers.Serializer):  # type: ignore[type-arg]
    """A month of a composite; returns are fractions, null where no account was a member or there is no benchmark."""

    last_day = serializers.DateField()
    gross = _figure("gross")
    net = _figure("net")
    benchmark = _figure("benchmark")
    accounts = serializers.IntegerField(source="n_accounts")
    assets = serializers.DecimalField(max_digits=24, decimal_places=2)


class CompositeYearOut(CompositeMonthOut):
    """A calendar year, or what has passed of it in whole months."""

    dispersion = _figure("dispersion")
    deviation = _figure("deviation")
    benchmark_deviation = _figure("benchmark_deviation")
    accounts_all_year = serializers.IntegerField(source="n_all_year")


class CompositeRecordOut(SparseMixin):
    """The record of a composite by year and by month, the newest first."""

    id = serializers.UUIDField(source="composite.public_id")
    name = serializers.CharField(source="composite.name")
    currency = serializers.CharField(source="composite.currency")
    as_of = serializers.DateField()
    years = CompositeYearOut(many=True)
    months = CompositeMonthOut(many=True)


@extend_schema_view(
    list=extend_schema(summary="List composites", parameters=[FIELDS], tags=["portfolios"]),
    retrieve=extend_schema(summary="Read a composite", parameters=[FIELDS], tags=["portfolios"]),
)
class CompositeViewSet(TaggedReadMixin, mixins.ListModelMixin, viewsets.GenericViewSet[Composite]):
    """The firm's composites."""

    scope_area = "portfolios"
    serializer_class = CompositeOut
    lookup_field = "public_id"
    lookup_url_kwarg = "composite_id"

    def get_queryset(self) -> Any:
        """Return those the caller may see."""
        return Composite.objects.visible_to(api_actor(self.request)).select_related("benchmark")


class CompositePerformanceView(APIView):
    """The record of a composite."""

    scope_area = "portfolios"

    @extend_schema(
        summary="Read a composite's record",
        description="Whole months up to the last one; asset-weighted (GIPS 2020).",
        parameters=[FIELDS],
        responses=CompositeRecordOut,
        tags=["portfolios"],
    )
    def get(self, request: Request, composite_id: str) -> Response:
        """Answer with years and months."""
        found = composite_sheet(composite_for(api_actor(request), composite_id), firm_today())
        shown = CompositeRecordOut(found, context={"request": request}).data
        return tagged_answer(request, CompositeRecordOut(found).data, shown)
