"""Why each trade is made, and why what is missing could not be met."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from apps.kernel.errors import gettext_noop
from apps.portfolios.engine.rebalancing._rows import Row
from apps.portfolios.engine.rebalancing._tickets import Key, Tickets, caps_on, cents, room_under, unit_gain
from apps.portfolios.engine.rebalancing._weighing import after
from apps.portfolios.engine.rebalancing.guard import RESTRICTED
from apps.portfolios.engine.rebalancing.inputs import NOTHING, NeedKind
from apps.portfolios.engine.rebalancing.results import LineKind, Side, Unmet
from apps.portfolios.engine.rebalancing.settings import Mode, RunSettings
from apps.portfolios.engine.wash_ledger import Reason

OUTSIDE_MODEL = gettext_noop("It is no part of the model.")
OVER_TARGET = gettext_noop("It is above its target.")
OVER_BAND = gettext_noop("It is above its band.")
FUNDS_OTHERS = gettext_noop("Its sale pays for what is below its target.")
RAISES_CASH = gettext_noop("Its sale raises the cash that the account must keep.")
RAISES_FEE = gettext_noop("Its sale raises the cash for a fee that is due.")
RAISES_DISTRIBUTION = gettext_noop("Its sale raises the cash for a distribution that is due.")
TAKES_LOSS = gettext_noop("Its loss is worth taking.")
UNDER_TARGET = gettext_noop("It is below its target.")
UNDER_BAND = gettext_noop("It is below its band.")
INVESTS_CASH = gettext_noop("It takes cash that waits to be invested.")
INSTEAD = gettext_noop("It is bought in place of %(security)s, which may not be bought now.")
CHANGES_PLACE = gettext_noop("It moves between the accounts, to where its income is taxed least.")
REPLACES = gettext_noop("It replaces %(security)s, whose loss is taken.")

CASH_MISSING = gettext_noop("Nothing more may be sold to raise this cash.")
BUDGET_SPENT = gettext_noop("The budget for gains is spent.")
NOT_ENOUGH_CASH = gettext_noop("There is not enough cash to buy more.")
TOO_SMALL = gettext_noop("What is left is less than a share or than the smallest trade.")


_FOR_NEEDS = ((NeedKind.FEE, RAISES_FEE), (NeedKind.DISTRIBUTION, RAISES_DISTRIBUTION))


def reason_of(tickets: Tickets, key: Key, side: Side) -> Reason:
    """Say why an account trades a security."""
    row = tickets.book.row_of(*key)
    assert row is not None  # noqa: S101 - only what counts for a target is traded
    return _sale(tickets, key, row) if side is Side.SELL else _purchase(tickets, key, row)


def _sale(tickets: Tickets, key: Key, row: Row) -> Reason:
    mode = tickets.book.settings.mode
    if mode is Mode.HARVEST:
        return Reason(TAKES_LOSS)
    if row.kind is LineKind.OUTSIDE:
        return Reason(OUTSIDE_MODEL)
    if mode is Mode.RAISE_CASH:
        kinds = {need.kind for need in tickets.book.accounts[key[0]].needs if need.amount}
        named = [reason for kind, reason in _FOR_NEEDS if kind in kinds]
        return Reason(named[0] if len(kinds) == 1 and named else RAISES_CASH)
    if row.current > row.high:
        return Reason(OVER_BAND)
    if row.current <= row.target and _is_traded(tickets.purchases(), row):
        return Reason(CHANGES_PLACE)
    return Reason(OVER_TARGET if row.current > row.target and mode is Mode.FULL else FUNDS_OTHERS)


def _purchase(tickets: Tickets, key: Key, row: Row) -> Reason:
    mode = tickets.book.settings.mode
    if mode is Mode.HARVEST:
        sold = [each[1] for each in tickets.sales(key[0]) if each[1] in row.members]
        return Reason(REPLACES, {"security": sold[0] if sold else row.key})
    if key[1] != row.key:
        return Reason(INSTEAD, {"security": row.key})
    if row.current < row.low:
        return Reason(UNDER_BAND)
    if row.current < row.target:
        return Reason(UNDER_TARGET)
    return Reason(CHANGES_PLACE if _is_traded(tickets.sales(), row) else INVESTS_CASH)


def _is_traded(orders: Mapping[Key, Decimal], row: Row) -> bool:
    return any(key[0] in row.account_ids and key[1] in row.members for key in orders)


def unmet_of(tickets: Tickets, moved: Mapping[Key, Decimal], cash: Mapping[str, Decimal]) -> tuple[Unmet, ...]:
    """Return accounts without the cash that they must keep, and targets that still lie outside their bands."""
    book = tickets.book
    found = []
    for account in book.inputs.accounts:
        missing = account.required_cash - cash[account.account_id]
        if missing > 0:
            found.append(Unmet(account.account_id, "", missing, _cash_reason(tickets, account.account_id)))
    for row in book.rows:
        held = after(row, moved, cash, book)
        off = row.low - held if held < row.low else row.high - held if held > row.high else 0.0
        if abs(off) >= 0.01 and row.kind is not LineKind.CASH and _is_asked(book.settings, off):
            reason = _low_reason(tickets, row, cash) if off > 0 else _high_reason(tickets, row)
            found.append(Unmet(row.pool_id, row.key, cents(Decimal(str(off))), reason))
    return tuple(found)


def _is_asked(settings: RunSettings, off: float) -> bool:
    """Say whether the run was to fill what lacks, or to sell what is too much."""
    if settings.mode in {Mode.HOLD, Mode.HARVEST, Mode.RAISE_CASH}:
        return False
    return settings.may_buy if off > 0 else settings.may_sell


def _cash_reason(tickets: Tickets, account_id: str) -> Reason:
    if _is_budget_spent(tickets, account_id):
        return Reason(BUDGET_SPENT)
    blocks = [reason for (of_account, _), reason in tickets.book.sell_blocks.items() if of_account == account_id]
    return blocks[0] if blocks else Reason(CASH_MISSING)


def _high_reason(tickets: Tickets, row: Row) -> Reason:
    book = tickets.book
    for account_id in sorted(row.account_ids):
        for lot in book.accounts[account_id].lots:
            block = book.sell_blocks.get((account_id, lot.lot_id))
            if block is not None and lot.security_id in row.members:
                return block
    if any(_is_budget_spent(tickets, account_id) for account_id in row.account_ids):
        return Reason(BUDGET_SPENT)
    return Reason(TOO_SMALL)


def _low_reason(tickets: Tickets, row: Row, cash: Mapping[str, Decimal]) -> Reason:
    book = tickets.book
    blocks = [book.buy_blocks.get((each, member)) for each in sorted(row.account_ids) for member in row.members]
    named = [block for block in blocks if block is not None]
    can_buy = any(line.account_id in row.account_ids and line.security_id in row.members for line in book.buys)
    if named and not can_buy:
        return named[0]
    price = max((book.securities[each].price * book.securities[each].step for each in row.members), default=NOTHING)
    caps = [cap for each in row.account_ids for member in row.members for cap in caps_on(book, (each, member))]
    if any(room_under(tickets, cap) < price for cap in caps):
        return Reason(RESTRICTED)
    free = sum((cash[each] - book.accounts[each].required_cash for each in row.account_ids), NOTHING)
    kept = sum(each.target for each in book.rows if each.kind is LineKind.CASH and each.pool_id == row.pool_id)
    return Reason(TOO_SMALL if free - Decimal(str(kept)) >= price else NOT_ENOUGH_CASH)


def _is_budget_spent(tickets: Tickets, account_id: str) -> bool:
    """A budget counts as spent when less than a hundredth of it, or the gain of one more step, is left."""
    budget = tickets.book.settings.gain_budget
    if budget is None:
        return False
    unit = tickets.book.accounts[account_id].tax_unit
    return unit_gain(tickets, unit) >= budget * Decimal("0.99") - Decimal(1)
