import importlib
import inspect
import pkgutil

import pytest
from rest_framework import serializers

import apps
from apps.core.api.strict import StrictMixin


class PartIn(StrictMixin):
    size = serializers.IntegerField()


class WholeIn(StrictMixin):
    name = serializers.CharField()
    parts = PartIn(many=True, required=False)


def errors(data, **context):
    form = WholeIn(data=data, context=context)
    form.is_valid()
    return form.errors


def test_an_unknown_field_is_refused_at_its_name_with_what_is_known():
    assert errors({"name": "A"}) == {}
    assert errors({"name": "A", "nmae": "B"}) == {"nmae": ["There is no such field. Known are: name, parts."]}
    nested = errors({"name": "A", "parts": [{"size": 1}, {"size": 1, "colour": "red"}]})
    assert nested["parts"][1] == {"colour": ["There is no such field. Known are: size."]}


def test_the_currency_of_all_amounts_may_be_said_and_no_other():
    assert errors({"name": "A", "currency": "USD"}, currency="USD") == {}
    assert "Convert" in errors({"name": "A", "currency": "EUR"}, currency="USD")["currency"][0]
    assert "no such field" in errors({"name": "A", "currency": "USD"})["currency"][0]
    form = WholeIn(data={"name": "A", "currency": "USD"}, context={"currency": "USD"})
    assert form.is_valid()
    assert form.validated_data == {"name": "A"}


def test_what_was_read_may_be_sent_back_as_it_was():
    told = {"id": "7f3a", "name": "A"}
    assert errors({"name": "B", "id": "7f3a"}, told=told) == {}
    refused = errors({"name": "B", "id": "0000"}, told=told)
    assert refused == {"id": ['It cannot be set. Leave it out, or send it as it is: "7f3a".']}
    assert "no such field" in errors({"name": "B", "colour": "red"}, told=told)["colour"][0]


def shapes():
    """Return every serializer of the interface that takes what partners send."""
    found = {}
    for module in pkgutil.walk_packages(apps.__path__, "apps."):
        if ".api." in module.name:
            inside = vars(importlib.import_module(module.name))
            found |= {name: each for name, each in inside.items() if name.endswith("In") and inspect.isclass(each)}
    return found


@pytest.mark.parametrize("name", sorted(shapes()))
def test_every_request_is_taken_or_refused(name):
    assert issubclass(shapes()[name], StrictMixin)


def test_the_walk_finds_requests():
    assert {"GoalIn", "NewClientIn", "TradesIn", "RiskAssessmentIn", "TermsIn"} <= set(shapes())
