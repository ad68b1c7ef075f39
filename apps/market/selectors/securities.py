"""Securities as files and people name them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from apps.market.models import Security


@dataclass(frozen=True, slots=True)
class SecurityName:
    """How a security is named: at least one is filled."""

    symbol: str = ""
    cusip: str = ""
    isin: str = ""


def securities_named(names: Iterable[SecurityName]) -> dict[SecurityName, Security]:
    """Find securities of the master, by ISIN, then CUSIP, then symbol, in one query; the unknown are left out."""
    wanted = set(names)
    found = Security.objects.filter(
        Q(isin__in={name.isin for name in wanted if name.isin})
        | Q(cusip__in={name.cusip for name in wanted if name.cusip})
        | Q(symbol__in={name.symbol.upper() for name in wanted if name.symbol})
    )
    by_isin, by_cusip, by_symbol = {}, {}, {}
    for security in found:
        by_symbol[security.symbol] = security
        by_cusip[security.cusip] = security
        by_isin[security.isin] = security
    result = {}
    for name in wanted:
        match = (
            (by_isin.get(name.isin) if name.isin else None)
            or (by_cusip.get(name.cusip) if name.cusip else None)
            or (by_symbol.get(name.symbol.upper()) if name.symbol else None)
        )
        if match is not None:
            result[name] = match
    return result
