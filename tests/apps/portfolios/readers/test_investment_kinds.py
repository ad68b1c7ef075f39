from __future__ import annotations

from decimal import Decimal

import pytest

from apps.core.tabular.ofx import OfxNode, read_ofx
from apps.portfolios.readers.investment_kinds import goes_out, id_of, memo_of, signed_total, signed_units
from apps.portfolios.readers.rows import SecurityKey, TransactionKind


def node(tag: str, inner: str) -> OfxNode:
    [found] = read_ofx(f"<OFX><{tag}>{inner}</{tag}></OFX>".encode()).root.all(tag)
    return found


@pytest.mark.parametrize(("inner", "units"), [("<TFERACTION>OUT", -3), ("<TFERACTION>IN", 3), ("", 3)])
def test_transfers_are_signed_by_their_direction(inner: str, units: int) -> None:
    transfer = node("TRANSFER", inner + "<MEMO>moved")
    assert signed_units(transfer, Decimal(3)) == units
    assert goes_out(transfer, Decimal(3)) is (units < 0)
    assert memo_of(transfer) == "moved"
    assert signed_units(node("SELLSTOCK", ""), Decimal(3)) == 3


def test_amounts_keep_their_sign_but_charges_and_what_is_worthless() -> None:
    kinds = TransactionKind
    assert signed_total(node("INCOME", ""), kinds.DIVIDEND, Decimal(-2)) == -2
    assert signed_total(node("INVEXPENSE", ""), kinds.FEE, Decimal(2)) == -2
    assert signed_total(node("CLOSUREOPT", ""), kinds.SELL, None) == 0
    assert signed_total(node("MARGININTEREST", ""), kinds.INTEREST, None) is None


def test_a_security_is_called_by_its_surest_name() -> None:
    assert id_of(SecurityKey("AAA", "037833100")) == "037833100"
    assert id_of(None) == ""
