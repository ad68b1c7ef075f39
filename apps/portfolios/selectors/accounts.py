"""Accounts as pages show them: found for who asks, listed with their value, one in full."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal

from django.core.paginator import Page, Paginator
from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext

from apps.core.actors import Actor
from apps.core.templatetags.charts import ChartSpec
from apps.core.templatetags.formats import date_text, money_text
from apps.kernel.dates import DateSpan
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.portfolios.models import Account, AccountStatus, DriftReading, ManualAsset, ReconciliationBreak, Transaction
from apps.portfolios.selectors.account_life import AccountLife, account_life
from apps.portfolios.selectors.lot_rules import method_text
from apps.portfolios.selectors.lots import LotLine, open_lots, sum_of
from apps.portfolios.selectors.portfolios import simulation_of
from apps.portfolios.selectors.prices import SimulationNotice
from apps.portfolios.selectors.valuations import AccountHoldings, AccountValuation, Holding, holdings_at, valuations
from apps.portfolios.selectors.value_ages import age_limits
from apps.portfolios.selectors.wash_sales import household_wash_sales

CHART_DAYS = 365
# more points than a chart has pixels help nobody
CHART_POINTS = 120
PER_PAGE = 50


def account_for(actor: Actor, public_id: uuid.UUID | str) -> Account:
    """Return an account the actor may see, with its household and owners.

    Raises NotFoundError when there is none, or not for this actor: the two answer alike.
    """
    accounts = Account.objects.visible_to(actor).select_related("household").prefetch_related("owners__person")
    found = accounts.filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such account, or its household is not assigned to you."))
    return found


def entry_for(actor: Actor, public_id: uuid.UUID | str) -> Transaction:
    """Return an entry the actor may see; raise NotFoundError otherwise."""
    entries = Transaction.objects.visible_to(actor).select_related("account__household", "instrument")
    found = entries.filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such entry, or its household is not assigned to you."))
    return found


def break_for(actor: Actor, public_id: uuid.UUID | str) -> ReconciliationBreak:
    """Return a break the actor may see; raise NotFoundError otherwise."""
    rows = ReconciliationBreak.objects.visible_to(actor).select_related("account__household", "instrument", "statement")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such break, or its household is not assigned to you."))
    return found


SORTS = {
    "name": F("name"),
    "household": F("household__name"),
    "custodian": F("custodian"),
    "status": F("status"),
    "drift": F("drift_distance"),
}


def account_list(
    actor: Actor, *, text: str = "", status: str = "", sort: str = "household", is_out: bool = False
) -> QuerySet[Account]:
    """Return the accounts the actor may see, found by name, household or last digits, in the order asked for.

    `reading_id` and `drift_distance` are of the last look at the target that an account is part of; with `is_out` those
    are listed whose target had something out of its band.
    """
    rows = with_reading(Account.objects.visible_to(actor).select_related("household"))
    if is_out:
        rows = rows.filter(drift_out__gt=0)  # type: ignore[misc]
    if status in AccountStatus.values:
        rows = rows.filter(status=status)
    if text:
        rows = (
            rows.filter(name__icontains=text)
            | rows.filter(household__name__icontains=text)
            | rows.filter(last_four=text[-4:])
        )
    key = SORTS.get(sort.removeprefix("-"), SORTS["household"])
    order = key.desc(nulls_last=True) if sort.startswith("-") else key.asc(nulls_last=True)
    return rows.order_by(order, "household__name", "id")


def with_reading(accounts: QuerySet[Account]) -> QuerySet[Account]:
    """Add the last reading of drift: the account's own, else its household's; none of what the firm does not manage."""
    own = DriftReading.objects.filter(account=OuterRef("pk")).values("pk")[:1]
    shared = DriftReading.objects.filter(household=OuterRef("household"), account=None).values("pk")[:1]
    managed = Q(is_held_away=False) & ~Q(status=AccountStatus.CLOSED)
    found = Case(When(managed, then=Coalesce(Subquery(own), Subquery(shared))), default=None)
    reading = DriftReading.objects.filter(pk=OuterRef("reading_id"))
    return accounts.annotate(reading_id=found).annotate(
        drift_distance=Subquery(reading.values("distance")[:1]), drift_out=Subquery(reading.values("n_out")[:1])
    )


@dataclass(frozen=True, slots=True)
class HoldingRow:
    """A holding of an account, what its open lots cost, and its part of the account; None where it is not known."""

    holding: Holding
    cost: Decimal | None
    gain: Decimal | None
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class AccountPage:
    """One account on a day: holdings, lots, gains realised in the year, entries up to the day, and a year's values.

    `asset` is what it was made for where people value it by hand, `old` names holdings with values past their limits.
    """

    account: Account
    as_of: dt.date
    at: AccountHoldings
    lots: tuple[LotLine, ...]
    cost: Decimal | None
    gain: Decimal | None
    realised: Decimal | None
    method: str
    entries: Page[Transaction]
    chart: ChartSpec | None
    life: AccountLife
    simulation: SimulationNotice | None
    breaks: tuple[ReconciliationBreak, ...]
    asset: ManualAsset | None
    old: frozenset[uuid.UUID]
    known_at: dt.datetime | None = None

    @property
    def rows(self) -> list[HoldingRow]:
        """The holdings with what their lots cost."""
        return [self._row(holding) for holding in self.at.holdings]

    def _row(self, holding: Holding) -> HoldingRow:
        lots = [lot for lot in self.lots if lot.instrument == holding.public_id]
        share = holding.value / self.at.total if holding.value is not None and self.at.total > 0 else None
        return HoldingRow(holding, sum_of(lot.cost for lot in lots), sum_of(lot.gain for lot in lots), share)


def account_page(
    account: Account, as_of: dt.date, known_at: dt.datetime | None = None, number: str = "1"
) -> AccountPage:
    """Return what the account's page shows; with `known_at` from the ledger as it stood at that moment.

    Raises what the book refuses when the ledger contradicts itself.
    """
    at = holdings_at([account], as_of, known_at)[account.pk]
    judged, limits = household_wash_sales(account.household, as_of, known_at), age_limits()
    lots = open_lots(judged.open_pieces, at)
    costs = [lot.cost for lot in lots]
    cost = sum((value for value in costs if value is not None), Decimal(0)) if None not in costs else None
    worth = sum((holding.value for holding in at.holdings if holding.value is not None), Decimal(0))
    entries = account.transactions.traded_by(as_of).select_related("instrument", "into", "reversal", "reversal_of")
    entries = entries if known_at is None else entries.known_at(known_at)
    return AccountPage(
        account=account,
        as_of=as_of,
        at=at,
        lots=lots,
        cost=cost,
        gain=worth - cost if cost is not None and not at.unpriced else None,
        realised=sum_of(line.recognised for line in judged.of_account(account, as_of.year)),
        method=method_text(account, as_of),
        entries=Paginator(entries, PER_PAGE).get_page(number),
        chart=value_chart(account, as_of, known_at),
        life=account_life(account, as_of),
        simulation=simulation_of([at], as_of),
        asset=ManualAsset.objects.filter(account=account).first(),
        old=frozenset(each.public_id for each in at.holdings if limits.is_old(each.age, each.valued_on, as_of)),
        breaks=tuple(account.breaks.open().select_related("instrument", "statement")),
        known_at=known_at,
    )


def value_chart(account: Account, as_of: dt.date, known_at: dt.datetime | None = None) -> ChartSpec | None:
    """Return the account's value over the last year with what the client brought, None before its first entry."""
    first = account.transactions.order_by("trade_date").values_list("trade_date", flat=True).first()
    if first is None or first >= as_of:
        return None
    span = DateSpan(max(first, as_of - dt.timedelta(days=CHART_DAYS)), as_of)
    return value_spec(valuations([account], span, known_at, priced_at=known_at)[account.pk])


