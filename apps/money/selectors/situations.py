"""All that a plan needs to know of a household's finances, and what is missing.

Plans maps these facts into the inputs of its engine; nothing here is an assumption. Every amount carries the day it is
known for and where it comes from, so that a plan can say on what it rests.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

from django.db.models import Model
from django.utils import timezone

from apps.clients.models import Household, Person
from apps.money.models import (
    BankAccount,
    BankAccountKind,
    Category,
    Debt,
    EquityGrant,
    ExpenseLine,
    FactOfHousehold,
    FormerSpouse,
    IncomeKind,
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
from apps.money.selectors.cash_flows import cash_flow
from apps.money.selectors.facts import (
    AccountFact,
    DebtFact,
    HouseholdFacts,
    IncomeFact,
    InsuranceFact,
    PersonFact,
    SavingFact,
    SpendingFact,
)
from apps.money.selectors.life import (
    former_spouse_fact,
    grant_fact,
    income_spans,
    ira_basis_fact,
    is_over,
    payment_fact,
    phase_fact,
    property_fact,
    roth_basis_fact,
    windfall_fact,
)
from apps.money.selectors.missing import missing_of
from apps.portfolios.models import Account, AccountStatus, TaxTreatment, Transaction
from apps.portfolios.selectors.books import account_books
from apps.portfolios.selectors.portfolios import simulation_of
from apps.portfolios.selectors.valuations import AccountHoldings, holdings_at

NOTHING = Decimal(0)


def household_facts(household: Household, as_of: dt.date) -> HouseholdFacts:
    """Return all facts of the household's finances on the day.

    Amounts in another currency than the household's are named in `left_out`. A few queries.
    """
    return facts_of_households([household], as_of)[household.pk]


def facts_of_households(households: Sequence[Household], as_of: dt.date) -> dict[int, HouseholdFacts]:
    """Return the facts of many households, by row id: the queries of one, and one for each that states no spending."""
    rows = _Rows.read(households, as_of)
    return {household.pk: _facts(household, rows, as_of) for household in households}


R = TypeVar("R", bound=Model)


def _by_household(rows: Iterable[R]) -> dict[int, list[R]]:
    found: dict[int, list[R]] = defaultdict(list)
    for row in rows:
        found[row.household_id].append(row)  # type: ignore[attr-defined]
    return found


@dataclass(frozen=True, slots=True)
class _Rows:
    """What lies in the tables, by household; `at` and `costs` by account."""

    people: dict[int, list[Person]]
    accounts: dict[int, list[Account]]
    banks: dict[int, list[BankAccount]]
    loans: dict[int, list[Debt]]
    things: dict[int, list[Property]]
    incomes: dict[int, list[IncomeSource]]
    expenses: dict[int, list[ExpenseLine]]
    insurance: dict[int, list[InsurancePolicy]]
    savings: dict[int, list[RegularSaving]]
    phases: dict[int, list[SpendingPhase]]
    windfalls: dict[int, list[Windfall]]
    former: dict[int, list[FormerSpouse]]
    ira_bases: dict[int, list[IraBasis]]
    roth_bases: dict[int, list[RothBasis]]
    grants: dict[int, list[EquityGrant]]
    payments: dict[int, list[YearlyPayment]]
    at: dict[int, AccountHoldings]
    costs: dict[int, Decimal | None]

    @classmethod
    def read(cls, households: Sequence[Household], as_of: dt.date) -> _Rows:
        mine = {"household__in": [household.pk for household in households]}
        accounts = list(
            Account.objects.filter(**mine)
            .exclude(status=AccountStatus.CLOSED, closed_on__lt=as_of)
            .prefetch_related("owners__person", "lot_elections")
        )
        at = holdings_at(accounts, as_of)
        return cls(
            people=_by_household(Person.objects.filter(**mine)),
            accounts=_by_household(accounts),
            banks=_by_household(BankAccount.objects.filter(**mine)),
            loans=_by_household(Debt.objects.filter(**mine)),
            things=_by_household(Property.objects.filter(**mine).select_related("debt")),
            incomes=_by_household(IncomeSource.objects.filter(**mine).select_related("person", "rented_out")),
            expenses=_by_household(ExpenseLine.objects.filter(**mine).exclude(category="debt")),
            insurance=_by_household(InsurancePolicy.objects.filter(**mine).select_related("person")),
            savings=_by_household(RegularSaving.objects.filter(**mine).select_related("account")),
            phases=_by_household(SpendingPhase.objects.filter(**mine).select_related("person")),
            windfalls=_by_household(Windfall.objects.filter(**mine).select_related("person", "account")),
            former=_by_household(FormerSpouse.objects.filter(**mine).select_related("person")),
            ira_bases=_by_household(IraBasis.objects.filter(**mine).select_related("person")),
            roth_bases=_by_household(RothBasis.objects.filter(**mine).select_related("person")),
            grants=_by_household(EquityGrant.objects.filter(**mine).select_related("person")),
            payments=_by_household(YearlyPayment.objects.filter(**mine)),
            at=at,
            costs=_costs([account for account in accounts if account.tax_treatment == TaxTreatment.TAXABLE], at, as_of),
        )


def _facts(household: Household, rows: _Rows, as_of: dt.date) -> HouseholdFacts:
    pk, here, at = household.pk, household.currency, rows.at
    people, accounts, banks = rows.people[pk], rows.accounts[pk], rows.banks[pk]
    loans, things = rows.loans[pk], rows.things[pk]
    phases, windfalls = rows.phases[pk], rows.windfalls[pk]
    kept: list[Account | BankAccount | FactOfHousehold] = [*accounts, *banks, *loans, *things]
    flows: list[FactOfHousehold] = [*rows.incomes[pk], *rows.expenses[pk], *rows.savings[pk], *phases, *windfalls]
    flows += [*rows.former[pk], *rows.ira_bases[pk], *rows.roth_bases[pk], *rows.grants[pk], *rows.payments[pk]]
    left_out = [str(row) for row in (*kept, *flows, *rows.insurance[pk]) if row.currency != here]
    left_out += sorted({name for account in accounts for name in at[account.pk].unpriced})
    facts = HouseholdFacts(
        household_id=household.public_id,
        as_of=as_of,
        currency=here,
        filing_status=household.filing_status,
        state=household.state,
        people=tuple(_person(person) for person in people),
        incomes=_incomes([row for row in rows.incomes[pk] if row.currency == here], people, as_of),
        spending=_spending(household, [line for line in rows.expenses[pk] if line.currency == here], as_of),
        debts=(*(_debt(loan) for loan in loans if loan.currency == here), *_card_debts(banks, here)),
        accounts=(
            *(_account(row, at[row.pk], rows.costs.get(row.pk)) for row in accounts if row.currency == here),
            *(_bank(bank) for bank in banks if bank.currency == here and _is_cash(bank)),
        ),
        properties=tuple(property_fact(thing) for thing in things if thing.currency == here),
        insurance=_insurance([row for row in rows.insurance[pk] if row.currency == here]),
        savings=_savings([row for row in rows.savings[pk] if row.currency == here]),
        missing=(),
        left_out=tuple(left_out),
        simulation=simulation_of([at[account.pk] for account in accounts], as_of),
        phases=tuple(phase_fact(row) for row in phases if row.currency == here and not is_over(row, as_of)),
        windfalls=tuple(windfall_fact(row) for row in windfalls if row.currency == here),
        former_spouses=tuple(former_spouse_fact(row) for row in rows.former[pk] if row.currency == here),
        ira_bases=tuple(ira_basis_fact(row) for row in rows.ira_bases[pk] if row.currency == here),
        roth_bases=tuple(roth_basis_fact(row) for row in rows.roth_bases[pk] if row.currency == here),
        grants=tuple(grant_fact(row) for row in rows.grants[pk] if row.currency == here),
        payments=tuple(payment_fact(row) for row in rows.payments[pk] if row.currency == here),
        rented_out=frozenset(str(row.rented_out.public_id) for row in rows.incomes[pk] if row.rented_out),
    )
    return replace(facts, missing=missing_of(facts))


def _person(person: Person) -> PersonFact:
    return PersonFact(
        person_id=person.public_id,
        name=str(person),
        relationship=person.relationship,
        date_of_birth=person.date_of_birth,
        retirement_age=person.retirement_age,
        supported_until=person.supported_until_age(),
    )


def _incomes(sources: list[IncomeSource], people: list[Person], as_of: dt.date) -> tuple[IncomeFact, ...]:
    stated = [
        IncomeFact(
            key=f"{row.public_id}{span.suffix}",
            person_id=row.person.public_id,
            kind=row.kind,
            name=row.name,
            annual_amount=row.annual_amount * span.part,
            annual_growth=row.annual_growth,
            is_inflation_linked=row.is_inflation_linked,
            starts_on=span.starts_on,
            ends_on=span.ends_on,
            as_of=row.as_of,
            source="stated",
        )
        for row in sources
        for span in income_spans(row, as_of)
        if span.ends_on is None or span.ends_on >= as_of
    ]
    earning = {fact.person_id for fact in stated if fact.kind in {IncomeKind.SALARY, IncomeKind.SELF_EMPLOYMENT}}
    profile = [
        IncomeFact(
            key=f"profile-{person.public_id}",
            person_id=person.public_id,
            kind=IncomeKind.SALARY,
            name=person.occupation or str(person),
            annual_amount=person.annual_income,
            annual_growth=NOTHING,
            is_inflation_linked=True,
            starts_on=None,
            ends_on=None,
            as_of=timezone.localdate(person.updated_at),
            source="profile",
        )
        for person in people
        if person.annual_income and person.public_id not in earning
    ]
    return (*stated, *profile)


def _spending(household: Household, lines: list[ExpenseLine], as_of: dt.date) -> SpendingFact | None:
    """What the household states wins over the banks' average; debt payments are counted with the debts."""
    if lines:
        return SpendingFact(
            monthly_amount=sum((line.monthly_amount for line in lines), NOTHING),
            essential=sum((line.monthly_amount for line in lines if line.is_essential), NOTHING),
            n_months=0,
            as_of=min(line.as_of for line in lines),
            source="stated",
            giving=sum((line.monthly_amount for line in lines if line.category == Category.GIVING), NOTHING),
        )
    flow = cash_flow(household, as_of)
    if flow.monthly_spending is None or flow.last_entry_on is None:
        return None
    debt = sum((line.monthly for line in flow.categories if line.category == "debt"), NOTHING)
    given = sum((line.monthly for line in flow.categories if line.category == Category.GIVING), NOTHING)
    spent = max(flow.monthly_spending - debt, NOTHING)
    return SpendingFact(spent, None, flow.n_months, flow.last_entry_on, "bank", given)


