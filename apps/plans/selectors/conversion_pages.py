"""The Roth conversion explorer: what each way of converting costs and leaves, and how the plan fares with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from apps.core.templatetags import formats
from apps.core.templatetags.charts import ChartSpec, Series
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.kernel.required_ages import first_year as first_year_required
from apps.plans.engine.conversion_choices import ConversionRule
from apps.plans.engine.conversion_map import (
    ConversionMap,
    ConversionYear,
    Way,
    WayTried,
    converters_of,
    planned_way,
    ways_of,
)
from apps.plans.engine.what_if_levers import LeverKind
from apps.plans.engine.what_if_results import WhatIfAnswer
from apps.plans.selectors.explorers import Origin
from apps.plans.selectors.figures import Figure, as_typed, money_figure
from apps.plans.selectors.what_if import Asked, query_of

# What heirs may have to pay on what is left in tax-deferred accounts, in per cent.
HEIRS_RATES = (0, 12, 22, 24, 32)
USUAL_HEIRS = 22
_NOTHING = Way()


@dataclass(frozen=True, slots=True)
class ChosenWay:
    """What the address asks for; `way` is empty where the page chooses the one that leaves most."""

    owner: str
    way: str
    heirs: int


@dataclass(frozen=True, slots=True)
class WayLine:
    """A way of converting; amounts in money of today."""

    name: str
    query: str
    is_chosen: bool
    is_planned: bool
    leaves_most: bool
    converted: Figure
    recovered: Figure
    tax_added: Figure
    taxes: Figure
    medicare: Figure
    required: Figure
    left: Figure
    chance: Figure
    change: Figure
    error: Figure


@dataclass(frozen=True, slots=True)
class WayYear:
    """A calendar year of the way that is chosen, beside the same year without conversions."""

    calendar_year: int
    ages: tuple[int, ...]
    converted: Figure
    recovered: Figure
    taxes: Figure
    taxes_without: Figure
    required: Figure
    required_without: Figure
    deferred: Figure
    deferred_without: Figure


@dataclass(frozen=True, slots=True)
class ConversionPage:
    """The explorer of a plan for one adult. `changes` are the levers of the chosen way, none where it is the plan's."""

    owner: str
    name: str
    people: tuple[tuple[str, str], ...]
    ways: tuple[tuple[str, str], ...]
    way: str
    heirs: int
    heirs_rates: tuple[int, ...]
    query: str
    notes: tuple[str, ...]
    chosen: WayLine
    changes: tuple[tuple[str, str], ...]
    what_if_query: str
    lines: tuple[WayLine, ...]
    years: tuple[WayYear, ...]
    chart: ChartSpec
    balances: ChartSpec


def chosen_way_in(asked: Asked, told: Mapping[str, str]) -> ChosenWay | None:
    """Read what the address asks for; None where nobody has a tax-deferred account.

    Raises InvalidInputError with the field for a person, a way or a rate that is not on offer.
    """
    inputs = asked.question.inputs
    owners = converters_of(inputs)
    if not owners:
        return None
    owner, way, heirs = told.get("person", owners[0]), told.get("way", ""), told.get("heirs", str(USUAL_HEIRS))
    offered = {
        "person": owner in owners,
        "way": way in {"", *(each.key for each in ways_of(inputs))},
        "heirs": heirs in {str(rate) for rate in HEIRS_RATES},
    }
    for field, is_offered in offered.items():
        if not is_offered:
            raise InvalidInputError(
                gettext_noop("This choice is not on offer."), mend=gettext_noop("Choose one of the list."), field=field
            )
    return ChosenWay(owner, way, int(heirs))


def way_chosen(found: ConversionMap, chosen: ChosenWay) -> WayTried:
    """Return the way that is asked for, without one the way that leaves most after tax."""
    return found.of(chosen.way) or leaving_most(found, chosen.heirs)


