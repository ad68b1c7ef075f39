"""How sessions stand, and messages in words."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.integrations.models import FixConnection, FixMessage
from apps.integrations.selectors.fix_sessions import Standing, in_words, messages_of, session_for, sessions
from apps.integrations.services.fix_connections import ConnectionTerms, set_up_connection
from apps.integrations.services.fix_orders import kept
from apps.kernel.errors import NotFoundError


@pytest.fixture
def row(paul: User) -> FixConnection:
    terms = ConnectionTerms("Broker", "Example Custodian", "fix.example", 9878, "STEWARD", "BROKER")
    return set_up_connection(terms=terms, by=paul.as_actor())


@pytest.mark.parametrize(
    ("is_active", "is_on", "seconds_ago", "standing"),
    [
        (False, True, 1, Standing.OUT),
        (True, True, 1, Standing.ON),
        (True, False, 1, Standing.OFF),
        (True, True, 120, Standing.UNKEPT),
        (True, True, None, Standing.UNKEPT),
    ],
)
def test_a_session_is_on_only_while_its_process_says_so(
    row: FixConnection, is_active: bool, is_on: bool, seconds_ago: int | None, standing: Standing
) -> None:
    seen = None if seconds_ago is None else timezone.now() - dt.timedelta(seconds=seconds_ago)
    FixConnection.objects.update(is_active=is_active, is_on=is_on, seen_at=seen)
    assert [each.standing for each in sessions()] == [standing]
    assert session_for(row.public_id).standing == standing


def test_a_session_that_is_not_there_is_not_found(row: FixConnection) -> None:
    with pytest.raises(NotFoundError):
        session_for(uuid4())


def test_messages_are_told_in_words_the_newest_first(row: FixConnection) -> None:
    for kind, fields in (("A", ((98, "0"),)), ("D", ((11, "B-1"), (55, "AAA"))), ("Z", ())):
        FixMessage.objects.create(connection=row, is_ours=True, kind=kind, body=kept(fields))
    told = [(each.kind, each.about) for each in map(in_words, messages_of(row))]
    assert told == [("Z", ""), ("New order", "B-1 · AAA"), ("Logon", "")]
