"""What is typed into a page travels sealed: no figure in an address, and another firm's seal opens nothing."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import QueryDict
from django.test import RequestFactory
from django.views.generic import View

from apps.core.secrets import encrypted
from apps.core.typed import TypedMixin, typed_address, typed_in

pytestmark = pytest.mark.usefixtures("in_alpha")


def opened(address):
    return typed_in(RequestFactory().get(address))


def test_what_was_typed_comes_back_and_does_not_stand_in_the_address():
    address = typed_address("/there/", {"owed": "345678", "years": 25, "csrfmiddlewaretoken": "x"}, how="1")
    assert "345678" not in address
    assert set(parse_qs(urlsplit(address).query)) == {"typed", "how"}
    assert opened(address).dict() == {"owed": "345678", "years": "25"}
    many = opened(typed_address("/there/", QueryDict("kind=a&kind=b&how=1&typed=old")))
    assert (many.getlist("kind"), "how" in many, "typed" in many) == (["a", "b"], False, False)
    assert typed_address("/there/", {}) == "/there/"


def test_words_of_an_open_address_count_and_a_strange_seal_is_nothing():
    assert opened("/there/?owed=5")["owed"] == "5"
    assert opened("/there/?typed=nonsense&owed=5").dict() == {}
    broken = encrypted("owed=5")[:-4] + "AAAA"
    assert opened(f"/there/?typed={broken}").dict() == {}


def test_a_post_goes_to_the_sealed_address_after_looking_whose_page_it_is():
    looked = []

    class Page(TypedMixin, View):
        def check_typed(self):
            looked.append("looked")

    answer = Page.as_view()(RequestFactory().post("/there/", {"owed": "345678"}))
    assert (answer.status_code, looked) == (302, ["looked"])
    assert answer.url.startswith("/there/?typed=")
    assert opened(answer.url)["owed"] == "345678"
