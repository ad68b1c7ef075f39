"""Sessions and intents, and the rules by which they change. Kept in one JSON file, so that a restart loses nothing."""

from __future__ import annotations

import json
import secrets
import threading
import time
from pathlib import Path
from typing import Any

EXPIRES_AFTER = 24 * 3600
_DECLINES = {
    "4000000000000002": ("card_declined", "Your card was declined."),
    "4000000000009995": ("insufficient_funds", "Your card has insufficient funds."),
    "4000000000000069": ("expired_card", "Your card has expired."),
}


class RefusedError(Exception):
    """A request that Stripe refuses: status, code, message and the parameter at fault."""

    def __init__(self, status: int, code: str, message: str, param: str = "") -> None:
        self.status, self.code, self.message, self.param = status, code, message, param
        super().__init__(message)

    def body(self) -> dict[str, Any]:
        """Return the error as Stripe words it."""
        kind = "card_error" if self.status == 402 else "invalid_request_error"
        error = {"type": kind, "code": self.code, "message": self.message, "param": self.param or None}
        return {"error": {name: value for name, value in error.items() if value is not None}}


class Store:
    """All objects of this server. Every method holds the lock; what it returns is a copy."""

    def __init__(self, path: Path | None = None) -> None:
        self._path, self._lock = path, threading.RLock()
        self._rows: dict[str, dict[str, Any]] = {"sessions": {}, "intents": {}, "keys": {}}
        if path is not None and path.exists():
            self._rows |= json.loads(path.read_text())

    def open_session(self, params: dict[str, Any], *, base: str, key: str = "") -> dict[str, Any]:
        """Open a session, or return the one that the idempotency key opened before."""
        with self._lock:
            if key and key in self._rows["keys"]:
                known = self._rows["keys"][key]
                if known["params"] != params:
                    raise RefusedError(400, "idempotency_error", "Keys for idempotent requests take one request only.")
                return _copy(self._rows["sessions"][known["session"]])
            session, intent = _opened(params, base)
            self._rows["sessions"][session["id"]] = session
            self._rows["intents"][intent["id"]] = intent
            if key:
                self._rows["keys"][key] = {"params": params, "session": session["id"]}
            self._save()
            return _copy(session)

    def session(self, session_id: str) -> dict[str, Any]:
        """Return a session."""
        with self._lock:
            return _copy(self._found("sessions", session_id, "checkout.session"))

    def intent(self, intent_id: str) -> dict[str, Any]:
        """Return a payment intent."""
        with self._lock:
            return _copy(self._found("intents", intent_id, "payment_intent"))

    def expire(self, session_id: str) -> list[tuple[str, dict[str, Any]]]:
        """Expire an open session; return the events."""
        with self._lock:
            session = self._found("sessions", session_id, "checkout.session")
            if session["status"] != "open":
                raise RefusedError(400, "resource_state", "Only an open Checkout Session can be expired.")
            session |= {"status": "expired", "url": None}
            self._save()
            return [("checkout.session.expired", _copy(session))]

    def pay(self, session_id: str, card: str) -> tuple[str, list[tuple[str, dict[str, Any]]]]:
        """Charge the card; return why it was declined (or nothing) and the events."""
        number = "".join(character for character in card if character.isdigit())
        with self._lock:
            session = self._found("sessions", session_id, "checkout.session")
            if session["status"] != "open":
                return "This payment page is closed.", []
            intent = self._rows["intents"][session["payment_intent"]]
            if not passes_luhn(number):
                return "Your card number is invalid.", []
            if number in _DECLINES:
                code, message = _DECLINES[number]
                intent["status"] = "requires_payment_method"
                intent["last_payment_error"] = {"type": "card_error", "code": code, "message": message}
                self._save()
                return message, [("payment_intent.payment_failed", _copy(intent))]
            intent |= {"status": "succeeded", "amount_received": intent["amount"], "last_payment_error": None}
            session |= {"status": "complete", "payment_status": "paid", "url": None}
            self._save()
            return "", [("payment_intent.succeeded", _copy(intent)), ("checkout.session.completed", _copy(session))]

    def _found(self, table: str, key: str, name: str) -> dict[str, Any]:
        row: dict[str, Any] | None = self._rows[table].get(key)
        if row is None:
            raise RefusedError(404, "resource_missing", f"No such {name}: '{key}'", "id")
        if row.get("status") == "open" and row.get("expires_at", time.time() + 1) < time.time():
            row |= {"status": "expired", "url": None}
        return row

    def _save(self) -> None:
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(self._rows))
        fresh.replace(self._path)


def passes_luhn(number: str) -> bool:
    """Say whether the digits are a card number (ISO/IEC 7812-1, annex B)."""
    if not 12 <= len(number) <= 19:
        return False
    digits = [int(digit) for digit in reversed(number)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _opened(params: dict[str, Any], base: str) -> tuple[dict[str, Any], dict[str, Any]]:
    for name in ("mode", "success_url", "line_items"):
        if not params.get(name):
            raise RefusedError(400, "parameter_missing", f"Missing required param: {name}.", name)
    if params["mode"] != "payment":
        raise RefusedError(400, "parameter_invalid", "This local server takes the mode payment only.", "mode")
    currency, total = _sum(params["line_items"])
    key = secrets.token_hex(12)
    now = int(time.time())
    intent = {
        "id": f"pi_{key}",
        "object": "payment_intent",
        "amount": total,
        "amount_received": 0,
        "currency": currency,
        "status": "requires_payment_method",
        "metadata": params.get("payment_intent_data", {}).get("metadata", {}),
        "description": params.get("payment_intent_data", {}).get("description"),
        "last_payment_error": None,
        "created": now,
        "livemode": False,
    }
    session = {
        "id": f"cs_test_{key}",
        "object": "checkout.session",
        "mode": "payment",
        "status": "open",
        "payment_status": "unpaid",
        "amount_total": total,
        "currency": currency,
        "payment_intent": intent["id"],
        "client_reference_id": params.get("client_reference_id"),
        "customer_email": params.get("customer_email"),
        "metadata": params.get("metadata", {}),
        "success_url": params["success_url"],
        "cancel_url": params.get("cancel_url"),
        "url": f"{base}/pay/cs_test_{key}",
        "created": now,
        "expires_at": now + EXPIRES_AFTER,
        "livemode": False,
    }
    return session, intent


def _sum(items: Any) -> tuple[str, int]:
    rows = list(items.values()) if isinstance(items, dict) else items
    try:
        prices = [
            (row["price_data"]["currency"], int(row["price_data"]["unit_amount"]), int(row["quantity"])) for row in rows
        ]
    except (KeyError, TypeError, ValueError):
        raise RefusedError(400, "parameter_invalid", "Line items need price_data and quantity.", "line_items") from None
    if len({currency for currency, _amount, _n in prices}) != 1:
        raise RefusedError(400, "parameter_invalid", "All line items must have one currency.", "line_items")
    total = sum(amount * n for _currency, amount, n in prices)
    if total <= 0:
        raise RefusedError(400, "amount_too_small", "The total must be more than zero.", "line_items")
    return prices[0][0], total


def _copy(row: dict[str, Any]) -> dict[str, Any]:
    copied: dict[str, Any] = json.loads(json.dumps(row))
    return copied
