"""The portal and the desk in a real browser: it follows live, fits a phone, and says nothing on the console."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config.env import ROOT
from tests.eyes import Eyes, eyes
from tests.live import site_running

pytestmark = pytest.mark.journey

PORTAL = ["", "plan/", "portfolio/", "documents/", "billing/", "account/"]
SHOTS = os.environ.get("STEWARD_SHOTS", "")


def palette(seen: Eyes) -> None:
    seen.page.keyboard.press("Control+k")
    seen.page.get_by_role("combobox", name="Search").fill("river")
    seen.page.get_by_role("option", name="Rivera").first.wait_for()


def passport(seen: Eyes) -> None:
    seen.page.locator("main a[data-figure]").first.click()
    seen.page.locator("#side-panel-body [data-passport]").first.wait_for()


def menu(seen: Eyes) -> None:
    seen.page.locator("header details.menu > summary").click()


def rail(seen: Eyes) -> None:
    seen.page.locator("header [data-opens-rail]").click()
    seen.page.locator("#rail a").first.wait_for()


def errors(seen: Eyes) -> None:
    seen.page.evaluate("document.querySelectorAll('main form').forEach((form) => { form.noValidate = true; })")
    seen.page.locator("main form button.btn-primary").click()
    seen.page.locator(".form-summary").first.wait_for()


# who, page, view, and what is opened there: together all layouts and nearly all components
# (`make test-deep` looks at every page in every view)
SAMPLE = [
    ("", "/accounts/login/", "phone", errors),
    ("ana", "/portal/", "light", Eyes.unfold),
    ("ana", "/portal/plan/", "dark", Eyes.unfold),
    ("ana", "/portal/portfolio/", "phone", passport),
    ("ada", "/", "dark", palette),
    ("ada", "/households/{household}/", "light", menu),
    ("ada", "/households/{household}/plan/", "phone", Eyes.unfold),
    ("ada", "/households/new/", "dark", errors),
    ("paul", "/billing/", "phone", rail),
]


@pytest.fixture(scope="module")
def site(_live_home, django_db_setup, django_db_blocker):
    """One site for all of this file, which takes longest to build."""
    with django_db_blocker.unblock(), site_running(_live_home) as running:
        yield running


@pytest.fixture(scope="module")
def story(site):
    """Build the story in the clone, in a process of the live site's own environment."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.journeys.portal_story"],
        cwd=ROOT,
        env=site.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def browse(site, chromium, story):
    """Open pages as somebody; what the console says is collected."""
    contexts, said = [], []

    def enter(who: str, *, width: int = 1440, dark: bool = False) -> Any:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light", reduced_motion="reduce"
        )
        contexts.append(context)
        context.add_cookies([{"name": "sessionid", "value": story[who], "url": site.url("alpha")}])
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        return page

    yield enter
    for context in contexts:
        context.close()
    assert not said


def shot(page: Any, name: str) -> None:
    """Keep a picture where STEWARD_SHOTS names a folder."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def visit(page: Any, address: str) -> None:
    page.goto(address)
    page.wait_for_load_state("networkidle")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{address} scrolls sideways by {wide} px"


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, False), (390, True)])
def test_the_portal_fits_and_is_silent(site, browse, width, dark):
    page = browse("ana", width=width, dark=dark)
    for path in PORTAL:
        visit(page, site.url("alpha", f"/portal/{path}"))
        shot(page, f"portal_{path.strip('/')}_{width}{'_dark' if dark else ''}")


def test_the_tour_comes_once_and_is_remembered(site, browse):
    page = browse("ana")
    visit(page, site.url("alpha", "/portal/"))
    card = page.get_by_label("First steps")
    assert card.is_visible()
    with page.expect_response(lambda answer: "/account/tours/" in answer.url):
        page.get_by_role("button", name="Skip the tour").click()
    visit(page, site.url("alpha", "/portal/"))
    assert card.count() == 0


def test_what_one_does_the_other_sees_without_a_reload(site, browse, story):
    """A question asked in the portal stands on the advisor's day, and its answer comes back, live."""
    client, advisor = browse("ana"), browse("ada")
    visit(advisor, site.url("alpha", f"/households/{story['household']}/"))
    visit(client, site.url("alpha", "/portal/plan/"))
    client.get_by_label("Your question").fill("Can we buy a boat?")
    client.get_by_role("button", name="Ask your advisor").click()
    advisor.get_by_text("Can we buy a boat?").first.wait_for(timeout=10_000)
    advisor.get_by_role("link", name="Answer: Question of Ana Rivera").click()
    advisor.get_by_label("Answer").first.fill("Next year, if the bonus comes.")
    advisor.get_by_role("button", name="Answer").first.click()
    client.get_by_text("Next year, if the bonus comes.").wait_for(timeout=10_000)


def test_the_palette_finds_and_opens_a_household(site, browse):
    page = browse("ada")
    visit(page, site.url("alpha"))
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search").fill("river")
    page.get_by_role("option", name="Rivera").first.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/households/*/")


@pytest.mark.parametrize("who", ["ada", "paul", "connie"])
@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)])
def test_the_desk_fits_and_is_silent(site, browse, story, who, width, dark):
    page = browse(who, width=width, dark=dark)
    for name, path in {
        "today": "/",
        "household": f"/households/{story['household']}/",
        "search": "/search/?q=ri",
    }.items():
        visit(page, site.url("alpha", path))
        shot(page, f"desk_{who}_{name}_{width}{'_dark' if dark else ''}")


@pytest.mark.parametrize("look", SAMPLE, ids=[f"{view}_{path}" for _who, path, view, _opening in SAMPLE])
def test_a_sample_of_pages_holds_to_wcag_with_what_opens_on_them(site, chromium, story, look):
    who, path, view, opening = look
    with eyes(chromium, view, site.url("alpha"), story.get(who, "")) as seen:
        seen.open(path, site.url("alpha", path.format(**story)))
        seen.look()
        opening(seen)
        seen.look()
    assert not seen.wrong, "\n".join(seen.wrong)
