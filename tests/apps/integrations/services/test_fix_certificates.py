"""Certificates of sessions: shown to a broker who asks, sealed, renewed, warned about, and refused where wrong."""

from __future__ import annotations

import datetime as dt
import ssl
from collections.abc import Callable
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.core.models import AuditEvent
from apps.integrations.models import FixConnection
from apps.integrations.selectors.fix_sessions import certificate_ends
from apps.integrations.services.fix_certificates import Certificates, renew_certificates, secure_line
from apps.integrations.services.fix_connections import ConnectionTerms, set_up_connection
from apps.kernel.errors import InvalidInputError
from tests.apps.integrations.acceptor import Acceptor, wait_for
from tests.apps.integrations.lines import runner

SignIn = Callable[..., Client]
TERMS = ConnectionTerms("Broker", "Example Custodian", "127.0.0.1", 1, "STEWARD", "BROKER")


@dataclass(frozen=True)
class Made:
    """A certificate that nobody else signed, with its key, as PEM texts."""

    certificate: str
    key: str
    shut: str

    def server(self, folder: Path, trusted: str) -> ssl.SSLContext:
        """A server that shows it and asks for one that is trusted."""
        (folder / "server.pem").write_text(self.certificate + self.key)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "server.pem")
        context.load_verify_locations(cadata=trusted)
        context.verify_mode = ssl.CERT_REQUIRED
        return context


def made(name: str, days: int = 365) -> Made:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    signed = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=400))
        .not_valid_after(now + dt.timedelta(days=days, hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain, shut = (
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how).decode()
        for how in (NoEncryption(), BestAvailableEncryption(b"word"))
    )
    return Made(signed.public_bytes(Encoding.PEM).decode(), plain, shut)


def test_a_broker_who_asks_for_a_certificate_is_shown_ours_and_talks_with_nobody_else(
    paul: User, tmp_path: Path
) -> None:
    theirs, ours = made("broker"), made("steward")
    broker = Acceptor(secure=theirs.server(tmp_path, ours.certificate))
    try:
        terms = replace(TERMS, port=broker.port, ca_certificate=theirs.certificate)
        row = set_up_connection(terms=terms, by=paul.as_actor())
        runner(row).run(wait_for(lambda: FixConnection.objects.get().state_note != ""))
        assert broker.heard == []
        given = Certificates(theirs.certificate, ours.certificate, ours.key)
        renew_certificates(connection=row, given=given, by=paul.as_actor())
        runner(row).run(wait_for(lambda: bool(broker.logons)))
        assert len(broker.logons) == 1
        stranger = made("stranger")
        given = Certificates(theirs.certificate, stranger.certificate, stranger.key)
        renew_certificates(connection=row, given=given, by=paul.as_actor())
        FixConnection.objects.update(state_note="")
        runner(row).run(wait_for(lambda: FixConnection.objects.get().state_note != ""))
        assert len(broker.logons) == 1
    finally:
        broker.stop()


def test_the_key_is_sealed_and_on_no_trail(paul: User) -> None:
    ours = made("steward")
    terms = replace(TERMS, client_certificate=ours.certificate, client_key=ours.key)
    row = set_up_connection(terms=terms, by=paul.as_actor())
    secret = ours.key.splitlines()[1]
    assert secret not in row.client_key
    renew_certificates(connection=row, given=Certificates("", ours.certificate, ours.key), by=paul.as_actor())
    trail = [str(each.before) + str(each.after) for each in AuditEvent.objects.all()]
    assert not any(secret in each for each in trail)
    assert AuditEvent.objects.filter(action="integrations.renew_fix_certificates").count() == 1
    row.refresh_from_db()
    assert secure_line(row) is not None
    renew_certificates(connection=row, given=Certificates(), by=paul.as_actor())
    row.refresh_from_db()
    assert (row.client_certificate, row.client_key) == ("", "")
    told = AuditEvent.objects.filter(action="integrations.renew_fix_certificates").latest("pk")
    assert "CN=steward" in told.before["client_certificate"]


OURS, OTHER, OVER = made("steward"), made("other"), made("late", days=-2)


@pytest.mark.parametrize(
    ("certificate", "key", "at", "words"),
    [
        (OURS.certificate, "", "client_key", "go together"),
        ("", OURS.key, "client_certificate", "go together"),
        ("none", OURS.key, "client_certificate", "no certificate"),
        (OURS.certificate, "none", "client_key", "no private key"),
        (OURS.certificate, OURS.shut, "client_key", "without a passphrase"),
        (OURS.certificate, OTHER.key, "client_key", "another certificate"),
        (OVER.certificate, OVER.key, "client_certificate", "expired"),
    ],
)
def test_what_cannot_be_shown_is_refused_at_its_field(
    paul: User, certificate: str, key: str, at: str, words: str
) -> None:
    row = set_up_connection(terms=TERMS, by=paul.as_actor())
    with pytest.raises(InvalidInputError, match=words) as refused:
        renew_certificates(connection=row, given=Certificates("", certificate, key), by=paul.as_actor())
    assert refused.value.field == at
    row.refresh_from_db()
    assert row.client_certificate == ""


def test_a_line_in_clear_shows_no_certificate(paul: User) -> None:
    terms = replace(TERMS, uses_tls=False, client_certificate=OURS.certificate, client_key=OURS.key)
    with pytest.raises(InvalidInputError, match="encrypted line"):
        set_up_connection(terms=terms, by=paul.as_actor())


def test_an_end_that_is_near_is_warned_about_and_one_that_is_over_keeps_the_line_shut(
    paul: User, ada: User, sign_in: SignIn
) -> None:
    near, browser = made("near", days=20), sign_in(paul)
    terms = replace(TERMS, ca_certificate=OURS.certificate, client_certificate=near.certificate, client_key=near.key)
    row = set_up_connection(terms=terms, by=paul.as_actor())
    assert [(end.is_near, end.is_over) for end in certificate_ends(row)] == [(True, False), (False, False)]
    page = reverse("integrations:fix-detail", args=[row.public_id])
    for url in (page, reverse("integrations:fix-list")):
        assert "Have it renewed before" in browser.get(url).text
    FixConnection.objects.update(client_certificate=OVER.certificate)
    assert "The line cannot be encrypted with it" in browser.get(page).text
    row.refresh_from_db()
    with pytest.raises(InvalidInputError, match="expired"):
        secure_line(row)
    url = reverse("integrations:fix-certificates", args=[row.public_id])
    assert sign_in(ada).get(url).status_code == 403
    assert sign_in().get(url).status_code == 302
    assert near.key.splitlines()[1] not in browser.get(url).text
    told = {"ca_certificate": "", "client_certificate": OURS.certificate, "client_key": ""}
    assert browser.post(url, told).status_code == 422
    assert browser.post(url, {**told, "client_key": OURS.key}).url == page
    assert "Have it renewed before" not in browser.get(page).text


def test_an_expired_certificate_is_named_on_the_session(paul: User, tmp_path: Path) -> None:
    theirs = made("broker")
    broker = Acceptor(secure=theirs.server(tmp_path, OURS.certificate))
    try:
        terms = replace(TERMS, port=broker.port, client_certificate=OURS.certificate, client_key=OURS.key)
        row = set_up_connection(terms=terms, by=paul.as_actor())
        FixConnection.objects.update(client_certificate=OVER.certificate)
        runner(row).run(wait_for(lambda: FixConnection.objects.get().state_note != ""))
        assert "expired" in FixConnection.objects.get().state_note
    finally:
        broker.stop()
