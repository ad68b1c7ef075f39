"""Orders of which nobody can be sure how they stand at the broker: put in doubt, asked about, said again, settled.

An order is never said twice unasked and never lost unseen: it stays in doubt until the broker or a person says more.
"""

from __future__ import annotations

from django.utils import timezone

from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.portfolios.models import IN_MARKET_STATES, UNCONFIRMED_DOUBTS, BlockOrder
from apps.portfolios.ports import OrderRoute, order_routes
from apps.portfolios.services.orders import OrderStateError, locked_order, tell_orders


@service
def doubt_order(*, order: BlockOrder, doubt: str, by: Actor) -> BlockOrder:
    """Put an order that is in the market in doubt; one that is done, or in the same doubt, stays as it is."""
    locked = locked_order(order)
    if locked.state not in IN_MARKET_STATES or locked.doubt == doubt:
        return locked
    before = {"doubt": locked.doubt}
    locked.doubt, locked.doubt_since = doubt, locked.doubt_since or timezone.now()
    locked.save(update_fields=["doubt", "doubt_since", "updated_at"])
    audit.record("portfolios.doubt_order", by=by, target=locked, before=before, after={"doubt": doubt})
    tell_orders()
    return locked


@service
def settle_doubt(*, order: BlockOrder, note: str, by: Actor) -> BlockOrder:
    """Note that an order is in the market as our books say, and how that is known.

    Raises OrderStateError for one that is not in doubt, InvalidInputError without a word on it.
    """
    if not note.strip():
        raise InvalidInputError(gettext_noop("Say how it is known."), field="note")
    locked = locked_order(order)
    if not locked.doubt:
        raise OrderStateError(gettext_noop("The order is not in doubt."))
    before = {"doubt": locked.doubt}
    locked.doubt, locked.doubt_since = "", None
    locked.save(update_fields=["doubt", "doubt_since", "updated_at"])
    audit.record(
        "portfolios.settle_doubt", by=by, target=locked, before=before, after={"doubt": ""}, reason=note.strip()
    )
    tell_orders()
    return locked


@service
def ask_about_order(*, order: BlockOrder, by: Actor) -> None:
    """Ask the broker how an order stands. Raises OrderStateError for one that is done or went another way."""
    locked = locked_order(order)
    _way(locked).ask(order=locked, by=by)
    audit.record("portfolios.ask_about_order", by=by, target=locked, after={"reference": locked.reference})


@service
def say_order_again(*, order: BlockOrder, by: Actor) -> BlockOrder:
    """Say an order again that the broker never answered, under its own reference: it is executed once at most.

    Raises OrderStateError for one that was answered, is done or went another way, and what its route raises.
    """
    locked = locked_order(order)
    if locked.doubt not in UNCONFIRMED_DOUBTS or locked.filled:
        raise OrderStateError(
            gettext_noop("Only an order in doubt that the broker never answered is said again."),
            mend=gettext_noop("Ask the broker how it stands."),
        )
    _way(locked).say_again(order=locked, by=by)
    return settle_doubt(order=locked, note="Said again as a possible resend.", by=by)


def _way(order: BlockOrder) -> OrderRoute:
    way = order_routes().get(order.route)
    if way is None or order.state not in IN_MARKET_STATES:
        raise OrderStateError(gettext_noop("Nobody can be asked about this order from here."))
    return way
