"""The demo firm's services, and which household takes which."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from apps.accounts.models import FirmProfile, User
from apps.accounts.selectors.firm_days import firm_today
from apps.accounts.services.approvals import decide_approval
from apps.clients.models import Household
from apps.core.actors import Actor
from apps.core.services import service
from apps.firms.services.demo.firm import STAFF
from apps.firms.services.demo.roster import DemoHousehold
from apps.portfolios.models import ModelPortfolio, Rhythm, RunMode, ServiceKind, ServiceOffering, Way
from apps.portfolios.services.household_services import take_service
from apps.portfolios.services.service_offerings import ServiceTerms, draft_service, submit_service

_CHECKS = (
    "The risk profile is current and the model fits it",
    "Restrictions and reserves were gone through with the client",
    "Fees of the last run agree with the agreement",
)
MANAGEMENT, RETIREMENT, ESTATE = "Investment management", "Retirement planning", "Estate planning"


def take_services(spec: DemoHousehold, household: Household, model: ModelPortfolio, by: Actor) -> None:
    """Have the household take what it came for: the management of its model, and planning by its age."""
    offered = _offered(spec=spec, model=model, by=by)
    today, note = firm_today(), gettext_noop("Agreed in the review, with the household's plan.")
    take_service(household=household, offering=offered[_managed(spec, model)], from_day=today, note=note, by=by)
    if spec.head_age >= 50:
        take_service(household=household, offering=offered[RETIREMENT], from_day=today, by=by)
    elif spec.children:
        take_service(household=household, offering=offered[ESTATE], from_day=today, by=by)


def _managed(spec: DemoHousehold, model: ModelPortfolio) -> str:
    """The client of the demo decides trades in the portal: its service asks for consent."""
    return f"{MANAGEMENT} by consent, {model.name}" if spec.number == 1 else f"{MANAGEMENT}, {model.name}"


@service
def _offered(*, spec: DemoHousehold, model: ModelPortfolio, by: Actor) -> dict[str, ServiceOffering]:
    """Return the services by name, written and approved by the first household that needs them."""
    FirmProfile.objects.select_for_update().first()  # two households built at once write one set
    told = {
        _managed(spec, model): (
            ServiceKind.INVESTMENT,
            ServiceTerms(
                promise="A portfolio kept within its bands, with an eye on taxes, and a report every quarter.",
                model=model,
                client_approves=spec.number == 1,
                rebalance_mode=RunMode.TO_BAND,
                review_months=Rhythm.HALF_YEARLY,
                meeting_way=Way.VIDEO,
                checklist=_CHECKS,
            ),
        ),
        RETIREMENT: (
            ServiceKind.RETIREMENT,
            ServiceTerms(
                promise="A plan to and through retirement: income, withdrawals and taxes, gone through each year.",
                checklist=("The plan is of this year", "Required distributions are planned", "Beneficiaries are named"),
            ),
        ),
        ESTATE: (
            ServiceKind.ESTATE,
            ServiceTerms(
                promise="Wills, guardians and beneficiaries in order, with the family's lawyer.",
                checklist=("Wills are filed", "Guardians are named", "Beneficiaries are named"),
                meeting_way=Way.IN_PERSON,
            ),
        ),
    }
    found = {row.name: row for row in ServiceOffering.objects.filter(name__in=told)}
    principal = User.objects.get(email=STAFF[0][2]).as_actor()
    for name, (kind, terms) in told.items():
        if name not in found:
            version = draft_service(offering=None, name=name, kind=kind, terms=terms, by=by)
            request = submit_service(version=version, effective_from=firm_today(), by=by)
            decide_approval(request=request, decision="approve", by=principal)
            found[name] = version.offering
    return found
