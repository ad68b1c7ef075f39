"""Every page in a browser, light, dark and on a phone: WCAG 2.2 A and AA by axe, a silent console, no sideways scroll.

A page that is added is looked at without anybody's doing. What an ordinary run looks at stands in test_portal.py.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest

from config.env import ROOT
from tests.eyes import VIEWS, eyes
from tests.live import LiveSite, site_running

pytestmark = pytest.mark.deep
# fewer than this, and the walk has lost its way
AT_LEAST = 150
ROOMS = ("accounts", "allauth", "billing", "clients", "compliance", "desk", "integrations", "money", "plans")
ROOMS += ("portal", "portfolios", "firms")


def room(name: str) -> str:
    """Return the part of the site that a page belongs to."""
    return name.partition(":")[0] if ":" in name else "allauth"


@pytest.fixture(scope="module")
def site(_live_home, django_db_setup, django_db_blocker):
    """One site for all of this file."""
    with django_db_blocker.unblock(), site_running(_live_home) as running:
        yield running


@pytest.fixture(scope="module")
def story(site: LiveSite) -> dict[str, Any]:
    """Fill the books in the clone and list the pages, in a process of the live site's own environment."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.journeys.pages_story"],
        cwd=ROOT,
        env=site.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_every_part_of_the_site_has_pages(story, capsys):
    """Without this, empty books would pass the walk."""
    pages = story["pages"]
    with capsys.disabled():
        sys.stdout.write(f"\ndeep: {len(pages)} pages, each in {len(VIEWS)} views: {', '.join(VIEWS)}\n")
    assert len(pages) >= AT_LEAST
    assert set(Counter(room(page["name"]) for page in pages)) == set(ROOMS)


@pytest.mark.parametrize("part", ROOMS)
@pytest.mark.parametrize("view", VIEWS)
def test_pages_hold_to_wcag_are_silent_and_fit(site, story, chromium, view, part):
    wrong: list[str] = []
    mine = [page for page in story["pages"] if room(page["name"]) == part]
    for who, firm in dict.fromkeys((page["who"], page["firm"]) for page in mine):
        with eyes(chromium, view, site.url(firm), story["sessions"].get(who, "")) as seen:
            for page in mine:
                if (page["who"], page["firm"]) == (who, firm):
                    seen.open(f"{page['name']} {page['path']}", site.url(firm, page["path"]))
                    seen.look()
                    if seen.unfold():
                        seen.look()
        wrong += seen.wrong
    assert not wrong, "\n".join(wrong)
