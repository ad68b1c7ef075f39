"""Cells about people: names, relationships, addresses of all kinds, tax numbers."""

from __future__ import annotations

import re
from datetime import date

import phonenumbers
from stdnum.br import cpf
from stdnum.exceptions import ValidationError
from stdnum.us import itin, ssn

from apps.clients.readers.rows import Relationship, TaxIdKind
from apps.core.tabular.problems import CellError
from apps.core.tabular.structure import heading_key
from apps.core.tabular.tables import Cell
from apps.core.tabular.values import DateStyle, read_date, text_of
from apps.kernel.errors import gettext_noop

# One @, no blanks, a domain with a dot, 254 characters (RFC 5321, 4.5.3.1.3). Mail that arrives proves the rest.
EMAIL = re.compile(r"[^\s@,;<>\"]{1,64}@(?:[^\s@.,;<>\"]{1,63}\.)+[^\s@.,;<>\"]{2,63}")
_US_ZIP = re.compile(r"\d{5}(?:-\d{4})?")
_BR_CEP = re.compile(r"(\d{5})-?(\d{3})")
_OLDEST = 125

_RELATIONSHIPS = {
    Relationship.HEAD: "head;head of household;self;primary;client;primary client;owner;titular;responsável;"
    "cliente;chefe",
    Relationship.PARTNER: "partner;spouse;husband;wife;co client;domestic partner;cônjuge;conjuge;esposa;esposo;marido;"
    "mulher;companheiro;companheira;parceiro;parceira",
    Relationship.CHILD: "child;son;daughter;stepchild;stepson;stepdaughter;filho;filha;enteado;enteada",
    Relationship.DEPENDANT: "dependant;dependent;parent;mother;father;grandchild;dependente;pai;mãe;neto;neta",
    Relationship.OTHER: "other;sibling;brother;sister;friend;trustee;outro;outra;irmão;irmã",
}
_RELATIONSHIP_OF = {word: kind for kind, words in _RELATIONSHIPS.items() for word in words.split(";")}
_MARITAL = {
    "single": "single;never married;s;solteiro;solteira",
    "married": "married;m;casado;casada;yes;sim",
    "domestic_partnership": "domestic partner;domestic partnership;civil union;união estável;uniao estavel",
    "separated": "separated;separado;separada",
    "divorced": "divorced;d;divorciado;divorciada",
    "widowed": "widowed;widow;widower;w;viúvo;viúva;viuvo;viuva",
}
_MARITAL_OF = {word: status for status, words in _MARITAL.items() for word in words.split(";")}
_EMPLOYMENT = {
    "employed": "employed;full time;part time;empregado;empregada;clt",
    "self_employed": "self employed;business owner;freelance;freelancer;autônomo;autônoma;autonomo;"
    "empresário;empresária",
    "retired": "retired;aposentado;aposentada;reformado;reformada",
    "unemployed": "unemployed;not employed;between jobs;desempregado;desempregada",
    "student": "student;estudante",
    "homemaker": "homemaker;stay at home parent;do lar;dona de casa",
}
_EMPLOYMENT_OF = {word: status for status, words in _EMPLOYMENT.items() for word in words.split(";")}


def read_relationship(text: str) -> Relationship:
    """Read the place in the household. Raises CellError for a word that is none."""
    found = _RELATIONSHIP_OF.get(heading_key(text))
    if found is None:
        raise _unknown_word(
            "unknown_relationship", text, gettext_noop("Write head, partner, child, dependant or other.")
        )
    return found


def read_marital_status(text: str) -> str:
    """Read single, married, domestic_partnership, separated, divorced or widowed. Raises CellError for others."""
    found = _MARITAL_OF.get(heading_key(text))
    if found is None:
        mend = gettext_noop("Write single, married, domestic partnership, separated, divorced or widowed.")
        raise _unknown_word("unknown_marital_status", text, mend)
    return found


def read_employment_status(text: str) -> str:
    """Read employed, self_employed, retired, unemployed, student or homemaker. Raises CellError for others."""
    found = _EMPLOYMENT_OF.get(heading_key(text))
    if found is None:
        mend = gettext_noop("Write employed, self-employed, retired, unemployed, student or homemaker.")
        raise _unknown_word("unknown_employment_status", text, mend)
    return found


def _unknown_word(code: str, text: str, mend: str) -> CellError:
    return CellError(code, gettext_noop("“%(value)s” is not known here."), mend=mend, value=text[:40])


