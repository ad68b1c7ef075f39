"""People of a firm. Everything else in these folders is made by the product's own services."""

from __future__ import annotations

from typing import Any

import factory

from apps.accounts.models import User
from apps.accounts.policies import Role

PASSWORD = "correct horse battery"


class UserFactory(factory.django.DjangoModelFactory[User]):
    """An active person with a password; `host` is the part of the address after the @."""

    class Meta:
        model = User

    class Params:
        host = "alpha.test"

    full_name = factory.Sequence(lambda number: f"Person {number}")
    email = factory.LazyAttribute(lambda user: f"{user.full_name.lower().replace(' ', '.')}@{user.host}")
    role = Role.ADVISOR
    password = PASSWORD

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        """Go through the manager, which hashes the password and clears the address."""
        return model_class.objects.create_user(*args, **kwargs)
