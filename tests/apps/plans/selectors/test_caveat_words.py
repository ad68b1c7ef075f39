"""Caveats are read by people: days and classes in their words, everything else as it was kept."""

from __future__ import annotations

from django.utils import translation

from apps.plans.selectors.caveat_words import caveat_text

MESSAGE = "“%(name)s” has the price of %(day)s and moves with %(asset)s."


def test_days_and_classes_are_written_in_the_readers_language() -> None:
    params = {"name": "2031 fund", "day": "2031-07-01", "asset": "us_equity"}
    with translation.override("en"):
        assert caveat_text(MESSAGE, params) == "“2031 fund” has the price of Jul 1, 2031 and moves with US stocks."
    with translation.override("pt-br"):
        told = caveat_text(MESSAGE, params)
    assert "1 de jul. de 2031" in told
    assert "us_equity" not in told


def test_what_only_begins_like_a_day_stays() -> None:
    with translation.override("en"):
        assert "2031-07-01b" in caveat_text("%(name)s", {"name": "2031-07-01b"})
