"""Services of the firm in force and taken, made by the product's own services."""

from __future__ import annotations

from apps.accounts.models import User
from apps.accounts.selectors.firm_days import firm_today
from apps.accounts.services.approvals import decide_approval
from apps.clients.models import Household
from apps.portfolios.models import HouseholdService, ServiceOffering, ServiceVersion
from apps.portfolios.services.household_services import take_service
from apps.portfolios.services.service_offerings import ServiceTerms, draft_service, submit_service


def draft(by: User, offering: ServiceOffering | None = None, **fields: object) -> ServiceVersion:
    """A draft of a service: planning without a model, unless told otherwise."""
    name, kind = str(fields.pop("name", "Planning")), str(fields.pop("kind", "financial"))
    told = {"promise": "A plan, reviewed each year.", "checklist": ("Beneficiaries are named", "Wills are filed")}
    terms = ServiceTerms(**{**told, **fields})
    return draft_service(offering=offering, name=name, kind=kind, terms=terms, by=by.as_actor())


def approved(by: User, approver: User, offering: ServiceOffering | None = None, **fields: object) -> ServiceOffering:
    """A service whose version a second person approved; in force from today."""
    version = draft(by, offering, **fields)
    request = submit_service(version=version, effective_from=firm_today(), by=by.as_actor())
    decide_approval(request=request, decision="approve", by=approver.as_actor())
    return version.offering


def taken(household: Household, offering: ServiceOffering, by: User, **fields: object) -> HouseholdService:
    """A household that takes the service from today."""
    told = {"from_day": firm_today(), **fields}
    return take_service(household=household, offering=offering, by=by.as_actor(), **told)
