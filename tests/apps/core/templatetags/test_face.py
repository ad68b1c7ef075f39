"""Pieces of pages: what is named, and that each name is one thing's."""

from __future__ import annotations

import re

from django.template import Context, Template


def drawn(source: str) -> str:
    return Template("{% load face %}" + source).render(Context())


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
