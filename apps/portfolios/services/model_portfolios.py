"""Model portfolios and their versions: drafted by one person, approved by another, in force from a day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Max
from django.utils.translation import gettext as _

from apps.accounts.models import ApprovalRequest, ApprovalState
from apps.accounts.selectors.firm_days import firm_today
from apps.accounts.services.approvals import approval_for, drop_approval, hold_target, request_approval
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.core.templatetags.formats import date_text
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop
from apps.portfolios.models import (
    Mandate,
    ModelPortfolio,
    ModelVersion,
    Sleeve,
    SleeveHolding,
    Substitute,
    VersionState,
)
from apps.portfolios.selectors.model_portfolios import version_changes
from apps.portfolios.services._checks import checked
from apps.portfolios.services._model_terms import HoldingTerms, SleeveTerms, VersionTerms, check_terms

APPROVAL_KIND = "portfolios.model_version"


class ModelStateError(DomainError):
    """The version is not in a state in which this can be done."""

    code = "model_state"


__all__ = [
    "APPROVAL_KIND",
    "HoldingTerms",
    "ModelDetails",
    "ModelStateError",
    "SleeveTerms",
    "VersionTerms",
    "change_model",
    "create_model",
    "discard_draft",
    "draft_version",
    "hear_version_decision",
    "recall_version",
    "retire_model",
    "submit_version",
]


@dataclass(frozen=True, slots=True)
class ModelDetails:
    """What a model is called, for whom it is, and the level of risk that it suits."""

    name: str
    description: str = ""
    risk_level: int | None = field(default=None)


@service
def create_model(*, details: ModelDetails, terms: VersionTerms, by: Actor) -> ModelPortfolio:
    """Add a model with its first draft.

    Raises InvalidInputError for a name that is taken or terms that do not add up.
    """
    model = ModelPortfolio(name=details.name.strip(), description=details.description, risk_level=details.risk_level)
    _clean(model)
    model.save()
    audit.record("portfolios.create_model", by=by, target=model, after=audit.snapshot(model))
    _new_version(model, terms, by)
    return model


@service
def change_model(*, model: ModelPortfolio, details: ModelDetails, by: Actor) -> ModelPortfolio:
    """Change name, description or risk level. Raises InvalidInputError for a name that is taken."""
    locked = ModelPortfolio.objects.select_for_update().get(pk=model.pk)
    before = audit.snapshot(locked)
    locked.name, locked.description, locked.risk_level = details.name.strip(), details.description, details.risk_level
    _clean(locked)
    locked.save(update_fields=["name", "description", "risk_level", "updated_at"])
    audit.record("portfolios.change_model", by=by, target=locked, before=before, after=audit.snapshot(locked))
    return locked


@service
def draft_version(*, model: ModelPortfolio, terms: VersionTerms, by: Actor) -> ModelVersion:
    """Write down what the model says next: a new draft, or the one in work changed.

    Raises ModelStateError while a version waits for approval, InvalidInputError for terms that do not add up.
    """
    locked = ModelPortfolio.objects.select_for_update().get(pk=model.pk)
    draft = locked.versions.select_for_update().filter(state__in=[VersionState.DRAFT, VersionState.WAITING]).first()
    if draft is None:
        return _new_version(locked, terms, by)
    _demand(draft, VersionState.DRAFT, gettext_noop("Version %(n)s waits for approval and cannot be changed."))
    before = _image(draft)
    draft.outside_band, draft.note, draft.benchmark = terms.outside_band, terms.note.strip(), terms.benchmark
    _write(draft, terms)
    audit.record("portfolios.draft_model_version", by=by, target=draft, before=before, after=_image(draft))
    return draft


@service
def discard_draft(*, version: ModelVersion, by: Actor) -> None:
    """Throw a draft away. Raises ModelStateError for a version that was put to others, or the only one there is."""
    locked = _locked(version)
    _demand(locked, VersionState.DRAFT, gettext_noop("Version %(n)s is no draft: it stays on the record."))
    if not locked.model.versions.exclude(pk=locked.pk).exists():
        raise ModelStateError(
            gettext_noop("This is the only version of the model."), mend=gettext_noop("Change it instead.")
        )
    audit.record("portfolios.discard_model_version", by=by, target=locked, before=_image(locked), after={})
    locked.delete()


@service
def submit_version(*, version: ModelVersion, effective_from: dt.date, by: Actor) -> ApprovalRequest:
    """Put a draft to a second person, to be in force from a day.

    Raises ModelStateError unless it is a draft, InvalidInputError for a day that has passed or does not lie after the
    start of the version before.
    """
    locked = _locked(version)
    _demand(locked, VersionState.DRAFT, gettext_noop("Version %(n)s was submitted already."))
    _check_day(locked, effective_from)
    before = _image(locked)
    locked.effective_from, locked.state = effective_from, VersionState.WAITING
    _clean(locked)
    locked.save(update_fields=["effective_from", "state", "updated_at"])
    audit.record("portfolios.submit_model_version", by=by, target=locked, before=before, after=_image(locked))
    title = _("%(model)s, version %(n)s, from %(day)s") % {
        "model": locked.model.name,
        "n": locked.number,
        "day": date_text(effective_from),
    }
    suggestion = _("Compare the weights and securities with the version in force.")
    return request_approval(
        kind=APPROVAL_KIND,
        target=locked,
        title=title,
        suggestion=suggestion,
        reasons=version_changes(locked),
        by=by,
    )


@service
def recall_version(*, version: ModelVersion, by: Actor) -> None:
    """Take a version that waits back to a draft. Raises ModelStateError unless it waits."""
    locked = _locked(version)
    _demand(locked, VersionState.WAITING, gettext_noop("Version %(n)s does not wait for approval."))
    request = approval_for(kind=APPROVAL_KIND, target=locked)
    if request is not None and request.is_pending:
        # the decision is heard below and makes it a draft again
        drop_approval(request=request, reason=gettext_noop("The version was taken back."), by=by)
    else:
        _end(locked, VersionState.DRAFT, "portfolios.recall_model_version", by)


@service
def hear_version_decision(*, request: ApprovalRequest, by: Actor) -> None:
    """Take up how the review of a version ended: it is in force from its day, or a draft again.

    One that was approved after its day is in force from the day of the approval.
    """
    found = ModelVersion.objects.filter(public_id=request.target_id).first()
    version = _locked(found) if found is not None else None
    if version is None or version.state != VersionState.WAITING:
        return
    if request.state != ApprovalState.APPROVED:
        _end(version, VersionState.DRAFT, "portfolios.return_model_version", by)
        return
    version.effective_from = max(version.effective_from or firm_today(), firm_today())
    for earlier in version.model.versions.filter(state=VersionState.APPROVED, until=None).exclude(pk=version.pk):
        before = _image(earlier)
        earlier.until = max(version.effective_from - dt.timedelta(days=1), earlier.effective_from or dt.date.min)
        earlier.state = VersionState.SUPERSEDED
        earlier.save(update_fields=["until", "state", "updated_at"])
        audit.record("portfolios.supersede_model_version", by=by, target=earlier, before=before, after=_image(earlier))
    _end(version, VersionState.APPROVED, "portfolios.approve_model_version", by)


@service
def retire_model(*, model: ModelPortfolio, on: dt.date, by: Actor, reason: str = "") -> ModelVersion:
    """End the version in force on a day, so that nobody can be given the model after it.

    Raises ModelStateError when none is in force, or a mandate goes on after the day.
    """
    locked = ModelPortfolio.objects.select_for_update().get(pk=model.pk)
    version = locked.versions.select_for_update().filter(state=VersionState.APPROVED, until=None).first()
    if version is None:
        raise ModelStateError(gettext_noop("No version of this model is in force without an end."))
    holders = Mandate.objects.filter(model=locked).not_over(on + dt.timedelta(days=1)).count()
    if holders:
        raise ModelStateError(
            gettext_noop("%(n)s mandates follow this model after that day."),
            mend=gettext_noop("Give their households another model first."),
            n=holders,
        )
    before = _image(version)
    version.until = max(on, version.effective_from or on)
    version.state = VersionState.RETIRED
    version.save(update_fields=["until", "state", "updated_at"])
    audit.record("portfolios.retire_model", by=by, target=version, before=before, after=_image(version), reason=reason)
    return version


def _new_version(model: ModelPortfolio, terms: VersionTerms, by: Actor) -> ModelVersion:
    number = (model.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    told = {"outside_band": terms.outside_band, "note": terms.note.strip(), "benchmark": terms.benchmark}
    version = ModelVersion(model=model, number=number, **told)
    _write(version, terms)
    audit.record("portfolios.draft_model_version", by=by, target=version, after=_image(version))
    return version


def _write(version: ModelVersion, terms: VersionTerms) -> None:
    """Store the terms in the place of what the draft said."""
    check_terms(terms)
    _clean(version)
    version.save()
    version.sleeves.all().delete()
    for place, told in enumerate(terms.sleeves):
        sleeve = Sleeve(
            version=version,
            name=told.name.strip(),
            asset_class=told.asset_class,
            weight=told.weight,
            absolute_band=told.absolute_band,
            relative_band=told.relative_band,
            place=place,
        )
        _clean(sleeve, f"sleeve-{place}")
        sleeve.save()
        for row, each in enumerate(told.holdings):
            _write_holding(sleeve, each, row, f"sleeve-{place}-holding-{row}")


def _write_holding(sleeve: Sleeve, told: HoldingTerms, place: int, at: str) -> None:
    holding = SleeveHolding(
        sleeve=sleeve,
        instrument=told.instrument,
        share=told.share,
        absolute_band=told.absolute_band,
        relative_band=told.relative_band,
        place=place,
    )
    _clean(holding, at)
    holding.save()
    for n, instrument in enumerate(told.substitutes):
        Substitute.objects.create(holding=holding, instrument=instrument, place=n)


def _check_day(version: ModelVersion, day: dt.date) -> None:
    if day < firm_today():
        raise InvalidInputError(
            gettext_noop("A version cannot be in force from a day that has passed."),
            mend=gettext_noop("Choose today or a later day."),
            field="effective_from",
        )
    before = version.model.versions.filter(state=VersionState.APPROVED, until=None).first()
    if before is not None and before.effective_from is not None and day <= before.effective_from:
        raise InvalidInputError(
            gettext_noop("Version %(n)s is in force from %(day)s."),
            mend=gettext_noop("Choose a later day."),
            field="effective_from",
            n=before.number,
            day=before.effective_from.isoformat(),
        )


def _image(version: ModelVersion) -> dict[str, object]:
    return {**audit.snapshot(version), "sleeves": version.approval_payload()["sleeves"]}


def _end(version: ModelVersion, state: VersionState, action: str, by: Actor) -> None:
    before = {"state": version.state}
    version.state = state
    version.save(update_fields=["state", "effective_from", "updated_at"])
    after = {"state": state, "effective_from": version.effective_from}
    audit.record(action, by=by, target=version, before=before, after=after)


def _locked(version: ModelVersion) -> ModelVersion:
    """Lock the model before its version: whoever drafts, submits, decides or retires waits for the others."""
    hold_target(version)
    ModelPortfolio.objects.select_for_update().get(pk=version.model_id)
    return ModelVersion.objects.select_for_update(of=("self",)).select_related("model").get(pk=version.pk)


def _demand(version: ModelVersion, state: VersionState, message: str) -> None:
    if version.state != state:
        raise ModelStateError(message, n=version.number)


def _clean(row: ModelPortfolio | ModelVersion | Sleeve | SleeveHolding, at: str = "") -> None:
    """Check the row; a wrong field is refused as its form would, named within its row."""
    try:
        checked(row)
    except InvalidInputError as refused:
        refused.field = "-".join(part for part in (at, refused.field) if part)
        raise
