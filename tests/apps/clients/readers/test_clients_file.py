from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.clients.readers.clients_file import read_client_table, read_clients
from apps.clients.readers.headings import proposed_mapping
from apps.clients.readers.rows import ClientField, ClientFile, ClientMapping, Relationship, TaxIdKind
from apps.core.tabular.problems import FileRefusedError, IgnoredReason, Severity
from apps.core.tabular.writing import written_csv
from apps.kernel.errors import InvalidInputError
from tests.apps.core.tabular.workbooks import workbook
from tests.depth import examples

HEADER = (
    "Household,First Name,Last Name,Relationship,DOB,Email,Phone,Marital Status,Address,City,State,Zip,Country,SSN,"
    "Occupation,Annual Income,Client ID"
)
ANN = (
    "Lee Family,Ann,Lee,Head,05/06/1980,ann@Example.com,(617) 555-0123,Married,1 Main St,Boston,Massachusetts,02134,"
    'USA,536-90-4399,Physician,"$210,000",C1'
)
BOB = (
    "Lee Family,Bob,Lee,Spouse,1981-07-08,bob@example.com,617-555-0124,Married,1 Main St,Boston,MA,2134,United States,,"
    "Teacher,65000,C2"
)
CID = "Lee Family,Cid,Lee,Son,9/10/2012,,,,1 Main St,Boston,MA,02134,US,,,,C3"
EVE = (
    "Okafor,Eve,Okafor,Primary,1/2/1950,eve@example.com,+44 20 7946 0958,Widow,2 Elm St,Austin,TX,78701-1234,US,"
    '912-72-1234,,"48,500.50",C4'
)
TODAY = date(2026, 4, 1)
COLUMNS = proposed_mapping(read_client_table("\n".join([HEADER, ANN]).encode(), ""))


def file_of(*lines: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *lines]).encode()


def codes(found: ClientFile) -> list[tuple[int, str]]:
    return [(problem.row, problem.code) for problem in found.problems]


def assert_all_lines_accounted_for(found: ClientFile) -> None:
    lines = {row.line for row in found.table.rows} | {line.row for line in found.table.ignored}
    told = (
        {row.row for row in found.rows}
        | {problem.row for problem in found.problems}
        | {line.row for line in found.ignored}
    )
    assert lines <= told


def test_a_family_and_a_widow_are_read_whole() -> None:
    found = read_clients(file_of(ANN, BOB, CID, EVE), latest_birth=TODAY)
    assert found.problems == ()
    assert [(household.name, len(household.members)) for household in found.households] == [
        ("Lee Family", 3),
        ("Okafor", 1),
    ]
    ann, bob, cid, eve = found.rows
    assert [row.relationship for row in found.rows] == [
        Relationship.HEAD,
        Relationship.PARTNER,
        Relationship.CHILD,
        Relationship.HEAD,
    ]
    assert (ann.birth_date, ann.email, ann.phone) == (date(1980, 5, 6), "ann@example.com", "+16175550123")
    assert (ann.state, ann.postal_code, ann.country, ann.annual_income) == ("MA", "02134", "US", Decimal(210000))
    assert (bob.postal_code, bob.birth_date) == ("02134", date(1981, 7, 8))
    assert (cid.email, cid.annual_income) == ("", None)
    assert (eve.phone, eve.marital_status, eve.postal_code) == ("+442079460958", "widowed", "78701-1234")
    assert_all_lines_accounted_for(found)


def test_tax_numbers_stand_apart_and_do_not_show_in_prints() -> None:
    found = read_clients(file_of(ANN, EVE), latest_birth=TODAY)
    assert [(tax_id.kind, tax_id.number, tax_id.masked) for tax_id in found.tax_ids] == [
        (TaxIdKind.SSN, "536904399", "•••4399"),
        (TaxIdKind.ITIN, "912721234", "•••1234"),
    ]
    assert [tax_id.key for tax_id in found.tax_ids] == [row.key for row in found.rows]
    assert "536904399" not in repr(found.tax_ids)
    assert "4399" not in repr(found.rows)


