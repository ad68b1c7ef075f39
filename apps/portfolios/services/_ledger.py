"""The units of an account day by day, while entries are checked against them and become rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from decimal import ROUND_DOWN, Decimal

from django.core.exceptions import ValidationError
from django.db.models import CharField, DecimalField
from django.db.models.expressions import RawSQL

from apps.accounts.selectors.firm_days import firm_today
from apps.core.actors import Actor
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop
from apps.portfolios.models import Account, LotChoice, Transaction, TransactionKind
from apps.portfolios.policies import LEADS_ELSEWHERE, OF_RATIO, RESHAPES, cash_fits, first_shortfall, units_fit
from apps.portfolios.services._checks import refusal
from apps.portfolios.services.entries import TransactionEntry

UNIT, NOTHING = Decimal("0.00000001"), Decimal(0)
OF_SECURITY = {"buy", "sell", "reinvest", "cash_in_lieu", "return_of_capital"} | RESHAPES
_OF_ACTION = RESHAPES | {TransactionKind.RECEIVED}
# the others come with an entry of one of these
_RECORDED = frozenset(TransactionKind.values) - {TransactionKind.REVERSAL, TransactionKind.RECEIVED}


_NUMBERS = tuple(
    (field.attname, Decimal(10) ** (field.max_digits - field.decimal_places), field.decimal_places)
    for field in Transaction._meta.concrete_fields
    if isinstance(field, DecimalField)
)


def _fits(number: object, limit: Decimal, places: int) -> bool:
    """Say whether a number has no more digits than its column."""
    if number is None or number == 0:
        return True
    if not isinstance(number, Decimal) or not number.is_finite():
        return False
    return -places <= number.as_tuple().exponent and abs(number) < limit  # type: ignore[operator]


class ShortfallError(DomainError):
    """More would leave than is held."""

    code = "oversold"


class AccountLedger:
    """What an account holds, entry by entry; entries that were taken back count as if they had never been."""

    def __init__(self, account: Account, today: dt.date) -> None:
        self.account, self.today = account, today
        # day, units, and whether a corporate action moved them: those come first on their day
        self.moves: dict[int, list[tuple[dt.date, Decimal, bool]]] = {}
        self.reshaped: dict[int, dt.date] = {}
        self.touched: set[int] = set()
        self.keys: set[str] = set()
        self._choices: list[LotChoice] = []
        self._legs: list[tuple[Transaction, TransactionEntry, Decimal]] = []

    def know(self, instrument_id: int, day: dt.date, units: Decimal, kind: str) -> None:
        """Take up what is recorded already."""
        self.moves.setdefault(instrument_id, []).append((day, units, kind in _OF_ACTION))
        if kind in RESHAPES:
            self.reshaped[instrument_id] = max(day, self.reshaped.get(instrument_id, day))

    def move(self, instrument_id: int | None, day: dt.date, units: Decimal, kind: str = "") -> None:
        """Add to what is held. Raises InvalidInputError before a corporate action that was reckoned without it."""
        if instrument_id is None or not units:
            return
        if day < self.reshaped.get(instrument_id, day):
            raise InvalidInputError(
                gettext_noop(
                    "The account has a later corporate action of this security, on %(day)s, reckoned without this."
                ),
                mend=gettext_noop("Take that one back, record this, and record the action again."),
                field="trade_date",
                day=self.reshaped[instrument_id],
            )
        self.moves.setdefault(instrument_id, []).append((day, units, kind in _OF_ACTION))
        self.touched.add(instrument_id)

    def held_for_action(self, instrument_id: int, day: dt.date) -> Decimal:
        """Return what a corporate action of the day meets: what was held the day before, and earlier actions."""
        moves = self.moves.get(instrument_id, [])
        return sum((units for on, units, of_action in moves if on < day or (on == day and of_action)), NOTHING)

    def row(self, entry: TransactionEntry, by: Actor) -> Transaction:
        """Check one entry and return its row; the leg of a corporate action waits in `legs`."""
        self._check_entry(entry)
        units, new, old, received = entry.units, entry.split_new, entry.split_old, NOTHING
        if entry.kind in RESHAPES and entry.instrument is not None:
            held = self.held_for_action(entry.instrument.pk, entry.trade_date)
            units, new, old, received = _reshaped(entry, held)
        if not units_fit(entry.kind, units):
            raise _sign(entry, "quantity")
        if not cash_fits(entry.kind, entry.cash):
            raise _sign(entry, "amount")
        instrument_id = entry.instrument.pk if entry.instrument else None
        self.move(instrument_id, entry.trade_date, units, entry.kind)
        if entry.kind in RESHAPES and instrument_id is not None:
            self.reshaped[instrument_id] = max(entry.trade_date, self.reshaped.get(instrument_id, entry.trade_date))
        row = self._row(entry, by)
        row.units, row.split_new, row.split_old = units, new, old
        _clean(row)
        self._choices += [LotChoice(transaction=row, lot_id=lot.lot_id, quantity=lot.quantity) for lot in entry.lots]
        if entry.kind in LEADS_ELSEWHERE and entry.into is not None:
            self.move(entry.into.pk, entry.trade_date, received, TransactionKind.RECEIVED)
            self._legs.append((row, entry, received))
        return row

    def legs(self, by: Actor) -> list[Transaction]:
        """Return the legs of the corporate actions, whose own rows are stored by now."""
        found = []
        for row, entry, received in self._legs:
            leg = Transaction(
                account=self.account,
                kind=TransactionKind.RECEIVED,
                trade_date=entry.trade_date,
                settle_date=entry.settle_date,
                instrument=entry.into,
                units=received,
                currency=row.currency,
                description=row.description,
                source=entry.source,
                leg_of=row,
                recorded_by=by.key,
            )
            _clean(leg)
            found.append(leg)
        return found

    def choices(self) -> list[LotChoice]:
        """Return the lots that were named, for rows that are stored by now."""
        return self._choices

    def named(self, row: Transaction) -> list[list[str]]:
        """Return what was named for a row, for the trail."""
        return [[each.lot_id, f"{each.quantity:f}"] for each in self._choices if each.transaction is row]

    def _row(self, entry: TransactionEntry, by: Actor) -> Transaction:
        return Transaction(
            account=self.account,
            kind=entry.kind,
            trade_date=entry.trade_date,
            settle_date=entry.settle_date,
            instrument=entry.instrument,
            price=entry.price,
            cash=entry.cash,
            fees=entry.fees,
            cost=entry.cost,
            acquired_on=entry.acquired_on,
            into=entry.into,
            fair_old=entry.fair_old,
            fair_new=entry.fair_new,
            currency=entry.currency or self.account.currency,
            description=entry.description[:300],
            external_key=entry.external_key,
            source=entry.source,
            recorded_by=by.key,
        )

    def _check_entry(self, entry: TransactionEntry) -> None:
        if entry.trade_date > self.today:
            raise InvalidInputError(gettext_noop("The trade date lies in the future."), field="trade_date")
        if entry.settle_date is not None and entry.settle_date < entry.trade_date:
            raise InvalidInputError(gettext_noop("An entry cannot settle before it was traded."), field="settle_date")
        if entry.kind not in _RECORDED:
            raise InvalidInputError(gettext_noop("“%(kind)s” cannot be recorded."), field="kind", kind=entry.kind)
        if (entry.units or entry.kind in OF_SECURITY) and entry.instrument is None:
            raise InvalidInputError(gettext_noop("The entry names no security."), field="instrument")
        if entry.kind in RESHAPES:
            _check_terms(entry)
        if entry.lots:
            _check_lots(entry)
        if entry.external_key:
            if entry.external_key in self.keys:
                raise InvalidInputError(gettext_noop("The account has this entry already."), field="external_key")
            self.keys.add(entry.external_key)

    def check(self) -> None:
        """Raise ShortfallError when less than nothing would be held on any day."""
        for instrument_id in self.touched:
            day = first_shortfall((on, units) for on, units, _ in self.moves[instrument_id])
            if day is not None:
                raise ShortfallError(
                    gettext_noop("On %(day)s more of a security would have left the account than it held."),
                    mend=gettext_noop("Record how the missing part came in first, or correct the quantity."),
                    field="quantity",
                    day=day,
                )


def ledgers_of(
    accounts: Iterable[Account], instruments: Collection[int], keys: Collection[str]
) -> dict[int, AccountLedger]:
    """Return the ledgers of accounts, by row id, as far as these securities and keys go, in two queries."""
    today = firm_today()
    found = {account.pk: AccountLedger(account, today) for account in accounts}
    rows = Transaction.objects.standing().filter(account__in=found, instrument__in=instruments)
    for pk, instrument_id, day, units, kind in rows.values_list(
        "account_id", "instrument_id", "trade_date", "units", "kind"
    ):
        found[pk].know(instrument_id, day, units, kind)
    # one array and not a hundred thousand parameters
    named = RawSQL("SELECT unnest(%s::text[])", [list(keys)], output_field=CharField())
    known = (
        Transaction.objects.filter(account__in=found, external_key__in=named) if keys else Transaction.objects.none()
    )
    for pk, key in known.values_list("account_id", "external_key"):
        found[pk].keys.add(key)
    return found


def _check_lots(entry: TransactionEntry) -> None:
    if entry.kind not in {TransactionKind.SELL, TransactionKind.TRANSFER_OUT}:
        raise InvalidInputError(gettext_noop("Lots are named for what leaves the account."), field="lots")
    if any(lot.quantity <= 0 for lot in entry.lots) or sum(lot.quantity for lot in entry.lots) != -entry.units:
        raise InvalidInputError(
            gettext_noop("The named lots do not add up to the quantity that leaves."),
            mend=gettext_noop("Name lots for every share, each once."),
            field="lots",
        )
    if len({lot.lot_id for lot in entry.lots}) != len(entry.lots):
        raise InvalidInputError(gettext_noop("A lot is named twice."), field="lots")


def _check_terms(entry: TransactionEntry) -> None:
    if entry.kind in LEADS_ELSEWHERE and (entry.into is None or entry.into == entry.instrument):
        raise InvalidInputError(gettext_noop("The action does not say which other security comes of it."), field="into")
    for name in ("split_new", "split_old"):
        told = getattr(entry, name)
        if told is not None and told <= 0:
            raise InvalidInputError(gettext_noop("The ratio needs two numbers above zero."), field=name)
    needs_ratio = entry.kind in OF_RATIO and not entry.units
    if needs_ratio and (entry.split_new is None or entry.split_old is None):
        raise InvalidInputError(gettext_noop("The action needs its ratio, new shares for old ones."), field="split_new")
    of_values = entry.kind == TransactionKind.SPIN_OFF or (entry.kind == TransactionKind.MERGER and entry.cash)
    if of_values and entry.fair_new is None:
        raise InvalidInputError(
            gettext_noop("The action needs the value of a new share on its day, to share the cost by."),
            field="fair_new",
        )
    if entry.kind == TransactionKind.SPIN_OFF and entry.fair_old is None:
        raise InvalidInputError(
            gettext_noop("A spin-off needs the value of an old share after it, to share the cost by."), field="fair_old"
        )


def _reshaped(entry: TransactionEntry, held: Decimal) -> tuple[Decimal, Decimal | None, Decimal | None, Decimal]:
    """Return what an action adds to the security, its ratio, and what it brings of the other.

    A file may give units alone, a person the ratio alone. Quantities are rounded down: a stored fraction must never
    exceed what the lots come to.
    """
    if held <= 0:
        raise InvalidInputError(
            gettext_noop("Nothing is held of this security on the day of the action."), field="instrument"
        )
    if entry.kind == TransactionKind.SYMBOL_CHANGE:
        return -held, None, None, held
    new, old = entry.split_new, entry.split_old
    if new is None or old is None:
        # the file says what came: of a split and a dividend in shares what was added, else what was received
        new, old = (held + entry.units if entry.kind == TransactionKind.SPLIT else entry.units), held
    by_ratio = (held * new / old).quantize(UNIT, ROUND_DOWN)
    if entry.kind == TransactionKind.SPLIT:
        return by_ratio - held, new, old, NOTHING
    if entry.kind == TransactionKind.STOCK_DIVIDEND:
        return by_ratio, new, old, NOTHING
    return (-held if entry.kind == TransactionKind.MERGER else NOTHING), new, old, by_ratio


def _clean(row: Transaction) -> None:
    """Let the model refuse what does not fit; what plainly does is not asked, since asking takes a query."""
    texts_fit = len(row.currency) == 3 and len(row.source) <= 200 and len(row.external_key) <= 200
    if texts_fit and all(_fits(getattr(row, name), limit, places) for name, limit, places in _NUMBERS):
        return
    try:
        row.full_clean(exclude=["account", "instrument", "into", "reversal_of", "leg_of"], validate_constraints=False)
    except ValidationError as wrong:
        raise refusal(wrong, row) from wrong


def _sign(entry: TransactionEntry, field: str) -> InvalidInputError:
    return InvalidInputError(
        gettext_noop("The %(name)s does not fit an entry of the kind “%(kind)s”."),
        mend=gettext_noop("Correct it, or choose the kind that fits."),
        field=field,
        name=field,
        kind=entry.kind,
    )
