"""The part of the plain model that keeps the layers of Roth accounts: by the exact rules, owner by owner."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from apps.plans.engine.horizon import age_in_months, resolve
from apps.plans.engine.inputs import Adult, ProjectionInputs
from apps.plans.engine.roth_choices import RothKind
from apps.plans.engine.roth_distributions import Conversion, DesignatedYear, RothYear, designated_year, roth_year

Pool = tuple[str, RothKind]


class RothsOfReference:
    """What the model knows of Roth accounts; ``books`` are its own."""

    inputs: ProjectionInputs
    books: Any

    def _open_roths(self) -> None:
        """Start with what was paid in and converted before."""
        self.roth_paid: dict[Pool, Decimal] = {}
        self.roth_layers: dict[str, list[Conversion]] = {}
        self.roth_out: list[tuple[Pool, float, int]] = []
        self.roth_income: list[float] = []
        for pool in self.inputs.roth_pools:
            converted = sum(taxed + free for _, taxed, free in pool.conversions) if pool.kind is RothKind.PLAN else 0.0
            self.roth_paid[pool.owner, pool.kind] = Decimal(pool.contributions + converted)
            if pool.kind is RothKind.IRA:
                self.roth_layers[pool.owner] = [
                    Conversion(year, Decimal(taxed), Decimal(free)) for year, taxed, free in pool.conversions
                ]

    def _pool_of(self, account: str) -> Pool | None:
        if not self.inputs.roth_pools:
            return None
        for pool in self.inputs.roth_pools:
            if account in pool.accounts:
                return pool.owner, pool.kind
        return next(((plan.owner, RothKind.IRA) for plan in self.inputs.conversions if plan.target == account), None)

    def _pay_into_roth(self, account: str, amount: float) -> None:
        pool = self._pool_of(account)
        if pool is not None:
            self.roth_paid[pool] = self.roth_paid.get(pool, Decimal(0)) + Decimal(amount)

    def _take_from_roth(self, account: str, amount: float, month: int) -> None:
        pool = self._pool_of(account)
        if pool is not None:
            self.roth_out.append((pool, amount, month))

    def _convert_into_roth(self, account: str, year: int, amounts: tuple[float, float]) -> None:
        """What was taxed of a conversion, and what was not."""
        pool = self._pool_of(account)
        if pool is None or sum(amounts) == 0.0:
            return
        if pool[1] is RothKind.PLAN:
            self._pay_into_roth(account, sum(amounts))
        else:
            layer = Conversion(year, Decimal(amounts[0]), Decimal(amounts[1]))
            self.roth_layers.setdefault(pool[0], []).append(layer)

    def _first_year(self, pool: Pool) -> int:
        """The first tax year of anything in a pool, long after the plan where there never is."""
        start, told = self.inputs.start_date, [10_000]
        for each in self.inputs.roth_pools:
            if (each.owner, each.kind) == pool and each.first_year is not None:
                return each.first_year
        accounts = [account for account in self.inputs.accounts if self._pool_of(account.key) == pool]
        told += [start.year for account in accounts if account.balance > 0.0]
        keys = [account.key for account in accounts]
        told += [max(start.year, plan.first_year) for plan in self.inputs.conversions if plan.target in keys]
        for item in self.inputs.contributions:
            if item.account in keys:
                month = start.month - 1 + max(0, resolve(item.start, pool[0], self.inputs))
                told.append(start.year + month // 12)
        return min(told)

    def _tell_roths_apart(self, living: list[Adult], calendar_year: int) -> None:
        """What came out of Roth accounts in the year is told apart; who is left alone has those of both."""
        self.roth_income.append(0.0)
        if len(living) == 1 and len(self.inputs.adults) == 2:
            self._inherit(living[0].key)
        for adult in living:
            for kind in RothKind:
                self._tell_apart(adult, kind, calendar_year, alone=len(living) == 1)
        self.roth_out = []

    def _inherit(self, heir: str) -> None:
        for owner, kind in list(self.roth_paid):
            if owner != heir:
                self.roth_paid[heir, kind] = self.roth_paid.get((heir, kind), Decimal(0)) + self.roth_paid.pop(
                    (owner, kind)
                )
        for owner in list(self.roth_layers):
            if owner != heir:
                self.roth_layers.setdefault(heir, []).extend(self.roth_layers.pop(owner))

    def _by_year(self, owner: str) -> tuple[Conversion, ...]:
        """All conversions of a tax year are one (26 CFR 1.408A-6 A-9)."""
        found: dict[int, Conversion] = {}
        for layer in self.roth_layers.get(owner, []):
            before = found.get(layer.year, Conversion(layer.year, Decimal(0)))
            found[layer.year] = Conversion(layer.year, before.taxed + layer.taxed, before.untaxed + layer.untaxed)
        return tuple(found[year] for year in sorted(found))

    def _tell_apart(self, adult: Adult, kind: RothKind, calendar_year: int, *, alone: bool) -> None:
        inputs, books = self.inputs, self.books
        whose = [other.key for other in inputs.adults if alone or other is adult]
        young = inputs.tax_table.early_withdrawal_age_months
        taken = [
            (amount, age_in_months(adult, inputs.start_date, month) < young)
            for (owner, of), amount, month in self.roth_out
            if owner in whose and of is kind
        ]
        early = Decimal(sum(amount for amount, is_early in taken if is_early))
        late = Decimal(sum(amount for amount, is_early in taken if not is_early))
        first_year = min(self._first_year((owner, kind)) for owner in whose)
        paid = self.roth_paid.get((adult.key, kind), Decimal(0))
        if kind is RothKind.IRA:
            layers = self._by_year(adult.key)
            told = roth_year(RothYear(calendar_year, first_year, paid, layers, early, late))
            self.roth_layers[adult.key] = list(told.conversions)
        else:
            held = sum(
                books.balance[account.key]
                for account in inputs.accounts
                if self._pool_of(account.key) in [(owner, kind) for owner in whose]
            )
            told = designated_year(DesignatedYear(calendar_year, first_year, paid, Decimal(held), early, late))
        self.roth_paid[adult.key, kind] = told.contributions
        books.ordinary += float(told.income)
        books.early += float(told.penalised)
        self.roth_income[-1] += float(told.income)
