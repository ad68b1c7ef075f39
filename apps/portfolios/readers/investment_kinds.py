"""What the entries of an OFX investment statement are: by their tags, or by what is in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from apps.core.tabular.ofx import OfxNode
from apps.portfolios.readers.actions import kind_of
from apps.portfolios.readers.rows import SecurityKey, TransactionKind, TransactionRow

_BUYS = ("BUYDEBT", "BUYMF", "BUYOPT", "BUYOTHER", "BUYSTOCK")
_SELLS = ("SELLDEBT", "SELLMF", "SELLOPT", "SELLOTHER", "SELLSTOCK")
# OFX 2.2, 13.9.2.4. INCOME, TRANSFER, CLOSUREOPT and INVBANKTRAN are told by what stands in them.
KINDS: dict[str, TransactionKind | None] = {
    **dict.fromkeys(_BUYS, TransactionKind.BUY),
    **dict.fromkeys(_SELLS, TransactionKind.SELL),
    "REINVEST": TransactionKind.REINVEST,
    "INCOME": None,
    "TRANSFER": None,
    "INVBANKTRAN": None,
    "RETOFCAP": TransactionKind.RETURN_OF_CAPITAL,
    "SPLIT": TransactionKind.SPLIT,
    "INVEXPENSE": TransactionKind.FEE,
    "MARGININTEREST": TransactionKind.INTEREST,
    "CLOSUREOPT": None,
}
# between subaccounts of one account (13.9.2.4.4): nothing comes or goes
WITHIN = ("JRNLFUND", "JRNLSEC")
# what is charged: a custodian's sign tells nothing (the specification gives it none)
CHARGES = ("INVEXPENSE", "MARGININTEREST")
# what carries corporate actions besides SPLIT: there the memo says what happened
_TOLD_BY_MEMO = ("TRANSFER", "INCOME")
_ACTIONS = frozenset(
    {
        TransactionKind.MERGER,
        TransactionKind.SPIN_OFF,
        TransactionKind.SYMBOL_CHANGE,
        TransactionKind.SPLIT,
        TransactionKind.CASH_IN_LIEU,
    }
)
_BANK_KINDS = {
    "INT": TransactionKind.INTEREST,
    "DIV": TransactionKind.DIVIDEND,
    "FEE": TransactionKind.FEE,
    "SRVCHG": TransactionKind.FEE,
}


def told_kind(
    node: OfxNode, quantity: Decimal | None, amount: Decimal | None, security: SecurityKey | None
) -> TransactionKind:
    """Tell the kind of an entry whose tag does not; corporate actions are in the memos of transfers and income."""
    if node.tag in _TOLD_BY_MEMO and security is not None:
        signed = -abs(quantity) if quantity is not None and goes_out(node, quantity) else quantity
        read = kind_of(memo_of(node), signed, amount)
        if read is not None and read.kind in _ACTIONS:
            return read.kind
    if node.tag == "INCOME":
        is_interest = node.value("INCOMETYPE").upper() == "INTEREST"
        return TransactionKind.INTEREST if is_interest else TransactionKind.DIVIDEND
    if node.tag == "CLOSUREOPT":
        # an option of ours that ended worthless is sold for nothing; the others come with trades of their own
        ended = node.value("OPTACTION").upper() == "EXPIRE" and quantity is not None and quantity < 0
        return TransactionKind.SELL if ended else TransactionKind.JOURNAL
    if node.tag == "TRANSFER":
        return TransactionKind.TRANSFER_OUT if goes_out(node, quantity) else TransactionKind.TRANSFER_IN
    word = node.value("STMTTRN", "TRNTYPE").upper()
    moved = TransactionKind.WITHDRAWAL if amount is not None and amount < 0 else TransactionKind.DEPOSIT
    return _BANK_KINDS.get(word, moved)


def goes_out(node: OfxNode, quantity: Decimal | None) -> bool:
    """Whether a transfer leaves the account."""
    said = node.value("TFERACTION").upper()
    return said == "OUT" or (not said and quantity is not None and quantity < 0)


def signed_units(node: OfxNode, quantity: Decimal | None) -> Decimal | None:
    """The units by their effect on the holding: transfers are often written without a sign."""
    if node.tag != "TRANSFER" or quantity is None:
        return quantity
    return -abs(quantity) if goes_out(node, quantity) else abs(quantity)


def signed_total(node: OfxNode, kind: TransactionKind, amount: Decimal | None) -> Decimal | None:
    """The amount by its effect on cash; an option that ended worthless brings nothing."""
    if node.tag == "CLOSUREOPT" and kind is TransactionKind.SELL:
        return Decimal(0)
    if amount is None or node.tag not in (*CHARGES, "RETOFCAP"):
        return amount
    return abs(amount) if node.tag == "RETOFCAP" else -abs(amount)


def memo_of(node: OfxNode) -> str:
    """What the custodian says of it."""
    return next((found.text for found in node.all("NAME", "MEMO") if found.text), "")


def id_of(security: SecurityKey | None) -> str:
    """What an entry calls its security, the surest first."""
    return (security.cusip or security.isin or security.symbol or security.description) if security else ""


def funded(rows: Sequence[TransactionRow]) -> list[TransactionRow]:
    """REINVEST is income and purchase in one (13.9.2.4.4): no cash moves, unless the income is an entry of its own."""
    paid = Counter(
        (row.trade_date, id_of(row.security), row.amount) for row in rows if row.action == "INCOME" and row.amount
    )
    told = []
    for row in rows:
        mark = (row.trade_date, id_of(row.security), abs(row.amount)) if row.amount else None
        if row.kind is not TransactionKind.REINVEST or mark is None:
            told.append(row)
        elif paid[mark]:
            paid[mark] -= 1
            told.append(replace(row, amount=-mark[2]))
        else:
            told.append(replace(row, amount=None, cost=mark[2]))
    return told
