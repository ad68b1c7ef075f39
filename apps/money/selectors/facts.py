"""The facts of a household's finances as a plan reads them: frozen, dated, each with where it comes from."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal

from apps.portfolios.selectors.prices import SimulationNotice

NOTHING = Decimal(0)
# what ends the key of the part of an income that goes on after a part of its business is sold
KEPT = "-kept"


@dataclass(frozen=True, slots=True)
class PersonFact:
    """A member of the household as a plan counts them.

    `supported_until` is the age from which on a child or dependant counts no longer, None where no age ends it.
    """

    person_id: uuid.UUID
    name: str
    relationship: str
    date_of_birth: dt.date | None
    retirement_age: int | None
    supported_until: int | None = None


@dataclass(frozen=True, slots=True)
class IncomeFact:
    """An income a year before tax. `source` is `stated` (an income source) or `profile` (the person's own field)."""

    key: str
    person_id: uuid.UUID
    kind: str
    name: str
    annual_amount: Decimal
    annual_growth: Decimal
    is_inflation_linked: bool
    starts_on: dt.date | None
    ends_on: dt.date | None
    as_of: dt.date
    source: str


@dataclass(frozen=True, slots=True)
class SpendingFact:
    """Living costs a month, debt payments left out. `source` is `stated` or `bank` (the average of `n_months`).

    `giving` is what of them goes to charity.
    """

    monthly_amount: Decimal
    essential: Decimal | None
    n_months: int
    as_of: dt.date
    source: str
    giving: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class DebtFact:
    """A debt with its terms; the rate is a fraction a year. `bought_home` is told of a home equity line."""

    key: str
    kind: str
    name: str
    balance: Decimal
    annual_rate: Decimal
    monthly_payment: Decimal
    as_of: dt.date
    taken_out_on: dt.date | None = None
    bought_home: bool = False


@dataclass(frozen=True, slots=True)
class AccountFact:
    """Money that a plan can draw on: an investment account, or cash at a bank (`treatment` is `cash`).

    `allocation` holds (asset class, fraction) of what has a price, cash of the account among them. `cost_basis` is None
    where the cost of some lot is not known. `owner_id` is None for a joint account. `registration` is the form in which
    an investment account is held, empty for cash at a bank.
    """

    key: str
    name: str
    treatment: str
    owner_id: uuid.UUID | None
    balance: Decimal
    cost_basis: Decimal | None
    allocation: tuple[tuple[str, Decimal], ...]
    is_held_away: bool
    as_of: dt.date
    registration: str = ""


@dataclass(frozen=True, slots=True)
class PropertyFact:
    """A thing of value; plans count it in net worth, and as money once it is sold.

    `annual_growth` is nominal, None where nobody stated it; `debt_key` is the key of the DebtFact that a sale pays off.
    `sold_share` of it is sold, paid in `instalments` yearly parts with `instalment_rate` a year on the rest;
    `is_passive` says that the owner of a business does not work in it.
    """

    key: str
    kind: str
    name: str
    value: Decimal
    as_of: dt.date
    annual_growth: Decimal | None = None
    cost: Decimal | None = None
    sells_on: dt.date | None = None
    selling_cost: Decimal = NOTHING
    debt_key: str = ""
    sold_share: Decimal = Decimal(1)
    instalments: int = 1
    instalment_rate: Decimal | None = None
    is_passive: bool = False
    kept_until_death: bool = False
    property_tax: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PaymentFact:
    """Gifts of cash or medical costs a year, in money of today, in the calendar years between two or without end."""

    key: str
    kind: str
    name: str
    annual_amount: Decimal
    first_year: int | None
    last_year: int | None
    in_costs: bool
    as_of: dt.date


@dataclass(frozen=True, slots=True)
class PhaseFact:
    """Living costs that change for a time, by an amount a month of today's money (negative: less) or by a share.

    It begins on a day, with retirement or now, and ends on a day, after `years`, or not at all.
    """

    key: str
    name: str
    monthly_amount: Decimal
    share: Decimal
    starts_on: dt.date | None
    starts_at_retirement: bool
    ends_on: dt.date | None
    years: int
    is_essential: bool
    as_of: dt.date


@dataclass(frozen=True, slots=True)
class WindfallFact:
    """Money expected once; `person_id` is who must live then, `account_key` the account it is meant for, or empty."""

    key: str
    kind: str
    name: str
    amount: Decimal
    is_inflation_linked: bool
    expected_on: dt.date
    is_taxable: bool
    person_id: uuid.UUID | None
    account_key: str
    as_of: dt.date


@dataclass(frozen=True, slots=True)
class FormerSpouseFact:
    """A marriage of `person_id` that has ended, with the other's benefit a month at full retirement age."""

    key: str
    name: str
    person_id: uuid.UUID
    date_of_birth: dt.date
    monthly_amount: Decimal
    married_on: dt.date
    divorced_on: dt.date | None
    died_on: dt.date | None
    claimed_on: dt.date | None
    remarried_on: dt.date | None
    benefit_from: dt.date | None
    as_of: dt.date


@dataclass(frozen=True, slots=True)
class IraBasisFact:
    """After-tax money in all of a person's IRAs at the end of a tax year (Form 8606, line 14)."""

    key: str
    person_id: uuid.UUID
    amount: Decimal
    tax_year: int
    as_of: dt.date


@dataclass(frozen=True, slots=True)
class RothBasisFact:
    """Roth accounts of a kind (`ira` or `plan`) of a person at the end of a tax year.

    `first_year` and `contributions` are None where nobody knows them; `conversions` are years with what was taxed.
    """

    key: str
    person_id: uuid.UUID
    kind: str
    first_year: int | None
    contributions: Decimal | None
    conversions: tuple[tuple[int, Decimal], ...]
    tax_year: int
    as_of: dt.date


@dataclass(frozen=True, slots=True)
class GrantFact:
    """Equity that an employer grants: `tranches` are the days on which a part vests with how many shares.

    `price` is that of a share on `as_of`, `strike` what an option costs, `discount` a part of the price. `held_shares`
    are those of options exercised on `exercised_on`, when one was worth `exercise_worth`; `minimum_tax_credit` is
    minimum tax of earlier years that has not come back.
    """

    key: str
    kind: str
    name: str
    person_id: uuid.UUID
    tranches: tuple[tuple[dt.date, Decimal], ...]
    price: Decimal
    as_of: dt.date
    strike: Decimal = NOTHING
    discount: Decimal = NOTHING
    expires_on: dt.date | None = None
    exercise_on: dt.date | None = None
    is_held: bool = False
    held_shares: Decimal = NOTHING
    exercised_on: dt.date | None = None
    exercise_worth: Decimal = NOTHING
    minimum_tax_credit: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class InsuranceFact:
    """A policy. `life_form` says of cover of a life whether it is for a `term` or `whole`, empty where nobody knows;
    the living costs hold the premium where `premium_in_costs`.
    """

    key: str
    kind: str
    person_id: uuid.UUID | None
    coverage: Decimal
    annual_premium: Decimal
    ends_on: dt.date | None
    name: str = ""
    life_form: str = ""
    premium_in_costs: bool = True


@dataclass(frozen=True, slots=True)
class SavingFact:
    """What is paid into an account every month; `account_key` is the key of its AccountFact."""

    key: str
    account_key: str
    monthly_amount: Decimal
    is_by_employer: bool
    ends_on: dt.date | None
    is_deductible: bool = True


@dataclass(frozen=True, slots=True)
class MissingFact:
    """What a plan cannot do without, or is weaker without. `message` is a message id filled by `subject`.

    `person_id` is the public id of the person it is about, if it is about one.
    """

    code: str
    message: str
    subject: str = ""
    is_needed: bool = True
    person_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class HouseholdFacts:
    """The whole situation on a day, in the household's currency."""

    household_id: uuid.UUID
    as_of: dt.date
    currency: str
    filing_status: str
    state: str
    people: tuple[PersonFact, ...]
    incomes: tuple[IncomeFact, ...]
    spending: SpendingFact | None
    debts: tuple[DebtFact, ...]
    accounts: tuple[AccountFact, ...]
    properties: tuple[PropertyFact, ...]
    insurance: tuple[InsuranceFact, ...]
    savings: tuple[SavingFact, ...]
    missing: tuple[MissingFact, ...]
    left_out: tuple[str, ...]
    simulation: SimulationNotice | None
    phases: tuple[PhaseFact, ...] = ()
    windfalls: tuple[WindfallFact, ...] = ()
    former_spouses: tuple[FormerSpouseFact, ...] = ()
    ira_bases: tuple[IraBasisFact, ...] = ()
    grants: tuple[GrantFact, ...] = ()
    roth_bases: tuple[RothBasisFact, ...] = ()
    payments: tuple[PaymentFact, ...] = ()
    rented_out: frozenset[str] = frozenset()

    @property
    def is_enough(self) -> bool:
        """Whether nothing that a plan cannot do without is missing."""
        return not any(fact.is_needed for fact in self.missing)

    @property
    def liquid(self) -> Decimal:
        """What can be drawn on: accounts and cash."""
        return sum((account.balance for account in self.accounts), NOTHING)

    @property
    def net_worth(self) -> Decimal:
        """Accounts, cash and things less debts."""
        things = sum((thing.value for thing in self.properties), NOTHING)
        return self.liquid + things - sum((debt.balance for debt in self.debts), NOTHING)
