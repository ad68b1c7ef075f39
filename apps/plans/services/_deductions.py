"""What a household pays that the law may let it deduct, as values of the engine, with what had to be assumed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from apps.kernel.errors import gettext_noop
from apps.kernel.money import in_cents
from apps.money.models import DebtKind, PropertyKind, bought_a_home
from apps.money.selectors.facts import DebtFact, HouseholdFacts, PaymentFact, PropertyFact
from apps.plans.engine.inputs import Debt, ProjectionInputs
from apps.plans.engine.yearly_payments import PaymentKind, YearlyPayment
from apps.plans.services._tables import TAX_TABLES, read_table

Caveat = tuple[str, dict[str, str]]
# the key of the gifts that living costs hold
USUAL_GIFTS = "gifts-in-costs"


def debts_of(facts: HouseholdFacts) -> tuple[Debt, ...]:
    """Return what is still owed; of loans on a home the limit up to which their interest may be deducted."""
    return tuple(
        Debt(
            key=fact.key,
            balance=in_cents(fact.balance),
            annual_rate=float(fact.annual_rate),
            monthly_payment=in_cents(fact.monthly_payment),
            currency=facts.currency,
            home_limit=_limit(fact, facts),
            second_home=_second_home(fact, facts) if _limit(fact, facts) > 0.0 else "",
        )
        for fact in facts.debts
        if fact.balance > 0
    )


def with_deductions(inputs: ProjectionInputs, facts: HouseholdFacts) -> tuple[ProjectionInputs, list[Caveat]]:
    """Return the plan with property taxes, gifts and medical costs, and what is assumed of them and of loans."""
    taxes = {
        fact.key: in_cents(fact.property_tax or Decimal(0)) for fact in facts.properties if _is_lived_in(fact, facts)
    }
    things = tuple(
        replace(thing, property_tax=taxes[thing.key]) if taxes.get(thing.key) else thing
        for thing in inputs.events.things
    )
    ends_later = (fact for fact in facts.payments if (fact.last_year or 9_999) >= inputs.start_date.year)
    payments = (*_usual_gifts(facts), *(_payment(fact, facts.currency) for fact in ends_later))
    told = [*_of_loans(facts), *_of_taxes(facts), *_of_payments(facts)]
    if told or facts.state.strip():
        told.append((_STANDARD_OF_STATES, {}))
    return replace(inputs, events=replace(inputs.events, things=things, payments=payments)), told


def _limit(fact: DebtFact, facts: HouseholdFacts) -> float:
    table, secured = read_table(TAX_TABLES / "home_mortgage.toml"), _secures(fact, facts)
    if not bought_a_home(fact.kind, as_told=fact.bought_home):
        return 0.0
    if secured is not None and secured.kind != PropertyKind.HOME and not _second_home(fact, facts):
        return 0.0
    is_older = fact.taken_out_on is not None and fact.taken_out_on <= table["older_until"]
    limit = float(table["older_limit"] if is_older else table["limit"])
    return limit / 2 if facts.filing_status == "separate" else limit


def _second_home(fact: DebtFact, facts: HouseholdFacts) -> str:
    """The key of the other residence that a loan is on (IRC 163(h)(4)(A)(i)(II)): real estate that is not let. It need
    not be lived in where it is not let (iii)."""
    thing = _secures(fact, facts)
    if thing is None or thing.kind != PropertyKind.REAL_ESTATE or thing.key in facts.rented_out:
        return ""
    return thing.key


def _secures(fact: DebtFact, facts: HouseholdFacts) -> PropertyFact | None:
    return next((thing for thing in facts.properties if thing.debt_key == fact.key), None)


def _is_lived_in(fact: PropertyFact, facts: HouseholdFacts) -> bool:
    """Taxes on what is let are a cost of the rent (IRC 62(a)(4)), not an itemised deduction."""
    return fact.kind in {PropertyKind.HOME, PropertyKind.REAL_ESTATE} and fact.key not in facts.rented_out


def _usual_gifts(facts: HouseholdFacts) -> tuple[YearlyPayment, ...]:
    giving = Decimal(0) if facts.spending is None else 12 * facts.spending.giving
    if giving <= 0:
        return ()
    return (
        YearlyPayment(
            USUAL_GIFTS, PaymentKind.GIFT, in_cents(giving), None, None, in_costs=True, currency=facts.currency
        ),
    )


def _payment(fact: PaymentFact, currency: str) -> YearlyPayment:
    return YearlyPayment(
        key=fact.key,
        kind=PaymentKind(fact.kind),
        annual_amount=in_cents(fact.annual_amount),
        first_year=fact.first_year,
        last_year=fact.last_year,
        in_costs=fact.in_costs,
        currency=currency,
    )


def _of_loans(facts: HouseholdFacts) -> list[Caveat]:
    told: list[Caveat] = []
    homes = {_second_home(fact, facts) for fact in facts.debts if fact.balance > 0 and _limit(fact, facts) > 0} - {""}
    if len(homes) > 1:
        told.append((_ONE_A_YEAR, {}))
    for fact in facts.debts:
        name = {"name": fact.name}
        if fact.balance <= 0:
            continue
        if _limit(fact, facts) > 0:
            secured = _secures(fact, facts)
            on_second = secured is not None and secured.kind != PropertyKind.HOME
            told.append((_LOAN_ON_A_HOME if secured is None else _SECOND_HOME if on_second else _LOAN, name))
            if fact.taken_out_on is None:
                told.append((_LATER_LOAN, name))
        elif fact.kind == DebtKind.HOME_EQUITY:
            told.append((_EQUITY_LINE, name))
        elif fact.kind == DebtKind.MORTGAGE:
            told.append((_NOT_ON_A_HOME, name))
    return told


def _of_taxes(facts: HouseholdFacts) -> list[Caveat]:
    told: list[Caveat] = []
    for fact in facts.properties:
        name = {"name": fact.name}
        if fact.property_tax and not _is_lived_in(fact, facts):
            told.append((_LET, name))
        elif fact.property_tax:
            told.append((_TAX_IN_COSTS, name))
        elif fact.kind == PropertyKind.HOME and fact.property_tax is None:
            told.append((_NO_PROPERTY_TAX, name))
    return told


def _of_payments(facts: HouseholdFacts) -> list[Caveat]:
    told = [(_GIFTS if fact.kind == PaymentKind.GIFT else _MEDICAL, {"name": fact.name}) for fact in facts.payments]
    return [(_USUAL_GIFTS, {}), *told] if _usual_gifts(facts) else told


_LOAN = gettext_noop(
    "Interest on “%(name)s” is deducted from income, on the debt that the law allows, where itemising pays."
)
_LOAN_ON_A_HOME = gettext_noop(
    "“%(name)s” is taken to be a loan on the home: its interest is deducted from income, on the debt that the law "
    "allows, where itemising pays."
)
_LATER_LOAN = gettext_noop(
    "When “%(name)s” was taken out is not stated: the law's limit for newer loans is taken, the lower one."
)
_EQUITY_LINE = gettext_noop(
    "“%(name)s” is not stated to have bought, built or improved the home: its interest is not deducted."
)
_NOT_ON_A_HOME = gettext_noop(
    "“%(name)s” is on a property that is neither the own home nor a second home: its interest is not deducted."
)
_SECOND_HOME = gettext_noop(
    "“%(name)s” is on real estate that is not let, which is taken as the second home: its interest is deducted "
    "together with that on the own home, on the debt that the law allows for both, where itemising pays."
)
_ONE_A_YEAR = gettext_noop(
    "Of several second homes the law lets one count: the plan takes, for each year, the one whose interest is worth "
    "more, so that another takes its place when one is sold or its loan is paid off."
)
_LET = gettext_noop("“%(name)s” is let: its property tax is taken as a cost of the rent and not deducted.")
_TAX_IN_COSTS = gettext_noop(
    "Property tax on “%(name)s” is taken to be part of the living costs; it rises with prices and is deducted where "
    "itemising pays."
)
_NO_PROPERTY_TAX = gettext_noop("Property tax on “%(name)s” is not stated: nothing is deducted for it.")
_USUAL_GIFTS = gettext_noop(
    "What the household spends on giving is taken as gifts of cash to public charities, in retirement too; gifts from "
    "IRAs are a part of it."
)
_GIFTS = gettext_noop(
    "“%(name)s” is paid besides the living costs, as gifts of cash to public charities; what exceeds the part of a "
    "year's income that the law allows is deducted in the next five years, as far as it fits there."
)
_MEDICAL = gettext_noop(
    "“%(name)s” counts as medical costs: what exceeds the law's part of income is deducted where itemising pays."
)
_STANDARD_OF_STATES = gettext_noop(
    "State deductions: standard. Federal tax is itemised where that leaves less, the states’ own itemised deductions "
    "are not known."
)
