"""Passports of a security say where its numbers come from."""

from __future__ import annotations

import datetime as dt

from apps.accounts.models import User
from apps.portfolios.selectors.securities import security_for
from apps.portfolios.selectors.security_passports import security_passport
from tests.days import today
from tests.factories import market


def test_a_close_names_its_source_and_says_what_is_simulated(ada: User) -> None:
    master = market.security("QSI", {today(): "12.5"}, source="Built-in history", simulated_from=dt.date(2020, 1, 1))
    told = security_passport(security_for(ada.as_actor(), master.public_id), "close", today())
    assert told.title == "QSI: Close"
    assert told.value.as_of == today()
    assert told.source == "Built-in history"
    assert told.notes == ("Prices after Jan 1, 2020 are simulated.",)
