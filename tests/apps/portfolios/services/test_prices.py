"""A price of one file values the households of everybody: what does not fit waits for a second person."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.accounts.models import ApprovalRequest, FirmProfile, SelfReview, User
from apps.accounts.services.approvals import OwnRequestError, decide_approval, withdraw_approval
from apps.accounts.services.self_reviews import attest_self_review, open_self_review
from apps.clients.models import ImportBatch
from apps.clients.services.imports import apply_batch, open_batch, undo_batch
from apps.core.models import AuditEvent
from apps.portfolios.models import Instrument, InstrumentPrice, PriceProposal, StatementLine
from apps.portfolios.services.instruments import NamedSecurity, instruments_for
from apps.portfolios.services.prices import FilePrice, KeptPrices, PriceMovedError, keep_prices
from tests.factories import clients as people

DAY = dt.date(2026, 3, 31)
POSITIONS = """Account Number,Symbol,Description,Quantity,Price,Market Value,Cost Basis,As Of Date
1234-5678,PRIV,Private Credit Fund,10,{price},{value},900.00,03/31/2026
1234-5678,Cash,Cash & Cash Investments,,,"5,025.00",,03/31/2026
"""


@pytest.fixture
def fund(ada: User) -> Instrument:
    name = NamedSecurity(symbol="PRIV")
    return instruments_for(names=[name], by=ada.as_actor())[name]


def told(fund: Instrument, who: User, close: str, day: dt.date = DAY, source: str = "file.csv") -> KeptPrices:
    return keep_prices(prices=[FilePrice(fund, day, Decimal(close), 2)], source=source, by=who.as_actor())


def held(day: dt.date = DAY) -> Decimal | None:
    return InstrumentPrice.objects.filter(day=day).values_list("close", flat=True).first()


def taken(who: User, price: str, name: str, number: str = "1234-5678") -> ImportBatch:
    household = people.household(who)
    text = POSITIONS.format(price=price, value=Decimal(price) * 10).replace("1234-5678", number)
    batch = open_batch(
        kind="custodian_file", filename=name, content=text.encode(), by=who.as_actor(), household=household
    )
    return apply_batch(batch=batch, by=who.as_actor())


def test_another_price_of_the_same_day_waits_and_the_positions_still_come_in(ada, mallory, paul, sign_in):
    taken(ada, "100", "march.csv")
    batch = taken(mallory, "900", "mine.csv", "8765-4321")
    assert held() == 100
    assert StatementLine.objects.filter(price=900).count() == 1, "the position is the custodian's and is taken in"
    proposal = PriceProposal.objects.get()
    assert (proposal.close, proposal.held_close, proposal.source, proposal.line) == (900, 100, "mine.csv", 2)
    assert (proposal.household, proposal.state) == (batch.household, "waiting")
    request = ApprovalRequest.objects.get(kind="portfolios.price_correction")
    assert request.requested_by == mallory
    page = sign_in(mallory).get(f"/imports/{batch.public_id}/").content.decode()
    assert "1 price differs from what the firm holds; waiting for approval." in page
    assert "the file says 900 (line 2), the firm holds 100 of march.csv" in page
    assert f"/approvals/{request.public_id}/" in page
    assert request.title in sign_in(paul).get("/approvals/").content.decode()
    shown = sign_in(paul).get(f"/approvals/{request.public_id}/").content.decode()
    assert "values the holdings of 2 households" in shown
    assert "Price correction" in sign_in(paul).get("/settings/approvals/rules/new/").content.decode()


def test_who_brought_the_price_cannot_approve_it_and_another_person_applies_it(fund, ada, mallory, paul):
    told(fund, ada, "100")
    told(fund, mallory, "110", source="corrected.csv")
    request = ApprovalRequest.objects.get()
    with pytest.raises(OwnRequestError):
        decide_approval(request=request, decision="approve", by=mallory.as_actor())
    assert held() == 100
    decide_approval(request=request, decision="approve", by=paul.as_actor())
    assert held() == 110
    assert PriceProposal.objects.get().state == "applied"
    event = AuditEvent.objects.get(action="portfolios.change_price")
    assert (event.actor_key, event.target_id) == (paul.as_actor().key, str(fund.public_id))
    assert (Decimal(event.before["price"]), Decimal(event.after["price"])) == (100, 110)
    assert (event.after["source"], event.after["approval"]) == ("corrected.csv", str(request.public_id))


def test_a_declined_price_stays_declined_however_often_a_file_tells_it(fund, ada, mallory, paul):
    told(fund, ada, "100")
    told(fund, mallory, "900")
    decide_approval(request=ApprovalRequest.objects.get(), decision="decline", note="A typo.", by=paul.as_actor())
    again = told(fund, mallory, "900")
    assert (again.kept, [row.state for row in again.put_off]) == (0, ["declined"])
    assert (held(), PriceProposal.objects.count(), ApprovalRequest.objects.count()) == (100, 1, 1)


def test_a_jump_against_the_days_beside_it_waits_and_the_band_is_the_firms_to_set(fund, ada):
    told(fund, ada, "100")
    later = DAY + dt.timedelta(days=30)
    assert told(fund, ada, "124", later).kept == 1
    jumped = told(fund, ada, "300", later + dt.timedelta(days=1))
    assert (jumped.kept, jumped.put_off[0].held_close, jumped.put_off[0].held_day) == (0, 124, later)
    assert told(fund, ada, "50", DAY - dt.timedelta(days=1)).kept == 0, "the day before counts as well"
    assert told(fund, ada, "200", DAY + dt.timedelta(days=30 + 365)).kept == 1, "a year may bring more"
    FirmProfile.objects.update(price_band=Decimal(2))
    assert told(fund, ada, "301", later + dt.timedelta(days=2)).kept == 1


def test_a_price_told_with_other_places_is_the_same_price(fund, ada, mallory):
    told(fund, ada, "12.344900")
    same = told(fund, mallory, "12.34")
    assert (same.kept, same.put_off, held()) == (0, (), Decimal("12.344900"))
    assert len(told(fund, mallory, "12.36").put_off) == 1


def test_what_was_paid_in_the_course_of_a_day_stands_in_for_its_close_and_never_against_it(fund, ada):
    trades = [FilePrice(fund, DAY, Decimal(paid), 2, of_trade=True) for paid in ("99", "101")]
    assert keep_prices(prices=trades, source="trades.csv", by=ada.as_actor()).put_off == ()
    assert told(fund, ada, "100").kept == 1
    assert keep_prices(prices=trades, source="trades.csv", by=ada.as_actor()) == KeptPrices(0)
    assert held() == 100
    wild = [FilePrice(fund, DAY, Decimal(900), 2, of_trade=True)]
    assert len(keep_prices(prices=wild, source="trades.csv", by=ada.as_actor()).put_off) == 1


def test_an_approval_of_what_is_no_longer_so_is_refused(fund, ada, mallory, paul):
    told(fund, ada, "100")
    told(fund, mallory, "110")
    told(fund, mallory, "120")
    first, second = ApprovalRequest.objects.order_by("pk")
    decide_approval(request=first, decision="approve", by=paul.as_actor())
    with pytest.raises(PriceMovedError):
        decide_approval(request=second, decision="approve", by=paul.as_actor())
    second.refresh_from_db()
    assert (held(), second.state) == (110, "pending")


def test_undoing_the_import_withdraws_what_waits_by_it_alone(ada, mallory, paul, sign_in):
    taken(ada, "100", "march.csv")
    one = taken(mallory, "900", "one.csv", "8765-4321")
    two = taken(mallory, "900", "two.csv", "5555-4444")
    assert PriceProposal.objects.count() == 1
    assert "waiting for approval" in sign_in(mallory).get(f"/imports/{two.public_id}/").content.decode()
    undo_batch(batch=one, by=mallory.as_actor())
    assert ApprovalRequest.objects.get().state == "pending"
    undo_batch(batch=two, by=paul.as_actor())
    assert (ApprovalRequest.objects.get().state, PriceProposal.objects.get().state) == ("withdrawn", "withdrawn")
    assert "waiting for approval" not in sign_in(mallory).get(f"/imports/{two.public_id}/").content.decode()
    assert held() == 100


def test_a_request_taken_back_by_who_asked_may_be_asked_again(fund, ada, mallory):
    told(fund, ada, "100")
    told(fund, mallory, "900")
    withdraw_approval(request=ApprovalRequest.objects.get(), by=mallory.as_actor())
    assert PriceProposal.objects.get().state == "withdrawn"
    told(fund, mallory, "900")
    assert ApprovalRequest.objects.filter(state="pending").count() == 1


def test_a_firm_of_one_reviews_the_price_itself_with_time(fund, ada):
    told(fund, ada, "100")
    told(fund, ada, "900")
    request = ApprovalRequest.objects.get()
    open_self_review(request=request, by=ada.as_actor())
    SelfReview.objects.update(opened_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    words = "I compared it with the fund's statement of March."
    attest_self_review(request=request, attestation=words, by=ada.as_actor())
    assert held() == 900
