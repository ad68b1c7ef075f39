"""What the tax map says of each year: frozen values, for pages that load no engine (`tax_years` makes them)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IncomeParts:
    """Where a year's income comes from, nominal. ``withdrawn`` is what tax-deferred accounts gave, ``required`` the
    part of it that the law made the household take out beyond what it needed, ``converted`` what went to Roth;
    ``recovered`` is what of both was after-tax money of IRAs, which is not taxed again, ``given`` what IRAs gave to
    charity, beside what was withdrawn; ``roth`` is what of withdrawals from Roth accounts is income, ``equity`` what
    options and purchase plans brought without payroll tax."""

    wages: float
    pre_tax: float
    pensions: float
    withdrawn: float
    converted: float
    required: float
    benefits: float
    taxable_benefits: float
    investment: float
    gains: float
    recovered: float = 0.0
    given: float = 0.0
    roth: float = 0.0
    equity: float = 0.0


@dataclass(frozen=True, slots=True)
class TaxParts:
    """What a year's taxes are made of, nominal: ``income_tax`` after credits, ``walked`` the federal tax that the
    simulation charged, to compare with; ``minimum`` what of the income tax is minimum tax, ``minimum_credit`` what of
    that of earlier years came off it."""

    income_tax: float
    niit: float
    payroll: float
    early: float
    state: float
    medicare: float
    walked: float
    minimum: float = 0.0
    minimum_credit: float = 0.0

    @property
    def federal(self) -> float:
        """Return everything due to the federal government but premiums."""
        return self.income_tax + self.niit + self.payroll + self.early


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a year stands in the law. Rates are fractions; a room is dollars of that year, None where it has no end.

    ``bracket`` is the rate of the last taxed dollar of ordinary income, 0 where none is taxed; ``marginal`` what each
    of the next hundred dollars costs with what they do to other lines; ``starts`` the incomes (AGI) at which each
    bracket but the first begins, were all of it ordinary. ``step`` is Medicare's step paid this year, ``next_step``
    the one that this year's income leads to two years on; None where nobody is insured then.
    """

    bracket: float
    room: float | None
    marginal: float
    effective: float
    gains_rate: float
    starts: tuple[tuple[float, float], ...]
    step: int | None
    next_step: int | None
    step_room: float | None


@dataclass(frozen=True, slots=True)
class DeductionParts:
    """What a year's income is reduced by, nominal. ``standard`` is the standard deduction, ``given`` what of gifts is
    deducted beside it, ``senior`` the deduction for people of 65 and more, which each year has. The parts of an
    itemised deduction are what the law leaves of each payment, ``reduction`` what it takes off them all; they are
    zero where ``is_itemised`` is not set, and ``standard`` and ``given`` where it is. ``paid`` are the payments as they
    were made: state and local taxes, interest, gifts, medical costs; ``carried`` gifts above the limits of earlier
    years that this one may deduct."""

    is_itemised: bool
    standard: float
    given: float
    senior: float
    state_and_local: float = 0.0
    mortgage_interest: float = 0.0
    charity: float = 0.0
    medical: float = 0.0
    reduction: float = 0.0
    paid: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    carried: float = 0.0


@dataclass(frozen=True, slots=True)
class TaxYear:
    """One calendar year of the map; the first has ``months`` of it. ``price`` is the level as the year begins."""

    calendar_year: int
    months: int
    ages: tuple[int, ...]
    status: str
    price: float
    agi: float
    deduction: float
    taxable_income: float
    income: IncomeParts
    taxes: TaxParts
    standing: Standing
    deductions: DeductionParts
