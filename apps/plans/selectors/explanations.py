"""A plan in plain words: what can be said of it, by which names figures are cited, and the text that is shown."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext

from apps.core.actors import Actor
from apps.plans.engine.told_plans import Place, pieces
from apps.plans.models import AskedState, Plan, PlanExplanation, Tongue
from apps.plans.ports import ModelInUse, language_model
from apps.plans.selectors.figures import Figure, Sentence
from apps.plans.selectors.overview_parts import GoalLine
from apps.plans.selectors.overviews import PlanOverview, plan_overview, run_shown

# what a figure is, as a language model reads it: never its value
_MEANINGS = {
    "chance": "chance that the plan pays for everything essential, in per cent",
    "target": "chance aimed for, in per cent",
    "left_middle": "money left at the end in the middle future, in money of today",
    "left_poor": "money left at the end that nine futures of ten exceed, in money of today",
    "saved_now": "share of salaries saved today, in per cent",
    "saved_needed": "share of salaries that would have to be saved to reach the target, in per cent",
    "saved_extra": "money to be saved a month beyond what is saved today",
    "chance_lifetimes": "chance of success if lives last as the life table expects, in per cent",
}
_LETTERS = string.ascii_lowercase


@dataclass(frozen=True, slots=True)
class Citable:
    """What a text about a plan may cite, and the facts that hold no number and no name."""

    figures: Mapping[str, Figure]
    names: Mapping[str, str]
    facts: Mapping[str, Any]

    @property
    def values(self) -> dict[str, float]:
        """The figures' numbers by the names they are cited by."""
        return {name: number for name, figure in self.figures.items() if (number := figure.number) is not None}


@dataclass(frozen=True, slots=True)
class ExplanationPage:
    """The plan in plain words: paragraphs, whose words they are, and what was asked."""

    paragraphs: tuple[Sentence, ...]
    told_by: PlanExplanation | None
    asked: PlanExplanation | None
    model: ModelInUse | None


def spoken_language() -> Tongue:
    """Return the reader's language, as far as texts are written in it."""
    return Tongue.PORTUGUESE if (get_language() or "").startswith("pt") else Tongue.ENGLISH


def explanation_page(plan: Plan, actor: Actor) -> ExplanationPage | None:
    """Return the shown result in plain words: a language model's where one was asked, else our own; None before it."""
    run = run_shown(plan)
    overview = plan_overview(plan.household, actor, plan)
    if run is None or overview is None:
        return None
    can = citable(overview)
    rows = PlanExplanation.objects.visible_to(actor).filter(run=run, language=spoken_language()).select_related("job")
    asked = rows.order_by("-id").first()
    told_by = rows.filter(state=AskedState.ANSWERED).order_by("-id").first()
    text = told_by.text if told_by is not None else own_text(overview, can)
    paragraphs = tuple(_filled(part, can) for part in text.split("\n") if part.strip())
    return ExplanationPage(paragraphs, told_by, asked, language_model().in_use())


def citable(overview: PlanOverview) -> Citable:
    """Return what may be cited of a result, with the facts in words."""
    figures = {
        "chance": overview.success,
        "target": overview.target,
        "left_middle": overview.wealth_at_end,
        "left_poor": overview.wealth_at_end_poor,
    }
    if overview.savings is not None:
        figures |= {"saved_now": overview.savings.rate_now, "saved_needed": overview.savings.rate_needed}
        figures["saved_extra"] = overview.savings.monthly_extra
    if overview.lifetimes is not None:
        figures["chance_lifetimes"] = overview.lifetimes.success
    meanings = {name: _MEANINGS[name] for name, figure in figures.items() if figure.value is not None}
    names, goals = {}, []
    for letter, goal in zip(_LETTERS, overview.goals, strict=False):
        key = f"goal_{letter}"
        names[key] = goal.name
        figures |= _goal_figures(key, goal)
        goals.append(
            {
                "name": f"{{name:{key}}}",
                "kind": goal.kind,
                "its chance": f"{{figure:{key}_chance}}",
                "its cost a year": f"{{figure:{key}_amount}}",
                "its first year": f"{{figure:{key}_year}}",
                "reaches target": goal.met,
            }
        )
    facts = {
        "figures": {f"{{figure:{name}}}": meaning for name, meaning in meanings.items()},
        "goals": goals,
        "the plan's chance reaches its target": _reaches(overview),
        "saving": overview.savings.outcome if overview.savings is not None else "nobody earns a salary",
        "advice, most useful first": [line.kind for line in overview.recommendations[:5]],
    }
    return Citable({name: figure for name, figure in figures.items() if figure.value is not None}, names, facts)


def _goal_figures(key: str, goal: GoalLine) -> dict[str, Figure]:
    return {f"{key}_chance": goal.success, f"{key}_amount": goal.amount, f"{key}_year": goal.start}


def _reaches(overview: PlanOverview) -> bool:
    return (overview.success.number or 0.0) >= (overview.target.number or 0.0)


def own_text(overview: PlanOverview, can: Citable) -> str:
    """Return our own text, a paragraph a line, with figures cited by name."""
    chance = (
        gettext("In {figure:chance} of the futures that were tried, the plan pays for everything it must. It aims for "
                "{figure:target}, so it is where it should be.")
        if _reaches(overview)
        else gettext("In {figure:chance} of the futures that were tried, the plan pays for everything it must. It aims "
                     "for {figure:target}, so something has to change.")
    )  # fmt: skip
    told = [chance]
    if {"left_middle", "left_poor"} <= set(can.figures):
        told.append(
            gettext(
                "In the middle future {figure:left_middle} are left at the end; in a poor one, {figure:left_poor} or "
                "less. Both are in money of today."
            )
        )
    told += [_goal_told(key) for key in can.names if f"{key}_chance" in can.figures]
    if overview.savings is not None and overview.savings.outcome == "reached":
        told.append(
            gettext(
                "Saving {figure:saved_extra} more a month, {figure:saved_needed} of salaries instead of "
                "{figure:saved_now}, brings it to its target."
            )
        )
    return "\n".join(told)


def _goal_told(key: str) -> str:
    told = gettext("{name:goal} is met in {figure:goal_chance} of the futures.")
    return told.replace("{name:goal}", f"{{name:{key}}}").replace("{figure:goal_chance}", f"{{figure:{key}_chance}}")


def _filled(text: str, can: Citable) -> Sentence:
    """Return a paragraph with its places filled; what cannot be cited any more is told as missing."""
    return tuple(part if isinstance(part, str) else _value(part, can) for part in pieces(text.strip()))


def _value(place: Place, can: Citable) -> str | Figure:
    return can.figures.get(place.name, "–") if place.is_figure else can.names.get(place.name, "–")
