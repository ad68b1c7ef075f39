"""The same figure on the staff's page, in the portal, on paper and by API: the same digits everywhere."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.test import Client

from apps.integrations.services.partners import register_partner
from apps.portfolios.selectors.comparisons import compared
from apps.portfolios.selectors.owners import PortfolioOwner
from tests.cast import SiteClient
from tests.days import today
from tests.passports.finder import marked, read
from tests.passports.walk import Walk, ask


@pytest.fixture
def partner(walk) -> Client:
    given = register_partner(
        name="Planner",
        contact_email="it@planner.example",
        scopes=["plans:read", "portfolios:read", "billing:read"],
        by=walk.books.paul.as_actor(),
    )
    fields = {"grant_type": "client_credentials", "client_id": given.client_id, "client_secret": given.client_secret}
    answer = SiteClient(headers={"host": "alpha.localhost"}).post("/api/oauth/token", fields)
    return SiteClient(headers={"host": "alpha.localhost", "authorization": f"Bearer {answer.json()['access_token']}"})


def shown(walk: Walk, who: str, path: str, label: str) -> Decimal:
    """Return the value of the figure whose passport is titled with the label."""
    return figure(ask(walk.browsers[who], path).content.decode(), label)


def figure(html: str, label: str) -> Decimal:
    """Return the value of the first figure in the element that says the label."""
    for node in read(html).walk():
        said = [child for child in node.children if not isinstance(child, str) and child.text == label]
        values = [each for each in marked(node) if each.value] if said else []
        if values:
            return Decimal(values[0].value)
    raise AssertionError(f"No figure is labelled “{label}”.")


def told(partner: Client, path: str) -> dict:
    answer = ask(partner, f"/api/{path}")
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content, parse_float=Decimal)


def test_the_chance_of_success(walk, partner):
    plan, household = walk.books.published, walk.books.household
    staff = f"/households/{household.public_id}/plan/?version={plan.version}"
    values = {
        "staff": shown(walk, "ada", staff, "Chance of success"),
        "portal": shown(walk, "client", "/portal/plan/", "Chance of success"),
        "portal's start": shown(walk, "client", "/portal/", "Chance of success"),
        "paper": figure(walk.papers.html("_pdf/plans/financial_plan.html", household.name), "Chance of success"),
        "run": plan.published_run.success,
    }
    assert len(set(values.values())) == 1, values
    # partners read the newest version
    body = told(partner, f"plans/{walk.books.head.public_id}")
    newest = f"/households/{household.public_id}/plan/?version={body['version']}"
    assert body["success"]["probability"] == shown(walk, "ada", newest, "Chance of success")


def test_net_worth(walk):
    household = walk.books.household
    values = {
        "overview": shown(walk, "ada", f"/households/{household.public_id}/", "Net worth"),
        "money": shown(walk, "ada", f"/households/{household.public_id}/money/", "Net worth"),
        "portal": shown(walk, "client", "/portal/", "Net worth"),
    }
    assert len(set(values.values())) == 1, values


def test_the_value_of_the_portfolio(walk, partner):
    household = walk.books.household
    values = {
        "overview": shown(walk, "ada", f"/households/{household.public_id}/", "Portfolio"),
        "portfolio": shown(walk, "ada", f"/households/{household.public_id}/portfolio/", "Portfolio"),
        "portal's start": shown(walk, "client", "/portal/", "Portfolio"),
        "portal": shown(walk, "client", "/portal/portfolio/", "Portfolio"),
    }
    assert len(set(values.values())) == 1, values
    # partners read amounts in the four decimals of the ledger
    exact = values["portfolio"].quantize(Decimal("0.0001"))
    assert Decimal(told(partner, f"financial-services/households/{household.public_id}/portfolio")["total"]) == exact


def test_the_total_of_an_invoice(walk, partner):
    invoice = walk.books.paid
    values = {
        "staff": shown(walk, "paul", f"/billing/invoices/{invoice.public_id}/", "Total"),
        "portal": shown(walk, "client", f"/portal/billing/{invoice.public_id}/", "Total"),
        "API": Decimal(str(told(partner, f"financial-services/billing/invoices/{invoice.public_id}")["total"])),
        "paper": figure(walk.papers.html("_pdf/billing/invoice.html", invoice.number), "Total"),
        "row": invoice.total,
    }
    assert len(set(values.values())) == 1, values


def by_passport(walk: Walk, who: str, path: str, figure: str) -> Decimal:
    """Return the value of the figure on the page whose passport is the one named."""
    page = read(ask(walk.browsers[who], path).content.decode())
    found = next(each for each in marked(page) if f"/{figure}/" in each.address)
    return Decimal(found.value)


@pytest.mark.parametrize(("figure", "field"), [("inception-net", "net"), ("inception-benchmark", "benchmark")])
def test_a_return_and_its_benchmark(walk, partner, figure, field):
    household = walk.books.household
    body = told(partner, f"financial-services/portfolios/{household.public_id}/performance")
    period = next(each for each in body["periods"] if each["period"] == "inception")
    values = {
        "staff": by_passport(walk, "ada", f"/households/{household.public_id}/portfolio/performance/", figure),
        "portal": by_passport(walk, "client", "/portal/portfolio/", figure),
        "API": Decimal(str(period[field])),
    }
    assert len(set(values.values())) == 1, values


def test_the_deepest_fall(walk):
    household = walk.books.household
    owner = PortfolioOwner(household)
    fall = compared(owner, owner.sheet(today())).fall
    assert by_passport(walk, "client", "/portal/portfolio/", "inception-drawdown") == Decimal(repr(fall.depth))
