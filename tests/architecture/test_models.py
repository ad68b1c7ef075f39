"""Every model says whether it changes and which of its fields are about a person."""

import pytest
from django.apps import apps
from django.db import models

from apps.core.models import BaseModel

OURS = [
    model
    for model in apps.get_models()
    if model.__module__.startswith("apps.") and not model.__name__.startswith("Historical")
]


def declared(model: type[models.Model], name: str) -> object:
    """Return what the model says, or a base of ours that it shares; not what BaseModel takes for granted."""
    for base in model.__mro__:
        if base in {BaseModel, models.Model}:
            return None
        if name in vars(base):
            return vars(base)[name]
    return None


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_a_model_declares_whether_it_is_mutable(model):
    assert isinstance(declared(model, "MUTABLE"), bool), f"{model._meta.label}: declare MUTABLE: ClassVar[bool]"


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_a_model_declares_its_personal_fields_and_they_exist(model):
    told = declared(model, "PERSONAL_FIELDS")
    assert isinstance(told, frozenset), f"{model._meta.label}: declare PERSONAL_FIELDS, an empty frozenset if none"
    names = {field.name for field in model._meta.get_fields()}
    secret = getattr(model, "SECRET_FIELDS", frozenset())
    assert told | secret <= names, f"{model._meta.label} has no {sorted((told | secret) - names)}"


@pytest.mark.parametrize("model", [m for m in OURS if issubclass(m, BaseModel)], ids=lambda model: model._meta.label)
def test_a_public_id_is_unique(model):
    assert model._meta.get_field("public_id").unique
