"""What compliance needs from apps above it: facts about finances and plans are handed to it, it never reaches up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from apps.clients.models import Household


@dataclass(frozen=True, slots=True)
class GatheredFacts:
    """What an app knows of a household's capacity: a fact that it does not know is left out, never guessed.

    Keys of `facts` are the fields of `apps.compliance.engine.capacity.CapacityFacts`; `sources` says for each where it
    comes from, with its day. `required_return` is the nominal yearly return that the plan needs.
    """

    facts: dict[str, Decimal] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    portfolio_value: Decimal | None = None
    required_return: Decimal | None = None


class CapacityFactsSource(Protocol):
    """An app that knows something of a household's finances (money, portfolios, plans)."""

    def __call__(self, household: Household, on: dt.date) -> GatheredFacts:
        """Return what is known on the day."""
        ...


class _Sources:
    """The sources that apps above connected as they started, asked in the order in which they were connected."""

    def __init__(self) -> None:
        self._sources: list[CapacityFactsSource] = []

    def connect(self, source: CapacityFactsSource) -> Callable[[], None]:
        """Connect a source once; return what disconnects it."""
        if source not in self._sources:
            self._sources.append(source)
        return lambda: self._sources.remove(source)

    def gather(self, household: Household, on: dt.date) -> GatheredFacts:
        """Merge what all sources know; the one connected first wins."""
        merged = GatheredFacts()
        for source in self._sources:
            known = source(household, on)
            merged = GatheredFacts(
                facts={**known.facts, **merged.facts},
                sources={**known.sources, **merged.sources},
                portfolio_value=known.portfolio_value if merged.portfolio_value is None else merged.portfolio_value,
                required_return=known.required_return if merged.required_return is None else merged.required_return,
            )
        return merged


class RiskFactsSource(Protocol):
    """An app that knows what its books say of many households' risk (portfolios, plans)."""

    def __call__(self, households: Sequence[Household], on: dt.date) -> Mapping[int, Mapping[str, Decimal]]:
        """Return by household what is known on the day, by the codes of `engine.risk_features.FEATURES`."""
        ...


class _RiskSources:
    """The sources of facts by which people are grouped; each knows facts of its own."""

    def __init__(self) -> None:
        self._sources: list[RiskFactsSource] = []

    def connect(self, source: RiskFactsSource) -> Callable[[], None]:
        """Connect a source once; return what disconnects it."""
        if source not in self._sources:
            self._sources.append(source)
        return lambda: self._sources.remove(source)

    def gather(self, households: Sequence[Household], on: dt.date) -> dict[int, dict[str, Decimal]]:
        """Return what all sources know of each household; the one connected first wins."""
        merged: dict[int, dict[str, Decimal]] = {household.pk: {} for household in households}
        for source in self._sources:
            for pk, known in source(households, on).items():
                merged[pk] = {**known, **merged[pk]}
        return merged


capacity_facts = _Sources()
risk_facts = _RiskSources()
