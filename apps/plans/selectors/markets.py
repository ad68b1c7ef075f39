"""The markets of the firm's plans: what is chosen, what history there is, and how a plan fares under each."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from apps.plans.engine.assumptions import AssumptionSet
from apps.plans.engine.history import History
from apps.plans.engine.markets import LOG_NORMAL, MarketKind, MarketModel
from apps.plans.engine.results import MarketOutcome, TrailStep
from apps.plans.models import MarketChoice, MarketHistory, ProjectionRun
from apps.plans.selectors.figures import Figure
from apps.plans.selectors.run_values import RunInputs, RunResult, result_of

IF: dict[str, str | Promise] = {
    MarketKind.LOG_NORMAL: gettext_lazy("If months are like a bell curve"),
    MarketKind.FAT_TAILED: gettext_lazy("If markets have fat tails"),
    MarketKind.BOOTSTRAP: gettext_lazy("If blocks of history come in another order"),
    MarketKind.SEQUENCES: gettext_lazy("If history repeats"),
}


@dataclass(frozen=True, slots=True)
class HistoryFacts:
    """What history the firm has loaded."""

    source: str
    first: dt.date
    last: dt.date
    months: int
    loaded_on: dt.date


@dataclass(frozen=True, slots=True)
class MarketLine:
    """The plan's chance under other markets; of history as it went there is a count of stretches and no error."""

    kind: str
    label: str
    success: Figure
    error: Figure | None
    stretches: int | None


def market_choice() -> MarketChoice:
    """Return the firm's choice; the one that Steward begins with is not saved."""
    return MarketChoice.objects.order_by("-id").first() or MarketChoice()


def newest_history() -> MarketHistory | None:
    """Return the history loaded last."""
    return MarketHistory.objects.order_by("-id").first()


def history_facts() -> HistoryFacts | None:
    """Return what the newest history spans, None where none was loaded."""
    row = newest_history()
    if row is None:
        return None
    history = history_in(row)
    last = history.month(history.n_months - 1)
    return HistoryFacts(row.source, history.first_month, last, history.n_months, timezone.localdate(row.created_at))


def history_in(row: MarketHistory) -> History:
    """Return the engine's history of a row."""
    content = row.content
    rows = tuple(tuple(float(value) for value in month) for month in content["rows"])
    return History(dt.date.fromisoformat(content["first_month"]), tuple(content["keys"]), rows)


def history_named(digest: str) -> History | None:
    """Return the history that a result names, None where it names none or it is not there."""
    row = MarketHistory.objects.filter(digest=digest).first() if digest else None
    return None if row is None else history_in(row)


def chosen_market() -> MarketModel:
    """Return the market model of plans from now on."""
    choice, history = market_choice(), newest_history()
    if choice.kind == MarketKind.BOOTSTRAP and history is not None:
        return MarketModel(MarketKind.BOOTSTRAP, history.digest, choice.mean_block, choice.is_recentred)
    return LOG_NORMAL if choice.kind != MarketKind.FAT_TAILED else MarketModel(MarketKind.FAT_TAILED)


def can_draw(assumptions: AssumptionSet, model: MarketModel) -> bool:
    """Say whether there is what a model draws from: the tails of the set, or months of each of its classes."""
    if model.kind is MarketKind.FAT_TAILED:
        return assumptions.degrees_of_freedom is not None
    if not model.history:
        return True
    row = MarketHistory.objects.filter(digest=model.history).first()
    return row is not None and set(assumptions.asset_keys) <= set(row.content["keys"])


def other_markets(assumptions: AssumptionSet, chosen: MarketModel) -> tuple[MarketModel, ...]:
    """Return the models to show beside the chosen one: those that the set and the firm's history allow."""
    choice, row = market_choice(), newest_history()
    found = [LOG_NORMAL, MarketModel(MarketKind.FAT_TAILED)]
    if row is not None:
        found.append(MarketModel(MarketKind.BOOTSTRAP, row.digest, choice.mean_block, choice.is_recentred))
        # what would have happened: history's own returns and prices
        found.append(MarketModel(MarketKind.SEQUENCES, row.digest, is_recentred=False))
    return tuple(model for model in found if model.kind is not chosen.kind and can_draw(assumptions, model))


