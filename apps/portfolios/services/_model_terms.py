"""What a version of a model says, and the contradictions that it must not hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from apps.core.templatetags.formats import percent_text
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.market.models import AssetClass
from apps.portfolios.models import Benchmark, Instrument

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class HoldingTerms:
    """A security of a sleeve: its share of the sleeve, its bands, what may stand in for it, in order."""

    instrument: Instrument
    share: Decimal
    absolute_band: Decimal | None = None
    relative_band: Decimal | None = None
    substitutes: tuple[Instrument, ...] = ()


@dataclass(frozen=True, slots=True)
class SleeveTerms:
    """An asset class of a version with its weight in the whole."""

    name: str
    asset_class: str
    weight: Decimal
    absolute_band: Decimal | None = None
    relative_band: Decimal | None = None
    holdings: tuple[HoldingTerms, ...] = ()


@dataclass(frozen=True, slots=True)
class VersionTerms:
    """All that a version says. Fractions, not per cents."""

    sleeves: tuple[SleeveTerms, ...]
    outside_band: Decimal = Decimal("0.05")
    note: str = ""
    benchmark: Benchmark | None = None


def check_terms(terms: VersionTerms) -> None:
    """Refuse terms that contradict themselves; the field names the row at fault."""
    if terms.benchmark is not None and not terms.benchmark.is_active:
        raise InvalidInputError(
            gettext_noop("“%(name)s” is no longer offered."),
            mend=gettext_noop("Choose another benchmark, or offer this one again."),
            field="benchmark",
            name=terms.benchmark.name,
        )
    if not terms.sleeves:
        raise InvalidInputError(gettext_noop("A model needs a sleeve at least."), field="sleeves")
    whole = sum((sleeve.weight for sleeve in terms.sleeves), Decimal(0))
    if whole != ONE:
        raise InvalidInputError(
            gettext_noop("The weights of the sleeves add up to %(sum)s, not to the whole."),
            mend=gettext_noop("Make them add up to exactly one hundred per cent."),
            field="sleeves",
            sum=percent_text(whole, 4),
        )
    for n, sleeve in enumerate(terms.sleeves):
        _check_sleeve(sleeve, f"sleeve-{n}")
    _check_once(
        [(f"sleeve-{n}-asset_class", sleeve.asset_class) for n, sleeve in enumerate(terms.sleeves)],
        gettext_noop("Two sleeves have the same asset class."),
        gettext_noop("Put their securities into one sleeve."),
    )
    _check_once(
        [(f"sleeve-{n}-name", sleeve.name.strip().casefold()) for n, sleeve in enumerate(terms.sleeves)],
        gettext_noop("Two sleeves have the same name."),
        gettext_noop("Give one of them another name."),
    )
    _check_once(
        [
            (f"sleeve-{n}-holding-{row}-symbol", instrument)
            for n, sleeve in enumerate(terms.sleeves)
            for row, holding in enumerate(sleeve.holdings)
            for instrument in (holding.instrument, *holding.substitutes)
        ],
        gettext_noop("“%(name)s” stands in the model twice."),
        gettext_noop("Name each security once, as a holding or as a substitute."),
    )


def _check_sleeve(sleeve: SleeveTerms, at: str) -> None:
    if sleeve.weight <= 0 or sleeve.weight > 1:
        raise InvalidInputError(
            gettext_noop("A weight lies above nothing and up to the whole."),
            mend=gettext_noop("Take the row out, or give it a weight."),
            field=f"{at}-weight",
        )
    if not sleeve.holdings:
        if sleeve.asset_class != AssetClass.CASH:
            raise InvalidInputError(
                gettext_noop("“%(name)s” has no security."),
                mend=gettext_noop("Add one: only cash may stand alone."),
                field=f"{at}-name",
                name=sleeve.name,
            )
        return
    whole = sum((holding.share for holding in sleeve.holdings), Decimal(0))
    if whole != ONE:
        raise InvalidInputError(
            gettext_noop("The securities of “%(name)s” add up to %(sum)s of the sleeve, not to all of it."),
            mend=gettext_noop("Make them add up to exactly one hundred per cent."),
            field=f"{at}-name",
            name=sleeve.name,
            sum=percent_text(whole, 4),
        )


def _check_once(named: Iterable[tuple[str, object]], message: str, mend: str) -> None:
    seen: set[object] = set()
    for at, what in named:
        if what in seen:
            raise InvalidInputError(message, mend=mend, field=at, name=str(what))
        seen.add(what)
