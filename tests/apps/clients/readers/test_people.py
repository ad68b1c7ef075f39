from datetime import date
from decimal import Decimal

import pytest
from stdnum.exceptions import ValidationError

from apps.clients.readers.people import (
    read_birth,
    read_email,
    read_employment_status,
    read_marital_status,
    read_phone,
    read_postal_code,
    read_relationship,
    read_tax_id,
    split_name,
    tax_id_of,
)
from apps.clients.readers.rows import Relationship, TaxIdKind
from apps.core.tabular.problems import CellError
from apps.core.tabular.values import DateStyle


def test_tax_numbers_are_told_apart_by_their_rules() -> None:
    assert tax_id_of("536-90-4399") == (TaxIdKind.SSN, "536904399")
    assert tax_id_of("912-72-1234") == (TaxIdKind.ITIN, "912721234")
    assert tax_id_of("390.533.447-05") == (TaxIdKind.CPF, "39053344705")
    assert tax_id_of("1010001") == (TaxIdKind.SSN, "001010001")
    for wrong in ("000-12-3456", "666-12-3456", "078-05-1120", "12", "390.533.447-06", ""):
        with pytest.raises(ValidationError):
            tax_id_of(wrong)
    with pytest.raises(CellError) as refused:
        read_tax_id("666-12-3456")
    assert "666" not in str(refused.value)


@pytest.mark.parametrize("text", ["a@b", "a b@c.de", "a@b.co; c@d.co", "@b.co", "a@.co", "a" * 250 + "@b.co", ""])
def test_what_is_not_one_address_is_refused(text: str) -> None:
    with pytest.raises(CellError, match="no e-mail address"):
        read_email(text)


def test_addresses_and_numbers_are_normalised() -> None:
    assert read_email("mailto:Ann.Lee+x@Example.COM") == "Ann.Lee+x@example.com"
    assert read_phone("(617) 555-0123 ext. 5", "US") == "+16175550123;ext=5"
    assert read_phone("+55 11 91234-5678", "US") == "+5511912345678"
    with pytest.raises(CellError):
        read_phone("call me", "US")


def test_postal_codes_get_back_the_zeros_that_spreadsheets_drop() -> None:
    assert read_postal_code(Decimal(2134), "US") == "02134"
    assert read_postal_code("021341001", "US") == "02134-1001"
    assert read_postal_code(Decimal(1310100), "BR") == "01310-100"
    assert read_postal_code("k1a 0b1", "CA") == "K1A 0B1"
    with pytest.raises(CellError):
        read_postal_code("ABC", "US")


def test_births_lie_within_a_human_life() -> None:
    today = date(2026, 4, 1)
    assert read_birth("2026-04-01", DateStyle(), today) == today
    for impossible in ("2026-04-02", "2027-01-01", "1900-12-31"):
        with pytest.raises(CellError, match="was born on"):
            read_birth(impossible, DateStyle(), today)
    assert read_birth("2050-01-01", DateStyle(), None) == date(2050, 1, 1)


def test_words_are_known_in_english_and_portuguese() -> None:
    assert (read_relationship("Co-Client"), read_relationship("Filha")) == (Relationship.PARTNER, Relationship.CHILD)
    assert (read_marital_status("União estável"), read_marital_status("W")) == ("domestic_partnership", "widowed")
    assert (read_employment_status("Self-employed"), read_employment_status("Aposentada")) == (
        "self_employed",
        "retired",
    )
    for read in (read_relationship, read_marital_status, read_employment_status):
        with pytest.raises(CellError):
            read("quux")
    assert (split_name("Lee, Ann"), split_name("Ann Lee"), split_name("Cher")) == (
        ("Ann", "Lee"),
        ("Ann", "Lee"),
        ("", "Cher"),
    )
