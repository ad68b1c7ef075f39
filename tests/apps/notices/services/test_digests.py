"""How often the digest comes, and when a day's place is taken."""

from __future__ import annotations

import datetime as dt

import pytest

from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError, NotFoundError
from apps.notices.models import DigestChoice, DigestRhythm
from apps.notices.services.digests import (
    OutdatedLinkError,
    choose_digest,
    end_digest,
    ending_key,
    is_due,
    is_outdated,
    locked_choice,
    reader_of,
)

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


def test_a_link_ends_the_choice_for_which_it_was_written_and_no_later_one(ada):
    by, first = ada.as_actor(), ending_key(ada)
    assert reader_of(first) == ada
    assert end_digest(key=first, by=by).rhythm == DigestRhythm.NEVER
    assert end_digest(key=first, by=by).rhythm == DigestRhythm.NEVER
    assert AuditEvent.objects.filter(action="notices.choose_digest").count() == 1
    assert not is_outdated(first)
    choose_digest(user=ada, rhythm=DigestRhythm.DAILY, by=by)
    assert is_outdated(first)
    with pytest.raises(OutdatedLinkError) as refused:
        end_digest(key=first, by=by)
    assert refused.value.mend
    second = ending_key(ada)
    # another rhythm and a digest that went are no new choice of having one
    choose_digest(user=ada, rhythm=DigestRhythm.WEEKLY, by=by)
    DigestChoice.objects.update(last_on=MONDAY)
    assert end_digest(key=second, by=by).rhythm == DigestRhythm.NEVER
    with pytest.raises(NotFoundError):
        end_digest(key="none", by=by)


@pytest.mark.django_db
def test_everybody_begins_with_one_a_day(ada):
    assert locked_choice(ada).rhythm == DigestRhythm.DAILY
