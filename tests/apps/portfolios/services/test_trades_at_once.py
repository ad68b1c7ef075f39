"""Trades and entries at the same moment: committed rows in a clone of its own, threads with their own connections."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django_tenants.utils import tenant_context

from apps.accounts.models import User
from apps.accounts.policies import Role
from apps.accounts.selectors.firm_days import firm_today
from apps.portfolios.models import BlockOrder, Fill, FillProblem, RebalanceRun, TradeProposal, Transaction
from apps.portfolios.services.asset_flows import pay_call
from apps.portfolios.services.fills import Execution, record_fill
from apps.portfolios.services.orders import mark_sent, release_orders
from apps.portfolios.services.rebalancing import trades_of_run
from apps.portfolios.services.transactions import reverse_transaction
from tests import databases
from tests.cast import firm, person
from tests.factories import assets, portfolios
from tests.factories.rebalancing import OffTarget
from tests.factories.trades import cleared, line, ordered, ready

N = 4


@pytest.fixture
def alpha(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """Alpha in a database of its own, whose rows are committed and go with it."""
    with django_db_blocker.unblock():
        usual = connection.settings_dict["NAME"]
        own = f"{usual}_trades"
        databases.clone(databases.ensure_template(), own)
        databases.use(own)
        try:
            alpha = firm("alpha")
            with tenant_context(alpha):
                yield alpha
        finally:
            databases.use(usual)
            databases.drop(own)


def at_once(alpha: Any, *works: Callable[[], object]) -> Counter[str]:
    """Do things in threads that begin together; return how often each kind of answer or refusal came."""
    begin, results = threading.Barrier(len(works)), []

    def run(work: Callable[[], object]) -> None:
        try:
            with tenant_context(alpha):
                begin.wait(20)
                results.append(type(work()).__name__)
        except Exception as raised:  # noqa: BLE001 - shown to the test as it is
            results.append(f"{type(raised).__name__}")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return Counter(results)


def people() -> tuple[User, User, User]:
    return person(Role.ADVISOR, "Ada"), person(Role.COMPLIANCE, "Connie"), person(Role.PRINCIPAL, "Paul")


def told(reference: str, quantity: str, key: str) -> Execution:
    return Execution(reference, key, Decimal(quantity), Decimal(55), firm_today(), source="test")


def test_the_same_execution_told_at_once_is_booked_once(alpha: Any) -> None:
    ada, connie, _ = people()
    household, account, fund = ready(ada)
    (block,) = ordered(ada, connie, line(account, fund), household=household)
    sources = [f"{source}:{block.reference}:X1" for source in ("fix:1", "file", "form", "file")]
    answers = at_once(
        alpha,
        *(lambda key=key: record_fill(execution=told(block.reference, "4", key), by=ada.as_actor()) for key in sources),
    )
    assert answers == {"Fill": 4}
    assert Fill.objects.count() == 1
    sold = Transaction.objects.standing().filter(account=account, kind="sell")
    assert [entry.units for entry in sold] == [-4]


def test_an_execution_of_no_order_told_at_once_is_queued_once(alpha: Any) -> None:
    ada, _, _ = people()
    once = told("ST00", "4", "file:ST00:X1")
    answers = at_once(alpha, *[lambda: record_fill(execution=once, by=ada.as_actor())] * N)
    assert answers == {"FillProblem": N}
    assert FillProblem.objects.count() == 1


def test_executions_of_two_blocks_of_the_same_accounts_wait_for_each_other(alpha: Any) -> None:
    ada, connie, _ = people()
    household, account, fund = ready(ada)
    second = portfolios.account(household, ada, name="Second", number="9")
    portfolios.entry(second, ada, "deposit", cash="5000")
    bond = portfolios.instrument(ada, "BBB", {portfolios.DAY: "55"})
    lines = [line(account, fund), line(account, bond, "buy", "5"), line(second, bond, "buy", "5")]
    lines.append(line(second, fund, "buy", "10"))
    blocks = ordered(ada, connie, *lines, household=household)
    parts = [(block, str(n), f"E{n}") for block in blocks for n in (1, 2)]
    answers = at_once(
        alpha,
        *(
            lambda block=block, n=n, key=key: record_fill(
                execution=told(block.reference, n, f"file:{block.reference}:{key}"), by=ada.as_actor()
            )
            for block, n, key in parts
        ),
    )
    assert answers == {"Fill": len(parts)}
    assert all(block.filled == 3 for block in BlockOrder.objects.prefetch_related("fills"))


def test_a_proposal_is_released_and_its_orders_are_sent_once(alpha: Any) -> None:
    ada, connie, _ = people()
    household, account, fund = ready(ada)
    kept = cleared(ada, connie, line(account, fund), household=household)
    answers = at_once(alpha, *[lambda: release_orders(proposals=[kept], by=ada.as_actor())] * N)
    assert answers == {"list": 1, "CheckpointOpenError": N - 1}
    block = BlockOrder.objects.get()
    answers = at_once(alpha, *[lambda: mark_sent(orders=[block], route="form", by=ada.as_actor())] * N)
    assert answers == {"list": 1, "OrderStateError": N - 1}


def test_runs_of_one_household_do_not_sell_the_same_shares_twice(alpha: Any) -> None:
    ada, _, paul = people()
    scene = OffTarget(ada, paul)
    scene.run()
    scene.run()
    first, second = RebalanceRun.objects.order_by("pk")
    answers = at_once(
        alpha, *(lambda run=run: trades_of_run(run=run, by=ada.as_actor()) for run in (first, first, second, second))
    )
    assert answers["TradeProposal"] == 1
    assert TradeProposal.objects.count() == 1


def test_an_entry_is_taken_back_once_and_a_call_paid_once(alpha: Any) -> None:
    ada, _, _ = people()
    household, account, _ = portfolios.funded(ada)
    entry = Transaction.objects.filter(account=account, kind="deposit").latest("pk")
    portfolios.entry(account, ada, "deposit", cash="1")
    answers = at_once(alpha, *[lambda: reverse_transaction(transaction=entry, reason="Wrong.", by=ada.as_actor())] * N)
    assert answers == {"Transaction": 1, "AlreadyReversedError": N - 1}
    fund = assets.fund(household, ada)
    notice = assets.notice(fund, ada, "1000", firm_today())
    answers = at_once(alpha, *[lambda: pay_call(flow=notice, day=firm_today(), by=ada.as_actor())] * N)
    assert answers == {"AssetFlow": 1, "AssetStepError": N - 1}
