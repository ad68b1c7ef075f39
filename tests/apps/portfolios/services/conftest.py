"""A way into the market for orders of tests."""

from __future__ import annotations

import pytest

from apps.portfolios import ports
from tests.apps.portfolios.services.wire import Wire


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    made = Wire()
    monkeypatch.setitem(ports._routes, "wire", made)
    return made
