"""The frame of the journeys itself: a live site answers, its worker runs, the browser reaches a firm's site."""

import json
import urllib.request

import pytest

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("live")]


def test_a_live_site_is_healthy_with_its_worker(live_site):
    live_site.start_worker()
    with urllib.request.urlopen(live_site.url(path="/health/")) as answer:
        assert json.load(answer)["status"] == "ok"


def test_the_browser_reaches_a_firms_sign_in(live_site, chromium):
    page = chromium.new_page()
    page.goto(live_site.url("alpha", "/accounts/login/"))
    assert page.get_by_label("Email").or_(page.get_by_label("E-mail")).first.is_visible()
    page.close()
