"""Steps 5 and 6: the plan is generated, adjusted, published, read, questioned and signed."""

from __future__ import annotations

from tests.journeys.main_job import MainJob
from tests.journeys.people import PASSWORD, Person

RUN_SECONDS = 240
REASON = "They start with half of it and raise it with the next salary review."
QUESTION = "What happens to the plan if one of us stops working at 60?"
ANSWER = "The chance falls; we would save more from today on. We look at it together in May."


def sign_the_agreement(job: MainJob) -> None:
    """Draft the advisory agreement with its fee clause, send it, and have both partners sign it."""
    ada = job.team["advisor"]
    ada.go(f"/households/{job.household_id}/agreements/new/")
    ada.fill(effective_on=job.quarter.first.isoformat(), kind="graduated", frequency="quarterly", timing="arrears")
    ada.fill(value_basis="period_end", up_to_1="500000", rate_1="1.00", rate_2="0.80")
    ada.press("Draft it")
    ada.go(f"/households/{job.household_id}/documents/")
    ada.press("Send for signature")
    for client in job.clients:
        sign(client)


def sign(client: Person) -> None:
    """Open the paper that waits, read it, consent, type the name; the evidence is shown."""
    client.go("/portal/")
    client.press("Read and sign")
    paper = client.button("Open the paper").get_attribute("href")
    assert client.fetch(paper).startswith(b"%PDF")
    client.page.reload()
    client.fill(consent=True, typed_name=client.name)
    client.press("Sign the paper")
    if "/reauthenticate/" in client.page.url:
        client.fill(password=PASSWORD)
        client.press("Confirm")
    client.see("SHA-256 before signing")


def generate_the_plan(job: MainJob) -> None:
    """State the goals, press generate, watch the progress come live, read the result."""
    ada = job.team["advisor"]
    ada.go(f"/households/{job.household_id}/plan/")
    ada.press("Start the plan")
    ada.see("Retirement")
    ada.press("Add a goal")
    ada.fill(kind="education", name="College for Ines", annual_amount=40000, starts_on="2032-09-01", years=4)
    ada.fill(priority="essential")
    ada.press("Keep the goal")
    ada.press("Generate the plan")
    ada.page.locator("[data-progress-percent]").wait_for(state="attached")
    ada.page.get_by_role("heading", name="Recommendations").wait_for(timeout=RUN_SECONDS * 1000)
    ada.see("±", "Retirement", "College for Ines")
    assert ada.page.locator("#plan-wealth").count()


def adjust_and_publish(job: MainJob) -> None:
    """Change one recommendation with a reason, let the engine measure it, publish; the report is drawn."""
    ada, tab = job.team["advisor"], f"/households/{job.household_id}/plan/"
    ada.press("Adjust")
    value = float(ada.page.locator('main [name="value"]').input_value())
    ada.fill(value=round(value / 2, 2), reason=REASON)
    ada.press("Keep the decision")
    ada.see(REASON)
    ada.await_live(ada.page.locator("#advice:not(:has-text('The engine is measuring your adjustment.'))"))
    ada.go(tab)
    ada.button("Publish to the client").click()
    ada.press("Publish", within="dialog#publish")
    ada.await_live(ada.page.get_by_role("link", name="Report (PDF)"))


def ask_and_sign(job: MainJob) -> None:
    """The client reads the plan with its charts, asks, gets the answer; both sign and the plan is in force."""
    ada, alex = job.team["advisor"], job.clients[0]
    alex.go("/portal/plan/")
    alex.see("Retirement", REASON)
    assert alex.page.locator("[data-chart], .chart").count()
    alex.fill(text=QUESTION)
    alex.press("Ask your advisor")
    ada.go(f"/households/{job.household_id}/plan/")
    ada.see(QUESTION)
    ada.press("Answer")
    ada.fill(answer=ANSWER)
    ada.press("Send the answer")
    alex.page.get_by_text(ANSWER).wait_for(timeout=30_000)
    for client in job.clients:
        sign(client)
    alex.go("/portal/plan/")
    alex.see("Signed by all and in force since")
    alex.go("/portal/documents/")
    alex.see("Certificate")
