"""Step 7: the fee by the signed terms, reviewed by a second person, invoiced with its receipt, paid by card."""

from __future__ import annotations

import datetime as dt

from tests.journeys.main_job import MainJob
from tests.journeys.steps_plan import sign

CARD = {"card": "4242 4242 4242 4242", "expiry": "12 / 34", "cvc": "123"}


def agree_the_fee(job: MainJob) -> None:
    """Define the schedule that the agreement states and put the household on it, clause by clause."""
    paul, first = job.principal, job.quarter.first.isoformat()
    paul.go("/billing/schedules/new/")
    paul.fill(name="Standard", kind="graduated", timing="arrears", periods_per_year="4", value_basis="period_end")
    paul.fill(breakpoint_scope="household", period_fraction="actual_365", effective_on=first)
    paul.fill(up_to_1="500000", rate_1="1.00", rate_2="0.80")
    paul.press("Save")
    paul.go(f"/households/{job.household_id}/billing/terms/")
    for name in ("version", "agreement"):
        choices = paul.page.locator(f'main [name="{name}"] option')
        paul.page.locator(f'main [name="{name}"]').select_option(index=choices.count() - 1)
    paul.fill(clause="4.2", starts_on=first, collection="invoice")
    paul.press("Set the fee")
    paul.see("Standard", "4.2")


def bill_the_quarter(job: MainJob) -> None:
    """Bill the quarter that is over, in arrears."""
    run_and_invoice(job, timing="arrears", first_day=job.quarter.first)


def change_to_advance(job: MainJob) -> None:
    """A new agreement bills in advance from a day within the running quarter; both partners sign it."""
    ada, paul, starts = job.team["advisor"], job.principal, changes_on(job)
    ada.go(f"/households/{job.household_id}/agreements/new/")
    ada.fill(effective_on=starts.isoformat(), kind="graduated", frequency="quarterly", timing="advance")
    ada.fill(value_basis="opening", up_to_1="500000", rate_1="0.90", rate_2="0.70")
    ada.press("Draft it")
    ada.go(f"/households/{job.household_id}/documents/")
    ada.press("Send for signature")
    for client in job.clients:
        sign(client)
    paul.go("/billing/schedules/new/")
    paul.fill(name="In advance", kind="graduated", timing="advance", periods_per_year="4", value_basis="opening")
    paul.fill(breakpoint_scope="household", period_fraction="actual_365", effective_on=starts.isoformat())
    paul.fill(up_to_1="500000", rate_1="0.90", rate_2="0.70")
    paul.press("Save")
    paul.go(f"/households/{job.household_id}/billing/terms/")
    paul.page.locator('main [name="version"]').select_option(label="In advance v1")
    paul.fill(clause="4.2", starts_on=starts.isoformat(), collection="invoice")
    paul.press("Set the fee")
    paul.see("In advance")


def bill_in_advance(job: MainJob) -> None:
    """Bill the running quarter in advance: only the days under the new agreement, and the receipt counts them."""
    running = job.quarter.next()
    days = (running.last - changes_on(job)).days + 1
    run_and_invoice(job, timing="advance", first_day=running.first)
    alex = job.clients[0]
    alex.go("/portal/billing/")
    alex.await_live(alex.page.locator("main tbody tr").nth(1))
    alex.page.locator("main tbody th a").first.click()
    alex.page.wait_for_url("**/portal/billing/*-*/")
    alex.go(alex.page.locator('main a[href*="/receipts/"]').first.get_attribute("href"))
    alex.see(f"{days} days", f"{days} / 365")


def changes_on(job: MainJob) -> dt.date:
    """Return the day of the new terms: within the running quarter, and not after today."""
    return max(job.quarter.next().first, dt.date.today() - dt.timedelta(days=5))


def run_and_invoice(job: MainJob, *, timing: str, first_day: dt.date) -> None:
    """Calculate the run, have a second person approve it, lock it, write the invoice."""
    paul = job.principal
    paul.go("/billing/runs/new/")
    paul.fill(timing=timing, periods_per_year="4", first_day=first_day.isoformat())
    paul.press("Start a run")
    if paul.page.get_by_role("button", name="Calculate", exact=True).count():
        paul.press("Calculate")
    run = paul.page.url
    paul.await_live(paul.page.get_by_role("button", name="Send for review"))
    paul.see("Okafor-Reyes")
    paul.press("Send for review")
    assert not paul.page.get_by_role("button", name="Lock the fees").count()
    reviewer = job.team["compliance"]
    reviewer.go("/approvals/")
    reviewer.page.locator("main tbody a").first.click()
    reviewer.page.wait_for_url("**/approvals/*-*/")
    reviewer.fill(decision="approve", note="Fees follow the signed terms.")
    reviewer.press("Record the decision")
    paul.page.goto(run)
    paul.press("Lock the fees")
    paul.press("Write the invoices")


def pay_by_card(job: MainJob) -> None:
    """The client opens the invoice and its receipt in the portal and pays by card; the signed webhook settles it."""
    job.site.start_stripe()
    alex = job.clients[0]
    alex.go("/portal/billing/")
    alex.await_live(alex.page.locator("main tbody th a"))
    alex.page.locator("main tbody th a").first.click()
    alex.page.wait_for_url("**/portal/billing/*-*/")
    invoice = alex.page.url
    paper = alex.page.get_by_role("link", name="Read it as PDF")
    alex.await_live(paper)
    assert alex.fetch(paper.get_attribute("href")).startswith(b"%PDF")
    alex.see("Clause 4.2", "Clause 4.3")
    alex.go(alex.page.locator('main a[href*="/receipts/"]').first.get_attribute("href"))
    alex.see("0.80%")  # the second tier, on what lies above the first
    alex.page.goto(invoice)
    alex.press("Pay by card")
    alex.page.wait_for_url(f"http://127.0.0.1:{job.site.stripe_port}/pay/**")
    for name, value in CARD.items():
        alex.page.locator(f'[name="{name}"]').fill(value)
    with alex.page.expect_navigation():
        alex.page.get_by_role("button", name="Pay").click()
    alex.page.goto(invoice)
    alex.page.get_by_text("Paid. Thank you.").wait_for(timeout=30_000)
