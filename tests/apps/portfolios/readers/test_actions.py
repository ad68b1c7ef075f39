from decimal import Decimal

import pytest

from apps.portfolios.readers.actions import adds_up, kind_of, signed_quantity
from apps.portfolios.readers.rows import TransactionKind as Kind

ONE = Decimal(1)


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("Buy", Kind.BUY),
        ("Buy to Open", Kind.BUY),
        ("YOU BOUGHT WASTE MANAGEMENT INC (WM) (Margin)", Kind.BUY),
        ("Sell", Kind.SELL),
        ("YOU SOLD EXEC ON MULT EXCHG (VVV)", Kind.SELL),
        ("REDEMPTION PAYOUT HOUSTON TEX", Kind.SELL),
        ("Full Redemption", Kind.SELL),
        ("Qualified Dividend", Kind.DIVIDEND),
        ("DIVIDEND RECEIVED VANGUARD MUN BD FDS TAX EXEMPT BD (VTEB) (Cash)", Kind.DIVIDEND),
        ("Reinvest Dividend", Kind.DIVIDEND),
        ("Long Term Cap Gain", Kind.DIVIDEND),
        ("Reinvest Shares", Kind.REINVEST),
        ("REINVESTMENT VANGUARD BD INDEX FDS", Kind.REINVEST),
        ("Credit Interest", Kind.INTEREST),
        ("INTEREST_FROM_CASH", Kind.INTEREST),
        ("MUNI EXEMPT INT WHEAT RIDGE COLO", Kind.INTEREST),
        ("NRA Tax Adj", Kind.FEE),
        ("FOREIGN TAX PAID TAIWAN", Kind.FEE),
        ("Advisor Fee", Kind.ADVISORY_FEE),
        ("MANAGEMENT FEE 3Q", Kind.ADVISORY_FEE),
        ("ADR MGMT FEE", Kind.FEE),
        ("Foreign Tax Withheld", Kind.FEE),
        ("ADR Mgmt Fee", Kind.FEE),
        ("Wire Fee", Kind.FEE),
        ("Stock Split", Kind.SPLIT),
        ("STOCK_SPLIT", Kind.SPLIT),
        ("Stock Dividend", Kind.STOCK_DIVIDEND),
        ("STOCK DIV DIST ACME INC (ACM)", Kind.STOCK_DIVIDEND),
        ("Dividend in shares", Kind.STOCK_DIVIDEND),
        ("Cash Merger", Kind.SELL),
        ("Return Of Capital", Kind.RETURN_OF_CAPITAL),
        ("Journaled Shares", Kind.JOURNAL),
    ],
)
def test_the_words_of_custodians_are_kinds_of_the_ledger(action: str, kind: Kind) -> None:
    read = kind_of(action, ONE, ONE)
    assert read is not None
    assert (read.kind, read.needs_review) == (kind, False)


@pytest.mark.parametrize("action", ["Expired", "Exchange or Exercise", "Exchange", "Reorganized Issue", "Assigned"])
def test_what_no_entry_describes_is_a_journal_that_a_person_reviews(action: str) -> None:
    read = kind_of(action, ONE, ONE)
    assert read is not None
    assert (read.kind, read.needs_review) == (Kind.JOURNAL, True)


@pytest.mark.parametrize(
    ("action", "quantity", "amount", "kind"),
    [
        ("MERGER MER FROM 54211N101#REOR M0051542700001 ACME", ONE, None, Kind.MERGER),
        ("Stock Merger Adj", -ONE, None, Kind.MERGER),
        ("Cash Merger", None, ONE, Kind.MERGER),
        ("Mandatory Reorg Exc", -ONE, None, Kind.MERGER),
        ("EXCHANGE", ONE, None, Kind.MERGER),
        ("NAME CHANGED N/C FROM 123", ONE, None, Kind.SYMBOL_CHANGE),
        ("CUSIP Change", -ONE, None, Kind.SYMBOL_CHANGE),
        ("Spin-off", ONE, None, Kind.SPIN_OFF),
        ("DISTRIBUTION SPINOFF FROM:(ABC ) ACME", ONE, None, Kind.SPIN_OFF),
        ("DISTRIBUTION NVIDIA CORP (NVDA) (Cash)", ONE, None, Kind.SPLIT),
        ("Distribution", None, -ONE, Kind.WITHDRAWAL),
        ("REVERSE SPLIT R/S TO 517103602#REOR", -ONE, None, Kind.SPLIT),
        ("IN LIEU OF FRX SHARE LEU PAYOUT", None, ONE, Kind.CASH_IN_LIEU),
        ("Cash In Lieu", None, None, Kind.JOURNAL),
    ],
)
def test_corporate_actions_are_known_by_word_and_sign(
    action: str, quantity: Decimal | None, amount: Decimal | None, kind: Kind
) -> None:
    read = kind_of(action, quantity, amount)
    assert read is not None
    assert read.kind is kind


@pytest.mark.parametrize(
    ("action", "quantity", "amount", "kind"),
    [
        ("MoneyLink Transfer", None, ONE, Kind.DEPOSIT),
        ("TRANSFERRED TO VS X8", None, -ONE, Kind.WITHDRAWAL),
        ("Check Paid # 9999 (Cash)", None, -ONE, Kind.WITHDRAWAL),
        ("Security Transfer", ONE, None, Kind.TRANSFER_IN),
        ("ACATS OUT", -ONE, None, Kind.TRANSFER_OUT),
    ],
)
def test_moves_are_told_by_what_moves_and_by_the_sign(
    action: str, quantity: Decimal | None, amount: Decimal | None, kind: Kind
) -> None:
    read = kind_of(action, quantity, amount)
    assert read is not None
    assert read.kind is kind


@pytest.mark.parametrize("action", ["", "Lapse", "Buyer's remorse", "Feedback", "Taxi", "Transfer"])
def test_unknown_words_and_moves_of_nothing_are_not_guessed(action: str) -> None:
    assert kind_of(action, None, None) is None


def test_a_dividend_of_shares_alone_is_one_in_shares_and_a_merger_without_cash_is_part_of_one() -> None:
    found = [kind_of("Dividend", *told) for told in ((ONE, None), (None, ONE), (ONE, ONE))]
    assert [read.kind for read in found if read] == [Kind.STOCK_DIVIDEND, Kind.DIVIDEND, Kind.DIVIDEND]
    merged = kind_of("Cash Merger", -ONE, None)
    assert merged is not None
    assert (merged.kind, merged.needs_review) == (Kind.MERGER, False)


def test_quantities_are_signed_by_their_effect() -> None:
    assert signed_quantity(Kind.SELL, Decimal(5)) == -5
    assert signed_quantity(Kind.BUY, Decimal(-5)) == 5
    assert signed_quantity(Kind.SPLIT, Decimal(-5)) == -5
    assert signed_quantity(Kind.BUY, None) is None


def test_a_trade_adds_up_within_the_rounding_of_its_price() -> None:
    assert adds_up(Decimal(300), Decimal("135.0075"), Decimal("1.34"), Decimal("-40503.61"))
    assert not adds_up(Decimal(300), Decimal("135.0075"), Decimal("1.34"), Decimal("-40513.61"))
