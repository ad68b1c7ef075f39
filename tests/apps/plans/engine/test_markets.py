"""A market model says what it draws from, and refuses what it cannot."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.inputs import CubeSpec
from apps.plans.engine.markets import FROM_HISTORY, LOG_NORMAL, MarketKind, MarketModel
from tests.apps.plans.engine.households import family


@pytest.mark.parametrize("kind", MarketKind)
def test_history_is_named_exactly_where_months_are_drawn_from_it(kind: MarketKind) -> None:
    with pytest.raises(InvalidInputError) as refused:
        MarketModel(kind, "" if kind in FROM_HISTORY else "abc")
    assert refused.value.field == "history"
    assert MarketModel(kind, "abc" if kind in FROM_HISTORY else "").kind is kind


@pytest.mark.parametrize("months", [0, 121])
def test_a_block_has_a_month_at_least_and_ten_years_at_most(months: int) -> None:
    with pytest.raises(InvalidInputError) as refused:
        MarketModel(MarketKind.BOOTSTRAP, "abc", mean_block=months)
    assert refused.value.field == "mean_block"


def test_a_passport_reads_model_history_block_and_centre() -> None:
    model = MarketModel(MarketKind.BOOTSTRAP, "0123456789abcdef", mean_block=24, is_recentred=False)
    assert dict(model.facts()) == {
        "market": "bootstrap",
        "history": "0123456789ab",
        "mean_block": "24",
        "centred": "history",
    }
    assert dict(LOG_NORMAL.facts()) == {"market": "log_normal"}
    assert "Politis" in model.source


def test_a_plan_refuses_fat_tails_of_a_set_that_states_none() -> None:
    inputs = family(256, 4)
    fat = replace(inputs.simulation, market=MarketModel(MarketKind.FAT_TAILED))
    with pytest.raises(InvalidInputError) as refused:
        replace(inputs, simulation=fat)
    assert refused.value.field == "degrees_of_freedom"
    stated = replace(inputs.assumptions, degrees_of_freedom=4.0)
    assert replace(inputs, simulation=fat, assumptions=stated).simulation == fat


def test_the_models_are_part_of_what_names_a_cube() -> None:
    assert CubeSpec(1, 64, 1, 12) == CubeSpec(1, 64, 1, 12, LOG_NORMAL)
    assert CubeSpec(1, 64, 1, 12) != CubeSpec(1, 64, 1, 12, MarketModel(MarketKind.FAT_TAILED))
