"""What the product knows of a household's capacity, as the advisor's form takes it."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from apps.clients.models import Household
from apps.compliance.models import CapacityAssessment
from apps.compliance.ports import GatheredFacts, capacity_facts
from apps.core.field_words import field_words

# the form asks for these in per cent and takes them as fractions
FRACTIONS = {"liquidity_coverage", "funded_ratio", "debt_service_ratio", "net_worth_share", "required_return"}

_CENT = Decimal("0.01")


def known_capacity(household: Household, on: dt.date) -> dict[str, Any]:
    """Return the form's first values: what other apps know on the day, otherwise the last assessment's facts."""
    gathered = capacity_facts.gather(household, on)
    last = CapacityAssessment.objects.filter(household=household).order_by("-id").first()
    values: dict[str, Any] = {**(last.facts if last else {}), **gathered.facts}
    values["portfolio_value"] = gathered.portfolio_value
    values["required_return"] = gathered.required_return
    if last is not None:
        values["portfolio_value"] = values["portfolio_value"] or last.portfolio_value
        values["required_return"] = values["required_return"] or last.required_return
    values["source"] = _sources(gathered)[:300]
    return {name: _shown(name, value) for name, value in values.items() if value not in (None, "")}


def _sources(gathered: GatheredFacts) -> str:
    """Say of each source which figures come from it."""
    told: dict[str, list[str]] = {}
    for name, source in gathered.sources.items():
        told.setdefault(source, []).append(str(field_words(name)))
    return "; ".join(f"{source} ({', '.join(sorted(names))})" for source, names in sorted(told.items()))


def _shown(name: str, value: Any) -> Any:
    if name == "portfolio_value":
        return value.quantize(_CENT, ROUND_HALF_UP)
    return Decimal(value) if name in FRACTIONS else value
