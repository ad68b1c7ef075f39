"""Composites and their record by API."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

import pytest

from apps.accounts.models import User
from apps.accounts.selectors.firm_days import firm_today
from apps.portfolios.selectors.composites import composite_sheet
from apps.portfolios.services.composites import CompositeTerms, add_member, define_composite
from tests.factories import portfolios as books
from tests.factories.integrations import partner_of

ROOT = "/api/financial-services/composites"


@pytest.fixture
def partner(paul: User) -> Any:
    return partner_of(paul, "portfolios:read")


def test_a_composite_is_read_with_its_record_by_year_and_month(partner: Any, ada: User, paul: User) -> None:
    account, begin = books.funded(ada)[1], books.DAY.replace(month=4, day=1)
    composite = define_composite(terms=CompositeTerms("Balanced", "All balanced accounts.", begin), by=paul.as_actor())
    assert partner.get(f"{ROOT}/{composite.public_id}/performance").json()["months"] == []
    add_member(composite=composite, account=account, starts_on=begin, discretion="Clause 2", by=paul.as_actor())
    assert [row["name"] for row in partner.get(ROOT).json()["results"]] == ["Balanced"]
    one = partner.get(f"{ROOT}/{composite.public_id}").json()
    assert (one["inception"], one["benchmark_id"]) == (begin.isoformat(), None)
    answer = partner.get(f"{ROOT}/{composite.public_id}/performance")
    body, sheet = answer.json(), composite_sheet(composite, firm_today())
    assert [month["last_day"] for month in body["months"]] == [each.last_day.isoformat() for each in sheet.months]
    newest = body["months"][0]
    assert (Decimal(newest["assets"]), newest["accounts"], newest["benchmark"]) == (Decimal("10500.00"), 1, None)
    first = next(year for year in body["years"] if year["last_day"].startswith("2025"))
    assert first["net"] == pytest.approx(sheet.years[-1].figures["net"].value)
    assert (first["dispersion"], first["accounts_all_year"]) == (None, 1)
    again = partner.get(f"{ROOT}/{composite.public_id}/performance", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    assert partner.get(f"{ROOT}/{composite.public_id}/performance?fields=name").json() == {"name": "Balanced"}
    assert partner.get(f"{ROOT}/{uuid.uuid4()}").status_code == 404
    assert partner.get(f"{ROOT}/{uuid.uuid4()}/performance").status_code == 404
