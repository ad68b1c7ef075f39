"""A model as it is typed or sent: securities by symbol, all in one write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from apps.core.actors import Actor
from apps.core.services import service
from apps.portfolios.models import Benchmark, Instrument, ModelPortfolio, ModelVersion
from apps.portfolios.services.instruments import instrument_by_symbol
from apps.portfolios.services.model_portfolios import (
    HoldingTerms,
    ModelDetails,
    SleeveTerms,
    VersionTerms,
    change_model,
    create_model,
    draft_version,
)

DEFAULT_OUTSIDE = Decimal("0.05")


@dataclass(frozen=True, slots=True)
class TypedVersion:
    """A version with its securities as symbols: rows as `forms.models.ModelForm.typed` returns them."""

    rows: Sequence[dict[str, Any]]
    outside_band: Decimal | None = None
    note: str = ""
    benchmark: Benchmark | None = None


@service
def save_model(*, model: ModelPortfolio | None, details: ModelDetails, typed: TypedVersion, by: Actor) -> ModelVersion:
    """Add a model, or change its name and what it says next; return the draft.

    Raises InvalidInputError for a symbol that nobody knows, and what `create_model`, `change_model` and `draft_version`
    raise.
    """
    terms = VersionTerms(
        sleeves=tuple(_sleeve(row, f"sleeve-{n}", by) for n, row in enumerate(typed.rows)),
        outside_band=DEFAULT_OUTSIDE if typed.outside_band is None else typed.outside_band,
        note=typed.note,
        benchmark=typed.benchmark,
    )
    if model is None:
        return create_model(details=details, terms=terms, by=by).versions.get()
    changed = change_model(model=model, details=details, by=by)
    return draft_version(model=changed, terms=terms, by=by)


def _sleeve(row: dict[str, Any], at: str, by: Actor) -> SleeveTerms:
    return SleeveTerms(
        name=row["name"],
        asset_class=row["asset_class"],
        weight=row["weight"],
        absolute_band=row.get("absolute_band"),
        relative_band=row.get("relative_band"),
        holdings=tuple(_holding(each, f"{at}-holding-{n}", by) for n, each in enumerate(row.get("holdings", ()))),
    )


def _holding(row: dict[str, Any], at: str, by: Actor) -> HoldingTerms:
    return HoldingTerms(
        instrument=instrument_by_symbol(symbol=row["symbol"], field=f"{at}-symbol", by=by),
        share=row["share"],
        absolute_band=row.get("absolute_band"),
        relative_band=row.get("relative_band"),
        substitutes=_substitutes(row.get("substitutes") or "", f"{at}-substitutes", by),
    )


def _substitutes(symbols: str, field: str, by: Actor) -> tuple[Instrument, ...]:
    named = [symbol for symbol in symbols.replace(";", ",").split(",") if symbol.strip()]
    return tuple(instrument_by_symbol(symbol=symbol, field=field, by=by) for symbol in named)
