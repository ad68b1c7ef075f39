"""A model as it is typed: securities by symbol."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from apps.accounts.models import User
from apps.kernel.errors import InvalidInputError
from apps.portfolios.models import ModelPortfolio
from apps.portfolios.services.benchmarks import retire_benchmark
from apps.portfolios.services.model_editing import TypedVersion, save_model
from apps.portfolios.services.model_portfolios import ModelDetails
from tests.factories import benchmarks
from tests.factories import models as made

D = Decimal


def rows(symbol: str = "stk", substitutes: str = "STK2") -> list[dict[str, Any]]:
    held = {"symbol": symbol, "share": D(1), "substitutes": substitutes}
    return [{"name": "Stocks", "asset_class": "us_equity", "weight": D(1), "holdings": [held]}]


def test_symbols_become_securities_and_a_change_is_the_same_draft(ada: User) -> None:
    made.securities(ada)
    details = ModelDetails("Growth", risk_level=5)
    version = save_model(model=None, details=details, typed=TypedVersion(rows()), by=ada.as_actor())
    holding = version.sleeves.get().holdings.get()
    assert (str(holding), [str(each) for each in holding.substitutes.all()]) == ("STK", ["STK2"])
    assert version.outside_band == D("0.05")
    typed = TypedVersion(rows(substitutes=""), D("0.02"))
    again = save_model(model=version.model, details=ModelDetails("Growth two"), typed=typed, by=ada.as_actor())
    assert (again.pk, again.model.name, again.outside_band) == (version.pk, "Growth two", D("0.02"))


def test_a_version_names_a_benchmark_that_is_offered(ada: User) -> None:
    made.securities(ada)
    blend = benchmarks.benchmark(ada, ("STK", "1"))
    typed = TypedVersion(rows(), benchmark=blend)
    version = save_model(model=None, details=ModelDetails("Growth"), typed=typed, by=ada.as_actor())
    assert version.benchmark == blend
    assert version.approval_payload()["benchmark"] == blend.pk
    retired = retire_benchmark(benchmark=blend, by=ada.as_actor())
    with pytest.raises(InvalidInputError) as refused:
        save_model(
            model=version.model,
            details=ModelDetails("Growth two"),
            typed=TypedVersion(rows(), benchmark=retired),
            by=ada.as_actor(),
        )
    assert refused.value.field == "benchmark"
    version.model.refresh_from_db()
    assert version.model.name == "Growth"  # refused whole


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"symbol": "NOPE"}, "sleeve-0-holding-0-symbol"),
        ({"substitutes": "STK2, NOPE"}, "sleeve-0-holding-0-substitutes"),
        ({"substitutes": "STK"}, "sleeve-0-holding-0-symbol"),
    ],
)
def test_a_symbol_that_nobody_knows_is_refused_beside_its_row(ada: User, wrong: dict[str, str], field: str) -> None:
    made.securities(ada)
    with pytest.raises(InvalidInputError) as refused:
        save_model(model=None, details=ModelDetails("Growth"), typed=TypedVersion(rows(**wrong)), by=ada.as_actor())
    assert refused.value.field == field
    assert not ModelPortfolio.objects.exists()
