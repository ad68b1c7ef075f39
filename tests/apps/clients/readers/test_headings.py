from apps.clients.readers.clients_file import read_client_table
from apps.clients.readers.headings import SYNONYMS, known_headings, proposed_columns, proposed_mapping
from apps.clients.readers.rows import ClientField
from apps.core.tabular.structure import heading_key
from apps.core.tabular.values import DateOrder


def test_every_field_has_headings_and_they_are_written_as_keys() -> None:
    assert SYNONYMS.keys() == set(ClientField)
    assert [name for name in known_headings() if heading_key(name) != name] == []


def test_cells_lower_the_confidence_of_a_heading_that_lies() -> None:
    honest = proposed_columns(read_client_table(b"Last name,Email\nLee,a@b.co\n"))
    lying = proposed_columns(read_client_table(b"Last name,Email\nLee,yes\n"))
    assert (honest[1].field, lying[1].field) == (ClientField.EMAIL, ClientField.EMAIL)
    assert honest[1].confidence > 0.9
    assert lying[1].confidence < 0.5
    assert honest[1].samples == ("a@b.co",)


def test_addresses_are_found_under_any_heading_and_strangers_are_left_alone() -> None:
    guesses = proposed_columns(read_client_table(b"Last name,Reach me at,Shoe size\nLee,a@b.co,nine\n"))
    assert [guess.field for guess in guesses] == [ClientField.LAST_NAME, ClientField.EMAIL, None]
    assert guesses[2].confidence == 0


def test_a_field_goes_to_one_column_the_surest() -> None:
    guesses = proposed_columns(read_client_table(b"Last name,Phone,Cell phone\nLee,617-555-0123,617-555-0124\n"))
    assert [guess.field for guess in guesses] == [ClientField.LAST_NAME, ClientField.PHONE, None]


def test_misspelt_headings_are_proposed_with_less_confidence() -> None:
    guess = proposed_columns(read_client_table(b"Last nmae,City\nLee,Austin\n"))[0]
    assert guess.field is ClientField.LAST_NAME
    assert 0.5 < guess.confidence < 0.9


def test_the_order_of_births_is_taken_from_the_file() -> None:
    assert proposed_mapping(read_client_table(b"Last name,DOB\nLee,31/12/1980\n")).dates.order is DateOrder.DAY_FIRST
    assert proposed_mapping(read_client_table(b"Last name,DOB\nLee,1/2/1980\n")).dates.order is DateOrder.MONTH_FIRST
