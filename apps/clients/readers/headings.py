"""Which column of a client file holds what: proposed from its heading and from what stands below it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher

import phonenumbers
from babel import Locale
from stdnum.exceptions import ValidationError

from apps.clients.readers.people import EMAIL, read_marital_status, read_relationship, tax_id_of
from apps.clients.readers.places import country_code, state_code
from apps.clients.readers.rows import ClientField, ClientMapping, ColumnGuess
from apps.core.tabular.problems import CellError
from apps.core.tabular.structure import heading_key
from apps.core.tabular.tables import Cell, Table
from apps.core.tabular.values import DateStyle, detected_order, is_missing, read_date, read_decimal, text_of

# English and Portuguese headings of client exports (CRMs of the trade, spreadsheets), as heading_key writes them.
SYNONYMS: dict[ClientField, tuple[str, ...]] = {
    ClientField.HOUSEHOLD_NAME: (
        "household name", "household", "family", "family name group", "client group", "group name", "household group",
        "família", "familia", "nome da família", "grupo familiar", "domicílio",
    ),
    ClientField.FULL_NAME: (
        "full name", "name", "client name", "client", "contact name", "person", "nome completo", "cliente",
        "nome do cliente",
    ),
    ClientField.FIRST_NAME: (
        "first name", "first", "given name", "forename", "christian name", "firstname", "nome", "primeiro nome",
        "prenome",
    ),
    ClientField.LAST_NAME: (
        "last name", "last", "surname", "family name", "lastname", "sobrenome", "último nome", "apelido",
    ),
    ClientField.RELATIONSHIP: (
        "relationship", "relation", "role", "household role", "relationship to head", "member type", "parentesco",
        "relação", "vínculo", "papel",
    ),
    ClientField.BIRTH_DATE: (
        "date of birth", "birth date", "birthdate", "birthday", "dob", "born", "data de nascimento", "nascimento",
        "dt nascimento", "data nasc",
    ),
    ClientField.EMAIL: (
        "email", "e mail", "email address", "e mail address", "primary email", "email 1", "correio eletrônico",
        "endereço de e mail",
    ),
    ClientField.PHONE: (
        "phone", "phone number", "telephone", "mobile", "cell", "mobile phone", "cell phone", "primary phone",
        "home phone", "telefone", "celular", "fone", "telemóvel",
    ),
    ClientField.MARITAL_STATUS: ("marital status", "civil status", "married", "estado civil"),
    ClientField.ADDRESS_LINE_1: (
        "address", "address 1", "address line 1", "street", "street address", "street 1", "mailing address",
        "home address", "endereço", "logradouro", "rua", "morada",
    ),
    ClientField.ADDRESS_LINE_2: (
        "address 2", "address line 2", "street 2", "apt", "apartment", "unit", "suite", "complemento",
    ),
    ClientField.CITY: ("city", "town", "mailing city", "home city", "cidade", "município", "localidade"),
    ClientField.STATE: ("state", "state province", "province", "region", "mailing state", "estado", "uf"),
    ClientField.POSTAL_CODE: (
        "postal code", "zip", "zip code", "zipcode", "postcode", "mailing zip", "cep", "código postal",
    ),
    ClientField.COUNTRY: ("country", "country code", "nation", "país", "pais"),
    ClientField.TAX_ID: (
        "tax id", "ssn", "social security number", "social security", "ssn itin", "itin", "taxpayer id", "tin",
        "tax identification number", "cpf", "nif",
    ),
    ClientField.OCCUPATION: ("occupation", "job title", "job", "profession", "title", "profissão", "ocupação", "cargo"),
    ClientField.EMPLOYMENT_STATUS: (
        "employment status", "employment", "work status", "situação profissional", "situação de emprego",
    ),
    ClientField.ANNUAL_INCOME: (
        "annual income", "income", "yearly income", "gross income", "salary", "annual salary", "renda anual", "renda",
        "salário anual", "rendimento anual",
    ),
    ClientField.EXTERNAL_ID: (
        "external id", "id", "client id", "contact id", "record id", "crm id", "customer number", "client number",
        "código", "código do cliente", "id do cliente",
    ),
}  # fmt: skip
# Below this a heading is only similar by chance ("title" and "city").
_SIMILAR = 0.84
_SAMPLES = 40
_BIRTHS = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|[^\W\d_]{3,9}\.? \d{1,2},? \d{4}|\d{1,2} [^\W\d_]{3,9} \d{4}")


def known_headings() -> Iterable[str]:
    """Every heading that names a field."""
    return (name for names in SYNONYMS.values() for name in names)


def proposed_columns(table: Table) -> tuple[ColumnGuess, ...]:
    """Say for each column what it seems to hold. A field is given to one column only, the surest one."""
    scored: list[tuple[float, int, ClientField]] = []
    for index, heading in enumerate(table.header):
        samples = _samples(table, index)
        for field in ClientField:
            score = _confidence(field, heading, samples)
            if score:
                scored.append((score, index, field))
    chosen: dict[int, tuple[ClientField, float]] = {}
    for score, index, field in sorted(scored, key=lambda item: (-item[0], item[1])):
        if index not in chosen and field not in {taken for taken, _ in chosen.values()}:
            chosen[index] = (field, score)
    return tuple(
        ColumnGuess(
            index,
            heading,
            chosen[index][0] if index in chosen else None,
            chosen[index][1] if index in chosen else 0.0,
            tuple(text_of(cell) for cell in _samples(table, index)[:3]),
        )
        for index, heading in enumerate(table.header)
    )


def proposed_mapping(table: Table, locale: str = "en_US") -> ClientMapping:
    """Return the mapping that the proposal amounts to, with the order of day and month that the births show."""
    columns = {guess.field: guess.index for guess in proposed_columns(table) if guess.field is not None}
    dates = DateStyle.of_locale(locale)
    if ClientField.BIRTH_DATE in columns:
        order = detected_order(row.cells[columns[ClientField.BIRTH_DATE]] for row in table.rows)
        dates = DateStyle(order or dates.order, dates.pivot)
    return ClientMapping(columns, locale, dates, Locale.parse(locale.replace("-", "_")).territory or "US")


def _samples(table: Table, index: int) -> list[Cell]:
    cells = (row.cells[index] for row in table.rows[: 4 * _SAMPLES])
    return [cell for cell in cells if not is_missing(cell)][:_SAMPLES]


def _confidence(field: ClientField, heading: str, samples: list[Cell]) -> float:
    """0 to 1: how well the heading fits, lessened where the cells do not, and what the cells alone tell."""
    by_name = _name_score(field, heading)
    check = _CHECKS.get(field)
    if check is None or not samples:
        return round(by_name, 2)
    fitting = sum(check(cell) for cell in samples) / len(samples)
    if by_name:
        return round(by_name * (0.4 + 0.6 * fitting), 2)
    # E-mail addresses and tax numbers speak for themselves under any heading.
    return 0.7 if field in _TELLING and fitting > 0.9 else 0.0


def _name_score(field: ClientField, heading: str) -> float:
    key = heading_key(heading)
    names = SYNONYMS[field]
    if not key:
        return 0.0
    if key in names:
        return 1.0 - 0.01 * min(names.index(key), 9)
    best = max(SequenceMatcher(None, key, name).ratio() for name in names)
    return 0.8 * best if best >= _SIMILAR else 0.0


def _is_email(cell: Cell) -> bool:
    return EMAIL.fullmatch(text_of(cell)) is not None


def _is_phone(cell: Cell) -> bool:
    return any(True for _ in phonenumbers.PhoneNumberMatcher(text_of(cell), "US")) or text_of(cell).isdigit()


def _is_birth(cell: Cell) -> bool:
    if isinstance(cell, str) and not _BIRTHS.match(text_of(cell)):
        return False
    for style in (DateStyle(pivot=30), DateStyle.of_locale("pt_BR", pivot=30)):
        try:
            return read_date(cell, style) is not None
        except CellError:
            continue
    return False


def _is_tax_id(cell: Cell) -> bool:
    text = text_of(cell)
    if isinstance(cell, str) and "-" not in text:
        return False
    try:
        tax_id_of(text)
    except ValidationError:
        return False
    return True


def _is_amount(cell: Cell) -> bool:
    for locale in ("en_US", "pt_BR"):
        try:
            return read_decimal(cell, locale) is not None
        except CellError:
            continue
    return False


def _reads(read: Callable[[str], object]) -> Callable[[Cell], bool]:
    def fits(cell: Cell) -> bool:
        try:
            return bool(read(text_of(cell)))
        except CellError:
            return False

    return fits


def _is_state(cell: Cell) -> bool:
    return any(state_code(text_of(cell), country) for country in ("US", "CA", "BR"))


def _has_no_digit(cell: Cell) -> bool:
    return isinstance(cell, str) and not any(sign.isdigit() for sign in cell)


_CHECKS: dict[ClientField, Callable[[Cell], bool]] = {
    ClientField.EMAIL: _is_email,
    ClientField.PHONE: _is_phone,
    ClientField.BIRTH_DATE: _is_birth,
    ClientField.TAX_ID: _is_tax_id,
    ClientField.ANNUAL_INCOME: _is_amount,
    ClientField.RELATIONSHIP: _reads(read_relationship),
    ClientField.MARITAL_STATUS: _reads(read_marital_status),
    ClientField.STATE: _is_state,
    ClientField.COUNTRY: _reads(country_code),
    ClientField.FIRST_NAME: _has_no_digit,
    ClientField.LAST_NAME: _has_no_digit,
    ClientField.FULL_NAME: _has_no_digit,
    ClientField.CITY: _has_no_digit,
}
_TELLING = frozenset({ClientField.EMAIL, ClientField.TAX_ID})
