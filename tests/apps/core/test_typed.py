"""What is typed into a page travels sealed: no figure in an address, and another firm's seal opens nothing."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django import forms
from django.http import QueryDict
from django.test import RequestFactory
from django.views.generic import View

from apps.core.secrets import encrypted
from apps.core.typed import (
    TypedMixin,
    UnreadableWords,
    demand_read,
    emptied,
    form_words,
    reading,
    typed_address,
    typed_in,
)
from apps.kernel.errors import InvalidInputError

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
    for address in (f"/there/?typed={broken}", "/there/?typed=", "/there/?typed=nonsense"):
        words = opened(address)
        assert (type(words), words.dict()) == (UnreadableWords, {}), address
        # the next page cannot read it either, and does not begin with something else
        assert isinstance(opened(typed_address("/next/", words, how="1")), UnreadableWords)
    assert not isinstance(opened("/there/"), UnreadableWords)


class Loan(forms.Form):
    owed = forms.IntegerField(initial=300)
    years = forms.IntegerField(required=False)


def test_a_form_is_typed_again_as_it_stands_and_one_that_cannot_be_read_is_empty():
    assert form_words(Loan({"owed": "5", "years": None})) == {"owed": "5", "years": ""}
    empty = emptied(Loan)
    assert (form_words(empty), empty.is_valid()) == ({"owed": "", "years": ""}, False)


def test_only_what_was_read_is_sent():
    read = reading([("Payment", "$5")])
    demand_read(QueryDict("owed=5"), "owed", read)
    demand_read(QueryDict(f"owed=5&read={read}"), "owed", read)
    for words, answer in ((f"read={read}", read), (f"owed=5&read={read}", reading([("Payment", "$6")]))):
        with pytest.raises(InvalidInputError) as refused:
            demand_read(QueryDict(words), "owed", answer)
        assert refused.value.mend


def test_a_post_goes_to_the_sealed_address_after_looking_whose_page_it_is():
    looked = []

    class Page(TypedMixin, View):
        def check_typed(self):
            looked.append("looked")

    answer = Page.as_view()(RequestFactory().post("/there/", {"owed": "345678"}))
    assert (answer.status_code, looked) == (302, ["looked"])
    assert answer.url.startswith("/there/?typed=")
    assert opened(answer.url)["owed"] == "345678"
