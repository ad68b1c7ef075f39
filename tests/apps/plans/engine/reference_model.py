"""The same months in plain Python on one path: written from the documentation, not from the kernel.

Taxes come from the exact Decimal rules of `taxes`, schedules straight from the inputs. Slow and simple on purpose.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from decimal import Decimal

from apps.plans.engine.compiled import LANES
from apps.plans.engine.conversion_choices import ConversionPlan, ConversionRule
from apps.plans.engine.conversions import room_in_bracket, room_to_step
from apps.plans.engine.grants import EquityGrant, GrantKind
from apps.plans.engine.horizon import (
    age_in_months,
    horizon_months,
    household_retirement_month,
    last_month_of,
    resolve,
)
from apps.plans.engine.inputs import (
    Account,
    Adult,
    GoalKind,
    GoalPriority,
    Growth,
    IncomeKind,
    ProjectionInputs,
    TaxTreatment,
)
from apps.plans.engine.life_events import SpendingPhase
from apps.plans.engine.life_policies import LifePolicy
from apps.plans.engine.medicare import premiums
from apps.plans.engine.minimum_tax import NO_OPTIONS
from apps.plans.engine.scenarios import ScenarioCube
from apps.plans.engine.schedules import benefits_of
from apps.plans.engine.spending_choices import PortfolioShare, RateGuardrails, WealthGuardrails
from apps.plans.engine.spending_rules import (
    DollarGuardrails,
    GuytonKlinger,
    ShareOfPortfolio,
    YearPassed,
    guardrail_step,
    guyton_klinger_step,
    share_step,
)
from apps.plans.engine.tax_credits import Dependants
from apps.plans.engine.tax_tables import FilingStatus, StatusTable, TaxTable
from apps.plans.engine.taxes import TaxFacts, federal_tax
from apps.portfolios.engine.distributions import required_distribution
from tests.apps.plans.engine.reference_basis import BasisOfReference
from tests.apps.plans.engine.reference_deductions import DeductionsOfReference
from tests.apps.plans.engine.reference_iras import IrasOfReference
from tests.apps.plans.engine.reference_means import MeansOfReference
from tests.apps.plans.engine.reference_options import OptionsOfReference
from tests.apps.plans.engine.reference_roths import RothsOfReference

RANKS = list(GoalPriority)


@dataclass
class Books:
    """A household's books on one path."""

    balance: dict[str, float]
    basis: dict[str, float]
    holdings: dict[str, dict[str, float]]
    unspent: float = 0.0
    wages: dict[str, float] = field(default_factory=dict)
    pre_tax: float = 0.0
    ordinary: float = 0.0
    interest: float = 0.0
    qualified: float = 0.0
    gains: float = 0.0
    benefits: float = 0.0
    early: float = 0.0
    loss: float = 0.0
    active: float = 0.0
    failed: dict[str, int] = field(default_factory=dict)
    opened: dict[str, float] = field(default_factory=dict)
    taken: dict[str, float] = field(default_factory=dict)
    # of IRAs: what came out this tax year (account, amount, whether it was early), what was given, basis, and late
    # contributions, by owner
    out: list[tuple[str, float, bool]] = field(default_factory=list)
    given: dict[str, float] = field(default_factory=dict)
    after_tax: dict[str, float] = field(default_factory=dict)
    late: dict[str, float] = field(default_factory=dict)


def amount_at(amount: float, growth: Growth, year: int, price: float) -> float:
    grown = amount * (1.0 + growth.annual_rate) ** year
    return grown * price if growth.inflation_linked else grown


def rounded(value: float) -> float:
    """Growth of an allocation and price levels are kept to single precision."""
    (single,) = struct.unpack("f", struct.pack("f", value))
    return float(single)


def shortened(table: TaxTable, months: int) -> TaxTable:
    """The law of some months: every amount is their part of a year's."""
    part = Decimal(months) / 12

    def part_of(row: StatusTable) -> StatusTable:
        told = {
            entry.name: getattr(row, entry.name) * part
            for entry in fields(row)
            if isinstance(getattr(row, entry.name), Decimal)
        }
        return replace(row, ordinary_upper_bounds=tuple(bound * part for bound in row.ordinary_upper_bounds), **told)

    return replace(
        table,
        social_security_wage_base=table.social_security_wage_base * part,
        senior_amount=None if table.senior_amount is None else table.senior_amount * part,
        child_credit=replace(
            table.child_credit,
            amount=table.child_credit.amount * part,
            other_dependant=table.child_credit.other_dependant * part,
            refundable_amount=table.child_credit.refundable_amount * part,
            earned_threshold=table.child_credit.earned_threshold * part,
        ),
        statuses={status: part_of(row) for status, row in table.statuses.items()},
    )


