import datetime as dt
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

from apps.plans.engine.advice_facts import SavingPlaces
from apps.plans.engine.inputs import TaxTreatment
from apps.plans.engine.limits import carried_on
from apps.plans.engine.saving_places import NEW_BROKERAGE
from apps.plans.models import OverrideKind
from apps.plans.services._mapping import mapped
from apps.plans.services._saving_places import limits_told, opened_names, rest_of, surplus_of, watched
from tests.apps.plans.engine.households import account
from tests.apps.plans.engine.test_advice_room import FACTS
from tests.apps.plans.engine.test_limits import TABLES
from tests.apps.plans.services.test_mapping import account as unstored_account
from tests.apps.plans.services.test_mapping import facts, question_situation

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


def test_what_is_left_of_a_year_goes_into_a_taxable_account_else_cash_else_any():
    assert surplus_of((IRA, CASH, OWN, JOINT)) == "own"
    assert surplus_of((IRA, CASH)) == "cash"
    assert surplus_of((IRA,)) == "ira"


def test_limits_that_are_not_published_yet_are_told_where_an_account_has_one():
    carried = replace(FACTS, limits=carried_on(TABLES[2026], 2027, 0.02))
    ((message, params),) = limits_told(SavingPlaces("joint", carried))
    assert "Limits of contributions in 2027 are those of 2026, carried forward" in message % params
    assert limits_told(SavingPlaces("joint", replace(carried, plans=()))) == []
    assert limits_told(SavingPlaces("joint", FACTS)) == []
    assert limits_told(SavingPlaces("joint", None)) == []


def test_a_plan_that_begins_after_the_newest_table_still_pays_into_an_ira_first():
    ira = unstored_account(key="ira", treatment="tax_free", registration="roth_ira")
    asked = question_situation(facts(accounts=(unstored_account(), ira)))
    more = SimpleNamespace(kind=OverrideKind.EXTRA_SAVING, person=None, value=Decimal(1_000))
    found = mapped(replace(asked, starts_on=dt.date(2027, 1, 1), overrides=[more]))
    into = {item.account: item.monthly_amount for item in found.question.inputs.contributions}
    # at least the 7,500 of 2026 a year, of the 12,000
    assert into["ira"] >= 625.0
    assert into["acc"] == 1_000.0 - into["ira"]
    assert {"year": "2027", "published": "2026"} in [caveat["params"] for caveat in found.caveats]
