"""Plain lines of a firm's file on their way into the books: by COPY, under the ids that their plan gave them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext

from apps.clients.models import ImportBatch, RowAction
from apps.clients.models.plain_rows import ACTION, ID, LINE, PlainRows
from apps.clients.ports import ImportFile, Progress, TakenPlain
from apps.core import audit, realtime
from apps.core.models import AuditEvent, BaseModel
from apps.core.whole_rows import copied_text, copy_lines, insert_models
from apps.kernel.errors import DomainError
from apps.portfolios.models import PositionStatement, StatementLine, Transaction, TransactionKind
from apps.portfolios.services.custodian_ground import lock_accounts, names_of
from apps.portfolios.services.custodian_plain import ACCOUNT, NULL, SECURITY, TOLD
from apps.portfolios.services.custodian_plain_lines import ENTRY, POSITION
from apps.portfolios.services.custodian_taking import located
from apps.portfolios.services.instruments import instruments_for
from apps.portfolios.services.prices import FilePrice, keep_prices
from apps.portfolios.services.statements import note_statements
from apps.portfolios.services.transactions import demand_book, with_actions

_DAY, NO_SECURITY = TOLD + ENTRY.index("trade_date"), "-1"
_QUANTITY, _VALUE = (TOLD + POSITION.index(name) for name in ("quantity", "market_value"))
_OPENINGS: tuple[str, ...] = ("account_id", "instrument_id", "public_id", "trade_date", "currency", "kind", "units")
_OPENINGS += ("price", "cash", "cost", "fees", "external_key", "description")
_BLANK = ("0", "", "")
Row = list[str]


class TakingPlain:
    """Plain rows of one file and what they become."""

    def __init__(self, file: ImportFile, plain: PlainRows, progress: Progress) -> None:
        self.file, self.progress, self.now = file, progress, timezone.now()
        create = RowAction.CREATE.value
        cells = (row.split("\t") for row in plain.rows)
        self.rows = [row for row in cells if row[ACTION] == create]
        self.accounts = lock_accounts(plain.head)
        progress(0.1, gettext("Looking up securities"))
        names = names_of(plain.head)
        used = {names[int(place)] for place in {row[SECURITY] for row in self.rows} if place != NO_SECURITY}
        by_name = instruments_for(names=used, by=file.by)
        self.instruments = {str(place): by_name[name] for place, name in enumerate(names) if name in by_name}
        self.ids = {place: str(instrument.pk) for place, instrument in self.instruments.items()} | {NO_SECURITY: NULL}

    def entries(self) -> TakenPlain:
        """Add the entries, tell them on the trail, and keep the prices of securities that the master lacks."""
        self.progress(0.2, gettext("Recording transactions"))
        rows = ((row[ACCOUNT], self.ids[row[SECURITY]], row[ID], *row[TOLD:]) for row in self.rows)
        self._copy(Transaction, ("account_id", "instrument_id", "public_id", *ENTRY), rows)
        by_account = self._by_account(_DAY)
        self._demand_books(by_account)
        audit.record_all(self._event(pk, rows, days) for pk, (rows, days) in by_account.items())
        self._keep_prices(_DAY, TOLD + ENTRY.index("price"), of_trade=True)
        self._tell(by_account)
        return TakenPlain(self.now)

    def positions(self) -> TakenPlain:
        """Keep the statements with their lines, open empty books with them, and hold all against our books."""
        self.progress(0.2, gettext("Comparing positions"))
        by_account = self._by_account(TOLD)
        filled = set(Transaction.objects.filter(account__in=by_account).values_list("account", flat=True).distinct())
        told = {
            pk: PositionStatement(
                account=self.accounts[pk],
                as_of=dt.date.fromisoformat(days[0]),
                source=self.file.filename[:200],
                opened_book=pk not in filled,
            )
            for pk, (_, days) in by_account.items()
        }
        insert_models(list(told.values()))
        ids = {str(pk): str(statement.pk) for pk, statement in told.items()}
        lines = ((ids[row[ACCOUNT]], self.ids[row[SECURITY]], row[ID], *row[TOLD + 1 :]) for row in self.rows)
        self._copy(StatementLine, ("statement_id", "instrument_id", "public_id", *POSITION[1:]), lines)
        first = {pk: list(filter(_opens, rows)) for pk, (rows, _) in by_account.items() if told[pk].opened_book}
        opened = {pk: rows for pk, rows in first.items() if rows}
        self._copy(Transaction, _OPENINGS, (self._opening(row) for rows in opened.values() for row in rows))
        audit.record_all(self._event(pk, rows, by_account[pk][1]) for pk, rows in opened.items())
        sizes = [(statement, len(by_account[pk][0])) for pk, statement in told.items()]
        note_statements(taken=sizes, source=self.file.filename[:200], by=self.file.by)
        self._keep_prices(TOLD, TOLD + POSITION.index("price"), of_trade=False)
        self._tell(opened)
        return TakenPlain(self.now, tuple(told.values()))

    def _opening(self, row: Row) -> Row:
        """Return the entry that a line of a first statement opens the book with."""
        day, _key, quantity, price, value, cost, currency = row[TOLD:]
        begin = [row[ACCOUNT], self.ids[row[SECURITY]], row[ID], day, currency]
        if row[SECURITY] != NO_SECURITY:
            return [*begin, TransactionKind.TRANSFER_IN.value, quantity, price, "0", cost, *_BLANK]
        kind = (TransactionKind.WITHDRAWAL if value.startswith("-") else TransactionKind.DEPOSIT).value
        return [*begin, kind, "0", NULL, value, NULL, *_BLANK]

    def _by_account(self, day: int) -> dict[int, tuple[list[Row], list[str]]]:
        """Return the rows of each account with their days in order."""
        found: dict[int, list[Row]] = {}
        for row in self.rows:
            found.setdefault(int(row[ACCOUNT]), []).append(row)
        return {pk: (found[pk], sorted(row[day] for row in found[pk])) for pk in sorted(found)}

    def _copy(self, model: type[BaseModel], columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Add rows of a model, and when they were made."""
        end = f"\t{self.now}\t{self.now}"
        if model is Transaction:
            columns = (*columns, "source", "recorded_by", "recorded_at")
            end = f"\t{copied_text(self.file.filename[:200])}\t{copied_text(self.file.by.key)}\t{self.now}{end}"
        lines = ("\t".join(row) + end for row in rows)
        copy_lines(model._meta.db_table, (*columns, "created_at", "updated_at"), lines)

    def _event(self, pk: int, rows: Sequence[Row], days: Sequence[str]) -> AuditEvent:
        after = {"entries": len(rows), "first": days[0], "last": days[-1], "ids": [row[ID] for row in rows]}
        return audit.event("portfolios.record_transactions", by=self.file.by, target=self.accounts[pk], after=after)

    def _demand_books(self, by_account: Mapping[int, tuple[list[Row], list[str]]]) -> None:
        """Let books with corporate actions or named lots refuse what they cannot be, by their lines."""
        for account in with_actions(self.accounts[pk] for pk in by_account):
            try:
                demand_book(account)
            except DomainError as refused:
                raise located(refused, [int(row[LINE]) for row in by_account[account.pk][0]]) from refused

    def _keep_prices(self, day: int, price: int, *, of_trade: bool) -> None:
        own = {place: each for place, each in self.instruments.items() if each.master_id is None}
        prices = [
            FilePrice(
                own[row[SECURITY]],
                dt.date.fromisoformat(row[day]),
                Decimal(row[price]),
                int(row[LINE]),
                of_trade=of_trade,
            )
            for row in self.rows
            if row[SECURITY] in own and row[price] not in {NULL, "0"} and not row[price].startswith("-")
        ]
        if prices:
            batch = ImportBatch.objects.select_related("household").get(pk=self.file.batch_id or 0)
            keep_prices(prices=prices, source=self.file.filename[:200], by=self.file.by, batch=batch)

    def _tell(self, pks: Iterable[int]) -> None:
        realtime.publish_all(
            (f"household:{account.household.public_id}", "portfolio.changed", {"account": str(account.public_id)})
            for account in (self.accounts[pk] for pk in pks)
        )


def _opens(row: Row) -> bool:
    """Say whether a line of a first statement opens the book with anything: nothing comes in of nothing."""
    return row[_QUANTITY] != "0" or row[_VALUE] != "0"
