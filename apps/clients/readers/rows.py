"""What the client file reader hands over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from apps.core.tabular.problems import IgnoredRow, RowProblem
from apps.core.tabular.tables import Table
from apps.core.tabular.values import DateStyle


class ClientField(StrEnum):
    """What a column of a client file can hold."""

    HOUSEHOLD_NAME = "household_name"
    FULL_NAME = "full_name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    RELATIONSHIP = "relationship"
    BIRTH_DATE = "birth_date"
    EMAIL = "email"
    PHONE = "phone"
    MARITAL_STATUS = "marital_status"
    ADDRESS_LINE_1 = "address_line_1"
    ADDRESS_LINE_2 = "address_line_2"
    CITY = "city"
    STATE = "state"
    POSTAL_CODE = "postal_code"
    COUNTRY = "country"
    TAX_ID = "tax_id"
    OCCUPATION = "occupation"
    EMPLOYMENT_STATUS = "employment_status"
    ANNUAL_INCOME = "annual_income"
    EXTERNAL_ID = "external_id"


class Relationship(StrEnum):
    """A person's place in the household."""

    HEAD = "head"
    PARTNER = "partner"
    CHILD = "child"
    DEPENDANT = "dependant"
    OTHER = "other"


class TaxIdKind(StrEnum):
    """Which authority's number it is."""

    SSN = "ssn"
    ITIN = "itin"
    CPF = "cpf"


@dataclass(frozen=True, slots=True)
class TaxIdRow:
    """A tax number, apart from its person: it is encrypted and shown to few. `key` is the ClientRow's key."""

    row: int
    key: str
    kind: TaxIdKind
    number: str = field(repr=False)

    @property
    def masked(self) -> str:
        """The last four digits, for people who only need to recognise it."""
        return f"•••{self.number[-4:]}"


@dataclass(frozen=True, slots=True)
class ClientRow:
    """One person. Empty text and None mean that the file says nothing.

    ``key`` is the same for the same person in every file; ``fingerprint`` changes when any fact of the row does.
    ``has_relationship`` says that the file gives the relationship; without it, it follows from the place in the file.
    """

    row: int
    key: str
    fingerprint: str
    household_key: str
    household_name: str
    first_name: str
    last_name: str
    relationship: Relationship
    has_relationship: bool = False
    birth_date: date | None = None
    email: str = ""
    phone: str = ""
    marital_status: str = ""
    address_line_1: str = ""
    address_line_2: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""
    occupation: str = ""
    employment_status: str = ""
    annual_income: Decimal | None = None
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    """The people of one household, head first."""

    key: str
    name: str
    members: tuple[ClientRow, ...]


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """What a column seems to hold. `confidence` runs from 0 to 1; `field` is None where nothing fits."""

    index: int
    header: str
    field: ClientField | None
    confidence: float
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClientMapping:
    """Which column holds which field, and how this file writes numbers and dates."""

    columns: Mapping[ClientField, int]
    locale: str = "en_US"
    dates: DateStyle = field(default_factory=DateStyle)
    country: str = "US"


@dataclass(frozen=True, slots=True)
class ClientFile:
    """A client file read with a mapping: every line below the header is in exactly one of the lists."""

    digest: str
    table: Table
    mapping: ClientMapping
    rows: tuple[ClientRow, ...]
    households: tuple[HouseholdRow, ...]
    tax_ids: tuple[TaxIdRow, ...]
    problems: tuple[RowProblem, ...]
    ignored: tuple[IgnoredRow, ...]
