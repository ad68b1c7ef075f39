from __future__ import annotations

from decimal import Decimal

import pytest

from apps.portfolios.readers.action_texts import parent_in, ratio_in, reorganisation_in
from apps.portfolios.readers.rows import SecurityKey


@pytest.mark.parametrize(
    ("text", "ratio"),
    [
        ("OXFORD LANE CAPITAL CORP 1 FOR 5 R/S INTO OXFORD LANE", ("1", "5")),
        ("Reverse Split 1-for-25", ("1", "25")),
        ("EXCHANGED FOR 1.225 SHARES OF CUSIP 777777777 MER PAYOUT", ("1.225", "1")),
        ("EXCHANGED FOR .5 SHS", (".5", "1")),
        ("MERGER RATE: 1.103", ("1.103", "1")),
        ("0.25 SHARES FOR EACH SHARE HELD", ("0.25", "1")),
        ("XXXMANDATORY MERGER EFF: 08/01/19", None),
        ("STOCK SPLIT 0 FOR 1", None),
        ("GENERAL ELECTRIC 3.5% NOTES DUE 2030", None),
    ],
)
def test_a_ratio_is_found_in_words_or_not_at_all(text: str, ratio: tuple[str, str] | None) -> None:
    assert ratio_in(text) == (ratio and (Decimal(ratio[0]), Decimal(ratio[1])))


@pytest.mark.parametrize(
    ("text", "parent"),
    [
        ("DISTRIBUTION SPINOFF FROM:(SPGI ) MOBILITY GLOBAL INC COM SHS (MBGL) (Cash)", SecurityKey(symbol="SPGI")),
        ("SPIN-OFF FROM 037833100 APPLE", SecurityKey(cusip="037833100")),
        ("SPINOFF FROM GENERAL ELECTRIC", None),
        ("Spin-off from the parent", None),
        ("Spin-off", None),
    ],
)
def test_the_parent_of_a_spin_off_is_a_symbol_in_brackets_or_a_cusip(text: str, parent: SecurityKey | None) -> None:
    assert parent_in(text) == parent


def test_lines_of_one_reorganisation_share_its_number() -> None:
    came = reorganisation_in("REVERSE SPLIT R/S FROM 517103404#REOR M0051311040001 LARGO")
    went = reorganisation_in("REVERSE SPLIT R/S TO 517103602#REOR M0051311040000 LARGO")
    assert came == went == "005131104000"
    assert reorganisation_in("MERGER MER PAYOUT #REORCM0051627660000 TWITTER") == "005162766000"
    assert reorganisation_in("Stock Merger") == ""
