"""Mixes of a plan side by side, as pages and partners read them; and the one that the plan is computed with."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.plans.engine.mixes import GoalMix, Mix, MixKind, Weights
from apps.plans.models import Plan
from apps.plans.selectors.assumptions import asset_names, assumption_set
from apps.plans.selectors.figures import Figure
from apps.plans.selectors.overview_builders import Found

NAMES: dict[MixKind, str | Promise] = {
    MixKind.PRESENT: gettext_lazy("Held today"),
    MixKind.RECOMMENDED: gettext_lazy("Recommended"),
    MixKind.ROBUST: gettext_lazy("Robust"),
    MixKind.LEAST_TAIL: gettext_lazy("Mildest bad years"),
    MixKind.RISK_PARITY: gettext_lazy("Equal risks"),
    MixKind.LEAST_VARIANCE: gettext_lazy("Least swing"),
}
_RULES: dict[MixKind, str | Promise] = {
    MixKind.PRESENT: gettext_lazy("What the invested accounts hold together."),
    MixKind.RECOMMENDED: gettext_lazy("The highest expected return that the client's risk limit allows."),
    MixKind.ROBUST: gettext_lazy(
        "The same limit, but the returns are doubted: the average of what would be best if they were somewhat other."
    ),
    MixKind.LEAST_TAIL: gettext_lazy(
        "The least loss in the worst years for the return of today's mix, or of the robust one where that is lower."
    ),
    MixKind.RISK_PARITY: gettext_lazy("Each class that swings carries the same part of the risk; cash is ballast."),
    MixKind.LEAST_VARIANCE: gettext_lazy("The least that the plan's money can swing, whatever it earns."),
}


@dataclass(frozen=True, slots=True)
class MixLine:
    """One mix: its rule, its weight of each class by name, and what a year of it is expected to be."""

    kind: str
    name: str
    rule: str
    weights: tuple[tuple[str, Figure], ...]
    expected_return: Figure
    volatility: Figure
    worst_years: Figure
    equity: Figure
    keeps_limit: bool
    is_counted_on: bool

    @property
    def may_be_chosen(self) -> bool:
        """Whether the limit lets it be; to go back to what is held is always possible."""
        return self.keeps_limit or self.kind == MixKind.PRESENT


@dataclass(frozen=True, slots=True)
class GoalMixLine:
    """One goal: its chance now, and with the mix within the limit that serves it best; `is_apart`: beyond the noise."""

    name: str
    now: Figure
    best: Figure
    gain: Figure
    error: Figure
    volatility: Figure
    equity: Figure
    is_apart: bool


@dataclass(frozen=True, slots=True)
class MixPart:
    """All mixes of a result, the limits they keep, the goals, and the frontier as (volatility, expected return)."""

    classes: tuple[tuple[str, str], ...]
    lines: tuple[MixLine, ...]
    goals: tuple[GoalMixLine, ...]
    volatility_limit: Figure
    equity_limit: Figure
    confidence: float
    frontier: tuple[tuple[float, float], ...]


def chosen_weights(plan: Plan) -> Weights | None:
    """Return the weights that the plan is computed with; None where it is what the accounts hold."""
    return (
        None if plan.chosen_mix is None else tuple((key, float(weight)) for key, weight in plan.chosen_mix["weights"])
    )


def mix_taken_over(source: Plan, plan: Plan) -> dict[str, object] | None:
    """Return the choice of an older version as far as the newer one's assumptions know its classes."""
    weights, known = chosen_weights(source), set(assumption_set(plan.assumptions).asset_keys)
    return source.chosen_mix if weights is not None and {key for key, _ in weights} <= known else None


def mix_part(found: Found) -> MixPart | None:
    """Return the mixes of a result; None where there is no risk limit, or an older engine knew none."""
    table, limit = found.result.mixes, found.question.policy.risk_limit
    if table is None or limit is None:
        return None
    names = asset_names(found.plan.assumptions)
    held = {key for mix in table.mixes for key, _ in mix.weights}
    classes = tuple((key, names.get(key, key)) for key in found.question.inputs.assumptions.asset_keys if key in held)
    chosen = found.question.chosen
    counted_on = chosen.kind if chosen is not None else MixKind.PRESENT
    return MixPart(
        classes=classes,
        lines=tuple(_line(mix, classes, is_counted_on=mix.kind == counted_on) for mix in table.mixes),
        goals=tuple(_goal(found, goal) for goal in table.goals),
        volatility_limit=_share(limit.max_volatility, "mix_limit:volatility", _("Swing the risk level allows")),
        equity_limit=_share(limit.max_equity_share, "mix_limit:equity", _("Equities the risk level allows")),
        confidence=table.confidence,
        frontier=tuple((point.volatility, point.expected_return) for point in table.frontier),
    )


def _share(value: float | None, key: str, label: str) -> Figure:
    return Figure(value, "percent", key, label)


def _line(mix: Mix, classes: tuple[tuple[str, str], ...], *, is_counted_on: bool) -> MixLine:
    held, name, kind = dict(mix.weights), str(NAMES[mix.kind]), str(mix.kind)

    def told(value: float, key: str, label: str) -> Figure:
        return _share(value, f"{key}:{kind}", f"{name}: {label}")

    return MixLine(
        kind=kind,
        name=name,
        rule=str(_RULES[mix.kind]),
        weights=tuple((label, told(held.get(key, 0.0), f"mix_weight:{key}", label)) for key, label in classes),
        expected_return=told(mix.expected_return, "mix_return", _("expected return a year")),
        volatility=told(mix.volatility, "mix_volatility", _("swing in an ordinary year")),
        worst_years=told(mix.worst_years, "mix_worst", _("average of the worst years")),
        equity=told(mix.equity_share, "mix_equity", _("equities")),
        keeps_limit=mix.keeps_limit,
        is_counted_on=is_counted_on,
    )


def _goal(found: Found, goal: GoalMix) -> GoalMixLine:
    equities = {asset.key for asset in found.question.inputs.assumptions.assets if asset.is_equity}
    name, gain = found.run.names.get(goal.key, goal.key), goal.gain
    return GoalMixLine(
        name=name,
        now=_share(goal.success_now.value, f"mix_goal:{goal.key}:now", name),
        best=_share(goal.success.value, f"mix_goal:{goal.key}:best", name),
        gain=Figure(gain.value, "points", f"mix_gain:{goal.key}", _("Gain in the chance, in points")),
        error=Figure(gain.standard_error, "points", f"mix_gain:{goal.key}:error", _("Standard error, in points"), "2"),
        volatility=_share(goal.volatility, f"mix_volatility:{goal.key}", _("Swing in an ordinary year")),
        equity=_share(
            sum(weight for key, weight in goal.weights if key in equities), f"mix_equity:{goal.key}", _("Equities")
        ),
        is_apart=gain.value > 2 * (gain.standard_error or 0.0),
    )
