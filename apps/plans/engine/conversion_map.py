"""What each way of converting to Roth comes to, year by year: frozen values, for pages that load no engine.

On the path of steady returns; amounts are nominal beside the price level, so that a page may show either.
`conversion_tries` makes them.
"""

from __future__ import annotations

from dataclasses import dataclass

from apps.plans.engine.conversion_choices import LAST_STEP, ConversionRule, bracket_place
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.rule_levers import has_something_to_convert, with_conversion_rule, without_conversions

# The brackets that are worth a look: below them little is converted, above them it seldom pays.
RATES = (0.12, 0.22, 0.24)


@dataclass(frozen=True, slots=True)
class Way:
    """A way of converting: a bracket's rate that is filled, a step of Medicare kept, or no conversions (no rule)."""

    rule: ConversionRule | None = None
    value: float = 0.0

    @property
    def key(self) -> str:
        """Name the way: `none`, `bracket-22`, `surcharge-1` (stays below the first one)."""
        if self.rule is None:
            return "none"
        if self.rule is ConversionRule.FILL_BRACKET:
            return f"bracket-{100.0 * self.value:.0f}"
        return f"surcharge-{self.value + 1.0:.0f}"


@dataclass(frozen=True, slots=True)
class ConversionYear:
    """A calendar year: ``price`` is the level as it begins, ``deferred`` what tax-deferred accounts hold at its end.

    ``taxes`` are federal and state, ``medicare`` the premiums by income, ``required`` what the law makes the household
    take out of tax-deferred accounts in that year, ``recovered`` what of the money taken out and converted was taxed
    before.
    """

    calendar_year: int
    ages: tuple[int, ...]
    price: float
    converted: float
    taxes: float
    medicare: float
    required: float
    deferred: float
    recovered: float = 0.0


@dataclass(frozen=True, slots=True)
class WayTried:
    """A way with its years; ``left`` is all wealth at the end, ``end_price`` the price level then."""

    way: Way
    years: tuple[ConversionYear, ...]
    left: float
    end_price: float

    @property
    def converted(self) -> float:
        """Return all that is converted, in money of the start."""
        return sum(year.converted / year.price for year in self.years)

    @property
    def recovered(self) -> float:
        """Return what of the money taken out and converted was taxed before, in money of the start."""
        return sum(year.recovered / year.price for year in self.years)

    @property
    def taxes(self) -> float:
        """Return the taxes of all years, in money of the start."""
        return sum(year.taxes / year.price for year in self.years)

    @property
    def medicare(self) -> float:
        """Return what income adds to the premiums of Medicare in all years, in money of the start."""
        return sum(year.medicare / year.price for year in self.years)

    @property
    def required(self) -> float:
        """Return all required distributions, in money of the start."""
        return sum(year.required / year.price for year in self.years)

    def taxes_while_converting(self, first: int, last: int) -> float:
        """Return the taxes of the years from ``first`` through ``last``, in money of the start."""
        return sum(year.taxes / year.price for year in self.years if first <= year.calendar_year <= last)

    def left_after_tax(self, rate: float) -> float:
        """Return what is left at the end, in money of the start, were the tax-deferred rest taxed at a rate."""
        return (self.left - rate * self.years[-1].deferred) / self.end_price


@dataclass(frozen=True, slots=True)
class ConversionMap:
    """What each way comes to for one adult; the first converts nothing. ``first_year`` to ``last_year`` may convert."""

    owner: str
    first_year: int
    last_year: int
    ways: tuple[WayTried, ...]

    def of(self, key: str) -> WayTried | None:
        """Return a way by its name, None where it was not tried."""
        return next((each for each in self.ways if each.way.key == key), None)


def ways_of(inputs: ProjectionInputs) -> tuple[Way, ...]:
    """Return what may be tried in a plan: nothing, each bracket that the law has, each step of Medicare if it knows."""
    brackets = [Way(ConversionRule.FILL_BRACKET, rate) for rate in RATES if bracket_place(inputs, rate) is not None]
    steps = [] if inputs.medicare is None else [Way(ConversionRule.BELOW_STEP, float(n)) for n in range(LAST_STEP + 1)]
    return (Way(), *brackets, *steps)


def converters_of(inputs: ProjectionInputs) -> tuple[str, ...]:
    """Return the adults who have a tax-deferred account, in their order."""
    return tuple(adult.key for adult in inputs.adults if has_something_to_convert(inputs, adult))


def with_way(inputs: ProjectionInputs, owner: str, way: Way) -> ProjectionInputs:
    """Let an adult convert this way instead of what the plan says of them."""
    if way.rule is None:
        return without_conversions(inputs, owner)
    return with_conversion_rule(inputs, owner, way.rule, way.value)


def planned_way(inputs: ProjectionInputs, owner: str) -> Way | None:
    """Return the way that the plan has for an adult; None where it is none that is tried (an amount a year)."""
    plan = next((plan for plan in inputs.conversions if plan.owner == owner), None)
    if plan is None:
        return Way()
    return None if plan.rule is ConversionRule.FIXED else Way(plan.rule, plan.value)