def _debt(loan: Debt) -> DebtFact:
    return DebtFact(
        key=str(loan.public_id),
        kind=loan.kind,
        name=loan.name,
        balance=loan.balance,
        annual_rate=loan.annual_rate,
        monthly_payment=loan.monthly_payment,
        as_of=loan.as_of,
        taken_out_on=loan.taken_out_on,
        bought_home=loan.bought_home,
    )


def _is_cash(bank: BankAccount) -> bool:
    return bank.kind != BankAccountKind.CREDIT_CARD and bank.balance is not None and bank.balance >= 0


def _card_debts(banks: list[BankAccount], currency: str) -> list[DebtFact]:
    """Cards and overdrafts: paid off in full each month as far as is known, so without interest or payment."""
    return [
        DebtFact(
            key=str(bank.public_id),
            kind="credit_card",
            name=bank.name,
            balance=-bank.balance,
            annual_rate=NOTHING,
            monthly_payment=-bank.balance,
            as_of=bank.balance_as_of or timezone.localdate(bank.updated_at),
        )
        for bank in banks
        if bank.currency == currency and bank.balance is not None and bank.balance < 0
    ]


def _bank(bank: BankAccount) -> AccountFact:
    balance = bank.balance or NOTHING
    return AccountFact(
        key=str(bank.public_id),
        name=bank.name,
        treatment="cash",
        owner_id=None,
        balance=balance,
        cost_basis=balance,
        allocation=(("cash", Decimal(1)),),
        is_held_away=True,
        as_of=bank.balance_as_of or timezone.localdate(bank.updated_at),
    )


