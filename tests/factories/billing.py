"""Schedules, assignments and runs for tests, made by the product's own services."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services.approvals import approval_for, decide_approval
from apps.billing.models import BillingRun, FeeAssignment, FeeScheduleVersion, Invoice
from apps.billing.services.assignments import OwnTerms, assign_fee
from apps.billing.services.invoices import issue_invoices
from apps.billing.services.runs import APPROVAL_KIND, calculate_run, lock_run, start_run, submit_run
from apps.billing.services.schedules import define_schedule
from apps.clients.models import Agreement, AgreementTemplate, Household
from apps.portfolios.models import Account, Registration
from tests.factories import clients, portfolios

Q1, Q2 = dt.date(2026, 1, 1), dt.date(2026, 4, 1)
START = dt.date(2025, 10, 1)
MILLION = Decimal(1_000_000)
TIERS = [
    {"up_to": MILLION, "rate": Decimal("0.01"), "clause": "4.1"},
    {"up_to": None, "rate": Decimal("0.005"), "clause": "4.1"},
]
ARTICLES = [
    {
        "number": "4",
        "heading": "Fees",
        "paragraphs": [
            {"number": "4.1", "text": "The fee is 1.00 % a year of the first 1,000,000, 0.50 % of what is above."},
            {"number": "4.2", "text": "The fee is due quarterly, prorated by day."},
        ],
    }
]


def terms(**changed: Any) -> dict[str, Any]:
    """Graduated, quarterly in arrears on the closing value."""
    return {"kind": "graduated", "tiers": TIERS, "timing": "arrears", "value_basis": "period_end", **changed}


def advance_terms(**changed: Any) -> dict[str, Any]:
    """Graduated, quarterly in advance on the opening value."""
    return terms(timing="advance", value_basis="opening", **changed)


def version(by: User, *, name: str = "Standard", **changed: Any) -> FeeScheduleVersion:
    """A schedule with its first version."""
    return define_schedule(name=name, terms=changed or terms(), effective_on=START, by=by.as_actor())


def agreement(household: Household, by: User, *, state: str = "signed", effective_on: dt.date = START) -> Agreement:
    """An agreement of the household as its signing leaves it."""
    template, _made = AgreementTemplate.objects.get_or_create(
        name="advisory",
        version=1,
        defaults={"title": "Advisory agreement", "articles": ARTICLES, "created_by": "Steward"},
    )
    return Agreement.objects.create(
        household=household,
        template=template,
        title="Advisory agreement",
        articles=ARTICLES,
        fee_terms={},
        effective_on=effective_on,
        state=state,
        document=clients.document(household, by=by.as_actor()),
        signed_at=timezone.now() if state == "signed" else None,
    )


def assigned(
    household: Household, by: User, fee: FeeScheduleVersion, *, starts_on: dt.date = START, **own: Any
) -> FeeAssignment:
    """Put the household on the version, under clause 4.1 of a signed agreement."""
    return assign_fee(
        household=household,
        version=fee,
        agreement=agreement(household, by),
        clause="4.1",
        starts_on=starts_on,
        own=OwnTerms(**own),
        by=by.as_actor(),
    )


def cash_account(household: Household, by: User, amount: str, *, on: dt.date = START, **details: Any) -> Account:
    """An account that holds nothing but cash since a day, so that its value needs no price."""
    told = {"number": details.pop("number", f"77-{household.pk}-{amount}"), "opened_on": on, **details}
    opened = portfolios.account(household, by, **told)
    portfolios.entry(opened, by, "deposit", on, cash=amount)
    return opened


def ira(household: Household, by: User, amount: str, *, on: dt.date = START, **details: Any) -> Account:
    """A retirement account that holds cash."""
    return cash_account(household, by, amount, on=on, name="IRA", registration=Registration.TRADITIONAL_IRA, **details)


def calculated(by: User, *, timing: str = "arrears", first_day: dt.date = Q1) -> BillingRun:
    """A run of the quarter, calculated."""
    run = start_run(timing=timing, first_day=first_day, by=by.as_actor())
    calculate_run(run=run, by=by.as_actor())
    run.refresh_from_db()
    return run


def approved(run: BillingRun, by: User, approver: User) -> BillingRun:
    """Send the run for review and have it approved by another person."""
    submit_run(run=run, by=by.as_actor())
    request = approval_for(kind=APPROVAL_KIND, target=run)
    assert request is not None
    decide_approval(request=request, decision="approve", by=approver.as_actor())
    run.refresh_from_db()
    return run


def locked(by: User, approver: User, *, timing: str = "arrears", first_day: dt.date = Q1) -> BillingRun:
    """A run of the quarter, approved and locked."""
    run = approved(calculated(by, timing=timing, first_day=first_day), by, approver)
    return lock_run(run=run, by=by.as_actor())


def invoiced(by: User, approver: User, *, timing: str = "arrears", first_day: dt.date = Q1) -> list[Invoice]:
    """The invoices of a locked run."""
    return issue_invoices(run=locked(by, approver, timing=timing, first_day=first_day), by=by.as_actor())
