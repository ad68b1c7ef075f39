"""Corporate actions of a custodian's file that meet nothing: told beside their line before anything is taken in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from apps.clients.ports import ReadRow
from apps.core.tabular.problems import RowProblem
from apps.kernel.errors import gettext_noop
from apps.portfolios.models import Account
from apps.portfolios.policies import OF_CASH_ALONE, RESHAPES
from apps.portfolios.services._ledger import ledgers_of
from apps.portfolios.services.instruments import NamedSecurity, known_instruments

NOTHING = Decimal(0)


def unheld_actions(accounts: Mapping[int, Account], rows: Sequence[ReadRow]) -> Iterator[tuple[str, RowProblem]]:
    """Find splits and dividends in shares of what neither our book nor the file has in the account before their day."""
    actions = [row for row in rows if row.value.name is not None and row.value.row.kind.value in RESHAPES]
    if not actions:
        return
    told: dict[tuple[int, NamedSecurity], list[ReadRow]] = defaultdict(list)
    for row in rows:
        if row.value.name is not None and row.value.row.quantity and row.value.row.kind.value not in OF_CASH_ALONE:
            told[row.value.account, row.value.name].append(row)
    instruments = known_instruments({row.value.name for row in actions})
    places = {row.value.account: accounts[row.value.account] for row in actions if row.value.account in accounts}
    ledgers = ledgers_of(places.values(), {each.pk for each in instruments.values()}, ())
    for row in actions:
        at, day = (row.value.account, row.value.name), row.value.row.trade_date
        instrument = instruments.get(row.value.name)
        held = sum((each.value.row.quantity for each in told[at] if each.value.row.trade_date < day), NOTHING)
        if instrument is not None and row.value.account in places:
            held += ledgers[places[row.value.account].pk].held_for_action(instrument.pk, day)
        if held <= 0:
            yield row.key, _nothing_held(row)


def _nothing_held(row: ReadRow) -> RowProblem:
    return RowProblem(
        row.line,
        "quantity",
        "nothing_held",
        gettext_noop("Nothing is held of this security before the day of the action, by our book and the file."),
        gettext_noop("Bring the entries by which it came in first, or leave the line out and enter it by hand."),
        {},
    )
