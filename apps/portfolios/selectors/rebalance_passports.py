"""Where the figures of a rebalance come from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext

from apps.core.passports import Amount, Passport, PassportLine
from apps.core.templatetags.formats import date_text
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.portfolios.models import RebalanceRun, Side
from apps.portfolios.policies import place_of
from apps.portfolios.selectors.rebalance_runs import RunPage, RunTarget, RunTrade, run_page

MONEY_TOTALS = {
    "tax": (
        gettext_noop("Tax of the trades"),
        gettext_noop(
            "Tax on the year's net gains with the trades less that without them: terms net within themselves, then "
            "against each other; a net loss counts against other income up to the yearly limit. Rates as given."
        ),
    ),
    "short": (gettext_noop("Short-term gains"), gettext_noop("Gains of lots held a year or less, losses netted.")),
    "long": (gettext_noop("Long-term gains"), gettext_noop("Gains of lots held more than a year, losses netted.")),
    "carried": (
        gettext_noop("Loss carried on"),
        gettext_noop("Net loss of the year beyond the yearly limit against other income."),
    ),
    "cost": (gettext_noop("Cost of trading"), gettext_noop("Each trade's amount times the cost rate of the settings.")),
    "turnover": (gettext_noop("Traded"), gettext_noop("Sum of all sales and purchases.")),
}
SHARE_TOTALS = {
    "tracking_before": (
        gettext_noop("Off target before"),
        gettext_noop(
            "Half the sum of the distances of securities and cash from their targets: what would have to move."
        ),
    ),
    "tracking_after": (
        gettext_noop("Off target after"),
        gettext_noop(
            "Half the sum of the distances of securities and cash from their targets: what would have to move."
        ),
    ),
    "gap": (
        gettext_noop("Distance from the optimum"),
        gettext_noop(
            "What the trades cost in tax, cost and distance from target, less the least that any trades could cost if "
            "shares could be split and small orders were allowed; as a share of the value."
        ),
    ),
}
# what is counted in a run, as its page lists it
COUNTS: dict[str, Callable[[RunPage], Sequence[RunTrade | RunTarget]]] = {
    "trades": lambda page: page.trades,
    "outside": lambda page: [each for each in page.targets if each.is_out],
}


def run_passport(run: RebalanceRun, figure: str) -> Passport:
    """Return the passport of a figure: a total, or `quantity-3` of the fourth trade. Raises NotFoundError."""
    page = run_page(run)
    if figure in MONEY_TOTALS:
        title, method = MONEY_TOTALS[figure]
        return _passport(
            page, title, Amount.of_money(page.totals[figure], page.currency), method, _trades(page, figure)
        )
    if figure in SHARE_TOTALS:
        title, method = SHARE_TOTALS[figure]
        places = "2" if figure == "gap" else ""
        lines = () if figure == "gap" else _targets(page, figure)
        return _passport(page, title, Amount(page.totals[figure], "percent", places), method, lines)
    if figure in COUNTS:
        return _counted(page, figure)
    name, _, told = figure.rpartition("-")
    found, place = _ROWS.get(name), place_of(told)
    if found is None or place is None:
        raise NotFoundError(gettext_noop("There is no such figure."))
    return found(page, name, place)


def _passport(page: RunPage, title: str, value: Amount, method: str, lines: tuple[PassportLine, ...]) -> Passport:
    return Passport(
        title=gettext(title),
        value=value,
        method=gettext(method),
        as_of=page.run.as_of,
        source=gettext("The run: prices, lots, targets and settings as they were kept with it"),
        lines=lines,
        basis=gettext("Estimated at the last prices before the run."),
        version=page.run.engine_version,
    )


def _counted(page: RunPage, figure: str) -> Passport:
    if figure == "trades":
        lines = _trades(page, "turnover")
        title, method = gettext_noop("Trades"), gettext_noop("The sales and purchases that the run proposes.")
        return _passport(page, title, Amount(len(page.trades), "count"), method, lines)
    out = COUNTS[figure](page)
    lines = tuple(
        PassportLine(each.name, each.kind, Amount(each.after, "percent")) for each in out if isinstance(each, RunTarget)
    )
    method = gettext_noop("Securities and classes whose weight after the trades lies outside of its band.")
    return _passport(page, gettext_noop("Outside their bands after"), Amount(len(out), "count"), method, lines)


def _trades(page: RunPage, figure: str) -> tuple[PassportLine, ...]:
    parts: dict[str, Callable[[RunTrade], Decimal | None]] = {
        "tax": lambda each: each.tax,
        "short": lambda each: _gain_of(each, is_long=False),
        "long": lambda each: _gain_of(each, is_long=True),
        "cost": lambda each: each.cost,
        "turnover": lambda each: each.amount,
    }
    part = parts.get(figure)
    if part is None:
        return ()
    return tuple(_trade_line(page, each, amount) for each in page.trades if (amount := part(each)) is not None)


def _gain_of(each: RunTrade, *, is_long: bool) -> Decimal | None:
    gains = [Decimal(lot["gain"]) for lot in each.lots if lot["gain"] is not None and lot["is_long"] is is_long]
    return sum(gains, Decimal(0)) if gains and each.tax is not None else None


def _trade_line(page: RunPage, each: RunTrade, amount: Decimal) -> PassportLine:
    parts = ((gettext("Quantity"), Amount(each.quantity, "quantity")),)
    url = reverse("portfolios:account-detail", args=[each.account.public_id])
    label = f"{each.side_label} {each.instrument}"
    return PassportLine(label, each.account.name, Amount.of_money(amount, page.currency), parts, url)


def _targets(page: RunPage, figure: str) -> tuple[PassportLine, ...]:
    return tuple(
        PassportLine(
            each.name,
            each.pool,
            Amount(each.before if figure == "tracking_before" else each.after, "percent"),
            ((gettext("Target"), Amount(each.target, "percent")),),
        )
        for each in page.targets
    )


def _of_trade(page: RunPage, name: str, place: int) -> Passport:
    if place >= len(page.trades):
        raise NotFoundError(gettext_noop("There is no such figure."))
    each = page.trades[place]
    title, method, value = {
        "quantity": (
            gettext_noop("Quantity"),
            gettext_noop("The optimiser's amount at the price of the day, in whole units."),
            Amount(each.quantity, "quantity"),
        ),
        "amount": (
            gettext_noop("Amount"),
            gettext_noop("Quantity times the last price."),
            Amount.of_money(each.amount, page.currency),
        ),
        "gain": (
            gettext_noop("Gain"),
            gettext_noop("Amount less the cost of the lots that are sold."),
            Amount.of_money(each.gain, page.currency),
        ),
        "tax": (
            gettext_noop("Tax before netting"),
            gettext_noop("Gain of each lot times the rate of its term; the total of the run nets them."),
            Amount.of_money(each.tax, page.currency),
        ),
    }[name]
    return _passport(page, title, value, method, tuple(_lots(page, each)))


def _lots(page: RunPage, each: RunTrade) -> list[PassportLine]:
    held = {
        (account["account_id"], lot["lot_id"]): lot["held_since"]
        for account in page.run.inputs["accounts"]
        for lot in account["lots"]
    }
    lines = []
    for lot in each.lots:
        since = held.get((str(each.account.pk), lot["lot_id"]), "")
        label = gettext("Lot of %(day)s") % {"day": date_text(dt.date.fromisoformat(since)) if since else "–"}
        term = gettext("long-term") if lot["is_long"] else gettext("short-term")
        gain = None if lot["gain"] is None else Decimal(lot["gain"])
        parts = ((gettext("Quantity"), Amount(Decimal(lot["quantity"]), "quantity")),)
        lines.append(PassportLine(label, term, Amount.of_money(gain, page.currency), parts))
    return lines


def _of_target(page: RunPage, name: str, place: int) -> Passport:
    if place >= len(page.targets):
        raise NotFoundError(gettext_noop("There is no such figure."))
    each = page.targets[place]
    title = {"target": gettext_noop("Target"), "before": gettext_noop("Before"), "after": gettext_noop("After")}[name]
    method = gettext_noop("Share of what the accounts invest: their value less the cash that is kept back.")
    found = _passport(page, title, Amount(getattr(each, name), "percent"), method, ())
    trades = tuple(_trade_line(page, e, e.amount) for e in page.trades if str(e.instrument) == each.name)
    return Passport(
        title=f"{found.title}: {each.name}",
        value=found.value,
        method=found.method,
        as_of=found.as_of,
        source=found.source,
        lines=trades if name == "after" else (),
        basis=found.basis,
        version=found.version,
    )


def _of_cash(page: RunPage, name: str, place: int) -> Passport:
    if place >= len(page.cash):
        raise NotFoundError(gettext_noop("There is no such figure."))
    each = page.cash[place]
    title, method, value = {
        "cash_before": (
            gettext_noop("Cash before"),
            gettext_noop("The account's cash less what open proposals have spoken for."),
            each.before,
        ),
        "cash_after": (
            gettext_noop("Cash after"),
            gettext_noop("Cash before, with sales, purchases and their cost."),
            each.after,
        ),
        "cash_kept": (
            gettext_noop("Cash kept back"),
            gettext_noop("Reserves, fees and distributions that are due, and the cash to be raised."),
            each.required,
        ),
    }[name]
    lines = tuple(
        _trade_line(page, trade, trade.amount if trade.side == Side.SELL else -trade.amount)
        for trade in page.trades
        if trade.account == each.account and name == "cash_after"
    )
    if name == "cash_kept":
        needs = [need for need in page.needs if need.account == each.account]
        lines = tuple(PassportLine(need.text, "", Amount.of_money(need.amount, page.currency)) for need in needs)
    return _passport(page, title, Amount.of_money(value, page.currency), method, lines)


_NEED_METHODS = {
    "fee": gettext_noop("What is open of the invoice, shared among the accounts that it was billed for."),
    "distribution": gettext_noop(
        "Value on 31 December of the year before over the divisor of the owner's age (Uniform Lifetime Table, Treas. "
        "Reg. 1.401(a)(9)-9(c)), less what was withdrawn this year; IRAs of one owner count together."
    ),
    "reserve": gettext_noop("The household's reserves, as amounts or shares of the value."),
    "raise": gettext_noop("As it was asked for."),
}


def _of_need(page: RunPage, _name: str, place: int) -> Passport:
    if place >= len(page.needs):
        raise NotFoundError(gettext_noop("There is no such figure."))
    each = page.needs[place]
    url = reverse("portfolios:account-detail", args=[each.account.public_id])
    value = Amount.of_money(each.amount, page.currency)
    line = PassportLine(each.text, each.account.name, value, url=url)
    return _passport(page, gettext_noop("Cash that must be there"), value, _NEED_METHODS[each.kind], (line,))


def _of_unmet(page: RunPage, _name: str, place: int) -> Passport:
    if place >= len(page.unmet):
        raise NotFoundError(gettext_noop("There is no such figure."))
    each = page.unmet[place]
    method = gettext_noop(
        "What lacks to the edge of the band, or to the cash that must be kept; below zero is too much."
    )
    return _passport(page, gettext_noop("Not met"), Amount.of_money(each.missing, page.currency), method, ())


_ROWS: dict[str, Callable[[RunPage, str, int], Passport]] = {
    **dict.fromkeys(("quantity", "amount", "gain", "tax"), _of_trade),
    **dict.fromkeys(("target", "before", "after"), _of_target),
    **dict.fromkeys(("cash_before", "cash_after", "cash_kept"), _of_cash),
    "need": _of_need,
    "missing": _of_unmet,
}