def leaving_most(found: ConversionMap, heirs: int) -> WayTried:
    """Return the way after which most is left at the end after tax; of equals the first."""
    return max(found.ways, key=lambda each: round(each.left_after_tax(heirs / 100.0)))


def way_name(way: Way) -> str:
    """Name a way of converting."""
    if way.rule is None:
        return _("No conversions")
    if way.rule is ConversionRule.FILL_BRACKET:
        return _("Fill the bracket of %(rate)s") % {"rate": formats.percent_text(way.value, 0)}
    if way.value == 0.0:
        return _("Stay below Medicare's first surcharge")
    return _("Stay below Medicare's surcharge no. %(place)s") % {"place": f"{way.value + 1.0:.0f}"}


def way_changes(asked: Asked, owner: str, way: Way) -> dict[str, float]:
    """Return the levers that let somebody convert this way; none where the plan does already."""
    planned = planned_way(asked.question.inputs, owner)
    if way == planned or (planned is None and way.rule is None):
        return {}
    rule = way.rule or (planned.rule if planned else None)
    if rule is ConversionRule.BELOW_STEP:
        return {f"{LeverKind.ROTH_STEP}:{owner}": 0.0 if way.rule is None else way.value + 1.0}
    return {f"{LeverKind.ROTH_BRACKET}:{owner}": 100.0 * way.value}


def conversion_page(
    asked: Asked, found: ConversionMap, chosen: ChosenWay, answers: Mapping[str, WhatIfAnswer]
) -> ConversionPage:
    """Return the page: `answers` are the engine's, by the name of each way."""
    one, nothing = way_chosen(found, chosen), found.ways[0]
    lines = _Lines(asked, found, chosen, answers)
    changes = way_changes(asked, found.owner, one.way)
    names, name = asked.names, asked.names.get(found.owner, found.owner)
    return ConversionPage(
        owner=found.owner,
        name=name,
        people=tuple((key, names.get(key, key)) for key in converters_of(asked.question.inputs)),
        ways=tuple((each.way.key, way_name(each.way)) for each in found.ways),
        way=one.way.key,
        heirs=chosen.heirs,
        heirs_rates=HEIRS_RATES,
        query=lines.query(one),
        notes=_notes(asked, found, name),
        chosen=lines.line(one, "chosen"),
        changes=tuple((key, as_typed(value)) for key, value in changes.items()),
        what_if_query=query_of(asked, changes),
        lines=tuple(lines.line(each, each.way.key) for each in found.ways),
        years=tuple(lines.year(*pair) for pair in zip(one.years, nothing.years, strict=True)),
        chart=_chart(asked, found, one, name),
        balances=_balances(asked, one, nothing),
    )


def _notes(asked: Asked, found: ConversionMap, name: str) -> tuple[str, ...]:
    """Say when conversions begin and what stands in their way."""
    inputs = asked.question.inputs
    adult = next(each for each in inputs.adults if each.key == found.owner)
    told = {"name": name, "first": found.first_year, "last": found.last_year, "year": inputs.start_date.year}
    notes = [_("%(name)s may convert from %(first)s to %(last)s, at the end of each year.") % told]
    if found.first_year > inputs.start_date.year:
        notes.append(_("Until retirement in %(first)s the salary fills the brackets: nothing is converted.") % told)
    if first_year_required(adult.birth_date) <= inputs.start_date.year:
        notes.append(
            _("%(name)s must take distributions already: they come first each year and cannot be converted.") % told
        )
    if all(each.converted < 1.0 for each in found.ways):
        notes.append(_("In none of these years is there room or money to convert: every way comes to the same.") % told)
    return tuple(notes)


