import re

from django.template import engines
from django.test import RequestFactory

SOURCE = "{% csrf_token %}"


def drawn():
    return engines["django"].from_string(SOURCE).render({}, RequestFactory().get("/"))


def test_each_form_carries_a_token_of_its_own_beside_djangos():
    first, second = drawn(), drawn()
    assert "csrfmiddlewaretoken" in first
    found = [re.search(r'name="submission" value="([0-9a-f-]{36})"', page).group(1) for page in (first, second)]
    assert found[0] != found[1]


def test_where_django_draws_nothing_there_is_nothing():
    assert engines["django"].from_string(SOURCE).render({}) == ""
