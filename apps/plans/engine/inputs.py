"""What a projection is computed from: frozen, complete, without hidden defaults.

Amounts are in units of one currency, per month or per year as the field says. "Real" amounts are in money of the
start date and rise with the inflation of each path; "nominal" ones do not. Rates are fractions per year. Personal
names stay outside: people, accounts and goals are known by keys that the caller finds again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import pairwise

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.assumptions import AssumptionSet
from apps.plans.engine.checks import annual_rate, known, not_negative, same_currency, unique, within
from apps.plans.engine.conversion_choices import ConversionPlan, check_conversions
from apps.plans.engine.dependants import Child, check_children
from apps.plans.engine.digest import UNTOLD
from apps.plans.engine.goal_choices import ANY_MEANS, GoalMeans, check_goals, check_means
from apps.plans.engine.ira_choices import IraGifts, IraPool, check_iras
from apps.plans.engine.life_events import NO_EVENTS, LifeEvents, check_events
from apps.plans.engine.markets import LOG_NORMAL, MarketModel, check_market
from apps.plans.engine.ownership import BY_TITLE, Ownership
from apps.plans.engine.people import check_people
from apps.plans.engine.retirement_choices import BenefitClaim, MedicareCover, check_claims
from apps.plans.engine.roth_choices import RothPool, check_roths
from apps.plans.engine.spending_choices import SpendingRule, check_spending_rule
from apps.plans.engine.state_tables import StateTable
from apps.plans.engine.tax_tables import FilingStatus, TaxTable

MAX_HORIZON_YEARS = 120


class TaxTreatment(StrEnum):
    """How the law taxes an account."""

    TAXABLE = "taxable"
    TAX_DEFERRED = "tax_deferred"
    TAX_FREE = "tax_free"
    EDUCATION = "education"
    CASH = "cash"


STANDARD_WITHDRAWAL_ORDER = (TaxTreatment.CASH, TaxTreatment.TAXABLE, TaxTreatment.TAX_DEFERRED, TaxTreatment.TAX_FREE)


class IncomeKind(StrEnum):
    """How the law taxes an income."""

    SALARY = "salary"
    SOCIAL_SECURITY = "social_security"
    PENSION = "pension"
    OTHER_TAXABLE = "other_taxable"
    TAX_FREE = "tax_free"


class GoalKind(StrEnum):
    """What a goal is for. Retirement is the living cost after the household retires; it may occur once."""

    RETIREMENT = "retirement"
    EDUCATION = "education"
    HOME = "home"
    LIFE_EVENT = "life_event"


class GoalPriority(StrEnum):
    """Essential goals make success; the others are paid only after them and are reported by themselves."""

    ESSENTIAL = "essential"
    IMPORTANT = "important"
    ASPIRATIONAL = "aspirational"


class Boundary(StrEnum):
    """A point of the plan that moves with it: the start, the owner's (or household's) retirement, the horizon."""

    PLAN_START = "plan_start"
    RETIREMENT = "retirement"
    HORIZON = "horizon"


When = date | Boundary


@dataclass(frozen=True, slots=True)
class Growth:
    """How an amount rises: once a year by ``annual_rate``, and with inflation when ``inflation_linked``."""

    annual_rate: float
    inflation_linked: bool

    def __post_init__(self) -> None:
        annual_rate(self.annual_rate, "growth.annual_rate")


@dataclass(frozen=True, slots=True)
class Adult:
    """A person the plan rests on. The plan counts on them until the month they reach ``horizon_age``.

    ``survival`` holds the odds of being alive 0, 1, 2 … years after the last birthday before the start, from 1 down to
    0, where lives are to be drawn as well (`mortality.LifeTable.survival`); empty where they are not.
    """

    key: str
    birth_date: date
    retirement_date: date
    horizon_age: int
    survival: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        name = f"adults[{self.key}]"
        within(self.horizon_age, 1, MAX_HORIZON_YEARS, f"{name}.horizon_age")
        falls = all(later <= sooner for sooner, later in pairwise(self.survival))
        if self.survival and not (falls and self.survival[0] == 1.0 and self.survival[-1] == 0.0):
            raise InvalidInputError(
                gettext_noop("The odds of living of “%(key)s” must fall from 1 to 0."),
                mend=gettext_noop("Take them from a life table, from the age at the start on."),
                field=f"{name}.survival",
                key=self.key,
            )


@dataclass(frozen=True, slots=True)
class Account:
    """A pot of invested money. ``owner`` is an adult's key or ``""`` for a joint account.

    ``allocation`` holds (asset key, weight); weights add up to 1. ``annual_fee`` is all that is charged on the
    balance. ``cost_basis`` matters for taxable accounts only; give the balance for the others.
    """

    key: str
    owner: str
    treatment: TaxTreatment
    balance: float
    cost_basis: float
    allocation: tuple[tuple[str, float], ...]
    annual_fee: float
    currency: str

    def __post_init__(self) -> None:
        name = f"accounts[{self.key}]"
        not_negative(self.balance, f"{name}.balance")
        not_negative(self.cost_basis, f"{name}.cost_basis")
        within(self.annual_fee, 0.0, 0.1, f"{name}.annual_fee")
        unique([key for key, _ in self.allocation], f"{name}.allocation")
        for _, weight in self.allocation:
            within(weight, 0.0, 1.0, f"{name}.allocation")
        within(sum(weight for _, weight in self.allocation), 1.0 - 1e-9, 1.0 + 1e-9, f"{name}.allocation")


@dataclass(frozen=True, slots=True)
class Contribution:
    """A regular payment into an account. An employer's costs the household nothing.

    Into a tax-deferred account it comes off income, unless it is not ``is_deductible``. Where it is ``from_living``,
    living costs before retirement are lower by as much while it runs (`given_up`).
    """

    key: str
    account: str
    monthly_amount: float
    growth: Growth
    start: When
    end: When
    by_employer: bool
    currency: str
    is_deductible: bool = field(default=True, metadata=UNTOLD)
    from_living: bool = field(default=False, metadata=UNTOLD)

    def __post_init__(self) -> None:
        not_negative(self.monthly_amount, f"contributions[{self.key}].monthly_amount")


@dataclass(frozen=True, slots=True)
class Income:
    """A regular income of an adult, before tax, in money of the start date."""

    key: str
    owner: str
    kind: IncomeKind
    monthly_amount: float
    growth: Growth
    start: When
    end: When
    currency: str

    def __post_init__(self) -> None:
        not_negative(self.monthly_amount, f"incomes[{self.key}].monthly_amount")


@dataclass(frozen=True, slots=True)
class Spending:
    """Living costs, real: until the household has retired (debt payments apart), and what a survivor spends.

    After retirement the retirement goal takes over; without one the same amount goes on. ``survivor_share`` is
    the part that is still spent once only one of two adults is left.
    """

    monthly_amount: float
    survivor_share: float
    currency: str

    def __post_init__(self) -> None:
        not_negative(self.monthly_amount, "spending.monthly_amount")
        within(self.survivor_share, 0.0, 1.0, "spending.survivor_share")


@dataclass(frozen=True, slots=True)
class Debt:
    """A loan with level payments that cover its interest, deductible up to ``home_limit`` of debt on homes (0: not).

    ``second_home`` names the residence that it is on besides the main one: of several the best counts in each year.
    ``from_living`` is what of the payment living costs before retirement give up while it runs (`given_up`).
    """

    key: str
    balance: float
    annual_rate: float
    monthly_payment: float
    currency: str
    home_limit: float = field(default=0.0, metadata=UNTOLD)
    second_home: str = field(default="", metadata=UNTOLD)
    from_living: float = field(default=0.0, metadata=UNTOLD)

    def __post_init__(self) -> None:
        name = f"debts[{self.key}]"
        for amount in ("home_limit", "balance", "monthly_payment", "from_living"):
            not_negative(getattr(self, amount), f"{name}.{amount}")
        within(self.annual_rate, 0.0, 1.0, f"{name}.annual_rate")
        if self.balance > 0 and self.monthly_payment <= self.balance * self.annual_rate / 12:
            raise InvalidInputError(
                gettext_noop("The payment of %(name)s does not cover its interest: the debt would grow for ever."),
                mend=gettext_noop("Raise the payment or correct the rate."),
                field=f"{name}.monthly_payment",
                name=name,
            )


@dataclass(frozen=True, slots=True)
class Goal:
    """Something money is wanted for: ``annual_amount`` (real) in each of ``years`` years from ``start`` on.

    A lump sum has one year and is paid in its first month, as is each year of an education goal. The retirement
    goal starts at ``Boundary.RETIREMENT``, is paid monthly, and lasts to the horizon; its ``years`` is 0. ``means``
    says which accounts pay it and how far it gives way.
    """

    key: str
    kind: GoalKind
    priority: GoalPriority
    annual_amount: float
    start: When
    years: int
    currency: str
    means: GoalMeans = field(default=ANY_MEANS, metadata=UNTOLD)

    def __post_init__(self) -> None:
        name = f"goals[{self.key}]"
        not_negative(self.annual_amount, f"{name}.annual_amount")
        if self.kind is GoalKind.RETIREMENT:
            within(self.years, 0, 0, f"{name}.years")
            if self.start is not Boundary.RETIREMENT:
                raise InvalidInputError(
                    gettext_noop("The retirement goal must start at retirement."),
                    mend=gettext_noop("Change the retirement date of the adult instead."),
                    field=f"{name}.start",
                )
        else:
            within(self.years, 1, MAX_HORIZON_YEARS, f"{name}.years")
        check_means(self)


@dataclass(frozen=True, slots=True)
class CubeSpec:
    """Which scenarios: ``n_batches`` independent scrambles of equal size make up ``n_paths`` paths.

    The size of a batch is best a power of two (1,024), where Sobol points are balanced. ``seed`` names the dice
    that the caller hands to `drawing.draw_cube`; ``market`` says how they are drawn.
    """

    seed: int
    n_paths: int
    n_batches: int
    n_months: int
    market: MarketModel = field(default=LOG_NORMAL, metadata=UNTOLD)

    def __post_init__(self) -> None:
        not_negative(self.seed, "simulation.seed")
        within(self.n_paths, 1, 1_048_576, "simulation.n_paths")
        within(self.n_batches, 1, 256, "simulation.n_batches")
        within(self.n_months, 12, MAX_HORIZON_YEARS * 12, "simulation.n_months")
        if self.n_paths % self.n_batches or self.n_months % 12:
            raise InvalidInputError(
                gettext_noop("Paths must divide evenly into batches, and months into years."),
                mend=gettext_noop("Use 10,240 paths in 10 batches, and whole years."),
                field="simulation",
            )


@dataclass(frozen=True, slots=True)
class ProjectionInputs:
    """A household, its plan, its market assumptions and its tax table.

    The plan counts in years of twelve months from ``start_date``, the first of a month. The horizon is the month
    in which the last adult reaches their horizon age, rounded up to whole years (`horizon.horizon_months`), and
    must not pass the cube's. ``withdrawal_order`` says which accounts pay first when income does not suffice.
    ``claims`` of Social Security, one of each adult, stand instead of incomes of that kind: own, spouse's and
    survivor's benefits then follow from who has claimed and who lives. ``medicare`` charges its premiums, by income.
    Without a ``state_table`` only federal tax is paid. ``children`` it supports, ``conversions`` to Roth are one of an
    adult, ``events`` it expects; ``spending_rule`` moves what the retirement goal spends. ``ira_pools`` say which
    accounts are IRAs and what of them was taxed before, ``ira_gifts`` what is given from them, ``roth_pools`` are Roth.
    ``ownership`` says whose they are by the law of property.
    What is left of a year's income after taxes goes to ``surplus_account`` by ``surplus_saved_share``; the rest
    is taken as spent. Refusals are DomainErrors whose ``field`` names the input at fault.
    """

    start_date: date
    currency: str
    filing_status: FilingStatus
    adults: tuple[Adult, ...]
    accounts: tuple[Account, ...]
    contributions: tuple[Contribution, ...]
    incomes: tuple[Income, ...]
    spending: Spending
    debts: tuple[Debt, ...]
    goals: tuple[Goal, ...]
    withdrawal_order: tuple[TaxTreatment, ...]
    surplus_account: str
    surplus_saved_share: float
    tax_table: TaxTable
    assumptions: AssumptionSet
    simulation: CubeSpec
    claims: tuple[BenefitClaim, ...] = ()
    state_table: StateTable | None = None
    medicare: MedicareCover | None = None
    children: tuple[Child, ...] = field(default=(), metadata=UNTOLD)
    conversions: tuple[ConversionPlan, ...] = field(default=(), metadata=UNTOLD)
    events: LifeEvents = field(default=NO_EVENTS, metadata=UNTOLD)
    spending_rule: SpendingRule | None = field(default=None, metadata=UNTOLD)
    ira_pools: tuple[IraPool, ...] = field(default=(), metadata=UNTOLD)
    ira_gifts: IraGifts | None = field(default=None, metadata=UNTOLD)
    roth_pools: tuple[RothPool, ...] = field(default=(), metadata=UNTOLD)
    ownership: Ownership = field(default=BY_TITLE, metadata=UNTOLD)

    def __post_init__(self) -> None:
        within(len(self.adults), 1, 2, "adults")
        within(self.start_date.day, 1, 1, "start_date.day")
        within(self.surplus_saved_share, 0.0, 1.0, "surplus_saved_share")
        within(len(self.accounts), 1, 64, "accounts")
        self.tax_table.of(self.filing_status)
        check_market(self.simulation.market, self.assumptions)
        self._check_keys()
        self._check_currencies()
        check_goals(self)
        check_people(self.adults, self.start_date, MAX_HORIZON_YEARS)
        adults = [adult.key for adult in self.adults]
        stated = any(income.kind is IncomeKind.SOCIAL_SECURITY for income in self.incomes)
        check_claims(self.claims, adults, self.currency, has_stated=stated)
        check_children(self.children, adults, self.start_date)
        check_conversions(self)
        check_events(self)
        check_spending_rule(self)
        check_iras(self)
        check_roths(self)

    def _check_keys(self) -> None:
        adults = [adult.key for adult in self.adults]
        accounts = [account.key for account in self.accounts]
        unique(adults, "adults")
        unique(accounts, "accounts")
        for name in ("contributions", "incomes", "debts", "goals"):
            unique([item.key for item in getattr(self, name)], name)
        for account in self.accounts:
            known(account.owner, ["", *adults], f"accounts[{account.key}].owner")
            for asset, _ in account.allocation:
                known(asset, list(self.assumptions.asset_keys), f"accounts[{account.key}].allocation")
        for contribution in self.contributions:
            known(contribution.account, accounts, f"contributions[{contribution.key}].account")
        for income in self.incomes:
            known(income.owner, adults, f"incomes[{income.key}].owner")
        known(self.surplus_account, accounts, "surplus_account")
        unique([str(treatment) for treatment in self.withdrawal_order], "withdrawal_order")
        if TaxTreatment.EDUCATION in self.withdrawal_order:
            raise InvalidInputError(
                gettext_noop("Education accounts pay for education only and cannot be in the withdrawal order."),
                mend=gettext_noop("Leave them out; education goals draw on them first."),
                field="withdrawal_order",
            )

    def _check_currencies(self) -> None:
        same_currency(self.spending.currency, self.currency, "spending.currency")
        for name in ("accounts", "contributions", "incomes", "debts", "goals"):
            for item in getattr(self, name):
                same_currency(item.currency, self.currency, f"{name}[{item.key}].currency")
