import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.portfolios.engine.rebalancing.taxes import GainTax

TAX = GainTax(short=0.4, long=0.2, loss_limit=3000.0, carried=0.0)
AMOUNTS = st.floats(-20_000, 20_000)


@pytest.mark.parametrize(
    ("short", "long", "tax"),
    [
        (1000, 2000, 800.0),
        (-1000, 2000, 200.0),  # what is left is long
        (2000, -1000, 400.0),  # what is left is short
        (-1000, -1000, -800.0),
        (-5000, 1000, -1200.0),  # 3,000 of 4,000 against other income
        (0, 0, 0.0),
    ],
)
def test_terms_net_within_themselves_and_then_against_each_other(short, long, tax):
    assert TAX.of(short, long) == pytest.approx(tax)


def test_a_loss_beyond_the_limit_is_carried_at_its_worth():
    carrying = GainTax(0.4, 0.2, 3000.0, carried=0.1)
    assert carrying.of(-5000, 1000) == pytest.approx(-1200 - 100)
    assert carrying.carried_loss(-5000, 1000) == 1000


@given(AMOUNTS, AMOUNTS, st.floats(0, 1000))
def test_more_gain_is_never_taxed_less(short, long, more):
    assert TAX.of(short + more, long) >= TAX.of(short, long) - 1e-9
    assert TAX.of(short, long + more) >= TAX.of(short, long) - 1e-9
