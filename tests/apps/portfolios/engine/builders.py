"""Short ways to write transactions in tests of the portfolio engine."""

from datetime import date
from decimal import Decimal

from apps.kernel.money import Money
from apps.portfolios.engine.transactions import Transaction, TransactionKind

K = TransactionKind


def usd(amount) -> Money:
    return Money(Decimal(str(amount)))


def day(month, number, year=2026) -> date:
    return date(year, month, number)


def entry(name, kind, on, amount=None, quantity=None, security="ACME", **more) -> Transaction:
    facts = {"security_id": security} if kind in WITH_SECURITY else {}
    if amount is not None:
        facts["amount"] = usd(amount)
    if quantity is not None:
        facts["quantity"] = Decimal(str(quantity))
    return Transaction(name, kind, on, **facts | more)


WITH_SECURITY = {
    K.BUY,
    K.SELL,
    K.DIVIDEND,
    K.REINVEST,
    K.TRANSFER_IN,
    K.TRANSFER_OUT,
    K.SPLIT,
    K.RETURN_OF_CAPITAL,
    K.STOCK_DIVIDEND,
    K.SYMBOL_CHANGE,
    K.MERGER,
    K.SPIN_OFF,
    K.CASH_IN_LIEU,
}
