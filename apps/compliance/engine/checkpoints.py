"""Judging facts at a checkpoint. Facts are handed in; what they are about is not known here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was looked at, whether it holds, and what its words name."""

    key: str
    holds: bool
    told: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether all facts hold; `missing` are those that do not. Nothing looked at is nothing found: it fails."""

    facts: tuple[Fact, ...]

    @property
    def passed(self) -> bool:
        """Whether there are facts, and all hold."""
        return bool(self.facts) and all(fact.holds for fact in self.facts)

    @property
    def missing(self) -> tuple[Fact, ...]:
        """The facts that do not hold."""
        return tuple(fact for fact in self.facts if not fact.holds)


def judge(facts: Sequence[Fact]) -> Judgement:
    """Judge the facts together."""
    return Judgement(tuple(facts))


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What orders come to: sales and purchases added, their share of the portfolio (0 to 1), how many there are."""

    amount: Decimal
    share: Decimal
    lines: int


@dataclass(frozen=True, slots=True)
class ComplexityLimits:
    """Above any of these a manager reviews as well."""

    amount: Decimal
    share: Decimal
    lines: int


def complexities(orders: OrderFacts, limits: ComplexityLimits) -> tuple[str, ...]:
    """Return which limits the orders pass: of amount, share, lines; none for simple ones."""
    return tuple(name for name in ("amount", "share", "lines") if getattr(orders, name) > getattr(limits, name))


def risk_fits(before: Decimal, after: Decimal, limit: Decimal) -> bool:
    """Say whether a share of risky assets fits a limit; what leads towards the limit fits even above it."""
    return after <= limit or after <= before
