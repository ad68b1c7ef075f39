"""What comes out about performance, benchmarks and risk."""

from __future__ import annotations

from rest_framework import serializers

from apps.core.api.sparse import SparseMixin
from apps.portfolios.models import Benchmark, BenchmarkPart, BenchmarkVersion


def _amount_of(figure: str) -> serializers.DecimalField:
    """Return the field of an amount of a period, null where the period has no figures."""
    return serializers.DecimalField(
        max_digits=24, decimal_places=4, source=f"line.figures.{figure}", default=None, allow_null=True
    )


def _return_of(figure: str) -> serializers.FloatField:
    """Return the field of a return of a period, null where it is not computable."""
    return serializers.FloatField(source=f"line.figures.{figure}.value", default=None, allow_null=True)


def _beside(figure: str) -> serializers.FloatField:
    """Return the field of a figure beside the benchmark, null where it is not computable."""
    return serializers.FloatField(source=f"beside.{figure}.value", default=None, allow_null=True)


class PeriodOut(serializers.Serializer):  # type: ignore[type-arg]
    """One period: opening + money_in − money_out + gain = closing. Returns are fractions; null is not computable."""

    period = serializers.CharField(source="line.span")
    first_day = serializers.DateField(source="line.first_day")
    last_day = serializers.DateField(source="line.figures.last_day", default=None, allow_null=True)
    opening = _amount_of("opening")
    money_in = _amount_of("money_in")
    money_out = _amount_of("money_out")
    fees = _amount_of("fees")
    gain = _amount_of("gain")
    closing = _amount_of("closing")
    net = _return_of("net")
    gross = _return_of("gross")
    money_weighted = _return_of("money_weighted")
    annual_net = _return_of("annual_net")
    annual_gross = _return_of("annual_gross")
    annual_money_weighted = _return_of("annual_money_weighted")
    benchmark = _beside("benchmark")
    difference = _beside("difference")
    reason = serializers.CharField(source="line.reason")
    benchmark_reason = serializers.CharField(source="beside.benchmark.reason", default="")


class RiskFiguresOut(serializers.Serializer):  # type: ignore[type-arg]
    """Figures of risk; fractions but for ratios and beta, losses negative, null where `reasons` says why."""

    volatility = serializers.FloatField(allow_null=True)
    downside = serializers.FloatField(allow_null=True)
    sharpe = serializers.FloatField(allow_null=True)
    sortino = serializers.FloatField(allow_null=True)
    max_drawdown = serializers.FloatField(allow_null=True)
    var = serializers.FloatField(allow_null=True)
    cvar = serializers.FloatField(allow_null=True)
    beta = serializers.FloatField(allow_null=True)
    alpha = serializers.FloatField(allow_null=True)
    tracking_error = serializers.FloatField(allow_null=True)
    information_ratio = serializers.FloatField(allow_null=True)


class RiskOut(serializers.Serializer):  # type: ignore[type-arg]
    """The risk of a period, from returns net of fees; volatility and what rests on it are of a year."""

    period = serializers.CharField(source="column.span")
    first_day = serializers.DateField(source="column.first_day")
    observations = serializers.IntegerField(source="n_observations")
    figures = RiskFiguresOut(source="values")
    drawdown_peak = serializers.DateField(source="column.fall.peak", default=None, allow_null=True)
    drawdown_trough = serializers.DateField(source="column.fall.trough", default=None, allow_null=True)
    drawdown_recovered = serializers.DateField(source="column.fall.recovered", default=None, allow_null=True)
    reasons = serializers.DictField(child=serializers.CharField())


class BenchmarkChoiceOut(serializers.Serializer):  # type: ignore[type-arg]
    """A benchmark over some days, and why it counts."""

    benchmark_id = serializers.UUIDField(source="benchmark.public_id")
    name = serializers.CharField(source="benchmark.name")
    first_day = serializers.DateField(source="span.first")
    last_day = serializers.DateField(source="span.last")
    reason = serializers.CharField(help_text="own, model, household or household_model")
    model_id = serializers.UUIDField(source="version.model.public_id", default=None, allow_null=True)
    model_version = serializers.IntegerField(source="version.number", default=None, allow_null=True)


class PerformanceOut(SparseMixin):
    """Returns up to a day, of a household's managed accounts together or of one account."""

    as_of = serializers.DateField(source="sheet.as_of")
    known_at = serializers.DateTimeField(source="sheet.known_at", allow_null=True)
    currency = serializers.CharField(source="sheet.currency")
    inception = serializers.DateField(source="sheet.inception", allow_null=True)
    flow_timing = serializers.CharField(source="sheet.timing", help_text="When money in and out counts on its day.")
    benchmark = serializers.CharField(help_text="The benchmark's name, empty where none is chosen.")
    benchmark_choices = BenchmarkChoiceOut(many=True)
    periods = PeriodOut(many=True)
    risk_counted_in = serializers.CharField(source="frequency", help_text="daily or monthly")
    risk = RiskOut(many=True)
    unpriced = serializers.ListField(source="sheet.unpriced", child=serializers.CharField())
    simulated_from = serializers.DateField(source="sheet.simulation.simulated_from", default=None, allow_null=True)


