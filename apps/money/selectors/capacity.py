"""What the household's money says about its capacity for risk: facts, each with its day, none guessed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.clients.models import Household, Relationship
from apps.compliance.ports import GatheredFacts
from apps.core.templatetags.formats import date_text
from apps.money.engine.capacity import OF_AGE, debt_service_ratio, liquidity_coverage, net_worth_share, under_age
from apps.money.models import IncomeKind
from apps.money.selectors.facts import NOTHING, HouseholdFacts
from apps.money.selectors.situations import household_facts

_WORK = frozenset({IncomeKind.SALARY, IncomeKind.SELF_EMPLOYMENT})
_READY = frozenset({"cash", "taxable"})


def known_to_money(household: Household, on: dt.date) -> GatheredFacts:
    """Return the ratios that the household's own figures give on the day; one whose parts are missing is left out.

    `debt_service_ratio`: payments of a year over income before tax. `liquidity_coverage`: cash and taxable accounts
    over twelve months of living costs and debt payments, less income that does not come from work.
    `net_worth_share`: investment accounts over net worth. `dependants`: children under 18 and other dependants.
    """
    facts = household_facts(household, on)
    invested = sum((account.balance for account in facts.accounts if account.treatment != "cash"), NOTHING)
    payments = sum((debt.monthly_payment for debt in facts.debts), NOTHING)
    found = {
        "debt_service_ratio": debt_service_ratio(payments, _income(facts, on)),
        "liquidity_coverage": liquidity_coverage(
            ready_money=sum((account.balance for account in facts.accounts if account.treatment in _READY), NOTHING),
            monthly_costs=facts.spending.monthly_amount if facts.spending else None,
            monthly_payments=payments,
            annual_income_not_earned=_income(facts, on, from_work=False),
        ),
        "net_worth_share": net_worth_share(invested, facts.net_worth),
        "dependants": under_age(_ages_of_dependants(household, on)),
    }
    known = {name: value for name, value in found.items() if value is not None}
    source = _("household's money, %(day)s") % {"day": date_text(on)}
    return GatheredFacts(
        facts=known, sources=dict.fromkeys(known, source), portfolio_value=invested if facts.accounts else None
    )


def _income(facts: HouseholdFacts, on: dt.date, *, from_work: bool | None = None) -> Decimal:
    return sum(
        (
            income.annual_amount
            for income in facts.incomes
            if (income.starts_on is None or income.starts_on <= on)
            and (income.ends_on is None or income.ends_on >= on)
            and (from_work is None or (income.kind in _WORK) is from_work)
        ),
        NOTHING,
    )


def _ages_of_dependants(household: Household, on: dt.date) -> list[int | None]:
    people = household.people.filter(relationship__in=[Relationship.CHILD, Relationship.DEPENDANT])
    # another dependant counts at any age
    return [OF_AGE - 1 if person.relationship == Relationship.DEPENDANT else person.age_on(on) for person in people]