def read_email(text: str) -> str:
    """Read one address, its domain in small letters. Raises CellError for none, or more than one."""
    bare = text.removeprefix("mailto:")
    if len(bare) > 254 or not EMAIL.fullmatch(bare):
        raise CellError(
            "invalid_email",
            gettext_noop("“%(value)s” is no e-mail address."),
            mend=gettext_noop("Write one address such as ann@example.com."),
            value=text[:60],
        )
    name, _, domain = bare.rpartition("@")
    return f"{name}@{domain.casefold()}"


def read_phone(text: str, country: str) -> str:
    """Read a number in E.164 form. Raises CellError when no such number can exist in the country."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException as unreadable:
        raise _no_phone(text) from unreadable
    if not phonenumbers.is_possible_number(number):
        raise _no_phone(text)
    bare = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{bare};ext={number.extension}" if number.extension else str(bare)


def _no_phone(text: str) -> CellError:
    return CellError(
        "invalid_phone",
        gettext_noop("“%(value)s” is no telephone number."),
        mend=gettext_noop("Write it with area code, and with + and the country code when it is abroad."),
        value=text[:40],
    )


def tax_id_of(text: str) -> tuple[TaxIdKind, str]:
    """Tell the kind of a tax number and its bare digits. Raises stdnum's ValidationError when it can be none.

    A spreadsheet drops the zeros before a number, so eight digits and fewer are filled up to an SSN's nine.
    """
    digits = re.sub(r"[\s.\-/]", "", text)
    if digits.isdigit() and 6 < len(digits) < 9:
        digits = digits.zfill(9)
    if len(digits) == 11:
        return TaxIdKind.CPF, str(cpf.validate(digits))
    if itin.is_valid(digits):
        return TaxIdKind.ITIN, str(itin.validate(digits))
    return TaxIdKind.SSN, str(ssn.validate(digits))


def read_tax_id(text: str) -> tuple[TaxIdKind, str]:
    """Read an SSN, ITIN or CPF. Raises CellError, which does not repeat the number: problems are shown and logged."""
    try:
        return tax_id_of(text)
    except ValidationError as invalid:
        raise CellError(
            "invalid_tax_id",
            gettext_noop("The tax number ending in %(ending)s cannot exist."),
            mend=gettext_noop("Compare it with the client's papers; a digit is missing or wrong."),
            ending=text[-2:],
        ) from invalid


def read_birth(cell: Cell, style: DateStyle, latest: date | None) -> date | None:
    """Read a day of birth. Raises CellError for impossible days, and for days after `latest` where it is given."""
    born = read_date(cell, style)
    if born is not None and latest is not None and not latest.year - _OLDEST <= born.year <= latest.year:
        raise _impossible_birth(born)
    if born is not None and latest is not None and born > latest:
        raise _impossible_birth(born)
    return born


def _impossible_birth(born: date) -> CellError:
    return CellError(
        "impossible_birth_date",
        gettext_noop("Nobody of this firm was born on %(day)s."),
        mend=gettext_noop("Correct the date; look at its year and at the order of day and month."),
        day=born.isoformat(),
    )


def read_postal_code(cell: Cell, country: str) -> str:
    """Read a postal code; the zeros that a spreadsheet drops are put back. Raises CellError in the US and Brazil."""
    text = text_of(cell)
    if country == "US":
        padded = text.zfill(5) if text.isdigit() and len(text) in (3, 4) else text
        padded = f"{padded[:5]}-{padded[5:]}" if padded.isdigit() and len(padded) == 9 else padded
        if not _US_ZIP.fullmatch(padded):
            raise _no_postal_code(text)
        return padded
    if country == "BR":
        match = _BR_CEP.fullmatch(text.zfill(8) if text.isdigit() and len(text) == 7 else text)
        if match is None:
            raise _no_postal_code(text)
        return f"{match[1]}-{match[2]}"
    return text.upper()[:16]


def _no_postal_code(text: str) -> CellError:
    return CellError(
        "invalid_postal_code",
        gettext_noop("“%(value)s” is no postal code of the country."),
        mend=gettext_noop("Write five digits, or nine as 02134-1001, in the United States; 01310-100 in Brazil."),
        value=text[:20],
    )


def split_name(text: str) -> tuple[str, str]:
    """Split "Lee, Ann" and "Ann Marie Lee" into first and last name; one word alone is a last name."""
    last, comma, first = (part.strip() for part in text.partition(","))
    if comma:
        return first, last
    words = text.split()
    return " ".join(words[:-1]), words[-1] if words else ""