def market_lines(result: RunResult) -> tuple[MarketLine, ...]:
    """Return how the plan fares under each other model; nothing of a result that did not ask."""
    lines = []
    for outcome in result.markets:
        label = str(IF[outcome.kind])
        key = f"market:{outcome.kind}"
        error = None
        if outcome.success.standard_error is not None:
            error = Figure(outcome.success.standard_error, "percent", f"{key}:error", gettext("Standard error"), "2")
        value = outcome.success.value if outcome.n_paths else None
        is_count = outcome.kind == MarketKind.SEQUENCES
        stretches = outcome.n_paths if is_count else None
        lines.append(MarketLine(outcome.kind, label, Figure(value, "percent", key, label), error, stretches))
    return tuple(lines)


def own_line(question: RunInputs, run: ProjectionRun, result: RunResult) -> MarketLine:
    """Return how the plan fares under its own model, with the figures that head its page."""
    kind, error = question.inputs.simulation.market.kind, result.projection.success.standard_error
    return MarketLine(
        kind=str(kind),
        label=str(IF[kind]),
        success=Figure(run.success, "percent", "success", gettext("Chance of success")),
        error=None if error is None else Figure(error, "percent", "success_error", gettext("Standard error"), "2"),
        stretches=None,
    )


def market_since(question: RunInputs) -> str:
    """Return the markets that the firm chose since a run was made, in words; empty where the run has them."""
    now = chosen_market()
    return "" if now == question.inputs.simulation.market else str(_NAMES[now.kind])


def trail_under(question: RunInputs, result: RunResult, kind: str) -> tuple[TrailStep, ...]:
    """Return the steps of a result with the scenarios of another model, and their counting, in place of its own."""
    trail = result.projection.trail
    model = next((each for each in question.other_markets if each.kind == kind), None)
    outcome = next((each for each in result.markets if each.kind == kind), None)
    if model is None or outcome is None:
        return trail
    return tuple(_step_under(step, model, outcome, question.inputs.simulation.seed) for step in trail)


def _step_under(step: TrailStep, model: MarketModel, outcome: MarketOutcome, seed: int) -> TrailStep:
    """Sequences throw no dice and are counted without an error: they have no seed and no scrambles."""
    stretches, batches = (("stretches", str(outcome.n_paths)),), str(outcome.success.n_batches)
    if step.step == "scenarios":
        drawn = (("seed", str(seed)), ("paths", str(outcome.n_paths)), ("scrambles", batches))
        told = stretches if model.kind is MarketKind.SEQUENCES else drawn
        return TrailStep(step.step, (*model.facts(), *told), model.source)
    if step.step == "success" and model.kind is MarketKind.SEQUENCES:
        return TrailStep(step.step, stretches, "share of complete stretches that meet every essential demand")
    return replace(step, facts=(("batches", batches),)) if step.step == "success" else step


def markets_under(question: RunInputs, run: ProjectionRun) -> tuple[MarketLine | None, tuple[MarketLine, ...]]:
    """Return how a plan, as it stands, fares under the model that its run is counted on, and under the others."""
    result = result_of(run)
    return (None, ()) if result is None else (own_line(question, run, result), market_lines(result))


_NAMES: dict[str, str | Promise] = {
    MarketKind.LOG_NORMAL: gettext_lazy("by formula: months like a bell curve"),
    MarketKind.FAT_TAILED: gettext_lazy("by formula: months with fat tails"),
    MarketKind.BOOTSTRAP: gettext_lazy("out of blocks of real history in another order"),
}
