"""Runs of a rebalance as pages and partners read them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Household
from apps.core.actors import Actor
from apps.core.templatetags.formats import date_text
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.market.models import AssetClass
from apps.portfolios.models import Account, Instrument, RebalanceRun, Side
from apps.portfolios.selectors.cash_needs import need_text

KINDS = {
    "holding": _("Security"),
    "outside": _("Outside the model"),
    "class": _("Asset class"),
    "cash": pgettext_lazy("a line of a target", "Cash"),
}


@dataclass(frozen=True, slots=True)
class RunTrade:
    """A trade of the answer. `gain` and `tax` are None for purchases; `n_lots` how many lots it takes."""

    place: int
    account: Account
    instrument: Instrument
    side: str
    quantity: Decimal
    amount: Decimal
    cost: Decimal
    gain: Decimal | None
    tax: Decimal | None
    lots: tuple[dict[str, Any], ...]
    reason: str

    @property
    def side_label(self) -> str:
        """Buy or sell."""
        return str(Side(self.side).label)


@dataclass(frozen=True, slots=True)
class RunTarget:
    """One target: weights of what its pool invests."""

    place: int
    pool: str
    kind: str
    name: str
    target: Decimal
    before: Decimal
    after: Decimal
    was_out: bool
    is_out: bool


@dataclass(frozen=True, slots=True)
class RunCash:
    """Cash of an account before and after, and what it must keep."""

    place: int
    account: Account
    before: Decimal
    after: Decimal
    required: Decimal


@dataclass(frozen=True, slots=True)
class RunNeed:
    """Cash that an account must keep, and for what; `due_on` where it is to be paid out."""

    place: int
    account: Account
    kind: str
    text: str
    due_on: dt.date | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class RunUnmet:
    """What could not be met: `missing` is in money, below zero where there is too much."""

    place: int
    scope: str
    name: str
    missing: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class RunPage:
    """A run with what it found."""

    run: RebalanceRun
    trades: tuple[RunTrade, ...]
    targets: tuple[RunTarget, ...]
    cash: tuple[RunCash, ...]
    needs: tuple[RunNeed, ...]
    unmet: tuple[RunUnmet, ...]
    left_out: tuple[str, ...]
    totals: Mapping[str, Decimal]

    @property
    def currency(self) -> str:
        """The household's."""
        return self.run.household.currency


def run_for(actor: Actor, public_id: uuid.UUID | str) -> RebalanceRun:
    """Return a run the actor may see; raise NotFoundError otherwise."""
    rows = RebalanceRun.objects.visible_to(actor).select_related("household", "proposal")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such rebalance, or its household is not assigned to you."))
    return found


def latest_run(household: Household, mode: str = "") -> RebalanceRun | None:
    """Return the household's last run, of a mode where one is named."""
    rows = RebalanceRun.objects.filter(household=household).select_related("household", "proposal")
    return (rows.filter(mode=mode) if mode else rows).order_by("-pk").first()


