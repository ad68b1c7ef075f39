"""Who takes the digest."""

from __future__ import annotations

from apps.notices.models import DigestChoice, DigestRhythm
from apps.notices.selectors.digests import digest_choice, takes_digest
from apps.notices.services.digests import choose_digest


def test_who_said_nothing_takes_it_and_reading_writes_nothing(ada):
    assert takes_digest(ada)
    assert digest_choice(ada).rhythm == DigestRhythm.DAILY
    assert not DigestChoice.objects.exists()
    choose_digest(user=ada, rhythm=DigestRhythm.NEVER, by=ada.as_actor())
    assert not takes_digest(ada)
