from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.db import connection
from pypdf import PdfReader

from apps.clients.models import DocumentCategory
from apps.core.models import AuditEvent, Job
from apps.core.passports import Amount
from apps.core.templatetags.formats import money_text, percent_text
from apps.kernel.errors import InvalidInputError
from apps.notices.models import Mail
from apps.portfolios.models import AccountStatus, Instrument, InstrumentPrice, PerformanceReport, ReportState
from apps.portfolios.selectors.comparisons import compared
from apps.portfolios.selectors.owners import PortfolioOwner
from apps.portfolios.selectors.performance_pages import household_sheet
from apps.portfolios.selectors.reports import batch_view, report_passport, reports_of
from apps.portfolios.selectors.sleeves import sleeve_sheet
from apps.portfolios.services._report_paper import ReportNotPossibleError
from apps.portfolios.services.benchmarks import assign_benchmark
from apps.portfolios.services.reports import (
    ReportStepError,
    deliver_reports,
    make_report,
    make_reports,
    request_reports,
    restate_report,
    start_reports,
)
from apps.portfolios.services.transactions import reverse_transaction
from tests.factories import benchmarks, clients, market, portfolios

QUARTER = dt.date(2025, 3, 31)


@pytest.fixture
def household(ada):
    return portfolios.funded(ada)[0]


@pytest.fixture
def batch(ada, household):
    return start_reports(last_day=QUARTER, message="A calm quarter.", by=ada.as_actor())


def unpriced_household(ada):
    """A second household that holds what has no price."""
    other = clients.household(ada, name="Silva")
    account = portfolios.account(other, ada, number="77", status=AccountStatus.ACTIVE)
    nameless = Instrument.objects.create(symbol="NOPX", name="Nobody's fund")
    portfolios.entry(account, ada, "transfer_in", portfolios.DAY, instrument=nameless, units="10", cost="100")
    return other


def priced(instrument, close):
    InstrumentPrice.objects.create(instrument=instrument, day=portfolios.DAY, close=Decimal(close), source="a.csv")


def paper_text(report):
    pages = PdfReader(io.BytesIO(report.document.current.content())).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_a_quarter_is_reported_for_each_household_with_a_managed_portfolio(ada, batch, household):
    clients.household(ada, name="Empty")
    report = batch.reports.get()
    assert (report.household, report.state) == (household, ReportState.WAITING)
    assert Job.objects.filter(name="portfolios.make_reports").count() == 1
    event = AuditEvent.objects.get(action="portfolios.start_reports")
    assert event.after["count"] == 1


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (dt.date(2025, 3, 30), "No quarter ends"),
        (dt.date(2099, 3, 31), "is over after"),
        (dt.date(2024, 12, 31), "No household had"),
    ],
)
def test_a_day_that_ends_no_quarter_is_refused(ada, household, day, said):
    with pytest.raises(InvalidInputError, match=said):
        start_reports(last_day=day, by=ada.as_actor())
    assert not PerformanceReport.objects.exists()


def test_a_quarter_has_one_batch(ada, batch):
    with pytest.raises(InvalidInputError, match="has its batch"):
        start_reports(last_day=QUARTER, by=ada.as_actor())


def test_paper_screen_and_kept_figures_say_the_same(ada, batch, household):
    make_reports(batch=batch, by=ada.as_actor())
    report = batch.reports.get()
    line = household_sheet(household, QUARTER).line("inception")
    told = report.figures["spans"]["inception"]
    assert told["net"] == line.figures.net.value
    assert Decimal(told["closing"]) == line.figures.closing == Decimal(10500)
    text = paper_text(report)
    assert percent_text(line.figures.net.value, 2) in text
    assert money_text(line.figures.closing, "USD", "exact") in text
    assert "A calm quarter." in text
    sleeve = sleeve_sheet(PortfolioOwner(household), household_sheet(household, QUARTER), "inception").sleeves[0]
    assert sleeve.gain == 500
    assert f"{sleeve.label} " in text
    assert percent_text(sleeve.returned.value, 2) in text
    assert "Capital gain " in text
    assert (report.state, report.document.category) == (ReportState.MADE, DocumentCategory.PERFORMANCE)
    assert report.document.visible_to_client is False