@pytest.mark.parametrize(
    ("old", "new", "column", "code", "severity"),
    [
        ("05/06/1980", "13/45/1980", "DOB", "not_a_date", Severity.ERROR),
        ("05/06/1980", "05/06/80", "DOB", "two_digit_year", Severity.ERROR),
        ("05/06/1980", "05/06/2080", "DOB", "impossible_birth_date", Severity.ERROR),
        ("05/06/1980", "05/06/1080", "DOB", "impossible_birth_date", Severity.ERROR),
        ("ann@Example.com", "ann at example", "Email", "invalid_email", Severity.ERROR),
        ("536-90-4399", "000-12-3456", "SSN", "invalid_tax_id", Severity.ERROR),
        ("Massachusetts", "Massachusets", "State", "unknown_state", Severity.ERROR),
        ('"$210,000"', "plenty", "Annual Income", "not_a_number", Severity.ERROR),
        ('"$210,000"', "-5", "Annual Income", "negative_income", Severity.ERROR),
        (",Head,", ",Boss,", "Relationship", "unknown_relationship", Severity.ERROR),
        (",Lee,", ",,", "Last Name", "missing_name", Severity.ERROR),
        ("(617) 555-0123", "12", "Phone", "invalid_phone", Severity.WARNING),
        (",Married,", ",Complicated,", "Marital Status", "unknown_marital_status", Severity.WARNING),
        ("02134", "ABC", "Zip", "invalid_postal_code", Severity.WARNING),
        (",USA,", ",Atlantis,", "Country", "unknown_country", Severity.WARNING),
    ],
)
def test_a_wrong_cell_is_a_problem_at_its_place(old: str, new: str, column: str, code: str, severity: Severity) -> None:
    assert old in ANN
    found = read_clients(file_of(ANN.replace(old, new, 1), EVE), latest_birth=TODAY)
    assert [(problem.row, problem.column, problem.code, problem.severity) for problem in found.problems] == [
        (2, column, code, severity)
    ]
    assert found.problems[0].mend
    assert len(found.rows) == (1 if severity is Severity.ERROR else 2)


def test_a_wrong_tax_number_is_not_repeated_in_its_problem() -> None:
    found = read_clients(file_of(ANN.replace("536-90-4399", "000-12-3456")), latest_birth=TODAY)
    assert "000-12" not in str(found.problems[0])
    assert "3456" not in repr(found.problems)


def test_the_mapping_is_proposed_from_english_headings_with_confidence() -> None:
    mapping = proposed_mapping(read_client_table(file_of(ANN, BOB, CID, EVE)))
    assert mapping.columns == {
        ClientField.HOUSEHOLD_NAME: 0,
        ClientField.FIRST_NAME: 1,
        ClientField.LAST_NAME: 2,
        ClientField.RELATIONSHIP: 3,
        ClientField.BIRTH_DATE: 4,
        ClientField.EMAIL: 5,
        ClientField.PHONE: 6,
        ClientField.MARITAL_STATUS: 7,
        ClientField.ADDRESS_LINE_1: 8,
        ClientField.CITY: 9,
        ClientField.STATE: 10,
        ClientField.POSTAL_CODE: 11,
        ClientField.COUNTRY: 12,
        ClientField.TAX_ID: 13,
        ClientField.OCCUPATION: 14,
        ClientField.ANNUAL_INCOME: 15,
        ClientField.EXTERNAL_ID: 16,
    }


def test_a_portuguese_file_is_read_with_its_locale() -> None:
    data = (
        "Família;Nome;Sobrenome;Parentesco;Data de Nascimento;E-mail;Celular;Estado Civil;Endereço;Cidade;UF;CEP;CPF;"
        "Profissão;Renda Anual\n"
        "Souza;João;Souza;Titular;31/12/1975;joao@exemplo.com.br;(11) 91234-5678;Casado;Rua A, 1;São Paulo;SP;"
        "01310-100;390.533.447-05;Médico;240.000,50\n"
        "Souza;Ana;Souza;Cônjuge;02/03/1978;;;Casada;Rua A, 1;São Paulo;São Paulo;01310100;;;\n"
    ).encode("cp1252")
    mapping = proposed_mapping(read_client_table(data), locale="pt_BR")
    found = read_clients(data, mapping, latest_birth=TODAY)
    assert found.problems == ()
    joao, ana = found.rows
    assert (joao.first_name, joao.birth_date, joao.phone) == ("João", date(1975, 12, 31), "+5511912345678")
    assert (joao.state, joao.annual_income, joao.country) == ("SP", Decimal("240000.50"), "BR")
    assert (ana.relationship, ana.birth_date, ana.postal_code) == (Relationship.PARTNER, date(1978, 3, 2), "01310-100")
    assert found.tax_ids[0].kind is TaxIdKind.CPF


def test_a_workbook_with_days_and_bare_numbers_gives_the_same_people() -> None:
    header = HEADER.split(",")
    ann = [
        "Lee Family",
        "Ann",
        "Lee",
        "Head",
        datetime(1980, 5, 6),
        "ann@example.com",
        6175550123,
        "Married",
        "1 Main St",
    ]
    ann += ["Boston", "MA", 2134, "US", 536904399, "Physician", 210000.0, "C1"]
    found = read_clients(workbook(("Clients", [["Export of 1 April 2026"], header, ann])), latest_birth=TODAY)
    assert found.problems == ()
    [row] = found.rows
    assert (row.row, row.birth_date, row.phone, row.postal_code) == (3, date(1980, 5, 6), "+16175550123", "02134")
    assert found.tax_ids[0].number == "536904399"
    assert row.key == read_clients(file_of(ANN)).rows[0].key


def test_the_same_file_twice_has_the_same_digest_and_keys() -> None:
    first, second = read_clients(file_of(ANN, EVE)), read_clients(file_of(ANN, EVE))
    moved = read_clients(file_of(EVE, ANN))
    assert first.digest == second.digest != moved.digest
    assert {(row.key, row.fingerprint) for row in first.rows} == {(row.key, row.fingerprint) for row in moved.rows}
    changed = read_clients(file_of(ANN.replace("Physician", "Surgeon"))).rows[0]
    assert changed.key == first.rows[0].key
    assert changed.fingerprint != first.rows[0].fingerprint


