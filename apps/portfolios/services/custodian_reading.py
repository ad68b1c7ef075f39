"""A custodian's file as rows of the import: which account each belongs to, and whether our ledger can take it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext

from apps.accounts.selectors.firm_days import firm_today
from apps.clients.ports import ImportFile, Question, ReadFile, ReadRow
from apps.core.tabular.problems import IgnoredReason, IgnoredRow, RowProblem, Severity
from apps.kernel.errors import gettext_noop
from apps.market.selectors.securities import securities_named
from apps.portfolios.models import PositionStatement
from apps.portfolios.policies import OF_CASH_ALONE, cash_fits, units_fit
from apps.portfolios.readers.custodian_csv import FileStyle
from apps.portfolios.readers.lots import read_lots
from apps.portfolios.readers.rows import CustodianFile, PositionRow, Row, Rows, TransactionRow
from apps.portfolios.services.custodian_accounts import accounts_of, answered_accounts
from apps.portfolios.services.custodian_actions import SettledAction
from apps.portfolios.services.custodian_checks import with_doubts
from apps.portfolios.services.custodian_plain import label_of
from apps.portfolios.services.custodian_plain_lines import ground_for, parted
from apps.portfolios.services.custodian_terms import action_rows
from apps.portfolios.services.instruments import NamedSecurity, known_instruments, named

NOTHING = Decimal(0)
# what the narrowest column holds; the longest symbol of the books
_LIMIT, _LONGEST_SYMBOL = Decimal(10) ** 12, 32


def lots_file(file: ImportFile) -> CustodianFile:
    """Read a list of tax lots, CSV or XLSX. Raises FileRefusedError with the line."""
    day = file.answers.get("as_of", "")
    style = FileStyle(as_of=dt.date.fromisoformat(day) if day else None)
    if ("lots", day) not in file.known:
        file.known["lots", day] = read_lots(file.content, filename=file.filename, style=style)
    found: CustodianFile = file.known["lots", day]
    return found


def day_question(found: CustodianFile) -> Question | None:
    """Ask for the day of positions where the file gives none: one of the last ten days."""
    told = [*Rows.of(PositionRow, found.positions).columns["as_of"], *(row.as_of for row in found.lots)]
    if not told or all(told):
        return None
    today = firm_today()
    days = [today - dt.timedelta(days=n) for n in range(10)]
    options = tuple((day.isoformat(), day.isoformat()) for day in days)
    return Question("as_of", gettext("The positions are of the close of"), options, options[1][0])


def openings_of(file: ImportFile, found: CustodianFile) -> dict[int, PositionStatement]:
    """Return the statements that opened the books of the file's accounts: entries up to their day are within them."""
    if not found.transactions:
        return {}
    accounts = answered_accounts(file, found)
    opened = {
        statement.account_id: statement
        for statement in PositionStatement.objects.filter(
            account__in={account.pk for account in accounts.values()}, opened_book=True
        ).select_related("account")
    }
    return {place: opened[account.pk] for place, account in accounts.items() if account.pk in opened}


def is_within(row: PositionRow | TransactionRow, opening: PositionStatement) -> bool:
    """Say whether what the row tells is in the opening position already."""
    return isinstance(row, TransactionRow) and row.trade_date <= opening.as_of


@dataclass(frozen=True, slots=True)
class CustodianValue:
    """A row on its way in: the reader's own, and the place of its account among those of the file."""

    row: PositionRow | TransactionRow
    account: int
    name: NamedSecurity | None
    action: SettledAction | None = None


def read_rows(file: ImportFile, found: CustodianFile) -> ReadFile:
    """Turn the file into rows of the import, each with what our ledger has to say about it.

    Of a file of the whole firm, lines of accounts that the firm does not have are set aside.
    """
    ground = ground_for(file, found)  # before anything is read of the books
    told, openings = accounts_of(found), openings_of(file, found)
    places = {account.number: place for place, account in enumerate(told)}
    if file.household_id is None:
        found = without_strangers(found, {told[place].number for place in answered_accounts(file, found)})
    found, plain = parted(file, found, openings, ground)
    # a sweep fund that the custodian marks as the account's cash is cash, whatever it is called
    keys = {row.security for row in found.positions if not row.is_cash} | {row.security for row in found.transactions}
    keys |= {row.terms.into for row in action_rows(found) if row.terms}
    names = {key: named(key) for key in keys if key is not None}
    unknown = _unknown(names.values())
    rows, today = [], firm_today()
    for position in found.positions:
        name = names.get(position.security) if position.security and not position.is_cash else None
        value = CustodianValue(position, places[position.account.number], name)
        problems: tuple[RowProblem, ...] = (
            *_undated(position),
            *_too_long(position),
            *_foreign(position, name, unknown),
        )
        rows.append(_row(value, _position_facts(position), problems))
    for entry in found.transactions:
        name = names.get(entry.security) if entry.security else None
        value = CustodianValue(entry, places[entry.account.number], name)
        opening = openings.get(value.account)
        if opening is not None and is_within(entry, opening):
            problems = (_contained(entry, opening),)
        else:
            new = None if entry.terms else name
            problems = (*_unfit(entry, today), *_too_long(entry), *_foreign(entry, new, unknown))
        rows.append(_row(value, _entry_facts(entry), problems))
    doubted, aside = with_doubts(file, found, rows, openings)
    doubted = [_with_new_security(row, unknown) for row in doubted]
    ignored = tuple(sorted((*found.ignored, *aside), key=lambda line: line.row))
    return ReadFile(rows=tuple(doubted), problems=found.problems, ignored=ignored, lines=_lines(found), plain=plain)


