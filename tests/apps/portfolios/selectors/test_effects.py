"""Capital, income, currency and fees of a span: exact in money and in per cent, down to the holding."""

import datetime as dt
from decimal import Decimal

import pytest

from apps.accounts.models import FirmProfile
from apps.kernel.errors import NotFoundError
from apps.kernel.flows import FlowTiming
from apps.portfolios.selectors.attribution import source_columns
from apps.portfolios.selectors.compared_passports import figure_passport
from apps.portfolios.selectors.effects import EFFECTS, effect_sheet, effect_spec
from apps.portfolios.selectors.owners import PortfolioOwner
from tests.apps.portfolios.selectors.test_benchmarks import BEFORE, END, START
from tests.apps.portfolios.selectors.test_sleeves import CENT, traded, year_abroad
from tests.factories import clients, market
from tests.factories import portfolios as books


@pytest.fixture
def scene(ada):
    return year_abroad(ada)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("timing", list(FlowTiming))
def test_effects_sum_to_the_gain_and_to_the_return(ada, scene, seed, timing):
    FirmProfile.objects.update(flow_timing=timing)
    traded(ada, scene, seed)
    for owner in (PortfolioOwner(scene[0]), PortfolioOwner(scene[0], scene[2])):
        sheet = owner.sheet(END)
        columns = {column.span: column for column in source_columns(owner, sheet)}
        for span in ("inception", "year"):
            found, figures = effect_sheet(owner, sheet, span), sheet.line(span).figures
            assert found.total.total.amount == figures.gain.quantize(CENT)
            assert found.total.total.rate == pytest.approx(figures.net.value, abs=1e-12)
            for row in found.rows:
                if row.holdings:
                    assert row.total.amount == sum(each.total.amount for each in row.holdings)
            # the page's two tables say the same of the whole
            parts = columns[span].parts
            told = {name: part.rate for name, part in found.total.parts.items()}
            assert told.get("capital", 0) == pytest.approx(parts["price"], abs=1e-12)
            assert told.get("income", 0) == pytest.approx(parts["income"], abs=1e-12)
            assert told.get("currency", 0) == pytest.approx(parts["currency"], abs=1e-12)
            assert told.get("charges", 0) == pytest.approx(parts["fees"] + parts["rest"], abs=1e-12)


def test_a_holding_abroad_by_hand(ada):
    """50 units of 100 EUR, from 1.00 to 1.10 dollars and from 100 to 120 EUR, 40 EUR paid, on 10,000 dollars."""
    household = clients.household(ada)
    middle = START + dt.timedelta(days=30)
    fund = books.instrument(
        ada, "EUF", {BEFORE: "100", START: "100", middle: "100", END: "120"}, currency="EUR", asset_class="real_estate"
    )
    market.rates(("EUR", "USD"), {BEFORE: "1.00", START: "1.00", middle: "1.10", END: "1.10"})
    account = books.account(household, ada, opened_on=START)
    books.entry(account, ada, "deposit", START, cash="10000")
    books.entry(account, ada, "buy", START, instrument=fund, units="50", price="100", cash="-5000")
    books.entry(account, ada, "dividend", END, instrument=fund, cash="40", currency="EUR")
    owner = PortfolioOwner(household, account)
    found = effect_sheet(owner, owner.sheet(END), "inception")
    (held,) = found.named("real_estate").holdings
    assert held.parts["capital"].amount == Decimal("1100.00")  # 50 × 20 EUR at 1.10
    assert held.parts["currency"].amount == Decimal("500.00")  # 5,000 EUR × 0.10
    assert held.parts["income"].amount == Decimal("44.00")
    assert found.total.total.amount == Decimal("1644.00")
    assert found.total.total.rate == pytest.approx(0.1644)
    assert "currency" not in found.named("rest").parts


def test_each_figure_has_its_passport(ada, scene):
    traded(ada, scene, 2)
    owner = PortfolioOwner(scene[0])
    sheet = owner.sheet(END)
    found = effect_sheet(owner, sheet, "inception")
    fund = found.named("international_equity").holdings[0]
    for key, effect in (("international_equity", "currency"), (fund.key, "capital"), ("total", "income")):
        part = found.named(key).parts[effect]
        assert (
            figure_passport(owner, sheet, f"inception-effect-{key}-{effect}-amount").value.value.amount == part.amount
        )
        assert figure_passport(owner, sheet, f"inception-effect-{key}-{effect}-rate").value.value == part.rate
    whole = figure_passport(owner, sheet, "inception-effect-total-total-amount")
    assert sum(line.amount.value.amount for line in whole.lines if not line.how) == whole.value.value.amount
    assert sum(line.amount.value.amount for line in whole.lines if line.how) == whole.value.value.amount
    for wrong in ("effect-gold-total-rate", "effect-total-luck-rate", "effect-fees-income-rate", "effect-total"):
        with pytest.raises(NotFoundError):
            figure_passport(owner, sheet, f"inception-{wrong}")


def test_the_chart_stacks_the_effects_and_an_empty_book_has_none(ada, scene):
    traded(ada, scene, 2)
    owner = PortfolioOwner(scene[0])
    found = effect_sheet(owner, owner.sheet(END), "inception")
    assert [each["name"] for each in effect_spec(found)["series"]] == [str(label) for label in EFFECTS.values()]
    young = effect_sheet(owner, owner.sheet(END), "five_years")
    assert "younger" in young.reason
    assert effect_spec(young) is None
