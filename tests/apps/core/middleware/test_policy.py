import re

import pytest

from tests.cast import SiteClient


def connects(client, **how):
    policy = client.get("/accounts/login/", **how)["Content-Security-Policy"]
    return re.search(r"connect-src ([^;]*)", policy).group(1).split()


def test_a_page_talks_to_its_own_host_alone(firm_a, firm_b):
    for host in ("alpha.localhost", "beta.localhost", "alpha.localhost:8000"):
        assert connects(SiteClient(headers={"host": host})) == ["'self'", f"ws://{host}"]


def test_sockets_of_a_secure_page_are_secure(firm_a):
    assert connects(SiteClient(headers={"host": "alpha.localhost"}), secure=True) == ["'self'", "wss://alpha.localhost"]


@pytest.mark.parametrize("host", ["evil.example", "alpha.localhost evil.example"])
def test_a_host_that_is_not_ours_gets_no_line_in_the_policy(host, firm_a):
    answer = SiteClient(headers={"host": host}).get("/accounts/login/")
    assert answer.status_code in {400, 404}
    assert "evil" not in answer.headers.get("Content-Security-Policy", "")