def _account(account: Account, at: AccountHoldings, cost: Decimal | None) -> AccountFact:
    owners = list(account.owners.all())
    return AccountFact(
        key=str(account.public_id),
        name=account.name,
        treatment=account.tax_treatment,
        owner_id=owners[0].person.public_id if len(owners) == 1 else None,
        balance=max(at.total, NOTHING),
        cost_basis=cost,
        allocation=_allocation(at),
        is_held_away=account.is_held_away,
        as_of=at.priced_on or at.as_of,
        registration=account.registration,
    )


def _costs(accounts: list[Account], at: dict[int, AccountHoldings], as_of: dt.date) -> dict[int, Decimal | None]:
    """What each account was bought for, cash included; None where the cost of a position is not known."""
    held = [account for account in accounts if at[account.pk].holdings]
    entries = Transaction.objects.filter(account__in=held).select_related("reversal_of").prefetch_related("lot_choices")
    books = account_books(held, entries.order_by("trade_date", "id"), as_of) if held else {}
    found: dict[int, Decimal | None] = {}
    for account in accounts:
        positions = books[account.pk].positions if account.pk in books else ()
        costs = [position.cost for position in positions if position.quantity]
        known = [cost for cost in costs if cost is not None]
        is_known = len(known) == len(costs)
        found[account.pk] = sum(known, NOTHING) + max(at[account.pk].cash, NOTHING) if is_known else None
    return found


def _allocation(at: AccountHoldings) -> tuple[tuple[str, Decimal], ...]:
    """Fractions of what is there and has a price; a debit of cash is set against nothing but itself."""
    values: dict[str, Decimal] = {}
    for holding in at.holdings:
        if holding.value and holding.value > 0:
            values[holding.asset_class] = values.get(holding.asset_class, NOTHING) + holding.value
    if at.cash > 0:
        values["cash"] = values.get("cash", NOTHING) + at.cash
    whole = sum(values.values(), NOTHING)
    return tuple((asset_class, value / whole) for asset_class, value in sorted(values.items())) if whole else ()


def _insurance(rows: list[InsurancePolicy]) -> tuple[InsuranceFact, ...]:
    return tuple(
        InsuranceFact(
            key=str(row.public_id),
            kind=row.kind,
            person_id=row.person.public_id if row.person else None,
            coverage=row.coverage,
            annual_premium=row.annual_premium,
            ends_on=row.ends_on,
            name=row.name,
            life_form=row.life_form,
            premium_in_costs=row.premium_in_costs,
        )
        for row in rows
    )


def _savings(rows: list[RegularSaving]) -> tuple[SavingFact, ...]:
    return tuple(
        SavingFact(
            key=str(row.public_id),
            account_key=str(row.account.public_id),
            monthly_amount=row.monthly_amount,
            is_by_employer=row.is_by_employer,
            ends_on=row.ends_on,
            is_deductible=row.is_deductible,
        )
        for row in rows
    )
