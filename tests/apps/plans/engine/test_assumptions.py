"""Assumption sets: the published one is sound, broken ones are refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from apps.kernel.errors import DomainError
from apps.plans.engine.assumptions import assumptions_from_mapping, with_house_view
from apps.plans.engine.digest import input_digest
from tests.apps.plans.engine.households import APPS, published_assumptions, read_toml, simple_assumptions


def test_the_published_set_is_positive_definite_and_names_its_source() -> None:
    published = published_assumptions()
    assert np.linalg.eigvalsh(published.correlation_matrix())[0] > 0.01
    assert {"us_equity", "us_small_equity", "corporate_bonds", "cash"} <= set(published.asset_keys)
    assert "French" in published.source
    assert 0.0 < published.inflation.mean < 0.05


def test_the_log_mean_keeps_the_arithmetic_mean() -> None:
    asset = simple_assumptions().assets[0]
    assert np.exp(asset.log_mean + 0.5 * asset.log_volatility**2) == pytest.approx(1.08)


def test_correlations_that_contradict_each_other_are_refused() -> None:
    impossible = ((1.0, 0.9, -0.9, 0.0), (0.9, 1.0, 0.9, 0.0), (-0.9, 0.9, 1.0, 0.0), (0.0, 0.0, 0.0, 1.0))
    with pytest.raises(DomainError, match="positive definite") as refusal:
        replace(simple_assumptions(), correlation=impossible)
    assert refusal.value.field == "correlation"


@pytest.mark.parametrize(
    "matrix",
    [
        ((1.0,),),
        ((1.0, 0.1, 0, 0), (0.2, 1.0, 0, 0), (0, 0, 1.0, 0), (0, 0, 0, 1.0)),
        ((2.0, 0, 0, 0), (0, 1.0, 0, 0), (0, 0, 1.0, 0), (0, 0, 0, 1.0)),
        ((float("nan"), 0, 0, 0), (0, 1.0, 0, 0), (0, 0, 1.0, 0), (0, 0, 0, 1.0)),
    ],
)
def test_a_matrix_that_is_none_of_correlations_is_refused(matrix: tuple[tuple[float, ...], ...]) -> None:
    with pytest.raises(DomainError) as refusal:
        replace(simple_assumptions(), correlation=matrix)
    assert refusal.value.field == "correlation"


def test_a_table_ordered_differently_is_refused() -> None:
    raw = read_toml(next((APPS / "market" / "reference").glob("*.toml")))
    raw["correlation"]["order"].reverse()
    with pytest.raises(DomainError) as refusal:
        assumptions_from_mapping(raw)
    assert refusal.value.field == "correlation.order"


def test_a_table_that_lacks_an_entry_is_refused_by_name() -> None:
    raw = read_toml(next((APPS / "market" / "reference").glob("*.toml")))
    del raw["inflation"]["reversion"]
    with pytest.raises(DomainError) as refusal:
        assumptions_from_mapping(raw)
    assert refusal.value.field == "reversion"


def test_a_house_view_changes_means_only_and_the_digest() -> None:
    base = simple_assumptions()
    view = with_house_view(base, key="view", means={"equity": 0.07})
    assert view.assets[0].arithmetic_mean == 0.07
    assert view.assets[1:] == base.assets[1:]
    assert input_digest(view) != input_digest(base)
    with pytest.raises(DomainError):
        with_house_view(base, key="view", means={"tulips": 0.5})


def test_a_set_states_its_tails_or_none_and_they_are_part_of_its_name() -> None:
    published = published_assumptions()
    assert published.degrees_of_freedom == 3.8
    table = read_toml(next((APPS / "market" / "reference").glob("capital_market_assumptions_*.toml")))
    without = {key: value for key, value in table.items() if key != "tails"}
    assert assumptions_from_mapping(without).degrees_of_freedom is None
    assert input_digest(assumptions_from_mapping(without)) != input_digest(published)
    with pytest.raises(DomainError) as refusal:
        assumptions_from_mapping({**table, "tails": {"degrees_of_freedom": 1.0}})
    assert refusal.value.field == "degrees_of_freedom"
    with pytest.raises(DomainError, match="lacks") as refusal:
        assumptions_from_mapping({**table, "tails": {}})
    assert refusal.value.field == "degrees_of_freedom"
