"""Pages of model portfolios: who opens them, the editor, the way to approval."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import ApprovalRequest, User
from apps.accounts.selectors.firm_days import firm_today
from apps.portfolios.forms.models import ModelForm, rows_changed, rows_of
from apps.portfolios.models import ModelPortfolio, ModelVersion, VersionState
from tests.factories import benchmarks, portfolios
from tests.factories import clients as people
from tests.factories import models as made

SignIn = Callable[..., Client]
TYPED = {
    "name": "Balanced",
    "risk_level": "3",
    "outside_band": "5",
    "note": "First.",
    "sleeve-0-name": "Stocks",
    "sleeve-0-asset_class": "us_equity",
    "sleeve-0-weight": "60",
    "sleeve-0-absolute_band": "5",
    "sleeve-0-relative_band": "25",
    "sleeve-0-holding-0-symbol": "stk",
    "sleeve-0-holding-0-share": "100",
    "sleeve-0-holding-0-substitutes": "STK2",
    "sleeve-1-name": "Bonds",
    "sleeve-1-asset_class": "government_bonds",
    "sleeve-1-weight": "40",
    "sleeve-1-holding-0-symbol": "BND",
    "sleeve-1-holding-0-share": "100",
}


@pytest.fixture
def model(ada: User, paul: User) -> ModelPortfolio:
    return made.approved(ada, paul)


def pages(model: ModelPortfolio) -> dict[str, str]:
    one = {"model_id": model.public_id}
    return {
        "list": reverse("portfolios:model-list"),
        "new": reverse("portfolios:model-new"),
        "detail": reverse("portfolios:model-detail", kwargs=one),
        "edit": reverse("portfolios:model-edit", kwargs=one),
        "retire": reverse("portfolios:model-retire", kwargs=one),
        "submit": reverse("portfolios:model-submit", kwargs={**one, "number": 1}),
        "followers": reverse("portfolios:model-followers", kwargs=one),
        "passport": reverse("portfolios:model-passport", kwargs={**one, "number": 1, "figure": "terms"}),
    }


@pytest.fixture
def without_permission(sue: User, clay: User) -> list[User]:
    return [sue, clay]


@pytest.mark.parametrize("name", ["list", "new", "detail", "edit", "retire", "submit", "followers", "passport"])
def test_each_page_opens_for_those_who_advise_and_for_nobody_else(
    name: str, model: ModelPortfolio, ada: User, connie: User, without_permission: list[User], sign_in: SignIn
) -> None:
    url = pages(model)[name]
    assert sign_in(ada).get(url).status_code == 200
    assert sign_in().get(url).status_code == 302
    for other in without_permission:
        assert sign_in(other).get(url).status_code == 403
    reads = 403 if name in {"new", "edit", "retire", "submit"} else 200
    assert sign_in(connie).get(url).status_code == reads


@pytest.mark.parametrize("name", ["detail", "edit", "submit", "passport", "followers"])
def test_what_there_is_not_is_a_404(name: str, model: ModelPortfolio, ada: User, sign_in: SignIn) -> None:
    url = pages(model)[name].replace(str(model.public_id), "00000000-0000-4000-8000-000000000000")
    assert sign_in(ada).get(url).status_code == 404
    assert sign_in(ada).get(pages(model)["detail"], {"version": 9}).status_code == 404


def test_a_model_is_typed_submitted_approved_and_in_force(
    ada: User, paul: User, sign_in: SignIn, django_capture_on_commit_callbacks: Any
) -> None:
    made.securities(ada)
    browser = sign_in(ada)
    blend = benchmarks.benchmark(ada, ("STK", "1"), name="Stocks alone")
    answer = browser.post(reverse("portfolios:model-new"), {**TYPED, "benchmark": blend.pk})
    assert answer.status_code == 302
    version = ModelVersion.objects.get()
    assert answer["location"].endswith("?version=1")
    body = browser.get(answer["location"]).content.decode()
    assert "60.00%" in body
    assert "STK2" in body
    assert "Stocks alone" in body
    submit = reverse("portfolios:model-submit", args=[version.model.public_id, 1])
    assert browser.post(submit, {"effective_from": firm_today().isoformat()}).status_code == 302
    request = ApprovalRequest.objects.get()
    assert request.target_url.endswith("?version=1")
    answer = sign_in(paul).post(
        reverse("accounts:approval-decide", args=[request.public_id]), {"decision": "approve", "note": ""}
    )
    assert answer.status_code == 302
    version.refresh_from_db()
    assert version.state == VersionState.APPROVED
    # who follows it is held against its benchmark, and the pages say why
    household, account, _security = portfolios.funded(ada)
    made.mandate(household, version.model, ada)
    html = browser.get(reverse("portfolios:account-performance", args=[account.public_id])).content.decode()
    assert "Stocks alone, the benchmark of the household&#x27;s model Balanced 1" in html
    html = browser.get(reverse("portfolios:benchmark-detail", args=[blend.public_id])).content.decode()
    assert version.get_absolute_url() in html
    html = browser.get(reverse("portfolios:household-benchmark", args=[household.public_id])).content.decode()
    assert "Counts today: Stocks alone, the benchmark of its model Balanced 1" in html
    assert "In force" in browser.get(version.model.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"sleeve-0-weight": "61"}, "add up to"),
        ({"sleeve-0-weight": "much"}, "Enter a number"),
        ({"sleeve-0-holding-0-symbol": "NOPE"}, "No security has the symbol"),
        ({"sleeve-1-asset_class": "us_equity"}, "same asset class"),
        ({"sleeve-0-holding-0-share": "99"}, "to all of it"),
        ({"name": ""}, "required"),
    ],
)
def test_a_mistake_stands_beside_its_row_and_what_was_typed_stays(
    changed: dict[str, str], words: str, ada: User, sign_in: SignIn
) -> None:
    made.securities(ada)
    answer = sign_in(ada).post(reverse("portfolios:model-new"), {**TYPED, **changed})
    body = answer.content.decode()
    assert answer.status_code == 422
    assert words in body
    assert 'value="Stocks"' in body
    assert not ModelPortfolio.objects.exists()


def test_rows_come_and_go_without_a_write(ada: User, clay: User, sign_in: SignIn) -> None:
    url = reverse("portfolios:model-rows")
    browser = sign_in(ada)
    body = browser.post(url, {**TYPED, "change": "add-sleeve"}).content.decode()
    assert "sleeve-2-name" in body
    assert "The sleeves add up to the whole." in body
    body = browser.post(url, {**TYPED, "change": "remove-sleeve-0"}).content.decode()
    assert 'value="Bonds"' in body
    assert 'value="Stocks"' not in body
    assert "The sleeves add up to 40.00%" in body
    assert sign_in(clay).post(url, TYPED).status_code == 403
    assert not ModelPortfolio.objects.exists()


def test_rows_are_changed_by_their_place() -> None:
    rows = rows_of(TYPED)
    assert [len(row["holdings"]) for row in rows] == [1, 1]
    assert [len(row["holdings"]) for row in rows_changed(rows_of(TYPED), "add-holding-1")] == [1, 2]
    assert [len(row["holdings"]) for row in rows_changed(rows_of(TYPED), "remove-holding-0-0")] == [0, 1]
    for nonsense in ("", "add", "remove-sleeve-9", "remove-holding-0", "drop-table-0"):
        assert rows_changed(rows_of(TYPED), nonsense) == rows
    assert ModelForm(rows=rows).whole().is_whole
    assert not ModelForm({**TYPED, "sleeve-0-weight": "x"}).whole().is_whole


def test_a_draft_is_taken_back_and_discarded(model: ModelPortfolio, ada: User, sign_in: SignIn) -> None:
    browser = sign_in(ada)
    browser.post(pages(model)["edit"], {**TYPED, "sleeve-0-weight": "50", "sleeve-1-weight": "50"})
    second = model.versions.get(number=2)
    browser.post(
        reverse("portfolios:model-submit", args=[model.public_id, 2]),
        {"effective_from": firm_today().replace(year=firm_today().year + 1).isoformat()},
    )
    second.refresh_from_db()
    assert second.state == VersionState.WAITING
    browser.post(reverse("portfolios:model-recall", args=[model.public_id, 2]))
    second.refresh_from_db()
    assert second.state == VersionState.DRAFT
    browser.post(reverse("portfolios:model-discard", args=[model.public_id, 2]))
    assert model.versions.count() == 1


def test_the_page_names_only_followers_one_may_see(
    model: ModelPortfolio, ada: User, mallory: User, sign_in: SignIn
) -> None:
    made.mandate(people.household(ada), model, ada)
    assert "Rivera" in sign_in(ada).get(pages(model)["detail"]).content.decode()
    assert "Rivera" not in sign_in(mallory).get(pages(model)["detail"]).content.decode()
    assert "Rivera" not in sign_in(mallory).get(pages(model)["followers"]).content.decode()


def test_a_followed_model_is_not_retired(model: ModelPortfolio, ada: User, sign_in: SignIn) -> None:
    household = people.household(ada)
    made.mandate(household, model, ada)
    told = {"on": firm_today().isoformat(), "reason": "Old."}
    assert sign_in(ada).post(pages(model)["retire"], told).status_code == 409
    household.mandates.all().delete()
    assert sign_in(ada).post(pages(model)["retire"], told).status_code == 302
    assert model.versions.get().state == VersionState.RETIRED


def test_the_list_costs_the_same_for_many_models(
    model: ModelPortfolio, ada: User, paul: User, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    browser = sign_in(ada)
    browser.get(pages(model)["list"])
    with django_assert_max_num_queries(30) as first:
        browser.get(pages(model)["list"])
    made.draft(ada, made.known(), name="Second")
    made.draft(ada, made.known(), name="Third")
    with django_assert_max_num_queries(len(first)):
        browser.get(pages(model)["list"])
