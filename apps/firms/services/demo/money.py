"""The demo households' own money and their portfolios: three years of it, ending today."""

from __future__ import annotations

import datetime as dt
import random
from decimal import ROUND_DOWN, Decimal

from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Household, Person
from apps.core.actors import Actor
from apps.firms.services.demo.roster import DemoHousehold
from apps.firms.services.demo.stories import tell_story
from apps.kernel.dates import DateSpan
from apps.market.selectors.prices import close_at, closes_in
from apps.market.services.illustrative import illustrative_market
from apps.money.services.bank_accounts import BankDetails, PostedEntry, add_bank_account, post_entries
from apps.money.services.facts import add_fact
from apps.portfolios.models import Account, AccountStatus, Registration, TransactionKind
from apps.portfolios.services.accounts import AccountDetails, open_account, owners_by_halves
from apps.portfolios.services.entries import TransactionEntry
from apps.portfolios.services.instruments import NamedSecurity, instruments_for
from apps.portfolios.services.transactions import record_transactions

YEARS = 3
CENT = Decimal("0.01")
# of each dollar in stocks and in bonds: where a plain household puts it
_STOCKS = (("VTI", Decimal("0.6")), ("VXUS", Decimal("0.25")), ("VB", Decimal("0.15")))
_BONDS = (("BND", Decimal("0.7")), ("VCIT", Decimal("0.3")))


def add_facts(spec: DemoHousehold, household: Household, by: Actor) -> None:
    """Write what the household earns, spends, owes and owns."""
    today = firm_today()
    head = household.people.get(relationship="head")
    partner = household.people.filter(relationship="partner").first()
    term = {"name": "Term life", "person": head, "ends_on": dt.date(today.year + 15, 7, 1)}
    told: list[tuple[str, dict[str, object]]] = [
        ("expense", {"name": "Living", "category": "other", "monthly_amount": spec.monthly_spending}),
        ("property", {"name": "House", "kind": "home", "value": spec.home_value}),
        ("insurance", {**term, "kind": "life", "life_form": "term", "coverage": 500_000, "annual_premium": 640}),
    ]
    for person, salary in ((head, spec.salary), (partner, spec.partner_salary)):
        if person is not None and salary:
            told.append(("income", {"name": "Salary", "person": person, "kind": "salary", "annual_amount": salary}))
        if person is not None:
            told.append(("income", _social_security(person, salary, spec, today)))
    if spec.mortgage:
        payment = (spec.mortgage * Decimal("0.0065")).quantize(Decimal(10))
        debt = {"kind": "mortgage", "balance": spec.mortgage, "annual_rate": Decimal("0.0575")}
        told.append(("debt", {"name": "Mortgage", "monthly_payment": payment, **debt}))
    for kind, fields in told:
        add_fact(kind=kind, household=household, fields={"as_of": today, **fields}, by=by)
    tell_story(spec, household, today, by)


def _social_security(person: Person, salary: Decimal, spec: DemoHousehold, today: dt.date) -> dict[str, object]:
    born = person.date_of_birth or today
    starts = dt.date(born.year + 67, born.month, 1)
    amount = min(Decimal(18_000) + salary / 10, Decimal(46_000)).quantize(Decimal(100))
    return {
        "name": "Social Security",
        "person": person,
        "kind": "social_security",
        "annual_amount": amount,
        "starts_on": max(starts, dt.date(today.year, today.month, 1)) if spec.salary else starts,
    }


def keep_bank_account(spec: DemoHousehold, household: Household, by: Actor) -> None:
    """Open the checking account and post eighteen months of it."""
    today = firm_today()
    details = BankDetails(
        name="Household checking",
        kind="checking",
        institution="Seacoast Savings Bank",
        number=f"4400{spec.number:06d}",
        balance=(spec.monthly_spending * 4).quantize(CENT),
        balance_as_of=today,
    )
    account = add_bank_account(household=household, details=details, by=by)
    dice = random.Random(spec.number)  # noqa: S311 - a demo's shopping
    entries: list[PostedEntry] = []
    for back in range(18, 0, -1):
        month = dt.date(today.year, today.month, 1)
        for _ in range(back):
            month = (month - dt.timedelta(days=1)).replace(day=1)
        entries += _month(spec, month, dice)
    post_entries(account=account, entries=entries, by=by)


def _month(spec: DemoHousehold, month: dt.date, dice: random.Random) -> list[PostedEntry]:
    pay = ((spec.salary + spec.partner_salary) * Decimal("0.68") / 12 or spec.monthly_spending).quantize(CENT)
    shares = (
        (3, "Harbor Market groceries", "0.12"), (9, "Northeast Electric", "0.05"), (11, "Shell fuel", "0.04"),
        (14, "Tidewater Grill restaurant", "0.06"), (17, "Blue Shield insurance", "0.08"),
        (19, "Harbor Market groceries", "0.13"), (22, "Verizon phone", "0.03"), (26, "City water utilities", "0.03"),
        (27, "Amazon", "0.09"),
    )  # fmt: skip
    lines = [(1, "Payroll", pay)]
    for day, payee, share in shares:
        swing = Decimal(dice.randrange(75, 130)) / 100
        lines.append((day, payee, -(spec.monthly_spending * Decimal(share) * swing).quantize(CENT)))
    if spec.mortgage:
        lines.append((5, "Mortgage payment", -(spec.mortgage * Decimal("0.0065")).quantize(CENT)))
    return [
        PostedEntry(f"{month:%Y%m}-{place:02d}", month.replace(day=day), amount, payee)
        for place, (day, payee, amount) in enumerate(lines)
    ]


