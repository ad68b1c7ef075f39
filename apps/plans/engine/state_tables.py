"""The income tax law of the states, as frozen values. Figures come from one dated file, never from code.

Most of what a state allows is an amount that shrinks with income: a standard deduction that fades, an exemption that
ends at a limit, a credit. A `Fade` is such an amount; a law is a list of them, each with what it counts towards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.tax_tables import FilingStatus

# What stands for "without end" and "ends at once" in a table of finite figures.
UNLIMITED = Decimal(10**12)
AT_ONCE = Decimal(10**9)


class Towards(StrEnum):
    """What a fading amount counts towards."""

    BENEFITS_SHARE = "benefits_exempt_share"
    RETIREMENT_SHARE = "retirement_share"
    DEDUCTION = "deduction"
    CREDIT = "credit"
    FEDERAL_TAX_SHARE = "federal_tax_share"
    FEDERAL_TAX_CAP = "federal_tax_cap"
    RECAPTURE = "recapture"


class Measure(StrEnum):
    """The income by which an amount fades."""

    AGI = "agi"
    LESS_BENEFITS = "less_benefits"
    STATE = "state"
    TAXABLE = "taxable"
    BENEFITS = "benefits"


class Of(StrEnum):
    """What the amount is a multiple of: a dollar, the federal standard deduction, taxable benefits, the tax
    itself, the wage or the income of the adult who has less, the larger wage, pensions and withdrawals."""

    ONE = "one"
    DEDUCTIONS = "deductions"
    BENEFITS = "benefits"
    TAX = "tax"
    LOWER_WAGE = "lower_wage"
    HIGHER_WAGE = "higher_wage"
    LOWER_INCOME = "lower_income"
    RETIREMENT = "retirement"


class Start(StrEnum):
    """Where a state begins: federal adjusted gross income, or capital gains alone."""

    AGI = "agi"
    GAINS = "gains"
    NOTHING = "nothing"


class Trust(StrEnum):
    """How far a second source confirms a state's figures."""

    CONFIRMED = "confirmed"
    PARTLY = "partly"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class ByStatus:
    """A figure for a single person, a couple that files jointly, and a head of household.

    Who files separately is taken as single, a surviving spouse as a couple.
    """

    single: Decimal
    joint: Decimal
    head: Decimal

    def of(self, status: FilingStatus) -> Decimal:
        """Return the figure of a status."""
        if status in (FilingStatus.MARRIED_JOINT, FilingStatus.SURVIVING_SPOUSE):
            return self.joint
        return self.head if status is FilingStatus.HEAD_OF_HOUSEHOLD else self.single


@dataclass(frozen=True, slots=True)
class Fade:
    """An amount towards something, while taxable income lies above ``above``.

    It is ``amount`` less ``rate`` for each dollar of the measure above ``start``, never below ``floor`` nor above
    ``most``. The excess is rounded up to whole ``step`` dollars, where there is a step. ``per_adult`` multiplies amount
    and floor by the adults of at least ``from_age`` years (and not ``to_age``), ``rate_per_adult`` the rate as well.
    """

    towards: Towards
    amount: ByStatus
    floor: ByStatus
    start: ByStatus
    rate: ByStatus
    step: ByStatus
    measure: Measure
    above: ByStatus
    most: ByStatus
    of: Of
    per_adult: bool
    rate_per_adult: bool
    from_age: int
    to_age: int


@dataclass(frozen=True, slots=True)
class RetirementBand:
    """What each adult of at least ``from_age`` years may leave out of pensions and withdrawals."""

    from_age: int
    cap: ByStatus


@dataclass(frozen=True, slots=True)
class StateTable:
    """The law of one state for one year.

    ``retirement_pooled`` lets one adult's cap serve the other's income and counts it once; ``retirement_covers_all``
    lets it cover interest, dividends, gains and other unearned income too; ``retirement_less_benefits`` is the share of
    the benefits by which it is smaller (``_taxable_benefits``: of their federally taxable part). ``pensions_exempt``
    leaves all pensions out; without ``withdrawals_count`` the caps are for pensions only. ``gains_rates`` are the rates
    of long-term gains, stacked on the other income, where the state has its own. ``indexed`` says that its amounts rise
    with prices in later years.
    """

    code: str
    name: str
    year: int
    start: Start
    indexed: bool
    counts_losses: bool
    counts_deferrals: bool
    federal_standard: bool
    federal_senior: bool
    retirement: tuple[RetirementBand, ...]
    retirement_pooled: bool
    retirement_covers_all: bool
    retirement_less_benefits: Decimal
    retirement_less_taxable_benefits: Decimal
    pensions_exempt: bool
    withdrawals_count: bool
    gains_excluded: Decimal
    dividends_excluded: Decimal
    gains_excluded_cap: Decimal
    rates: tuple[Decimal, ...]
    gains_rates: tuple[Decimal, ...]
    bounds: tuple[ByStatus, ...]
    fades: tuple[Fade, ...]
    source: str
    trust: Trust
    checked_against: str
    caveats: tuple[str, ...]

    @property
    def taxes_income(self) -> bool:
        """Whether the state asks for anything at all."""
        return self.start is not Start.NOTHING

    def __hash__(self) -> int:
        """Tables are looked up by the hundred for each plan; a state and a year nearly always tell them apart."""
        return hash((self.code, self.year))


