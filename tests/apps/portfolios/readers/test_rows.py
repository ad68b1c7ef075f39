from apps.portfolios.readers.rows import CustodianAccount, CustodianFile


def test_account_numbers_show_their_last_four_and_nothing_where_there_is_none() -> None:
    assert CustodianAccount("X81234567", "Joint").masked == "•••4567"
    assert CustodianAccount().masked == ""


def test_a_file_is_empty_until_it_says_something() -> None:
    empty = CustodianFile("digest", "generic", None)
    assert (empty.positions, empty.transactions, empty.problems, empty.ignored) == ((), (), (), ())
