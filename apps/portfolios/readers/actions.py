"""The custodians' words for what happened, as kinds of the ledger."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from apps.portfolios.readers.rows import TransactionKind

# Tried in this order at the beginning of the action: Fidelity writes the security's name behind it, and a fund called
# "TAX EXEMPT" is no tax. Words from the exports of Schwab, Fidelity and Pershing (docs/formats/custodian-csv.md).
# None is what no single entry describes. Mergers, spin-offs and the like come in several lines (folding.py).
_WORDS: tuple[tuple[TransactionKind | None, str], ...] = (
    (TransactionKind.REINVEST, "reinvestment;reinvest shares;reinvested shares;dividend reinvestment;reinv;drip"),
    (TransactionKind.SPLIT, "split;stock split;reverse split;forward split;share split;rsplit"),
    (TransactionKind.STOCK_DIVIDEND, "stock dividend;stock div;stk div;share dividend;dividend in shares"),
    (TransactionKind.STOCK_DIVIDEND, "dividend in stock;scrip dividend;bonus issue;bonus shares"),
    (TransactionKind.RETURN_OF_CAPITAL, "return of capital;return of principal;principal payment;roc"),
    (TransactionKind.ADVISORY_FEE, "advisor fee;adviser fee;advisory fee;investment advisory fee;asset based fee"),
    (TransactionKind.ADVISORY_FEE, "management fee;mgmt fee;managed account fee;wrap fee;program fee"),
    (TransactionKind.FEE, "fee;fees;fee charged;commission;service fee;adr mgmt fee;adr fee;wire fee;account fee"),
    (TransactionKind.FEE, "custody fee;custodial fee;misc fee;annual fee;maintenance fee;transaction fee;transfer fee"),
    (TransactionKind.FEE, "foreign tax;nra tax;federal tax;state tax;fed tax;tax;taxes;foreign security tax"),
    (
        TransactionKind.BUY,
        "buy;bought;you bought;purchase;purchased;market buy;limit buy;stop buy;automatic investment",
    ),
    (TransactionKind.BUY, "short cover;by"),
    (TransactionKind.SELL, "sell;sold;you sold;sale;market sell;limit sell;stop sell;sl;full redemption"),
    (TransactionKind.SELL, "partial redemption;redemption;redeemed;matured;maturity;called"),
    (
        TransactionKind.DIVIDEND,
        "dividend;div;cash dividend;cash div;qualified dividend;qualified div;qual div;non-qualified div",
    ),
    (
        TransactionKind.DIVIDEND,
        "non qualified dividend;pr yr cash div;pr yr div;special dividend;special div;special qual div",
    ),
    (TransactionKind.DIVIDEND, "reinvest dividend;substitute payment;capital gain;cap gain;lt cap gain;st cap gain"),
    (TransactionKind.DIVIDEND, "long term cap gain;short term cap gain;long-term cap gain;short-term cap gain"),
    (TransactionKind.DIVIDEND, "long term capital gain;short term capital gain;long-term capital gain"),
    (TransactionKind.DIVIDEND, "short-term capital gain"),
    (
        TransactionKind.INTEREST,
        "interest;int;credit interest;bond interest;bank interest;margin interest;muni interest",
    ),
    (
        TransactionKind.INTEREST,
        "corporate interest;money market interest;credit int;mmf int;muni exempt int;interest earned",
    ),
    (TransactionKind.JOURNAL, "journal;journaled;journaled shares;jnl;internal transfer"),
    (None, "exchange or exercise;expired;assigned;exercised;stock plan activity;adjust;adjustment;misc cash entry"),
    (None, "result adjustment;reorganized issue"),
    (TransactionKind.CASH_IN_LIEU, "cash in lieu;cash-in-lieu;in lieu;cil;fractional share;frac share"),
    (TransactionKind.SPIN_OFF, "spin-off;spin off;spinoff;distribution spinoff;distribution spin-off"),
    (TransactionKind.SYMBOL_CHANGE, "name change;name changed;name/symbol change;distribution name/symbol change"),
    (TransactionKind.SYMBOL_CHANGE, "symbol change;ticker change;cusip change;cusip changed;change of name"),
    (TransactionKind.MERGER, "merger;cash merger;stock merger;cash/stock merger;cash and stock merger"),
    (TransactionKind.MERGER, "cash & stock merger;mandatory exchange;mandatory reorg;mandatory reorganization;reorg"),
    (TransactionKind.MERGER, "reorganization;conversion;exchange;exchanged"),
)
_MOVES = (
    "moneylink;wire;funds received;funds paid;funds transfer;direct deposit;direct debit;electronic funds;eft;ach;"
    "transfer;transferred;transfer in;transfer out;check;deposit;withdrawal;dep;wth;contribution;cash contribution;"
    "distribution;normal distr;normal distribution;partial distribution;rollover;bill payment;debit card;atm;acat;"
    "acats;account transfer;security transfer;deliver;delivered;receive;received;rec;del;visa;"
    "cash receipt;cash disbursement"
)


def _beginning(phrases: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(re.escape(phrase) for phrase in phrases.split(';'))})(?![a-z])")


_RULES = tuple((kind, _beginning(phrases)) for kind, phrases in _WORDS)
_MOVE, _CASH_MERGER = _beginning(_MOVES), _beginning("cash merger;merger for cash")
# words that mean a purchase and a sale as well, of funds for instance: then the lines have amounts
_EXCHANGE, _DISTRIBUTION = _beginning("exchange;exchanged;conversion"), _beginning("distribution")
_PLAIN = re.compile(r"[\s_]+")


@dataclass(frozen=True, slots=True)
class ReadAction:
    """The kind, and whether a person must look: the entry changes holdings in a way that the file does not tell."""

    kind: TransactionKind
    needs_review: bool = False


def kind_of(action: str, quantity: Decimal | None, amount: Decimal | None) -> ReadAction | None:
    """Tell the kind of an entry from the custodian's word for it; None for a word that is not known.

    What no entry describes (expiries, exercises, exchanges of funds) is a journal that a person reviews. A merger for
    cash alone is a sale, a dividend of shares without an amount one in shares, so is a distribution (Fidelity's word
    for a split).
    """
    word = _PLAIN.sub(" ", action).strip().lower()
    for kind, beginning in _RULES:
        if beginning.match(word):
            return _read_as(word, kind, quantity, amount)
    if _DISTRIBUTION.match(word) and quantity and quantity > 0 and not amount:
        return ReadAction(TransactionKind.SPLIT)
    return _moved(quantity, amount) if _MOVE.match(word) else None


def _read_as(
    word: str, kind: TransactionKind | None, quantity: Decimal | None, amount: Decimal | None
) -> ReadAction | None:
    if kind is TransactionKind.MERGER and is_cash_merger(word) and quantity and amount and amount > 0:
        return ReadAction(TransactionKind.SELL)
    if kind is TransactionKind.DIVIDEND and quantity and not amount:
        return ReadAction(TransactionKind.STOCK_DIVIDEND)
    traded = kind is TransactionKind.MERGER and amount and _EXCHANGE.match(word)
    unpaid = kind is TransactionKind.CASH_IN_LIEU and not (amount and amount > 0)
    if kind is None or traded or unpaid:
        return ReadAction(TransactionKind.JOURNAL, needs_review=True)
    return ReadAction(kind)


def is_cash_merger(action: str) -> bool:
    """Say whether the word means a merger in which shares are paid for."""
    return _CASH_MERGER.match(_PLAIN.sub(" ", action).strip().lower()) is not None


def _moved(quantity: Decimal | None, amount: Decimal | None) -> ReadAction | None:
    """Cash moves where the row has an amount, securities where it has a quantity only; the sign says in or out."""
    if amount:
        return ReadAction(TransactionKind.DEPOSIT if amount > 0 else TransactionKind.WITHDRAWAL)
    if quantity:
        return ReadAction(TransactionKind.TRANSFER_IN if quantity > 0 else TransactionKind.TRANSFER_OUT)
    return None


_INWARD = frozenset(
    {TransactionKind.STOCK_DIVIDEND, TransactionKind.BUY, TransactionKind.REINVEST, TransactionKind.TRANSFER_IN}
)
_OUTWARD = frozenset({TransactionKind.SELL, TransactionKind.TRANSFER_OUT})
# What takes cash out of the account. A withdrawal is told by its sign, or is one by its word.
SPENDING = frozenset(
    {
        TransactionKind.BUY,
        TransactionKind.REINVEST,
        TransactionKind.FEE,
        TransactionKind.ADVISORY_FEE,
        TransactionKind.WITHDRAWAL,
    }
)


def signed_quantity(kind: TransactionKind, quantity: Decimal | None) -> Decimal | None:
    """The quantity by its effect on the holding: some custodians write sales without a sign."""
    if quantity is None:
        return None
    if kind in _INWARD:
        return abs(quantity)
    return -abs(quantity) if kind in _OUTWARD else quantity


def adds_up(quantity: Decimal, price: Decimal, fees: Decimal, amount: Decimal) -> bool:
    """Whether |amount| is quantity times price, give or take the fees, within the rounding of a printed price.

    Prices are printed to four places and amounts to two: 0.0001 per unit and 0.02 (docs/formats/custodian-csv.md).
    """
    gross = abs(quantity) * abs(price)
    allowed = Decimal("0.0001") * abs(quantity) + Decimal("0.02")
    return any(abs(abs(amount) - exact) <= allowed for exact in (gross, gross + fees, gross - fees))
