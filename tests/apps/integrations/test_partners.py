import base64
import json

import pytest
from jwcrypto import jwk, jwt

from apps.core.models import AuditEvent
from apps.integrations.services.partners import register_partner, renew_secret, suspend_partner
from apps.integrations.tokens import public_keys
from apps.kernel.errors import InvalidInputError
from tests.cast import SiteClient


@pytest.fixture
def credentials(paul):
    return register_partner(
        name="Planner", contact_email="it@planner.example", scopes=["clients:read"], by=paul.as_actor()
    )


def token(client_id: str, secret: str, *, host: str = "alpha.localhost", **fields: str):
    basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    client = SiteClient(headers={"host": host, "authorization": f"Basic {basic}"})
    return client.post("/api/oauth/token", {"grant_type": "client_credentials", **fields})


def test_a_partner_gets_a_signed_token_with_its_scopes_and_no_more(credentials):
    answer = token(credentials.client_id, credentials.client_secret)
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert body["scope"] == "clients:read"
    key = jwk.JWK.from_json(json.dumps(public_keys()["keys"][0]))
    claims = json.loads(jwt.JWT(jwt=body["access_token"], key=key).claims)
    assert claims["client_id"] == credentials.client_id
    assert token(credentials.client_id, credentials.client_secret, scope="billing:write").status_code == 400


def test_another_firm_knows_neither_the_partner_nor_the_secret(credentials, firm_b):
    assert token(credentials.client_id, credentials.client_secret, host="beta.localhost").status_code == 401


def test_a_suspended_partner_gets_no_token(credentials, paul):
    suspend_partner(partner=credentials.partner, reason="contract ended", by=paul.as_actor())
    assert token(credentials.client_id, credentials.client_secret).status_code == 401
    event = AuditEvent.objects.get(action="integrations.suspend_partner")
    assert event.reason == "contract ended"


def test_a_renewed_secret_ends_the_old_one(credentials, paul):
    fresh = renew_secret(partner=credentials.partner, by=paul.as_actor())
    assert token(credentials.client_id, credentials.client_secret).status_code == 401
    assert token(fresh.client_id, fresh.client_secret).status_code == 200


def test_a_taken_name_and_no_scopes_are_refused(credentials, paul):
    with pytest.raises(InvalidInputError, match="registered already"):
        register_partner(name="planner", contact_email="a@b.example", scopes=["clients:read"], by=paul.as_actor())
    with pytest.raises(InvalidInputError, match="can do nothing"):
        register_partner(name="Other", contact_email="a@b.example", scopes=[], by=paul.as_actor())
    with pytest.raises(InvalidInputError, match="no scope"):
        register_partner(name="Third", contact_email="a@b.example", scopes=["all:write"], by=paul.as_actor())


def test_only_who_may_manage_partners_sees_them(ada, paul, credentials, sign_in):
    assert sign_in(ada).get("/settings/partners/").status_code == 403
    assert sign_in().get("/settings/partners/").status_code == 302
    page = sign_in(paul).get("/settings/partners/")
    assert page.status_code == 200
    assert credentials.client_id in page.content.decode()


def test_the_secret_is_shown_once_on_the_page(paul, sign_in):
    fields = {"name": "CRM", "contact_email": "crm@example.com", "scopes": ["clients:read"], "purpose": ""}
    page = sign_in(paul).post("/settings/partners/new/", fields)
    assert 'id="client-secret"' in page.content.decode()
    assert "client-secret" not in sign_in(paul).get("/settings/partners/").content.decode()
