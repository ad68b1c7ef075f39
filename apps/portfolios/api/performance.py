"""Performance of portfolios, and the firm's benchmarks."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.core.api.actor import api_actor
from apps.core.api.etags import TaggedReadMixin, tagged_answer
from apps.core.api.sparse import FIELDS
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.portfolios.api.performance_serializers import BenchmarkOut, EffectsOut, PerformanceOut, SleevesOut
from apps.portfolios.api.views import AS_OF, KNOWN_AT, day_of, moment_of
from apps.portfolios.engine.performance import Span
from apps.portfolios.engine.risk_figures import Frequency
from apps.portfolios.models import Benchmark
from apps.portfolios.selectors.effects import effect_sheet
from apps.portfolios.selectors.owners import owner_with
from apps.portfolios.selectors.performance import SPANS
from apps.portfolios.selectors.performance_reports import performance_report
from apps.portfolios.selectors.sleeves import sleeve_sheet

COUNTED = OpenApiParameter(
    "counted", str, enum=list(Frequency), description="What one observation of risk is, monthly when it is left out."
)


def frequency_of(request: Request) -> Frequency:
    """Return what one observation is; raise InvalidInputError for anything else."""
    asked = request.query_params.get("counted", "") or Frequency.MONTHLY
    if asked not in set(Frequency):
        raise InvalidInputError(
            gettext_noop("“%(asked)s” is no way to count."),
            mend=gettext_noop("Write daily or monthly."),
            field="counted",
            asked=asked,
        )
    return Frequency(asked)


PERIOD = OpenApiParameter(
    "period", str, enum=[str(span) for span in SPANS], description="Since the beginning when it is left out."
)


def period_of(request: Request) -> Span:
    """Return the period asked for; raise InvalidInputError for anything else."""
    asked = request.query_params.get("period", "") or Span.INCEPTION
    if asked not in SPANS:
        raise InvalidInputError(
            gettext_noop("“%(asked)s” is no period."),
            mend=gettext_noop("Write one of: %(periods)s."),
            field="period",
            asked=asked,
            periods=", ".join(SPANS),
        )
    return Span(asked)


class PerformanceView(APIView):
    """Returns, benchmark and risk of a household's managed accounts together, or of one account."""

    scope_area = "portfolios"

    @extend_schema(
        summary="Read a portfolio's performance",
        description="`portfolio_id` is the id of a household or of an account.",
        parameters=[AS_OF, KNOWN_AT, COUNTED, FIELDS],
        responses=PerformanceOut,
        tags=["portfolios"],
    )
    def get(self, request: Request, portfolio_id: str) -> Response:
        """Answer with the returns of every period, beside the benchmark, and the risk of the longer ones."""
        owner = owner_with(api_actor(request), portfolio_id)
        report = performance_report(owner, owner.sheet(day_of(request), moment_of(request)), frequency_of(request))
        shown = PerformanceOut(report, context={"request": request}).data
        return tagged_answer(request, PerformanceOut(report).data, shown)


class SleevesView(APIView):
    """Returns by sleeve of a household's managed accounts together, or of one account."""

    scope_area = "portfolios"

    @extend_schema(
        summary="Read a portfolio's returns by sleeve",
        description="`portfolio_id` is the id of a household or of an account. Sleeves are those of the model in force "
        "on the day, and asset classes for what is held outside of it; their money and contributions sum to the total.",
        parameters=[AS_OF, KNOWN_AT, PERIOD, FIELDS],
        responses=SleevesOut,
        tags=["portfolios"],
    )
    def get(self, request: Request, portfolio_id: str) -> Response:
        """Answer with the sleeves of the period."""
        owner = owner_with(api_actor(request), portfolio_id)
        found = sleeve_sheet(owner, owner.sheet(day_of(request), moment_of(request)), period_of(request))
        return tagged_answer(request, SleevesOut(found).data, SleevesOut(found, context={"request": request}).data)


class EffectsView(APIView):
    """What made the gain of a household's managed accounts together, or of one account."""

    scope_area = "portfolios"

    @extend_schema(
        summary="Read a portfolio's capital, income and currency effects",
        description="`portfolio_id` is the id of a household or of an account.",
        parameters=[AS_OF, KNOWN_AT, PERIOD, FIELDS],
        responses=EffectsOut,
        tags=["portfolios"],
    )
    def get(self, request: Request, portfolio_id: str) -> Response:
        """Answer with the effects of the period, down to the holding."""
        owner = owner_with(api_actor(request), portfolio_id)
        found = effect_sheet(owner, owner.sheet(day_of(request), moment_of(request)), period_of(request))
        return tagged_answer(request, EffectsOut(found).data, EffectsOut(found, context={"request": request}).data)


@extend_schema_view(
    list=extend_schema(summary="List benchmarks", parameters=[FIELDS], tags=["portfolios"]),
    retrieve=extend_schema(summary="Read a benchmark", parameters=[FIELDS], tags=["portfolios"]),
)
class BenchmarkViewSet(TaggedReadMixin, mixins.ListModelMixin, viewsets.GenericViewSet[Benchmark]):
    """The firm's benchmarks with their dated parts."""

    scope_area = "portfolios"
    serializer_class = BenchmarkOut
    lookup_field = "public_id"
    lookup_url_kwarg = "benchmark_id"

    def get_queryset(self) -> Any:
        """Return those the caller may see."""
        rows = Benchmark.objects.visible_to(api_actor(self.request))
        return rows.prefetch_related("versions__parts__security", "versions__parts__series")
