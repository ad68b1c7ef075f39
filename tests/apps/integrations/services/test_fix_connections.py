"""Setting up FIX sessions, by the service and by the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.core.models import AuditEvent
from apps.integrations.models import FixConnection
from apps.integrations.services.fix_connections import ConnectionTerms, set_up_connection, switch_connection
from apps.kernel.errors import InvalidInputError

SignIn = Callable[..., Client]
TERMS = ConnectionTerms("Broker", "Example Custodian", "fix.example", 9878, "STEWARD", "BROKER", "us", "secret")


def test_a_session_is_set_up_with_its_password_encrypted_and_off_the_trail(paul: User) -> None:
    row = set_up_connection(terms=TERMS, by=paul.as_actor())
    assert "secret" not in row.password
    event = AuditEvent.objects.get(action="integrations.set_up_fix")
    assert "secret" not in str(event.after)
    assert (row.next_out, row.next_in, row.is_active) == (1, 1, True)


@pytest.mark.parametrize("change", [{"port": 0}, {"heartbeat": 1}, {"name": ""}, {"host": ""}])
def test_values_that_cannot_be_are_refused_at_their_field(paul: User, change: dict[str, object]) -> None:
    with pytest.raises(InvalidInputError) as refused:
        set_up_connection(terms=replace(TERMS, **change), by=paul.as_actor())
    assert refused.value.field in change
    assert not FixConnection.objects.exists()


def test_a_session_is_there_once(paul: User) -> None:
    set_up_connection(terms=TERMS, by=paul.as_actor())
    with pytest.raises(InvalidInputError, match="set up already"):
        set_up_connection(terms=replace(TERMS, name="Other"), by=paul.as_actor())


def test_a_session_is_taken_out_of_use_and_back(paul: User) -> None:
    row = set_up_connection(terms=TERMS, by=paul.as_actor())
    assert not switch_connection(connection=row, is_active=False, by=paul.as_actor()).is_active
    assert switch_connection(connection=row, is_active=True, by=paul.as_actor()).is_active
    assert AuditEvent.objects.filter(action="integrations.switch_fix").count() == 2


def test_the_pages_are_the_principals(paul: User, ada: User, sign_in: SignIn) -> None:
    urls = [reverse("integrations:fix-list"), reverse("integrations:fix-new")]
    for url in urls:
        assert sign_in(ada).get(url).status_code == 403
        assert sign_in().get(url).status_code == 302
    browser = sign_in(paul)
    told = {"name": "Broker", "custodian": "C", "host": "h", "port": "1", "sender_comp_id": "A", "target_comp_id": "B"}
    assert browser.post(urls[1], {**told, "heartbeat": "30", "password": "open-for-harbor-only"}).url == urls[0]
    assert browser.post(urls[1], {**told, "heartbeat": "30", "port": "0"}).status_code == 422
    shown = browser.get(urls[0]).text
    assert "Not kept" in shown
    assert "open-for-harbor-only" not in FixConnection.objects.get().password
    row = FixConnection.objects.get()
    page = reverse("integrations:fix-detail", args=[row.public_id])
    assert "Nothing said yet" in browser.get(page).text
    assert sign_in(ada).get(page).status_code == 403
    browser.post(reverse("integrations:fix-switch", args=[row.public_id]), {"use": "off"})
    row.refresh_from_db()
    assert not row.is_active
    assert "Out of use" in browser.get(urls[0]).text


def test_numbers_are_reset_while_the_session_rests(paul: User, sign_in: SignIn) -> None:
    row = set_up_connection(terms=TERMS, by=paul.as_actor())
    FixConnection.objects.update(next_out=5, next_in=9)
    browser, url = sign_in(paul), reverse("integrations:fix-reset", args=[row.public_id])
    assert "The session is in use" in browser.post(url, follow=True).text
    assert FixConnection.objects.get().epoch == 1
    switch_connection(connection=row, is_active=False, by=paul.as_actor())
    assert "Reset the numbers" in browser.get(reverse("integrations:fix-detail", args=[row.public_id])).text
    browser.post(url)
    row.refresh_from_db()
    assert (row.epoch, row.next_out, row.next_in) == (2, 1, 1)
    event = AuditEvent.objects.get(action="integrations.reset_fix")
    assert event.before == {"next_out": 5, "next_in": 9, "epoch": 1}


@pytest.mark.parametrize("text", ["no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"])
def test_what_is_no_certificate_is_refused_at_its_field(paul: User, text: str) -> None:
    with pytest.raises(InvalidInputError, match="no certificate") as refused:
        set_up_connection(terms=replace(TERMS, ca_certificate=text), by=paul.as_actor())
    assert refused.value.field == "ca_certificate"