class SleeveOut(serializers.Serializer):  # type: ignore[type-arg]
    """A sleeve: opening + moved + gain = closing. Rates are fractions; null is not computable or has no target."""

    key = serializers.CharField(help_text="An asset class; fees, rest or total.")
    name = serializers.CharField(source="label")
    target = serializers.DecimalField(max_digits=7, decimal_places=6, allow_null=True)
    share = serializers.FloatField(allow_null=True)
    opening = serializers.DecimalField(max_digits=24, decimal_places=2)
    moved = serializers.DecimalField(max_digits=24, decimal_places=2)
    gain = serializers.DecimalField(max_digits=24, decimal_places=2)
    closing = serializers.DecimalField(max_digits=24, decimal_places=2)
    returned = serializers.FloatField(source="returned.value", allow_null=True, help_text="Before the advisory fee.")
    contribution = serializers.FloatField(help_text="All but the total sum to the return net of fees.")
    days_not_linked = serializers.IntegerField(source="unlinked")


class SleevesOut(SparseMixin):
    """What each sleeve of a portfolio earned over a period, and what it added to the whole."""

    as_of = serializers.DateField(source="sheet.as_of")
    known_at = serializers.DateTimeField(source="sheet.known_at", allow_null=True)
    currency = serializers.CharField(source="sheet.currency")
    period = serializers.CharField(source="line.span", default=None, allow_null=True)
    first_day = serializers.DateField(source="line.first_day", default=None, allow_null=True)
    models = serializers.ListField(
        source="versions", child=serializers.CharField(), help_text="Models and versions whose sleeves they are."
    )
    sleeves = SleeveOut(source="lines", many=True)
    total = SleeveOut(allow_null=True)
    reason = serializers.CharField()


class EffectOut(serializers.Serializer):  # type: ignore[type-arg]
    """An effect: in money, and as part of the return net of fees."""

    amount = serializers.DecimalField(max_digits=24, decimal_places=2)
    rate = serializers.FloatField()


class HoldingEffectsOut(serializers.Serializer):  # type: ignore[type-arg]
    """What made the gain of a holding; effects that there were none of are null."""

    key = serializers.CharField(help_text="An asset class, a security's id, balance, fees, rest or total.")
    name = serializers.CharField(source="label")
    capital = EffectOut(source="parts.capital", default=None, allow_null=True)
    income = EffectOut(source="parts.income", default=None, allow_null=True)
    currency = EffectOut(source="parts.currency", default=None, allow_null=True)
    charges = EffectOut(source="parts.charges", default=None, allow_null=True)
    total = EffectOut()


class ClassEffectsOut(HoldingEffectsOut):
    """What made the gain of an asset class, or was charged."""

    holdings = HoldingEffectsOut(many=True)


class EffectsOut(SparseMixin):
    """Capital, income, currency and fees of a period: amounts sum to the gain, rates to the return net of fees."""

    as_of = serializers.DateField(source="sheet.as_of")
    known_at = serializers.DateTimeField(source="sheet.known_at", allow_null=True)
    currency = serializers.CharField(source="sheet.currency")
    period = serializers.CharField(source="line.span", default=None, allow_null=True)
    first_day = serializers.DateField(source="line.first_day", default=None, allow_null=True)
    classes = ClassEffectsOut(source="rows", many=True)
    total = HoldingEffectsOut(allow_null=True)
    reason = serializers.CharField()


class BenchmarkPartOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    """A part; `weight` is a fraction of the whole."""

    symbol = serializers.CharField(help_text="The symbol of a security or the key of a series.")
    name = serializers.CharField()

    class Meta:
        model = BenchmarkPart
        fields = ("symbol", "name", "weight")


class BenchmarkVersionOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    """The parts from a day on."""

    parts = BenchmarkPartOut(many=True)

    class Meta:
        model = BenchmarkVersion
        fields = ("starts_on", "rebalanced", "parts")


class BenchmarkOut(SparseMixin, serializers.ModelSerializer):  # type: ignore[type-arg]
    """A benchmark with its dated parts, the newest first."""

    id = serializers.UUIDField(source="public_id")
    versions = BenchmarkVersionOut(many=True)

    class Meta:
        model = Benchmark
        fields = ("id", "name", "description", "currency", "is_active", "versions", "created_at", "updated_at")
