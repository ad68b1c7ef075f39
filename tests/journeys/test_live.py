"""The frame of the journeys itself: a live site answers, its worker runs, the browser reaches a firm's site."""

import http.client
import json
import time
import urllib.request
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.journey

_SIGN_IN = """
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django_tenants.utils import tenant_context
from apps.accounts.models import User
from apps.firms.models import Firm
with tenant_context(Firm.objects.get(schema_name="alpha")):
    user = User.objects.create_user(email="live@alpha.test", password="x", full_name="Lena Live", role="advisor")
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["second_factor_known"] = True
    session.create()
    print(session.session_key)
"""
_CHANGE = """
from django_tenants.utils import tenant_context
from apps.core import realtime
from apps.core.models import Job
from apps.firms.models import Firm
with tenant_context(Firm.objects.get(schema_name="alpha")):
    Job.objects.create(name="billing.calculate_run", topic="firm:all", state="running", asked_by="system:tests")
    realtime.send_now("firm:all", "billing.run")
"""

_TOUCH = """
from django_tenants.utils import tenant_context
from apps.core import realtime
from apps.firms.models import Firm
with tenant_context(Firm.objects.get(schema_name="alpha")):
    realtime.send_now("firm:all", "billing.run")
"""
_END_UNHEARD = """
from django_tenants.utils import tenant_context
from apps.core.models import Job
from apps.firms.models import Firm
with tenant_context(Firm.objects.get(schema_name="alpha")):
    Job.objects.filter(name="billing.calculate_run").update(state="done")
"""


def test_a_live_site_is_healthy_with_its_worker(live_site):
    live_site.start_worker()
    with urllib.request.urlopen(live_site.url(path="/health/")) as answer:
        assert json.load(answer)["status"] == "ok"


def test_the_browser_reaches_a_firms_sign_in(live_site, chromium):
    page = chromium.new_page()
    page.goto(live_site.url("alpha", "/accounts/login/"))
    assert page.get_by_label("Email").or_(page.get_by_label("E-mail")).first.is_visible()
    page.close()


@pytest.fixture
def today(live_site, chromium):
    """The first page of an advisor, signed in by a session of their own."""
    key = live_site.manage("shell", "--no-imports", "-c", _SIGN_IN).split()[-1]
    context = chromium.new_context(base_url=live_site.url("alpha"))
    context.add_cookies([{"name": "sessionid", "value": key, "url": live_site.url("alpha")}])
    page = context.new_page()
    with page.expect_websocket():
        page.goto("/")
    assert "Today" in page.title()
    yield page
    context.close()


def test_a_page_says_that_live_updates_are_paused_while_redis_is_away_and_works_on(live_site, today):
    banner = today.locator("#live-banner")
    assert not banner.is_visible()
    live_site.redis.stop()
    banner.wait_for(state="visible", timeout=20_000)
    today.get_by_role("link", name="Households").first.click()
    today.get_by_role("heading", name="Households").wait_for()
    live_site.redis.start()
    banner.wait_for(state="hidden", timeout=45_000)


def test_what_changes_shows_itself_on_an_open_page(live_site, today):
    assert "Fees are being calculated." not in today.locator("main").inner_text()
    live_site.manage("shell", "--no-imports", "-c", _CHANGE)
    today.get_by_text("Fees are being calculated.").wait_for(timeout=20_000)


def drawn(request, session):
    """What the server answers a request of the page now."""
    address = urlsplit(request.url)
    line = http.client.HTTPConnection("127.0.0.1", address.port)
    told = {**request.headers, "host": address.netloc, "cookie": f"sessionid={session}", "accept-encoding": "identity"}
    line.request("GET", address.path, headers=told)
    return line.getresponse().read().decode()


@pytest.mark.parametrize("seconds", [1, 12], ids=["soon", "slowly"])
def test_what_changes_while_a_page_asks_is_asked_for_as_well(live_site, today, seconds):
    session = next(cookie["value"] for cookie in today.context.cookies() if cookie["name"] == "sessionid")
    held = []

    def hold(route):
        if held or not route.request.headers.get("hx-request"):
            route.continue_()
            return
        held.append(drawn(route.request, session))
        time.sleep(seconds - 1)
        live_site.manage("shell", "--no-imports", "-c", _CHANGE)
        time.sleep(1)
        route.fulfill(body=held[0], content_type="text/html; charset=utf-8")

    today.route("**/*", hold)
    live_site.manage("shell", "--no-imports", "-c", _TOUCH)
    # while it waits, the answer is held and a process is started that writes: on a busy machine that alone takes long
    today.get_by_text("Fees are being calculated.").wait_for(timeout=90_000)
    assert "Fees are being calculated." not in held[0]


def test_the_end_of_work_shows_itself_though_its_message_was_lost(live_site, today):
    live_site.manage("shell", "--no-imports", "-c", _CHANGE)
    under_way = today.get_by_text("Fees are being calculated.").first
    under_way.wait_for(timeout=20_000)
    live_site.manage("shell", "--no-imports", "-c", _END_UNHEARD)
    under_way.wait_for(state="detached", timeout=45_000)
