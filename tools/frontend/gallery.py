"""The gallery of components, served without database or sign-in, and looked at by a browser.

    python tools/frontend/gallery.py                 serve it at http://127.0.0.1:8790/?layout=portal
    python tools/frontend/gallery.py --check         fail on what axe finds, on sideways scrolling, on a console message
    python tools/frontend/gallery.py --check --shots DIR   keep a picture of each view

Needs the built front end (`node tools/frontend/build.mjs`) and, for --check, Debian's chromium.
"""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
import samples
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self' ws: wss:; base-uri 'self'; form-action 'self'; object-src 'none'"
)
LAYOUTS = ("staff", "portal", "public", "auth")
PORT = 8790


def configure() -> None:
    """Set Django up with templates and static files and nothing else."""
    libraries = {name: f"apps.core.templatetags.{name}" for name in ("face", "navigation")}
    processors = ["django.template.context_processors.request", "django.template.context_processors.csrf"]
    settings.configure(
        DEBUG=True,
        SECRET_KEY="gallery",  # noqa: S106 - guards nothing
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        USE_TZ=True,
        INSTALLED_APPS=["django.contrib.staticfiles", "django.forms"],
        MIDDLEWARE=[f"{__name__}.policy"],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [ROOT / "templates"],
                "APP_DIRS": True,
                "OPTIONS": {"libraries": libraries, "context_processors": processors},
            }
        ],
        STATIC_URL="/static/",
        STATICFILES_DIRS=[ROOT / "static" / name for name in ("dist", "img", "samples")],
        FORM_RENDERER="django.forms.renderers.TemplatesSetting",
        LOGGING_CONFIG=None,
        NAVIGATION=[],
    )
    django.setup()


def policy(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Send the policy that production sends, so that the browser refuses here what it would refuse there."""

    def serve(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Content-Security-Policy"] = POLICY
        return response

    return serve


def gallery(request: HttpRequest) -> HttpResponse:
    """Show every component in every state inside one of the layouts."""
    wanted = request.GET.get("layout", "staff")
    layout = wanted if wanted in LAYOUTS else "staff"
    return render(request, "_components/gallery.html", {**samples.sample(), "layout": f"_layouts/{layout}.html"})


def passport(_request: HttpRequest) -> HttpResponse:
    """Answer what a figure's link asks for."""
    return HttpResponse(
        '<div data-panel-title="Net worth"><dl class="facts"><dt>Method</dt><dd>Assets less debts</dd></dl></div>'
    )


def failing(request: HttpRequest) -> HttpResponse:
    """Answer as a failing server does."""
    return render(request, "500.html", status=500)


urlpatterns = [path("", gallery), path("_face/passport/", passport), path("_face/retry/", failing)]


class Threads(ThreadingMixIn, WSGIServer):
    """Serves a browser's many requests at once."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """Serves without a line for each request."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base class
        """Say nothing."""


def serve() -> None:
    """Serve until stopped."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler

    with make_server("127.0.0.1", PORT, StaticFilesHandler(WSGIHandler()), Threads, Quiet) as server:
        print(f"http://127.0.0.1:{PORT}/?layout=" + "|".join(LAYOUTS))
        server.serve_forever()


def look(page: Any, axe: str) -> list[str]:
    """Return what is wrong with the page in the browser."""
    height = page.evaluate("document.documentElement.scrollHeight")
    for y in range(0, height, 600):  # charts are drawn when they come near
        page.evaluate(f"scrollTo(0, {y})")
        page.wait_for_timeout(60)
    page.wait_for_timeout(600)
    page.evaluate("scrollTo(0, 0)")
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    wrong = [f"axe {one['id']}: {[node['target'] for node in one['nodes']][:3]}" for one in found]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        wrong.append("the page scrolls sideways")
    if page.locator(".canvas canvas").count() != len(samples.charts()):
        wrong.append("a chart was not drawn")
    return wrong


def check(shots: Path | None) -> int:
    """Look at each layout, theme and width; return how many views are wrong."""
    from playwright.sync_api import sync_playwright

    threading.Thread(target=serve, daemon=True).start()
    axe = (ROOT / "node_modules/axe-core/axe.min.js").read_text()
    failures = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        views = [(layout, theme, width) for layout in LAYOUTS for theme in ("light", "dark") for width in (1440, 390)]
        for layout, theme, width in views:
            context = browser.new_context(
                viewport={"width": width, "height": 900}, color_scheme=theme, reduced_motion="reduce"
            )
            page = context.new_page()
            said: list[str] = []
            page.on("console", lambda message, said=said: said.append(f"console {message.text}"))
            page.on("pageerror", lambda error, said=said: said.append(f"error {error}"))
            page.goto(f"http://127.0.0.1:{PORT}/?layout={layout}")
            wrong = [*look(page, axe), *said]
            if shots:
                shots.mkdir(parents=True, exist_ok=True)
                page.screenshot(path=shots / f"{layout}-{theme}-{width}.png", full_page=True)
            print(f"{layout:7} {theme:5} {width:4}", "; ".join(wrong) or "nothing wrong")
            failures += bool(wrong)
            context.close()
        browser.close()
    return failures


def main() -> int:
    """Serve, or look."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="look at every view and fail on what is wrong")
    parser.add_argument("--shots", type=Path, help="folder for pictures")
    chosen = parser.parse_args()
    configure()
    if chosen.check:
        return 1 if check(chosen.shots) else 0
    serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
