"""Pieces of pages: what is named, and that each name is one thing's."""

from __future__ import annotations

import datetime as dt
import re

from django.template import Context, Template
from django.utils import timezone


def drawn(source: str) -> str:
    return Template("{% load face %}" + source).render(Context())


def test_the_day_of_a_moment_is_that_of_the_readers_zone_and_a_day_stays_one():
    at = dt.datetime(2026, 11, 22, 2, 54, tzinfo=dt.UTC)
    source = Template("{% load face %}{{ at|date_short }} {{ at|date_long }} {{ day|date_short }}")
    for zone, told in (
        ("America/New_York", "Nov 21, 2026 November 21, 2026"),
        ("UTC", "Nov 22, 2026 November 22, 2026"),
    ):
        with timezone.override(zone):
            assert source.render(Context({"at": at, "day": dt.date(2026, 11, 22)})) == f"{told} Nov 22, 2026"


def test_a_card_named_by_its_title_does_not_take_the_name_of_one_with_that_id():
    page = drawn(
        '{% card title="Goals of this version" id="goals" %}a{% endcard %}{% card title="Goals" %}b{% endcard %}'
    )
    names = re.findall(r'aria-labelledby="([^"]+)"', page)
    assert names == ["goals-title", "card-goals-title"]
    assert re.findall(r'<h2 id="([^"]+)"', page) == names


def test_a_table_in_a_card_of_its_name_is_no_second_landmark_and_still_reached_by_keyboard():
    page = drawn('{% card title="Goals" %}{% table "Goals" %}<tbody></tbody>{% endtable %}{% endcard %}')
    assert 'role="region"' not in page
    assert 'tabindex="0" role="group" aria-label="Goals"' in page
