"""Steps 1 to 3: goals in the client's own words, what is missing, and the plan that is generated."""

from __future__ import annotations

from typing import Any

from tests.days import today
from tests.journeys.planning_job import RUN_SECONDS, PlanningJob

WORDS = "I'd like to stop at 62 and help Ana with college, maybe a cabin"
MIGUEL_STOPS, LIVING = 66, 8200


def tell_what_they_want(job: PlanningJob) -> None:
    """Type the words as they were said; each goal found is shown with its words, asked about and confirmed."""
    ada = job.ada
    assert job.mallory.status(job.tab) == 404, "another advisor's household is not there"
    ada.go(job.tab)
    ada.press("Start the plan")
    job.plan_id = ada.page.locator('main form[action$="/generate/"]').get_attribute("action").split("/")[2]
    ada.press("In their own words")
    ada.press("Write down what they want")
    ada.fill(person="Rosa Costa", text=WORDS)
    job.show(ada, "1 words")
    ada.press("Find the goals")
    for name, words, asked, told in _found():
        ada.see(WORDS.split(maxsplit=1)[0])
        marked = " ".join(ada.page.locator("main mark").all_inner_texts())
        assert words in marked, (name, marked)
        assert asked in ada.text(), (name, ada.text())
        job.show(ada, f"1 {name}")
        ada.fill(**told)
        ada.press("Take it into the plan")
    said = ada.page.locator("#own-words").inner_text()
    assert said.count("In the plan") == 3, said
    job.show(ada, "1 taken")


def fill_what_is_missing(job: PlanningJob) -> None:
    """The plan's page names what keeps it from being generated and leads to the very form; then it can be."""
    ada = job.ada
    ada.go(job.tab)
    ada.see("The plan cannot be generated before what is needed is known.")
    assert ada.page.get_by_role("button", name="Generate the plan").is_disabled()
    job.show(ada, "2 missing")
    missing = ada.page.locator("#missing li", has_text="Needed")
    assert missing.count() == 2, missing.all_inner_texts()
    ada.press("Enter it", within="#missing li:has-text('When Miguel Costa would like to retire')")
    ada.fill(retirement_age=MIGUEL_STOPS)
    ada.press("Save")
    ada.go(job.tab)
    assert missing.count() == 1, missing.all_inner_texts()
    ada.press("Enter it", within="#missing li:has-text('What the household spends')")
    ada.fill(name="Living", category="other", monthly_amount=LIVING, as_of=today().isoformat())
    job.show(ada, "2 spending")
    ada.press("Save")
    ada.go(job.tab)
    assert not missing.count()


def generate_and_watch(job: PlanningJob) -> None:
    """Press generate: the progress moves and the result comes, on the page that was opened and never loaded again."""
    ada = job.ada
    ada.press("Generate the plan")
    ada.page.evaluate("document.documentElement.dataset.stays = 'yes'")
    shown = ada.page.locator("[data-progress-percent]")
    shown.wait_for(state="attached")
    job.show(ada, "3 progress")
    moved = {shown.inner_text()}
    result = ada.page.get_by_role("heading", name="Recommendations")
    for _tick in range(20 * RUN_SECONDS):
        if result.count():
            break
        moved |= set(shown.all_inner_texts())
        ada.page.wait_for_timeout(50)
    assert result.count(), f"{ada.text()}\n{job.site.logs()}"
    assert len(moved) > 2, f"the progress did not move: {moved}"
    assert ada.page.locator("html[data-stays]").count(), "the page was loaded again"
    ada.see("±", "Ana", "stop at 62")
    ada.page.locator("#plan-ways").get_by_role("link", name="What if").wait_for()
    job.show(ada, "3 result")


def _found() -> tuple[tuple[str, str, str, dict[str, Any]], ...]:
    """Each goal: whose name, the words it came from, what is asked about it, what is answered."""
    return (
        ("retirement", "stop at 62", "What should a year cost?", {"annual_amount": 116_000, "priority": "essential"}),
        (
            "college",
            "help Ana with college",
            "How much does it cost?",
            {"annual_amount": 38_000, "starts_on": f"{today().year + 4}-09-01", "years": 4},
        ),
        (
            "cabin",
            "maybe a cabin",
            "When is the money needed?",
            {"name": "Cabin", "annual_amount": 150_000, "starts_on": f"{today().year + 8}-06-01", "years": 1},
        ),
    )
