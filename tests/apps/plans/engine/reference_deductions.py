"""Payments that may be deducted, in plain Python: the part of the reference model that knows them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from apps.plans.engine.tax_deductions import Payments
from apps.plans.engine.yearly_payments import PaymentKind

if TYPE_CHECKING:
    from apps.plans.engine.inputs import ProjectionInputs


class DeductionsOfReference:
    """What a year pays: taxes on property, gifts in the living costs and besides them, medical costs."""

    inputs: ProjectionInputs
    ends: tuple[int, ...]
    price: float
    index: float
    n_months: int
    gifts: list[float]

    # gifts above the limit of their year, by year
    above: dict[int, float]

    def carry_gifts(self, year: int, payments: Payments, income: float) -> None:
        """By Pub. 526: this year's gifts come first, then those carried over, the oldest first, for five years."""
        if not hasattr(self, "above"):
            self.above = {}
        rules, given = self.inputs.tax_table.itemised, float(payments.charity)
        left = float(rules.charity_limit) * income - given
        if left < 0.0:
            self.above[year] = -left + float(rules.charity_floor) * income
        for old in sorted(self.above):
            if old < year and left > 0.0:
                used = min(left, self.above[old])
                self.above[old] -= used
                left -= used
        self.above = {old: amount for old, amount in self.above.items() if amount > 0.0 and old + 5 > year}

    def begin_payments(self) -> None:
        self.local = self.in_costs = self.besides = self.costs = 0.0

    def note_payments(self, month: int) -> float:
        """Note what a month pays; return what leaves besides the living costs."""
        if month >= max(self.ends):
            return 0.0
        alone = len(self.ends) == 2 and month >= min(self.ends)
        share = self.inputs.spending.survivor_share if alone else 1.0
        start, leaves = self.inputs.start_date, 0.0
        for thing in self.inputs.events.things:
            sold = thing.sale_day is not None and month >= _months_between(start, thing.sale_day)
            self.local += thing.property_tax / 12 * self.price * (1.0 - thing.sold_share if sold else 1.0)
        year = start.year + (start.month - 1 + month) // 12
        for payment in self.inputs.events.payments:
            if not (payment.first_year or year) <= year <= (payment.last_year or year):
                continue
            amount = payment.annual_amount / 12 * self.price
            if not payment.in_costs:
                leaves += amount
            if payment.kind is PaymentKind.MEDICAL:
                self.costs += amount * (share if payment.in_costs else 1.0)
            elif payment.in_costs:
                self.in_costs += amount * share
            else:
                self.besides += amount
        return leaves

    def payments_of(self, year: int, premium: float, insured_months: int) -> Payments:
        """What may be deducted of a year of the plan; ``premium`` is what Medicare charged."""
        cover = self.inputs.medicare
        if cover is not None and not cover.charges_standard:
            premium += insured_months * float(cover.table.part_b + cover.table.part_d_base) * self.index
        return Payments(
            state_and_local=Decimal(self.local),
            mortgage_interest=Decimal(self._interest(year)),
            charity=Decimal(max(0.0, self.in_costs - self.gifts[-1]) + self.besides),
            medical=Decimal(self.costs + premium),
            charity_carried=Decimal(sum(getattr(self, "above", {}).values())),
        )

    def _interest(self, year: int) -> float:
        """Interest on the loans of the main home and of the one second home that is worth most in the year."""
        others = {debt.second_home for debt in self.inputs.debts} - {""}
        return max(self._interest_with(year, home) for home in others or {""})

    def _interest_with(self, year: int, home: str) -> float:
        """Interest on loans on homes by Pub. 936: the part of it that the limits are of what is owed on average."""
        start, paid = self.inputs.start_date, 0.0
        average = {True: 0.0, False: 0.0}
        for debt in self.inputs.debts:
            if debt.home_limit == 0.0 or debt.second_home not in ("", home):
                continue
            days = [item.sale_day for item in self.inputs.events.things if item.debt == debt.key and item.sale_day]
            last = _months_between(start, days[0]) if days else self.n_months
            owed, balance = [], debt.balance
            for month in range(self.n_months):
                if balance <= 0.0 or month > last:
                    break
                if (start.month - 1 + month) // 12 == year:
                    owed.append(balance)
                balance = max(0.0, balance * (1 + debt.annual_rate / 12) - debt.monthly_payment)
            if owed:
                paid += sum(owed) * debt.annual_rate / 12
                average[debt.home_limit > 750_000] += sum(owed) / len(owed)
        before, whole = average[True], sum(average.values())
        limit = max(min(before, 1_000_000.0), 750_000.0)
        qualified = min(limit, min(before, 1_000_000.0) + average[False])
        return paid * min(1.0, qualified / whole) if whole else 0.0


def _months_between(start: date, day: date) -> int:
    return (day.year - start.year) * 12 + day.month - start.month
