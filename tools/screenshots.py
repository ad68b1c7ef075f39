"""The pictures of README.md: each role at its main page of the running demo firm.

    make run                                  # in one terminal
    .venv/bin/python -m tools.screenshots     # in another, once the demo firm is filled

The tour of a role is skipped first, as its person would.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

PASSWORD = "harbor-demo-2026"  # noqa: S105 - of the demo firm, as `make run` prints it
OUT = Path(__file__).parents[1] / "docs" / "screenshots"
SITE = f"http://harbor.localhost:{os.environ.get('STEWARD_PORT', '8000')}"


@dataclass(frozen=True)
class Picture:
    """Who looks at what: `path` is opened, then each link of `follow` is clicked."""

    name: str
    email: str
    path: str
    follow: tuple[str, ...] = ()
    width: int = 1440
    height: int = 900


PICTURES = (
    Picture("principal", "helen@harbor.example", "/billing/", ("main tbody th a",)),
    Picture("advisor", "daniel@harbor.example", "/plans/?status=in_force", ("main tbody th a",)),
    Picture(
        "returns",
        "daniel@harbor.example",
        "/households/?q=Nwosu",
        ("main tbody th a", "main >> text=Portfolio", "main >> text=Attribution", "main >> text=Sources"),
    ),
    Picture("compliance", "marcus@harbor.example", "/compliance/trail/"),
    Picture("client", "amara.nwosu1@example.com", "/portal/plan/"),
    Picture("client-phone", "amara.nwosu1@example.com", "/portal/", (), 390, 844),
    Picture("partner", "", "/api/docs"),
)


def take(browser: Any, picture: Picture, site: str) -> None:
    """Sign in, skip the tour, go there, save the picture."""
    view = {"width": picture.width, "height": picture.height}
    context = browser.new_context(viewport=view, base_url=site, device_scale_factor=1, reduced_motion="reduce")
    page = context.new_page()
    if picture.email:
        page.goto("/accounts/login/")
        page.fill("[name=login]", picture.email)
        page.fill("[name=password]", PASSWORD)
        page.click("main form button[type=submit]")
        page.wait_for_url(lambda address: "/accounts/login/" not in address)
        skip = page.get_by_role("button", name="Skip the tour")
        if skip.count():
            skip.click()
    page.goto(picture.path)
    for link in picture.follow:
        page.locator(link).first.click()
        page.wait_for_load_state("load")
    page.wait_for_timeout(2500)
    page.screenshot(path=OUT / f"{picture.name}.png")
    print(picture.name, page.url)
    context.close()


def main() -> None:
    """Take all pictures, or those named."""
    OUT.mkdir(parents=True, exist_ok=True)
    named = set(sys.argv[1:])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for picture in PICTURES:
            if not named or picture.name in named:
                take(browser, picture, SITE)
        browser.close()


if __name__ == "__main__":
    main()