@dataclass(frozen=True, slots=True)
class _Lines:
    """Ways as figures."""

    asked: Asked
    found: ConversionMap
    chosen: ChosenWay
    answers: Mapping[str, WhatIfAnswer]

    def query(self, tried: WayTried) -> str:
        """Write the address of a way."""
        return urlencode({"person": self.found.owner, "way": tried.way.key, "heirs": self.chosen.heirs})

    def line(self, tried: WayTried, key: str) -> WayLine:
        """Return one way."""
        answer, heirs = self.answers.get(tried.way.key), self.chosen.heirs / 100.0
        span = (self.found.first_year, self.found.last_year)
        chance, change, error = (
            (answer.success.value, answer.change.value, answer.change.standard_error) if answer else (None, None, None)
        )
        added = tried.taxes_while_converting(*span) - self.found.ways[0].taxes_while_converting(*span)

        def money(name: str, value: float, label: str) -> Figure:
            return money_figure(value, self.asked.currency, f"{key}:{name}", label)

        def points(name: str, value: float | None, label: str, digits: str) -> Figure:
            return Figure(value, "points", f"{key}:{name}", label, digits)

        return WayLine(
            name=way_name(tried.way),
            query=self.query(tried),
            is_chosen=tried is way_chosen(self.found, self.chosen),
            is_planned=tried.way == planned_way(self.asked.question.inputs, self.found.owner),
            leaves_most=tried is leaving_most(self.found, self.chosen.heirs),
            converted=money("converted", tried.converted, _("Converted in all")),
            recovered=money("recovered", tried.recovered, _("Not taxed: after-tax money back")),
            tax_added=money("tax_added", added, _("More tax in the years of conversion")),
            taxes=money("taxes", tried.taxes, _("Taxes over the whole plan")),
            medicare=money("medicare", tried.medicare, _("Medicare by income, over the whole plan")),
            required=money("required", tried.required, _("Required distributions later")),
            left=money("left", tried.left_after_tax(heirs), _("Left at the end, after tax")),
            chance=Figure(chance, "percent", f"{key}:chance", _("Chance of success")),
            change=points("change", change, _("Change of the chance, in points"), "1"),
            error=points("error", error, _("Standard error, in points"), "2"),
        )

    def year(self, one: ConversionYear, without: ConversionYear) -> WayYear:
        """Return one calendar year beside itself without conversions."""

        def money(name: str, of: ConversionYear, label: str) -> Figure:
            field = name.removesuffix("_without")
            value = getattr(of, field) / of.price
            return money_figure(value, self.asked.currency, f"{one.calendar_year}:{name}", label)

        return WayYear(
            calendar_year=one.calendar_year,
            ages=one.ages,
            converted=money("converted", one, _("Converted")),
            recovered=money("recovered", one, _("Not taxed: after-tax money back")),
            taxes=money("taxes", one, _("Taxes")),
            taxes_without=money("taxes_without", without, _("Taxes without conversions")),
            required=money("required", one, _("Required distribution")),
            required_without=money("required_without", without, _("Required distribution without conversions")),
            deferred=money("deferred", one, _("Left in tax-deferred accounts")),
            deferred_without=money("deferred_without", without, _("Left in tax-deferred accounts without conversions")),
        )


def _real(years: Sequence[ConversionYear], name: str) -> list[float | None]:
    return [getattr(year, name) / year.price for year in years]


def _chart(asked: Asked, found: ConversionMap, one: WayTried, name: str) -> ChartSpec:
    nothing = found.ways[0]
    amount = money_figure(one.converted, asked.currency, "", "").text
    title = _("%(name)s converts %(amount)s in all") % {"name": name, "amount": amount}
    return ChartSpec(
        kind="lines",
        title=title if one.converted >= 1.0 else _("Taxes and required distributions without conversions"),
        unit=_("A year, in %(currency)s of today, steady returns") % {"currency": asked.currency},
        format="money",
        currency=asked.currency,
        as_of=asked.run.facts_as_of.isoformat(),
        x={"label": _("Year"), "values": [year.calendar_year for year in one.years]},
        series=[
            _series(_("Converted"), _real(one.years, "converted"), "contribution", is_bar=True),
            _series(_("Required distribution"), _real(one.years, "required"), "withdrawal", is_bar=True),
            _series(_("Taxes"), _real(one.years, "taxes"), "tax"),
            Series(
                name=_("Taxes without conversions"),
                values=_real(nothing.years, "taxes"),
                meaning="target",
                style="dashed",
            ),
        ],
    )


