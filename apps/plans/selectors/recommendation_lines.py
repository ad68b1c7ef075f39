"""Advice as people read it: the engine's texts translated, with the advisor's decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.core.templatetags import formats
from apps.plans import policies
from apps.plans.models import Decision, ProjectionRun, Recommendation
from apps.plans.selectors.figures import Figure, Wording, money_figure, sentence
from apps.plans.selectors.levers import LEVERS, Lever
from apps.plans.selectors.overview_parts import EffectLine, LeverLine, RecommendationLine

CONFIDENCE = {"high": _("High confidence"), "medium": _("Medium confidence"), "low": _("Low confidence")}
DIFFICULTY = {"easy": _("Easy"), "medium": _("Some effort"), "hard": _("Hard")}
TIMEFRAME = {"now": _("Now"), "this_year": _("This year"), "long_term": _("In the long run")}
# the key under which an adjustment's effect carries what it is worth for its effort
WORTH = "worth"
# advice that the limit of the risk profile demands
OWED = frozenset({"reduce_risk"})
TONES = {Decision.OPEN: "warn", Decision.ACCEPTED: "good", Decision.ADJUSTED: "note", Decision.DECLINED: ""}


def lines_of(run: ProjectionRun, rows: Sequence[Recommendation], currency: str) -> tuple[RecommendationLine, ...]:
    """Return the advice of a run (its rows) in order of effect."""
    each = policies.alternatives(rows, run.plan.target_success)
    taken = {row.pk for row in each if row.decision in policies.TAKEN}
    return tuple(
        replace(
            line_of(row, run, currency),
            is_alternative=row in each,
            is_taken_elsewhere=row in each and bool(taken - {row.pk}),
        )
        for row in rows
    )


def line_of(row: Recommendation, run: ProjectionRun, currency: str) -> RecommendationLine:
    """Return one piece of advice."""
    proposal: Mapping[str, Any] = row.proposal
    lever = LEVERS.get(row.kind)
    wording = Wording(currency, run.names, f"advice:{row.key}")
    instead = {lever.place: row.adjusted_value} if lever and lever.place and row.adjusted_value is not None else {}
    effect = row.adjusted_effect if row.decision == Decision.ADJUSTED else proposal["effect"]
    return RecommendationLine(
        public_id=row.public_id,
        key=row.key,
        kind=row.kind,
        title=sentence(proposal["title"], wording, instead),
        why=sentence(proposal["reason"], wording),
        actions=tuple(sentence(action, wording) for action in proposal["actions"]),
        effect=_effect(effect, row.key, currency) if effect else None,
        confidence=proposal["confidence"],
        confidence_label=str(CONFIDENCE[proposal["confidence"]]),
        difficulty=proposal["difficulty"],
        difficulty_label=str(DIFFICULTY[proposal["difficulty"]]),
        timeframe=proposal["timeframe"],
        timeframe_label=str(TIMEFRAME[proposal["timeframe"]]),
        decision=row.decision,
        decision_label=str(Decision(row.decision).label),
        decision_tone=TONES[Decision(row.decision)],
        decision_reason=row.reason,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        lever=LeverLine(str(lever.label), _lever_value(row, lever), lever.unit) if lever else None,
        waits_for_effect=row.waits_for_effect,
        worth=_worth(row),
        is_owed=row.key in OWED,
    )


def _worth(row: Recommendation) -> Figure | None:
    """Return the effect for the effort; None where nothing measured it, or an older engine did not say."""
    told = (row.adjusted_effect or {}) if row.decision == Decision.ADJUSTED else row.proposal
    value = told.get(WORTH)
    label = str(_("Gain for the effort"))
    return None if value is None else Figure(value, "count", f"advice:{row.key}:{WORTH}", label, "1")


def _lever_value(row: Recommendation, lever: Lever) -> Decimal:
    """Return what stands in the form: the changed value, else the proposed one."""
    if row.adjusted_value is not None:
        return row.adjusted_value
    value = formats.decimal_of(dict(row.proposal["facts"])[lever.fact])
    return formats.rounded(value, 3 if lever.unit == "percent" else 0)


def _effect(effect: Mapping[str, Any], key: str, currency: str) -> EffectLine:
    def share(name: str, label: Any, kind: str = "percent", style: str = "") -> Figure:
        return Figure(effect[name], kind, f"advice:{key}:{name}", str(label), style)

    return EffectLine(
        success_before=share("success_before", _("Chance of success as it stands")),
        success_after=share("success_after", _("Chance of success with it")),
        change=share("delta_success", _("Change of the chance of success, in points"), "points"),
        change_error=share("delta_standard_error", _("Standard error of the change, in points"), "points", "2"),
        wealth=money_figure(
            effect["delta_median_terminal_real"], currency, f"advice:{key}:wealth", str(_("Change of what is left"))
        ),
    )
