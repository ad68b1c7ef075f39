"""Itemised deductions of federal income tax, exact. Gifts are of cash; interest is what of it the law allows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.tax_tables import FilingStatus, TaxTable

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Payments:
    """What a household paid in a year that may be deducted, in dollars, before any cap or floor.

    ``mortgage_interest`` is interest on no more than the debt that the law allows (IRC 163(h)(3)); ``charity`` is
    cash to public charities, ``charity_carried`` what of such gifts earlier years carried on.
    """

    state_and_local: Decimal = _ZERO
    mortgage_interest: Decimal = _ZERO
    charity: Decimal = _ZERO
    medical: Decimal = _ZERO
    charity_carried: Decimal = _ZERO

    def __post_init__(self) -> None:
        for name in ("state_and_local", "mortgage_interest", "charity", "medical", "charity_carried"):
            if getattr(self, name) < 0:
                raise InvalidInputError(
                    gettext_noop("%(name)s is negative."),
                    mend=gettext_noop("Enter zero or more."),
                    field=name,
                    name=name,
                )


@dataclass(frozen=True, slots=True)
class Itemised:
    """The lines of an itemised deduction. ``reduction`` is what IRC 68 takes off it."""

    medical: Decimal
    state_and_local: Decimal
    mortgage_interest: Decimal
    charity: Decimal
    reduction: Decimal

    @property
    def whole(self) -> Decimal:
        """Return the deduction before its reduction."""
        return self.medical + self.state_and_local + self.mortgage_interest + self.charity

    @property
    def total(self) -> Decimal:
        """Return the deduction."""
        return self.whole - self.reduction


def salt_deduction(table: TaxTable, status: FilingStatus, paid: Decimal, magi: Decimal, calendar_year: int) -> Decimal:
    """State and local taxes that may be itemised (IRC 164(b)(6), (7)): capped, the cap shrinking to a floor.

    Cap and threshold rise each year after the table's until the last year of the raised cap; from then on the floor
    is the cap. Raises InvalidInputError when the table has no cap for the status.
    """
    figures = table.of(status)
    if figures.salt_cap is None:
        raise InvalidInputError(gettext_noop("The tax table has no cap for state and local taxes."), field="salt_cap")
    cap = figures.salt_cap
    if figures.salt_threshold is not None and figures.salt_floor is not None:
        raised = (1 + (table.salt_growth_rate or _ZERO)) ** (calendar_year - table.year)
        excess = max(_ZERO, magi - figures.salt_threshold * raised)
        cap = max(figures.salt_floor, cap * raised - (table.salt_phase_out_rate or _ZERO) * excess)
        if table.salt_last_year is not None and calendar_year > table.salt_last_year:
            cap = figures.salt_floor
    return max(_ZERO, min(paid, cap))


def charity_deduction(table: TaxTable, paid: Decimal, agi: Decimal) -> Decimal:
    """Gifts of cash up to their part of income, without the floor that holds from 2026 on (IRC 170(b)(1)(G), (I))."""
    income, rules = max(_ZERO, agi), table.itemised
    return max(_ZERO, min(paid, rules.charity_limit * income) - rules.charity_floor * income)


def gifts_carried(table: TaxTable, paid: Decimal, carried: tuple[Decimal, ...], agi: Decimal) -> tuple[Decimal, ...]:
    """Return what a year carries on of its own gifts, of those of the year before … (GIFT_YEARS,), as ``carried`` is.

    Gifts of the year come first, then the oldest; what is five years old then falls away, whether the year itemised or
    not (IRC 170(b)(1)(G)(ii), 26 CFR 1.170A-10). From a year whose own gifts exceed the limit, what the floor took is
    carried on too (IRC 170(d)(1)(C)).
    """
    income, rules = max(_ZERO, agi), table.itemised
    room = max(_ZERO, rules.charity_limit * income - paid)
    left = list(carried)
    for age in reversed(range(len(left))):
        used = min(room, left[age])
        left[age] -= used
        room -= used
    over = max(_ZERO, paid - rules.charity_limit * income)
    return (over + (rules.charity_floor * income if over > 0 else _ZERO), *left[:-1])


def medical_deduction(table: TaxTable, paid: Decimal, agi: Decimal) -> Decimal:
    """Medical costs above their part of income (IRC 213(a))."""
    return max(_ZERO, paid - table.itemised.medical_floor * max(_ZERO, agi))


def itemised_deduction(
    table: TaxTable, status: FilingStatus, payments: Payments, agi: Decimal, income: Decimal, calendar_year: int
) -> Itemised:
    """Itemise a year. ``income`` is taxable income before this deduction: AGI less what is deducted beside it.

    From 2026 on 2/37 is taken off the smaller of the deduction and the income in the highest bracket (IRC 68).
    """
    whole = Itemised(
        medical=medical_deduction(table, payments.medical, agi),
        state_and_local=salt_deduction(table, status, payments.state_and_local, agi, calendar_year),
        mortgage_interest=payments.mortgage_interest,
        charity=charity_deduction(table, payments.charity + payments.charity_carried, agi),
        reduction=_ZERO,
    )
    top = max(_ZERO, income - table.of(status).ordinary_upper_bounds[-1])
    return replace(whole, reduction=table.itemised.reduction * min(whole.whole, top))


def charity_without_itemising(table: TaxTable, status: FilingStatus, paid: Decimal) -> Decimal:
    """Gifts of cash that those who do not itemise deduct from 2026 on (IRC 170(p))."""
    return min(paid, table.of(status).charity_without_itemising)
