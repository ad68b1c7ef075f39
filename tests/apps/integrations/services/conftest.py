"""A broker on a local port, its session, and an order that is ready."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from apps.accounts.models import User
from apps.integrations.models import FixConnection
from apps.integrations.services.fix_connections import ConnectionTerms, set_up_connection
from apps.portfolios.models import BlockOrder
from apps.portfolios.services.orders import release_orders
from tests.apps.integrations.acceptor import Acceptor
from tests.factories.trades import cleared, line, ready


@pytest.fixture
def broker() -> Iterator[Acceptor]:
    acceptor = Acceptor()
    yield acceptor
    acceptor.stop()


@pytest.fixture
def row(broker: Acceptor, paul: User) -> FixConnection:
    terms = ConnectionTerms(
        "Broker", "Example Custodian", "127.0.0.1", broker.port, "STEWARD", "BROKER", "us", "pw", uses_tls=False
    )
    return set_up_connection(terms=terms, by=paul.as_actor())


@pytest.fixture
def block(ada: User, connie: User) -> BlockOrder:
    household, account, fund = ready(ada)
    kept = cleared(ada, connie, line(account, fund, limit_price="54"), household=household)
    (made,) = release_orders(proposals=[kept], by=ada.as_actor())
    return made
