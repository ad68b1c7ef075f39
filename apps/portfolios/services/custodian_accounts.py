"""Which of our accounts the accounts of a custodian's file are: as was answered, or by their numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext

from apps.clients.ports import ImportFile, Question
from apps.core.secrets import number_digest
from apps.portfolios.models import Account, Registration
from apps.portfolios.readers.custodian_csv import FileStyle, custodian_table
from apps.portfolios.readers.investment_ofx import read_investment_statements
from apps.portfolios.readers.layouts import has_transactions
from apps.portfolios.readers.positions import read_positions
from apps.portfolios.readers.rows import CustodianAccount, CustodianFile, PositionRow, Rows, TransactionRow
from apps.portfolios.readers.transactions import read_transactions
from apps.portfolios.services.accounts import NUMBERS

NEW = "new:"
CUSTODIANS = {"schwab": "Schwab", "fidelity": "Fidelity", "pershing": "Pershing"}


def custodian_file(file: ImportFile) -> CustodianFile:
    """Read positions or transactions, CSV, XLSX or OFX, as the file itself says what it is; once for one day given.

    Raises FileRefusedError with the line when the file as a whole cannot be read.
    """
    day = file.answers.get("as_of", "")
    if ("read", day) not in file.known:
        file.known["read", day] = _read(file, dt.date.fromisoformat(day) if day else None)
    found: CustodianFile = file.known["read", day]
    return found


def _read(file: ImportFile, day: dt.date | None) -> CustodianFile:
    if b"OFX" in file.content[:4096].upper() and b"<" in file.content[:4096]:
        return read_investment_statements(file.content)
    style, table = FileStyle(as_of=day), custodian_table(file.content)
    reader = read_transactions if has_transactions(table) else read_positions
    return reader(file.content, filename=file.filename, style=style, table=table)


def accounts_of(found: CustodianFile) -> list[CustodianAccount]:
    """Return the accounts that the file names, in a fixed order; one without a number may be among them."""
    named = [*Rows.of(PositionRow, found.positions).columns["account"]]
    named += Rows.of(TransactionRow, found.transactions).columns["account"]
    told = {account.number: account for account in {id(account): account for account in named}.values()}
    told |= {row.account.number: row.account for row in found.lots}
    return [told[number] for number in sorted(told)]


def known_account_question(place: int, account: CustodianAccount, owned: Sequence[Account], custodian: str) -> Question:
    """Ask which of the household's accounts this is, of those that are there."""
    asked = account_question(place, account, owned, custodian)
    known = tuple(option for option in asked.options if not option[0].startswith(NEW))
    value = asked.value if not asked.value.startswith(NEW) else (known[0][0] if len(known) == 1 else "")
    return replace(asked, options=known, value=value)


def account_question(place: int, account: CustodianAccount, owned: Sequence[Account], custodian: str) -> Question:
    """Ask which of the household's accounts this is; one that is there already is proposed."""
    known = [(str(row.public_id), f"{row.name} {row.masked_number}".strip()) for row in owned]
    new = [(f"{NEW}{value}", gettext("New: %(kind)s") % {"kind": label}) for value, label in Registration.choices]
    match = _matching(account, owned, custodian)
    guess = f"{NEW}{_registration_in(account.name)}"
    return Question(
        name=f"account_{place}",
        label=gettext("Account %(number)s") % {"number": account.masked or account.name or gettext("without a number")},
        options=(*known, *new),
        value=str(match.public_id) if match else guess,
        samples=(account.name,) if account.name else (),
        confidence=1.0 if match else 0.5,
    )


def _matching(account: CustodianAccount, owned: Sequence[Account], custodian: str) -> Account | None:
    digest = number_digest(NUMBERS, account.number)
    exact = [row for row in owned if digest and row.number_digest == digest]
    if exact:
        return exact[0]
    same = [row for row in owned if account.number and row.last_four == account.number[-4:]]
    here = [row for row in same if not custodian or not row.custodian or row.custodian == custodian]
    return here[0] if len(here) == 1 else None


_WORDS = (
    ("roth 401", Registration.ROTH_401K),
    ("401", Registration.PLAN_401K),
    ("403", Registration.PLAN_403B),
    ("inherited roth", Registration.INHERITED_ROTH),
    ("roth inherited", Registration.INHERITED_ROTH),
    ("roth", Registration.ROTH_IRA),
    ("sep", Registration.SEP_IRA),
    ("inherited", Registration.INHERITED_IRA),
    ("ira", Registration.TRADITIONAL_IRA),
    ("529", Registration.EDUCATION_529),
    ("hsa", Registration.HSA),
    ("health savings", Registration.HSA),
    ("trust", Registration.TRUST),
    ("joint", Registration.JOINT),
    ("utma", Registration.CUSTODIAL),
    ("custodial", Registration.CUSTODIAL),
)


def _registration_in(name: str) -> str:
    lower = name.lower()
    return next((kind for word, kind in _WORDS if word in lower), Registration.INDIVIDUAL)


def answered_accounts(file: ImportFile, found: CustodianFile) -> dict[int, Account]:
    """Return the accounts by their place in the file: those that were answered, of a firm's file those of the number.

    A place that is missing is an account to open, or one that the firm does not have.
    """
    told = "accounts", tuple(file.answers.items())
    if told not in file.known:
        file.known[told] = _numbered(file, found) if file.household_id is None else _answered(file, found)
    accounts: dict[int, Account] = file.known[told]
    return accounts


def answered_account(file: ImportFile, found: CustodianFile, place: int) -> Account | None:
    """Return the household's account that was answered, or that a new one turns out to be; None for one to open."""
    known = answered_accounts(file, found)
    if place not in known and file.household_id is not None:
        # another place of this file may have opened it by now: numbers are written with dashes and without
        known |= {at: account for at, account in _answered(file, found).items() if at == place}
    return known.get(place)


def _answered(file: ImportFile, found: CustodianFile) -> dict[int, Account]:
    owned = list(Account.objects.visible_to(file.by).filter(household=file.household_id).select_related("household"))
    by_id = {str(account.public_id): account for account in owned}
    by_digest = {account.number_digest: account for account in reversed(owned) if account.number_digest}
    result = {}
    for place, told in enumerate(accounts_of(found)):
        answer = file.answers.get(f"account_{place}", "")
        digest = number_digest(NUMBERS, told.number) if answer.startswith(NEW) else ""
        account = by_digest.get(digest) if answer.startswith(NEW) else by_id.get(answer)
        if account is not None:
            result[place] = account
    return result


def _numbered(file: ImportFile, found: CustodianFile) -> dict[int, Account]:
    """Return the accounts of the firm that have these numbers; of two custodians' the one whose file it is."""
    digests = {place: number_digest(NUMBERS, told.number) for place, told in enumerate(accounts_of(found))}
    rows = Account.objects.visible_to(file.by).filter(number_digest__in={each for each in digests.values() if each})
    custodian, by_digest = CUSTODIANS.get(found.layout, ""), dict[str, list[Account]]()
    for account in rows.select_related("household"):
        by_digest.setdefault(account.number_digest, []).append(account)
    result = {}
    for place, digest in digests.items():
        named = by_digest.get(digest, [])
        of_custodian = [account for account in named if account.custodian == custodian]
        match = of_custodian if len(named) > 1 else named
        if len(match) == 1:
            result[place] = match[0]
    return result
