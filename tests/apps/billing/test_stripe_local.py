"""The local payment server, used as the product uses Stripe: by its library, by a browser, by its webhooks."""

from __future__ import annotations

import queue
import threading
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import stripe

from tools.stripe_local.server import StripeLocal
from tools.stripe_local.store import passes_luhn

SECRET = "whsec_of_this_test"


@pytest.fixture
def server(tmp_path):
    started = StripeLocal(secret_key="sk_test_a", webhook_secret=SECRET, state=tmp_path / "stripe.json").start()
    yield started
    started.stop()


@pytest.fixture
def site():
    """A site that hears webhooks: the first answer is an error, as of a site that restarts."""
    heard, answers = queue.Queue(), iter([500])

    class Site(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = next(answers, 200)
            heard.put((self.path, self.headers["Host"], self.headers["Stripe-Signature"], body, status))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_args):
            pass

    listening = HTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    yield f"http://harbor.localhost:{listening.server_address[1]}", heard
    listening.shutdown()
    listening.server_close()


def params(site="http://harbor.localhost:1", amount=12345):
    price = {"currency": "usd", "unit_amount": amount, "product_data": {"name": "Invoice"}}
    return {
        "mode": "payment",
        "line_items": [{"quantity": 1, "price_data": price}],
        "payment_intent_data": {"description": "Invoice <1>", "metadata": {"payment": "7"}},
        "metadata": {"payment": "7"},
        "success_url": f"{site}/portal/",
        "cancel_url": f"{site}/portal/",
    }


def library(server, key="sk_test_a"):
    return stripe.StripeClient(key, base_addresses={"api": server.url}, max_network_retries=0)


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args):
        return None


def submit(url, card):
    """Send the page's form; return status, where it leads, and what it says."""
    form = urllib.parse.urlencode({"card": card, "email": "", "expiry": "12 / 40", "cvc": "123"}).encode()
    try:
        answer = urllib.request.build_opener(_Stay).open(url, form)
    except urllib.error.HTTPError as refused:
        answer = refused
    return answer.status, answer.headers["Location"], answer.read().decode()


def test_one_key_opens_one_session_and_takes_no_other_request(server):
    sessions = library(server).v1.checkout.sessions
    first, second = (sessions.create(params(), {"idempotency_key": "k1"}) for _ in range(2))
    assert (first.id, first.amount_total, first.payment_status) == (second.id, 12345, "unpaid")
    with pytest.raises(stripe.InvalidRequestError, match="one request only"):
        sessions.create(params(amount=1), {"idempotency_key": "k1"})


def test_wrong_keys_and_wrong_requests_are_refused_in_stripes_words(server):
    with pytest.raises(stripe.AuthenticationError):
        library(server, "sk_test_b").v1.checkout.sessions.create(params())
    with pytest.raises(stripe.InvalidRequestError) as missing:
        library(server).v1.checkout.sessions.retrieve("cs_test_none")
    assert missing.value.code == "resource_missing"
    with pytest.raises(stripe.InvalidRequestError, match="more than zero"):
        library(server).v1.checkout.sessions.create(params(amount=0))


def test_the_page_takes_a_card_redirects_and_tells_the_site_until_it_hears(server, site):
    address, heard = site
    session = library(server).v1.checkout.sessions.create(params(address))
    page = urllib.request.urlopen(session.url).read().decode()
    assert "123.45 USD" in page
    assert "Invoice &lt;1&gt;" in page
    status, _where, text = submit(session.url, "4000 0000 0000 0002")
    assert (status, "declined" in text) == (402, True)
    assert submit(session.url, "1234 5678 9012 3456")[0] == 402
    assert submit(session.url, "4242 4242 4242 4242")[:2] == (303, f"{address}/portal/")
    told = [heard.get(timeout=10) for _ in range(4)]
    kinds = set()
    for path, host, signed, body, _status in told:
        assert (path, host) == ("/billing/stripe/webhook", address.removeprefix("http://"))
        kinds.add(stripe.Webhook.construct_event(body, signed, SECRET)["type"])
    assert kinds == {"payment_intent.payment_failed", "payment_intent.succeeded", "checkout.session.completed"}
    assert sorted(status for *_told, status in told) == [200, 200, 200, 500]


def test_a_paid_or_expired_page_takes_no_card(server):
    sessions = library(server).v1.checkout.sessions
    server.sends_webhooks = False
    session = sessions.create(params())
    submit(session.url, "4242 4242 4242 4242")
    assert submit(session.url, "4242 4242 4242 4242")[0] == 303
    assert library(server).v1.payment_intents.retrieve(session.payment_intent).amount_received == 12345
    other = sessions.create(params())
    assert sessions.expire(other.id).status == "expired"
    with pytest.raises(stripe.InvalidRequestError, match="Only an open"):
        sessions.expire(other.id)


def test_a_restart_loses_nothing(server, tmp_path):
    session = library(server).v1.checkout.sessions.create(params())
    again = StripeLocal(secret_key="sk_test_a", webhook_secret=SECRET, state=tmp_path / "stripe.json").start()
    assert library(again).v1.checkout.sessions.retrieve(session.id).status == "open"
    again.stop()


@pytest.mark.parametrize(("number", "holds"), [("4242424242424242", True), ("4242424242424241", False), ("42", False)])
def test_card_numbers_carry_a_check_digit(number, holds):
    assert passes_luhn(number) is holds
