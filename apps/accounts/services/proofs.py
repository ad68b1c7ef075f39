"""That it is really this person who gives a word which binds: proved anew, not by a session left open."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from apps.kernel.errors import DomainError, gettext_noop

# how long a password or second factor counts for what is signed after it
PROOF_HOLDS = dt.timedelta(minutes=10)


class ProofNeededError(DomainError):
    """Who gives the word has not just proved who they are."""

    code = "proof_needed"
    status = 403


@dataclass(frozen=True, slots=True)
class Proof:
    """How and when a person last proved who they are (`password, mfa totp`)."""

    authentication: str = ""
    at: dt.datetime | None = None

    @property
    def evidence(self) -> str:
        """Both, as records keep them."""
        return f"{self.authentication} {self.at:%Y-%m-%d %H:%M} UTC" if self.at else self.authentication


def demand_proof(proof: Proof) -> None:
    """Let pass who has just proved it. Raises ProofNeededError otherwise."""
    if proof.at is None or timezone.now() - proof.at > PROOF_HOLDS:
        raise ProofNeededError(
            gettext_noop("Prove once more that it is you."), mend=gettext_noop("Sign in again, then repeat it.")
        )
