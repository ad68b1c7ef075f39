"""What a savings calculator's page shows of an answer: figures, the futures by year, and what it rests on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.clients.models import Household
from apps.core.templatetags.charts import Band, ChartSpec, Marker
from apps.core.templatetags.formats import percent_text
from apps.core.typed import typed_address
from apps.market.models import AssetClass
from apps.plans.engine.results import Outcome
from apps.plans.models import Goal, MarketKindChoice
from apps.plans.selectors._mapping import shown_money
from apps.plans.selectors.fans import readable
from apps.plans.selectors.figures import Figure
from apps.plans.selectors.savings_values import RetirementAsked, SavingsTold, typed_again

# places of PERCENTILES (5, 10, 25, 50, 75, 90, 95)
_P5, _P25, _P50, _P75, _P95 = 0, 2, 3, 4, 6


@dataclass(frozen=True, slots=True)
class SavingsSheet:
    """An answer in figures. `outcome` is how the search for the saving ended; `chart` is None where years are few."""

    is_retirement: bool
    chance: float
    error: Figure
    target: float
    outcome: str
    needed: Figure
    needed_chance: Figure
    more: Figure
    shortfall: Figure
    plain_return: Figure
    plain_needed: Figure
    plain_saved: Figure
    plain_monthly: Figure
    chart: ChartSpec

    @property
    def reaches(self) -> bool:
        """Whether what is saved reaches the chance that is aimed for."""
        return self.chance >= self.target


@dataclass(frozen=True, slots=True)
class SavingsGround:
    """What an answer rests on, as words."""

    day: dt.date
    n_paths: Figure
    markets: str
    mix: str
    fee: str
    assumptions: str
    source: str
    tax_year: int
    tax_source: str
    state: str
    digest: str


def savings_sheet(told: SavingsTold, on: dt.date) -> SavingsSheet:
    """Return the answer in figures, amounts in money of today."""
    answer, currency, asked = told.answer, told.basis.currency, told.asked
    needed, plain = answer.needed, answer.plain

    def amount(value: float | None, key: str, label: str) -> Figure:
        shown = None if value is None else shown_money(value, currency)
        return Figure(shown, "money", f"savings:{key}", label, "whole")

    def share(value: float | None, key: str, label: str) -> Figure:
        return Figure(value, "percent", f"savings:{key}", label)

    reached = needed.outcome is not Outcome.CANNOT_BE_REACHED
    more = max(0.0, needed.monthly_amount - float(asked.saved_a_month)) if reached else None
    return SavingsSheet(
        is_retirement=isinstance(asked, RetirementAsked),
        chance=answer.success.value,
        error=share(answer.success.standard_error, "error", _("Standard error")),
        target=float(asked.target),
        outcome=str(needed.outcome),
        needed=amount(needed.monthly_amount if reached else None, "needed", _("To be saved a month")),
        needed_chance=share(needed.success.value, "needed_chance", _("Chance with that")),
        more=amount(more, "more", _("More than now, a month")),
        shortfall=amount(answer.shortfall, "shortfall", _("Missing on average where it fails")),
        plain_return=share(plain.real_return, "plain:return", _("Return above inflation, every year the same")),
        plain_needed=amount(plain.needed, "plain:needed", _("Needed when money is first taken out")),
        plain_saved=amount(plain.saved, "plain:saved", _("Saved by then")),
        plain_monthly=amount(plain.monthly_needed, "plain:monthly", _("Saving a month that makes them equal")),
        chart=_chart(told, on),
    )


def savings_ground(told: SavingsTold, on: dt.date) -> SavingsGround:
    """Return what the answer rests on."""
    basis, answer = told.basis, told.answer
    mix = ", ".join(f"{percent_text(weight, 0)} {_class(key)}" for key, weight in basis.weights)
    return SavingsGround(
        day=on,
        n_paths=Figure(answer.n_paths, "count", "savings:paths", _("Futures")),
        markets=str(MarketKindChoice(basis.simulation.market.kind).label),
        mix=mix,
        fee=percent_text(basis.annual_fee, 2),
        assumptions=basis.assumptions.key,
        source=basis.assumptions.source,
        tax_year=basis.tax_table.year,
        tax_source=basis.tax_table.source,
        state=basis.state_table.name if basis.state_table else "",
        digest=answer.cube_digest[:12],
    )


def origin_of(goal: Goal, household: Household) -> str:
    """Return the address of the calculator that a goal comes from, as it was asked then; empty for one set by hand."""
    told: Mapping[str, Any] = goal.calculation or {}
    if told.get("kind") not in {"retirement", "education"}:
        return ""
    address = reverse(f"plans:{told['kind']}-calculator", kwargs={"household_id": household.public_id})
    return typed_address(address, typed_again(told["asked"]))


def origin_day(goal: Goal) -> dt.date | None:
    """Return the day of the calculation that a goal comes from."""
    told: Mapping[str, Any] = goal.calculation or {}
    return dt.date.fromisoformat(told["on"]) if told.get("on") else None


def _class(key: str) -> str:
    return str(AssetClass(key).label) if key in AssetClass.values else key


def _chart(told: SavingsTold, on: dt.date) -> ChartSpec:
    """The futures by year in money of today, and when money is first taken out."""
    bands, asked = told.answer.bands, told.asked
    in_hundred = round(100 * told.answer.success.value)
    if isinstance(asked, RetirementAsked):
        title = _("The money lasts to the age of %(age)s in %(count)s of 100 futures")
        title %= {"age": asked.horizon_age, "count": in_hundred}
        marked = _("The first stops working") if asked.is_couple else _("Work ends")
    else:
        title, marked = _("The study is paid in full in %(count)s of 100 futures"), _("The study starts")
        title %= {"count": in_hundred}

    def rows(place: int) -> list[float]:
        return [band.real[place] for band in bands]

    return readable(
        ChartSpec(
            kind="fan",
            title=title,
            unit=_("Saved, in %(currency)s of today") % {"currency": told.basis.currency},
            format="money",
            currency=told.basis.currency,
            as_of=on.isoformat(),
            note=_("simulated returns"),
            x={"label": _("Year"), "values": [band.calendar_year for band in bands]},
            series=[{"name": _("Middle future"), "values": list(rows(_P50)), "meaning": "main"}],
            bands=[
                Band(name=_("90 of 100 futures"), low=rows(_P5), high=rows(_P95)),
                Band(name=_("50 of 100 futures"), low=rows(_P25), high=rows(_P75)),
            ],
            markers=[Marker(x=told.starts_on.year, label=marked, met=told.answer.success.value >= float(asked.target))],
        )
    )


def saved_name(told: SavingsTold, person_name: str) -> str:
    """Return the name that a goal of this calculation begins with."""
    if isinstance(told.asked, RetirementAsked):
        return _("Retirement")
    return _("Education: %(name)s") % {"name": person_name} if person_name else _("Education")


def shown_cost(value: Decimal, currency: str) -> Figure:
    """Return what the goal costs a year, for the page that saves it."""
    return Figure(shown_money(float(value), currency), "money", "savings:cost", _("A year costs"), "whole")
