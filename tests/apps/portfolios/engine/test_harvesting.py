from datetime import date, timedelta
from decimal import Decimal

from apps.kernel.money import Rate
from apps.portfolios.engine.harvesting import NO_REPLACEMENT, scan_losses
from apps.portfolios.engine.lots import Term
from apps.portfolios.engine.rebalancing import guard
from apps.portfolios.engine.rebalancing.inputs import PastTrade, RealisedGains, Restriction, RestrictionKind
from apps.portfolios.engine.rebalancing.settings import Mode
from apps.portfolios.engine.wash_ledger import TaxTreatment
from tests.apps.portfolios.engine.rebalancing.households import (
    TODAY,
    account,
    inputs,
    lot,
    security,
    settings,
    target,
)

D = Decimal
RUN = settings(Mode.HARVEST, harvest_amount=D(500), harvest_share=Rate(D("0.05")))
TWINS = [security("A", 100, group="g"), security("A2", 50, group="g"), security("S", 20)]


def scan(lots, run=RUN, treatment=TaxTreatment.TAXABLE, substitutes=("A2", "S"), **more):
    held = account(lots=lots, treatment=treatment)
    return scan_losses(inputs(TWINS, [held], [target("A", "1", substitutes=substitutes)], **more), run)


def test_lots_beyond_both_thresholds_are_found_the_dearest_first():
    found = scan(
        [
            lot("long", "A", 100, 14000),
            lot("short", "A", 100, 13000, "2026-06-01"),
            lot("little", "A", 100, 10400),
            lot("share", "A", 1000, 104000),
            lot("gain", "A", 100, 9000),
            lot("unknown", "A", 100, None),
        ]
    )
    assert [(each.lot_id, each.loss, each.term, each.saved) for each in found.lots] == [
        ("short", D(3000), Term.SHORT, D("1224.000")),
        ("long", D(4000), Term.LONG, D("752.000")),
    ]


def test_the_replacement_is_not_the_same_in_law_and_the_block_ends_on_the_thirty_first_day():
    (each,) = scan([lot("1", "A", 100, 14000)]).lots
    assert each.replacement == "S"
    assert each.buy_block_until == TODAY + timedelta(days=31) == date(2026, 12, 21)
    (each,) = scan([lot("1", "A", 100, 14000)], substitutes=("A2",)).lots
    assert (each.replacement, each.block.message) == ("", NO_REPLACEMENT)


def test_what_was_bought_in_the_last_thirty_days_waits():
    bought = (PastTrade("A2", "spouse", TODAY - timedelta(days=30)),)
    (each,) = scan([lot("1", "A", 100, 14000)], purchases=bought).lots
    assert each.block.message == guard.LATELY_BOUGHT
    assert scan([lot("1", "A", 100, 14000)], purchases=bought).losses == 0


def test_restrictions_hold_and_untaxed_accounts_have_no_losses():
    hold = (Restriction(RestrictionKind.HOLD, security_id="A"),)
    (each,) = scan([lot("1", "A", 100, 14000)], restrictions=hold).lots
    assert not each.is_open
    assert scan([lot("1", "A", 100, 14000)], treatment=TaxTreatment.TAX_DEFERRED).lots == ()


def test_the_tax_of_the_year_counts_gains_the_limit_and_what_is_carried():
    alone = scan([lot("1", "A", 100, 18000)])
    assert (alone.losses, alone.against_income, alone.carried) == (8000, 3000, 5000)
    assert alone.tax == D("0.408") * 3000
    gains = (RealisedGains("", D(1000), D(2000)),)
    beside = scan([lot("1", "A", 100, 18000)], realised=gains)
    # 2,000 long at 0.188, 1,000 short at 0.408, then 3,000 of other income; 2,000 are carried
    assert beside.tax == D("0.188") * 2000 + D("0.408") * 1000 + D("0.408") * 3000
    assert beside.carried == 2000
