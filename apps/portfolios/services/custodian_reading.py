"""A custodian's file as rows of the import: which account each belongs to, and whether our ledger can take it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext

from apps.accounts.selectors.firm_days import firm_today
from apps.clients.ports import ImportFile, Question, ReadFile, ReadRow
from apps.core.secrets import number_digest
from apps.core.tabular.problems import RowProblem, Severity
from apps.kernel.errors import gettext_noop
from apps.market.selectors.securities import securities_named
from apps.portfolios.models import Account, PositionStatement, Registration
from apps.portfolios.policies import OF_CASH_ALONE, cash_fits, units_fit
from apps.portfolios.readers.custodian_csv import FileStyle, custodian_table
from apps.portfolios.readers.investment_ofx import read_investment_statements
from apps.portfolios.readers.layouts import has_transactions
from apps.portfolios.readers.lots import read_lots
from apps.portfolios.readers.positions import read_positions
from apps.portfolios.readers.rows import CustodianAccount, CustodianFile, PositionRow, SecurityKey, TransactionRow
from apps.portfolios.readers.transactions import read_transactions
from apps.portfolios.services.accounts import NUMBERS
from apps.portfolios.services.instruments import NamedSecurity, known_instruments

NEW = "new:"
CUSTODIANS = {"schwab": "Schwab", "fidelity": "Fidelity", "pershing": "Pershing"}
NOTHING = Decimal(0)


def custodian_file(file: ImportFile) -> CustodianFile:
    """Read positions or transactions, CSV, XLSX or OFX, as the file itself says what it is.

    Raises FileRefusedError with the line when the file as a whole cannot be read.
    """
    if b"OFX" in file.content[:4096].upper() and b"<" in file.content[:4096]:
        return read_investment_statements(file.content)
    day = file.answers.get("as_of", "")
    style = FileStyle(as_of=dt.date.fromisoformat(day) if day else None)
    if has_transactions(custodian_table(file.content)):
        return read_transactions(file.content, filename=file.filename, style=style)
    return read_positions(file.content, filename=file.filename, style=style)


def accounts_of(found: CustodianFile) -> list[CustodianAccount]:
    """Return the accounts that the file names, in a fixed order; one without a number may be among them."""
    told = {row.account.number: row.account for row in found.positions}
    told |= {row.account.number: row.account for row in found.transactions}
    told |= {row.account.number: row.account for row in found.lots}
    return [told[number] for number in sorted(told)]


def lots_file(file: ImportFile) -> CustodianFile:
    """Read a list of tax lots, CSV or XLSX. Raises FileRefusedError with the line."""
    day = file.answers.get("as_of", "")
    style = FileStyle(as_of=dt.date.fromisoformat(day) if day else None)
    return read_lots(file.content, filename=file.filename, style=style)


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


def day_question(found: CustodianFile) -> Question | None:
    """Ask for the day of positions where the file gives none: one of the last ten days."""
    told = [*(row.as_of for row in found.positions), *(row.as_of for row in found.lots)]
    if not told or all(told):
        return None
    today = firm_today()
    days = [today - dt.timedelta(days=n) for n in range(10)]
    options = tuple((day.isoformat(), day.isoformat()) for day in days)
    return Question("as_of", gettext("The positions are of the close of"), options, options[1][0])


def answered_account(file: ImportFile, found: CustodianFile, place: int) -> Account | None:
    """Return the household's account that was answered, or that a new one turns out to be; None for one to open."""
    owned = Account.objects.visible_to(file.by).filter(household=file.household_id)
    answer = file.answers.get(f"account_{place}", "")
    if answer.startswith(NEW):
        digest = number_digest(NUMBERS, accounts_of(found)[place].number)
        return owned.filter(number_digest=digest).first() if digest else None
    return owned.filter(public_id=answer).first() if answer else None


def openings_of(file: ImportFile, found: CustodianFile) -> dict[int, PositionStatement]:
    """Return the statements that opened the books of the file's accounts: entries up to their day are within them."""
    if not found.transactions:
        return {}
    accounts = {place: answered_account(file, found, place) for place in range(len(accounts_of(found)))}
    opened = {
        statement.account_id: statement
        for statement in PositionStatement.objects.filter(
            account__in=[account for account in accounts.values() if account], opened_book=True
        ).select_related("account")
    }
    return {place: opened[account.pk] for place, account in accounts.items() if account and account.pk in opened}


def is_within(row: PositionRow | TransactionRow, opening: PositionStatement) -> bool:
    """Say whether what the row tells is in the opening position already."""
    return isinstance(row, TransactionRow) and row.trade_date <= opening.as_of


@dataclass(frozen=True, slots=True)
class CustodianValue:
    """A row on its way in: the reader's own, and the place of its account among those of the file."""

    row: PositionRow | TransactionRow
    account: int
    name: NamedSecurity | None


