"""Steps 3 and 4: a household is taken on, by form and by files; the client answers the risk questionnaire."""

from __future__ import annotations

from pathlib import Path

from tests.journeys import papers
from tests.journeys.main_job import MainJob
from tests.journeys.people import Person

ALEX = {"first_name": "Alex", "last_name": "Okafor", "date_of_birth": "1981-03-12", "email": "alex@okafor.test"}
RUTH = {"first_name": "Ruth", "last_name": "Reyes", "date_of_birth": "1983-08-30", "email": "ruth@okafor.test"}
CHILDREN = (("Ines", "2014-05-05"), ("Theo", "2017-11-20"))


def take_the_household_on(job: MainJob) -> None:
    """Two partners and two children by form; the first advisor's household is none of the second one's."""
    ada = job.team["advisor"]
    ada.go("/households/new/")
    ada.fill(name="Okafor-Reyes", filing_status="joint", city="Boston", state="MA", postal_code="02108")
    for prefix, adult, income in (("head", ALEX, 180000), ("partner", RUTH, 95000)):
        ada.fill(**{f"{prefix}-{name}": value for name, value in adult.items()})
        more = {"employment_status": "employed", "annual_income": income, "retirement_age": 65}
        ada.fill(**{f"{prefix}-{name}": value for name, value in more.items()})
    for n, (name, born) in enumerate(CHILDREN, start=1):
        who = {"first_name": name, "last_name": "Okafor", "date_of_birth": born}
        ada.fill(**{f"child_{n}-{name}": value for name, value in who.items()})
    ada.press("Take the household on")
    job.household_id = ada.page.url.split("/households/")[1].split("/")[0]
    ada.see("Alex Okafor", "Ruth Reyes", "Ines Okafor", "Theo Okafor")
    second = job.team["second advisor"]
    second.go("/households/")
    assert "Okafor" not in second.text()
    assert second.status(f"/households/{job.household_id}/people/") == 404


def import_the_files(job: MainJob, folder: Path) -> None:
    """Bring a client list with a broken row, then mended, then again; a bank statement; a custodian's two files."""
    ada = job.team["advisor"]
    bring(ada, "clients", papers.written(folder, "clients.csv", papers.BROKEN_CLIENTS))
    ada.see("1 row cannot be taken in, so the file cannot be. What is wrong stands beside it.", "Pia Quill")
    assert not ada.page.get_by_role("button", name="Take the file in").count()
    mended = papers.written(folder, "clients mended.csv", papers.CLIENTS)
    bring(ada, "clients", mended)
    take_in(ada)
    ada.go("/households/")
    assert "Marsh" in ada.text()
    assert "Quill" not in ada.text()
    bring(ada, "clients", mended)
    ada.see("Everything in this file is known already. Taking it in changes nothing.")
    statement = papers.written(folder, "checking.ofx", papers.bank_statement(job.quarter))
    bring(ada, "bank_statement", statement, household=job.household_id)
    take_in(ada)
    job.await_prices()
    for name, text in (
        ("transactions.csv", papers.transactions(job.quarter)),
        ("positions.csv", papers.positions(job.quarter)),
    ):
        bring(ada, "custodian_file", papers.written(folder, name, text), household=job.household_id)
        take_in(ada)
    ada.go(f"/households/{job.household_id}/portfolio/")
    assert "5678" in ada.text()
    ada.go(f"/households/{job.household_id}/money/")
    assert "1222" in ada.text()


def bring(person: Person, kind: str, path: Path, **answers: str) -> None:
    """Upload a file; its rows are shown."""
    person.go(f"/imports/new/{kind}/")
    person.fill(file=path, **answers)
    person.press("Read the file")
    assert path.name in person.text()


def take_in(person: Person) -> None:
    """Apply the file that is shown; the page turns by itself when the worker is done."""
    person.press("Take the file in")
    person.await_live(person.page.get_by_text("The file is taken in."))


def undo_the_client_list(job: MainJob, folder: Path) -> None:
    """Take the client list back, which a later file forbids at first: its household goes, the one by form stays."""
    ada = job.team["advisor"]
    ada.go("/households/")
    ada.page.get_by_role("link", name="Marsh").click()
    ada.page.wait_for_url("**/households/*-*/**")
    imported = ada.page.url.split("/households/")[1].split("/")[0]
    statement = papers.written(folder, "marsh.ofx", papers.bank_statement(job.quarter))
    bring(ada, "bank_statement", statement, household=imported)
    take_in(ada)
    undo(ada, "clients mended.csv")
    ada.see("The import cannot be undone", "Take these back first")
    undo(ada, "marsh.ofx")
    undo(ada, "clients mended.csv")
    ada.go("/households/")
    assert "Marsh" not in ada.text()
    assert "Okafor-Reyes" in ada.text()


def undo(person: Person, filename: str) -> None:
    """Press undo at the import of a file that was taken in."""
    person.go("/imports/")
    row = person.page.get_by_role("row").filter(has_text=filename).filter(has_text="Applied")
    row.get_by_role("link").first.click()
    person.press("Undo the import")


def invite_the_clients(job: MainJob) -> None:
    """Invite both partners to the portal; each makes an account."""
    ada = job.team["advisor"]
    for adult in (ALEX, RUTH):
        name = f"{adult['first_name']} {adult['last_name']}"
        client = job.person(name, adult["email"])
        job.clients.append(client)
        ada.go(f"/households/{job.household_id}/people/")
        ada.press("Invite", within=f'main tr:has-text("{adult["first_name"]}")')
        client.accept_invitation()
        client.go("/portal/")


def answer_the_questionnaires(job: MainJob) -> None:
    """Each partner answers in the portal, one boldly and one with care; the advisor assesses what they can bear."""
    ada = job.team["advisor"]
    for client in job.clients:
        ada.go(f"/households/{job.household_id}/compliance/")
        ada.press("Ask for own profile", within=f'main .card:has-text("{client.name}")')
    for client, place in zip(job.clients, (-1, 1), strict=True):
        client.go("/portal/")
        client.press("Start")
        while "/review/" not in client.page.url:
            client.page.locator('main [name="option"]').nth(place).check()
            client.press("Next")
        client.press("Submit the answers")
        client.see("Your answers are with your advisor.")
    ada.go(f"/households/{job.household_id}/compliance/capacity/")
    ada.fill(years_to_first_withdrawal=20, withdrawal_years=30, liquidity_coverage=120, income_stability="2")
    ada.fill(funded_ratio=85, debt_service_ratio=20, dependants=2, net_worth_share=60, portfolio_value=800000)
    ada.fill(source="Conversation and statements of this week")
    ada.press("Assess the capacity")


def agree_on_the_risk(job: MainJob) -> None:
    """Show where will and means disagree; the advisor reviews, both clients confirm, the household has its limit."""
    ada, tab = job.team["advisor"], f"/households/{job.household_id}/compliance/"
    ada.go(tab)
    ada.see("Tolerance: willing to take", "Capacity: able to bear", "To talk about")
    for client in job.clients:
        ada.go(tab)
        ada.press("Review the profile", within=f'main .card:has(h2:has-text("{client.name}"))')
        ada.fill(note="Talked through what a bad year means.")
        ada.press("Accept the level")
    for client in job.clients:
        client.go("/portal/")
        while client.page.get_by_text("Confirm your risk level").count():
            client.press("Read and confirm")
            client.fill(agreed=True)
            client.press("Confirm")
            client.go("/portal/")
    ada.go(tab)
    ada.see("Risk limit of the household", "Equity at most")
