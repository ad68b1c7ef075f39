import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.tenancy.addresses import host_for, public_group_name, site_url, url_for
from apps.core.tenancy.names import NoFirmError, group_name


def test_a_firms_address_is_its_schema_with_hyphens(settings):
    settings.BASE_DOMAIN, settings.SCHEME, settings.PUBLIC_PORT = "steward.example", "https", ""
    assert host_for("harbor_boston") == "harbor-boston.steward.example"
    assert url_for("harbor_boston", "/inbox/") == "https://harbor-boston.steward.example/inbox/"
    settings.PUBLIC_PORT = "8443"
    assert url_for("harbor") == "https://harbor.steward.example:8443/"


def test_an_address_without_a_firm_is_an_error(db):
    with pytest.raises(NoFirmError):
        site_url("/")


def test_an_address_is_the_entered_firms(in_alpha):
    assert site_url("/x/").startswith("http://alpha.localhost")


@given(st.text(alphabet="abc-_.:", min_size=1, max_size=200))
def test_a_public_group_is_short_and_no_firms(key):
    name = public_group_name("registration", key)
    assert len(name) < 100
    assert name.startswith("public.registration.")


def test_a_firms_group_never_equals_a_public_one(in_alpha):
    assert group_name("registration", "x") != public_group_name("registration", "x")
