"""What keeps the demo firm's books in motion: rates of tax, identical securities, composites, breaks, a wash sale."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from decimal import Decimal

from apps.accounts.models import ApprovalRequest, User
from apps.accounts.selectors.firm_days import firm_today
from apps.accounts.services.approvals import decide_approval
from apps.core.actors import Actor
from apps.firms.services.demo.firm import STAFF
from apps.firms.services.demo.roster import demo_households, household_numbered
from apps.kernel.errors import DomainError, gettext_noop
from apps.portfolios.engine.transactions import LotChoice
from apps.portfolios.models import (
    Account,
    Benchmark,
    Composite,
    EquivalenceGroup,
    PositionStatement,
    Registration,
    TaxRate,
    Transaction,
)
from apps.portfolios.selectors.market_actions import LOOK_BACK, action_lines
from apps.portfolios.selectors.sales import holding_for_sale
from apps.portfolios.selectors.valuations import AccountHoldings, holdings_at
from apps.portfolios.services.composites import CompositeTerms, add_member, define_composite
from apps.portfolios.services.entries import EntryByHand
from apps.portfolios.services.equivalence import APPROVAL_KIND, GroupTerms, NamedMember, propose_equivalence
from apps.portfolios.services.market_actions import enter_market_action
from apps.portfolios.services.sales import SaleOfLots, sell_lots
from apps.portfolios.services.statements import StatedPosition, take_statement
from apps.portfolios.services.tax_rates import RateTerms, set_tax_rates
from apps.portfolios.services.transactions import record_by_hand

RETIREMENT = [Registration.TRADITIONAL_IRA, Registration.ROTH_IRA]
FIRM_RATES = Decimal("0.29"), Decimal("0.20")
HIGH_RATES = Decimal("0.40"), Decimal("0.25")
HIGH_INCOME = Decimal(300_000)
OWN_RATES = 3  # of three households, one has rates of its own
WASHED, BROKEN = 16, (4, 5, 9)
CENT = Decimal("0.01")
N_MEMBERS, OLD_ACTION = 8, dt.timedelta(days=60)


def keep_books() -> None:
    """Fill what advisors look after by the day; what is there already is left as it is."""
    today = firm_today()
    _rates(today)
    _identical(today)
    _composites(today)
    _old_actions(today)
    wash_sale(today=today)
    _breaks(today - dt.timedelta(days=1))


def _principal() -> Actor:
    return User.objects.get(email=STAFF[0][2]).as_actor()


def _taxable(number: int) -> Account | None:
    household = household_numbered(number)
    return household.accounts.exclude(registration__in=RETIREMENT).earliest("pk") if household is not None else None


def _rates(today: dt.date) -> None:
    """Set the firm's rates, and those of the households that told theirs."""
    if TaxRate.objects.exists():
        return
    since = dt.date(today.year - 3, 1, 1)
    reason = gettext_noop("Federal 24 per cent, 15 for long terms, and 5 of the state.")
    set_tax_rates(household=None, terms=RateTerms(*FIRM_RATES, since, reason), by=_principal())
    for spec in demo_households():
        household = household_numbered(spec.number)
        if household is not None and spec.number % OWN_RATES == 1:
            rates = HIGH_RATES if spec.salary + spec.partner_salary > HIGH_INCOME else FIRM_RATES
            reason = gettext_noop("From the household's last tax return.")
            set_tax_rates(household=household, terms=RateTerms(*rates, since, reason), by=household.advisor.as_actor())


def _identical(today: dt.date) -> None:
    """Hold two funds of one index to be identical; a second group waits for its approval."""
    if EquivalenceGroup.objects.exists():
        return
    since = dt.date(today.year - 3, 1, 1)
    advisor = User.objects.get(email=STAFF[1][2]).as_actor()
    large = [NamedMember("VOO"), NamedMember("SPY")]
    basis = gettext_noop("Two funds of the same index of 500 US companies.")
    group = propose_equivalence(terms=GroupTerms("S&P 500 funds", basis, since, large), by=advisor)
    for request in ApprovalRequest.objects.filter(kind=APPROVAL_KIND, target_id=group.public_id).pending():
        decide_approval(request=request, decision="approve", by=_principal())
    money = [NamedMember("VMFXX"), NamedMember("SWVXX")]
    basis = gettext_noop("Money market funds; asked by the auditor to look at them together.")
    propose_equivalence(terms=GroupTerms("Money market funds", basis, today, money), by=advisor)


