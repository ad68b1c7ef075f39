"""The page over the API's description."""

import re

import pytest

from tests.cast import SiteClient


@pytest.fixture
def stranger(firm_a):
    return SiteClient(headers={"host": "alpha.localhost"})


def test_the_page_is_open_and_loads_its_parts_from_this_site(stranger):
    page = stranger.get("/api/docs").content.decode()
    assert "API for partners" in page
    assert not re.search(r"""(src|href)=["'](https?:)?//""", page)
    assert "<style" not in page
    assert "swagger-ui-bundle" in page


def test_its_script_has_an_address_of_its_own_and_points_at_the_schema(stranger):
    answer = stranger.get("/api/docs?script=")
    assert answer["Content-Type"].startswith("application/javascript")
    assert "/api/schema" in answer.content.decode()


def test_the_public_site_has_no_api(db):
    assert SiteClient(headers={"host": "localhost"}).get("/api/docs").status_code == 404
