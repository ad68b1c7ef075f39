"""What life brings to a plan, and what the household is worth, as pages show them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

import pytest

from apps.plans.engine.life_events import LifeEvents
from apps.plans.engine.monte_carlo import project
from apps.plans.selectors.life_lines import event_lines, life_part, worth_lines
from tests.apps.plans.engine.households import family, family_cube
from tests.apps.plans.engine.test_grants import OPTIONS, PURCHASES, SOLD, UNITS
from tests.apps.plans.engine.test_kernel_active_gains import SHOP
from tests.apps.plans.engine.test_life_events import EVERYTHING
from tests.apps.plans.engine.test_life_policies import COVER


@cache
def found(events: LifeEvents = EVERYTHING) -> Any:
    inputs = replace(family(), events=events)
    result = SimpleNamespace(projection=project(inputs, family_cube()))
    run = SimpleNamespace(names={"aunt": "Aunt Rose"})
    return cast("Any", SimpleNamespace(currency="USD", question=SimpleNamespace(inputs=inputs), result=result, run=run))


def test_each_event_says_when_how_much_and_a_phase_of_its_own_how_likely_it_is_paid() -> None:
    lines = {line.name: line for line in event_lines(found())}
    assert set(lines) == {"childcare", "quieter", "travel", "commute", "Aunt Rose", "bonus", "home", "flat"}
    assert lines["travel"].at_retirement
    assert lines["travel"].chance is not None
    assert lines["quieter"].chance is None
    assert (lines["quieter"].amount.kind, lines["quieter"].amount.text) == ("percent", "−20.0%")
    assert lines["childcare"].last is not None
    assert lines["childcare"].last.value == 2032
    assert lines["Aunt Rose"].first is not None
    assert lines["Aunt Rose"].first.value == 2034
    assert lines["home"].amount.number == 700_000.0


def test_cover_says_whose_death_it_pays_for_and_until_when() -> None:
    lines = {line.name: line for line in event_lines(found(COVER))}
    assert set(lines) == {"term", "whole", "work", "own"}
    assert lines["term"].amount.number == 600_000.0
    assert lines["term"].last is not None
    assert lines["term"].last.value == 2046
    assert lines["work"].last is not None
    # Ben retires in 2045
    assert lines["work"].last.value == 2045
    assert lines["whole"].last is None


def test_a_sale_in_parts_says_what_is_sold_and_when_the_last_part_comes() -> None:
    (line,) = event_lines(found(LifeEvents(things=(SHOP,))))
    assert line.amount.number == pytest.approx(0.6 * 2_400_000.0)
    assert line.first is not None
    assert line.last is not None
    assert (line.first.value, line.last.value) == (2038, 2042)


def test_a_grant_says_what_is_still_to_come_of_it_at_the_price_of_today() -> None:
    """What has vested of units and purchases lies in an account already; options that vested are still to be used."""
    wins = replace(OPTIONS, key="in_the_money", strike=70.0)
    lines = {line.name: line for line in event_lines(found(LifeEvents(grants=(UNITS, SOLD, PURCHASES, wins))))}
    start = family().start_date
    to_come = sum(shares for day, shares in UNITS.tranches if day > start)
    assert 0 < to_come < 1_250
    assert lines["rsu"].amount.number == to_come * 90.0
    assert lines["iso_sold"].amount.number == 0.0
    assert lines["espp"].amount.number == pytest.approx(0.15 * to_come * 90.0)
    assert lines["in_the_money"].amount.number == pytest.approx(1_250 * 20.0)
    years = {key: (line.first.value, line.last.value) for key, line in lines.items() if line.first and line.last}
    assert years["rsu"] == (min(day.year for day, _ in UNITS.tranches if day > start), 2029)
    assert years["in_the_money"] == (2031, 2031)  # the day on which they are to be exercised
    assert len({line.kind for line in lines.values()}) == len(lines)


def test_every_figure_has_a_key_of_its_own() -> None:
    part = life_part(found())
    keys = [
        figure.key for line in part.events for figure in (line.amount, line.first, line.last, line.chance) if figure
    ]
    keys += [figure.key for line in part.worth for figure in (line.accounts, line.things, line.debts, line.net)]
    assert len(keys) == len(set(keys))


def test_net_worth_adds_up_and_the_last_year_is_among_them() -> None:
    rows = worth_lines(found())
    assert rows[0].calendar_year == 2026
    assert rows[-1].calendar_year == 2026 + len(found().result.projection.worth) - 1
    for row in rows:
        told = [figure.number or 0.0 for figure in (row.accounts, row.things, row.debts, row.net)]
        assert abs(told[0] + told[1] - told[2] - told[3]) < 0.02
    assert worth_lines(found(LifeEvents())) == ()


def test_of_a_sale_before_the_plan_it_says_what_of_the_price_is_still_to_come() -> None:
    # two years ago at 1,000,000, half of it sold, at 5 % cost, two of four parts to come
    shop = replace(SHOP, value=1_210_000.0, annual_growth=0.1, sold_share=0.5, instalments=4, sale_day=date(2024, 7, 1))
    (line,) = event_lines(found(LifeEvents(things=(shop,))))
    assert line.kind == "Sold already: what of the price is still to come"
    assert line.amount.number == pytest.approx(0.5 * 0.5 * 1_000_000.0 * 0.95)
    assert line.last is not None
    assert line.last.value == 2027
