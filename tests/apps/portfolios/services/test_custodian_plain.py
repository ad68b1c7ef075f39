"""What columns of a firm's file are told in, and under which ids lines become records."""

from __future__ import annotations

import uuid

from apps.accounts.models import User
from apps.clients.models.plain_rows import PlainRows, text_of
from apps.clients.ports import ImportFile
from apps.core.whole_rows import copied_text
from apps.portfolios.readers.rows import CustodianAccount, Rows, SecurityKey
from apps.portfolios.services.custodian_accounts import custodian_file
from apps.portfolios.services.custodian_ground import ground_under
from apps.portfolios.services.custodian_plain import Parting, _fits, _new_ids, label_of
from tests.apps.portfolios.services.test_custodian_taking import history, numbers


def parting(by: User, text: str) -> Parting:
    file = ImportFile("all.csv", text.encode(), by.as_actor())
    found = custodian_file(file)
    assert isinstance(found.transactions, Rows)
    return Parting(file, found, found.transactions, ground_under(file, found))


def test_ids_are_random_uuids_of_version_four() -> None:
    told = [uuid.UUID(each) for each in _new_ids(50)]
    assert len(set(told)) == 50
    assert {(each.version, each.variant) for each in told} == {(4, uuid.RFC_4122)}
    assert [str(each) for each in told] != sorted(map(str, told))


def test_a_number_fits_its_column_or_is_looked_at() -> None:
    assert _fits("-123456789012.1234", 4)
    assert not _fits("1234567890123", 4)
    assert not _fits("0.12345", 4)


def test_a_look_is_at_all_lines_of_an_account(ada: User) -> None:
    one, other = numbers(ada, 2)
    told = parting(ada, history(one, other))
    assert (len(told.accounts), told.securities) == (2, [-1, 0, -1, 0])
    assert told.odd == set(told.pks)  # nobody knows the security
    told.odd.clear()
    told.look([False, True, False, False])
    assert told.odd == {told.pks[1]}
    assert told.numbers(told.columns["price"], 6) == ["\\N", "50", "\\N", "50"]
    assert told.texts(["a\tb", "long"], 3) == ["a\\tb", "lon"]


def test_a_label_is_the_account_and_what_a_line_is_of() -> None:
    account = CustodianAccount("12345678")
    assert label_of(account, SecurityKey("AAA")) == "•••5678 AAA"
    assert label_of(account, None) == "•••5678 Cash"


def test_plain_rows_are_the_same_when_read_again() -> None:
    text = "a\\b\tc\nd\r\udc80"
    row = "\t".join(("2", "create", str(uuid.uuid4()), copied_text(text), "\\N", "0", copied_text("x\\y")))
    told = PlainRows({"type": "a.B", "shown": {"none": 4, "nothing": 5, "said": 6}}, [row], 1, "ground")
    again = PlainRows.of(told.content(), "ground")
    assert (list(again.rows), again.created, again.basis) == ([row], 1, "ground")
    cells = again.rows[0].split("\t")
    assert text_of(cells[3]) == text
    assert again.facts(cells) == [("said", "x\\y")]
