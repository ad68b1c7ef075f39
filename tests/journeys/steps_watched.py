"""Steps 7 to 10: the clients read, ask and sign; the market falls, the night finds it, the advisor adjusts the plan."""

from __future__ import annotations

from tests.journeys.planning_job import RUN_SECONDS, PlanningJob
from tests.journeys.steps_plan import sign

QUESTION = "What if the markets fall just before I stop?"
ANSWER = "We look at the plan every night. If it needs a change, I call you."


def ask_and_answer(job: PlanningJob) -> None:
    """Rosa reads the plan in the portal and asks; Ada finds the question on her first page and answers."""
    ada, rosa = job.ada, job.rosa
    rosa.go("/portal/")
    job.show(rosa, "7 portal")
    rosa.go("/portal/plan/")
    rosa.see(
        "Retirement", "Education: Ana", "Cabin", "Use your risk limit better", "This plan waits for your signature"
    )
    assert "emergency fund" not in rosa.text(), "what the advisor declined is no advice"
    job.show(rosa, "7 plan")
    rosa.fill(text=QUESTION)
    rosa.press("Ask your advisor")
    rosa.see("Not answered yet.")
    ada.go("/")
    ada.button("Skip the tour", within="body").click()
    ada.see("Question of Rosa Costa", QUESTION)
    job.show(ada, "7 today")
    ada.press("Answer", within="main tr:has-text('Question of Rosa Costa')")
    ada.fill(answer=ANSWER)
    ada.press("Send the answer")
    rosa.page.get_by_text(ANSWER).wait_for(timeout=30_000)  # on the page that she has open
    job.show(rosa, "7 answered")


def sign_both(job: PlanningJob) -> None:
    """Rosa signs, and the plan waits for Miguel; he signs, and it is in force."""
    ada = job.ada
    sign(job.rosa)
    job.rosa.go("/portal/plan/")
    job.rosa.see("You signed on")
    sign(job.miguel)
    job.show(job.miguel, "8 signed")
    job.rosa.page.get_by_text("Signed by all and in force since").wait_for(timeout=30_000)
    job.show(job.rosa, "8 in force")
    ada.go(job.tab)
    ada.see("In force", "Since it was accepted")
    ada.await_live(ada.page.locator("#since:has-text('Guardrail below')"), RUN_SECONDS)  # measured as it was signed


def let_the_market_fall(job: PlanningJob) -> None:
    """Shares lose nearly a third; the night measures the plan on the new prices, and the open page says so."""
    ada = job.ada
    job.tell("fall")
    ada.await_live(ada.page.locator("#since:has-text('What changed it')"), RUN_SECONDS)
    said = ada.page.locator("#since").inner_text()
    assert "Markets and balances" in said, said
    job.show(ada, "9 since")


def adjust_by_the_alert(job: PlanningJob) -> None:
    """Ada's first page shows the alert; it says the dollars and what to do, and a draft takes that over."""
    ada, rosa = job.ada, job.rosa
    ada.go("/")
    ada.see("Plan of Costa", "Markets and balances")
    job.show(ada, "10 today")
    ada.go("/plans/alerts/")
    job.show(ada, "10 alerts")
    ada.press("Costa", within="#alerts")
    since = ada.page.locator("#since")
    change = since.locator('tbody tr:has-text("Markets and balances") a[data-figure="money"]')
    assert float(change.get_attribute("data-value")) < -1000, since.inner_text()
    rosa.go("/portal/plan/")
    job.show(rosa, "10 portal")
    ada.press("Draft it", within="#since .spread:has-text('a month in retirement')")
    ada.see("A new draft holds the adjustment. Generate it, review it, publish it.", "Version 2")
    ada.press("Generate the plan")
    ada.page.get_by_role("heading", name="Recommendations").wait_for(timeout=1000 * RUN_SECONDS)
    job.show(ada, "10 draft")
    ada.go("/")
    assert "Look at the alert" not in ada.text(), "it was answered"
