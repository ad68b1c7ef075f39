"""Short ways to write a household in tests of wash sales."""

from datetime import date
from decimal import Decimal

from apps.portfolios.engine.wash_ledger import (
    AcquisitionKind,
    Disposal,
    HouseholdAccount,
    HouseholdLedger,
    Relation,
    TaxLot,
    TaxTreatment,
)
from apps.portfolios.engine.wash_sales import find_wash_sales

ACCOUNTS = (
    HouseholdAccount("joint", "ada", Relation.TAXPAYER, TaxTreatment.TAXABLE),
    HouseholdAccount("spouse", "bob", Relation.SPOUSE, TaxTreatment.TAXABLE),
    HouseholdAccount("corporation", "ada inc", Relation.CONTROLLED, TaxTreatment.TAXABLE),
    HouseholdAccount("son", "carl", Relation.OTHER, TaxTreatment.TAXABLE),
    HouseholdAccount("son too", "carl", Relation.OTHER, TaxTreatment.TAXABLE),
    HouseholdAccount("daughter", "dora", Relation.OTHER, TaxTreatment.TAXABLE),
    HouseholdAccount("ira", "ada", Relation.TAXPAYER, TaxTreatment.TAX_DEFERRED),
    HouseholdAccount("roth of spouse", "bob", Relation.SPOUSE, TaxTreatment.TAX_FREE),
)


def day(text) -> date:
    return date.fromisoformat(text)


def exact(number) -> Decimal | None:
    return None if number is None else Decimal(str(number))


def lot(name, on, quantity, cost, account="joint", **more) -> TaxLot:
    facts = {"security_id": "M", "kind": AcquisitionKind.PURCHASE} | more
    return TaxLot(name, account, acquired_on=day(on), quantity=exact(quantity), cost=exact(cost), **facts)


def sold(of, on, quantity, proceeds, name="") -> Disposal:
    return Disposal(name or f"sale of {of}", of, day(on), exact(quantity), exact(proceeds))


def household(lots, sales, **more) -> HouseholdLedger:
    return HouseholdLedger(ACCOUNTS, tuple(lots), tuple(sales), **more)


def washed(lots, sales, **more):
    return find_wash_sales(household(lots, sales, **more))
