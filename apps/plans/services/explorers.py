"""Asking the engine for the pages that explore one choice of a plan: nothing is written, answers are kept a while."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from apps.core.actors import Actor
from apps.plans.engine.claiming_map import ClaimingMap, claiming_map
from apps.plans.engine.conversion_map import ConversionMap, Way
from apps.plans.engine.digest import input_digest
from apps.plans.engine.tax_map import TaxYear
from apps.plans.engine.what_if_levers import moved
from apps.plans.engine.what_if_results import WhatIfAnswer
from apps.plans.models import ProjectionRun
from apps.plans.selectors.what_if_values import spec_of
from apps.plans.services._tables import TAX_TABLES, read_table
from apps.plans.services._turns import TURNS
from apps.plans.services.what_if import question_of_run

_KEPT = 128
_lock = threading.Lock()
_answers: OrderedDict[str, Any] = OrderedDict()


def tax_years_of_run(*, run: ProjectionRun, by: Actor) -> tuple[TaxYear, ...]:
    """Answer what each year of a run's plan is taxed on. Raises EngineBusyError."""
    name = f"taxes:{run.input_digest}"
    found = _kept(name)
    if found is None:
        from apps.plans.services._explorers import tax_map

        inputs = question_of_run(run).inputs
        with TURNS.place(by.key):
            found = _keep(name, tax_map(inputs))
    told: tuple[TaxYear, ...] = found
    return told


def claiming_of_run(*, run: ProjectionRun, real_rate: float, by: Actor) -> ClaimingMap | None:
    """Answer what each choice of claim ages pays in all; None where the plan has no claims. Raises EngineBusyError."""
    inputs = question_of_run(run).inputs
    if not inputs.claims:
        return None
    name = input_digest({"claiming": run.input_digest, "rate": real_rate})
    found = _kept(name)
    if found is None:
        with TURNS.place(by.key):
            found = _keep(name, claiming_map(inputs, real_rate))
    told: ClaimingMap = found
    return told


def conversions_of_run(*, run: ProjectionRun, owner: str, by: Actor) -> ConversionMap:
    """Answer what each way of converting comes to for an adult with a tax-deferred account. Raises EngineBusyError."""
    name = input_digest({"converting": run.input_digest, "owner": owner})
    found = _kept(name)
    if found is None:
        from apps.plans.services._explorers import ways_of_converting

        inputs = question_of_run(run).inputs
        with TURNS.place(by.key):
            found = _keep(name, ways_of_converting(inputs, owner))
    told: ConversionMap = found
    return told


def converted_answer_of_run(*, run: ProjectionRun, owner: str, way: Way, by: Actor) -> WhatIfAnswer:
    """Answer how a run's plan fares with a way of converting, on all its futures. Raises EngineBusyError.

    Conversions move a chance by tenths of a point: a thousand futures would call that nothing, without an error.
    """
    name = input_digest({"converted": run.input_digest, "owner": owner, "way": way.key})
    found = _kept(name)
    if found is None:
        from apps.plans.services._what_if import answer_converted, trial

        asked = question_of_run(run)
        spec = spec_of(asked, is_whole=True)
        with TURNS.place(by.key):
            found = _keep(name, answer_converted(trial(asked, spec, run.input_digest), owner, way))
    told: WhatIfAnswer = found
    return told


def history_source() -> str:
    """Name where the stretches of history come from."""
    return str(read_table(TAX_TABLES / "market_falls.toml")["source"])


def usual_care() -> tuple[Decimal, str]:
    """Return what a year of care usually costs, by the latest survey, and which that is."""
    latest = max(read_table(TAX_TABLES / "care_costs.toml")["costs"], key=lambda cost: cost["effective_from"])
    return Decimal(latest["amount"]), str(latest["source"])


def answer_of_run(*, run: ProjectionRun, changes: Mapping[str, float], is_whole: bool, by: Actor) -> WhatIfAnswer:
    """Answer how a run's plan fares with levers moved, on all futures or on a thousand; without what may be spent.

    Raises EngineBusyError, and InvalidInputError whose field is the lever at fault.
    """
    asked = question_of_run(run)
    moved(asked.inputs, asked.policy, changes)
    name = input_digest({"moved": run.input_digest, "by": dict(changes), "whole": is_whole})
    found = _kept(name)
    if found is None:
        from apps.plans.services._what_if import answer, trial

        spec = spec_of(asked, is_whole=is_whole)
        with TURNS.place(by.key):
            found = _keep(name, answer(trial(asked, spec, run.input_digest), changes))
    told: WhatIfAnswer = found
    return told


def _kept(name: str) -> Any:
    with _lock:
        if name in _answers:
            _answers.move_to_end(name)
        return _answers.get(name)


def _keep(name: str, value: Any) -> Any:
    with _lock:
        _answers[name] = value
        while len(_answers) > _KEPT:
            _answers.popitem(last=False)
    return value
