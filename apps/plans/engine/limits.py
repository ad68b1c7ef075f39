"""What may be paid into retirement and health accounts in a year (IRC 219, 223, 402(g), 408A, 414(v), 415).

Exact, in Decimal, dollars a year for each person.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from typing import Any

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.digest import UNTOLD
from apps.plans.engine.tax_tables import FilingStatus

CATCH_UP_AGE, HSA_CATCH_UP_AGE = 50, 55
_LARGER_AGES = range(60, 64)
_TEN, _LEAST = Decimal(10), Decimal(200)
NOTHING = Decimal(0)
# by which steps the law raises an amount, and how what is between is rounded; what is not here it does not raise
_STEPS = {
    "elective_deferral": (500, ROUND_DOWN),  # 402(g)(4)
    "catch_up": (500, ROUND_DOWN),  # 414(v)(2)(C)
    "catch_up_60": (500, ROUND_DOWN),
    "annual_additions": (1_000, ROUND_DOWN),  # 415(d)(4)(B)
    "compensation": (5_000, ROUND_DOWN),  # 401(a)(17)(B)
    "ira": (500, ROUND_DOWN),  # 219(b)(5)(C)(ii)
    "ira_catch_up": (100, ROUND_DOWN),  # 219(b)(5)(C)(iii)
    "simple": (500, ROUND_DOWN),  # 408(p)(2)(E)(ii)
    "simple_catch_up": (500, ROUND_DOWN),
    "simple_catch_up_60": (500, ROUND_DOWN),
    "hsa_self": (50, ROUND_HALF_UP),  # 223(g)(1); its catch-up stays (223(b)(3)(B))
    "hsa_family": (50, ROUND_HALF_UP),
    "roth_catch_up_wages": (5_000, ROUND_DOWN),  # 414(v)(7)(E)
    "qualified_charitable": (1_000, ROUND_HALF_UP),  # 408(d)(8)(F)
}
# where spans of income begin: 219(g)(8), 408A(c)(3)(D); their width stays
_SPAN_STEP = (1_000, ROUND_HALF_UP)
Span = tuple[Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class LimitsTable:
    """The published amounts of one year; spans of income over which a limit falls to nothing are by filing status.

    Those of a year that is not published yet name in ``carried_from`` the year whose amounts they were carried on from.
    """

    year: int
    source: str
    amounts: Mapping[str, Decimal]
    roth_ira: Mapping[FilingStatus, Span]
    ira_deduction: Mapping[FilingStatus, Span]
    ira_deduction_spouse_covered: Span
    carried_from: int = field(default=0, metadata=UNTOLD)


@dataclass(frozen=True, slots=True)
class ContributionLimits:
    """What a person of an age at the end of the year may pay in; catch-up amounts are included and told apart."""

    year: int
    elective_deferral: Decimal
    catch_up: Decimal
    annual_additions: Decimal
    simple: Decimal
    ira: Decimal
    hsa_self: Decimal
    hsa_family: Decimal


def limits_tables_from_mapping(content: Mapping[str, Any]) -> dict[int, LimitsTable]:
    """Return the amounts of each year of a file of `apps/plans/reference`."""
    return {int(year): _table(int(year), content["source"], told) for year, told in content["years"].items()}


def _table(year: int, source: str, told: Mapping[str, Any]) -> LimitsTable:
    return LimitsTable(
        year=year,
        source=source,
        amounts={key: Decimal(value) for key, value in told.items() if not isinstance(value, (dict, list))},
        roth_ira=_spans(told["roth_ira"]),
        ira_deduction=_spans(told["ira_deduction"]),
        ira_deduction_spouse_covered=_span(told["ira_deduction_spouse_covered"]),
    )


def _spans(told: Mapping[str, list[int]]) -> dict[FilingStatus, Span]:
    return {FilingStatus(name): _span(span) for name, span in told.items()}


def _span(told: list[int]) -> Span:
    return Decimal(told[0]), Decimal(told[1])


def carried_on(table: LimitsTable, year: int, inflation: float) -> LimitsTable:
    """Return the amounts of a year after that of the newest table: raised by ``inflation``, the continuous rate a year,
    and rounded as the law rounds them (`_STEPS`). Prices that fall lower nothing.

    The law raises amounts of its own, unrounded: a published one may be most of a step behind, and what follows from it
    a step lower than what will be published.
    """
    rise = max(NOTHING, Decimal(repr(math.expm1(inflation * (year - table.year)))))

    def raised(amount: Decimal, steps: tuple[int, str]) -> Decimal:
        step, rounding = Decimal(steps[0]), steps[1]
        return amount + (amount * rise / step).quantize(Decimal(1), rounding) * step

    def moved(span: Span) -> Span:
        low = raised(span[0], _SPAN_STEP)
        return low, low + span[1] - span[0]

    amounts = {key: raised(amount, _STEPS[key]) if key in _STEPS else amount for key, amount in table.amounts.items()}
    return replace(
        table,
        year=year,
        carried_from=table.carried_from or table.year,
        amounts=amounts,
        roth_ira={status: moved(span) for status, span in table.roth_ira.items()},
        ira_deduction={status: moved(span) for status, span in table.ira_deduction.items()},
        ira_deduction_spouse_covered=moved(table.ira_deduction_spouse_covered),
    )


def contribution_limits(table: LimitsTable, age_at_year_end: int) -> ContributionLimits:
    """Return what somebody may pay in, by the age at the end of the year."""
    if not 0 <= age_at_year_end <= 130:
        raise InvalidInputError(
            gettext_noop("The age %(age)s is out of range."), field="age_at_year_end", age=str(age_at_year_end)
        )
    told, age = table.amounts, age_at_year_end
    catch_up, simple = NOTHING, NOTHING
    if age >= CATCH_UP_AGE:
        kind = "_60" if age in _LARGER_AGES else ""
        catch_up, simple = told[f"catch_up{kind}"], told[f"simple_catch_up{kind}"]
    health = told["hsa_catch_up"] if age >= HSA_CATCH_UP_AGE else NOTHING
    return ContributionLimits(
        year=table.year,
        elective_deferral=told["elective_deferral"] + catch_up,
        catch_up=catch_up,
        annual_additions=told["annual_additions"] + catch_up,
        simple=told["simple"] + simple,
        ira=told["ira"] + (told["ira_catch_up"] if age >= CATCH_UP_AGE else NOTHING),
        hsa_self=told["hsa_self"] + health,
        hsa_family=told["hsa_family"] + health,
    )


def roth_ira_limit(table: LimitsTable, status: FilingStatus, age: int, magi: Decimal, earned: Decimal) -> Decimal:
    """Return what may go into a Roth IRA (IRC 408A(c)(3)): the limit of all IRAs, falling over a span of income."""
    limit = min(contribution_limits(table, age).ira, max(NOTHING, earned))
    return _phased(limit, magi, _of(table.roth_ira, status))


def ira_deduction_limit(
    table: LimitsTable,
    status: FilingStatus,
    *,
    age: int,
    magi: Decimal,
    is_covered: bool,
    spouse_is_covered: bool,
) -> Decimal:
    """Return what of an IRA contribution may be deducted (IRC 219(g)), by plans at work of either spouse."""
    limit = contribution_limits(table, age).ira
    if is_covered:
        return _phased(limit, magi, _of(table.ira_deduction, status))
    if spouse_is_covered and status is FilingStatus.MARRIED_JOINT:
        return _phased(limit, magi, table.ira_deduction_spouse_covered)
    if spouse_is_covered and status is FilingStatus.MARRIED_SEPARATE:
        return _phased(limit, magi, table.ira_deduction[FilingStatus.MARRIED_SEPARATE])
    return limit


def catch_up_goes_to_roth(table: LimitsTable, wages_of_year_before: Decimal) -> bool:
    """Say whether catch-up deferrals must be Roth: wages of the year before above the threshold (IRC 414(v)(7))."""
    threshold = table.amounts["roth_catch_up_wages"]
    return bool(threshold) and wages_of_year_before > threshold


def _of(spans: Mapping[FilingStatus, Span], status: FilingStatus) -> Span:
    joint = {FilingStatus.SURVIVING_SPOUSE: FilingStatus.MARRIED_JOINT}
    return spans.get(joint.get(status, status), spans[FilingStatus.SINGLE])


def _phased(limit: Decimal, magi: Decimal, span: Span) -> Decimal:
    """Return a limit that falls over a span; rounded up to 10 dollars, and at least 200 until it is gone."""
    low, high = span
    if magi <= low:
        return limit
    if magi >= high:
        return NOTHING
    left = limit * (high - magi) / (high - low)
    rounded = (left / _TEN).quantize(Decimal(1), ROUND_UP) * _TEN
    return min(limit, max(_LEAST, rounded))
