"""Each way of converting to Roth walked once without chance: taxes, required distributions and what is left."""

from __future__ import annotations

from apps.plans.engine.books import F_CONVERTED, F_MEDICARE, F_RECOVERED, F_TAXES
from apps.plans.engine.conversion_map import ConversionMap, ConversionYear, Way, WayTried, ways_of, with_way
from apps.plans.engine.horizon import age_in_months, first_month_of_year
from apps.plans.engine.inputs import ProjectionInputs, TaxTreatment
from apps.plans.engine.rule_levers import conversion_years
from apps.plans.engine.tax_years import SteadyPath, steady_path

_YEAR = 12


def conversion_map(inputs: ProjectionInputs, owner: str) -> ConversionMap:
    """Try every way of converting for an adult who has a tax-deferred account, the rest of the plan as it is."""
    first, last = conversion_years(inputs, owner)
    return ConversionMap(owner, first, last, tuple(tried(inputs, owner, way) for way in ways_of(inputs)))


def tried(inputs: ProjectionInputs, owner: str, way: Way) -> WayTried:
    """Walk the plan with one way of converting, every asset giving its median return."""
    moved = with_way(inputs, owner, way)
    path = steady_path(moved)
    n_years = path.program.year_facts.shape[1]
    return WayTried(
        way=way,
        years=tuple(_year(moved, path, year) for year in range(n_years)),
        left=float(path.recorded.wealth[-1, 0]),
        end_price=float(path.prices[n_years]),
    )


def _year(inputs: ProjectionInputs, path: SteadyPath, year: int) -> ConversionYear:
    start, flows = inputs.start_date, path.recorded.flows[year, :, 0]
    month = first_month_of_year(year, start)
    deferred = [
        place for place, account in enumerate(inputs.accounts) if account.treatment is TaxTreatment.TAX_DEFERRED
    ]
    return ConversionYear(
        calendar_year=start.year + year,
        ages=tuple(age_in_months(adult, start, month) // _YEAR for adult in inputs.adults),
        price=float(path.prices[year]),
        converted=float(flows[F_CONVERTED]),
        taxes=float(flows[F_TAXES]),
        medicare=float(flows[F_MEDICARE]),
        required=_required(path, year),
        deferred=float(path.recorded.balances[year + 1, deferred, 0].sum()),
        recovered=float(flows[F_RECOVERED]),
    )


def _required(path: SteadyPath, year: int) -> float:
    """Return what the law requires in a year: of the balance of the 31 December before, over the divisor of the age."""
    divisors, before = path.program.divisors[0, year], path.recorded.balances[year, :, 0]
    return float(sum(held / divisor for held, divisor in zip(before, divisors, strict=True) if divisor > 0.0))
