"""The states' tables: what the shipped file holds, and what a broken one is refused for."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.state_tables import StateTables, Towards, Trust, state_tables_from_mapping
from apps.plans.engine.tax_tables import FilingStatus
from tests.apps.plans.engine.households import APPS, read_toml


@cache
def shipped() -> StateTables:
    return state_tables_from_mapping(read_toml(APPS / "plans" / "reference" / "state_tax_2025.toml"))


def broken(**changes: Any) -> dict[str, Any]:
    row = {"name": "Utopia", "source": "none", "trust": "unverified", "rates": [0.1], **changes}
    return {"year": 2025, "states": {"UT": row}}


def test_all_states_and_the_district_are_there_with_their_source_and_trust() -> None:
    tables = shipped()
    assert len(tables.states) == 51
    assert all(table.source and table.checked_against for table in tables.states.values())
    assert {code for code, table in tables.states.items() if not table.taxes_income} == {
        "AK", "FL", "NV", "NH", "SD", "TN", "TX", "WY",
    }  # fmt: skip
    assert tables.of("NY").trust is Trust.CONFIRMED
    assert tables.of("CT").trust is Trust.UNVERIFIED


def test_brackets_rise_in_every_state_and_status() -> None:
    for table in shipped().states.values():
        for status in FilingStatus:
            bounds = [bound.of(status) for bound in table.bounds]
            assert bounds == sorted(bounds), (table.code, status)
        assert all(Decimal(0) <= rate < Decimal("0.15") for rate in table.rates), table.code


def test_a_share_of_which_the_file_says_nothing_is_whole() -> None:
    fades = {fade.towards: fade.amount.single for fade in shipped().of("PA").fades}
    assert fades[Towards.BENEFITS_SHARE] == 1
    assert fades[Towards.RETIREMENT_SHARE] == 1


def test_an_unknown_state_is_refused() -> None:
    with pytest.raises(InvalidInputError) as refused:
        shipped().of("PR")
    assert refused.value.field == "state"


def test_brackets_that_do_not_fit_the_rates_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="one fewer"):
        state_tables_from_mapping(broken(bounds=[1000]))


def test_a_missing_key_is_named() -> None:
    table = broken()
    del table["states"]["UT"]["source"]
    with pytest.raises(InvalidInputError) as refused:
        state_tables_from_mapping(table)
    assert refused.value.field == "source"
