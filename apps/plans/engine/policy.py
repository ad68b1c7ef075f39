"""What a client's risk level allows and what the firm aims for.

Apart from the solver and the simulation, which take seconds to load: pages read these values, only a run computes.
"""

from __future__ import annotations

from dataclasses import dataclass

from apps.plans.engine.advice_facts import AdviceFacts, SavingPlaces
from apps.plans.engine.checks import not_negative, unique, within


@dataclass(frozen=True, slots=True)
class RiskLimit:
    """What a client's risk level allows, from the firm's governed table of levels.

    ``max_volatility`` is of yearly returns, ``max_equity_share`` of the whole. ``max_weights`` and ``min_weights``
    hold (asset, weight) for the assets that the firm limits by name.
    """

    level: str
    max_volatility: float
    max_equity_share: float
    max_weights: tuple[tuple[str, float], ...]
    min_weights: tuple[tuple[str, float], ...]

    def __post_init__(self) -> None:
        within(self.max_volatility, 0.0001, 2.0, "max_volatility")
        within(self.max_equity_share, 0.0, 1.0, "max_equity_share")
        for name, pairs in (("max_weights", self.max_weights), ("min_weights", self.min_weights)):
            unique([key for key, _ in pairs], name)
            for _, weight in pairs:
                within(weight, 0.0, 1.0, name)


@dataclass(frozen=True, slots=True)
class AdvicePolicy:
    """What the firm aims for and allows; nothing has a default.

    ``saving_account`` takes what more is saved than the law leaves room for elsewhere (`places`); ``debt_payment`` is
    the extra monthly payment tried on the dearest debt; ``emergency_months`` of living costs belong into cash, filled
    within ``emergency_fill_months``. Without a ``risk_limit`` no allocation is advised: nobody knows how much risk the
    client may take. ``facts`` are those that only advice rests on; without them no advice is made of them.
    """

    target: float
    saving_account: str
    max_savings_rate: float
    latest_retirement_age: int
    risk_limit: RiskLimit | None
    debt_payment: float
    emergency_months: int
    emergency_fill_months: int
    facts: AdviceFacts | None = None

    def __post_init__(self) -> None:
        within(self.target, 0.01, 0.999, "target")
        within(self.max_savings_rate, 0.0, 1.0, "max_savings_rate")
        within(self.latest_retirement_age, 40, 100, "latest_retirement_age")
        not_negative(self.debt_payment, "debt_payment")
        within(self.emergency_months, 0, 60, "emergency_months")
        within(self.emergency_fill_months, 1, 120, "emergency_fill_months")

    @property
    def places(self) -> SavingPlaces:
        """Where more saving goes."""
        return SavingPlaces(self.saving_account, self.facts)
