"""One plan of a night: today's facts against what was accepted. Loaded with the engine, where a job computes."""

from __future__ import annotations

from decimal import Decimal
from math import hypot
from typing import Any

import structlog
from django.utils.translation import gettext

from apps.core.errors import shown
from apps.kernel.errors import DomainError
from apps.money.selectors.facts import HouseholdFacts
from apps.plans.engine.changes import Attribution, moved_on
from apps.plans.engine.digest import input_digest, plain
from apps.plans.engine.guardrails import Corridor, wealth_of
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.results import ENGINE_VERSION
from apps.plans.models import AlertKind, MonitoringRules, PlanMonitor, ProjectionRun
from apps.plans.selectors._mapping import shown_money
from apps.plans.selectors.run_values import RunInputs, inputs_of
from apps.plans.services._findings import Finding, Tonight
from apps.plans.services._mapping import QUICK_PATHS, number, proportion
from apps.plans.services._measuring import (
    Baseline,
    Look,
    SecondLook,
    baseline_of,
    bounds_of,
    carried_over,
    look_at,
)
from apps.plans.services._questions import Basis, asked_of, facts_for

log = structlog.get_logger(__name__)
# an alert of a guardrail is over when wealth is so far on the right side of it again
BACK_BY = Decimal("0.02")


def look_into(found: Finding, facts: HouseholdFacts, tonight: Tonight) -> Finding:
    """Measure a plan; what fails in it is told of it and keeps no other back."""
    try:
        _measure(found, facts, tonight)
    except DomainError as refused:
        found.problem = shown(refused).sentence
    except Exception:
        log.exception("plans.not_measured", plan=str(found.plan.public_id))
        found.problem = gettext("The engine could not compute it. Steward's operators see why in their log.")
    if found.problem:
        found.measured, found.over = {}, set()
        found.alerts = {} if AlertKind.UNMEASURED in found.holding else {AlertKind.UNMEASURED: {"told": found.problem}}
    return found


def _measure(found: Finding, facts: HouseholdFacts, tonight: Tonight) -> None:
    plan, monitor, run = found.plan, found.monitor, found.plan.published_run
    if run is None:
        raise ValueError("a plan in force has the result that was given to the client")
    accepted = inputs_of(run)
    is_new_build = monitor.engine_version != ENGINE_VERSION
    if is_new_build:
        _begin(monitor, accepted, tonight.rules)
    basis = Basis(
        tonight.assumptions, tonight.tax_table, accepted.inputs.start_date, None, accepted.inputs.simulation.market
    )
    today = asked_of(plan, facts_for(plan, facts), basis).question.inputs
    today = moved_on(today, max(tonight.day.replace(day=1), today.start_date))
    look = look_at(today, bytes(monitor.outcomes))
    if is_new_build and found.holding - {AlertKind.UNMEASURED}:
        # what was told by an older build is not told again by a newer one
        monitor.reference, monitor.outcomes = _kept(monitor.reference + proportion(look.change.value)), look.outcomes
        look = look_at(today, look.outcomes)
    wealth = shown_money(wealth_of(today), facts.currency).amount
    monitor.change, monitor.distance = proportion(look.change.value), _distance(monitor, wealth)
    found.over.add(AlertKind.UNMEASURED)
    error = hypot(number(monitor.reference_error), look.change.standard_error or 0.0)
    found.measured = {
        # what all futures said of the level last told, and what the first ones say changed since
        "success": _kept(monitor.reference + monitor.change),
        "standard_error": proportion(error),
        "n_paths": QUICK_PATHS,
        "wealth": wealth,
        "input_digest": input_digest(today),
    }
    rail = _rail(found, wealth)
    if rail or look.may_have_moved(number(tonight.rules.drift)):
        _look_again(found, (accepted, today), look, rail, number(tonight.rules.drift))


def _kept(chance: Decimal) -> Decimal:
    return min(Decimal(1), max(Decimal(0), chance))


def _begin(monitor: PlanMonitor, accepted: RunInputs, rules: MonitoringRules) -> None:
    """Measure what was accepted; it is what the next nights are compared with.

    After a new build the first futures say by how much it moves; all of them are asked when the night is over
    (`settling`).
    """

    def money(value: float | None) -> Decimal | None:
        return None if value is None else shown_money(value, accepted.inputs.currency).amount

    monitor.engine_version = ENGINE_VERSION
    # only what was never told since stands where it was accepted, and can be carried over with it
    if monitor.accepted_outcomes and bytes(monitor.accepted_outcomes) == bytes(monitor.outcomes):
        _carry_over(monitor, accepted)
        return
    _stand_on(monitor, baseline_of(accepted))
    if monitor.pk:
        # a new build measures what was accepted again; the amounts that clients were given stay
        return
    bounds = bounds_of(accepted, Corridor(number(rules.lower), number(rules.upper), accepted.policy.target))
    rails = bounds.guardrails
    monitor.accepted_spending = money(bounds.spending)
    monitor.below, monitor.spending_below = money(rails.below), money(rails.spending_below)
    monitor.above, monitor.spending_above = money(rails.above), money(rails.spending_above)


