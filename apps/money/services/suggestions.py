"""Facts that clients suggest: told, taken back, accepted or declined, each on the trail."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Person
from apps.core import audit, realtime
from apps.core.actors import Actor
from apps.core.services import service
from apps.core.tenancy.addresses import site_url
from apps.kernel.errors import DomainError, InvalidInputError, NotAllowedError, gettext_noop
from apps.money.models import FactOfHousehold, FactSuggestion, SuggestedAction, SuggestionState
from apps.money.services.facts import FACT_KINDS, add_fact, change_fact, fact_kind, remove_fact
from apps.notices.services.mails import queue_mail


class SuggestionDecidedError(DomainError):
    """The suggestion was accepted, declined or taken back."""

    code = "suggestion_decided"


class FactChangedError(DomainError):
    """The fact is not what the advisor looked at, or is no more."""

    code = "fact_changed"


@dataclass(frozen=True, slots=True)
class Suggested:
    """What a client suggests: texts of the fact's form, `before` as it is and `after` as it shall be."""

    kind: str
    action: str
    name: str
    fact_id: uuid.UUID | None = None
    before: Mapping[str, str] = field(default_factory=dict)
    after: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


@service
def suggest_fact(*, person: Person, suggested: Suggested, by: Actor) -> FactSuggestion:
    """Tell the advisor what a fact should be; the fact stays as it is. The same one, while it waits, is the same.

    Raises NotAllowedError for somebody else's account, InvalidInputError for what changes nothing and while another
    change of the same entry waits.
    """
    if person.user_id is None or person.user_id != by.user_id:
        raise NotAllowedError(
            gettext_noop("Only the household's own people tell of their money."),
            mend=gettext_noop("Sign in with the portal account."),
        )
    fact_kind(suggested.kind)
    # the household is locked: two of a double click come one after the other
    household = type(person.household).objects.select_for_update(of=("self",)).get(pk=person.household_id)
    waiting = FactSuggestion.objects.waiting().filter(household=household, kind=suggested.kind)
    same = waiting.filter(
        person=person, action=suggested.action, fact_id=suggested.fact_id, after=dict(suggested.after),
        note=suggested.note.strip(),
    ).first()  # fmt: skip
    if same is not None:
        return same
    if suggested.action == SuggestedAction.CHANGE and suggested.before == suggested.after:
        raise InvalidInputError(
            gettext_noop("This is what we hold already."), mend=gettext_noop("Change what is different.")
        )
    row = FactSuggestion(
        household=household, person=person, kind=suggested.kind, action=suggested.action, fact_id=suggested.fact_id,
        name=suggested.name[:120], before=dict(suggested.before), after=dict(suggested.after),
        note=suggested.note.strip(),
    )  # fmt: skip
    try:
        row.full_clean()
    except ValidationError as wrong:
        raise InvalidInputError(next(iter(wrong.message_dict.values()))[0]) from wrong
    row.save()
    audit.record("money.suggest_fact", by=by, target=row, after=audit.snapshot(row))
    _publish(row)
    _tell_advisor(row, by)
    return row


