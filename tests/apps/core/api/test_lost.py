import pytest

from tests.cast import SiteClient
from tests.factories.integrations import partner_of


@pytest.mark.parametrize(
    "path",
    [
        "/api/plans/abc",
        "/api/recommendations/12345/",
        "/api/financial-services/financial-plans/not-an-id/goals",
        "/api/financial-services/risk-assessment/" + "-" * 36 + "/analysis",
        "/api/financial-services/clients/" + "-" * 36 + "/risk-assessment",
        "/api/nothing",
    ],
)
def test_a_malformed_id_is_a_problem_and_no_page(paul, path):
    for client in (SiteClient(headers={"host": "alpha.localhost"}), partner_of(paul, "plans:read", name=path[-20:])):
        for method in ("get", "post"):
            answer = getattr(client, method)(path)
            assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
            assert answer.json()["code"] == "not_found"
            assert answer.json()["mend"]


def test_an_id_in_capitals_is_the_same_id(paul):
    asked = partner_of(paul, "clients:read").get("/api/clients/0F0F0F0F-0F0F-4F0F-8F0F-0F0F0F0F0F0F")
    assert (asked.status_code, asked.json()["title"]) == (404, "There is no such resource, or not for you.")


def test_pages_of_people_stay_pages(in_alpha):
    answer = SiteClient(headers={"host": "alpha.localhost"}).get("/nothing-here/")
    assert answer.status_code == 404
    assert "html" in answer["Content-Type"]
