"""An account's number over the API: masked, in full for who may, written as on the page."""

from __future__ import annotations

import json
from typing import Any

import pytest

from apps.accounts.models import User
from apps.core.models import AuditEvent
from apps.core.secrets import decrypted
from apps.portfolios.models import Account
from tests.cast import SiteClient
from tests.factories import clients, portfolios
from tests.factories.integrations import partner_of

READ, WRITE, IN_FULL = "portfolios:read", "portfolios:write", "account_numbers:read"


@pytest.fixture
def account(ada: User) -> Account:
    return portfolios.account(clients.household(ada), ada, number="1234-5678")


def address(account: Account) -> str:
    return f"/api/financial-services/accounts/{account.public_id}/number"


def put(partner: SiteClient, account: Account, body: dict[str, str], **headers: str) -> Any:
    return partner.put(address(account), json.dumps(body), content_type="application/json", headers=headers)


def test_the_number_is_masked_and_in_full_for_who_may_read_it(account: Account, paul: User) -> None:
    masked = partner_of(paul, READ).get(address(account))
    assert masked.json() == {
        "account_id": str(account.public_id),
        "custodian": "Example Custodian",
        "number": "•••• 5678",
    }
    assert not AuditEvent.objects.filter(action="portfolios.reveal_number").exists()
    full = partner_of(paul, READ, IN_FULL, name="Custody").get(address(account))
    assert (full.json()["number"], full["ETag"]) == ("1234-5678", masked["ETag"])
    assert AuditEvent.objects.filter(action="portfolios.reveal_number").count() == 1


def test_an_account_without_a_number_reveals_nothing(ada: User, paul: User) -> None:
    account = portfolios.account(clients.household(ada), ada, number="")
    assert partner_of(paul, READ, IN_FULL).get(address(account)).json()["number"] == ""
    assert not AuditEvent.objects.filter(action="portfolios.reveal_number").exists()


def test_the_number_is_written_by_the_service_of_the_page(account: Account, paul: User) -> None:
    partner = partner_of(paul, READ, WRITE)
    tag = partner.get(address(account))["ETag"]
    told = {"custodian": "Schwab", "number": "9876-1111"}
    kept = put(partner, account, told, **{"If-Match": tag})
    assert (kept.status_code, kept.json()["number"]) == (200, "•••• 1111")
    assert put(partner, account, told, **{"If-Match": tag}).status_code == 412
    account.refresh_from_db()
    assert (account.custodian, decrypted(account.number)) == ("Schwab", "9876-1111")
    assert AuditEvent.objects.filter(action="portfolios.number_account").count() == 1
    assert put(partner, account, {**told, "number": "--"}).status_code == 422
    assert put(partner_of(paul, READ, name="Reader"), account, told).status_code == 403
