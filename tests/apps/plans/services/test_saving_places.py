from decimal import Decimal

from apps.plans.engine.inputs import TaxTreatment
from apps.plans.engine.saving_places import NEW_BROKERAGE
from apps.plans.services._saving_places import opened_names, rest_of, watched
from tests.apps.plans.engine.households import account

IRA = account("ira", TaxTreatment.TAX_DEFERRED, 1.0)
OWN = account("own", TaxTreatment.TAXABLE, 1.0)
JOINT = account("joint", TaxTreatment.TAXABLE, 1.0, owner="")
CASH = account("cash", TaxTreatment.CASH, 1.0)


def test_the_rest_goes_into_a_taxable_account_of_both_or_one_that_is_opened():
    assert rest_of((IRA, CASH, OWN, JOINT)) == "joint"
    assert rest_of((IRA, CASH, OWN)) == "own"
    assert rest_of((IRA, CASH)) == NEW_BROKERAGE
    assert dict(opened_names())[NEW_BROKERAGE] == "New brokerage account"


def test_what_is_watched_is_what_the_law_has_room_for_and_the_rest_where_it_goes():
    facts = {"monthly_extra": 1_680.0, "room_into:ira": 2_250.0, "year": 2026.0}
    assert watched(facts, Decimal(1_680), "joint") == {"ira": Decimal("187.50"), "joint": Decimal("1492.50")}
    # an advisor's smaller amount fills the same room first
    assert watched(facts, Decimal(100), "joint") == {"ira": Decimal(100)}
    # a third of a cent above the room would be too much
    assert watched({"room_into:ira": 1_000.0}, Decimal(90), "joint")["ira"] == Decimal("83.33")
    assert watched({}, Decimal(90), "joint") == {"joint": Decimal(90)}
