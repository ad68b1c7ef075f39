"""A client of Alpha with a household, signed in to the portal."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from apps.accounts.models import User
from apps.clients.models import Household
from apps.core.actors import Actor
from apps.plans.models import Plan
from apps.plans.services.publishing import file_report
from apps.plans.services.recommendations import decide_recommendation
from tests.factories import clients, plans


@pytest.fixture
def household(ada: User) -> Household:
    """The Riveras, advised by Ada."""
    return clients.household(ada)


@pytest.fixture
def ana(household: Household) -> User:
    """The head of the household."""
    return clients.portal_user(household.people.get(relationship="head"))


@pytest.fixture
def stranger(ada: User) -> User:
    """A client of the same firm, of another household."""
    return clients.portal_user(clients.household(ada, name="Okafor").people.get(relationship="head"))


@pytest.fixture
def portal(ana, sign_in):
    """Ana's browser."""
    return sign_in(ana)


@pytest.fixture
def publish(ada: User) -> Callable[[Household], Plan]:
    """Publish a plan of a household: computed with few futures, without advice that needs a risk profile, on paper."""

    def given(household: Household) -> Plan:
        by = ada.as_actor()
        plan = plans.drafted(ada, household)
        run = plans.computed(plan, ada)
        for row in run.recommendations.filter(kind="allocation"):
            decide_recommendation(recommendation=row, decision="declined", reason="After the risk profile.", by=by)
        plans.published(plan, ada)
        return file_report(plan=plan, by=Actor.system("plans.file_report"))

    return given
