"""Rounded orders are held against every rule once more before anybody sees them."""

from __future__ import annotations

from apps.kernel.errors import DomainError, gettext_noop
from apps.portfolios.engine.rebalancing._tickets import Tickets, unit_gain
from apps.portfolios.engine.rebalancing.inputs import NOTHING, RestrictionKind

_NO_BUY = {RestrictionKind.NO_BUY, RestrictionKind.HOLD}
_NO_SELL = {RestrictionKind.NO_SELL, RestrictionKind.HOLD}


class BrokenOrdersError(DomainError):
    """Orders would break a rule: nothing is proposed."""

    code = "broken_orders"


def check_orders(tickets: Tickets) -> None:
    """Refuse orders that sell more than is held, break a restriction, a budget or the wash window, or overspend."""
    broken = [name for name, holds in _RULES if not holds(tickets)]
    if broken:
        raise BrokenOrdersError(
            gettext_noop("The trades would break a rule (%(rule)s), so none are proposed."),
            mend=gettext_noop("Tell the operator; change a setting of the run meanwhile."),
            rule=broken[0],
        )


def _sells_what_is_held(tickets: Tickets) -> bool:
    return all(NOTHING <= part <= tickets.book.sells[place].lot.quantity for place, part in tickets.sold.items())


def _keeps_restrictions(tickets: Tickets) -> bool:
    for kinds, keys in ((_NO_BUY, tickets.purchases()), (_NO_SELL, tickets.sales())):
        for restriction in tickets.book.inputs.restrictions:
            if restriction.kind in kinds and any(restriction.covers(key[0], tickets.security(key)) for key in keys):
                return False
    return True


def _keeps_cash(tickets: Tickets) -> bool:
    """Cash may miss what is required only where nothing was bought: purchases never take it."""
    for account in tickets.book.inputs.accounts:
        short = account.required_cash - tickets.cash(account)
        if short > 0 and tickets.purchases(account.account_id):
            return False
    return True


def _keeps_budget(tickets: Tickets) -> bool:
    budget = tickets.book.settings.gain_budget
    return budget is None or all(unit_gain(tickets, unit) <= budget for unit in tickets.book.tax_units)


def _washes_nothing(tickets: Tickets) -> bool:
    book = tickets.book
    lost = {
        book.securities[book.sells[place].security_id].group
        for place, part in tickets.sold.items()
        if part and book.sells[place].gain_share < 0
    }
    return not any(tickets.security(key).group in lost for key in tickets.purchases())


_RULES = (
    ("sells what is held", _sells_what_is_held),
    ("restrictions", _keeps_restrictions),
    ("cash", _keeps_cash),
    ("gain budget", _keeps_budget),
    ("wash sales", _washes_nothing),
)
