from decimal import Decimal

from apps.portfolios.selectors.risk_facts import shares_of_equity
from tests.factories import clients, portfolios

DAY = portfolios.DAY


def invested(household, ada, *, stocks="60", cash="1000"):
    """Hold so many units of a fund of stocks at 10, and the rest of the cash."""
    account = portfolios.account(household, ada, name="Fund")
    portfolios.entry(account, ada, "deposit", cash=cash)
    fund = portfolios.instrument(ada, "AAA", {DAY: "10"}, asset_class="us_equity")
    worth = f"-{Decimal(stocks) * 10}"
    portfolios.entry(account, ada, "buy", instrument=fund, units=stocks, price="10", cash=worth)
    return account


def test_the_share_of_stocks_of_each_household(ada):
    held, empty = clients.household(ada), clients.household(ada, name="Okonkwo")
    invested(held, ada)
    assert shares_of_equity([held, empty], DAY) == {held.pk: {"equity_share": Decimal("0.6000")}}


def test_what_is_held_away_does_not_count(ada):
    held = clients.household(ada)
    away = portfolios.account(held, ada, name="Away", is_held_away=True)
    portfolios.entry(away, ada, "deposit", cash="1000")
    assert shares_of_equity([held], DAY) == {}


def test_a_household_with_something_unpriced_is_left_out(ada):
    held = clients.household(ada)
    account = invested(held, ada)
    own = portfolios.own_instrument(ada, "QQQ")
    portfolios.entry(account, ada, "transfer_in", instrument=own, units="10", cost="100")
    assert shares_of_equity([held], DAY) == {}


def test_the_queries_do_not_grow_with_the_households(ada, django_assert_max_num_queries):
    invested(clients.household(ada), ada)
    more = [clients.household(ada, name=f"House{n}") for n in range(3)]
    for at, household in enumerate(more):
        portfolios.entry(portfolios.account(household, ada, name="Cash", number=f"7-{at}"), ada, "deposit", cash="10")
    with django_assert_max_num_queries(14):
        assert len(shares_of_equity(more, DAY)) == 3
