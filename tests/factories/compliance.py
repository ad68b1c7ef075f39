"""Risk profiles for tests, made by the product's own services."""

from __future__ import annotations

from decimal import Decimal

from apps.accounts.models import User
from apps.clients.models import Household, Person
from apps.compliance.engine.capacity import CapacityFacts
from apps.compliance.models import CapacityAssessment, RiskAssessment
from apps.compliance.services.assessments import invite_to_questionnaire, save_answer, submit_answers
from apps.compliance.services.capacity import CapacityInputs, assess_capacity
from apps.compliance.services.reviews import review_assessment

FACTS = {
    "years_to_first_withdrawal": "15",
    "withdrawal_years": "25",
    "liquidity_coverage": "1",
    "income_stability": "2",
    "funded_ratio": "1",
    "debt_service_ratio": "0.2",
    "dependants": "2",
    "net_worth_share": "0.5",
}


def adult(household: Household, user: User | None = None, *, relationship: str = "head") -> Person:
    """Return an adult of the household, with a portal account where one is given."""
    person = household.people.get(relationship=relationship)
    if user is not None:
        person.user = user
        person.save()
    return person


def answers(assessment: RiskAssessment, points: int) -> dict[str, str]:
    """Answer every item with the option of this many points, or the nearest below."""
    chosen = {}
    for item in assessment.questionnaire.content["items"]:
        fitting = [option for option in item["options"] if option["points"] <= points]
        chosen[item["code"]] = max(fitting, key=lambda option: option["points"])["code"]
    return chosen


def opened(person: Person, by: User) -> RiskAssessment:
    """Open a questionnaire for the person."""
    return invite_to_questionnaire(person=person, by=by.as_actor())


def answered(person: Person, *, points: int = 4, by: User) -> RiskAssessment:
    """Open a questionnaire and answer it as the person, who needs a portal account."""
    assert person.user is not None
    client = person.user.as_actor()
    assessment = opened(person, by)
    for item, option in answers(assessment, points).items():
        save_answer(assessment=assessment, item=item, option=option, by=client)
    return submit_answers(assessment=assessment, by=client)


def capacity(household: Household, by: User, *, value: str = "500000", **changed: str) -> CapacityAssessment:
    """Assess the household's capacity."""
    facts = CapacityFacts(**{name: Decimal(text) for name, text in (FACTS | changed).items()})
    required = Decimal("0.07")
    inputs = CapacityInputs(facts=facts, portfolio_value=Decimal(value), required_return=required)
    return assess_capacity(household=household, inputs=inputs, by=by.as_actor())


def in_force(person: Person, by: User, *, points: int = 4) -> RiskAssessment:
    """Answer, assess and review: a profile that advice may rest on."""
    assessment = answered(person, points=points, by=by)
    capacity(person.household, by)
    assessment.refresh_from_db()
    level = assessment.recommended_level
    assert level is not None
    review_assessment(assessment=assessment, accepted_level=level, note="Went through it together.", by=by.as_actor())
    assessment.refresh_from_db()
    return assessment
