"""A household of Ada's."""

from __future__ import annotations

import pytest

from apps.accounts.models import User
from apps.clients.models import Household
from tests.factories import clients


@pytest.fixture
def household(ada: User) -> Household:
    """The Riveras, advised by Ada."""
    return clients.household(ada)