def _with_new_security(row: ReadRow, unknown: set[NamedSecurity]) -> ReadRow:
    """Say so where a corporate action brings a security that nobody knows."""
    into = row.value.action.into if row.value.action else None
    return row if into is None else replace(row, problems=(*row.problems, *_foreign(row.value.row, into, unknown)))


def without_strangers(found: CustodianFile, ours: Collection[str]) -> CustodianFile:
    """Return the file without lines of other accounts than these: they are set aside, and told once."""
    if all(account.number in ours for account in accounts_of(found)):
        return found
    told: tuple[PositionRow | TransactionRow, ...] = (*found.positions, *found.transactions)
    strange = [row for row in told if row.account.number not in ours]
    numbers = sorted({row.account.masked or gettext("without a number") for row in strange})
    problem = RowProblem(
        0,
        "",
        "unknown_accounts",
        gettext_noop("%(rows)s lines are of %(count)s accounts that the firm does not have: %(shown)s."),
        gettext_noop("They are left out. Open the accounts, or enter their full numbers, and bring the file again."),
        {
            "rows": len(strange),
            "count": len({row.account.number for row in strange}),
            "shown": ", ".join(numbers[:5]) + (", …" if len(numbers) > 5 else ""),
        },
        Severity.WARNING,
    )
    aside = (IgnoredRow(row.row, IgnoredReason.NOTE, row.account.masked) for row in strange)
    return replace(
        found,
        positions=_of(Rows.of(PositionRow, found.positions), ours),
        transactions=_of(Rows.of(TransactionRow, found.transactions), ours),
        problems=(*found.problems, problem),
        ignored=tuple(sorted((*found.ignored, *aside), key=lambda line: line.row)),
    )


def _of(rows: Rows[Row], ours: Collection[str]) -> Rows[Row]:
    return rows.only([n for n, account in enumerate(rows.columns["account"]) if account.number in ours])


def _unknown(names: Iterable[NamedSecurity]) -> set[NamedSecurity]:
    wanted = set(names)
    missing = wanted - set(known_instruments(wanted))
    masters = securities_named(name.of_master for name in missing)
    return {name for name in missing if name.of_master not in masters}


def _row(value: CustodianValue, facts: dict[str, str], problems: tuple[RowProblem, ...]) -> ReadRow:
    row = value.row
    # an action is booked by what was held then: other terms are another one, never a change of it
    is_action = isinstance(row, TransactionRow) and row.terms is not None
    text = row.key if is_action else "\x1f".join(f"{name}={fact}" for name, fact in sorted(facts.items()))
    return ReadRow(
        line=row.row,
        key=row.key,
        fingerprint=hashlib.sha256(text.encode()).hexdigest(),
        label=label_of(row.account, row.security),
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
            "into": _into(row),
            "new": row.terms.new if row.terms else None,
        }
    )


def _into(row: TransactionRow) -> str | None:
    key = row.terms.into if row.terms else None
    return (key.symbol or key.cusip or key.isin or key.description) if key else None


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
    """Say what the ledger would refuse, beside the row; what a corporate action comes to is told with what is held."""
    units, cash = row.quantity or NOTHING, row.amount or NOTHING
    if row.kind.value in OF_CASH_ALONE:
        units = NOTHING
    problems = []
    if row.trade_date > today:
        problems.append(_problem(row, "trade_date", "future", gettext_noop("The trade date lies in the future.")))
    if row.settle_date is not None and row.settle_date < row.trade_date:
        message = gettext_noop("An entry cannot settle before it was traded.")
        problems.append(_problem(row, "settle_date", "settles_before", message))
    if row.terms is not None:
        return tuple(problems)
    if not units_fit(row.kind.value, units) or (units and row.security is None):
        message = gettext_noop("The quantity does not fit an entry of this kind.")
        problems.append(_problem(row, "quantity", "units_unfit", message))
    if not cash_fits(row.kind.value, cash):
        message = gettext_noop("The amount does not fit an entry of this kind.")
        problems.append(_problem(row, "amount", "cash_unfit", message))
    return tuple(problems)


def _too_long(row: PositionRow | TransactionRow) -> Iterator[RowProblem]:
    """Find numbers and names that no column of ours can hold."""
    numbers = {"quantity": row.quantity, "price": row.price}
    if isinstance(row, PositionRow):
        numbers |= {"market_value": row.market_value, "cost_basis": row.cost_basis}
    else:
        numbers |= {"amount": row.amount, "fees": row.fees}
    for column, number in numbers.items():
        if number is not None and abs(number) >= _LIMIT:
            message = gettext_noop("The number is larger than any account's.")
            yield _problem(row, column, "out_of_range", message)
    if row.security is not None and len(row.security.symbol) > _LONGEST_SYMBOL:
        yield _problem(row, "symbol", "no_symbol", gettext_noop("No security has so long a symbol."))


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


def _problem(row: PositionRow | TransactionRow, column: str, code: str, message: str) -> RowProblem:
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
    doubted = {problem.row for problem in found.problems}
    return {
        row.line: {head: str(cell)[:100] for head, cell in zip(found.table.header, row.cells, strict=False) if cell}
        for row in found.table.rows
        if row.line in doubted
    }
