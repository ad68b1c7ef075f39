"""What the pages that explore one choice of a plan say: the engine's answers as a page, and where its figures are from.

Staff ask with choices of their own; the portal asks for what the published plan holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from apps.core.actors import Actor
from apps.plans.engine.stress_cases import StressTable
from apps.plans.models import StressRun
from apps.plans.selectors.claiming_pages import (
    Chosen,
    ClaimingPage,
    asked_choices,
    choice_of,
    claiming_origin,
    claiming_page,
)
from apps.plans.selectors.conversion_pages import ChosenWay, ConversionPage, conversion_origin, conversion_page
from apps.plans.selectors.explorers import Origin
from apps.plans.selectors.frozen_values import read_frozen
from apps.plans.selectors.stress_pages import StressPage, stress_origin, stress_page
from apps.plans.selectors.tax_map import TaxMapPage, tax_map_page, tax_origin
from apps.plans.selectors.what_if import Asked
from apps.plans.services.explorers import (
    answer_of_run,
    claiming_of_run,
    conversions_of_run,
    converted_answer_of_run,
    history_source,
    tax_years_of_run,
    usual_care,
)

Page = TypeVar("Page")


@dataclass(frozen=True, slots=True)
class Explored(Generic[Page]):
    """A page with the origin of its figures."""

    page: Page
    origin: Origin


def explored_claiming(*, asked: Asked, chosen: Chosen, by: Actor) -> Explored[ClaimingPage] | None:
    """Return what each choice of claim ages brings, None where the plan has no claims.

    Raises EngineBusyError, InvalidInputError for an age that is past.
    """
    found = claiming_of_run(run=asked.run, real_rate=chosen.rate / 100, by=by)
    if found is None:
        return None
    choice_of(found, chosen)
    answers = {
        ages: answer_of_run(run=asked.run, changes=changes, is_whole=is_whole, by=by)
        for ages, changes, is_whole in asked_choices(asked, found, chosen)
    }
    return Explored(claiming_page(asked, found, chosen, answers), claiming_origin(asked, chosen))


def explored_conversions(*, asked: Asked, chosen: ChosenWay, by: Actor) -> Explored[ConversionPage]:
    """Return what each way of converting comes to, with the chance of each on all futures. Raises EngineBusyError."""
    run, owner = asked.run, chosen.owner
    found = conversions_of_run(run=run, owner=owner, by=by)
    answers = {each.way.key: converted_answer_of_run(run=run, owner=owner, way=each.way, by=by) for each in found.ways}
    return Explored(conversion_page(asked, found, chosen, answers), conversion_origin(asked, chosen, found))


def explored_taxes(*, asked: Asked, in_today: bool, by: Actor) -> Explored[TaxMapPage]:
    """Return what each year is taxed on, in money of today or of each year. Raises EngineBusyError."""
    page = tax_map_page(asked, tax_years_of_run(run=asked.run, by=by), in_today=in_today)
    return Explored(page, tax_origin(asked, in_today=in_today))


def explored_stresses(*, asked: Asked, kept: StressRun | None) -> Explored[StressPage] | None:
    """Return how the plan fares in every stress test, as its job has kept it; None before."""
    if kept is None or kept.result is None:
        return None
    found, care = read_frozen(kept.result, StressTable), kept.care_cost
    sources = (history_source(), usual_care()[1])
    return Explored(stress_page(asked, found, care), stress_origin(asked, found, sources, care))
