"""How often the digest comes, and when a day's place is taken."""

from __future__ import annotations

import datetime as dt

import pytest

from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.notices.models import DigestChoice, DigestRhythm
from apps.notices.services.digests import choose_digest, is_due, locked_choice

MONDAY = dt.date(2026, 11, 16)


@pytest.mark.parametrize(
    ("rhythm", "last", "on", "due"),
    [
        ("daily", None, MONDAY, True),
        ("daily", MONDAY, MONDAY, False),
        ("daily", MONDAY, dt.date(2026, 11, 17), True),
        ("weekly", None, dt.date(2026, 11, 19), True),
        ("weekly", MONDAY, dt.date(2026, 11, 22), False),
        ("weekly", dt.date(2026, 11, 22), dt.date(2026, 11, 23), True),
        ("never", None, MONDAY, False),
    ],
)
def test_there_is_one_a_day_or_one_since_monday(rhythm, last, on, due):
    assert is_due(DigestChoice(rhythm=rhythm, last_on=last), on) is due


def test_a_choice_is_kept_once_and_told_on_the_trail(ada):
    by = ada.as_actor()
    assert choose_digest(user=ada, rhythm=DigestRhythm.WEEKLY, by=by).rhythm == "weekly"
    choose_digest(user=ada, rhythm=DigestRhythm.WEEKLY, by=by)
    assert AuditEvent.objects.filter(action="notices.choose_digest").count() == 1
    with pytest.raises(InvalidInputError) as refused:
        choose_digest(user=ada, rhythm="hourly", by=by)
    assert refused.value.field == "rhythm"
    assert DigestChoice.objects.get().rhythm == "weekly"


@pytest.mark.django_db
def test_everybody_begins_with_one_a_day(ada):
    assert locked_choice(ada).rhythm == DigestRhythm.DAILY
