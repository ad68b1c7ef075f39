from apps.kernel.errors import InvalidInputError
from apps.plans.services._names import by_name


def test_a_refusal_names_what_people_know_and_keeps_the_field():
    wrong = InvalidInputError(
        "The payment of %(name)s is %(value)s.", mend="Raise it.", field="debts[k].monthly_payment", name="debts[k]",
        value=0.0,
    )  # fmt: skip
    told = by_name(wrong, {"k": "Car loan"})
    assert str(told) == "The payment of Car loan is 0.0. Raise it."
    assert told.field == "debts[k].monthly_payment"
    assert str(by_name(InvalidInputError("“%(key)s” is late.", key="k"), {"k": "Ana"})) == "“Ana” is late."


def test_a_choice_of_the_plan_is_called_as_its_form_calls_it():
    assert str(by_name(InvalidInputError("%(name)s is off.", name="target"), {})) == "success aimed for is off."
