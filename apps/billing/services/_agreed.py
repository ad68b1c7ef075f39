"""Whether a fee is what the client signed: the terms of a version held against the fee terms of the agreement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from apps.billing.engine.terms import FeeTerms, ScheduleKind
from apps.billing.models import FeeScheduleVersion
from apps.clients.models import Agreement
from apps.kernel.errors import gettext_noop

_PERIODS = {"monthly": 12, "quarterly": 4, "semiannual": 2, "annual": 1}


def clauses_of(agreement: Agreement) -> dict[str, str]:
    """Return which clause of the agreement holds which term, as far as it says."""
    return dict(agreement.fee_terms.get("clauses", {}))


def dearer_than_agreed(
    agreement: Agreement,
    version: FeeScheduleVersion,
    terms: FeeTerms,
    own: tuple[Decimal | None, Decimal],
) -> str:
    """Return the first term (a message id) by which the fee is not what the agreement says, empty where it is.

    `own` is the household's negotiated rate and discount. A lower rate, a lower minimum and a higher discount than was
    agreed harm nobody. An agreement that carries no terms of its own in figures is taken at its clause.
    """
    agreed = agreement.fee_terms
    if not agreed.get("tiers"):
        return ""
    return next(_differences(agreed, version, terms, own), "")


def _differences(
    agreed: Mapping[str, Any], version: FeeScheduleVersion, terms: FeeTerms, own: tuple[Decimal | None, Decimal]
) -> Iterator[str]:
    rate, discount = own
    if _PERIODS[agreed["frequency"]] != version.periods_per_year:
        yield gettext_noop("how often it is billed")
    if agreed["timing"] != terms.timing.value:
        yield gettext_noop("whether it is billed in advance")
    if agreed["value_basis"] != terms.value_basis.value:
        yield gettext_noop("the value that is billed")
    rates = [Decimal(tier["annual_rate"]) for tier in agreed["tiers"]]
    if rate is not None:
        if rate > min(rates):
            yield gettext_noop("the negotiated rate")
    elif _kind(agreed["kind"], len(rates)) != _kind(terms.kind.value, len(terms.tiers)) or _bands(agreed) != _own_bands(
        terms
    ):
        yield gettext_noop("the rates")
    minimum = terms.minimum.annual_amount.amount if terms.minimum else Decimal(0)
    if minimum > Decimal(agreed["minimum_annual"] or 0):
        yield gettext_noop("the minimum fee")
    if max(discount, terms.discount.fraction) < Decimal(agreed["discount"]):
        yield gettext_noop("the discount")


def _kind(kind: str, n_tiers: int) -> str:
    """One band is a flat rate, whatever it is called."""
    return ScheduleKind.FLAT.value if n_tiers == 1 else kind


def _bands(agreed: Mapping[str, Any]) -> list[tuple[Decimal | None, Decimal]]:
    return [
        (Decimal(tier["up_to"]) if tier["up_to"] is not None else None, Decimal(tier["annual_rate"]))
        for tier in agreed["tiers"]
    ]


def _own_bands(terms: FeeTerms) -> list[tuple[Decimal | None, Decimal]]:
    return [(tier.up_to.amount if tier.up_to else None, tier.rate.fraction) for tier in terms.tiers]
