import pytest
from django.db import transaction

from apps.accounts.models import User
from apps.core.actors import Actor, acting
from apps.core.services import service
from apps.kernel.errors import InvalidInputError
from tests.cast import person


@service
def rename(*, user: User, name: str, by: Actor) -> str:
    user.full_name = name
    user.save(update_fields=["full_name"])
    if not name:
        raise InvalidInputError("A name is needed.")
    return acting().key


def test_a_service_names_its_actor_in_the_history_of_each_row(paul):
    by = Actor.system("tests.rename")
    assert rename(user=paul, name="Paula", by=by) == by.key
    assert paul.history.first().history_user_id == by.key
    assert acting() is None


def test_a_refusal_rolls_everything_back(paul):
    with pytest.raises(InvalidInputError):
        rename(user=paul, name="", by=Actor.system("tests.rename"))
    paul.refresh_from_db()
    assert paul.full_name == "Paul"


def test_a_service_without_an_actor_or_with_positional_arguments_is_a_bug(paul):
    with pytest.raises(TypeError, match="by=<Actor>"):
        rename(user=paul, name="X")
    with pytest.raises(TypeError, match="keyword arguments only"):
        rename(paul, name="X", by=Actor.system("tests"))


def test_nested_services_are_one_transaction(in_alpha):
    with pytest.raises(InvalidInputError), transaction.atomic():
        user = person("advisor", "Nina")
        rename(user=user, name="Nora", by=Actor.system("tests"))
        rename(user=user, name="", by=Actor.system("tests"))
    assert not User.objects.filter(email=user.email).exists()
