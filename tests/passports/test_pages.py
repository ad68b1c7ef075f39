"""Every page of a firm's site, looked at by somebody who may see it: its numbers are marked, and their passports open.

A page that is added is looked at without anybody's doing; what may lack a passport stands in `WITHOUT`, with a reason.
"""

from __future__ import annotations

import pytest

from tests.isolation.routes import Route, routes
from tests.passports.books import addresses
from tests.passports.finder import Marked, drawn, loose, marked
from tests.passports.passports import faults
from tests.passports.walk import Walk

# libraries' own pages show no books; the admin is for set-up
FOREIGN = ("admin:", "account_", "mfa_", "usersessions_")
PAGES = [route for route in routes() if not route.is_api and not route.name.startswith(FOREIGN)]
# what an address answers that is no page: it leads on, takes a POST, or hands out a file or nothing
NO_PAGE = {200, 204, 302, 405}
# pages of a state that the books are not in, and why
SELDOM = {
    "portal:acknowledgement": "only while a reviewed profile waits for the client's word",
    "health": "no page: the state of servers for monitors, 503 without a worker",
    "accounts:accept-invitation": "a key from a mail",
    "accounts:confirm-change": "a key from a mail",
    "notices:end-digest": "a key from a mail",
    "accounts:brand-logo": "no page: a picture, where the firm has one",
    "compliance:export-file": "no page: a file, once its job has written it",
}
# pages that live of figures
RICH = (
    "accounts:approval-queue",
    "billing:household-billing",
    "billing:invoice-detail",
    "billing:invoice-list",
    "billing:run-detail",
    "billing:run-list",
    "billing:schedule-detail",
    "clients:household-people",
    "compliance:household-compliance",
    "compliance:risk-group",
    "compliance:risk-groups",
    "desk:household",
    "money:entry-list",
    "money:household-money",
    "plans:household-plan",
    "plans:plan-compare",
    "plans:plan-list",
    "plans:plan-mix",
    "portal:billing",
    "portal:home",
    "portal:invoice",
    "portal:plan",
    "portal:portfolio",
    "portfolios:account-detail",
    "portfolios:account-list",
    "portfolios:benchmark-detail",
    "portfolios:benchmark-list",
    "portfolios:break-list",
    "portfolios:household-portfolio",
    "portfolios:order-detail",
    "portfolios:order-list",
    "portfolios:trade-detail",
)
# kinds of figures that lead nowhere, and why
WITHOUT = {"count": "counts rows that the page itself lists or links"}


def named(route: Route) -> str:
    return route.name


def figure_faults(walk: Walk, visitor: str, figure: Marked) -> list[str]:
    if not figure.address:
        lacks = bool(figure.value) and figure.kind not in WITHOUT
        return ["has no passport"] if lacks else []
    found = walk.passport(visitor, figure.address)
    return [f"{figure.address} answers {found}"] if isinstance(found, int) else faults(figure, found)


@pytest.mark.parametrize("route", PAGES, ids=named)
def test_every_number_of_a_page_is_marked_and_its_passport_opens(route, walk):
    wrong = []
    for address in list(addresses(route, walk.books)):
        seen = walk.page(address)
        if isinstance(seen, set):
            assert seen & NO_PAGE or route.name in SELDOM, f"{address.path} is shown to nobody: {seen}"
            continue
        visitor, page = seen
        wrong += [f"not marked: {each.number} in “{each.around}”" for each in loose(page)]
        for figure in dict.fromkeys(marked(page)):
            wrong += [f"{figure.kind} {figure.text} {fault}" for fault in figure_faults(walk, visitor, figure)]
        for chart in drawn(page):
            proof = walk.passport(visitor, chart.address) if chart.address else 0
            if isinstance(proof, int) or not any(node.has("data-passport") for node in proof.walk()):
                wrong.append(f"the chart {chart.name} leads to no passport")
    assert not wrong, f"{route.name}:\n" + "\n".join(dict.fromkeys(wrong))


@pytest.mark.parametrize("name", RICH)
def test_the_books_put_figures_on_the_pages_that_exist_for_them(name, walk):
    """Without this, empty books would pass the walk."""
    route = next(route for route in PAGES if route.name == name)
    seen = [walk.page(address) for address in addresses(route, walk.books)]
    pages = [page for page in seen if not isinstance(page, set)]
    assert all(any(figure.address for figure in marked(page)) for _visitor, page in pages)
    assert pages