def _composite(name: str, definition: str, share: tuple[Decimal, Decimal], inception: dt.date, by: Actor) -> None:
    benchmark = Benchmark.objects.filter(name__startswith=name.split(maxsplit=1)[0]).first()
    composite = define_composite(terms=CompositeTerms(name, definition, inception, benchmark=benchmark), by=by)
    chosen = [spec.number for spec in demo_households() if share[0] <= spec.equity_weight <= share[1]]
    for number in chosen[:N_MEMBERS]:
        account = _taxable(number)
        if account is not None:
            told = gettext_noop("Follows the model without restrictions.")
            add_member(composite=composite, account=account, starts_on=inception, discretion=told, by=by)


def _composites(today: dt.date) -> None:
    """Put accounts of one strategy together, from two years ago on."""
    if Composite.objects.exists():
        return
    inception, by = dt.date(today.year - 2, today.month, 1), _principal()
    balanced = gettext_noop("Taxable accounts of 50 to 60 per cent in stocks, managed at the firm's discretion.")
    _composite("Balanced taxable", balanced, (Decimal("0.5"), Decimal("0.6")), inception, by)
    growth = gettext_noop("Taxable accounts of 70 per cent in stocks and more, managed at the firm's discretion.")
    _composite("Growth taxable", growth, (Decimal("0.7"), Decimal(1)), inception, by)


def _old_actions(today: dt.date) -> None:
    """Enter the announcements that are some months old; the newest waits for a person."""
    by = _principal()
    for line in action_lines(by, today):
        if line.open and not line.n_done and OLD_ACTION < today - line.action.day < LOOK_BACK:
            enter_market_action(line=line, by=by)


def wash_sale(*, today: dt.date) -> None:
    """Sell the dearest lot of foreign stocks at a loss and buy some of it again within the month."""
    account = _taxable(WASHED)
    if account is None or account.transactions.filter(kind="sell").exists():
        return
    sold_on, by = today - dt.timedelta(days=25), account.household.advisor.as_actor()
    held = account.transactions.filter(instrument__symbol="VXUS").select_related("instrument").first()
    if held is None or held.instrument is None:
        return
    holding = holding_for_sale(account, held.instrument.public_id, sold_on)
    losses = [(lot.gain / lot.quantity, lot.lot_id, lot) for lot in holding.lots if lot.gain is not None]
    if not losses or holding.price is None or min(losses)[0] >= 0:
        return
    lot = min(losses)[2]
    told = gettext_noop("Sold at a loss before the year ends.")
    quantity, half = min(lot.quantity // 1, Decimal(60)), min(lot.quantity // 1, Decimal(60)) // 2
    amount = (quantity * holding.price).quantize(CENT)
    sale = SaleOfLots(sold_on, (LotChoice(lot.lot_id, quantity),), amount=amount, description=told)
    sell_lots(account=account, instrument=held.instrument, sale=sale, by=by)
    cost = (half * holding.price).quantize(CENT)
    again = EntryByHand("buy", today - dt.timedelta(days=9), quantity=half, amount=cost)
    record_by_hand(account=account, typed=again, symbol="VXUS", by=by)


def _breaks(day: dt.date) -> None:
    """Bring statements of the custodian that differ from the book: a purchase, a dividend, a price."""
    if PositionStatement.objects.exists():
        return
    for place, number in enumerate(BROKEN):
        account = _taxable(number)
        if account is not None:
            positions = _stated(holdings_at([account], day)[account.pk], place)
            with suppress(DomainError):
                take_statement(
                    account=account, as_of=day, positions=positions, source="positions.csv", by=account_by(account)
                )


def account_by(account: Account) -> Actor:
    """Return who looks after an account."""
    return account.household.advisor.as_actor()


def _stated(at: AccountHoldings, place: int) -> list[StatedPosition]:
    """Return the holdings as the custodian states them: with a purchase, or a dividend, that our book does not have."""
    instruments = {row.instrument_id: row.instrument for row in _rows(at)}
    positions, cash = [], at.cash
    for number, holding in enumerate(at.holdings):
        more = Decimal(3) if place != 1 and number == place % len(at.holdings) else Decimal(0)
        price = holding.price or Decimal(0)
        cash -= more * price
        quantity = holding.quantity + more
        worth = (quantity * price).quantize(CENT)
        positions.append(StatedPosition(instruments[holding.instrument_id], worth, quantity, holding.price))
    cash += Decimal("118.40") if place == 1 else Decimal(0)
    return [*positions, StatedPosition(None, cash.quantize(CENT))]


def _rows(at: AccountHoldings) -> list[Transaction]:
    rows = Transaction.objects.filter(account_id=at.account_id, instrument__in=[h.instrument_id for h in at.holdings])
    return list(rows.select_related("instrument"))
