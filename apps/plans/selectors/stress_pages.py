"""The stress tests of a plan: named falls of the markets and turns of life, beside the plan as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from apps.core.templatetags import formats
from apps.core.templatetags.charts import ChartSpec
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.stress_cases import StressKind, StressResult, StressTable
from apps.plans.selectors.explorers import Origin
from apps.plans.selectors.figures import Figure, money_figure
from apps.plans.selectors.stress_charts import stress_charts
from apps.plans.selectors.what_if import Asked

_MOST_CARE = Decimal(1_000_000)
_HEAT_STEP, _HEATS = 0.04, 7
# the plan as it stands, beside the tests
BASE = "base"


@dataclass(frozen=True, slots=True)
class StressLine:
    """One test; `heat` 0 to 7 by how much the chance falls; `paid` is what life insurance pays where somebody dies."""

    name: str
    what: str
    heat: int
    success: Figure
    change: Figure
    error: Figure
    wealth: Figure
    wealth_poor: Figure
    wealth_change: Figure
    shortfall: Figure
    paid: Figure | None = None


@dataclass(frozen=True, slots=True)
class StressPage:
    """All tests, those of the markets and those of life, with the plan as it stands."""

    n_paths: int
    care: str
    hardest: str
    base: StressLine
    markets: tuple[StressLine, ...]
    lives: tuple[StressLine, ...]
    chance_chart: ChartSpec
    left_chart: ChartSpec
    # whose figures the charts begin with
    riskiest: StressLine
    dearest: StressLine


def care_in(told: Mapping[str, str], usual: Decimal) -> Decimal:
    """Read what a year of care costs, the usual where nothing is told.

    Raises InvalidInputError for what is no amount up to a million.
    """
    text = told.get("care", "").strip()
    if not text:
        return usual
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or not 0 <= amount <= _MOST_CARE:
        raise InvalidInputError(
            gettext_noop("What a year of care costs is an amount between 0 and 1,000,000."),
            mend=gettext_noop("Give it without spaces or signs."),
            field="care",
        )
    return amount.quantize(Decimal("0.01"))


def care_text(amount: Decimal) -> str:
    """Write the cost as a form and an address take it."""
    return f"{amount.normalize():f}"


def stress_page(asked: Asked, found: StressTable, care: Decimal) -> StressPage:
    """Return the tests as the page shows them."""
    lines = [_line(asked, each) for each in found.results]
    is_market = [each.kind in {StressKind.EPISODE, StressKind.FALL_NOW, StressKind.INFLATION} for each in found.results]
    hardest = min(range(len(lines)), key=lambda place: found.results[place].change.value)
    falls = found.results[hardest].change.value < 0.0
    effects = [
        (line.name, line.change, each.wealth - found.base.wealth)
        for line, each in zip(lines, found.results, strict=True)
    ]
    chance_chart, left_chart = stress_charts(effects, asked.currency, asked.run.facts_as_of)
    return StressPage(
        n_paths=found.n_paths,
        care=care_text(care),
        hardest=lines[hardest].name if falls else "",
        base=_line(asked, found.base),
        markets=tuple(line for line, market in zip(lines, is_market, strict=True) if market),
        lives=tuple(line for line, market in zip(lines, is_market, strict=True) if not market),
        chance_chart=chance_chart,
        left_chart=left_chart,
        riskiest=lines[hardest],
        dearest=lines[min(range(len(lines)), key=lambda place: effects[place][2])],
    )


def _line(asked: Asked, found: StressResult) -> StressLine:
    def money(value: float | None, name: str, label: str) -> Figure:
        return money_figure(value, asked.currency, f"{found.key}:{name}", label)

    def told(value: float | None, kind: str, name: str, label: str, digits: str = "1") -> Figure:
        return Figure(value, kind, f"{found.key}:{name}", label, digits)

    name, what = _words(found.key, asked.names)
    return StressLine(
        name=name,
        what=what,
        heat=min(_HEATS, max(0, round(-found.change.value / _HEAT_STEP))),
        success=told(found.success.value, "percent", "success", _("Chance of success")),
        change=told(found.change.value, "points", "change", _("Change of the chance, in points")),
        error=told(found.change.standard_error, "points", "error", _("Standard error, in points"), "2"),
        wealth=money(found.wealth, "wealth", _("Left at the end, in the middle future")),
        wealth_poor=money(found.wealth_poor, "wealth_poor", _("Left at the end, one future in ten")),
        wealth_change=money(found.wealth_change.value, "wealth_change", _("Change of what is left, on average")),
        shortfall=money(found.shortfall, "shortfall", _("Missing in all where the plan fails, on average")),
        paid=_paid_out(found, asked),
    )


def _paid_out(found: StressResult, asked: Asked) -> Figure | None:
    if found.kind is not StressKind.EARLY_DEATH:
        return None
    return money_figure(found.paid, asked.currency, f"{found.key}:paid", _("Life insurance pays"))


def case_name(key: str, names: Mapping[str, str]) -> str:
    """Name a test by its key; `names` are those behind the keys of people."""
    return _words(key, names)[0]


def _words(key: str, names: Mapping[str, str]) -> tuple[str, str]:
    """Name a test, and say what it does."""
    if key == BASE:
        return _("The plan as it stands"), _("no test")
    kind, _dash, subject = key.partition("-")
    if kind == StressKind.EPISODE:
        return _episodes().get(key, (key, ""))
    person = names.get(subject, subject)
    kinds = {
        StressKind.FALL_NOW: (
            _("Shares fall by a quarter now"),
            _("In the first month; what comes after is as drawn."),
        ),
        StressKind.INFLATION: (
            _("Inflation 3 points higher for ten years"),
            _("Returns stay what they are in money of each year, so they buy less."),
        ),
        StressKind.EARLY_DEATH: (
            _("An early death of %(name)s, in five years") % {"name": person},
            _("The survivor spends the plan's share; cover that is in force is paid out, tax free."),
        ),
        StressKind.LONG_LIFE: (_("Everybody lives to 100"), _("Living costs go on to the age of 100.")),
        StressKind.JOB_LOSS: (
            _("%(name)s earns nothing for two years") % {"name": person},
            _("From now on, without unemployment benefits; contributions from the salary stop as long."),
        ),
        StressKind.CARE: (
            _("Three years of long-term care"),
            _("In the last three years of the plan, beside all other costs; nothing is insured."),
        ),
    }
    return kinds.get(StressKind(kind), (key, ""))


def _episodes() -> dict[str, tuple[str, str]]:
    even = _("What each year did is spread evenly over its months.")
    return {
        "episode-2000": (
            _("The dot-com fall, 2000 to 2002"),
            _("The first months are those from September 2000 to September 2002.") + " " + even,
        ),
        "episode-2008": (
            _("The financial crisis, 2007 to 2009"),
            _("The first months are those from November 2007 to February 2009.") + " " + even,
        ),
        "episode-1973": (
            _("The oil shock, 1973 and 1974"),
            _("The first months are those from January 1973 to September 1974.") + " " + even,
        ),
        "episode-1929": (
            _("The Great Depression, 1929 to 1932"),
            _("The first months are those from September 1929 to June 1932.") + " " + even,
        ),
        "episode-1966": (
            _("Stagflation, 1966 to 1982"),
            _("The first seventeen years are those of 1966 to 1982, with their inflation.") + " " + even,
        ),
    }


def stress_origin(asked: Asked, found: StressTable, sources: tuple[str, str], care: Decimal) -> Origin:
    """Say where the figures of the tests come from; ``sources`` are those of history and of the usual cost of care."""
    history, survey = sources
    chosen = (
        (_("Futures"), formats.number_text(found.n_paths, 0)),
        (_("Seed"), str(asked.question.inputs.simulation.seed)),
        (_("History"), history),
        (
            _("A year of care"),
            money_figure(float(care), asked.currency, "", "").text
            + " · "
            + _("usual: %(source)s") % {"source": survey},
        ),
    )
    basis = _("Net: after the plan's yearly fee, and after taxes as the tables of each year compute them.")
    return Origin(_method, basis, chosen)


def _method(key: str) -> str:
    name = key.rpartition(":")[2]
    if name in {"change", "wealth_change"}:
        return _("The plan in the test less the plan as it stands, path by path on the same futures.")
    if name == "error":
        return _("The spread between independent scrambles of the futures, divided by the root of their number.")
    if name == "shortfall":
        return _("What is not paid over the whole plan, in money of today, on average over the futures that fail.")
    if name == "paid":
        return _("What the policies on this life pay that are in force then, as stated, in money of that year.")
    whole = _("The whole plan run again with this one thing changed, on the same futures, in money of today.")
    if not key.startswith(f"{StressKind.EPISODE}-"):
        return whole
    return whole + " " + _("A class without a history of its own moves like all US shares or like bonds of high grade.")
