"""Pages of services: a principal writes one, a second person approves it, a household takes it, the client reads it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from apps.accounts.models import ApprovalRequest, User
from apps.accounts.selectors.firm_days import firm_today
from apps.accounts.services.approvals import decide_approval
from apps.desk.selectors.today import today
from apps.portfolios.models import HouseholdService, Mandate, ServiceOffering
from tests.factories import clients
from tests.factories import models as made
from tests.factories import services as offered

SignIn = Callable[..., Client]
NOBODY = "6f2c1d34-0000-4000-8000-000000000000"


def test_a_service_goes_from_the_principal_to_the_client(
    paul: User, ada: User, connie: User, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    model, home = made.approved(ada, paul), clients.household(ada)
    principal = sign_in(paul)
    assert b"No service yet" in principal.get(reverse("portfolios:service-list")).content
    told = {
        "name": "Care", "kind": "investment", "promise": "All is looked after.", "cash_share": "2",
        "rebalance_mode": "to_band", "minimum_amount": "500", "review_months": "6", "meeting_way": "video",
        "report_months": "3", "checklist": "Profile is current\nFees agree\n",
    }  # fmt: skip
    new = reverse("portfolios:service-new")
    refused = principal.post(new, told)
    assert (refused.status_code, b"needs a model" in refused.content) == (422, True)
    assert principal.post(new, told | {"model": model.pk}).status_code == 302
    service = ServiceOffering.objects.get()
    edit = reverse("portfolios:service-edit", args=[service.public_id])
    assert "Fees agree" in principal.get(edit).content.decode()
    submit = reverse("portfolios:service-submit", args=[service.public_id, 1])
    assert principal.post(submit, {"effective_from": firm_today().isoformat()}).status_code == 302
    recall = reverse("portfolios:service-recall", args=[service.public_id, 1])
    assert principal.post(recall).status_code == 302
    principal.post(submit, {"effective_from": firm_today().isoformat()})
    request = ApprovalRequest.objects.get(state="pending")
    decide_approval(request=request, decision="approve", by=connie.as_actor())

    browser = sign_in(ada)
    take = reverse("portfolios:service-take", args=[home.public_id])
    chosen = {"offering": service.pk, "from_day": firm_today().isoformat(), "note": "Agreed."}
    assert browser.post(take, chosen).status_code == 302
    assert Mandate.objects.get(household=home).model == model
    page = reverse("portfolios:household-services", args=[home.public_id])
    with django_assert_max_num_queries(32):
        assert b"Fees agree" in browser.get(page).content
    assert b"Care" in browser.get(reverse("desk:household", args=[home.public_id])).content
    rebalance = browser.get(reverse("portfolios:rebalance-new", args=[home.public_id]))
    assert rebalance.context["form"].initial["minimum_amount"] == 500
    with django_assert_max_num_queries(32):
        assert home.name.encode() in browser.get(service.get_absolute_url()).content

    HouseholdService.objects.update(from_day=firm_today() - dt.timedelta(days=200))
    assert "Quality check of Care" in [item.title for item in today(ada.as_actor(), firm_today()).items]
    taken = HouseholdService.objects.get()
    check = reverse("portfolios:service-check", args=[taken.public_id])
    assert browser.post(check, {"met": ["0"]}).status_code == 422
    assert browser.post(check, {"met": ["0", "1"]}).status_code == 302
    assert b"all in order" in browser.get(page).content

    client = sign_in(clients.portal_user(home.people.get(relationship="head")))
    assert b"All is looked after." in client.get(reverse("portal:portfolio")).content

    end = reverse("portfolios:service-end", args=[taken.public_id])
    assert browser.post(end, {"until": firm_today().isoformat(), "reason": "Left."}).status_code == 302
    retire = reverse("portfolios:service-retire", args=[service.public_id])
    assert principal.post(retire, {"on": firm_today().isoformat(), "reason": "Over."}).status_code == 302


def test_only_principals_write_services_and_strangers_see_no_household(
    paul: User, ada: User, mallory: User, connie: User, sign_in: SignIn
) -> None:
    service, home = offered.approved(ada, paul), clients.household(ada)
    taken = offered.taken(home, service, ada)
    writes = [reverse("portfolios:service-new"), reverse("portfolios:service-edit", args=[service.public_id])]
    assert [sign_in().get(page).status_code for page in writes] == [302, 302]
    assert [sign_in(ada).get(page).status_code for page in writes] == [403, 403]
    assert [sign_in(paul).get(page).status_code for page in writes] == [200, 200]
    assert sign_in(connie).get(service.get_absolute_url()).status_code == 200
    of_home = [
        reverse("portfolios:household-services", args=[home.public_id]),
        reverse("portfolios:service-take", args=[home.public_id]),
        reverse("portfolios:service-check", args=[taken.public_id]),
        reverse("portfolios:service-end", args=[taken.public_id]),
    ]
    assert [sign_in(mallory).get(page).status_code for page in of_home] == [404] * 4
    assert home.name not in sign_in(mallory).get(service.get_absolute_url()).content.decode()
    assert sign_in(paul).get(reverse("portfolios:service-detail", args=[NOBODY])).status_code == 404