def save_monthly(spec: DemoHousehold, household: Household, account: Account, by: Actor) -> None:
    """Note what a working household puts into its first account each month."""
    if spec.salary:
        amount = (spec.salary / 100).quantize(Decimal(10))
        fields = {"name": "Monthly saving", "account": account, "monthly_amount": amount, "as_of": firm_today()}
        add_fact(kind="saving", household=household, fields=fields, by=by)


def invest(spec: DemoHousehold, household: Household, by: Actor) -> list[Account]:
    """Open the accounts and record three years: the first purchases, then a deposit and purchases each quarter."""
    head = household.people.get(relationship="head")
    partner = household.people.filter(relationship="partner").first()
    today = firm_today()
    start = today.replace(year=today.year - YEARS, day=min(today.day, 28))
    planned = [
        (
            "Joint brokerage" if partner else "Brokerage",
            Registration.JOINT if partner else Registration.INDIVIDUAL,
            "0.45",
        ),
        ("Traditional IRA", Registration.TRADITIONAL_IRA, "0.35"),
        ("Roth IRA", Registration.ROTH_IRA, "0.20"),
    ]
    accounts = []
    for place, (name, registration, share) in enumerate(planned, start=1):
        owners = owners_by_halves(head, partner if registration == Registration.JOINT else None)
        details = AccountDetails(
            name=name,
            registration=registration,
            owners=owners,
            custodian="Example Custodian",
            number=f"{8100 + spec.number}-{place:04d}",
            opened_on=start,
            status=AccountStatus.ACTIVE,
        )
        account = open_account(household=household, details=details, by=by)
        _fill(account, spec, (spec.invested * Decimal(share)).quantize(CENT), start, by)
        accounts.append(account)
    return accounts


def _fill(account: Account, spec: DemoHousehold, amount: Decimal, start: dt.date, by: Actor) -> None:
    mix = [(symbol, weight * spec.equity_weight) for symbol, weight in _STOCKS]
    mix += [(symbol, weight * (1 - spec.equity_weight)) for symbol, weight in _BONDS]
    buyer = _Buyer(mix, start, by)
    entries: list[TransactionEntry] = []
    day, deposit = start, (amount * Decimal("0.7")).quantize(CENT)
    while day < firm_today():
        paid = buyer.distributions(day)
        entries += [*paid, TransactionEntry(kind=TransactionKind.DEPOSIT, trade_date=day, cash=deposit)]
        entries += buyer.purchases(day, deposit * Decimal("0.98") + sum((each.cash for each in paid), Decimal(0)))
        day, deposit = _next_quarter(day), (amount * Decimal("0.025")).quantize(CENT)
    record_transactions(account=account, entries=entries, by=by)


class _Buyer:
    """Spreads money over the securities of a mix at their closes, and tells what they distributed."""

    def __init__(self, mix: list[tuple[str, Decimal]], start: dt.date, by: Actor) -> None:
        self.mix = mix
        named = {symbol: NamedSecurity(symbol=symbol) for symbol, _ in mix}
        found = instruments_for(names=named.values(), by=by)
        self.instruments = {symbol: found[name] for symbol, name in named.items()}
        masters = [key for each in self.instruments.values() if (key := each.master_id) is not None]
        self.closes = closes_in(masters, DateSpan(start - dt.timedelta(days=7), firm_today()))
        self.held = dict.fromkeys(named, Decimal(0))
        # what leaves the simulated prices reaches those who hold them
        self.yields = {each.symbol: each.motion.distribution_yield for each in illustrative_market().securities}

    def price(self, symbol: str, day: dt.date) -> Decimal | None:
        """Return the last close on or before the day."""
        close = close_at(self.closes.get(self.instruments[symbol].master_id or 0, []), day)
        return close.close if close else None

    def distributions(self, day: dt.date) -> list[TransactionEntry]:
        """Return a quarter's distributions of what is held."""
        paid = []
        for symbol, units in self.held.items():
            price, a_year = self.price(symbol, day), Decimal(repr(self.yields.get(symbol, 0.0)))
            cash = (units * (price or 0) * a_year / 4).quantize(CENT)
            if cash:
                kind, instrument = TransactionKind.DIVIDEND, self.instruments[symbol]
                paid.append(TransactionEntry(kind=kind, trade_date=day, instrument=instrument, cash=cash))
        return paid

    def purchases(self, day: dt.date, money: Decimal) -> list[TransactionEntry]:
        """Return what the money buys on the day, and hold it."""
        bought = []
        for symbol, weight in self.mix:
            price = self.price(symbol, day)
            if price is None:
                continue
            units = (money * weight / price).quantize(Decimal("0.0001"), rounding=ROUND_DOWN)
            self.held[symbol] += units
            bought.append(
                TransactionEntry(
                    kind=TransactionKind.BUY,
                    trade_date=day,
                    instrument=self.instruments[symbol],
                    units=units,
                    cash=-(units * price).quantize(CENT),
                    price=price,
                )
            )
        return bought


def _next_quarter(day: dt.date) -> dt.date:
    month = day.month + 3
    return day.replace(year=day.year + (month > 12), month=month - 12 if month > 12 else month)
