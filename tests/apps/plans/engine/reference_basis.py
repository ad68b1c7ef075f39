"""What a death does to the cost of what a couple holds, in plain Python: the part of the reference model for it."""

from __future__ import annotations

from apps.plans.engine.inputs import Account, TaxTreatment
from apps.plans.engine.life_events import Thing


class BasisOfReference:
    """Half of what both own, all of what the deceased or the community of both owns, has a new cost at a death."""

    def step_basis(self, month: int) -> None:
        if len(self.ends) < 2 or month != min(self.ends) or month >= max(self.ends):
            return
        books, deceased = self.books, self.inputs.adults[self.ends.index(month)].key
        for account in self.inputs.accounts:
            part = self._part_of(account, deceased)
            books.basis[account.key] = part * books.balance[account.key] + (1.0 - part) * books.basis[account.key]
            self.more_cost[account.key] = (1.0 - part) * self.more_cost.get(account.key, 0.0)

    def _part_of(self, account: Account, deceased: str) -> float:
        ownership = self.inputs.ownership
        if account.treatment is not TaxTreatment.TAXABLE or account.key in ownership.of_others:
            return 0.0
        if ownership.is_community:
            return 1.0
        return {"": 0.5, deceased: 1.0}.get(account.owner, 0.0)

    def cost_of(self, thing: Thing, sold: int) -> float:
        """A thing is both's; where lives are drawn its sale does not know the month of the death."""
        died = min(self.ends)
        if len(self.ends) < 2 or self.is_drawn or sold < died:
            return thing.cost
        worth = thing.value * (1.0 + thing.annual_growth) ** (died / 12.0)
        return worth if self.inputs.ownership.is_community else (worth + thing.cost) / 2.0
