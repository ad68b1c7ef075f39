"""What people value by hand: into the books, valued, agreed about, sold."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Household
from apps.core.models import AuditEvent
from apps.kernel.dates import DateSpan
from apps.kernel.errors import InvalidInputError
from apps.portfolios.models import Account, Appraisal, Instrument, InstrumentPrice, ManualAsset, ManualAssetKind
from apps.portfolios.selectors.performance_pages import account_sheet
from apps.portfolios.selectors.portfolios import household_portfolio
from apps.portfolios.selectors.valuations import account_values, holdings_at
from apps.portfolios.services.instruments import NamedSecurity, known_instruments
from apps.portfolios.services.manual_assets import (
    AssetStepError,
    StatedValue,
    appraise_asset,
    change_asset,
    end_asset,
    record_asset,
    take_back_appraisal,
    take_back_end,
)
from apps.portfolios.services.transactions import OfAssetError, refuse_for_asset, reverse_by_hand
from tests.factories import assets, clients

D = Decimal
NEXT = dt.date(2024, 6, 1)


@pytest.fixture
def home(ada: User) -> Household:
    return clients.household(ada)


def count(action: str) -> int:
    return AuditEvent.objects.filter(action=f"portfolios.{action}").count()


def worth(asset: ManualAsset, day: dt.date) -> Decimal:
    return holdings_at([asset.account], day)[asset.account_id].total


def test_a_house_is_worth_what_was_stated_last(home: Household, ada: User) -> None:
    asset = assets.house(home, ada)
    assets.valued(asset, ada, "431250.50", NEXT, source="appraiser", valued_by="Miller & Co")
    assert [worth(asset, day) for day in (assets.BOUGHT, NEXT - dt.timedelta(days=1), NEXT)] == [
        D(400000),
        D(400000),
        D("431250.50"),
    ]
    assert (asset.account.is_held_away, asset.is_billed) == (True, False)
    assert (count("record_asset"), count("appraise_asset")) == (1, 2)
    told = AuditEvent.objects.filter(action="portfolios.appraise_asset").latest("pk").after
    assert (told["valued_by"], told["source"]) == ("Miller & Co", "appraiser")


def test_what_came_is_a_flow_and_what_was_stated_since_is_the_return(home: Household, ada: User) -> None:
    asset = assets.house(home, ada)
    assets.valued(asset, ada, "440000", NEXT)
    valuation = account_values(asset.account, DateSpan(assets.BOUGHT, NEXT))
    assert [flow.amount for flow in valuation.flows] == [D(400000)]
    since = account_sheet(asset.account, NEXT).line("inception").figures
    assert since.net.value == pytest.approx(0.1)
    assert household_portfolio(home, NEXT).held_away == D(440000)


@pytest.mark.parametrize(
    "fields",
    [
        {"first": None},
        {"commitment": D(5)},
        {"kind": "spaceship"},
        {"kind": ManualAssetKind.PRIVATE_FUND},
        {"kind": ManualAssetKind.PRIVATE_FUND, "first": None},
        {"first": StatedValue(assets.BOUGHT, D(-1), "purchase", "Deed")},
        {"first": StatedValue(assets.BOUGHT, D(1), "guess", "Deed")},
        {"first": StatedValue(assets.BOUGHT, D(1), "purchase", " ")},
    ],
)
def test_what_is_not_whole_leaves_nothing_behind(home: Household, ada: User, fields: dict[str, object]) -> None:
    with pytest.raises(InvalidInputError):
        assets.house(home, ada, **fields)
    for rows in (Account, Instrument, ManualAsset, Appraisal):
        assert not rows.objects.exists()


def test_a_value_needs_a_day_on_which_it_was_held(home: Household, ada: User) -> None:
    asset = assets.house(home, ada)
    for day in (assets.BOUGHT - dt.timedelta(days=1), firm_today() + dt.timedelta(days=1), assets.BOUGHT):
        with pytest.raises(InvalidInputError):
            assets.valued(asset, ada, "1", day)
    paper = clients.document(clients.household(ada, name="Okafor"), by=ada.as_actor())
    with pytest.raises(InvalidInputError, match="another household"):
        assets.valued(asset, ada, "1", NEXT, document=paper)
    assert Appraisal.objects.count() == 1


def test_a_wrong_value_is_taken_back_and_the_one_before_counts(home: Household, ada: User) -> None:
    asset = assets.house(home, ada)
    wrong = assets.valued(asset, ada, "4400000", NEXT)
    with pytest.raises(InvalidInputError):
        take_back_appraisal(appraisal=wrong, reason=" ", by=ada.as_actor())
    take_back_appraisal(appraisal=wrong, reason="A digit too many.", by=ada.as_actor())
    assert worth(asset, NEXT) == D(400000)
    with pytest.raises(AssetStepError):
        take_back_appraisal(appraisal=wrong, reason="Again.", by=ada.as_actor())
    assets.valued(asset, ada, "440000", NEXT)
    assert worth(asset, NEXT) == D(440000)
    assert count("take_back_appraisal") == 1


def test_fees_need_an_agreement_and_are_not_charged_without(home: Household, ada: User) -> None:
    asset = assets.house(home, ada)
    assert not Account.objects.billable().exists()
    with pytest.raises(InvalidInputError):
        change_asset(asset=asset, changes={"is_billed": True}, by=ada.as_actor())
    with pytest.raises(InvalidInputError):
        change_asset(asset=asset, changes={"kind": "loan"}, by=ada.as_actor())
    told = {"is_billed": True, "billing_note": "Clause 7 of the agreement"}
    change_asset(asset=asset, changes=told, by=ada.as_actor())
    assert list(Account.objects.billable()) == [asset.account]
    assert count("change_asset") == 1


def test_a_sale_takes_it_out_of_the_books_with_its_gain(home: Household, ada: User) -> None:
    asset = assets.house(home, ada)
    day = NEXT + dt.timedelta(days=30)
    with pytest.raises(InvalidInputError):
        end_asset(asset=asset, day=day, proceeds=D(-5), by=ada.as_actor())
    with pytest.raises(InvalidInputError):
        end_asset(asset=asset, day=assets.BOUGHT - dt.timedelta(days=1), proceeds=D(5), by=ada.as_actor())
    end_asset(asset=asset, day=day, proceeds=D(460000), by=ada.as_actor(), note="Sold to the neighbours")
    assert worth(asset, day) == 0
    assert account_sheet(asset.account, day).line("inception").figures.net.value == pytest.approx(0.15)
    with pytest.raises(AssetStepError):
        assets.valued(asset, ada, "1", day)
    with pytest.raises(AssetStepError):
        end_asset(asset=asset, day=day, proceeds=D(1), by=ada.as_actor())
    take_back_end(asset=asset, reason="Fell through.", by=ada.as_actor())
    assert worth(asset, day) == D(400000)
    with pytest.raises(AssetStepError):
        take_back_end(asset=asset, reason="Again.", by=ada.as_actor())
    assert (count("end_asset"), count("take_back_asset_end")) == (1, 1)


def test_its_entries_are_not_touched_by_hand_and_no_file_means_it(home: Household, ada: User) -> None:
    asset = assets.house(home, ada)
    entry = asset.account.transactions.get()
    with pytest.raises(OfAssetError):
        refuse_for_asset(asset.account)
    with pytest.raises(OfAssetError):
        reverse_by_hand(transaction=entry, reason="Wrong", by=ada.as_actor())
    name = NamedSecurity(name="Lake house")
    assert not known_instruments([name])
    assert InstrumentPrice.objects.get().close == D(400000)


def test_nothing_of_another_household_is_taken(home: Household, ada: User) -> None:
    other = clients.household(ada, name="Okafor")
    with pytest.raises(InvalidInputError):
        record_asset(household=other, details=assets.details(home), by=ada.as_actor())
    with pytest.raises(InvalidInputError):
        appraise_asset(asset=assets.house(home, ada), stated=StatedValue(NEXT, D(1), "owner", ""), by=ada.as_actor())
