"""Signed events, posted until they are taken."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import secrets
import threading
import time
from typing import Any
from urllib.parse import urlsplit

PATH = "/billing/stripe/webhook"
ATTEMPTS, FIRST_WAIT = 8, 0.5
API_VERSION = "2025-03-31.basil"


def event(kind: str, about: dict[str, Any]) -> bytes:
    """Return an event's body."""
    body = {
        "id": f"evt_{secrets.token_hex(12)}",
        "object": "event",
        "api_version": API_VERSION,
        "created": int(time.time()),
        "type": kind,
        "livemode": False,
        "data": {"object": about},
    }
    return json.dumps(body).encode()


def signature(body: bytes, secret: str, at: int | None = None) -> str:
    """Return the Stripe-Signature header: HMAC-SHA256 of time and body (https://docs.stripe.com/webhooks/signature)."""
    moment = int(time.time()) if at is None else at
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


def deliver(body: bytes, return_url: str, secret: str) -> threading.Thread:
    """Post an event to the site that the session returns to, in the background, until it answers 2xx."""
    thread = threading.Thread(target=_deliver, args=(body, return_url, secret), daemon=True)
    thread.start()
    return thread


def _deliver(body: bytes, return_url: str, secret: str) -> None:
    for attempt in range(ATTEMPTS):
        status = post(body, return_url, signature(body, secret))
        print(
            f"webhook {json.loads(body)['type']} to {urlsplit(return_url).netloc}: {status or 'no answer'}", flush=True
        )
        if 200 <= status < 300:
            return
        time.sleep(FIRST_WAIT * 2**attempt)


def post(body: bytes, return_url: str, signed: str) -> int:
    """Post once; return the status, 0 when nobody answered."""
    site = urlsplit(return_url)
    # names below localhost are this machine (RFC 6761, 6.3), whether or not its resolver knows it
    is_local = (site.hostname or "").endswith("localhost")
    kind = http.client.HTTPSConnection if site.scheme == "https" else http.client.HTTPConnection
    connection = kind("127.0.0.1" if is_local else str(site.hostname), site.port, timeout=10)
    headers = {"Host": site.netloc, "Content-Type": "application/json", "Stripe-Signature": signed}
    try:
        connection.request("POST", PATH, body, headers)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()