def test_the_benchmark_on_paper_is_that_of_the_page(ada, batch, household):
    benchmarks.series("rate_of_cash", {portfolios.DAY - dt.timedelta(days=9): "0.25"})
    blend = benchmarks.benchmark(ada, ("rate_of_cash", "1"))
    assign_benchmark(household=household, benchmark=blend, starts_on=portfolios.DAY, by=ada.as_actor())
    make_reports(batch=batch, by=ada.as_actor())
    owner = PortfolioOwner(household)
    line = compared(owner, owner.sheet(QUARTER)).line("inception")
    text = paper_text(batch.reports.get())
    assert f"{percent_text(line.net.value, 2)} {percent_text(line.benchmark.value, 2)}" in text
    assert "Benchmark: Blend." in text


def test_one_that_fails_is_named_the_others_are_made_and_a_rerun_makes_it(ada, household):
    other = unpriced_household(ada)
    batch = start_reports(last_day=QUARTER, by=ada.as_actor())
    assert make_reports(batch=batch, by=ada.as_actor()) == 1
    failed = batch.reports.get(household=other)
    assert failed.state == ReportState.FAILED
    assert "Without a price" in failed.problem
    assert "NOPX" in failed.problem
    made = batch.reports.get(household=household)
    first_paper = made.document_id
    priced(Instrument.objects.get(symbol="NOPX"), "12")
    Job.objects.update(state="done")
    request_reports(batch=batch, by=ada.as_actor())
    assert make_reports(batch=batch, by=ada.as_actor()) == 1
    failed.refresh_from_db()
    made.refresh_from_db()
    assert (failed.state, failed.problem) == (ReportState.MADE, "")
    assert made.document_id == first_paper


def test_a_broken_row_of_one_household_ends_no_other_report(ada, household):
    other = unpriced_household(ada)
    priced(Instrument.objects.get(symbol="NOPX"), "12")
    with connection.cursor() as cursor:
        # a row that no form or file of ours writes: the column can hold it all the same
        cursor.execute("UPDATE portfolios_instrumentprice SET close = 'NaN'")
    batch = start_reports(last_day=QUARTER, by=ada.as_actor())
    assert make_reports(batch=batch, by=ada.as_actor()) == 1
    assert "could not be made" in batch.reports.get(household=other).problem
    assert batch.reports.get(household=household).state == ReportState.MADE
    assert AuditEvent.objects.filter(action="portfolios.fail_report").count() == 1


def test_a_report_that_cannot_be_stated_leaves_nothing_behind(ada):
    unpriced_household(ada)
    batch = start_reports(last_day=QUARTER, by=ada.as_actor())
    report = batch.reports.get()
    with pytest.raises(ReportNotPossibleError):
        make_report(report=report, by=ada.as_actor())
    report.refresh_from_db()
    assert (report.state, report.document, report.known_at) == (ReportState.WAITING, None, None)


def test_delivery_shows_the_paper_mails_without_a_figure_and_happens_once(ada, batch, household):
    make_reports(batch=batch, by=ada.as_actor())
    assert deliver_reports(batch=batch, by=ada.as_actor()) == 1
    report = batch.reports.get()
    assert (report.state, report.document.visible_to_client) == (ReportState.DELIVERED, True)
    mail = Mail.objects.filter(kind="portfolios/report").first()
    assert mail is not None
    assert "10,500" not in mail.text
    assert AuditEvent.objects.filter(action="portfolios.deliver_report").count() == 1
    with pytest.raises(ReportStepError):
        deliver_reports(batch=batch, by=ada.as_actor())


def test_an_advisor_delivers_only_what_they_see(ada, paul, batch, mallory):
    make_reports(batch=batch, by=ada.as_actor())
    with pytest.raises(ReportStepError):
        deliver_reports(batch=batch, by=mallory.as_actor())
    assert batch.reports.get().state == ReportState.MADE
    assert deliver_reports(batch=batch, by=paul.as_actor()) == 1


def test_a_restated_report_says_why_and_the_client_keeps_the_first(ada, batch, household):
    make_reports(batch=batch, by=ada.as_actor())
    deliver_reports(batch=batch, by=ada.as_actor())
    report = batch.reports.get()
    first, known = report.document, report.known_at
    Job.objects.update(state="done")
    with pytest.raises(InvalidInputError, match="Say why"):
        restate_report(report=report, reason=" ", by=ada.as_actor())
    buy = household.accounts.get().transactions.get(kind="buy")
    reverse_transaction(transaction=buy, reason="Booked twice", by=ada.as_actor())
    restate_report(report=report, reason="A purchase was booked twice.", by=ada.as_actor())
    make_reports(batch=batch, by=ada.as_actor())
    report.refresh_from_db()
    # until the new one is delivered the client reads the old one
    assert [(each.pk, each.published_id) for each in reports_of(household)] == [(report.pk, first.pk)]
    assert report.document_id != first.pk
    assert first.visible_to_client
    text = paper_text(report)
    assert "A purchase was booked twice." in text
    assert Decimal(report.figures["spans"]["inception"]["closing"]) == 10000
    # what was reported first can be asked again
    then = household_sheet(household, QUARTER, known).line("inception")
    assert then.figures.closing == Decimal(10500)


