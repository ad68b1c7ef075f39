"""Staff pages of money: who may open them, what they show, what they cost."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.money.models import BankTransaction, Debt, IncomeSource, SpendingPhase
from tests.factories import money as made
from tests.factories import portfolios

SignIn = Callable[..., Client]


class Scene:
    """A household about whose money all is known."""

    def __init__(self, ada: User) -> None:
        self.household, account, _ = portfolios.funded(ada)
        bank = made.bank_account(self.household, ada)
        made.posted(bank, ada, ("2026-08-03", "5000", "PAYROLL"), ("2026-08-05", "-84.10", "WHOLE FOODS"))
        for kind in (
            "income",
            "expense",
            "debt",
            "property",
            "insurance",
            "phase",
            "windfall",
            "ira_basis",
            "roth_basis",
            "grant",
            "payment",
        ):
            made.fact(kind, self.household, ada)
        made.fact("saving", self.household, ada, account=account)
        self.debt = Debt.objects.get()
        self.entry = BankTransaction.objects.get(payee="PAYROLL")

    def pages(self) -> dict[str, str]:
        """Return every page by name."""
        household = {"household_id": self.household.public_id}
        fact = {"kind": "debt", "fact_id": self.debt.public_id}
        return {
            "tab": reverse("money:household-money", kwargs=household),
            "entries": reverse("money:entry-list", kwargs=household),
            "new": reverse("money:fact-new", kwargs={**household, "kind": "income"}),
            "edit": reverse("money:fact-edit", kwargs=fact),
            "passport": reverse("money:household-passport", kwargs={**household, "figure": "net_worth"}),
            "fact_passport": reverse("money:fact-passport", kwargs=fact),
            "entry_passport": reverse("money:entry-passport", kwargs={"entry_id": self.entry.public_id}),
        }


@pytest.fixture
def without_permission(sue: User, clay: User) -> list[User]:
    return [sue, clay]


@pytest.fixture
def scene(ada: User) -> Scene:
    return Scene(ada)


@pytest.mark.parametrize("name", ["tab", "entries", "new", "edit", "passport", "fact_passport", "entry_passport"])
def test_each_page_opens_for_its_advisor_and_for_nobody_else(
    name: str, scene: Scene, ada: User, mallory: User, without_permission: list[User], sign_in: SignIn
) -> None:
    url = scene.pages()[name]
    assert sign_in(ada).get(url).status_code == 200
    assert sign_in().get(url).status_code == 302
    for other in without_permission:
        assert sign_in(other).get(url).status_code == 403
    assert sign_in(mallory).get(url).status_code == 404


def test_every_figure_has_a_passport_that_opens(scene: Scene, ada: User, sign_in: SignIn) -> None:
    browser = sign_in(ada)
    for name in ("tab", "entries"):
        html = browser.get(scene.pages()[name]).content.decode()
        figures = re.findall(r"<(?:a|span)[^>]*data-figure[^>]*>", html)
        assert figures
        assert all(figure.startswith("<a") for figure in figures), name
        for address in {link.replace("&amp;", "&") for link in re.findall(r'data-figure[^>]*href="([^"]+)"', html)}:
            assert browser.get(address, headers={"hx-request": "true"}).status_code == 200, address


def test_a_fact_is_added_with_its_rate_typed_in_per_cent(ada: User, scene: Scene, sign_in: SignIn) -> None:
    head = scene.household.people.get(relationship="head")
    told = {
        "name": "Pension",
        "person": head.pk,
        "kind": "pension",
        "annual_amount": "24000",
        "annual_growth": "1.5",
        "as_of": "2026-01-01",
    }
    assert sign_in(ada).post(scene.pages()["new"], told).status_code == 302
    income = IncomeSource.objects.get(name="Pension")
    assert (income.annual_growth, income.is_inflation_linked) == (Decimal("0.015"), False)
    assert sign_in(ada).post(scene.pages()["new"], {**told, "annual_amount": ""}).status_code == 422
    IncomeSource.objects.filter(pk=income.pk).update(starts_on="2027-03-01", ends_on="2031-02-28")
    html = sign_in(ada).get(scene.pages()["tab"]).content.decode()
    for words in ("from Mar 1, 2027", "until Feb 28, 2031", "1.5%</a> a year more"):
        assert html.count(words) == 1, words


def test_a_person_of_another_household_is_not_offered(ada: User, scene: Scene, sign_in: SignIn) -> None:
    from tests.factories import clients

    other = clients.household(ada, name="Okafor").people.get(relationship="head")
    told = {
        "name": "X",
        "person": other.pk,
        "kind": "salary",
        "annual_amount": "1",
        "annual_growth": "0",
        "as_of": "2026-01-01",
    }
    assert sign_in(ada).post(scene.pages()["new"], told).status_code == 422
    assert not IncomeSource.objects.filter(name="X").exists()


def test_a_fact_is_changed_and_removed(ada: User, scene: Scene, sign_in: SignIn) -> None:
    browser = sign_in(ada)
    html = browser.get(scene.pages()["edit"]).content.decode()
    assert 'value="6.5"' in html
    told = {
        "name": "Mortgage",
        "kind": "mortgage",
        "balance": "300000",
        "annual_rate": "6",
        "monthly_payment": "2100",
        "as_of": "2026-01-01",
    }
    assert browser.post(scene.pages()["edit"], told).status_code == 302
    scene.debt.refresh_from_db()
    assert (scene.debt.balance, scene.debt.annual_rate) == (300_000, Decimal("0.06"))
    url = reverse("money:fact-remove", kwargs={"kind": "debt", "fact_id": scene.debt.public_id})
    assert browser.post(url).status_code == 302
    assert not Debt.objects.exists()


def test_an_entry_gets_its_category(ada: User, scene: Scene, sign_in: SignIn) -> None:
    url = reverse("money:entry-category", kwargs={"entry_id": scene.entry.public_id})
    assert sign_in(ada).post(url, {"category": "giving"}).status_code == 302
    scene.entry.refresh_from_db()
    assert (scene.entry.category, scene.entry.is_category_certain) == ("giving", True)


def test_an_unknown_kind_is_not_found(ada: User, scene: Scene, sign_in: SignIn) -> None:
    url = reverse("money:fact-new", kwargs={"household_id": scene.household.public_id, "kind": "lottery"})
    assert sign_in(ada).get(url).status_code == 404


def test_a_phase_is_told_by_the_form_and_shown_on_the_tab(scene: Scene, ada: User, sign_in: SignIn) -> None:
    browser = sign_in(ada)
    new = reverse("money:fact-new", kwargs={"household_id": scene.household.public_id, "kind": "phase"})
    told = {
        "name": "Quieter years",
        "change": "share",
        "share": "-20",
        "starts_on": "2046-01-01",
        "as_of": "2026-11-01",
    }
    assert browser.post(new, {**told, "monthly_amount": "3"}).status_code == 422
    assert browser.post(new, told).status_code == 302
    html = browser.get(scene.pages()["tab"]).content.decode()
    assert "Quieter years" in html
    assert SpendingPhase.objects.get(name="Quieter years").share == Decimal("-0.2")
