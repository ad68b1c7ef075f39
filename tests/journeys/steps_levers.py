"""Steps 4 to 6: a lever is moved and the answer follows, scenarios are compared, the plan is given to the clients."""

from __future__ import annotations

import re
from typing import Any

from tests.journeys.planning_job import RUN_SECONDS, PlanningJob

AGE, LIVING = "Rosa Costa retires at", "Living costs a month in retirement"
SCENARIOS = (("Rosa works to 65", {AGE: "65"}), ("Live on less", {LIVING: "9000"}))
BOTH = ("Both", {AGE: "65", LIVING: "9000"})
DECLINED = "They keep half a year of costs at a bank of their own."


def move_a_lever(job: PlanningJob) -> None:
    """Move a lever: the answer follows on the same page, says what was moved, and names its error."""
    ada = job.ada
    what_if(job)
    before = values(ada.page, "[data-what-if-result]", "success", "wealth_at_end")
    told = moved(job, {AGE: "65"})
    assert told["success"] > before["success"], (before, told)
    assert told["wealth_at_end"] > before["wealth_at_end"], (before, told)
    ada.see("Against the plan as generated:", "±")
    job.show(ada, "4 what if")
    ada.page.locator("[data-what-if-result] a[data-figure]").first.click()
    ada.page.locator("#side-panel-body [data-passport]").first.wait_for()
    assert "65" in ada.page.locator("#side-panel-body").inner_text()


def compare_three_scenarios(job: PlanningJob) -> None:
    """Keep three; side by side each shows what it comes to and what each difference does; one goes into the draft.

    Generated anew with it, the plan comes to the very figures that the scenario was told with.
    """
    ada = job.ada
    for name, levers in (*SCENARIOS, BOTH):
        what_if(job)
        moved(job, levers)
        ada.fill(scenario_name=name)
        ada.press("Keep as scenario")
    ada.await_live(ada.page.locator("#scenarios:not(:has-text('Being measured')) table"), RUN_SECONDS)
    ada.go(f"/plans/{job.plan_id}/scenarios/")
    come_to, differ = (ada.page.locator("#scenarios table").nth(n) for n in (1, 2))
    assert come_to.locator("thead th").count() == 5, come_to.inner_text()
    for name, _levers in (*SCENARIOS, BOTH):
        assert name in come_to.locator("thead").inner_text()
    row = differ.get_by_role("row").filter(has_text=AGE)
    assert row.locator("[data-figure]").count() == 4, "two scenarios move it: an effect and its error each"
    assert row.get_by_text("as the plan").count() == 1
    job.show(ada, "5 scenarios")
    names = come_to.locator("thead th").all_inner_texts()[1:]
    wanted = dict(zip(names, _chances(come_to), strict=True))
    assert wanted["Both"] > max(wanted[name] for name, _levers in SCENARIOS), wanted
    ada.press("Merge Rosa works to 65")
    job.show(ada, "5 merge")
    ada.press("Take over what is chosen")
    ada.see("The draft takes them over. Generate it again.")
    ada.press("Generate again")
    ada.await_live(
        ada.page.locator("#plan:not(:has(progress)):not(:has-text('Goals or choices changed'))"), RUN_SECONDS
    )
    generated = values(ada.page, "#plan", "success")
    assert generated["success"] == round(wanted["Rosa works to 65"], 6), (generated, wanted)


def decide_and_publish(job: PlanningJob) -> None:
    """Accept one piece of advice, decline one with the reason, publish; the report is drawn."""
    ada = job.ada
    cards = ada.page.locator("#advice article")
    job.show(ada, "6 advice")
    ada.press("Decline", within="#advice article:has-text('emergency fund')")
    ada.fill(decision="declined", reason=DECLINED)
    job.show(ada, "6 decline")
    ada.press("Keep the decision")
    ada.see(DECLINED)
    ada.press("Accept", within="#advice article:has-text('Use your risk limit better')")
    ada.see("Accepted")
    assert cards.count() >= 2
    ada.button("Publish to the client").click()
    ada.press("Publish", within="dialog#publish")
    ada.await_live(ada.page.get_by_role("link", name="Report (PDF)"))
    job.show(ada, "6 published")


def what_if(job: PlanningJob) -> None:
    """Open the what-if page; what it asks at once, to load the engine, ends before levers move."""
    page = job.ada.page
    with page.expect_response(lambda told: told.url.endswith("/answer/"), timeout=90_000):
        job.ada.go(f"/plans/{job.plan_id}/what-if/")


def moved(job: PlanningJob, levers: dict[str, str]) -> dict[str, float]:
    """Type where levers stand and wait for the answer of all paths; return it."""
    page = job.ada.page
    for name, value in levers.items():
        page.get_by_role("spinbutton", name=name).fill(value)
    whole = page.locator('[data-what-if-result][aria-busy="false"] [data-precision="whole"]')
    for name in levers:
        whole = whole.filter(has_text=re.compile(name))
    whole.wait_for(timeout=60_000)
    return values(page, "[data-what-if-result]", "success", "wealth_at_end")


def values(page: Any, within: str, *keys: str) -> dict[str, float]:
    """Return the exact values of figures by the keys of their passports."""
    place = page.locator(within)
    return {
        key: float(place.locator(f'a[data-value][href*="/figures/{key}/"]').first.get_attribute("data-value"))
        for key in keys
    }


def _chances(table: Any) -> list[float]:
    cells = table.locator('tbody a[data-value][href*="/figures/success/"]')
    return [float(cell.get_attribute("data-value")) for cell in cells.all()]
