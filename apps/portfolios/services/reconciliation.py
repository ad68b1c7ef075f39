"""A custodian's statement against our own book: the breaks, their likely causes, and how each was mended."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils import timezone

from apps.core import audit, realtime
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.dates import DateSpan
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop
from apps.kernel.money import Money
from apps.portfolios.engine.positions import book_at
from apps.portfolios.engine.reconcile import Break, CustodianPosition, CustodianStatement, OwnPrice, reconcile
from apps.portfolios.models import (
    Account,
    BreakState,
    Instrument,
    PositionStatement,
    ReconciliationBreak,
    StatementKind,
    StatementLine,
    Transaction,
)
from apps.portfolios.selectors._mapping import book_entries
from apps.portfolios.selectors.lot_rules import book_policy
from apps.portfolios.selectors.prices import PriceBook
from apps.portfolios.services._mapping import proposal_of, proposed_entry
from apps.portfolios.services.entries import NOTHING
from apps.portfolios.services.lot_statements import OF_LOTS, adopt_lots, close_gone, open_rows, reconcile_lots
from apps.portfolios.services.transactions import record_transaction, reverse_transaction


class BreakClosedError(DomainError):
    """The break needs nothing any more, or has no proposal."""

    code = "break_closed"


@service
def reconcile_statement(*, statement: PositionStatement, by: Actor) -> list[ReconciliationBreak]:
    """Compare the book with the statement; open breaks that are gone are closed, explained ones stay explained.

    What a later statement found stays as it is.
    """
    if statement.kind == StatementKind.LOTS:
        return reconcile_lots(statement=statement, by=by)
    account = statement.account
    found = _differences(statement)
    earlier, later = open_rows(statement, account.breaks.exclude(kind__in=OF_LOTS))
    open_ones = {_key(row): row for row in earlier}
    settled = {_key(row) for row in (*later, *statement.breaks.filter(state=BreakState.EXPLAINED))}
    result = []
    for each in found:
        row = _row(statement, each)
        if _key(row) in settled:
            continue
        known = open_ones.pop(_key(row), None)
        result.append(_kept(known, row) if known else row)
    gone = close_gone(open_ones.values())
    for row in result:
        row.save()
    note_reconciled(statements=[statement], breaks=len(result), gone=gone, by=by)
    return result


@service
def note_reconciled(
    *, statements: Sequence[PositionStatement], by: Actor, breaks: int = 0, gone: Sequence[str] = ()
) -> None:
    """Note that these statements were held against the book: so many breaks each, and the names of those gone."""
    now = timezone.now()
    for statement in statements:
        statement.reconciled_at = statement.updated_at = now
    PositionStatement.objects.filter(pk__in=[each.pk for each in statements]).update(reconciled_at=now, updated_at=now)
    audit.record_all(
        audit.event(
            "portfolios.reconcile_statement",
            by=by,
            target=each,
            after={"as_of": each.as_of, "breaks": breaks, "gone": list(gone)},
        )
        for each in statements
    )
    accounts = [each.account for each in statements]
    realtime.publish_all(
        (f"household:{account.household.public_id}", "portfolio.reconciled", {"account": str(account.public_id)})
        for account in accounts
    )


def _differences(statement: PositionStatement) -> tuple[Break, ...]:
    account, as_of = statement.account, statement.as_of
    lines = list(statement.lines.select_related("instrument"))
    ledger = account.transactions.select_related("reversal_of").prefetch_related("lot_choices")
    ledger = ledger.order_by("trade_date", "id")
    entries = book_entries(ledger)
    instruments = {i.pk: i for i in Instrument.objects.filter(transactions__account=account).select_related("master")}
    instruments |= {line.instrument.pk: line.instrument for line in lines if line.instrument}
    prices = PriceBook(instruments.values(), account.currency, DateSpan(as_of, as_of))
    own = {}
    for pk, instrument in instruments.items():
        close = prices.price(pk, as_of)
        if close is not None:
            own[str(pk)] = OwnPrice(close.close * instrument.multiplier, close.day)
    cash = [line.market_value for line in lines if line.instrument is None and line.currency == account.currency]
    stated = CustodianStatement(
        as_of=as_of,
        positions=tuple(_positions(lines)),
        cash=Money(sum(cash, NOTHING), account.currency) if cash else None,
    )
    standing = {str(row.public_id) for row in ledger.standing()}
    usable = [entry for entry in entries if entry.transaction_id in standing]
    return reconcile(book_at(entries, as_of, book_policy(account)), stated, usable, own)


def _positions(lines: Sequence[StatementLine]) -> list[CustodianPosition]:
    """Add up rows of one security: custodians list cash and margin shares apart."""
    by_instrument: dict[int, list[StatementLine]] = {}
    for line in lines:
        if line.instrument_id is not None:
            by_instrument.setdefault(line.instrument_id, []).append(line)
    return [
        CustodianPosition(
            security_id=str(instrument_id),
            quantity=sum((line.quantity for line in group), NOTHING),
            price=group[0].price,
            market_value=sum((line.market_value for line in group), NOTHING),
            multiplier=group[0].instrument.multiplier if group[0].instrument else Decimal(1),
        )
        for instrument_id, group in by_instrument.items()
    ]


def _row(statement: PositionStatement, each: Break) -> ReconciliationBreak:
    return ReconciliationBreak(
        account=statement.account,
        statement=statement,
        kind=each.kind.value,
        instrument_id=int(each.security_id) if each.security_id else None,
        ours=each.ours.quantize(Decimal("0.00000001")),
        theirs=each.theirs.quantize(Decimal("0.00000001")),
        cause=each.cause.value,
        proposal=proposal_of(each.proposal),
    )


def _key(row: ReconciliationBreak) -> tuple[str, int | None]:
    return row.kind, row.instrument_id


def _kept(known: ReconciliationBreak, row: ReconciliationBreak) -> ReconciliationBreak:
    known.statement = row.statement
    known.ours, known.theirs, known.cause, known.proposal = row.ours, row.theirs, row.cause, row.proposal
    return known


@service
def accept_proposal(*, difference: ReconciliationBreak, by: Actor) -> Transaction:
    """Record the proposed entry of a break, then reconcile again.

    Raises BreakClosedError for a break that is closed or has no proposal, and what recording raises.
    """
    locked = _locked(difference)
    if locked.state != BreakState.OPEN or not locked.proposal:
        raise BreakClosedError(
            gettext_noop("This break is closed, or nothing can be proposed for it."),
            mend=gettext_noop("Reload the page; explain the break, or record an entry by hand."),
        )
    entry = _record_proposal(locked, by)
    locked.state, locked.entry, locked.resolved_at = BreakState.ENTERED, entry, timezone.now()
    locked.save(update_fields=["state", "entry", "resolved_at", "updated_at"])
    audit.record(
        "portfolios.accept_proposal", by=by, target=locked, after={"entry": str(entry.public_id), "kind": locked.kind}
    )
    reconcile_statement(statement=locked.statement, by=by)
    return entry


def _record_proposal(difference: ReconciliationBreak, by: Actor) -> Transaction:
    if difference.kind in OF_LOTS:
        return adopt_lots(difference=difference, by=by)
    if reverses := difference.proposal.get("reverses"):
        target = difference.account.transactions.get(public_id=reverses)
        return reverse_transaction(
            transaction=target, reason=gettext_noop("Stands twice in the book (reconciliation)."), by=by
        )
    instruments = {i.pk: i for i in Instrument.objects.filter(pk=difference.proposal.get("instrument", 0))}
    entry = proposed_entry(difference.proposal, instruments)
    return record_transaction(account=difference.account, entry=entry, by=by)


@service
def explain_break(*, difference: ReconciliationBreak, note: str, by: Actor) -> ReconciliationBreak:
    """Close a break with an explanation, without an entry.

    Raises InvalidInputError without a note, BreakClosedError for one that is closed.
    """
    if not note.strip():
        raise InvalidInputError(gettext_noop("Say why the difference may stand."), field="note")
    locked = _locked(difference)
    if locked.state != BreakState.OPEN:
        raise BreakClosedError(gettext_noop("This break is closed already."), mend=gettext_noop("Reload the page."))
    locked.state, locked.note, locked.resolved_at = BreakState.EXPLAINED, note.strip()[:300], timezone.now()
    locked.save(update_fields=["state", "note", "resolved_at", "updated_at"])
    audit.record("portfolios.explain_break", by=by, target=locked, after={"kind": locked.kind}, reason=locked.note)
    return locked


def _locked(difference: ReconciliationBreak) -> ReconciliationBreak:
    """Lock the account and then its break, in the order in which a statement takes them."""
    Account.objects.select_for_update().get(pk=difference.account_id)
    return ReconciliationBreak.objects.select_for_update(of=("self",)).get(pk=difference.pk)
