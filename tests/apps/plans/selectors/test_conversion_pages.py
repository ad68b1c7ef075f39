"""The Roth explorer in figures and words: ways, levers, notes and passports."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.conversion_choices import ConversionRule
from apps.plans.engine.conversion_map import ConversionMap, ConversionYear, Way, WayTried, with_way
from apps.plans.engine.inputs import ProjectionInputs, TaxTreatment
from apps.plans.selectors.conversion_pages import (
    ChosenWay,
    chosen_way_in,
    conversion_origin,
    conversion_page,
    leaving_most,
    way_changes,
    way_chosen,
    way_name,
)
from apps.plans.selectors.figures import figures_in
from apps.plans.selectors.run_values import RunInputs
from apps.plans.selectors.what_if import Asked
from tests.apps.plans.engine.households import family, insured

FILL, BELOW = Way(ConversionRule.FILL_BRACKET, 0.22), Way(ConversionRule.BELOW_STEP, 0.0)


def asked(inputs: ProjectionInputs | None = None) -> Asked:
    run: Any = SimpleNamespace(names={"ana": "Ana", "ben": "Ben"}, facts_as_of=dt.date(2026, 7, 1), n_paths=1024)
    return Asked(run, RunInputs(inputs or insured(family()), cast("Any", None)))


def tried(way: Way, converted: float, taxes: float, deferred: float, left: float) -> WayTried:
    years = (
        ConversionYear(2046, (65, 67), 2.0, 2 * converted, 2 * taxes, 0.0, 0.0, 2 * deferred),
        ConversionYear(2047, (66, 68), 2.0, 0.0, 200.0, 0.0, 40.0, 2 * deferred),
    )
    return WayTried(way, years, 2 * left, 2.0)


FOUND = ConversionMap(
    "ana",
    2046,
    2046,
    (
        tried(Way(), 0.0, 100.0, 900.0, 1_000.0),
        tried(FILL, 500.0, 220.0, 300.0, 900.0),
        tried(BELOW, 0.0, 100.0, 900.0, 1_000.0),
    ),
)


def test_without_a_wish_the_way_that_leaves_most_after_tax_is_shown() -> None:
    assert leaving_most(FOUND, 0).way == Way()
    assert leaving_most(FOUND, 24).way == FILL
    assert way_chosen(FOUND, ChosenWay("ana", "", 24)).way == FILL
    assert way_chosen(FOUND, ChosenWay("ana", "none", 24)).way == Way()


@pytest.mark.parametrize(
    ("told", "field"), [({"person": "eve"}, "person"), ({"way": "bracket-99"}, "way"), ({"heirs": "23"}, "heirs")]
)
def test_what_is_not_on_offer_is_refused_at_its_field(told: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        chosen_way_in(asked(), told)
    assert refused.value.field == field


def test_the_first_adult_with_something_to_convert_is_asked_about() -> None:
    assert chosen_way_in(asked(), {}) == ChosenWay("ana", "", 22)
    assert chosen_way_in(asked(), {"person": "ben", "way": "surcharge-5", "heirs": "0"}) == ChosenWay(
        "ben", "surcharge-5", 0
    )
    free = tuple(each for each in family().accounts if each.treatment is not TaxTreatment.TAX_DEFERRED)
    kept = tuple(each for each in family().contributions if each.account in {account.key for account in free})
    assert chosen_way_in(asked(replace(family(), accounts=free, contributions=kept)), {}) is None


@pytest.mark.parametrize(
    ("planned", "way", "changes"),
    [
        (Way(), FILL, {"roth_bracket:ana": 22.0}),
        (Way(), BELOW, {"roth_step:ana": 1.0}),
        (Way(), Way(), {}),
        (FILL, FILL, {}),
        (FILL, Way(), {"roth_bracket:ana": 0.0}),
        (BELOW, Way(), {"roth_step:ana": 0.0}),
        (BELOW, FILL, {"roth_bracket:ana": 22.0}),
    ],
)
def test_a_way_becomes_levers_unless_the_plan_has_it(planned: Way, way: Way, changes: dict[str, float]) -> None:
    told = way_changes(asked(with_way(insured(family()), "ana", planned)), "ana", way)
    assert told == pytest.approx(changes)


def test_each_way_is_named() -> None:
    assert [way_name(way) for way in (Way(), FILL, BELOW, Way(ConversionRule.BELOW_STEP, 2.0))] == [
        "No conversions",
        "Fill the bracket of 22%",
        "Stay below Medicare's first surcharge",
        "Stay below Medicare's surcharge no. 3",
    ]


def test_the_page_shows_amounts_of_today_beside_no_conversions_and_each_figure_has_one_key() -> None:
    page = conversion_page(asked(), FOUND, ChosenWay("ana", "bracket-22", 24), {})
    line = page.chosen
    assert [each.number for each in (line.converted, line.tax_added, line.taxes, line.required)] == [500, 120, 320, 20]
    assert line.left.number == 900 - 0.24 * 300
    assert (page.years[0].taxes.number, page.years[0].taxes_without.number) == (220, 100)
    assert page.changes == (("roth_bracket:ana", "22"),)
    assert [each.leaves_most for each in page.lines] == [False, True, False]
    assert page.chart["title"].startswith("Ana converts")
    keys = [figure.key for figure in figures_in(page)]
    assert len(keys) == len(set(keys))


def test_notes_say_when_conversions_begin_and_when_nothing_fits() -> None:
    page = conversion_page(asked(), FOUND, ChosenWay("ana", "", 22), {})
    assert "from 2046 to 2046" in page.notes[0]
    assert "Until retirement in 2046" in page.notes[1]
    none = replace(FOUND, ways=FOUND.ways[:1])
    told = conversion_page(asked(), none, ChosenWay("ana", "", 22), {})
    assert "every way comes to the same" in told.notes[-1]
    assert told.chart["title"] == "Taxes and required distributions without conversions"


def test_who_must_take_distributions_is_told_that_they_come_first() -> None:
    inputs = insured(family())
    old = replace(inputs.adults[0], birth_date=dt.date(1950, 1, 1), horizon_age=95)
    plan = replace(inputs, adults=(old, *inputs.adults[1:]))
    notes = conversion_page(asked(plan), FOUND, ChosenWay("ana", "", 22), {}).notes
    assert any("must take distributions already" in note for note in notes)


def test_a_passport_names_the_way_and_the_tax_on_the_rest() -> None:
    origin = conversion_origin(asked(), ChosenWay("ana", "bracket-22", 24), FOUND)
    assert ("Chosen", "Fill the bracket of 22%") in origin.chosen
    assert ("Tax on what is left in tax-deferred accounts", "24%") in origin.chosen
    assert "IRC 401(a)(9)" in origin.method("chosen:required")
    assert origin.method("2046:deferred") != origin.method("chosen:left")