def reason_text(reason: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Say a reason in the reader's language; `names` are symbols by row id."""
    params = {key: _param(value, names) for key, value in reason["params"].items()}
    text = gettext(reason["message"])
    return text % params if params else text


def _param(value: Any, names: Mapping[str, str]) -> str:
    try:
        return date_text(dt.date.fromisoformat(value))
    except (TypeError, ValueError):
        return names.get(str(value), str(value))


def run_page(run: RebalanceRun) -> RunPage:
    """Return a run as its page shows it."""
    answer = run.answer
    ids = {each["security_id"] for each in answer["trades"]} | {
        each["key"] for each in (*answer["drift"], *answer["unmet"]) if each["key"].isdigit()
    }
    ids |= {str(value) for each in answer["trades"] for value in each["reason"]["params"].values()}
    instruments = Instrument.objects.in_bulk({int(each) for each in ids if each.isdigit()})
    accounts = {
        str(pk): row for pk, row in Account.objects.in_bulk([int(e["account_id"]) for e in answer["cash"]]).items()
    }
    names = {str(pk): str(row) for pk, row in instruments.items()}
    return RunPage(
        run=run,
        trades=tuple(_trade(place, each, accounts, instruments) for place, each in enumerate(answer["trades"])),
        targets=tuple(_target(place, each, accounts, names) for place, each in enumerate(answer["drift"])),
        cash=tuple(
            RunCash(place, accounts[e["account_id"]], Decimal(e["before"]), Decimal(e["after"]), Decimal(e["required"]))
            for place, e in enumerate(answer["cash"])
        ),
        needs=tuple(_needs(run.inputs, accounts)),
        unmet=tuple(_unmet(place, each, accounts, names) for place, each in enumerate(answer["unmet"])),
        left_out=tuple(answer["left_out"]),
        totals=_totals(answer),
    )


def _needs(inputs: Mapping[str, Any], accounts: Mapping[str, Account]) -> Iterator[RunNeed]:
    told = ((each["account_id"], need) for each in inputs["accounts"] for need in each["needs"])
    for place, (account_id, need) in enumerate(told):
        # runs of before kept neither day nor reference
        due_on = dt.date.fromisoformat(need["due_on"]) if need.get("due_on") else None
        text = need_text(need["kind"], need.get("reference", ""), due_on)
        yield RunNeed(place, accounts[account_id], need["kind"], text, due_on, Decimal(need["amount"]))


def _totals(answer: Mapping[str, Any]) -> dict[str, Decimal]:
    value, gains = Decimal(answer["value"]), answer["gains"]
    over = max(answer["objective"] - answer["bound"], 0.0)
    return {
        "value": value,
        "tax": Decimal(gains["tax"]),
        "short": Decimal(gains["short"]),
        "long": Decimal(gains["long"]),
        "carried": Decimal(gains["carried_loss"]),
        "cost": Decimal(answer["cost"]),
        "turnover": Decimal(answer["turnover"]),
        "tracking_before": Decimal(str(answer["tracking_before"])),
        "tracking_after": Decimal(str(answer["tracking_after"])),
        "gap": Decimal(str(over)) / value if value else Decimal(0),
    }


def _trade(
    place: int, each: Mapping[str, Any], accounts: Mapping[str, Account], instruments: Mapping[int, Instrument]
) -> RunTrade:
    gains = [lot["gain"] for lot in each["lots"]]
    is_sale = each["side"] == Side.SELL
    account = accounts[each["account_id"]]
    is_taxed = is_sale and account.tax_treatment == "taxable"
    known = is_taxed and all(gain is not None for gain in gains)
    return RunTrade(
        place=place,
        account=account,
        instrument=instruments[int(each["security_id"])],
        side=each["side"],
        quantity=Decimal(each["quantity"]),
        amount=Decimal(each["amount"]),
        cost=Decimal(each["cost"]),
        gain=sum((Decimal(gain) for gain in gains), Decimal(0)) if known else None,
        tax=Decimal(each["tax"]) if is_taxed else None,
        lots=tuple(each["lots"]),
        reason=reason_text(each["reason"], {str(pk): str(row) for pk, row in instruments.items()}),
    )


def _pool(pool_id: str, accounts: Mapping[str, Account]) -> str:
    return accounts[pool_id].name if pool_id in accounts else gettext("Household")


def _named(key: str, names: Mapping[str, str]) -> str:
    if not key:
        return gettext("Cash")
    return names[key] if key in names else str(AssetClass(key).label)


def _target(
    place: int, each: Mapping[str, Any], accounts: Mapping[str, Account], names: Mapping[str, str]
) -> RunTarget:
    low, high = each["low"] - 1e-9, each["high"] + 1e-9
    is_cash = each["kind"] == "cash"
    return RunTarget(
        place=place,
        pool=_pool(each["pool_id"], accounts),
        kind=str(KINDS[each["kind"]]),
        name=_named(each["key"], names),
        target=Decimal(str(each["target"])),
        before=Decimal(str(each["before"])),
        after=Decimal(str(each["after"])),
        was_out=not is_cash and not low <= each["before"] <= high,
        is_out=not is_cash and not low <= each["after"] <= high,
    )


def _unmet(place: int, each: Mapping[str, Any], accounts: Mapping[str, Account], names: Mapping[str, str]) -> RunUnmet:
    return RunUnmet(
        place=place,
        scope=_pool(each["scope_id"], accounts),
        name=_named(each["key"], names),
        missing=Decimal(each["missing"]),
        reason=reason_text(each["reason"], names),
    )
