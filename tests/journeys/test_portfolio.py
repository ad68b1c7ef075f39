"""A portfolio from the custodian's files to the report that the client reads, by its people in real browsers."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from config.env import ROOT
from tests.days import today
from tests.journeys import papers
from tests.journeys.people import Person
from tests.journeys.steps_client import bring, take_in
from tests.live import LiveSite

pytestmark = pytest.mark.journey


class PortfolioJob:
    """The people at their browsers, and the household that they work on."""

    def __init__(self, site: LiveSite, browser: Any) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "tests.journeys.portfolio_story"],
            cwd=ROOT,
            env=site.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        self.story = json.loads(done.stdout.splitlines()[-1])
        self.household, self.proposal = self.story["household"], ""
        self.quarter = papers.Quarter.before(today())
        self.people = {name: Person(site, browser, name, "", "alpha") for name in ("ada", "paul", "connie", "client")}
        for name, who in self.people.items():
            who.context.add_cookies([{"name": "sessionid", "value": self.story[name], "url": site.url("alpha")}])

    def __getattr__(self, name: str) -> Person:
        return self.people[name]

    def close(self) -> None:
        """Close every browser; no page must have failed."""
        for who in self.people.values():
            who.close()


def test_a_portfolio_is_kept_measured_rebalanced_traded_and_reported(
    live_site: LiveSite, chromium: Any, tmp_path: Path
) -> None:
    live_site.start_worker()
    job = PortfolioJob(live_site, chromium)
    import_the_files_and_clear_the_break(job, tmp_path)
    see_the_return_and_its_passport(job)
    report_the_quarter(job)
    correct_an_entry_and_see_what_changed(job)
    rebalance_and_pass_the_checkpoints(job)
    send_fill_and_verify(job)
    read_the_report_as_the_client(job)
    job.close()


def import_the_files_and_clear_the_break(job: PortfolioJob, folder: Path) -> None:
    """Bring the transactions, then the positions, which differ by some cash; record the entry that is proposed."""
    ada = job.ada
    for name, text in (("book.csv", papers.book(job.quarter)), ("held.csv", papers.held(job.quarter))):
        bring(ada, "custodian_file", papers.written(folder, name, text), household=job.household)
        take_in(ada)
    ada.go("/portfolios/breaks/")
    ada.see("Interest or a dividend that our book lacks", "12.50")
    ada.press("Record the entry")
    ada.see("No open break")


def see_the_return_and_its_passport(job: PortfolioJob) -> None:
    """The return stands on the page; its passport leads to the entries that it is made of."""
    ada = job.ada
    ada.go(f"/households/{job.household}/portfolio/performance/?day={job.quarter.last.isoformat()}")
    ada.see("Return by period", "Since the beginning")
    ada.page.locator('main tr:has-text("Since the beginning") a[data-figure]').first.click()
    panel = ada.page.locator("#side-panel-body [data-passport]").first
    panel.wait_for()
    assert "100,000.00" in panel.inner_text()


def report_the_quarter(job: PortfolioJob) -> None:
    """Make the reports of the quarter that is over; the page turns when they are made; deliver them."""
    ada = job.ada
    ada.go("/portfolios/reports/new/")
    ada.fill(last_day=job.quarter.last.isoformat(), message="A calm quarter.")
    ada.press("Make the reports")
    ada.await_live(ada.page.get_by_role("button", name="Deliver to the portal"))
    ada.press("Deliver to the portal")
    ada.see("1 report is in the portal now.")


def correct_an_entry_and_see_what_changed(job: PortfolioJob) -> None:
    """The interest was another client's: taken back, it leaves the report behind, and the page says by how much."""
    ada = job.ada
    ada.go(f"/households/{job.household}/portfolio/")
    ada.page.get_by_role("link", name="Individual").first.click()
    ada.page.wait_for_url("**/portfolios/accounts/*/")
    ada.press("Take back", within="main tr:has-text('12.50')")
    ada.fill(reason="The custodian booked it to the wrong account.")
    ada.press("Take the entry back")
    ada.go("/portfolios/reports/")
    ada.page.locator("main a.row-link").first.click()
    ada.see("The ledger has changed since")
    ada.page.get_by_role("link", name="The ledger has changed since").click()
    ada.see("What was recorded since", "Reversal")
    ada.page.go_back()
    ada.press("Make anew")
    ada.fill(reason="Interest of another account was in it.")
    ada.press("Make the report anew")
    ada.await_live(ada.page.get_by_role("button", name="Deliver to the portal"))
    ada.press("Deliver to the portal")


def rebalance_and_pass_the_checkpoints(job: PortfolioJob) -> None:
    """Ask what would bring the household back to its model, make trades of it; no order before all have passed."""
    ada = job.ada
    ada.go(f"/households/{job.household}/portfolio/rebalance/")
    ada.fill(mode="full", short_rate="40.8", long_rate="18.8")
    ada.page.get_by_role("button", name="Ask what to trade").click()
    ada.see("Off target after", "Distance from the optimum")
    ada.press("Make trades of this")
    job.proposal = ada.page.url
    ada.press("Submit to the checkpoints")
    assert not ada.page.get_by_role("button", name="Release the orders").count()
    for _n in range(4):
        review = ada.page.locator("main a", has_text="Open the review").first
        if not review.count():
            break
        address = str(review.get_attribute("href"))
        for who in (job.connie, job.paul):
            who.go(address)
            if who.page.locator('main [name="decision"]').count():
                who.fill(decision="approve", note="Read against the mandate and the profile.")
                who.press("Record the decision")
                break
        ada.page.goto(job.proposal)
    ada.see("Release the orders")


def send_fill_and_verify(job: PortfolioJob) -> None:
    """The orders go into the custodian's file once, are executed in parts, and the execution is verified."""
    ada = job.ada
    ada.press("Release the orders")
    ada.go("/portfolios/orders/")
    ada.press("Write the file for Schwab")
    ada.go("/portfolios/orders/")
    orders = [str(link.get_attribute("href")) for link in ada.page.locator("main a.row-link").all()]
    assert len(orders) == 2
    sold = 0
    for address in orders:
        ada.go(address)
        quantity = int(ada.page.locator("main .stat-row a[data-figure]").first.inner_text().replace(",", ""))
        is_sale = "STK" in ada.text()
        sold += quantity if is_sale else 0
        parts = ((80, "111.90"), (quantity - 80, "112.10")) if is_sale else ((quantity, "102.00"),)
        for n, (part, price) in enumerate(parts):
            ada.press("Record an execution")
            ada.fill(execution_id=f"{'S' if is_sale else 'B'}{n}", quantity=part, price=price)
            ada.press("Record an execution")
    ada.page.goto(job.proposal)
    ada.press("Verify the execution")
    ada.fill(fees_compared=True, note="All as ordered.")
    ada.press("Verify the execution")
    ada.see("Verified")
    ada.go(f"/households/{job.household}/portfolio/")
    ada.see(f"{800 - sold}")


def read_the_report_as_the_client(job: PortfolioJob) -> None:
    """Both papers lie in the portal; the newer says that it takes the place of the first, and why."""
    client = job.client
    client.go("/portal/portfolio/")
    links = client.page.locator('main a[href*="/portal/documents/"]:not([href*="download"])')
    assert links.count() >= 1, client.text()
    texts = []
    for link in links.all():
        content = client.fetch(str(link.get_attribute("href")))
        texts.append(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages))
    assert any("Interest of another account was in it." in text for text in texts)
