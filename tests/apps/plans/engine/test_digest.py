"""Canonical bytes: equal values, equal bytes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.plans.engine.digest import canonical_json, input_digest, plain
from apps.plans.engine.markets import MarketKind, MarketModel
from tests.apps.plans.engine.households import family


def test_a_digest_changes_with_any_input() -> None:
    base = input_digest(family())
    assert base == input_digest(replace(family()))
    assert base != input_digest(replace(family(), surplus_saved_share=0.51))
    assert base != input_digest(replace(family(), goals=family().goals[:-1]))


def test_equal_amounts_have_equal_bytes() -> None:
    assert canonical_json(-0.0) == canonical_json(0.0)
    assert canonical_json(Decimal("1.50")) == canonical_json(Decimal("1.5")) == b'"1.5"'
    assert canonical_json({"b": 1, "a": date(2026, 1, 2)}) == b'{"a":"2026-01-02","b":1}'


def test_what_has_no_canonical_form_is_refused() -> None:
    with pytest.raises(TypeError):
        plain(object())
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json(float("nan"))


@given(st.dictionaries(st.text(), st.floats(allow_nan=False, allow_infinity=False)))
def test_the_order_of_keys_does_not_matter(values: dict[str, float]) -> None:
    backwards = dict(reversed(list(values.items())))
    assert canonical_json(values) == canonical_json(backwards)


def test_a_field_that_came_later_is_told_only_where_it_is_set() -> None:
    spec = family().simulation
    assert "market" not in plain(spec)
    fat = replace(spec, market=MarketModel(MarketKind.FAT_TAILED))
    assert plain(fat)["market"]["kind"] == "fat_tailed"
    assert input_digest(fat) != input_digest(spec)