@service
def withdraw_suggestion(*, suggestion: FactSuggestion, by: Actor) -> FactSuggestion:
    """Take a suggestion back as somebody of its household. Raises SuggestionDecidedError."""
    row = _waiting(suggestion)
    return _decide(row, SuggestionState.WITHDRAWN, "", by)


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the advisor accepts: clean `fields`, the same as `texts` of the form, and when the fact they saw changed.

    Texts that differ from what was suggested are corrections; `seen_at` is None for a fact that is added.
    """

    fields: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    seen_at: dt.datetime | None = None


@service
def accept_suggestion(*, suggestion: FactSuggestion, accepted: Accepted, by: Actor) -> FactSuggestion:
    """Make it so: add, change or remove the fact as it was accepted; the client hears whether it was corrected.

    Raises SuggestionDecidedError, FactChangedError when the fact was changed since it was looked at or is no more, and
    what the fact's own service refuses.
    """
    row = _waiting(suggestion)
    if row.action == SuggestedAction.ADD:
        fact = add_fact(kind=row.kind, household=row.household, fields=dict(accepted.fields), by=by)
        row.fact_id = fact.public_id
        row.save(update_fields=["fact_id"])
    else:
        fact = _fact_of(row, accepted.seen_at)
        if row.action == SuggestedAction.CHANGE:
            change_fact(fact=fact, fields=dict(accepted.fields), by=by)
        else:
            remove_fact(fact=fact, by=by)
    return _tell_client(_decide(row, _accepted_as(row, accepted.texts), "", by), by)


@service
def decline_suggestion(*, suggestion: FactSuggestion, reason: str, by: Actor) -> FactSuggestion:
    """Leave the fact as it is and say why; the client reads it. Raises SuggestionDecidedError, InvalidInputError."""
    if not reason.strip():
        raise InvalidInputError(gettext_noop("Say why: the client reads it."), field="reason")
    return _tell_client(_decide(_waiting(suggestion), SuggestionState.DECLINED, reason.strip(), by), by)


def _waiting(suggestion: FactSuggestion) -> FactSuggestion:
    row = (
        FactSuggestion.objects.select_for_update(of=("self",))
        .select_related("household", "person__user")
        .get(pk=suggestion.pk)
    )
    if row.state != SuggestionState.WAITING:
        raise SuggestionDecidedError(
            gettext_noop("This was decided on already."), mend=gettext_noop("Look at what became of it.")
        )
    return row


def _fact_of(row: FactSuggestion, seen_at: dt.datetime | None) -> FactOfHousehold:
    rows = fact_kind(row.kind)._default_manager.select_for_update(of=("self",))  # noqa: SLF001 - Django documents it
    fact: FactOfHousehold | None = rows.filter(household=row.household, public_id=str(row.fact_id)).first()
    if fact is None:
        raise FactChangedError(
            gettext_noop("The entry is no more."), mend=gettext_noop("Decline it, or add the entry anew.")
        )
    if fact.updated_at != seen_at:
        raise FactChangedError(
            gettext_noop("The entry was changed since you looked."), mend=gettext_noop("Look at it again.")
        )
    return fact


def _decide(row: FactSuggestion, state: str, reason: str, by: Actor) -> FactSuggestion:
    before = audit.snapshot(row)
    row.state, row.reason, row.decided_by, row.decided_at = state, reason, by.label, timezone.now()
    row.save(update_fields=["state", "reason", "decided_by", "decided_at", "updated_at"])
    audit.record("money.decide_suggestion", by=by, target=row, before=before, after=audit.snapshot(row))
    _publish(row)
    return row


def _accepted_as(row: FactSuggestion, texts: Mapping[str, str]) -> SuggestionState:
    is_other = any(text != row.after.get(name, text) for name, text in texts.items())
    is_corrected = is_other and row.action != SuggestedAction.REMOVE
    return SuggestionState.CORRECTED if is_corrected else SuggestionState.ACCEPTED


def _publish(row: FactSuggestion) -> None:
    realtime.publish(f"household:{row.household.public_id}", "money.suggestion", suggestion=str(row.public_id))


def _tell_advisor(row: FactSuggestion, by: Actor) -> None:
    advisor = row.household.advisor
    context = {
        "name": advisor.full_name,
        "person": str(row.person),
        "entry": row.name,
        "note": row.note,
        "action_url": site_url(f"/money/suggestions/{row.public_id}/"),
        "action_label": _("Look at what they suggest"),
    }
    queue_mail(kind="money/fact_suggested", to=advisor.email, context=context, by=by, locale=advisor.locale)


def _tell_client(row: FactSuggestion, by: Actor) -> FactSuggestion:
    """Mail who suggested it, at the account that still is theirs: what was decided, and neither an amount nor words of
    the client or the advisor, which may hold some."""
    person = row.person
    if person.user is not None and person.user.is_active:
        context = {
            "name": person.first_name,
            "entry": FACT_KINDS[row.kind]._meta.verbose_name,
            "state": row.state,
            "action_url": site_url("/portal/facts/"),
            "action_label": _("Read why") if row.state == SuggestionState.DECLINED else _("Look at your facts"),
        }
        locale = person.user.locale
        queue_mail(kind="money/suggestion_decided", to=person.user.email, context=context, by=by, locale=locale)
    return row
