"""Who pays for a goal, what waits and what is cut, in plain Python: written from the documentation."""

from __future__ import annotations

from typing import Any

from apps.plans.engine.horizon import last_month_of, resolve
from apps.plans.engine.inputs import Account, Goal, GoalKind, TaxTreatment

CENT = 0.005


class MeansOfReference:
    """The part of the plain model that knows which accounts are kept for which goal."""

    inputs: Any
    books: Any
    ends: tuple[int, ...]
    price: float

    def begin_goals(self) -> None:
        self.waited: dict[str, int] = {}
        self.least_paid: dict[str, float] = {}
        self.begun: set[str] = set()

    def paying(self, demand: str, month: int, order: tuple[TaxTreatment, ...] | None = None) -> list[Account]:
        """Accounts that pay a demand, in order: its own, those nobody keeps, those kept for other goals."""
        name, _, _ = demand.partition(":")
        own = next((list(goal.means.accounts) for goal in self.inputs.goals if goal.key == name), [])
        kept = self._kept(name, 0 if order else month)
        of = {account.key: account for account in self.inputs.accounts}
        rest = [
            account
            for treatment in order or self.inputs.withdrawal_order
            for account in self.inputs.accounts
            if account.treatment is treatment and account.key not in own
        ]
        if order:
            # the tax of a conversion comes from outside of retirement accounts first
            outside = [account for account in rest if account.treatment in (TaxTreatment.CASH, TaxTreatment.TAXABLE)]
            inside = [account for account in rest if account not in outside]
            return [*_last(outside, kept), *_last(inside, kept)]
        return [*(of[key] for key in own if of[key].treatment is not TaxTreatment.EDUCATION), *_last(rest, kept)]

    def pay_goal(self, goal: Goal, month: int, need: float) -> None:
        """Pay what is due of a goal: from education accounts, its own, income, the others; or let it wait."""
        means, books = goal.means, self.books
        own = [account for account in self.paying(goal.key, month) if account.key in means.accounts]
        others = [] if means.only else [item for item in self.paying(goal.key, month) if item not in own]
        first, last = self._education(goal, month)
        available = sum(books.balance[item.key] for item in (*own, *others, *first, *last))
        available += 0.0 if means.only else max(0.0, books.unspent)
        started = self.nth_payment(goal, month) != 0
        can_wait = not started and self.waited.get(goal.key, 0) < self._longest_wait(goal)
        if means.gives_way and can_wait and need - available >= CENT:
            self.waited[goal.key] = self.waited.get(goal.key, 0) + 1
            return
        self.begun.add(goal.key)
        left = self._take(first, need)
        left = self.withdraw_from(month, left, own)
        if not means.only:
            from_income = min(max(books.unspent, 0.0), left)
            books.unspent -= from_income
            left = self.withdraw_from(month, left - from_income, others)
            left = self._take(last, left)
        if left < CENT:
            return
        least = 1.0 if means.least_share is None else means.least_share
        if means.gives_way and need - left > least * need - CENT:
            self.least_paid[goal.key] = min(self.least_paid.get(goal.key, 1.0), 1.0 - left / need)
        else:
            books.failed.setdefault(goal.key, month)

    def end_goals(self) -> None:
        """A goal that was still waiting when nobody lived any more was not met, from its first day on."""
        for goal in self.inputs.goals:
            if self.waited.get(goal.key) and goal.key not in self.begun:
                self.books.failed[goal.key] = resolve(goal.start, "", self.inputs)

    def nth_payment(self, goal: Goal, month: int) -> int | None:
        """Which payment of a goal falls into a month, None where none does; its waiting counted."""
        since = month - resolve(goal.start, "", self.inputs)
        if since < 0 or since % 12 or month >= max(self.ends):
            return None
        nth = since // 12 - self.waited.get(goal.key, 0)
        return nth if 0 <= nth < goal.years else None

    def withdraw_from(self, month: int, need: float, accounts: list[Account]) -> float:
        raise NotImplementedError

    def _longest_wait(self, goal: Goal) -> int:
        wait = goal.means.wait_years or 0
        end = max(last_month_of(adult, self.inputs.start_date) for adult in self.inputs.adults)
        while wait and resolve(goal.start, "", self.inputs) + 12 * (goal.years - 1 + wait) >= end:
            wait -= 1
        return wait

    def _kept(self, goal: str, month: int) -> set[str]:
        """Accounts that other goals keep in a month: until their last payment, if they wait as long as they can."""
        kept = set()
        for other in self.inputs.goals:
            last = resolve(other.start, "", self.inputs) + 12 * (other.years - 1 + self._longest_wait(other))
            if other.key != goal and (other.kind is GoalKind.RETIREMENT or month <= last):
                kept.update(other.means.accounts)
        return kept

    def _education(self, goal: Goal, month: int) -> tuple[list[Account], list[Account]]:
        if goal.kind is not GoalKind.EDUCATION:
            return [], []
        accounts = [account for account in self.inputs.accounts if account.treatment is TaxTreatment.EDUCATION]
        by_name = {account.key: account for account in accounts}
        own = [by_name[key] for key in goal.means.accounts if key in by_name]
        if goal.means.only:
            return own, []
        kept = self._kept(goal.key, month)
        free = [account for account in accounts if account not in own and account.key not in kept]
        return [*own, *free], [account for account in accounts if account not in own and account.key in kept]

    def _take(self, accounts: list[Account], need: float) -> float:
        for account in accounts:
            take = min(self.books.balance[account.key], need)
            self.books.balance[account.key] -= take
            need -= take
        return need


def _last(accounts: list[Account], kept: set[str]) -> list[Account]:
    return [*(item for item in accounts if item.key not in kept), *(item for item in accounts if item.key in kept)]
