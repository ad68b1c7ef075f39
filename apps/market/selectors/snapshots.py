"""Market data of an asset type: price, volatility, trend, each with its day and source."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.db.models import Q

from apps.kernel.dates import DateSpan
from apps.kernel.errors import InvalidInputError, NotFoundError, gettext_noop
from apps.market.engine.statistics import annual_trend, annual_volatility
from apps.market.models import AssetClass, CurrencyRate, Security, SecurityKind
from apps.market.selectors.adjusted import growth_lines
from apps.market.selectors.prices import Close

A_PAGE = 200


class AssetType(StrEnum):
    """The asset types of the API."""

    EQUITY = "equity"
    BOND = "bond"
    CASH = "cash"
    REAL_ESTATE = "real_estate"
    COMMODITY = "commodity"
    FUND = "fund"
    CURRENCY = "currency"


_EQUITY = [AssetClass.US_EQUITY, AssetClass.US_SMALL_EQUITY, AssetClass.INTERNATIONAL_EQUITY]
_BONDS = [AssetClass.CORPORATE_BONDS, AssetClass.HIGH_GRADE_BONDS, AssetClass.GOVERNMENT_BONDS]
_FUNDS = [SecurityKind.ETF, SecurityKind.MUTUAL_FUND, SecurityKind.MONEY_MARKET]
_MEMBERS = {
    AssetType.EQUITY: Q(asset_class__in=_EQUITY),
    AssetType.BOND: Q(asset_class__in=_BONDS),
    AssetType.CASH: Q(asset_class=AssetClass.CASH),
    AssetType.REAL_ESTATE: Q(asset_class=AssetClass.REAL_ESTATE),
    AssetType.COMMODITY: Q(asset_class=AssetClass.COMMODITIES),
    AssetType.FUND: Q(kind__in=_FUNDS),
}


@dataclass(frozen=True, slots=True)
class MarketQuote:
    """One security or currency pair: the last close, the year's volatility and trend, and where they come from.

    `annual_volatility` and `annual_trend` are fractions a year over `lookback_days`; None where there are too few
    closes. `is_simulated` says that the last close is not of a market.
    """

    symbol: str
    name: str
    currency: str
    price: Decimal | None
    as_of: dt.date | None
    annual_volatility: float | None
    annual_trend: float | None
    lookback_days: int
    is_simulated: bool
    source: str


@dataclass(frozen=True, slots=True)
class MarketSnapshot:
    """Quotes of an asset type by symbol; `following` is the symbol after which the next ones stand, if there are any.

    `as_of` and `is_simulated` are of these quotes.
    """

    asset_type: AssetType
    as_of: dt.date | None
    quotes: tuple[MarketQuote, ...]
    is_simulated: bool
    following: str | None = None


def market_snapshot(asset_type: str, day: dt.date, symbol: str = "", after: str = "") -> MarketSnapshot:
    """Return the quotes of an asset type as of the day: of one symbol, or up to A_PAGE of those after a symbol.

    Raises InvalidInputError for an unknown asset type, NotFoundError for a symbol that the type lacks.
    """
    if asset_type not in set(AssetType):
        raise InvalidInputError(
            gettext_noop("“%(asset_type)s” is no asset type."),
            mend=gettext_noop("Use equity, bond, cash, real_estate, commodity, fund or currency."),
            field="asset_type",
            asset_type=asset_type,
        )
    kind = AssetType(asset_type)
    find = _pairs if kind is AssetType.CURRENCY else _securities
    quotes, following = find(kind, day, symbol, after)
    if symbol and not quotes:
        raise NotFoundError(
            gettext_noop("There is no “%(symbol)s” among %(asset_type)s."),
            mend=gettext_noop("Ask for the asset type alone to see its symbols."),
            symbol=symbol,
            asset_type=asset_type,
        )
    as_of = max((quote.as_of for quote in quotes if quote.as_of), default=None)
    return MarketSnapshot(kind, as_of, tuple(quotes), any(quote.is_simulated for quote in quotes), following)


Found = tuple[list[MarketQuote], str | None]


def _securities(kind: AssetType, day: dt.date, symbol: str, after: str) -> Found:
    listed = Security.objects.filter(_MEMBERS[kind], is_active=True, symbol__gt=after).order_by("symbol")
    found = list(listed.filter(symbol=symbol.upper()) if symbol else listed[: A_PAGE + 1])
    shown = found[:A_PAGE]
    span = DateSpan(_year_before(day), day)
    lines = growth_lines([security.pk for security in shown], span)
    quotes = [_quote(each, lines[each.pk], span) for each in shown]
    return quotes, shown[-1].symbol if len(found) > A_PAGE else None


def _year_before(day: dt.date) -> dt.date:
    """The same date a year ago, from whose close a year is measured; the 28th of February stands for a 29th."""
    return (dt.date(day.year, 2, 28) if (day.month, day.day) == (2, 29) else day).replace(year=day.year - 1)


def _quote(security: Security, line: list[Close], span: DateSpan) -> MarketQuote:
    last = line[-1] if line else None
    values = [close.close for close in line]
    return MarketQuote(
        symbol=security.symbol,
        name=security.name,
        currency=security.currency,
        price=last.close if last else None,
        as_of=last.day if last else None,
        annual_volatility=annual_volatility(values),
        annual_trend=annual_trend(values),
        lookback_days=(span.last - span.first).days,
        is_simulated=bool(last and security.is_simulated_on(last.day)),
        source=security.source,
    )


def _pairs(_kind: AssetType, day: dt.date, symbol: str, after: str) -> Found:
    first = _year_before(day)
    rates = CurrencyRate.objects.filter(day__range=(first, day))
    names = sorted({base + quote for base, quote in rates.values_list("base", "quote").distinct()})
    found = [name for name in names if (name == symbol.upper() if symbol else name > after)]
    pairs: dict[str, list[Close]] = {name: [] for name in found[:A_PAGE]}
    wanted = rates.filter(base__in={name[:3] for name in pairs}, quote__in={name[3:] for name in pairs})
    for base, quote, on, rate in wanted.order_by("day").values_list("base", "quote", "day", "rate"):
        if base + quote in pairs:
            pairs[base + quote].append(Close(on, rate))
    quotes = [_of_pair(name[:3], name[3:], closes, (day - first).days) for name, closes in pairs.items()]
    return quotes, found[A_PAGE - 1] if len(found) > A_PAGE else None


def _of_pair(base: str, quote: str, closes: list[Close], n_days: int) -> MarketQuote:
    values = [close.close for close in closes]
    return MarketQuote(
        symbol=base + quote,
        name=f"{base}/{quote}",
        currency=quote,
        price=closes[-1].close,
        as_of=closes[-1].day,
        annual_volatility=annual_volatility(values),
        annual_trend=annual_trend(values),
        lookback_days=n_days,
        is_simulated=False,
        source="",
    )
