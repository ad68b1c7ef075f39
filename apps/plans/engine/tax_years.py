"""The tax map: what each calendar year of a plan is taxed on, and where its income stands in the law.

On the path of steady returns, on which every asset gives its median return and inflation its mean. The walk says what
came in (`books.Recorded.ledgers`); every line of the federal return is then computed again by the exact functions of
`taxes`, `conversions` and `medicare`, in Decimal, from the law raised by the path's prices (`indexed_law`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.books import (
    F_CONVERTED,
    F_EQUITY,
    F_GIVEN,
    F_MEDICARE,
    F_RECOVERED,
    F_REQUIRED,
    F_ROTH,
    F_SPREAD,
    F_SPREAD_SOLD,
    F_STATE_TAXES,
    F_TAXES,
    Recorded,
    empty_record,
    keeping_balances,
)
from apps.plans.engine.compiled import LANES
from apps.plans.engine.conversions import marginal_rate, room_up_to
from apps.plans.engine.deducted_payments import payments_of_year
from apps.plans.engine.growth import grown, year_prices
from apps.plans.engine.horizon import age_in_months, first_month_of_year
from apps.plans.engine.indexed_law import law_of
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.kernel import simulate_blocks
from apps.plans.engine.medicare import LOOK_BACK_YEARS, income_step, room_to_next_step
from apps.plans.engine.minimum_tax import NO_OPTIONS, HeldOptions
from apps.plans.engine.monte_carlo import span_of
from apps.plans.engine.program import Program, build_program
from apps.plans.engine.scenarios import expected_cube
from apps.plans.engine.schedules import NOMINAL, REAL
from apps.plans.engine.tax_credits import Dependants
from apps.plans.engine.tax_deductions import Payments, charity_without_itemising, gifts_carried
from apps.plans.engine.tax_law import (
    BENEFITS,
    CHILDREN,
    EARLY,
    GAINS,
    INTEREST,
    LOSS,
    ORDINARY,
    OTHERS,
    PRE_TAX,
    QUALIFIED,
    SENIORS,
    STATUS,
    STATUSES,
    WAGES_1,
    WAGES_2,
)
from apps.plans.engine.tax_map import DeductionParts, IncomeParts, Standing, TaxParts, TaxYear
from apps.plans.engine.tax_tables import TaxTable
from apps.plans.engine.taxes import FederalTax, TaxFacts, federal_tax
from apps.plans.engine.yearly_payments import GIFT_YEARS

FloatArray = NDArray[np.float64]
_NOTHING, _MONTHS = Decimal(0), 12
_PENSIONS = 3  # the column of the incomes that is taxed in full


@dataclass(frozen=True, slots=True)
class SteadyPath:
    """A plan on the path without chance: what the walk kept, and the price level at the start and at year ends."""

    program: Program
    recorded: Recorded
    prices: FloatArray
    month_prices: FloatArray


def steady_path(inputs: ProjectionInputs) -> SteadyPath:
    """Walk the plan once, without chance: every asset gives its median return, inflation reverts to its mean."""
    program = build_program(inputs)
    n_years, span = program.year_facts.shape[1], span_of(program)
    recorded = empty_record(n_years, program.demands.shape[2], 1, with_flows=True, with_ledgers=True)
    recorded = keeping_balances(recorded, len(inputs.accounts))
    cube = expected_cube(inputs.assumptions, _MONTHS * n_years)
    growth = grown(program.weights, cube.factors, span)
    simulate_blocks(program, growth, np.empty((1, 0, LANES), dtype=np.int32), 0, recorded)
    prices = year_prices(cube.factors, span, 1)[:, 0].astype(np.float64)
    return SteadyPath(program, recorded, prices, growth[0, -1, :, 0].astype(np.float64))


def tax_years(inputs: ProjectionInputs, path: SteadyPath | None = None) -> tuple[TaxYear, ...]:
    """Return the map of every calendar year of a plan; ``path`` is that of `steady_path`, where the caller has it."""
    map_ = _Map(inputs, path or steady_path(inputs))
    return tuple(map_.year(year) for year in range(map_.path.program.year_facts.shape[1]))


def year_facts(inputs: ProjectionInputs, path: SteadyPath, year: int) -> tuple[TaxTable, TaxFacts]:
    """Return the law of a year and what it is applied to, exact, as the walk left them: of options that are held what
    the year itself brings, not what earlier ones carry on."""
    program = path.program
    facts, ledger = program.year_facts[0, year], path.recorded.ledgers[year, :, 0]
    part = Decimal(program.first_year) / _MONTHS if year == 0 else Decimal(1)
    told = {slot: Decimal(repr(float(ledger[slot]))) for slot in range(ledger.size)}
    return law_of(inputs.tax_table, Decimal(float(path.prices[year])), part), TaxFacts(
        status=STATUSES[facts[STATUS]],
        calendar_year=inputs.start_date.year + year,
        wages=(told[WAGES_1], told[WAGES_2]),
        pre_tax=told[PRE_TAX],
        ordinary=told[ORDINARY],
        interest=told[INTEREST],
        qualified_dividends=told[QUALIFIED],
        # netted already: a loss of it is what counts this year
        long_term_gain=told[GAINS],
        benefits=told[BENEFITS],
        early_withdrawals=told[EARLY],
        seniors=int(facts[SENIORS]),
        loss_carried=_NOTHING,
        dependants=Dependants(int(facts[CHILDREN]), int(facts[OTHERS])),
        active_gain=Decimal(repr(float(program.active_gains[0, year]))) if program.active_gains.size else _NOTHING,
        payments=payments_of_year(
            program,
            path.recorded.flows[year, :, 0],
            (path.month_prices, float(path.prices[year])),
            _months_of(inputs, program, year),
            year,
        ),
        options=HeldOptions(
            *(Decimal(repr(float(path.recorded.flows[year, flow, 0]))) for flow in (F_SPREAD, F_SPREAD_SOLD))
        ),
    )


def _with_gifts(law: TaxTable, facts: TaxFacts, gifts: tuple[Decimal, ...]) -> tuple[TaxFacts, tuple[Decimal, ...]]:
    """Return a year with the gifts that earlier ones carry on, and what it carries on itself."""
    paid = facts.payments or Payments()
    if paid.charity == 0 and not any(gifts):
        return facts, gifts
    with_them = replace(facts, payments=replace(paid, charity_carried=sum(gifts, _NOTHING)))
    return with_them, gifts_carried(law, paid.charity, gifts, federal_tax(law, facts).agi)


def carried_on(path: SteadyPath, laws: list[tuple[TaxTable, TaxFacts]]) -> list[tuple[TaxTable, TaxFacts]]:
    """Return the years, each with what gifts and the minimum tax carry on from the ones before it."""
    told, gifts = [], (_NOTHING,) * GIFT_YEARS
    left = HeldOptions(credit=Decimal(repr(float(path.program.grants.credit))))
    for year, (law, of_year) in enumerate(laws):
        facts, gifts = _with_gifts(law, of_year, gifts)
        # gains are netted: losses that both taxes carry on are told besides
        both = Decimal(repr(float(path.recorded.ledgers[year, LOSS, 0])))
        beyond = left.loss_beyond + (both if facts.options.sold + left.loss_beyond else _NOTHING)
        options = replace(facts.options, loss_beyond=beyond, credit=left.credit)
        told.append((law, replace(facts, options=options)))
        if options != NO_OPTIONS:
            left = federal_tax(*told[-1]).options
            left = replace(left, loss_beyond=max(_NOTHING, left.loss_beyond - both))
    return told


def _months_of(inputs: ProjectionInputs, program: Program, year: int) -> slice:
    first = first_month_of_year(year, inputs.start_date)
    return slice(first, first + (program.first_year if year == 0 else _MONTHS))


class _Map:
    """One household's years, each computed once."""

    def __init__(self, inputs: ProjectionInputs, path: SteadyPath) -> None:
        self.inputs, self.path = inputs, path
        n_years = path.program.year_facts.shape[1]
        self.laws = carried_on(path, [year_facts(inputs, path, year) for year in range(n_years)])
        self.taxes = [federal_tax(*each) for each in self.laws]

    def year(self, year: int) -> TaxYear:
        """Return one year."""
        start, program = self.inputs.start_date, self.path.program
        month, tax = first_month_of_year(year, start), self.taxes[year]
        _law, facts = self.laws[year]
        return TaxYear(
            calendar_year=start.year + year,
            months=program.first_year if year == 0 else _MONTHS,
            ages=tuple(age_in_months(adult, start, month) // _MONTHS for adult in self.inputs.adults),
            status=str(facts.status),
            price=float(self.path.prices[year]),
            agi=float(tax.agi),
            deduction=float(tax.income_tax.deduction + tax.senior_deduction),
            taxable_income=float(tax.taxable_income),
            income=self._income(year),
            taxes=self._taxes(year),
            standing=self._standing(year),
            deductions=self._deductions(year),
        )

    def _deductions(self, year: int) -> DeductionParts:
        """The deduction that leaves the smaller tax, with its parts."""
        law, facts = self.laws[year]
        tax, paid = self.taxes[year], facts.payments or Payments()
        lines = tax.income_tax.itemised
        given = charity_without_itemising(law, facts.status, paid.charity)
        told = (paid.state_and_local, paid.mortgage_interest, paid.charity, paid.medical)
        return DeductionParts(
            is_itemised=lines is not None,
            standard=0.0 if lines else float(tax.income_tax.deduction - given),
            given=0.0 if lines else float(given),
            senior=float(tax.senior_deduction),
            state_and_local=float(lines.state_and_local) if lines else 0.0,
            mortgage_interest=float(lines.mortgage_interest) if lines else 0.0,
            charity=float(lines.charity) if lines else 0.0,
            medical=float(lines.medical) if lines else 0.0,
            reduction=float(lines.reduction) if lines else 0.0,
            carried=float(paid.charity_carried),
            paid=tuple(map(float, told)),  # type: ignore[arg-type]
        )

    def _income(self, year: int) -> IncomeParts:
        _law, facts = self.laws[year]
        pensions, converted = self._pensions(year), self._flow(year, F_CONVERTED)
        recovered, roth, equity = (self._flow(year, flow) for flow in (F_RECOVERED, F_ROTH, F_EQUITY))
        return IncomeParts(
            wages=float(sum(facts.wages)),
            pre_tax=float(facts.pre_tax),
            pensions=pensions,
            # what is taxed, and what is not
            withdrawn=max(0.0, float(facts.ordinary) + recovered - pensions - converted - roth - equity),
            converted=converted,
            required=self._flow(year, F_REQUIRED),
            benefits=float(facts.benefits),
            taxable_benefits=float(self.taxes[year].taxable_benefits),
            investment=float(facts.interest + facts.qualified_dividends),
            gains=float(facts.long_term_gain),
            recovered=recovered,
            given=self._flow(year, F_GIVEN),
            roth=roth,
            equity=equity,
        )

    def _pensions(self, year: int) -> float:
        months = _months_of(self.inputs, self.path.program, year)
        column = self.path.program.incomes[0, months, _PENSIONS]
        return float((column[:, REAL] * self.path.month_prices[months] + column[:, NOMINAL]).sum())

    def _flow(self, year: int, flow: int) -> float:
        return float(self.path.recorded.flows[year, flow, 0])

    def _taxes(self, year: int) -> TaxParts:
        tax, state = self.taxes[year], self._flow(year, F_STATE_TAXES)
        return TaxParts(
            income_tax=float(tax.income_tax.total - tax.credits.used - tax.credits.refunded - tax.minimum_credit),
            niit=float(tax.niit),
            payroll=float(tax.payroll_tax),
            early=float(tax.early_withdrawal_tax),
            state=state,
            medicare=self._flow(year, F_MEDICARE),
            walked=self._flow(year, F_TAXES) - state,
            minimum=float(tax.income_tax.minimum_tax),
            minimum_credit=float(tax.minimum_credit),
        )

    def _standing(self, year: int) -> Standing:
        law, facts = self.laws[year]
        tax = self.taxes[year]
        bounds = law.of(facts.status).ordinary_upper_bounds
        ordinary = tax.taxable_income - tax.preferential
        place = -1 if ordinary == 0 else sum(ordinary > bound for bound in bounds)
        top = _NOTHING if place < 0 else bounds[place] if place < len(bounds) else None
        deducted = tax.income_tax.deduction + tax.senior_deduction
        due = tax.total - tax.payroll_tax
        gross = sum(facts.wages, _NOTHING) + facts.ordinary + facts.benefits + facts.interest
        gross += facts.qualified_dividends + max(_NOTHING, facts.long_term_gain)
        next_step, step_room = self._next_step(year)
        return Standing(
            bracket=0.0 if place < 0 else float(law.ordinary_rates[place]),
            room=None if top is None else float(room_up_to(law, facts, top)),
            marginal=float(marginal_rate(law, facts)),
            effective=float(due / gross) if gross > 0 else 0.0,
            gains_rate=gains_rate(law, facts, tax),
            starts=tuple(
                (float(rate), float(bound + deducted))
                for rate, bound in zip(law.ordinary_rates[1:], bounds, strict=True)
            ),
            step=self._step(year),
            next_step=next_step,
            step_room=step_room,
        )

    def _step(self, year: int) -> int | None:
        """Medicare's step of a year, by the income of two years before."""
        cover, program = self.inputs.medicare, self.path.program
        if cover is None or program.insured[0, year] == 0.0:
            return None
        before = year - LOOK_BACK_YEARS
        income = self._whole_income(before) if before >= 0 else Decimal(repr(cover.incomes_before[year]))
        return income_step(cover.table, self.laws[year][1].status, income / self._level(year))

    def _next_step(self, year: int) -> tuple[int | None, float | None]:
        """The step that a year's income leads to, and how much more of it stays there."""
        cover, later = self.inputs.medicare, year + LOOK_BACK_YEARS
        if cover is None or later >= len(self.laws) or self.path.program.insured[0, later] == 0.0:
            return None, None
        status, level = self.laws[later][1].status, self._level(later)
        income = self._whole_income(year) / level
        room = room_to_next_step(cover.table, status, income)
        share = Decimal(self.path.program.first_year) / _MONTHS if year == 0 else Decimal(1)
        return income_step(cover.table, status, income), None if room is None else float(room * level * share)

    def _whole_income(self, year: int) -> Decimal:
        """A first year of some months stands for a whole one like it, as in the walk."""
        return self.taxes[year].agi * (Decimal(_MONTHS) / self.path.program.first_year if year == 0 else 1)

    def _level(self, year: int) -> Decimal:
        return Decimal(float(self.path.prices[year]))


def gains_rate(law: TaxTable, facts: TaxFacts, tax: FederalTax) -> float:
    """Return what the next dollar of a long-term gain is taxed at, by where taxable income ends (IRC 1(h))."""
    row = law.of(facts.status)
    zero, middle, high = law.ltcg_rates
    if tax.taxable_income < row.ltcg_0_max:
        return float(zero)
    return float(middle if tax.taxable_income < row.ltcg_15_max else high)
