from tests.cast import SiteClient


def test_an_unknown_address_says_so(firm_a):
    answer = SiteClient(headers={"host": "nobody.localhost"}).get("/")
    assert answer.status_code == 404
    assert "nobody.localhost" in answer.content.decode()


def test_a_firm_that_is_not_open_answers_503(firm_a):
    from django.db import connection

    connection.set_schema_to_public()
    firm_a.state = "suspended"
    firm_a.save(update_fields=["state"])
    answer = SiteClient(headers={"host": "alpha.localhost"}).get("/")
    assert answer.status_code == 503
    assert "Alpha Advisory LLC" in answer.content.decode()


def test_every_answer_names_its_request(firm_a):
    answer = SiteClient(headers={"host": "alpha.localhost"}).get("/accounts/login/")
    assert len(answer["X-Request-ID"]) == 32
    given = SiteClient(headers={"host": "alpha.localhost", "x-request-id": "from-proxy-123"}).get("/accounts/login/")
    assert given["X-Request-ID"] == "from-proxy-123"
    forged = SiteClient(headers={"host": "alpha.localhost", "x-request-id": "a b\nc"}).get("/accounts/login/")
    assert forged["X-Request-ID"] != "a b\nc"


def test_no_page_allows_inline_code(firm_a):
    policy = SiteClient(headers={"host": "alpha.localhost"}).get("/accounts/login/")["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'self'" in policy
