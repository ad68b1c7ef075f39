"""Model portfolios: drafted by one person, approved by another."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from apps.accounts.models import ApprovalRequest, User
from apps.accounts.selectors.firm_days import firm_today
from apps.accounts.services.approvals import approval_for, decide_approval
from apps.core.models import AuditEvent
from apps.kernel.errors import DomainError, InvalidInputError
from apps.market.models import AssetClass
from apps.portfolios.models import Instrument, ModelPortfolio, ModelVersion, Sleeve, VersionState
from apps.portfolios.selectors.model_portfolios import version_changes
from apps.portfolios.services.model_portfolios import (
    APPROVAL_KIND,
    HoldingTerms,
    ModelDetails,
    ModelStateError,
    VersionTerms,
    change_model,
    create_model,
    discard_draft,
    draft_version,
    recall_version,
    retire_model,
    submit_version,
)
from tests.factories import clients as people
from tests.factories import models as made

D = Decimal
DAY = dt.timedelta(days=1)
Held = tuple[Instrument, Instrument, Instrument]


@pytest.fixture
def held(ada: User) -> Held:
    return made.securities(ada)


def test_a_model_is_created_with_its_first_draft(ada: User, held: Held) -> None:
    version = made.draft(ada, held)
    assert (version.number, version.state) == (1, VersionState.DRAFT)
    told = [(s.name, s.weight, [str(h) for h in s.holdings.all()]) for s in version.sleeves.all()]
    assert told == [("Stocks", D("0.6"), ["STK"]), ("Bonds", D("0.35"), ["BND"]), ("Cash", D("0.05"), [])]
    substitutes = version.sleeves.get(name="Stocks").holdings.get().substitutes
    assert [str(each) for each in substitutes.all()] == ["STK2"]
    assert AuditEvent.objects.filter(action="portfolios.create_model").count() == 1
    assert AuditEvent.objects.filter(action="portfolios.draft_model_version").count() == 1


def wrong_terms(held: Held) -> dict[str, tuple[VersionTerms, str]]:
    stocks, other, bonds = held
    told = made.terms(*held)
    first, second, cash = told.sleeves
    twice = replace(second, holdings=(HoldingTerms(bonds, D(1), substitutes=(other,)),))
    return {
        "sum": (replace(told, sleeves=(replace(first, weight=D("0.61")), second, cash)), "sleeves"),
        "none": (replace(told, sleeves=()), "sleeves"),
        "empty": (replace(told, sleeves=(replace(first, holdings=()), second, cash)), "sleeve-0-name"),
        "share": (
            replace(told, sleeves=(replace(first, holdings=(HoldingTerms(stocks, D("0.9")),)), second, cash)),
            "sleeve-0-name",
        ),
        "twice": (replace(told, sleeves=(first, twice, cash)), "sleeve-1-holding-0-symbol"),
        "class": (
            replace(told, sleeves=(first, replace(second, asset_class=first.asset_class), cash)),
            "sleeve-1-asset_class",
        ),
        "name": (replace(told, sleeves=(first, replace(second, name="stocks "), cash)), "sleeve-1-name"),
        "weight": (
            replace(told, sleeves=(replace(first, weight=D("1.1")), replace(second, weight=D("-0.15")), cash)),
            "sleeve-0-weight",
        ),
        "band": (
            replace(told, sleeves=(replace(first, absolute_band=D(2)), second, cash)),
            "sleeve-0-absolute_band",
        ),
    }


@pytest.mark.parametrize("what", ["sum", "none", "empty", "share", "twice", "class", "name", "weight", "band"])
def test_terms_that_contradict_themselves_are_refused_beside_their_row(ada: User, held: Held, what: str) -> None:
    told, field = wrong_terms(held)[what]
    with pytest.raises(InvalidInputError) as refused:
        create_model(details=ModelDetails(name="Wrong"), terms=told, by=ada.as_actor())
    assert refused.value.field == field
    assert not ModelPortfolio.objects.exists()
    assert not Sleeve.objects.exists()


def test_a_name_is_taken_once(ada: User, held: Held) -> None:
    version = made.draft(ada, held)
    with pytest.raises(InvalidInputError, match="of this name"):
        made.draft(ada, held)
    changed = change_model(
        model=version.model, details=ModelDetails(name="Balanced two", risk_level=4), by=ada.as_actor()
    )
    assert (changed.name, changed.risk_level) == ("Balanced two", 4)
    assert AuditEvent.objects.filter(action="portfolios.change_model").count() == 1


def test_a_draft_changes_in_place_until_it_is_submitted(ada: User, held: Held) -> None:
    version = made.draft(ada, held)
    same = draft_version(model=version.model, terms=made.terms(*held, weight="0.5"), by=ada.as_actor())
    assert same.pk == version.pk
    assert same.sleeves.get(name="Stocks").weight == D("0.5")
    submit_version(version=same, effective_from=firm_today(), by=ada.as_actor())
    with pytest.raises(ModelStateError, match="waits for approval"):
        draft_version(model=version.model, terms=made.terms(*held), by=ada.as_actor())
    with pytest.raises(ModelStateError, match="submitted already"):
        submit_version(version=same, effective_from=firm_today(), by=ada.as_actor())


def test_nobody_approves_what_one_drafted_oneself(ada: User, paul: User, held: Held) -> None:
    version = made.draft(ada, held)
    request = submit_version(version=version, effective_from=firm_today(), by=ada.as_actor())
    with pytest.raises(DomainError):
        decide_approval(request=request, decision="approve", by=ada.as_actor())
    decide_approval(request=request, decision="approve", by=paul.as_actor())
    version.refresh_from_db()
    assert (version.state, version.effective_from, version.until) == (VersionState.APPROVED, firm_today(), None)
    assert AuditEvent.objects.filter(action="portfolios.approve_model_version").count() == 1


def test_a_new_version_ends_the_one_before_the_day_before(ada: User, paul: User, held: Held) -> None:
    model = made.approved(ada, paul, held)
    first = model.versions.get()
    with pytest.raises(InvalidInputError) as refused:
        again = draft_version(model=model, terms=made.terms(*held, weight="0.7"), by=ada.as_actor())
        submit_version(version=again, effective_from=firm_today(), by=ada.as_actor())
    assert refused.value.field == "effective_from"
    second = model.versions.get(number=2)
    request = submit_version(version=second, effective_from=firm_today() + 5 * DAY, by=ada.as_actor())
    assert request.reasons == [
        "Stocks: 60.00% to 70.00%",
        "STK: 60.00% to 70.00%",
        "Bonds: 35.00% to 25.00%",
        "BND: 35.00% to 25.00%",
    ]
    decide_approval(request=request, decision="approve", by=paul.as_actor())
    first.refresh_from_db()
    assert (first.state, first.until) == (VersionState.SUPERSEDED, firm_today() + 4 * DAY)


def test_a_declined_version_is_a_draft_again(ada: User, paul: User, held: Held) -> None:
    version = made.draft(ada, held)
    request = submit_version(version=version, effective_from=firm_today(), by=ada.as_actor())
    decide_approval(request=request, decision="decline", note="Too few bonds.", by=paul.as_actor())
    version.refresh_from_db()
    assert version.state == VersionState.DRAFT


def test_a_version_that_waits_is_taken_back(ada: User, held: Held) -> None:
    version = made.draft(ada, held)
    with pytest.raises(ModelStateError, match="does not wait"):
        recall_version(version=version, by=ada.as_actor())
    submit_version(version=version, effective_from=firm_today(), by=ada.as_actor())
    recall_version(version=version, by=ada.as_actor())
    version.refresh_from_db()
    assert version.state == VersionState.DRAFT
    request = approval_for(kind=APPROVAL_KIND, target=version)
    assert request is not None
    assert not request.is_pending


def test_a_day_that_has_passed_is_refused_and_nothing_is_asked(ada: User, held: Held) -> None:
    version = made.draft(ada, held)
    with pytest.raises(InvalidInputError):
        submit_version(version=version, effective_from=firm_today() - DAY, by=ada.as_actor())
    assert not ApprovalRequest.objects.exists()


def test_a_draft_beside_another_version_is_thrown_away(ada: User, paul: User, held: Held) -> None:
    model = made.approved(ada, paul, held)
    with pytest.raises(ModelStateError, match="stays on the record"):
        discard_draft(version=model.versions.get(), by=ada.as_actor())
    second = draft_version(model=model, terms=made.terms(*held, weight="0.7"), by=ada.as_actor())
    discard_draft(version=second, by=ada.as_actor())
    assert model.versions.count() == 1
    assert AuditEvent.objects.filter(action="portfolios.discard_model_version").count() == 1
    alone = made.draft(ada, held, name="Alone")
    with pytest.raises(ModelStateError, match="only version"):
        discard_draft(version=alone, by=ada.as_actor())


def test_a_model_that_is_followed_is_not_retired(ada: User, paul: User, held: Held) -> None:
    model = made.approved(ada, paul, held)
    household = people.household(ada)
    made.mandate(household, model, ada)
    with pytest.raises(ModelStateError, match="mandates follow"):
        retire_model(model=model, on=firm_today(), by=ada.as_actor())
    household.mandates.all().delete()
    retired = retire_model(model=model, on=firm_today(), by=ada.as_actor())
    assert (retired.state, retired.until) == (VersionState.RETIRED, firm_today())
    with pytest.raises(ModelStateError, match="No version"):
        retire_model(model=model, on=firm_today(), by=ada.as_actor())


def test_what_changed_is_told(ada: User, paul: User, held: Held) -> None:
    model = made.approved(ada, paul, held)
    assert version_changes(model.versions.get()) == ("The first version.",)
    second = draft_version(model=model, terms=made.terms(*held), by=ada.as_actor())
    assert version_changes(second) == ("Nothing changed.",)
    _, other, _ = held
    changed = replace(
        made.terms(*held),
        outside_band=D("0.1"),
        sleeves=(
            made.sleeve("Stocks", AssetClass.US_EQUITY, "0.6", HoldingTerms(other, D(1))),
            *made.terms(*held).sleeves[1:],
        ),
    )
    second = draft_version(model=model, terms=changed, by=ada.as_actor())
    assert version_changes(second) == (
        "STK2: 0.00% to 60.00%",
        "STK: 60.00% to 0.00%",
        "Bands changed.",
        "Substitutes changed.",
    )
    assert ModelVersion.history.filter(public_id=second.public_id).exists()