def test_a_person_twice_is_set_aside_and_a_contradiction_is_a_problem() -> None:
    found = read_clients(file_of(ANN, ANN, ANN.replace("Physician", "Surgeon")))
    assert [(line.row, line.reason) for line in found.ignored] == [(3, IgnoredReason.DUPLICATE)]
    assert codes(found) == [(4, "duplicate_person")]
    assert len(found.rows) == 1
    assert_all_lines_accounted_for(found)


def test_two_people_cannot_share_a_tax_number() -> None:
    found = read_clients(file_of(ANN, EVE.replace("912-72-1234", "536-90-4399")))
    assert codes(found) == [(2, "shared_tax_id"), (3, "shared_tax_id")]
    assert found.rows == ()
    assert found.tax_ids == ()


def test_a_household_needs_one_head() -> None:
    none = read_clients(file_of(BOB, CID, EVE))
    assert codes(none) == [(2, "household_without_head"), (3, "household_without_head")]
    assert [row.first_name for row in none.rows] == ["Eve"]
    two = read_clients(file_of(ANN, BOB.replace("Spouse", "Head")))
    assert codes(two) == [(2, "household_with_two_heads"), (3, "household_with_two_heads")]


def test_a_family_waits_for_its_head_whose_row_is_wrong() -> None:
    found = read_clients(file_of(ANN.replace("ann@Example.com", "ann"), BOB))
    assert codes(found) == [(2, "invalid_email"), (3, "household_incomplete")]
    assert found.rows == ()


def test_without_relationships_the_first_person_heads_with_a_warning() -> None:
    found = read_clients(b"Household,First name,Last name\nLee,Ann,Lee\nLee,Bob,Lee\nOkafor,Eve,Okafor\n")
    assert [row.relationship for row in found.rows] == [Relationship.HEAD, Relationship.OTHER, Relationship.HEAD]
    assert codes(found) == [(2, "assumed_head")]
    assert found.problems[0].severity is Severity.WARNING


def test_people_who_only_share_a_last_name_are_no_family() -> None:
    strangers = read_clients(b"First name,Last name\nAnn,Smith\nBob,Smith\n")
    assert [household.name for household in strangers.households] == ["Smith, Ann", "Smith, Bob"]
    family = read_clients(b"First name,Last name,Address,Zip\nAnn,Smith,1 Main St,02134\nBob,Smith,1 Main St,02134\n")
    assert [len(household.members) for household in family.households] == [2]


def test_full_names_are_split() -> None:
    found = read_clients(b'Client name,City\n"Lee, Ann Marie",Austin\nBob van Dyk,Boston\n')
    assert [(row.first_name, row.last_name) for row in found.rows] == [("Ann Marie", "Lee"), ("Bob van", "Dyk")]


def test_a_line_that_is_no_person_is_a_problem_and_not_dropped() -> None:
    found = read_clients(file_of(ANN, "End of report", EVE))
    assert codes(found) == [(3, "not_a_person")]
    assert_all_lines_accounted_for(found)


def test_a_mapping_must_name_people_and_stay_inside_the_file() -> None:
    with pytest.raises(InvalidInputError, match="people's names"):
        read_clients(file_of(ANN), ClientMapping({ClientField.CITY: 1}))
    with pytest.raises(InvalidInputError, match="column 100"):
        read_clients(file_of(ANN), ClientMapping({ClientField.LAST_NAME: 99}))
    with pytest.raises(InvalidInputError, match="people's names"):
        read_clients(b"Symbol,Quantity\nAAA,5\n")


@pytest.mark.parametrize("data", [b"", b"<html><body>Sign in</body></html>", b"%PDF-1.4", b"\x00\x01\x02\x03binary"])
def test_what_is_no_client_file_is_refused(data: bytes) -> None:
    with pytest.raises(FileRefusedError):
        read_clients(data)


CELL = st.sampled_from(
    [
        "",
        "Lee",
        "Ann",
        "Head",
        "Child",
        "1/2/1980",
        "99/99/9999",
        "a@b.co",
        "x",
        "536-90-4399",
        "=1+1",
        "--",
        "TX",
        "Total",
    ]
)


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(st.lists(CELL, min_size=17, max_size=17), max_size=8))
def test_every_line_of_any_table_is_a_row_a_problem_or_ignored(body: list[list[str]]) -> None:
    # with columns as somebody confirmed them: what stands in them would change what is proposed
    found = read_clients(written_csv(HEADER.split(","), body), COLUMNS)
    assert_all_lines_accounted_for(found)
    told = [row.row for row in found.rows]
    errors = {problem.row for problem in found.problems if problem.severity is Severity.ERROR}
    assert not errors & set(told)
    assert sorted(row.row for household in found.households for row in household.members) == told


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(FileRefusedError, InvalidInputError):
        assert read_clients(data).digest
