"""The page where a mail's last line leads."""

from __future__ import annotations

from apps.notices.models import DigestChoice

ADDRESS = "/account/digest/"


def test_an_advisor_chooses_how_often_it_comes(ada, sign_in):
    client = sign_in(ada)
    assert client.get(ADDRESS).context["form"].initial == {"rhythm": "daily"}
    assert client.post(ADDRESS, {"rhythm": "never"}).status_code == 302
    assert DigestChoice.objects.get(user=ada).rhythm == "never"
    refused = client.post(ADDRESS, {"rhythm": "hourly"})
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["rhythm"]
    assert ADDRESS in client.get("/account/").content.decode()


def test_only_who_advises_has_a_digest(sign_in, connie, clay, sue):
    for person in (connie, clay, sue):
        client = sign_in(person)
        assert client.get(ADDRESS).status_code == 403, person
        assert client.post(ADDRESS, {"rhythm": "never"}).status_code == 403
        assert ADDRESS not in client.get("/account/").content.decode()
    assert not DigestChoice.objects.exists()
