"""What a broker says in tests, and the process that keeps a session."""

from __future__ import annotations

from apps.core.actors import Actor
from apps.integrations.engine.fix_session import Message
from apps.integrations.models import FixConnection
from apps.integrations.services.fix_runner import FixRunner
from apps.portfolios.models import BlockOrder
from tests.days import today

BY = Actor.system("run_fix")


def trade(order: Message, quantity: str, price: str, key: str) -> tuple[str, tuple]:
    """An execution report of a trade."""
    fields = ((37, "B1"), (17, key), (150, "F"), (39, "1"), (11, order.get(11)), (55, order.get(55)), (54, "2"))
    return "8", (*fields, (32, quantity), (31, price), (75, f"{today():%Y%m%d}"), (12, "0.25"))


def filled(order: Message) -> list[tuple[str, tuple]]:
    return [trade(order, "4", "55", "X1"), trade(order, "6", "56", "X2")]


def runner(row: FixConnection) -> FixRunner:
    row.refresh_from_db()
    return FixRunner(row, BY, pause=0.1)


def state(block: BlockOrder) -> str:
    block.refresh_from_db()
    return block.state
