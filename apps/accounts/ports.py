"""What accounts needs from apps above it; they connect themselves when they start (AppConfig.ready)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from apps.core.actors import Actor

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

    from apps.accounts.models import ApprovalRequest, User


class QueuesMail(Protocol):
    """Writes a mail in the current transaction and sends it after the commit (notices)."""

    def __call__(self, *, kind: str, to: str, context: Mapping[str, Any], by: Actor, locale: str = "") -> object: ...


class HearsArrival(Protocol):
    """Is told, in the same transaction, that an invited person has an account now (clients: the portal's person)."""

    def __call__(self, *, subject_id: str, user: User, by: Actor) -> object: ...


class HearsDecision(Protocol):
    """Is told, in the same transaction, how an approval request of its kind ended (billing: a run may be locked)."""

    def __call__(self, *, request: ApprovalRequest, by: Actor) -> object: ...


_post: list[QueuesMail] = []
_arrivals: dict[str, HearsArrival] = {}
_decisions: dict[str, HearsDecision] = {}
_kinds: dict[str, StrOrPromise] = {}


def connect_post(post: QueuesMail) -> None:
    """Name the one that sends mail."""
    _post[:] = [post]


def post() -> QueuesMail:
    """Return the one that sends mail; RuntimeError when no app connected itself, which is a fault of the set-up."""
    if not _post:
        raise RuntimeError("No app sends mail: apps.notices must be in INSTALLED_APPS.")
    return _post[0]


def connect_arrival(subject_kind: str, hears: HearsArrival) -> None:
    """Have `hears` called when somebody invited for a subject of this kind (`clients.person`) accepts."""
    _arrivals[subject_kind] = hears


def arrival(subject_kind: str) -> HearsArrival | None:
    """Return who hears of arrivals for the kind, if anybody does."""
    return _arrivals.get(subject_kind)


def connect_approvals(kind: str, label: StrOrPromise, hears: HearsDecision | None = None) -> None:
    """Make a kind of approval known (`billing.run`): a firm can set rules for it.

    `hears` is called when a request of the kind is approved, declined, withdrawn or voided.
    """
    _kinds[kind] = label
    if hears is not None:
        _decisions[kind] = hears


def decision(kind: str) -> HearsDecision | None:
    """Return who hears of decisions of the kind, if anybody does."""
    return _decisions.get(kind)


def approval_kinds() -> dict[str, StrOrPromise]:
    """Return the kinds of approval that the apps above ask for, with their labels."""
    return dict(_kinds)