def indexed(table: TaxTable, index: float) -> TaxTable:
    """The law with its indexed amounts raised."""
    factor = Decimal(index)

    def raised(row: StatusTable) -> StatusTable:
        return replace(
            row,
            ordinary_upper_bounds=tuple(bound * factor for bound in row.ordinary_upper_bounds),
            standard_deduction=row.standard_deduction * factor,
            additional_deduction=row.additional_deduction * factor,
            ltcg_0_max=row.ltcg_0_max * factor,
            ltcg_15_max=row.ltcg_15_max * factor,
            amt_exemption=row.amt_exemption * factor,
            amt_phase_out=row.amt_phase_out * factor,
            amt_28_start=row.amt_28_start * factor,
        )

    return replace(
        table,
        social_security_wage_base=table.social_security_wage_base * factor,
        child_credit=replace(
            table.child_credit,
            amount=table.child_credit.amount * factor,
            refundable_amount=table.child_credit.refundable_amount * factor,
        ),
        statuses={status: raised(row) for status, row in table.statuses.items()},
    )


class ReferenceModel(
    BasisOfReference,
    DeductionsOfReference,
    IrasOfReference,
    MeansOfReference,
    OptionsOfReference,
    RothsOfReference,
):
    """Walks one path of a cube."""

    def __init__(
        self, inputs: ProjectionInputs, cube: ScenarioCube, path: int, deaths: tuple[int, ...] | None = None
    ) -> None:
        """``deaths`` are the months in which the adults die, where they do not live to their horizon ages."""
        self.inputs = inputs
        horizons = tuple(last_month_of(adult, inputs.start_date) for adult in inputs.adults)
        self.ends, self.is_drawn = horizons if deaths is None else deaths, deaths is not None
        # past its last horizon age a plan with known lives goes on to the end of the year
        self.last = horizon_months(inputs.adults, inputs.start_date) if deaths is None else max(deaths)
        self.estate = 0.0
        claimed = benefits_of(inputs)
        self.claimed = None if claimed is None else claimed.paid(self.ends)
        self.factors = cube.factors[path // LANES, :, :, path % LANES].astype(float)
        self.n_months = horizon_months(inputs.adults, inputs.start_date)
        self.level = 1.0
        self.price = 1.0
        self.index = 1.0
        self.wealth = [sum(account.balance for account in inputs.accounts)]
        self.taxes: list[float] = []
        self.premiums: list[float] = []
        self.converted: list[float] = []
        self.recovered: list[float] = []
        self.gifts = [0.0]
        self.begin_payments()
        self.begin_options()
        self.free: dict[str, float] = {}
        self.moved: dict[str, float] = {}
        # by a rule of spending: the part of what is planned, the first rate drawn, what was spent in each year
        self.part = 1.0
        self.first_rate: float | None = None
        self.spent = [0.0]
        self.grown = dict.fromkeys((account.key for account in inputs.accounts), 1.0)
        self.index_of: list[float] = []
        self.incomes = list(inputs.medicare.incomes_before) if inputs.medicare else [0.0, 0.0]
        self.books = Books(
            balance={account.key: account.balance for account in inputs.accounts},
            basis={account.key: account.cost_basis for account in inputs.accounts},
            holdings={account.key: dict(account.allocation) for account in inputs.accounts},
            opened={account.key: account.balance for account in inputs.accounts},
            after_tax={pool.owner: pool.basis for pool in inputs.ira_pools},
        )
        self._open_roths()
        self.begin_goals()
        self.exercised: set[tuple[str, date]] = set()

    def run(self) -> ReferenceModel:
        for month in range(self.n_months):
            self.step_basis(month)
            self._markets(month)
            self._earn(month)
            kept = [*self._windfalls(month), *self._sales(month)]
            self._pay_out(month)
            self._take_grants(month)
            self._give(month)
            self._contribute(month, kept)
            self._spend(month)
            if (self.inputs.start_date.month + month) % 12 == 0:
                self._close_year(month)
        self.end_goals()
        return self

    def _year(self, month: int) -> int:
        """Calendar years since the start's."""
        return (self.inputs.start_date.month - 1 + month) // 12

    def _markets(self, month: int) -> None:
        keys = self.inputs.assumptions.asset_keys
        assets = {asset.key: asset for asset in self.inputs.assumptions.assets}
        for account in self.inputs.accounts:
            books, key = self.books, account.key
            opening = books.balance[key]
            if account.treatment in (TaxTreatment.TAXABLE, TaxTreatment.CASH):
                for asset, weight in account.allocation:
                    paid = opening * weight * assets[asset].taxable_yield / 12.0
                    books.qualified += paid * assets[asset].qualified_share
                    books.interest += paid * (1.0 - assets[asset].qualified_share)
                    books.basis[key] += paid
            before = sum(books.holdings[key].values())
            for asset in books.holdings[key]:
                books.holdings[key][asset] *= self.factors[month, keys.index(asset)]
            growth = rounded(sum(books.holdings[key].values()) / before)
            books.balance[key] = opening * growth * (1.0 - account.annual_fee) ** (1.0 / 12.0)
            self.grown[key] *= growth * (1.0 - account.annual_fee) ** (1.0 / 12.0)
        self.level *= self.factors[month, len(keys)]
        self.price = rounded(self.level)

    def _earn(self, month: int) -> None:
        inputs, books = self.inputs, self.books
        ends = {adult.key: end for adult, end in zip(inputs.adults, self.ends, strict=True)}
        benefits = dict.fromkeys(ends, 0.0)
        for income in inputs.incomes:
            first, last = (resolve(when, income.owner, inputs) for when in (income.start, income.end))
            if not first <= month < last:
                continue
            amount = amount_at(income.monthly_amount, income.growth, self._year(month), self.price)
            if income.kind is IncomeKind.SOCIAL_SECURITY:
                benefits[income.owner] += amount
            elif month < ends[income.owner]:
                books.unspent += amount
                if income.kind is IncomeKind.SALARY:
                    books.wages[income.owner] = books.wages.get(income.owner, 0.0) + amount
                elif income.kind is not IncomeKind.TAX_FREE:
                    books.ordinary += amount
        alive = [key for key, end in ends.items() if month < end]
        paid = sum(benefits.values()) if len(alive) == len(ends) else max(benefits.values()) if alive else 0.0
        if self.claimed is not None:
            paid = self.claimed[month] * self.price
        books.benefits += paid
        books.unspent += paid

    def _pay_out(self, month: int) -> None:
        """Cover in force pays as the last month of the insured ends, into the account of the surplus."""
        ends = {adult.key: end for adult, end in zip(self.inputs.adults, self.ends, strict=True)}
        for policy in self.inputs.events.policies:
            if month == max(1, ends[policy.insured]) - 1 and self._is_in_force(policy, month):
                self.books.balance[self.inputs.surplus_account] += policy.benefit
                self.books.basis[self.inputs.surplus_account] += policy.benefit

    def _take_grants(self, month: int) -> None:
        """What vests or is exercised at the price of the month, while its owner lives; sold at once, or held."""
        inputs, books = self.inputs, self.books
        for grant in inputs.events.grants:
            column = inputs.assumptions.asset_keys.index(grant.asset)
            price = grant.price
            for passed in range(month + 1):
                price *= self.factors[passed, column]
            place = [adult.key for adult in inputs.adults].index(grant.owner)
            if month >= self.ends[place]:
                continue
            for day, number in grant.tranches:
                first, last = self._months_taken(grant, day)
                if not first <= month <= last or (grant.key, day) in self.exercised:
                    continue
                worth, strike = number * price, number * grant.strike
                cost = (1.0 - grant.discount) * worth if grant.kind is GrantKind.PURCHASES else strike
                if worth <= cost:
                    continue
                self.exercised.add((grant.key, day))
                untaxed = grant.kind is GrantKind.INCENTIVE and grant.account != ""
                gain = 0.0 if untaxed else worth - cost
                if grant.kind in (GrantKind.UNITS, GrantKind.OPTIONS):
                    books.wages[grant.owner] = books.wages.get(grant.owner, 0.0) + gain
                else:
                    books.ordinary += gain
                if grant.account:
                    self.hold_options(grant, worth - cost - gain)
                    books.unspent -= cost
                    books.balance[grant.account] += worth
                    books.basis[grant.account] += cost + gain
                else:
                    books.unspent += gain

    def _months_taken(self, grant: EquityGrant, day: date) -> tuple[int, int]:
        """An option is exercised when it vests or on the day that is planned, before it expires or the work ends: in
        the first month from then on in which it is worth anything."""
        never = (1, 0)
        stops = {adult.key: adult.retirement_date for adult in self.inputs.adults}
        vested, retires = self._months_to(day), max(0, self._months_to(stops[grant.owner]))
        if grant.kind in (GrantKind.UNITS, GrantKind.PURCHASES):
            return (vested, vested) if 0 <= vested < retires else never
        if vested >= max(0, retires):
            return never
        planned = vested if grant.exercise is None else max(vested, self._months_to(grant.exercise))
        latest = max(retires - 1, vested)
        if grant.expiry is not None:
            if self._months_to(grant.expiry) < 0:
                return never
            latest = min(latest, self._months_to(grant.expiry))
        return max(0, min(planned, latest)), max(0, latest)

    def _is_in_force(self, policy: LifePolicy, month: int) -> bool:
        retires = {adult.key: self._months_to(adult.retirement_date) for adult in self.inputs.adults}
        if policy.end is not None:
            return month < self._months_to(policy.end)
        return not policy.until_retirement or month < retires[policy.insured]

    def _premiums(self, month: int, *, in_costs: bool) -> tuple[float, float]:
        """Premiums a month that run, and that have stopped."""
        ends = {adult.key: end for adult, end in zip(self.inputs.adults, self.ends, strict=True)}
        told = [0.0, 0.0]
        for policy in self.inputs.events.policies:
            if policy.premium_in_costs is in_costs:
                runs = month < ends[policy.insured] and self._is_in_force(policy, month)
                told[0 if runs else 1] += policy.monthly_premium
        return told[0], told[1]

    def _windfalls(self, month: int) -> list[tuple[str, float]]:
        """What comes once while whose it is lives: into the income, and from there into its account."""
        inputs, books, kept = self.inputs, self.books, []
        ends = {adult.key: end for adult, end in zip(inputs.adults, self.ends, strict=True)}
        for item in inputs.events.windfalls:
            if month != self._months_to(item.day) or month >= ends.get(item.owner, max(self.ends)):
                continue
            amount = item.amount * self.price if item.is_real else item.amount
            books.unspent += amount
            books.ordinary += amount if item.is_taxable else 0.0
            kept.append((item.account or inputs.surplus_account, amount))
        return kept

    def _sales(self, month: int) -> list[tuple[str, float]]:
        """Instalments of what was sold, while anybody lives; the first pays the debt, a loss counts with it."""
        inputs, books, kept = self.inputs, self.books, []
        for item in inputs.events.things:
            if item.sale_day is None or month >= max(self.ends):
                continue
            sold = self._months_to(item.sale_day)
            if month not in range(sold, sold + 12 * item.instalments, 12):
                continue
            price = item.value * (1.0 + item.annual_growth) ** (sold / 12.0) * item.sold_share
            proceeds = price * (1.0 - item.selling_cost)
            alone, couple = item.exclusion
            widowed = 0 < min(self.ends) <= sold < min(self.ends) + 24
            both = len(self.ends) == 2 and (sold < min(self.ends) or widowed)
            free = couple if both and inputs.filing_status is FilingStatus.MARRIED_JOINT else alone
            gain = proceeds - self.cost_of(item, sold) * item.sold_share
            if gain < 0.0:
                books.gains += gain if item.is_investment and month == sold else 0.0
            else:
                books.gains += max(0.0, gain - free) / item.instalments
                books.active += max(0.0, gain - free) / item.instalments if item.is_active else 0.0
            books.unspent += proceeds / item.instalments
            owed = sum(
                self._debt_payment(place, month) for place, debt in enumerate(inputs.debts) if debt.key == item.debt
            )
            left = proceeds / item.instalments - (owed if month == sold else 0.0)
            unpaid = price * (item.instalments - (month - sold) // 12) / item.instalments
            interest = item.note_rate * unpaid if month > sold else 0.0
            books.interest += interest
            books.unspent += interest
            kept.append((item.account or inputs.surplus_account, max(0.0, left) + interest))
        return kept

    def _months_to(self, day: date) -> int:
        start = self.inputs.start_date
        return (day.year - start.year) * 12 + day.month - start.month

    def _contribute(self, month: int, kept: list[tuple[str, float]]) -> None:
        books = self.books
        accounts = {account.key: account for account in self.inputs.accounts}
        for item in self.inputs.contributions:
            owner = accounts[item.account].owner
            first, last = (resolve(when, owner, self.inputs) for when in (item.start, item.end))
            lives = {adult.key: end for adult, end in zip(self.inputs.adults, self.ends, strict=True)}
            last = min(last, lives.get(owner, max(self.ends)))
            if first <= month < last:
                amount = amount_at(item.monthly_amount, item.growth, self._year(month), self.price)
                books.balance[item.account] += amount
                books.basis[item.account] += amount
                self._pay_into_roth(item.account, amount)
                if not item.by_employer:
                    books.unspent -= amount
                    if accounts[item.account].treatment is TaxTreatment.TAX_DEFERRED and item.is_deductible:
                        books.pre_tax += amount
                    self._note_ira(item.account, amount, month, deducts=item.is_deductible)
        for account, amount in kept:
            books.balance[account] += amount
            books.basis[account] += amount
            books.unspent -= amount
        if books.unspent < 0.0:
            deficit, books.unspent = -books.unspent, 0.0
            self._pay("living", month, deficit)

    def withdraw_from(self, month: int, need: float, accounts: list[Account]) -> float:
        inputs, books = self.inputs, self.books
        for account in accounts:
            if books.balance[account.key] <= 0.0 or need <= 0.0:
                continue
            key, balance, treatment = account.key, books.balance[account.key], account.treatment
            take = min(balance, need)
            if treatment is TaxTreatment.TAXABLE:
                cost = books.basis[key] * take / balance
                books.gains += take - cost
                self.sell_options(key, take / balance)
                books.basis[key] -= cost
            elif treatment is TaxTreatment.TAX_DEFERRED:
                books.ordinary += take
                books.taken[key] = books.taken.get(key, 0.0) + take
                owners = [adult for adult in inputs.adults if account.owner in ("", adult.key)]
                oldest = max(age_in_months(adult, inputs.start_date, month) for adult in owners)
                is_early = oldest < inputs.tax_table.early_withdrawal_age_months
                if is_early:
                    books.early += take
                if self._owner_of(key):
                    books.out.append((key, take, is_early))
            elif treatment is TaxTreatment.TAX_FREE:
                self._take_from_roth(key, take, month)
            books.balance[key] -= take
            need -= take
        return need

    def _pay(self, demand: str, month: int, need: float, order: tuple[TaxTreatment, ...] | None = None) -> float:
        take = min(self.books.unspent, need)
        self.books.unspent -= take
        missing = self.withdraw_from(month, need - take, self.paying(demand, month, order))
        if missing >= 0.005:
            self.books.failed.setdefault(demand, month)
        return missing

    def _spend(self, month: int) -> None:
        inputs = self.inputs
        if month >= self.last:
            return
        retired = month >= household_retirement_month(inputs)
        ends = self.ends
        share = 0.0 if month >= max(ends) else inputs.spending.survivor_share if month >= min(ends) else 1.0
        goal = next((goal for goal in inputs.goals if goal.kind is GoalKind.RETIREMENT), None)
        due: list[tuple[int, str, float]] = []
        phases = [phase for phase in inputs.events.phases if self._runs(phase, month)]
        if goal is None or not retired:
            _, stopped = self._premiums(month, in_costs=True)
            living = self._moved(inputs.spending.monthly_amount, share, month, stopped)
            due.append((0, "living", living * self.price))
        besides, _ = self._premiums(month, in_costs=False)
        due.append((0, "living", besides + self.note_payments(month)))
        due.append((0, "debts", sum(self._debt_payment(place, month) for place in range(len(inputs.debts)))))
        if goal is not None and retired:
            planned = self._moved(goal.annual_amount / 12.0, share, month) * self.price
            rule, rank = inputs.spending_rule, RANKS.index(goal.priority)
            if rule is None:
                due.append((rank, goal.key, planned))
            else:
                due.append((rank, goal.key, rule.floor * planned))
                due.append((max(1, rank), f"{goal.key}:above_floor", (self.part - rule.floor) * planned))
        for phase in phases:
            cost = max(0.0, phase.monthly_amount) * (month < max(ends)) * self.price
            due.append((0 if phase.is_essential else 1, phase.key, cost))
        wanted = {other.key: other for other in inputs.goals if other.kind is not GoalKind.RETIREMENT}
        due += [
            (RANKS.index(other.priority), other.key, other.annual_amount * self.price)
            for other in wanted.values()
            if self.nth_payment(other, month) is not None
        ]
        for _, key, need in sorted(due, key=lambda entry: entry[0]):
            if key in wanted:
                self.pay_goal(wanted[key], month, need)
                continue
            missing = self._pay(key, month, need)
            if goal is not None and key.partition(":")[0] == goal.key:
                self.spent[-1] += (need - missing) / self.price

    def _moved(self, amount: float, share: float, month: int, stopped: float = 0.0) -> float:
        """Living costs of a month as the phases move them."""
        phases = [phase for phase in self.inputs.events.phases if self._runs(phase, month)]
        factor = max(0.0, 1.0 + sum(phase.share for phase in phases))
        less = stopped + sum(max(0.0, -phase.monthly_amount) for phase in phases)
        return max(0.0, amount * factor * share - less * share)

    def _runs(self, phase: SpendingPhase, month: int) -> bool:
        """Whether a phase runs: from its day, the last retirement or the start, to its day or for its years."""
        stops = [adult.retirement_date for adult in self.inputs.adults]
        first = self._months_to(max(stops)) if phase.from_retirement else 0
        first = first if phase.start is None else self._months_to(phase.start)
        last = self.n_months if phase.end is None else self._months_to(phase.end)
        return first <= month < (first + 12 * phase.years if phase.years else last)

    def _debt_payment(self, place: int, month: int) -> float:
        debt = self.inputs.debts[place]
        balance, paid = debt.balance, 0.0
        for passed in range(month + 1):
            balance *= 1.0 + debt.annual_rate / 12.0
            paid = balance if passed == self._paid_off_in(debt.key) else min(debt.monthly_payment, balance)
            balance -= paid
        return max(0.0, paid)

    def _paid_off_in(self, debt: str) -> int | None:
        days = [item.sale_day for item in self.inputs.events.things if item.debt == debt and item.sale_day]
        return self._months_to(days[0]) if days else None

    def _close_year(self, month: int) -> None:
        books, inputs = self.books, self.inputs
        year = self._year(month)
        calendar_year = inputs.start_date.year + year
        january = 12 * year - inputs.start_date.month + 1
        # everybody lives as a plan begins: who dies in its first month is taxed with the others (IRC 6013(a)(2))
        living = [adult for adult, end in zip(inputs.adults, self.ends, strict=True) if year == 0 or end > january]
        self._take_what_is_required(living, calendar_year, 12 if year else month + 1)
        premium = self._medicare(living, self._facts(living, year).status, year)
        payments = self.paid = self.payments_of(year, premium, self._insured(living, year))
        self._recover(living)
        self._tell_roths_apart(living, calendar_year)
        law = indexed(inputs.tax_table if year else shortened(inputs.tax_table, month + 1), self.index)
        before = federal_tax(law, replace(self._facts(living, year), payments=payments))
        converted = self._convert(living, month, law)
        self._note_conversions(living)
        tax = federal_tax(law, replace(self._facts(living, year), payments=payments))
        due = float(tax.total) if living else 0.0
        added = max(0.0, due - float(before.total)) if living else 0.0
        self.taxes.append(due)
        self.converted.append(sum(converted.values()))
        self.index_of.append(self.index)
        due += premium - added
        self.incomes.append(float(tax.agi) * (12 / (month + 1) if year == 0 else 1.0) if living else 0.0)
        books.loss = float(tax.loss_carried)
        self.carry_options(tax.options)
        self.carry_gifts(calendar_year, payments, max(0.0, float(tax.agi)))
        books.wages, books.pre_tax, books.ordinary, books.interest = {}, 0.0, 0.0, 0.0
        books.qualified, books.gains, books.benefits, books.early = 0.0, 0.0, 0.0, 0.0
        books.active = 0.0
        self.begin_payments()
        self._pay("living", month, due)
        self._settle(month, added, converted)
        saved = books.unspent * inputs.surplus_saved_share
        books.balance[inputs.surplus_account] += saved
        books.basis[inputs.surplus_account] += saved
        self._pay_into_roth(inputs.surplus_account, saved)
        books.unspent = 0.0
        books.holdings = {account.key: dict(account.allocation) for account in inputs.accounts}
        self._set_spending(month)
        self.index = self.price
        self.wealth.append(sum(books.balance.values()))
        self.estate = self.wealth[-1] / self.price if living else self.estate
        books.opened, books.taken = dict(books.balance), {}

    def _set_spending(self, month: int) -> None:
        """Each January the rule sets the part of what is planned that is spent, by the draw and what there is."""
        inputs, rule = self.inputs, self.inputs.spending_rule
        self.spent.append(0.0)
        grown, self.grown = self.grown, dict.fromkeys(self.grown, 1.0)
        goal = next((goal for goal in inputs.goals if goal.kind is GoalKind.RETIREMENT), None)
        january = month + 1
        retired = january >= household_retirement_month(inputs)
        if rule is None or goal is None or january >= min(self.n_months, self.last) or not retired:
            return
        alone = january >= min(self.ends) and len(self.ends) > 1
        share = 0.0 if january >= max(self.ends) else inputs.spending.survivor_share if alone else 1.0
        planned = 12.0 * self._moved(goal.annual_amount / 12.0, share, january) * self.price
        if planned == 0.0:
            return
        incomes = 12.0 * self._incomes_of(january)
        paying = [item.key for item in inputs.accounts if item.treatment in inputs.withdrawal_order]
        portfolio = sum(self.books.balance[key] for key in paying)
        begun = sum(self.books.opened[key] for key in paying)
        market = sum(self.books.opened[key] * grown[key] for key in paying) / begun - 1.0 if begun > 0.0 else 0.0
        inflation = self.price / self.index - 1.0
        draw = self.part * planned - incomes
        year = YearPassed(
            spent=max(0.0, draw) / (1.0 + inflation),
            portfolio=portfolio,
            inflation=inflation,
            market=market,
            years_left=(self.n_months - january) // 12,
        )
        step = rule.step
        if isinstance(step, WealthGuardrails):
            rails = DollarGuardrails(
                step.below * self.price, step.above * self.price, step.part_below * planned, step.part_above * planned
            )
            told = guardrail_step(rails, replace(year, spent=self.part * planned / (1.0 + inflation))).amount
            self.part = told / planned
        elif draw <= 0.0:
            return
        elif self.first_rate is None:
            self.first_rate = min(1.0, max(1e-6, draw / portfolio)) if portfolio > 0.0 else 1.0
            if isinstance(step, PortfolioShare):
                self.part = (incomes + step.share * portfolio) / planned
        elif isinstance(step, PortfolioShare):
            exact = ShareOfPortfolio(step.share, step.fall, step.rise)
            self.part = (incomes + share_step(exact, year).amount) / planned
        elif isinstance(step, RateGuardrails):
            rules = GuytonKlinger(
                self.first_rate, step.upper, step.lower, step.cut, step.raised, step.protected_years, step.inflation_cap
            )
            self.part = (incomes + guyton_klinger_step(rules, year).amount) / planned
        self.part = min(max(self.part, rule.floor), rule.ceiling)

    def _incomes_of(self, month: int) -> float:
        """What arrives in a month, at the prices now."""
        inputs = self.inputs
        ends = {adult.key: end for adult, end in zip(inputs.adults, self.ends, strict=True)}
        benefits, total = dict.fromkeys(ends, 0.0), 0.0
        for income in inputs.incomes:
            first, last = (resolve(when, income.owner, inputs) for when in (income.start, income.end))
            if first <= month < last:
                amount = amount_at(income.monthly_amount, income.growth, self._year(month), self.price)
                if income.kind is IncomeKind.SOCIAL_SECURITY:
                    benefits[income.owner] += amount
                elif month < ends[income.owner]:
                    total += amount
        alive = [key for key, end in ends.items() if month < end]
        paid = sum(benefits.values()) if len(alive) == len(ends) else max(benefits.values()) if alive else 0.0
        if self.claimed is not None:
            paid = self.claimed[month] * self.price
        return total + paid

    def _facts(self, living: list[Adult], year: int) -> TaxFacts:
        """The year's return, from the books."""
        inputs, books = self.inputs, self.books
        widowed = len(inputs.adults) == 2 and len(living) < 2
        supported = self._supported(inputs.start_date.year + year) if living else Dependants()
        alone = FilingStatus.HEAD_OF_HOUSEHOLD if supported != Dependants() else FilingStatus.SINGLE
        return TaxFacts(
            status=alone if widowed else inputs.filing_status,
            dependants=supported,
            calendar_year=inputs.start_date.year + year,
            wages=tuple(Decimal(wage) for wage in books.wages.values()),
            pre_tax=Decimal(books.pre_tax),
            ordinary=Decimal(books.ordinary),
            interest=Decimal(books.interest),
            qualified_dividends=Decimal(books.qualified),
            long_term_gain=Decimal(books.gains),
            benefits=Decimal(books.benefits),
            early_withdrawals=Decimal(books.early),
            seniors=sum(
                (adult.birth_date - timedelta(days=1)).year + 65 <= inputs.start_date.year + year for adult in living
            ),
            loss_carried=Decimal(books.loss),
            active_gain=Decimal(books.active),
            options=self.options(),
        )

    def _convert(self, living: list[Adult], month: int, law: TaxTable) -> dict[str, float]:
        """Take what each owner who lives at the year's end converts out of their accounts; it is taxed as income."""
        books, year = self.books, self._year(month)
        converted: dict[str, float] = {}
        for plan in self.inputs.conversions:
            ends = {adult.key: end for adult, end in zip(self.inputs.adults, self.ends, strict=True)}
            active = plan.first_year <= self.inputs.start_date.year + year <= plan.last_year
            if not active or month >= ends[plan.owner]:
                continue
            wanted, converted[plan.owner] = self._room(plan, living, month, law), 0.0
            for account in self.inputs.accounts:
                if account.treatment is TaxTreatment.TAX_DEFERRED and account.owner in ("", plan.owner):
                    share = self._after_tax_share(account.key, living)
                    # room is for what is taxed
                    counted = 1.0 if plan.rule is ConversionRule.FIXED else 1.0 - share
                    take = min(books.balance[account.key], wanted / counted) if counted > 0.0 else 1e18
                    take = min(books.balance[account.key], take)
                    books.balance[account.key] -= take
                    wanted -= counted * take
                    converted[plan.owner] += take
                    free = share * take
                    self.free[plan.owner] = self.free.get(plan.owner, 0.0) + free
                    books.ordinary += take - free
                    self.moved[account.key] = self.moved.get(account.key, 0.0) + take
        return converted

    def _room(self, plan: ConversionPlan, living: list[Adult], month: int, law: TaxTable) -> float:
        """How much the rule asks for: exact, on the whole tax but the minimum tax on options."""
        year = self._year(month)
        part = Decimal(1) if year else Decimal(month + 1) / 12
        facts = replace(self._facts(living, year), payments=self.paid, options=NO_OPTIONS)
        if plan.rule is ConversionRule.FIXED:
            return plan.value * self.index * float(part)
        if plan.rule is ConversionRule.FILL_BRACKET:
            return float(room_in_bracket(law, facts, Decimal(repr(plan.value))))
        assert self.inputs.medicare is not None
        table = self.inputs.medicare.table
        scale = Decimal(self.index) * part
        raised = replace(
            table,
            bounds={
                status: (*(bound * scale for bound in bounds[:-1]), (bounds[-1] - Decimal("0.01")) * scale)
                for status, bounds in table.bounds.items()
            },
        )
        found = room_to_step(law, raised, facts, int(plan.value))
        assert found is not None
        return float(found)

    def _settle(self, month: int, added: float, converted: dict[str, float]) -> None:
        """The tax of conversions comes from cash and taxable accounts, then out of what was converted."""
        inputs, books = self.inputs, self.books
        outside = [key for key in inputs.withdrawal_order if key in (TaxTreatment.CASH, TaxTreatment.TAXABLE)]
        inside = [key for key in inputs.withdrawal_order if key not in outside]
        payers = [account.key for account in inputs.accounts if account.treatment in outside]
        missing = max(0.0, added - books.unspent - sum(books.balance[key] for key in payers))
        ages = {adult.key: age_in_months(adult, inputs.start_date, month) for adult in inputs.adults}
        for plan in inputs.conversions:
            if plan.owner not in converted:
                continue
            is_early = ages[plan.owner] < inputs.tax_table.early_withdrawal_age_months
            penalty = float(inputs.tax_table.early_withdrawal_rate) if is_early else 0.0
            if converted[plan.owner] > 0.0:
                penalty *= 1.0 - self.free.get(plan.owner, 0.0) / converted[plan.owner]
            withheld = min(converted[plan.owner], missing / (1.0 - penalty))
            missing = max(0.0, missing - withheld * (1.0 - penalty))
            added += withheld * penalty
            self.taxes[-1] += withheld * penalty
            books.unspent += withheld
            books.balance[plan.target] += converted[plan.owner] - withheld
            books.basis[plan.target] += converted[plan.owner] - withheld
            arrived = converted[plan.owner] - withheld
            untaxed = self.free.get(plan.owner, 0.0) / converted[plan.owner] * arrived if arrived > 0.0 else 0.0
            year = inputs.start_date.year + self._year(month)
            self._convert_into_roth(plan.target, year, (arrived - untaxed, untaxed))
        self._pay("living", month, added, (*outside, *inside))

    def _supported(self, calendar_year: int) -> Dependants:
        """Children under 17 as the year closes, and the others who have not come to the age at which support ends."""
        children = others = 0
        for child in self.inputs.children:
            last_of_december = calendar_year - child.birth_date.year
            if last_of_december >= child.supported_until:
                continue
            if last_of_december <= 16:
                children += 1
            else:
                others += 1
        return Dependants(children, others)

    def _medicare(self, living: list[Adult], status: FilingStatus, year: int) -> float:
        """A year's premiums of who lived as it began, by the income of two years before, at the year's prices."""
        cover = self.inputs.medicare
        if cover is None:
            return 0.0
        told = premiums(cover.table, status, Decimal(self.incomes[-2] / self.index))
        each = told.income_related + (told.part_b + cover.table.part_d_base if cover.charges_standard else 0)
        self.premiums.append(self._insured(living, year) * float(each) * self.index)
        return self.premiums[-1]

    def _insured(self, living: list[Adult], year: int) -> int:
        """Months of a year in which somebody who lived as it began is 65, of all together."""
        start, months = self.inputs.start_date, 0
        for adult in living:
            born = adult.birth_date - timedelta(days=1)
            for month in range(start.month if year == 0 else 1, 13):
                months += (start.year + year, month) >= (born.year + 65, born.month)
        return months

    def _take_what_is_required(self, living: list[Adult], calendar_year: int, months: int) -> None:
        inputs, books = self.inputs, self.books
        for account in inputs.accounts:
            if account.treatment is not TaxTreatment.TAX_DEFERRED or not living:
                continue
            # who is left alone has the accounts of both
            owners = [adult for adult in living if account.owner in ("", adult.key)] or living
            owner = min(owners, key=lambda adult: adult.birth_date)
            spouses = [adult.birth_date for adult in living if adult.key != owner.key]
            balance = Decimal(books.opened[account.key])
            told = required_distribution(owner.birth_date, calendar_year, balance, spouses[0] if spouses else None)
            if told is None:
                continue
            due = books.opened[account.key] / float(told.divisor) * months / 12
            take = min(books.balance[account.key], max(0.0, due - books.taken.get(account.key, 0.0)))
            books.balance[account.key] -= take
            books.ordinary += take
            if self._owner_of(account.key):
                books.out.append((account.key, take, False))
            books.balance[inputs.surplus_account] += take
            books.basis[inputs.surplus_account] += take