def value_spec(valuation: AccountValuation) -> ChartSpec:
    """Specify the chart of an account's daily values: value, and what was brought since the first day."""
    step = max(1, len(valuation.values) // CHART_POINTS)
    shown = valuation.values[::-1][::step][::-1]
    base, brought, at = shown[0].total, [], Decimal(0)
    flows = {flow.day: Decimal(0) for flow in valuation.flows}
    for flow in valuation.flows:
        flows[flow.day] += flow.amount
    last = shown[0].day
    for value in shown:
        at += sum((amount for day, amount in flows.items() if last < day <= value.day), Decimal(0))
        last = value.day
        brought.append(float(base + at))
    change = shown[-1].total - base - at
    amount = money_text(abs(change), valuation.currency, "whole")
    finding = (
        gettext("Markets added %(amount)s since %(day)s")
        if change >= 0
        else gettext("Markets took %(amount)s since %(day)s")
    )
    finding %= {"amount": amount, "day": date_text(shown[0].day)}
    note = ""
    if valuation.simulation:
        note = gettext("Prices after %(day)s are simulated.") % {"day": date_text(valuation.simulation.simulated_from)}
    return ChartSpec(
        kind="lines",
        title=finding,
        unit=valuation.currency,
        format="money",
        currency=valuation.currency,
        as_of=shown[-1].day.isoformat(),
        note=note,
        x={"label": gettext("Day"), "values": [value.day.isoformat() for value in shown]},
        series=[
            {"name": gettext("Value"), "values": [float(v.total) for v in shown], "meaning": "main", "style": "area"},
            {"name": gettext("Brought in"), "values": list(brought), "meaning": "target", "style": "dashed"},
        ],
    )