@dataclass(frozen=True, slots=True)
class StateTables:
    """The states' law of one year."""

    year: int
    states: Mapping[str, StateTable]

    def of(self, code: str) -> StateTable:
        """Return a state by its two letters. Raises InvalidInputError for one that the table lacks."""
        if code not in self.states:
            raise InvalidInputError(
                gettext_noop("There is no state tax table for “%(state)s”."),
                mend=gettext_noop("Give the state of residence by its two letters."),
                field="state",
                state=code,
            )
        return self.states[code]


def _by_status(value: Any) -> ByStatus:
    """One figure for all, or three: single, joint, head of household."""
    figures = value if isinstance(value, list) else [value] * 3
    single, joint, head = (UNLIMITED if figure == "all" else Decimal(str(figure)) for figure in figures)
    return ByStatus(single, joint, head)


def _fade(row: Mapping[str, Any]) -> Fade:
    return Fade(
        towards=Towards(row["towards"]),
        amount=_by_status(row["amount"]),
        floor=_by_status(row.get("floor", 0)),
        start=_by_status(row.get("start", 0)),
        rate=_by_status(AT_ONCE if row.get("ends") else row.get("rate", 0)),
        step=_by_status(row.get("step", 0)),
        measure=Measure(row.get("measure", "agi")),
        above=_by_status(row.get("above", -1)),
        most=_by_status(row.get("most", "all")),
        of=Of(row.get("of", "one")),
        per_adult=bool(row.get("per_adult", "from_age" in row or "to_age" in row)),
        rate_per_adult=bool(row.get("rate_per_adult", False)),
        from_age=int(row.get("from_age", 0)),
        to_age=int(row.get("to_age", 999)),
    )


def _fades(rows: list[Mapping[str, Any]], start: Start) -> tuple[Fade, ...]:
    """The fading amounts; shares of which the file says nothing are whole, and a deducted tax has no cap."""
    fades = [_fade(row) for row in rows]
    wholes = {
        Towards.BENEFITS_SHARE: int(start is Start.AGI),
        Towards.RETIREMENT_SHARE: 1,
        Towards.FEDERAL_TAX_CAP: "all",
    }
    for towards, whole in wholes.items():
        if not any(fade.towards is towards for fade in fades):
            fades.append(_fade({"towards": towards, "amount": whole}))
    return tuple(fades)


def _state(code: str, year: int, row: Mapping[str, Any]) -> StateTable:
    rates = tuple(Decimal(str(rate)) for rate in row.get("rates", [0]))
    bounds = tuple(_by_status(bound) for bound in row.get("bounds", []))
    gains_rates = tuple(Decimal(str(rate)) for rate in row.get("gains_rates", []))
    if len(bounds) + 1 != len(rates) or (gains_rates and len(gains_rates) != len(rates)):
        raise InvalidInputError(
            gettext_noop("The brackets of “%(state)s” must be one fewer than its rates."),
            mend=gettext_noop("Correct the tax table."),
            field=f"states.{code}.bounds",
            state=code,
        )
    return StateTable(
        code=code,
        name=str(row["name"]),
        year=year,
        start=Start(row.get("start", "agi")),
        indexed=bool(row.get("indexed", False)),
        counts_losses=bool(row.get("counts_losses", True)),
        counts_deferrals=bool(row.get("counts_deferrals", False)),
        federal_standard=bool(row.get("federal_standard", False)),
        federal_senior=bool(row.get("federal_senior", False)),
        retirement=tuple(
            RetirementBand(int(band["from_age"]), _by_status(band["cap"])) for band in row.get("retirement", [])
        ),
        retirement_pooled=bool(row.get("retirement_pooled", False)),
        retirement_covers_all=bool(row.get("retirement_covers_all", False)),
        retirement_less_benefits=Decimal(str(row.get("retirement_less_benefits", 0))),
        retirement_less_taxable_benefits=Decimal(str(row.get("retirement_less_taxable_benefits", 0))),
        pensions_exempt=bool(row.get("pensions_exempt", False)),
        withdrawals_count=bool(row.get("withdrawals_count", True)),
        gains_excluded=Decimal(str(row.get("gains_excluded", 0))),
        dividends_excluded=Decimal(str(row.get("dividends_excluded", 0))),
        gains_excluded_cap=_by_status(row.get("gains_excluded_cap", "all")).single,
        rates=rates,
        gains_rates=gains_rates,
        bounds=bounds,
        fades=_fades(row.get("fades", []), Start(row.get("start", "agi"))),
        source=str(row["source"]),
        trust=Trust(row["trust"]),
        checked_against=str(row.get("checked_against", "")),
        caveats=tuple(row.get("caveats", [])),
    )


def state_tables_from_mapping(table: Mapping[str, Any]) -> StateTables:
    """Build the tables from a parsed file (``apps/plans/reference/state_tax_*.toml`` has the form).

    Raises InvalidInputError where a key is missing or the brackets do not fit the rates.
    """
    try:
        year = int(table["year"])
        states = {code: _state(code, year, row) for code, row in table["states"].items()}
        return StateTables(year, states)
    except KeyError as missing:
        raise InvalidInputError(
            gettext_noop("The tax table lacks “%(key)s”."),
            mend=gettext_noop("Add the entry with its source."),
            field=str(missing.args[0]),
            key=missing.args[0],
        ) from missing
