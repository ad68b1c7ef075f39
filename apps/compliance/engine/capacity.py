"""Ability: how much loss the finances can bear, from eight facts, with caps that no score lifts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from apps.compliance.engine.errors import CapacityFactError, RiskTableError
from apps.compliance.engine.tables import CapacityTable, Factor, level_in
from apps.compliance.engine.trail import Line
from apps.kernel.errors import gettext_noop

TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class CapacityFacts:
    """What is known of the household's finances. Ratios are proportions, income stability is 0 to 3.

    Each is required: an unknown fact is asked for, never assumed.
    """

    years_to_first_withdrawal: Decimal
    withdrawal_years: Decimal
    liquidity_coverage: Decimal
    income_stability: Decimal
    funded_ratio: Decimal
    debt_service_ratio: Decimal
    dependants: Decimal
    net_worth_share: Decimal


HIGHEST = {
    "years_to_first_withdrawal": Decimal(80),
    "withdrawal_years": Decimal(80),
    "liquidity_coverage": Decimal(100),
    "income_stability": Decimal(3),
    "funded_ratio": Decimal(100),
    "debt_service_ratio": Decimal(10),
    "dependants": Decimal(20),
    "net_worth_share": Decimal(1),
}
FACT_LINES = {
    "years_to_first_withdrawal": gettext_noop(
        "Years to the first withdrawal: %(fact)s. %(points)s of 100 points, weight %(weight)s."
    ),
    "withdrawal_years": gettext_noop("Years of withdrawals: %(fact)s. %(points)s of 100 points, weight %(weight)s."),
    "liquidity_coverage": gettext_noop(
        "Liquid assets over a year's net need: %(fact)s. %(points)s of 100 points, weight %(weight)s."
    ),
    "income_stability": gettext_noop(
        "Stability of income, 0 to 3: %(fact)s. %(points)s of 100 points, weight %(weight)s."
    ),
    "funded_ratio": gettext_noop(
        "Assets over the value of goals: %(fact)s. %(points)s of 100 points, weight %(weight)s."
    ),
    "debt_service_ratio": gettext_noop(
        "Debt payments over income: %(fact)s. %(points)s of 100 points, weight %(weight)s."
    ),
    "dependants": gettext_noop("Dependants: %(fact)s. %(points)s of 100 points, weight %(weight)s."),
    "net_worth_share": gettext_noop(
        "This portfolio over net worth: %(fact)s. %(points)s of 100 points, weight %(weight)s."
    ),
}
CAP_LINES = {
    "needed_within_a_year": gettext_noop("Money is needed within a year: no higher than level %(level)s."),
    "needed_within_three_years": gettext_noop("Money is needed within three years: no higher than level %(level)s."),
    "underfunded_and_short": gettext_noop(
        "Goals are funded below 70%% and money is needed within five years: no higher than level %(level)s."
    ),
}


@dataclass(frozen=True, slots=True)
class Capacity:
    """The score 0 to 100, its level after caps, the caps that held, and how it came about."""

    score: Decimal
    level: int
    caps: tuple[str, ...]
    trail: tuple[Line, ...]


def points_of(factor: Factor, fact: Decimal) -> Decimal:
    """Return the points of a fact on the straight lines between the factor's knots, flat beyond its ends.

    Raises RiskTableError for knots that do not ascend.
    """
    (first_x, first_y), (last_x, last_y) = factor.knots[0], factor.knots[-1]
    if fact <= first_x:
        return first_y
    if fact >= last_x:
        return last_y
    for (x0, y0), (x1, y1) in pairwise(factor.knots):
        if fact <= x1:
            return y0 + (y1 - y0) * (fact - x0) / (x1 - x0)
    raise RiskTableError(gettext_noop("The knots of a capacity factor do not ascend."))


def check_facts(facts: CapacityFacts) -> None:
    """Refuse a fact that cannot be. Raises CapacityFactError naming the fact."""
    for name, highest in HIGHEST.items():
        fact = getattr(facts, name)
        if not fact.is_finite() or not 0 <= fact <= highest:
            raise CapacityFactError(
                gettext_noop("%(fact)s lies outside 0 to %(highest)s."),
                mend=gettext_noop("Correct the figure; ratios are proportions, so 40%% is 0.4."),
                field=name,
                fact=fact,
                highest=highest,
            )


def score_capacity(facts: CapacityFacts, table: CapacityTable) -> Capacity:
    """Score the finances: the weighted mean of each fact's points, to a tenth, then the caps.

    Raises CapacityFactError for an impossible fact.
    """
    check_facts(facts)
    lines, total = [], Decimal(0)
    for factor in table.factors:
        fact = getattr(facts, factor.code)
        points = points_of(factor, fact)
        total += factor.weight * points
        shown = {"fact": _plain(fact), "points": _plain(points.quantize(TENTH)), "weight": _plain(factor.weight)}
        lines.append(Line(f"fact:{factor.code}", FACT_LINES[factor.code], shown))
    score = (total / 100).quantize(TENTH, rounding=ROUND_HALF_UP)
    level = level_in(table.bands, score)
    lines.append(
        Line(
            "score",
            gettext_noop("Weighted mean %(score)s of 100: level %(level)s."),
            {"score": _plain(score), "level": str(level)},
        )
    )
    caps = [cap for cap in table.caps if all(getattr(facts, code) < limit for code, limit in cap.below.items())]
    for cap in caps:
        lines.append(Line(f"cap:{cap.code}", CAP_LINES[cap.code], {"level": str(cap.level)}))
        level = min(level, cap.level)
    return Capacity(score, level, tuple(cap.code for cap in caps), tuple(lines))


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
