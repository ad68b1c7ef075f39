"""A demo household from its first meeting to its plan, by the services that its advisor and it would use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from functools import cache

from allauth.account.models import EmailAddress
from django.utils import timezone

from apps.accounts.models import FirmProfile, User
from apps.accounts.policies import Role
from apps.accounts.selectors.firm_days import firm_today
from apps.accounts.services.proofs import Proof
from apps.clients.models import DocumentCategory, Household, HouseholdStatus, Person, Signature
from apps.clients.services.agreements import AgreementDraft, draft_agreement, ensure_standard_template, send_agreement
from apps.clients.services.documents import file_document
from apps.clients.services.households import assign_household, change_status, onboard_household
from apps.clients.services.people import link_portal_account
from apps.clients.services.signatures import Signing, current_consent, sign, view_for_signing
from apps.compliance.engine.capacity import CapacityFacts
from apps.compliance.models import RiskAssessment
from apps.compliance.services.assessments import invite_to_questionnaire, save_answer, submit_answers
from apps.compliance.services.capacity import CapacityInputs, assess_capacity
from apps.compliance.services.reviews import review_assessment
from apps.core import audit
from apps.core.actors import Actor
from apps.core.paper import render_pdf
from apps.core.services import service
from apps.firms.services.demo.assets import hold_away
from apps.firms.services.demo.benchmarks import ensure_benchmarks, hold_against
from apps.firms.services.demo.billing import fees, first_billed_day, put_on_schedule
from apps.firms.services.demo.firm import STAND_IN
from apps.firms.services.demo.models import follow_model
from apps.firms.services.demo.money import add_facts, invest, keep_bank_account, save_monthly
from apps.firms.services.demo.roster import DemoHousehold
from apps.firms.services.demo.stories import MARRIED_ONCE, choose_for_plan
from apps.kernel.errors import gettext_noop
from apps.plans.models import GoalKind, GoalPriority, Plan
from apps.plans.services.goals import GoalDetails, set_goal
from apps.plans.services.plans import draft_plan
from apps.plans.services.projections import request_projection


@service
def build_household(*, spec: DemoHousehold, advisor: User, password: str, by: Actor) -> Household:
    """Build the household whole, or leave it as it is when it is there already; its plan is left to a job."""
    found = Household.objects.filter(external_id=spec.external_id).first()
    if found is not None:
        return found
    acting = advisor.as_actor()
    household = _take_on(spec, advisor, acting)
    for person in household.people.adults():
        _open_portal(person, password, by)
    add_facts(spec, household, acting)
    keep_bank_account(spec, household, acting)
    accounts = invest(spec, household, acting)
    save_monthly(spec, household, accounts[0], acting)
    hold_away(spec, household, acting)
    ensure_benchmarks(by=acting)
    hold_against(spec, household, acting)
    _profile(spec, household, acting)
    follow_model(spec, household, acting)
    _agree(household, acting)
    _file_papers(household, acting)
    assign_household(household=household, user=User.objects.get(email=STAND_IN), by=acting)
    change_status(
        household=household, status=HouseholdStatus.ACTIVE, reason=gettext_noop("Onboarding is complete."), by=acting
    )
    _plan(spec, household, acting)
    return household


def client_email(spec: DemoHousehold, name: str = "") -> str:
    """Return the address that an adult of the household signs in with; the head's when nobody is named."""
    return f"{name or spec.head}.{spec.family_name}{spec.number}@example.com".lower().replace(" ", "")


def _take_on(spec: DemoHousehold, advisor: User, by: Actor) -> Household:
    today = firm_today()

    def person(relationship: str, name: str, age: int, **more: object) -> dict[str, object]:
        told = {"relationship": relationship, "first_name": name, "last_name": spec.family_name}
        return {**told, "date_of_birth": dt.date(today.year - age - 1, 12, 1 + spec.number % 27), **more}

    def adult(relationship: str, name: str, age: int, salary: Decimal) -> dict[str, object]:
        status = "married" if spec.partner else MARRIED_ONCE.get(spec.number, "single")
        stops = max(spec.retirement_age, age + 1)
        told = {"email": client_email(spec, name), "annual_income": salary, "marital_status": status}
        # a number of the form that the tax office gives to those without a social security number
        told["tax_id"] = f"999-99-{4300 + 2 * spec.number + (relationship != 'head')}"
        told["employment_status"] = "employed" if salary else "retired" if age > 61 else "not_working"
        return person(relationship, name, age, retirement_age=stops, **told)

    people = [adult("head", spec.head, spec.head_age, spec.salary)]
    if spec.partner:
        people.append(adult("partner", spec.partner, spec.partner_age, spec.partner_salary))
    people += [person("child", name, age) for name, age in spec.children]
    details = {
        "filing_status": "joint" if spec.partner else "single",
        "address": f"{10 + spec.number} Lighthouse Road",
        "city": spec.city,
        "state": spec.state,
        "postal_code": spec.postal_code,
        "external_id": spec.external_id,
        "client_since": today - dt.timedelta(days=3 * 365 + 11 * spec.number),
        "next_review_on": today + dt.timedelta(days=7 * spec.number),
        "objectives": "Retire without worry, see the children through college, keep the house.",
    }
    return onboard_household(name=spec.family_name, advisor=advisor, people=people, details=details, by=by)


