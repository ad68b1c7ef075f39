"""Proof that it is the person, fresh or not."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from apps.accounts.services.proofs import PROOF_HOLDS, Proof, ProofNeededError, demand_proof


@pytest.mark.parametrize("age", [None, PROOF_HOLDS + dt.timedelta(seconds=1), dt.timedelta(days=1)])
def test_a_session_left_open_proves_nothing(age: dt.timedelta | None) -> None:
    with pytest.raises(ProofNeededError, match="that it is you"):
        demand_proof(Proof("password", None if age is None else timezone.now() - age))


def test_who_has_just_proved_it_passes_and_the_record_says_how_and_when() -> None:
    demand_proof(Proof("password", timezone.now()))
    told = Proof("password, mfa totp", dt.datetime(2026, 11, 2, 15, 4, tzinfo=dt.UTC))
    assert told.evidence == "password, mfa totp 2026-11-02 15:04 UTC"
    assert Proof("session").evidence == "session"