def _carry_over(monitor: PlanMonitor, accepted: RunInputs) -> None:
    look = carried_over(accepted.inputs, bytes(monitor.outcomes))
    monitor.reference = _kept(monitor.reference + proportion(look.change.value))
    monitor.reference_error = proportion(hypot(number(monitor.reference_error), look.change.standard_error or 0.0))
    monitor.outcomes = monitor.accepted_outcomes = look.outcomes


def _stand_on(monitor: PlanMonitor, base: Baseline) -> None:
    """Let a plan stand where it was accepted, on all futures and by this build."""
    monitor.accepted_by = ENGINE_VERSION
    monitor.accepted_success = monitor.reference = proportion(base.success.value)
    monitor.reference_error = proportion(base.success.standard_error or 0.0)
    monitor.outcomes = monitor.accepted_outcomes = base.outcomes


def accepted_again(run: ProjectionRun) -> Baseline:
    """Measure on all futures what was accepted with a run."""
    return baseline_of(inputs_of(run))


def settle(monitor: PlanMonitor, base: Baseline) -> bool:
    """Take what all futures say of what was accepted, if that is still asked for; what was told since stays told."""
    if monitor.engine_version != ENGINE_VERSION or monitor.accepted_by == ENGINE_VERSION:
        return False
    told = None
    if bytes(monitor.accepted_outcomes) != bytes(monitor.outcomes):
        told = monitor.reference, monitor.reference_error, monitor.outcomes
    _stand_on(monitor, base)
    if told is not None:
        monitor.reference, monitor.reference_error, monitor.outcomes = told
    return True


def _distance(monitor: PlanMonitor, wealth: Decimal) -> Decimal | None:
    """How far wealth is from the nearest guardrail, as a part of it: what is nearest is measured first."""
    parts = [abs(wealth - rail) / rail for rail in (monitor.below, monitor.above) if rail]
    return min(*parts, Decimal(999)).quantize(Decimal("0.000001")) if parts else None


def _rail(found: Finding, wealth: Decimal) -> str:
    """Return the guardrail that was reached and not told; note those that wealth is well within again."""
    below, above = found.monitor.below, found.monitor.above
    if below is None or wealth > below * (1 + BACK_BY):
        found.over.add(AlertKind.BELOW)
    if above is None or wealth < above * (1 - BACK_BY):
        found.over.add(AlertKind.ABOVE)
    reached = ""
    if below is not None and wealth <= below:
        reached = AlertKind.BELOW
    elif above is not None and wealth >= above:
        reached = AlertKind.ABOVE
    return "" if reached in found.holding else reached


def _look_again(
    found: Finding, both: tuple[RunInputs, ProjectionInputs], look: Look, rail: str, threshold: float
) -> None:
    """Live through all futures; what passes the firm's threshold and the noise, or a guardrail, is told."""
    (accepted, today), monitor = both, found.monitor
    again = SecondLook(accepted, today)
    found.measured |= {
        "success": proportion(again.success.value),
        "standard_error": proportion(again.success.standard_error or 0.0),
        "n_paths": accepted.inputs.simulation.n_paths,
    }
    drifted = abs(again.success.value - number(monitor.reference)) > max(threshold, look.noise())
    if not drifted and not rail:
        return
    monitor.reference, monitor.outcomes = found.measured["success"], look.outcomes
    monitor.reference_error, monitor.change = found.measured["standard_error"], Decimal(0)
    if drifted:
        # an older drift is told anew or, back where it was accepted, over
        found.over.add(AlertKind.DRIFT)
    if rail or abs(again.change().value) > threshold:
        carried = monitor.accepted_spending
        story = again.story(None if carried is None else number(carried))
        found.measured["spending"] = shown_money(story.spending_after, accepted.inputs.currency).amount
        found.alerts[rail or AlertKind.DRIFT] = _fields(found, story, accepted.inputs.currency) | {
            "guardrail": {AlertKind.BELOW: monitor.below, AlertKind.ABOVE: monitor.above}.get(
                AlertKind(rail or "drift")
            ),
            "adjustment": plain(again.adjustment(story)),
        }


def _fields(found: Finding, story: Attribution, currency: str) -> dict[str, Any]:
    largest = max(story.parts, key=lambda part: abs(part.success.value), default=None)
    return {
        "cause": largest.cause if largest else "",
        "success_before": proportion(story.before.value),
        "success_after": proportion(story.after.value),
        "change": proportion(story.change.value),
        "change_error": proportion(story.change.standard_error or 0.0),
        "spending_before": shown_money(story.spending_before, currency).amount,
        "spending_after": shown_money(story.spending_after, currency).amount,
        "wealth": found.measured["wealth"],
        "parts": plain(story.parts),
    }
