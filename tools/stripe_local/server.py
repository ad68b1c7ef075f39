"""The server: Stripe's API for checkout sessions, and the page where the card is entered."""

from __future__ import annotations

import base64
import json
import re
import threading
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tools.stripe_local import webhooks
from tools.stripe_local.store import RefusedError, Store

_PAGE = (Path(__file__).parent / "page.html").read_text()
_STYLE = (Path(__file__).parent / "page.css").read_bytes()


class StripeLocal:
    """One running server. `port` 0 takes a free one."""

    def __init__(self, *, secret_key: str, webhook_secret: str, port: int = 0, state: Path | None = None) -> None:
        self.store = Store(state)
        self.secret_key, self.webhook_secret = secret_key, webhook_secret
        self.sends_webhooks = True
        self.http = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self.http.daemon_threads = True

    @property
    def url(self) -> str:
        """Return the base address of the API and of the payment pages."""
        return f"http://127.0.0.1:{self.http.server_address[1]}"

    def start(self) -> StripeLocal:
        """Serve in a thread."""
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        return self

    def stop(self) -> None:
        """Stop serving."""
        self.http.shutdown()
        self.http.server_close()

    def tell(self, events: list[tuple[str, dict[str, Any]]], return_url: str) -> None:
        """Send the events to the site of the session."""
        if self.sends_webhooks:
            for kind, about in events:
                webhooks.deliver(webhooks.event(kind, about), return_url, self.webhook_secret)


def nested(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Return form fields such as line_items[0][quantity] as nested dictionaries."""
    root: dict[str, Any] = {}
    for name, value in pairs:
        keys = [re.split(r"\[", name)[0], *re.findall(r"\[([^\]]*)\]", name)]
        place = root
        for key in keys[:-1]:
            place = place.setdefault(key, {})
        place[keys[-1]] = value
    return root


def _handler(server: StripeLocal) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            """Answer a reading."""
            self._answer(self._get)

        def do_POST(self) -> None:
            """Answer a writing."""
            self._answer(self._post)

        def log_message(self, *_: Any) -> None:
            """Say nothing of each request: the webhooks' lines are what one looks for."""

        def _answer(self, work: Any) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            self.form = parse_qsl(self.rfile.read(length).decode(), keep_blank_values=True)
            try:
                work(urlsplit(self.path).path.rstrip("/"))
            except RefusedError as refused:
                self._json(refused.body(), refused.status)

        def _get(self, path: str) -> None:
            if path == "/style.css":
                self._send(_STYLE, "text/css")
            elif path.startswith("/pay/"):
                self._page(path.removeprefix("/pay/"))
            elif found := re.fullmatch(r"/v1/checkout/sessions/(\w+)", path):
                self._authorised()
                self._json(server.store.session(found[1]))
            elif found := re.fullmatch(r"/v1/payment_intents/(\w+)", path):
                self._authorised()
                self._json(server.store.intent(found[1]))
            else:
                raise RefusedError(404, "url_invalid", f"Unrecognized request URL (GET: {path}).")

        def _post(self, path: str) -> None:
            if path.startswith("/pay/"):
                self._pay(path.removeprefix("/pay/"))
                return
            self._authorised()
            if path == "/v1/checkout/sessions":
                key = self.headers.get("Idempotency-Key", "")
                self._json(server.store.open_session(nested(self.form), base=server.url, key=key))
            elif found := re.fullmatch(r"/v1/checkout/sessions/(\w+)/expire", path):
                events = server.store.expire(found[1])
                server.tell(events, events[0][1]["success_url"])
                self._json(events[0][1])
            else:
                raise RefusedError(404, "url_invalid", f"Unrecognized request URL (POST: {path}).")

        def _authorised(self) -> None:
            kind, _, given = self.headers.get("Authorization", "").partition(" ")
            if kind == "Basic":
                given = base64.b64decode(given).decode().partition(":")[0]
            if given != server.secret_key:
                raise RefusedError(401, "api_key_invalid", "Invalid API Key provided.")

        def _page(self, session_id: str, message: str = "") -> None:
            session = server.store.session(session_id)
            back = session["cancel_url"] or session["success_url"]
            if session["status"] != "open":
                self._redirect(session["success_url"] if session["status"] == "complete" else back)
                return
            intent = server.store.intent(session["payment_intent"])
            amount = f"{session['amount_total'] / 100:,.2f} {session['currency'].upper()}"
            notice = f'<p class="declined" role="alert">{escape(message)}</p>' if message else ""
            values = {
                "title": escape(str(intent["description"] or "Payment")),
                "amount": escape(amount),
                "email": escape(str(session["customer_email"] or "")),
                "notice": notice,
                "back": escape(back, quote=True),
            }
            page = re.sub(r"\{\{ (\w+) \}\}", lambda found: values[found[1]], _PAGE)
            self._send(page.encode(), "text/html; charset=utf-8", 402 if message else 200)

        def _pay(self, session_id: str) -> None:
            message, events = server.store.pay(session_id, dict(self.form).get("card", ""))
            session = server.store.session(session_id)
            server.tell(events, session["success_url"])
            if message and session["status"] == "open":
                self._page(session_id, message)
            else:
                self._redirect(session["success_url"])

        def _redirect(self, target: str) -> None:
            self.send_response(HTTPStatus.SEE_OTHER)
            self.send_header("Location", target)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _json(self, body: dict[str, Any], status: int = 200) -> None:
            self._send(json.dumps(body).encode(), "application/json", status)

        def _send(self, body: bytes, kind: str, status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler
