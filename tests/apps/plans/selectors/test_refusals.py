import uuid

from apps.plans.selectors.refusals import place_of
from tests.factories import plans


def test_each_refusal_of_the_engine_leads_to_the_form_that_mends_it(ada):
    plan = plans.drafted(ada)
    household, debt, goal = plan.household, plan.household.debt_facts.get(), plan.goals.first()
    head = household.people.get(relationship="head")
    places = {
        "target": f"/plans/{plan.public_id}/choices/",
        f"adults[{head.public_id}].horizon_age": f"/plans/{plan.public_id}/choices/",
        f"adults[{head.public_id}].birth_date": f"/people/{head.public_id}/",
        f"debts[{debt.public_id}].monthly_payment": f"/money/debt/{debt.public_id}/edit/",
        f"debts[{uuid.uuid4()}].monthly_payment": f"/households/{household.public_id}/money/",
        f"goals[{goal.public_id}].annual_amount": f"/plans/{plan.public_id}/goals/{goal.public_id}/",
        f"goals[{uuid.uuid4()}].annual_amount": "",
        "accounts[x].balance": "",
        "simulation": "",
    }
    for field, address in places.items():
        found = place_of(field, plan)
        assert address in found, field
        assert bool(found) == bool(address), field