def _series(name: str, values: list[float | None], meaning: str, *, is_bar: bool = False) -> Series:
    if is_bar:
        return Series(name=name, values=values, meaning=meaning, style="bar", stack="moved")
    return Series(name=name, values=values, meaning=meaning)


def _balances(asked: Asked, one: WayTried, nothing: WayTried) -> ChartSpec:
    return ChartSpec(
        kind="lines",
        title=_("What is left in tax-deferred accounts"),
        unit=_("At the end of each year, in %(currency)s of today, steady returns") % {"currency": asked.currency},
        format="money",
        currency=asked.currency,
        as_of=asked.run.facts_as_of.isoformat(),
        x={"label": _("Year"), "values": [year.calendar_year for year in one.years]},
        series=[
            Series(name=way_name(one.way), values=_real(one.years, "deferred"), meaning="main"),
            Series(
                name=_("Without conversions"),
                values=_real(nothing.years, "deferred"),
                meaning="target",
                style="dashed",
            ),
        ],
    )


def conversion_origin(asked: Asked, chosen: ChosenWay, found: ConversionMap) -> Origin:
    """Say where the figures of the explorer come from."""
    facts = (
        (_("Whose conversions"), asked.names.get(found.owner, found.owner)),
        (_("Chosen"), way_name(way_chosen(found, chosen).way)),
        (_("Years of conversion"), f"{found.first_year}–{found.last_year}"),
        (_("Tax on what is left in tax-deferred accounts"), formats.percent_text(chosen.heirs / 100, 0)),
        (_("Tax table"), asked.question.inputs.tax_table.source),
        (_("Futures"), formats.number_text(asked.run.n_paths, 0)),
    )
    basis = _(
        "Money of today, on one path on which every asset gives its median return and prices rise as assumed; chances "
        "on all futures. Taxes are federal and state."
    )
    has_basis = any(pool.basis > 0.0 for pool in asked.question.inputs.ira_pools)
    told = (
        _(
            "After-tax money in IRAs by Form 8606 comes back untaxed, in proportion; the rest of what is converted "
            "is income."
        )
        if has_basis
        else _("All that is converted counts as income: nobody is said to hold after-tax money in IRAs by Form 8606.")
    )
    return Origin(_method, f"{basis} {told}", facts)


def _method(key: str) -> str:
    name = key.rpartition(":")[2]
    return {
        "recovered": _(
            "Form 8606: what was paid into IRAs without deduction, over all that is and was in them each year, of what "
            "was taken out and converted (IRC 408(d)(2))."
        ),
        "converted": _("What the rule lets convert at the end of each year, after what the law requires is taken out."),
        "tax_added": _("Taxes of the years in which conversions are possible, less those years' taxes without any."),
        "taxes": _("Federal and state taxes, as the plan's walk charges them."),
        "taxes_without": _("Federal and state taxes, as the plan's walk charges them, were nothing converted."),
        "medicare": _("What income adds to the premiums of Parts B and D, for all who are insured."),
        "required": _("The balance of the 31 December before, over the divisor of the age (IRC 401(a)(9))."),
        "required_without": _("The balance of the 31 December before, over the divisor of the age (IRC 401(a)(9))."),
        "left": _("All wealth at the end of the plan, less the chosen tax on what is left in tax-deferred accounts."),
        "chance": _("The whole plan run again with these conversions, on the same futures."),
        "change": _("The answer less the plan as it was generated, path by path on the same futures."),
        "error": _("The spread between independent scrambles of the futures, divided by the root of their number."),
    }.get(name, _("What tax-deferred accounts hold at the end of the year, at the prices of its beginning."))
