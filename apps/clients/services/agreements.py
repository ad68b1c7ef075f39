"""Agreements: templates written, drafts made from them, sent for signature, and what their signature brings about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max
from django.utils import translation

from apps.accounts.models import FirmProfile
from apps.clients import policies
from apps.clients.models import (
    Agreement,
    AgreementState,
    AgreementTemplate,
    DocumentCategory,
    Household,
    Person,
    Relationship,
    SignatureRequest,
)
from apps.clients.ports import EndedRequest
from apps.clients.services._checks import checked
from apps.clients.services._letterhead import letterhead
from apps.clients.services._locks import locked
from apps.clients.services.agreement_texts import PLACES, FeeSummary, fee_places, filled, standard_template
from apps.clients.services.documents import file_document
from apps.clients.services.signatures import request_signature
from apps.core import audit, realtime
from apps.core.actors import Actor
from apps.core.paper import render_pdf
from apps.core.services import service
from apps.core.templatetags.formats import date_text
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop

PURPOSE = "clients.agreement"


class AgreementStateError(DomainError):
    """The agreement is not in the state that this needs."""

    code = "agreement_state"


@dataclass(frozen=True, slots=True)
class AgreementDraft:
    """What a new agreement says besides its template's text."""

    fees: FeeSummary
    effective_on: dt.date
    supersedes: Agreement | None = None


@service
def ensure_standard_template(*, by: Actor) -> AgreementTemplate:
    """Return the newest version of the standard agreement; write the first when the firm has none."""
    standard = standard_template()
    newest = AgreementTemplate.objects.filter(name=standard["name"]).first()
    if newest is not None:
        return newest
    return write_template(name=standard["name"], title=standard["title"], articles=standard["articles"], by=by)


@service
def write_template(*, name: str, title: str, articles: Sequence[Mapping[str, Any]], by: Actor) -> AgreementTemplate:
    """Write a new version of a template; agreements drafted before keep theirs.

    Raises InvalidInputError for a paragraph number that stands twice, or a place that nothing fills.
    """
    filled(articles, dict.fromkeys(PLACES, ""))
    numbers = [paragraph["number"] for article in articles for paragraph in article["paragraphs"]]
    if len(numbers) != len(set(numbers)):
        raise InvalidInputError(
            gettext_noop("A paragraph number stands twice."),
            mend=gettext_noop("Number each paragraph once: invoices cite them."),
            field="articles",
        )
    newest = AgreementTemplate.objects.filter(name=name).aggregate(newest=Max("version"))["newest"] or 0
    template = AgreementTemplate(
        name=name, version=newest + 1, title=title, articles=list(articles), created_by=by.label
    )
    checked(template)
    template.save()
    audit.record("clients.write_template", by=by, target=template, after=audit.snapshot(template))
    return template


@service
def draft_agreement(
    *, household: Household, template: AgreementTemplate, draft: AgreementDraft, by: Actor
) -> Agreement:
    """Draft an agreement: the template with every place filled in, as rows and as a PDF.

    Raises InvalidInputError for fee terms that contradict themselves or an agreement of another household to replace.
    """
    fees = draft.fees.checked()
    replaced = draft.supersedes
    if replaced is not None and replaced.household_id != household.pk:
        raise InvalidInputError(gettext_noop("The agreement to replace is another household's."), field="supersedes")
    articles = filled(template.articles, _places(household, draft))
    title = f"{template.title}: {household.name}"[:200]
    context = letterhead(title) | {"articles": articles, "household": household, "signers": _deciders(household)}
    document = file_document(
        household=household,
        category=DocumentCategory.AGREEMENT,
        title=title,
        filename="agreement.pdf",
        content=render_pdf("_pdf/clients/agreement.html", context),
        by=by,
    )
    agreement = Agreement(
        household=household,
        template=template,
        title=title,
        articles=articles,
        fee_terms=fees.plain(standard_template()["fee_clauses"]),
        effective_on=draft.effective_on,
        document=document,
        supersedes=replaced,
    )
    checked(agreement, exclude=["household", "template", "document", "supersedes"])
    agreement.save()
    audit.record("clients.draft_agreement", by=by, target=agreement, after=audit.snapshot(agreement))
    return agreement


@service
def send_agreement(*, agreement: Agreement, by: Actor, signers: Sequence[Person] = ()) -> SignatureRequest:
    """Send a draft to the people who decide for the household (or to those given) for signature.

    Raises AgreementStateError unless it is a draft, and what `request_signature` raises.
    """
    agreement = locked(Agreement.objects.select_related("household", "document"), agreement.pk)
    if not policies.can_be_sent(agreement):
        raise AgreementStateError(
            gettext_noop("Only a draft can be sent for signature."), mend=gettext_noop("Draft a new agreement.")
        )
    request = request_signature(
        document=agreement.document, signers=signers or _deciders(agreement.household), purpose=PURPOSE, by=by
    )
    _move(agreement, AgreementState.SENT, by)
    return request


@service
def end_agreement(*, ended: EndedRequest, by: Actor) -> None:
    """Take note of how the signing of an agreement ended; a signed one replaces the one it supersedes."""
    agreement = locked(
        Agreement.objects.select_related("household"), Agreement.objects.get(document__public_id=ended.document).pk
    )
    if not ended.is_signed:
        _move(agreement, AgreementState.DECLINED if ended.state == "declined" else AgreementState.DRAFT, by)
        return
    agreement.signed_at = ended.signed_at
    _move(agreement, AgreementState.SIGNED, by)
    if agreement.supersedes_id is not None:
        _move(
            locked(Agreement.objects.select_related("household"), agreement.supersedes_id),
            AgreementState.SUPERSEDED,
            by,
        )


def _places(household: Household, draft: AgreementDraft) -> dict[str, str]:
    profile = FirmProfile.current()
    with translation.override("en"):
        return {
            "firm": profile.legal_name,
            "clients": " and ".join(str(person) for person in _deciders(household)),
            "household": household.name,
            "effective_on": date_text(draft.effective_on, "long"),
            "state": profile.state or household.state or "the firm's principal office",
            **fee_places(draft.fees),
        }


def _deciders(household: Household) -> list[Person]:
    people = household.people.adults()
    return sorted(people, key=lambda person: (person.relationship != Relationship.HEAD, person.pk))


def _move(agreement: Agreement, state: AgreementState, by: Actor) -> None:
    before = {"state": agreement.state, "signed_at": None}
    agreement.state = state
    agreement.save(update_fields=["state", "signed_at", "updated_at"])
    after = {"state": state, "signed_at": agreement.signed_at}
    audit.record("clients.move_agreement", by=by, target=agreement, before=before, after=after)
    household = str(agreement.household.public_id)
    realtime.publish(f"household:{household}", f"agreement.{state}", agreement=str(agreement.public_id))