def _open_portal(person: Person, password: str, by: Actor) -> User:
    """Give an adult of a demo household a portal account that is confirmed already."""
    user = User.objects.create_user(email=person.email, password=password, full_name=str(person), role=Role.CLIENT)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    audit.record("accounts.create_user", by=by, target=user, after=audit.snapshot(user))
    link_portal_account(person=person, user=user, by=by)
    person.user = user
    return user


def _profile(spec: DemoHousehold, household: Household, by: Actor) -> None:
    """Have each adult answer the questionnaire, assess the household's capacity, review the profiles."""
    assessments = []
    for person in household.people.adults().select_related("user"):
        assessment = invite_to_questionnaire(person=person, by=by)
        client = person.user.as_actor() if person.user else by
        for item in assessment.questionnaire.content["items"]:
            fitting = [option for option in item["options"] if option["points"] <= spec.answers_points]
            chosen = max(fitting, key=lambda option: option["points"]) if fitting else item["options"][0]
            save_answer(assessment=assessment, item=item["code"], option=chosen["code"], by=client)
        assessments.append(submit_answers(assessment=assessment, by=client))
    to_retirement = Decimal(max(spec.retirement_age - spec.head_age, 0))
    facts = CapacityFacts(
        years_to_first_withdrawal=to_retirement,
        withdrawal_years=Decimal(28),
        liquidity_coverage=Decimal("0.6") if spec.number % 3 else Decimal("1.4"),
        income_stability=Decimal(2),
        funded_ratio=Decimal("0.85") if spec.salary else Decimal("1.1"),
        debt_service_ratio=Decimal("0.22") if spec.mortgage else Decimal(0),
        dependants=Decimal(len(spec.children)),
        net_worth_share=Decimal("0.55"),
    )
    inputs = CapacityInputs(facts=facts, portfolio_value=spec.invested, note="From the household's own figures.")
    assess_capacity(household=household, inputs=inputs, by=by)
    for assessment in RiskAssessment.objects.filter(pk__in=[row.pk for row in assessments]):
        if assessment.recommended_level is not None and spec.number % 9 != 8:
            note = "Went through the answers and the figures together."
            review_assessment(assessment=assessment, accepted_level=assessment.recommended_level, note=note, by=by)


def _agree(household: Household, by: Actor) -> None:
    """Draft the agreement, send it, have every adult read and sign it, and bill by it."""
    draft = AgreementDraft(fees=fees(), effective_on=first_billed_day(firm_today()))
    agreement = draft_agreement(household=household, template=ensure_standard_template(by=by), draft=draft, by=by)
    request = send_agreement(agreement=agreement, by=by)
    sign_all(request.signatures.select_related("person__user").order_by("position"))
    agreement.refresh_from_db()
    put_on_schedule(agreement, by=by)


def _file_papers(household: Household, by: Actor) -> None:
    """File what every household brings at the start."""
    for category, title in (
        (DocumentCategory.IDENTITY, "Proof of identity"),
        (DocumentCategory.TAX, "Tax return of last year"),
        (DocumentCategory.STATEMENT, "Account statement before the transfer"),
    ):
        file_document(
            household=household,
            category=category,
            title=title,
            filename=f"{title.lower().replace(' ', '-')}.pdf",
            content=sample_paper(title),
            by=by,
        )


@cache
def sample_paper(title: str) -> bytes:
    """Return a page that says that a client's own paper would stand here; drawn once a process."""
    context = {"document_title": title, "firm_name": FirmProfile.current().display_name}
    return render_pdf("_pdf/clients/sample.html", context)


def sign_all(signatures: Iterable[Signature]) -> None:
    """Have each signer open the paper and sign it with their own account."""
    for signature in signatures:
        _sign(signature)


def _sign(signature: Signature) -> None:
    user = signature.person.user
    if user is None:
        return
    client = user.as_actor()
    view_for_signing(signature=signature, by=client)
    signing = Signing(str(signature.person), current_consent().version, Proof("password", timezone.now()))
    sign(signature=signature, signing=signing, by=client)


def _plan(spec: DemoHousehold, household: Household, by: Actor) -> Plan:
    plan = draft_plan(household=household, by=by)
    year = firm_today().year
    for child in household.people.filter(relationship="child"):
        age = child.age_on(firm_today()) or 0
        if age < 17:
            set_goal(
                plan=plan,
                details=GoalDetails(
                    kind=GoalKind.EDUCATION,
                    name=f"College for {child.first_name}",
                    annual_amount=Decimal(28_000),
                    priority=GoalPriority.IMPORTANT,
                    starts_on=dt.date(year + 18 - age, 9, 1),
                    years=4,
                    person=child,
                ),
                by=by,
            )
    choose_for_plan(spec, plan, by)
    request_projection(plan=plan, by=by)
    return plan
