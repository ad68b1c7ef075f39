"""What clients need from apps above; config/wiring.py connects them at start-up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from apps.clients.models import Household, SignatureRequest
from apps.core.actors import Actor


class SignatureEnd(Protocol):
    """Hears, inside the transaction of the last signature, that a request of its purpose came to an end."""

    def __call__(self, *, request: SignatureRequest, by: Actor) -> None:
        """Take note of a request that is completed or declined (`request.state`)."""


@dataclass(frozen=True, slots=True)
class StepReport:
    """What an app above knows of one step of the onboarding: done, or what is missing and who has the ball."""

    done: bool
    missing: tuple[str, ...] = ()
    waits_for: str = ""
    url: str = ""


class StepSource(Protocol):
    """Tells how far a household is in one step; costs a constant number of queries."""

    def __call__(self, household: Household) -> StepReport:
        """Report."""


@dataclass(slots=True)
class Ports:
    """What is connected."""

    signature_ends: dict[str, SignatureEnd] = field(default_factory=dict)
    onboarding_steps: dict[str, StepSource] = field(default_factory=dict)
    # rows of apps above that hang on a record of ours, as sentences: an import that made it cannot be undone
    dependents: list[Callable[[Household], list[str]]] = field(default_factory=list)


ports = Ports()
