"""What was accepted or adjusted of a result, all of it at once, as people read it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from apps.core.models import JobState
from apps.plans import policies
from apps.plans.models import ProjectionRun, Recommendation
from apps.plans.selectors.figures import Figure, Sentence, money_figure
from apps.plans.selectors.overview_parts import EffectLine, RecommendationLine


class Together(StrEnum):
    """How far the measure of what was taken is. `older`: the result kept too little for it; `refused`: the plan cannot
    take all of it at once; `unchanged`: nothing that was taken changes what the plan counts.
    """

    MEASURING = "measuring"
    FAILED = "failed"
    MEASURED = "measured"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    OLDER = "older"


@dataclass(frozen=True, slots=True)
class OverlapLine:
    """Two pieces of advice that change the same: what the later one says is counted."""

    earlier: uuid.UUID
    later: uuid.UUID
    earlier_title: Sentence
    later_title: Sentence


@dataclass(frozen=True, slots=True)
class TogetherPart:
    """The measure of `count` pieces of advice; `over_limits` names accounts into which they pay more than the law
    allows. Without a measure `effect` is None and `state` says why.
    """

    state: str
    count: int
    effect: EffectLine | None
    overlaps: tuple[OverlapLine, ...]
    over_limits: tuple[str, ...]


def together_part(
    run: ProjectionRun, rows: Sequence[Recommendation], lines: Sequence[RecommendationLine], currency: str
) -> TogetherPart | None:
    """Return what all that was taken does together; None where nothing was."""
    count = len(policies.agreed_on(rows))
    if not count:
        return None
    state, told = _state(run, rows), run.accepted_together or {}
    if state != Together.MEASURED:
        return TogetherPart(state, count, None, (), ())
    by_key = {line.key: line for line in lines}
    return TogetherPart(
        state=state,
        count=count,
        effect=_effect(told["effect"], currency),
        overlaps=tuple(_overlap(by_key[earlier], by_key[later]) for earlier, later in told.get("overlaps", ())),
        over_limits=tuple(str(run.names.get(key, key)) for key in told.get("over_limits", ())),
    )


def _state(run: ProjectionRun, rows: Sequence[Recommendation]) -> str:
    if run.accepted_together is None:
        return Together.OLDER
    if policies.is_told_together(run, rows):
        return str(run.accepted_together["state"])
    has_failed = run.together_job is not None and run.together_job.state == JobState.FAILED
    return Together.FAILED if has_failed else Together.MEASURING


def _overlap(earlier: RecommendationLine, later: RecommendationLine) -> OverlapLine:
    return OverlapLine(earlier.public_id, later.public_id, earlier.title, later.title)


def _effect(effect: Mapping[str, Any], currency: str) -> EffectLine:
    def share(name: str, label: str, kind: str = "percent", style: str = "") -> Figure:
        return Figure(effect[name], kind, f"together:{name}", label, style)

    return EffectLine(
        success_before=share("success_before", _("Chance of success as it stands")),
        success_after=share("success_after", _("Chance of success with all that was accepted")),
        change=share("delta_success", _("Change of the chance of success, in points"), "points"),
        change_error=share("delta_standard_error", _("Standard error of the change, in points"), "points", "2"),
        wealth=money_figure(
            effect["delta_median_terminal_real"], currency, "together:wealth", _("Change of what is left")
        ),
    )
