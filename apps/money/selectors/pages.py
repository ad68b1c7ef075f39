"""The money tab of a household, and what is found for who asks."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import QuerySet
from django.utils.translation import gettext

from apps.clients.models import Household
from apps.core.actors import Actor
from apps.core.templatetags.charts import ChartSpec
from apps.core.templatetags.formats import money_text
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.money.models import (
    BankAccount,
    BankTransaction,
    Category,
    Debt,
    EquityGrant,
    ExpenseLine,
    FactOfHousehold,
    FormerSpouse,
    IncomeSource,
    InsurancePolicy,
    IraBasis,
    Property,
    RegularSaving,
    RothBasis,
    SpendingPhase,
    Windfall,
    YearlyPayment,
)
from apps.money.selectors.balance_sheets import BalanceSheet, balance_sheet
from apps.money.selectors.cash_flows import CashFlow, cash_flow


@dataclass(frozen=True, slots=True)
class MoneyPage:
    """All of the tab."""

    as_of: dt.date
    sheet: BalanceSheet
    flow: CashFlow
    chart: ChartSpec | None
    incomes: tuple[IncomeSource, ...]
    expenses: tuple[ExpenseLine, ...]
    savings: tuple[RegularSaving, ...]
    debts: tuple[Debt, ...]
    properties: tuple[Property, ...]
    policies: tuple[InsurancePolicy, ...]
    phases: tuple[SpendingPhase, ...]
    windfalls: tuple[Windfall, ...]
    former_spouses: tuple[FormerSpouse, ...]
    ira_bases: tuple[IraBasis, ...]
    roth_bases: tuple[RothBasis, ...]
    grants: tuple[EquityGrant, ...]
    payments: tuple[YearlyPayment, ...]
    banks: tuple[BankAccount, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known yet."""
        known = (self.incomes, self.expenses, self.savings, self.debts, self.properties, self.policies, self.banks)
        told = (self.phases, self.windfalls, self.former_spouses, self.ira_bases, self.roth_bases, self.grants)
        return not any((*known, *told, self.payments)) and not self.sheet.assets


def money_page(household: Household, day: dt.date) -> MoneyPage:
    """Return the tab of the day, in a fixed number of queries."""
    flow = cash_flow(household, day)
    own = {"household": household}
    return MoneyPage(
        as_of=day,
        sheet=balance_sheet(household, day),
        flow=flow,
        chart=flow_chart(flow, household.currency),
        incomes=tuple(IncomeSource.objects.filter(**own).select_related("person")),
        expenses=tuple(ExpenseLine.objects.filter(**own)),
        savings=tuple(RegularSaving.objects.filter(**own).select_related("account")),
        debts=tuple(Debt.objects.filter(**own)),
        properties=tuple(Property.objects.filter(**own)),
        policies=tuple(InsurancePolicy.objects.filter(**own).select_related("person")),
        phases=tuple(SpendingPhase.objects.filter(**own).select_related("person")),
        windfalls=tuple(Windfall.objects.filter(**own).select_related("person")),
        former_spouses=tuple(FormerSpouse.objects.filter(**own).select_related("person")),
        ira_bases=tuple(IraBasis.objects.filter(**own).select_related("person")),
        roth_bases=tuple(RothBasis.objects.filter(**own).select_related("person")),
        grants=tuple(EquityGrant.objects.filter(**own).select_related("person")),
        payments=tuple(YearlyPayment.objects.filter(**own)),
        banks=tuple(BankAccount.objects.filter(**own)),
    )


def flow_chart(flow: CashFlow, currency: str) -> ChartSpec | None:
    """Specify the chart of income and spending by month; None without any entry."""
    if flow.monthly_net is None or not flow.n_months:
        return None
    amount = money_text(abs(flow.monthly_net), currency, "whole")
    title = (
        gettext("%(amount)s are left of a month")
        if flow.monthly_net >= 0
        else gettext("%(amount)s are missing a month")
    )
    spec: dict[str, Any] = {
        "kind": "bars",
        "title": title % {"amount": amount},
        "unit": currency,
        "format": "money",
        "currency": currency,
        "note": gettext("From the entries of bank and card accounts; transfers and savings are left out."),
        "x": {"label": gettext("Month"), "values": [f"{month.first_day:%Y-%m}" for month in flow.months]},
        "series": [
            {"name": gettext("Income"), "values": [float(m.income) for m in flow.months], "meaning": "wages"},
            {"name": gettext("Spending"), "values": [float(m.spending) for m in flow.months], "meaning": "spending"},
        ],
    }
    if flow.last_entry_on is not None:
        spec["as_of"] = flow.last_entry_on.isoformat()
    return cast("ChartSpec", spec)


def fact_for(actor: Actor, model: type[FactOfHousehold], public_id: uuid.UUID | str) -> FactOfHousehold:
    """Return a fact the actor may see; raise NotFoundError otherwise."""
    rows = cast("Any", model).objects.visible_to(actor).select_related("household")
    found: FactOfHousehold | None = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such entry, or its household is not assigned to you."))
    return found


def bank_entries(household: Household, category: str = "", account: str = "") -> QuerySet[BankTransaction]:
    """Return the household's posted entries, the latest first, of one category or account where asked."""
    rows = BankTransaction.objects.filter(account__household=household).select_related("account")
    if category in Category.values:
        rows = rows.filter(category=category)
    if account:
        rows = rows.filter(account__public_id=account)
    return rows


def bank_entry_for(actor: Actor, public_id: uuid.UUID | str) -> BankTransaction:
    """Return an entry the actor may see; raise NotFoundError otherwise."""
    accounts = BankAccount.objects.visible_to(actor)
    rows = BankTransaction.objects.filter(account__in=accounts).select_related("account__household")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such entry, or its household is not assigned to you."))
    return found
