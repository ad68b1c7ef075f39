"""Messages are in the language of who reads them, however late their cookie is written."""

from __future__ import annotations

from django.contrib.messages import INFO
from django.test import RequestFactory
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy

from apps.core.told import SpokenStorage


def test_a_text_is_spoken_in_the_language_in_which_it_is_told() -> None:
    storage = SpokenStorage(RequestFactory().get("/"))
    with translation.override("pt-br"):
        storage.add(INFO, gettext_lazy("Save"))
        expected = str(gettext_lazy("Save"))
    assert expected != "Save"
    with translation.override("en"):
        assert [message.message for message in storage._queued_messages] == [expected]


def test_markup_that_is_safe_stays_so() -> None:
    storage = SpokenStorage(RequestFactory().get("/"))
    storage.add(INFO, mark_safe("<b>Done</b>"))
    assert isinstance(storage._queued_messages[0].message, SafeString)