def read_rows(found: CustodianFile, openings: Mapping[int, PositionStatement]) -> ReadFile:
    """Turn the file into rows of the import, each with what our ledger has to say about it."""
    places = {account.number: place for place, account in enumerate(accounts_of(found))}
    # a sweep fund that the custodian marks as the account's cash is cash, whatever it is called
    keys = {row.security for row in found.positions if not row.is_cash} | {row.security for row in found.transactions}
    names = {key: named(key) for key in keys if key is not None}
    unknown = _unknown(names.values())
    rows, today = [], firm_today()
    for position in found.positions:
        name = names.get(position.security) if position.security and not position.is_cash else None
        value = CustodianValue(position, places[position.account.number], name)
        rows.append(_row(value, _position_facts(position), (*_undated(position), *_foreign(position, name, unknown))))
    for entry in found.transactions:
        name = names.get(entry.security) if entry.security else None
        value = CustodianValue(entry, places[entry.account.number], name)
        opening = openings.get(value.account)
        if opening is not None and is_within(entry, opening):
            problems: tuple[RowProblem, ...] = (_contained(entry, opening),)
        else:
            problems = (*_unfit(entry, today), *_foreign(entry, name, unknown))
        rows.append(_row(value, _entry_facts(entry), problems))
    return ReadFile(rows=tuple(rows), problems=found.problems, ignored=found.ignored, lines=_lines(found))


def named(key: SecurityKey) -> NamedSecurity:
    """Name a security as our books do."""
    bare = not (key.symbol or key.cusip or key.isin)
    return NamedSecurity(key.symbol.upper(), key.cusip, key.isin, key.description[:200] if bare else "")


def _unknown(names: Iterable[NamedSecurity]) -> set[NamedSecurity]:
    wanted = set(names)
    missing = wanted - set(known_instruments(wanted))
    masters = securities_named(name.of_master for name in missing)
    return {name for name in missing if name.of_master not in masters}


def _row(value: CustodianValue, facts: dict[str, str], problems: tuple[RowProblem, ...]) -> ReadRow:
    row = value.row
    text = "\x1f".join(f"{name}={fact}" for name, fact in sorted(facts.items()))
    key = row.security
    what = key.symbol or key.cusip or key.description if key else gettext("Cash")
    return ReadRow(
        line=row.row,
        key=row.key,
        fingerprint=hashlib.sha256(text.encode()).hexdigest(),
        label=f"{row.account.masked} {what}".strip(),
        facts=facts,
        value=value,
        problems=problems,
    )


def _position_facts(row: PositionRow) -> dict[str, str]:
    return _told(
        {
            "as_of": row.as_of,
            "quantity": row.quantity,
            "price": row.price,
            "market_value": row.market_value,
            "cost_basis": row.cost_basis,
            "currency": row.currency,
        }
    )


def _entry_facts(row: TransactionRow) -> dict[str, str]:
    return _told(
        {
            "trade_date": row.trade_date,
            "settle_date": row.settle_date,
            "kind": row.kind.value,
            "quantity": row.quantity,
            "price": row.price,
            "amount": row.amount,
            "fees": row.fees or None,
            "currency": row.currency,
        }
    )


def _told(facts: Mapping[str, object]) -> dict[str, str]:
    return {
        name: f"{fact.normalize():f}" if isinstance(fact, Decimal) else str(fact)
        for name, fact in facts.items()
        if fact is not None
    }


def _undated(row: PositionRow) -> tuple[RowProblem, ...]:
    if row.as_of is not None:
        return ()
    return (
        RowProblem(
            row.row,
            "as_of",
            "missing_day",
            gettext_noop("The file does not say of which day the position is."),
            gettext_noop("Answer the question about the day above."),
        ),
    )


def _unfit(row: TransactionRow, today: dt.date) -> tuple[RowProblem, ...]:
    """Say what the ledger would refuse, beside the row."""
    units, cash = row.quantity or NOTHING, row.amount or NOTHING
    if row.kind.value in OF_CASH_ALONE:
        units = NOTHING
    problems = []
    if row.trade_date > today:
        problems.append(_problem(row, "trade_date", "future", gettext_noop("The trade date lies in the future.")))
    if not units_fit(row.kind.value, units) or (units and row.security is None):
        message = gettext_noop("The quantity does not fit an entry of this kind.")
        problems.append(_problem(row, "quantity", "units_unfit", message))
    if not cash_fits(row.kind.value, cash):
        message = gettext_noop("The amount does not fit an entry of this kind.")
        problems.append(_problem(row, "amount", "cash_unfit", message))
    return tuple(problems)


def _contained(row: TransactionRow, opening: PositionStatement) -> RowProblem:
    return RowProblem(
        row.row,
        "trade_date",
        "within_opening",
        gettext_noop("The book of the account was opened with its position of %(day)s, which contains this entry."),
        gettext_noop("To keep the entry by itself, take the positions back and bring the transactions first."),
        {"day": opening.as_of.isoformat()},
        Severity.WARNING,
    )


def _problem(row: TransactionRow, column: str, code: str, message: str) -> RowProblem:
    mend = gettext_noop("Correct the row in the file, or leave it out and record the entry by hand.")
    return RowProblem(row.row, column, code, message, mend)


def _foreign(
    row: PositionRow | TransactionRow, name: NamedSecurity | None, unknown: set[NamedSecurity]
) -> tuple[RowProblem, ...]:
    if name is None or name not in unknown:
        return ()
    return (
        RowProblem(
            row.row,
            "security",
            "not_in_master",
            gettext_noop("The securities master does not know this security."),
            gettext_noop("It is taken in as one of the firm's own and valued at the prices of its files."),
            severity=Severity.WARNING,
        ),
    )


def _lines(found: CustodianFile) -> dict[int, dict[str, str]]:
    if found.table is None:
        return {}
    return {
        row.line: {head: str(cell)[:100] for head, cell in zip(found.table.header, row.cells, strict=False) if cell}
        for row in found.table.rows
    }
