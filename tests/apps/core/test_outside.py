"""Which addresses a firm may have asked."""

from __future__ import annotations

import pytest

from apps.core import outside
from apps.core.outside import OutsideAddress, PrivateAddressError, is_public, outside_address, places_of
from apps.kernel.errors import InvalidInputError


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://api.example.com/v1/", OutsideAddress("https", "api.example.com", 443, "/v1")),
        ("https://api.example.com:8443", OutsideAddress("https", "api.example.com", 8443, "")),
        ("https://[2606:4700::1111]/v1", OutsideAddress("https", "2606:4700::1111", 443, "/v1")),
        ("https://bücher.example/v1", OutsideAddress("https", "xn--bcher-kva.example", 443, "/v1")),
    ],
)
def test_an_address_is_read(url, told):
    assert outside_address(url) == told


def test_an_address_names_its_host_and_goes_to_a_place():
    address = outside_address("https://api.example.com:8443/v1")
    assert address.authority == "api.example.com:8443"
    assert address.at("2606:4700::1111") == "https://[2606:4700::1111]:8443/v1"
    assert outside_address("https://api.example.com/v1").authority == "api.example.com"


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.com/v1",
        "ftp://api.example.com",
        "https://me:word@api.example.com",
        "https://api.example.com/v1?to=x",
        "https://api.example.com/v1#x",
        "https://",
        "api.example.com",
        "https://api.example.com:99999",
        "https://api.exam ple.com",
        "https://[::1",
        "",
    ],
)
def test_what_is_no_address_or_holds_more_is_refused_at_its_field(url):
    with pytest.raises(InvalidInputError) as refused:
        outside_address(url, field="address")
    assert refused.value.field == "address"
    assert refused.value.mend


@pytest.mark.parametrize(
    "place",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - refused
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "nonsense",
    ],
)
def test_no_place_of_our_own_networks_is_public_however_it_is_wrapped(place):
    assert not is_public(place)


@pytest.mark.parametrize("place", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"])
def test_places_of_the_open_internet_are_public(place):
    assert is_public(place)


@pytest.mark.parametrize("url", ["https://127.0.0.1/v1", "https://localhost/v1", "https://[::1]/v1"])
def test_a_host_of_our_own_is_not_asked_unless_the_installation_says_so(url, settings):
    address = outside_address(url)
    with pytest.raises(PrivateAddressError, match="private network"):
        places_of(address)
    settings.OUTSIDE_PRIVATE_HOSTS = [address.host]
    assert places_of(address)


def test_one_private_place_among_public_ones_is_enough_to_refuse(monkeypatch):
    found = [(0, 0, 0, "", (place, 443)) for place in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(outside.socket, "getaddrinfo", lambda *_args, **_names: found)
    with pytest.raises(PrivateAddressError):
        places_of(outside_address("https://api.example.com"))


def test_a_name_that_nobody_knows_is_refused():
    with pytest.raises(PrivateAddressError, match="No server"):
        places_of(outside_address("https://nobody.invalid/v1"))
