"""The part of the plain model that keeps Form 8606 and gives from IRAs: by the exact rules, owner by owner."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from apps.plans.engine.charitable_gifts import GiftYear, first_gift_day, qualified_gift
from apps.plans.engine.conversions import IraYear, pro_rata
from apps.plans.engine.horizon import household_retirement_month
from apps.plans.engine.inputs import Adult, GoalKind, ProjectionInputs

EVERYBODY = "everybody"


class IrasOfReference:
    """What the model knows of IRAs; ``books`` are its own."""

    inputs: ProjectionInputs
    books: Any
    ends: tuple[int, ...]
    index: float
    price: float
    recovered: list[float]
    gifts: list[float]
    free: dict[str, float]
    moved: dict[str, float]

    def _moved(self, amount: float, share: float, month: int) -> float:
        raise NotImplementedError

    def _owner_of(self, key: str) -> str:
        return next((pool.owner for pool in self.inputs.ira_pools if key in pool.accounts), "")

    def _is_merged(self, living: list[Adult]) -> bool:
        """Who is left alone has the IRAs of both."""
        return len(self.inputs.adults) == 2 and len(living) < 2

    def _held_by(self, living: list[Adult]) -> dict[str, list[str]]:
        """Return the IRAs that count as one, by owner."""
        if not self._is_merged(living):
            return {pool.owner: list(pool.accounts) for pool in self.inputs.ira_pools}
        for told in (self.books.after_tax, self.books.late, self.books.given):
            whole = sum(told.values())
            told.clear()
            told[EVERYBODY] = whole
        return {EVERYBODY: [key for pool in self.inputs.ira_pools for key in pool.accounts]}

    def _note_ira(self, account: str, amount: float, month: int, *, deducts: bool) -> None:
        owner = self._owner_of(account)
        if not owner:
            return
        if not deducts:
            self.books.after_tax[owner] = self.books.after_tax.get(owner, 0.0) + amount
        elif self.inputs.ira_gifts is not None and month >= self._may_give_from(owner):
            self.books.late[owner] = self.books.late.get(owner, 0.0) + amount

    def _may_give_from(self, owner: str) -> int:
        day = next(first_gift_day(adult.birth_date) for adult in self.inputs.adults if adult.key == owner)
        start = self.inputs.start_date
        return (day.year - start.year) * 12 + day.month - start.month

    def _january(self, month: int) -> int:
        """Return the first month of the calendar year of a month, or of the plan."""
        start: date = self.inputs.start_date
        return max(0, (start.month - 1 + month) // 12 * 12 - start.month + 1)

    def _living_at(self, month: int) -> list[Adult]:
        return [adult for adult, end in zip(self.inputs.adults, self.ends, strict=True) if end > month]

    def _give(self, month: int) -> None:
        """Give what the month's gifts are, owner after owner; the household need not pay it then."""
        gifts, books = self.inputs.ira_gifts, self.books
        now, begun = self._living_at(month), self._living_at(self._january(month))
        if gifts is None or not now:
            return
        alone = len(now) < len(self.inputs.adults)
        share = self.inputs.spending.survivor_share if alone else 1.0
        wanted = min(gifts.annual_amount / 12.0 * share, self._living_costs(share, month)) * self.price
        part = (
            1.0
            if self._january(month) > 0 or self.inputs.start_date.month == 1
            else ((13 - self.inputs.start_date.month) / 12.0)
        )
        limit = gifts.yearly_limit * part * self.index
        for owner, keys in self._held_by(begun).items():
            who = now[0].key if alone else owner
            if month < self._may_give_from(who):
                continue
            held = sum(books.balance[key] for key in keys)
            out = sum(amount for key, amount, _ in books.out if key in keys)
            told = qualified_gift(
                GiftYear(
                    wanted=Decimal(wanted),
                    limit=max(Decimal(0), Decimal(limit - books.given.get(owner, 0.0))),
                    held=Decimal(held),
                    includible=max(
                        Decimal(0),
                        Decimal(held + out - books.given.get(owner, 0.0) - books.after_tax.get(owner, 0.0)),
                    ),
                    offset=Decimal(books.late.get(owner, 0.0)),
                )
            )
            for account in self.inputs.accounts:
                if account.key in keys and held > 0.0:
                    take = float(told.given) * books.balance[account.key] / held
                    books.balance[account.key] -= take
                    books.taken[account.key] = books.taken.get(account.key, 0.0) + take
                    books.out.append((account.key, take, False))
            books.late[owner] = books.late.get(owner, 0.0) - float(told.taxed)
            books.given[owner] = books.given.get(owner, 0.0) + float(told.untaxed)
            books.ordinary += float(told.taxed)
            books.unspent += float(told.given)
            wanted -= float(told.given)
            self.gifts[-1] += float(told.given)

    def _living_costs(self, share: float, month: int) -> float:
        """Return what is planned for living in a month, in money of the start: of a rule, what is always spent."""
        goal = next((goal for goal in self.inputs.goals if goal.kind is GoalKind.RETIREMENT), None)
        if goal is None or month < household_retirement_month(self.inputs):
            return self._moved(self.inputs.spending.monthly_amount, share, month)
        rule = self.inputs.spending_rule
        return (1.0 if rule is None else rule.floor) * self._moved(goal.annual_amount / 12.0, share, month)

    def _recover(self, living: list[Adult]) -> None:
        """Form 8606 of each owner: the year's distributions, gifts left out, before conversions."""
        books = self.books
        self.free, self.moved = {}, {}
        self.recovered.append(0.0)
        self.gifts.append(0.0)
        self.forms: dict[str, IraYear] = {}
        for owner, keys in self._held_by(living).items():
            out = sum(amount for key, amount, _ in books.out if key in keys)
            early = sum(amount for key, amount, is_early in books.out if key in keys and is_early)
            form = IraYear(
                basis=max(Decimal(0), Decimal(books.after_tax.get(owner, 0.0))),
                year_end=Decimal(sum(books.balance[key] for key in keys)),
                distributed=max(Decimal(0), Decimal(out - books.given.get(owner, 0.0))),
                converted=Decimal(0),
            )
            told = pro_rata(form)
            free = float(form.distributed - told.taxable_distributions)
            books.ordinary -= free
            if form.distributed:
                books.early -= early * free / float(form.distributed)
            self.recovered[-1] += free
            books.after_tax[owner] = float(told.basis_left)
            books.given[owner] = 0.0
            self.forms[owner] = form
        books.out = []

    def _after_tax_share(self, account: str, living: list[Adult]) -> float:
        """Return what part of a converted dollar is basis: known before anything is converted."""
        form = self.forms.get(EVERYBODY if self._is_merged(living) else self._owner_of(account))
        if form is None or not self._owner_of(account):
            return 0.0
        whole = form.year_end + form.distributed
        return float(min(Decimal(1), form.basis / whole)) if whole else 0.0

    def _note_conversions(self, living: list[Adult]) -> None:
        """Form 8606 once more with what was converted: the basis that is left."""
        for owner, keys in self._held_by(living).items():
            moved = sum(amount for key, amount in self.moved.items() if key in keys)
            form = self.forms[owner]
            told = pro_rata(
                IraYear(form.basis, max(Decimal(0), form.year_end - Decimal(moved)), form.distributed, Decimal(moved))
            )
            self.books.after_tax[owner] = float(told.basis_left)
            self.recovered[-1] += float(Decimal(moved) - told.taxable_conversion)
