"""What was shown then, what is shown now, and what led from one to the other."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from apps.portfolios.models import Transaction
from apps.portfolios.selectors.performance_changes import MOST_GROUPS, changes_since
from apps.portfolios.selectors.performance_pages import account_sheet, household_performance
from apps.portfolios.services.transactions import reverse_transaction
from tests.days import today
from tests.factories import clients
from tests.factories import portfolios as made

START, CORRECTED, END = dt.date(2025, 1, 2), dt.date(2025, 3, 3), dt.date(2025, 6, 30)


@pytest.fixture
def account(ada):
    fund = made.instrument(ada, "AAA", {START: "100", CORRECTED: "110", END: "121"})
    opened = made.account(clients.household(ada), ada, opened_on=START)
    made.entry(opened, ada, "deposit", START, cash="10000")
    made.entry(opened, ada, "buy", START, instrument=fund, units="100", price="100", cash="-10000")
    made.entry(opened, ada, "fee", CORRECTED, cash="-500")
    return opened


def shown_before(account, days=1):
    """Make what is there recorded days ago, as if it had been shown since."""
    past = timezone.now() - dt.timedelta(days=days)
    Transaction.objects.filter(account=account).update(recorded_at=past)
    return past + dt.timedelta(minutes=1)


def test_the_steps_lead_from_what_was_shown_to_what_is_shown(ada, account):
    then = shown_before(account)
    wrong = account.transactions.get(kind="fee")
    reverse_transaction(transaction=wrong, reason="Another client's", by=ada.as_actor())
    Transaction.objects.filter(kind="reversal").update(recorded_at=timezone.now() - dt.timedelta(hours=2))
    made.entry(account, ada, "advisory_fee", CORRECTED, cash="-110")
    changes = changes_since([account], account_sheet(account, END, then))
    assert [[entry.kind for entry in change.entries] for change in changes] == [["reversal"], ["advisory_fee"]]
    first, last = changes
    assert (first.before.closing, first.after.closing, last.after.closing) == (11_600, 12_100, 11_990)
    assert first.after is last.before
    now, before = account_sheet(account, END), account_sheet(account, END, then)
    assert first.before.closing == before.closing
    assert last.after.closing == now.closing
    assert last.after.line("inception").figures == now.line("inception").figures
    whole = first.steps[-1]
    assert whole.before.net.value < whole.after.net.value == pytest.approx(0.21)


def test_entries_recorded_together_are_one_change_and_a_file_is_told_by_its_first(ada, account):
    then = shown_before(account)
    for _ in range(6):
        made.entry(account, ada, "interest", CORRECTED, cash="1")
    (change,) = changes_since([account], account_sheet(account, END, then))
    assert len(change.entries) == 6
    assert (len(change.shown), change.n_more) == (4, 2)


def test_the_earliest_of_many_changes_are_taken_together(ada, account):
    then = shown_before(account, days=60)
    for day in range(MOST_GROUPS + 3):
        entry = made.entry(account, ada, "interest", CORRECTED, cash="1")
        Transaction.objects.filter(pk=entry.pk).update(recorded_at=timezone.now() - dt.timedelta(days=40 - day))
    changes = changes_since([account], account_sheet(account, END, then))
    assert [len(change.entries) for change in changes] == [4] + [1] * (MOST_GROUPS - 1)
    assert changes[-1].after.closing == account_sheet(account, END).closing


def test_a_sheet_of_now_has_no_changes(account):
    assert changes_since([account], account_sheet(account, END)) == ()


def test_an_entry_of_a_later_day_changes_nothing(ada, account):
    then = shown_before(account)
    made.entry(account, ada, "interest", END + dt.timedelta(days=1), cash="1")
    assert changes_since([account], account_sheet(account, END, then)) == ()


def test_the_page_says_what_changed_and_each_figure_opens(ada, account, sign_in):
    shown_before(account)
    reverse_transaction(transaction=account.transactions.get(kind="fee"), reason="Another client's", by=ada.as_actor())
    client = sign_in(ada)
    yesterday = (today() - dt.timedelta(days=1)).isoformat()
    for page in (
        f"/portfolios/accounts/{account.public_id}/performance/",
        f"/households/{account.household.public_id}/portfolio/performance/",
    ):
        shown = client.get(f"{page}?day={END.isoformat()}&known_on={yesterday}").content.decode()
        assert "What was recorded since" in shown
        assert "Another client" in shown
        assert "$11,600" in shown
        assert "$12,100" in shown
        untouched = client.get(f"{page}?day={END.isoformat()}").content.decode()
        assert "What was recorded since" not in untouched
    addresses = [
        part.split('"')[0].replace("&amp;", "&") for part in shown.split('href="') if "inception-closing" in part
    ]
    told = [client.get(address) for address in addresses]
    assert told
    assert {answer.status_code for answer in told} == {200}
    assert household_performance(account.household, END).sheet.closing == Decimal(12_100)


def test_a_date_that_is_none_is_told_and_the_page_shows_today(ada, account, sign_in):
    for asked in ("day=yesterday", "known_on=2026-13-01", "moment=soon"):
        page = sign_in(ada).get(f"/portfolios/accounts/{account.public_id}/performance/?{asked}")
        assert page.status_code == 200
        assert "A date could not be read" in page.content.decode()
        assert page.context["sheet"].as_of == today()
