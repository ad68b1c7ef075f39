from datetime import date, timedelta
from decimal import Decimal

from apps.kernel.money import Rate
from apps.portfolios.engine.rebalancing import guard
from apps.portfolios.engine.rebalancing.guard import Guard, gain_of, is_harvested
from apps.portfolios.engine.rebalancing.inputs import PastTrade, Restriction, RestrictionKind
from apps.portfolios.engine.rebalancing.settings import Mode
from apps.portfolios.engine.wash_ledger import TaxTreatment
from tests.apps.portfolios.engine.rebalancing.households import TODAY, account, inputs, lot, security, settings

A = security("A", 100, group="g")
TWIN = security("T", 10, group="g")
WON, LOST = lot("won", "A", 10, 500), lot("lost", "A", 10, 2000)


def ask(run=None, treatment=TaxTreatment.TAXABLE, **more) -> tuple[Guard, object]:
    of = account(lots=[WON, LOST], treatment=treatment)
    return Guard(inputs([A, TWIN], [of], [], **more), run or settings()), of


def test_a_loss_within_thirty_days_forbids_buying_the_same_until_the_thirty_first():
    for days, message in ((0, guard.SOLD_AT_LOSS), (30, guard.SOLD_AT_LOSS), (31, None)):
        each, of = ask(loss_sales=(PastTrade("T", "else", TODAY - timedelta(days=days)),))
        block = each.buy_block(of, A)
        assert (block.message if block else None) == message
    each, of = ask(loss_sales=(PastTrade("T", "else", date(2026, 11, 1)),))
    assert each.buy_block(of, A).params == {"day": date(2026, 11, 1), "until": date(2026, 12, 2)}


def test_a_purchase_within_thirty_days_forbids_losses_and_nothing_else():
    each, of = ask(purchases=(PastTrade("T", "ira", TODAY - timedelta(days=30)),))
    assert each.sell_block(of, A, LOST).message == guard.LATELY_BOUGHT
    assert each.sell_block(of, A, WON) is None


def test_what_is_not_taxed_may_be_sold_at_a_loss_at_any_time():
    each, of = ask(treatment=TaxTreatment.TAX_FREE, purchases=(PastTrade("A", "x", TODAY),))
    assert each.sell_block(of, A, LOST) is None


def test_restrictions_forbid_their_side():
    each, of = ask(restrictions=(Restriction(RestrictionKind.NO_BUY, security_id="A"),))
    assert each.buy_block(of, A).message == guard.RESTRICTED
    assert each.sell_block(of, A, WON) is None
    each, of = ask(restrictions=(Restriction(RestrictionKind.HOLD, asset_class="equity"),))
    assert each.buy_block(of, A) is not None
    assert each.sell_block(of, A, WON).message == guard.RESTRICTED


def test_short_gains_are_held_back_where_the_run_says_so():
    young = lot("young", "A", 10, 500, "2025-12-01")
    assert ask(settings(blocks_short_gains=True))[0].sell_block(account(), A, young).message == guard.SHORT_GAIN
    assert ask(settings(long_within_days=30))[0].sell_block(account(), A, young).message == guard.SOON_LONG
    assert ask(settings(long_within_days=5))[0].sell_block(account(), A, young) is None


def test_modes_forbid_a_side():
    assert ask(settings(Mode.BUY_ONLY))[0].sell_block(account(), A, WON).message == guard.NO_SALES
    assert ask(settings(Mode.RAISE_CASH))[0].buy_block(account(), A).message == guard.NO_PURCHASES


def test_a_lot_without_a_cost_is_all_gain():
    assert gain_of(lot("x", "A", 10, None), Decimal(4), Decimal(100)) == 400


def test_losses_are_harvested_beyond_both_thresholds():
    run = settings(Mode.HARVEST, harvest_amount=Decimal(1000), harvest_share=Rate(Decimal("0.5")))
    assert is_harvested(run, LOST, Decimal(100))
    assert not is_harvested(run, LOST, Decimal(101))
    assert not is_harvested(run, WON, Decimal(1))
    assert not is_harvested(settings(), LOST, Decimal(100))
