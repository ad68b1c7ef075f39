"""Who visits under load: programs that speak HTTP as a browser does, and note all that they are told."""

from __future__ import annotations

import base64
import json
import re
import socket
import time
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from threading import Event, Semaphore
from typing import Any
from urllib.parse import urlencode

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.deep.world import MARKERS, PASSWORD
from tests.journeys.people import totp_code
from tests.live import LiveSite

_IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_DOOR = Semaphore(4)
_BOUNDARY = "a-boundary-of-the-load-test"


@dataclass
class Notes:
    """What one firm's visitors saw: times by kind of request, answers out of place, ids, writes that were confirmed."""

    firm: str
    seconds: list[tuple[str, float]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    written: list[tuple[str, str]] = field(default_factory=list)
    events: Counter[str] = field(default_factory=Counter)

    def read(self, what: str, text: str) -> None:
        """Look through an answer for what is not of this firm, and keep its ids."""
        self.ids.update(_IDS.findall(text))
        for firm, marker in MARKERS.items():
            if firm != self.firm and marker.lower() in text.lower():
                self.problems.append(f"{what} shows {marker} to {self.firm}")


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    location: str
    text: str


class Visitor:
    """One program at one firm with its cookies."""

    def __init__(self, site: LiveSite, notes: Notes, told: dict[str, Any]) -> None:
        self.site, self.notes, self.told = site, notes, told
        self.host = f"{notes.firm}.localhost:{site.port}"
        self.cookies: dict[str, str] = {}

    def get(self, what: str, path: str, *expected: int, **headers: str) -> Answer:
        """Open an address; anything but 200 (or what is expected) is noted."""
        return self._ask(what, "GET", path, b"", headers, expected or (200,))

    def post(
        self, what: str, path: str, fields: dict[str, Any], *expected: int, file: tuple[str, str] = ("", "")
    ) -> Answer:
        """Send a form; anything but a redirect (or what is expected) is noted."""
        told = {"csrfmiddlewaretoken": self.cookies.get("csrftoken", ""), **fields}
        if file[0]:
            body, media_type = _multipart(told, *file), f"multipart/form-data; boundary={_BOUNDARY}"
        else:
            body, media_type = urlencode(told).encode(), "application/x-www-form-urlencoded"
        headers = {"Content-Type": media_type, "Origin": f"http://{self.host}"}
        return self._ask(what, "POST", path, body, headers, expected or (302,))

    def send(self, what: str, path: str, content: Any, *expected: int, **headers: str) -> Answer:
        """Send JSON as a partner does."""
        headers = {"Content-Type": "application/json", **headers}
        return self._ask(what, "POST", path, json.dumps(content).encode(), headers, expected or (201,))

    def _ask(
        self, what: str, verb: str, path: str, body: bytes, headers: dict[str, str], expected: tuple[int, ...]
    ) -> Answer:
        own = {"Host": self.host, "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        began = time.monotonic()
        connection = HTTPConnection("127.0.0.1", self.site.port, timeout=60)
        try:
            connection.request(verb, path, body or None, own | headers)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
        except (OSError, HTTPException) as broken:
            self.notes.problems.append(f"{what}: {verb} {path}: {broken!r}")
            return Answer(0, "", "")
        finally:
            connection.close()
        self.notes.seconds.append((what, time.monotonic() - began))
        for value in answer.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(value).items()}
        location = answer.getheader("Location") or ""
        self.notes.read(what, text + location)
        if answer.status not in expected or "/accounts/login" in location:
            errors = re.findall(
                r'class="[^"]*(?:invalid-feedback|form-summary|alert)[^"]*"[^>]*>(.{0,200})', text, re.DOTALL
            )
            self.notes.problems.append(f"{what}: {verb} {path}: {answer.status} {location} {errors[:3]}")
        return Answer(answer.status, location, text)

    def enter(self) -> None:
        """Sign in with the password, and with the second factor where there is one.

        A few at a time: more than ten sign-ins under way from one network address are refused (login_failed).
        """
        with _DOOR:
            self._enter()

    def _enter(self) -> None:
        self.cookies.clear()
        self.get("sign-in page", "/accounts/login/")
        asked = self.post("sign in", "/accounts/login/", {"login": self.told["email"], "password": PASSWORD})
        if self.told["secret"]:
            if asked.location != "/accounts/2fa/authenticate/":
                self.notes.problems.append(f"{self.told['email']} is not asked for the second factor: {asked.location}")
            self.post("second factor", asked.location, {"code": totp_code(self.told["secret"])})

    def listen(self, topics: list[str], until: Event) -> None:
        """Hold a live socket open and note what is told."""
        line = socket.create_connection(("127.0.0.1", self.site.port), timeout=30)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        try:
            with connect(
                f"ws://{self.host}/ws/live/", sock=line, origin=f"http://{self.host}", additional_headers=headers
            ) as live:
                live.send(json.dumps({"type": "watch", "topics": topics}))
                while not until.is_set():
                    self._hear(live)
        except (ConnectionClosed, OSError) as broken:
            self.notes.problems.append(f"live socket of {self.told['email']}: {broken!r}")

    def _hear(self, live: Any) -> None:
        try:
            text = live.recv(timeout=1)
        except TimeoutError:
            return
        self.notes.read("live socket", text)
        self.notes.events[json.loads(text)["type"]] += 1


def bearer_of(visitor: Visitor, client_id: str, client_secret: str, scopes: str) -> dict[str, str]:
    """Return the header of a partner that has asked for its token."""
    pair = base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
    body = urlencode({"grant_type": "client_credentials", "scope": scopes}).encode()
    headers = {"Authorization": f"Basic {pair}", "Content-Type": "application/x-www-form-urlencoded"}
    answer = visitor._ask("API: token", "POST", "/api/oauth/token", body, headers, (200,))
    return {"Authorization": f"Bearer {json.loads(answer.text)['access_token']}"}


def _multipart(fields: dict[str, Any], filename: str, content: str) -> bytes:
    parts = [f'name="{name}"\r\n\r\n{value}' for name, value in fields.items()]
    parts.append(f'name="file"; filename="{filename}"\r\nContent-Type: text/csv\r\n\r\n{content}')
    lines = [f"--{_BOUNDARY}\r\nContent-Disposition: form-data; {part}\r\n" for part in parts]
    return ("".join(lines) + f"--{_BOUNDARY}--\r\n").encode()