def test_the_new_report_takes_the_place_of_the_old_when_it_is_delivered(ada, batch, household):
    make_reports(batch=batch, by=ada.as_actor())
    assert reports_of(household) == []
    deliver_reports(batch=batch, by=ada.as_actor())
    first = batch.reports.get().document
    Job.objects.update(state="done")
    restate_report(report=batch.reports.get(), reason="A price was wrong.", by=ada.as_actor())
    assert [each.published for each in reports_of(household)] == [first]
    make_reports(batch=batch, by=ada.as_actor())
    deliver_reports(batch=batch, by=ada.as_actor())
    report = batch.reports.get()
    assert [each.published for each in reports_of(household)] == [report.document] != [first]


def test_a_figure_stays_as_it_was_reported_when_a_price_is_corrected(ada, batch, household):
    make_reports(batch=batch, by=ada.as_actor())
    report = batch.reports.get()
    said = {figure: report_passport(report, figure) for figure in ("inception-net", "inception-closing")}
    master = Instrument.objects.get(symbol="AAA").master
    market.stored(master, {QUARTER: "54"})
    assert household_sheet(household, QUARTER).line("inception").figures.closing == Decimal(10400)
    for figure, before in said.items():
        told = report_passport(report, figure)
        assert told.value == before.value
        assert [line.amount for line in told.lines if line.label == "Value at the end"] == [
            Amount.of_money(Decimal(10500), "USD", QUARTER)
        ]
        assert "as reported" in told.notes[0]


def test_a_price_that_was_corrected_makes_a_report_outdated(ada, batch, household):
    def outdated():
        (row,) = batch_view(ada.as_actor(), batch).rows
        return row.is_outdated

    make_reports(batch=batch, by=ada.as_actor())
    master = household.accounts.get().transactions.get(kind="buy").instrument.master
    market.stored(market.security("OTHR"), {QUARTER: "7"})
    market.stored(master, {QUARTER + dt.timedelta(days=1): "60"})
    assert not outdated()
    market.stored(master, {QUARTER: "54"})
    assert outdated()
    Job.objects.update(state="done")
    restate_report(report=batch.reports.get(), reason="", by=ada.as_actor())
    make_reports(batch=batch, by=ada.as_actor())
    assert not outdated()


def test_a_price_of_a_file_that_was_corrected_makes_a_report_outdated(ada, household):
    own = Instrument.objects.create(symbol="OWNX", name="Of a file")
    portfolios.entry(household.accounts.get(), ada, "transfer_in", portfolios.DAY, instrument=own, units="1", cost="9")
    priced(own, "10")
    batch = start_reports(last_day=QUARTER, by=ada.as_actor())
    make_reports(batch=batch, by=ada.as_actor())
    assert not batch_view(ada.as_actor(), batch).rows[0].is_outdated
    row = InstrumentPrice.objects.get(instrument=own)
    row.close = Decimal(11)
    row.save()
    assert batch_view(ada.as_actor(), batch).rows[0].is_outdated


def test_one_that_is_to_be_made_anew_while_the_job_works_is_made_by_it(ada, batch, household):
    other = clients.household(ada, name="Zeller")
    account = portfolios.account(other, ada, number="77")
    portfolios.entry(account, ada, "deposit", portfolios.DAY, cash="100")
    PerformanceReport.objects.create(batch=batch, household=other)
    shares = []

    def once(share, _step):
        shares.append(share)
        first = batch.reports.get(household=household)
        if first.state == ReportState.MADE and len(shares) == 2:
            restate_report(report=first, reason="", by=ada.as_actor())

    assert make_reports(batch=batch, by=ada.as_actor(), progress=once) == 3
    assert set(batch.reports.values_list("state", flat=True)) == {ReportState.MADE}
    assert shares == sorted(shares)
    assert shares[-1] < 1


def test_a_report_that_waits_cannot_be_made_anew(ada, batch):
    with pytest.raises(ReportStepError):
        restate_report(report=batch.reports.get(), reason="x", by=ada.as_actor())
