"""What some of the demo households have that few have: equity of an employer, a business, a former spouse, IRA basis, a
goal with accounts of its own.

Each is told by the services that an advisor would use, so that the pages of such facts show a real case.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Household, Person
from apps.core.actors import Actor
from apps.firms.services.demo.roster import DemoHousehold
from apps.money.models.facts import FactOfHousehold
from apps.money.services.facts import add_fact
from apps.plans.models import GoalKind, GoalPriority, OverrideKind, Plan
from apps.plans.services.goal_means import MeansDetails
from apps.plans.services.goals import GoalDetails, set_goal
from apps.plans.services.plans import set_override
from apps.portfolios.models.account import TaxTreatment


class _Teller:
    """Adds facts to one household as of a day."""

    def __init__(self, household: Household, today: dt.date, by: Actor) -> None:
        self.household, self.today, self.by = household, today, by
        self.head: Person = household.people.get(relationship="head")
        self.partner: Person | None = household.people.filter(relationship="partner").first()

    def add(self, fact: str, /, **fields: object) -> FactOfHousehold:
        """Add a fact of a kind."""
        return add_fact(kind=fact, household=self.household, fields={"as_of": self.today, **fields}, by=self.by)

    def years(self, away: int, month: int = 6) -> dt.date:
        """Return the first of a month, so many years from now."""
        return dt.date(self.today.year + away, month, 1)


def _growing_family(told: _Teller) -> None:
    """Care of the youngest child, travel in the first years after work, and an inheritance."""
    children = told.household.people.filter(relationship="child")
    ages = sorted((child.age_on(told.today) or 0, child.pk, child) for child in children)
    for age, _, youngest in ages[:1]:
        name = f"After-school care of {youngest.first_name}"
        told.add("phase", name=name, person=youngest, until_age=max(12, age + 2), monthly_amount=Decimal(650))
    told.add(
        "phase", name="Travel", starts_at_retirement=True, years=10, is_essential=False, monthly_amount=Decimal(700)
    )
    told.add("windfall", name="Inheritance from an aunt", expected_on=told.years(12), amount=Decimal(90_000))


def _employees_of_a_company(told: _Teller) -> None:
    """Restricted units and incentive options of the one, a purchase plan of the other."""
    company = {"name": "Northwind Systems", "person": told.head, "price": Decimal(62)}
    told.add("grant", kind="rsu", granted_on=told.years(-1, 3), quantity=Decimal(2_400), cliff_months=12, **company)
    options = {"strike": Decimal(21), "quantity": Decimal(5_000), "every_months": 12, "cliff_months": 12}
    told.add(
        "grant", kind="iso", granted_on=told.years(-3, 3), expires_on=told.years(7, 3), is_held=True,
        exercise_on=told.years(2, 3), held_shares=Decimal(600), exercised_on=told.years(-1, 4),
        exercise_worth=Decimal(48), minimum_tax_credit=Decimal(2_900), **company, **options,
    )  # fmt: skip
    told.add(
        "grant", kind="espp", name="Harborview Health", person=told.partner or told.head, price=Decimal(41),
        granted_on=told.years(0, 1), quantity=Decimal(520), discount=Decimal("0.15"), vesting_months=24,
        every_months=12,
    )  # fmt: skip


def _owner_of_a_business(told: _Teller) -> None:
    """A workshop whose profit is drawn until it is sold, its price paid in five yearly parts."""
    business = told.add(
        "property", name="Harbor Joinery", kind="business", value=Decimal(1_150_000), basis="appraisal",
        cost=Decimal(140_000), sells_on=told.years(7, 7), instalments=5, selling_cost=Decimal("0.05"),
    )  # fmt: skip
    told.add(
        "income", name="Profit of Harbor Joinery", person=told.partner or told.head, kind="other_taxable",
        annual_amount=Decimal(64_000), rented_out=business,
    )  # fmt: skip


def _widow(told: _Teller) -> None:
    """A husband who died four years ago, on whose record a survivor's benefit is due."""
    told.add(
        "former_spouse", name="Carlos Delgado", person=told.head, date_of_birth=told.years(-66, 2),
        monthly_amount=Decimal(3_150), married_on=told.years(-34, 9), died_on=told.years(-4, 5),
    )  # fmt: skip


def _divorced(told: _Teller) -> None:
    """A marriage of nineteen years, ended by divorce long ago."""
    told.add(
        "former_spouse", name="Petra Horvat", person=told.head, date_of_birth=told.years(-67, 3),
        monthly_amount=Decimal(3_600), married_on=told.years(-38, 5), divorced_on=told.years(-19, 10),
    )  # fmt: skip


def _giving_from_an_ira(told: _Teller) -> None:
    """Contributions that were never deducted."""
    told.add("ira_basis", name="Form 8606", person=told.head, amount=Decimal(38_500), tax_year=told.today.year - 1)


_STORIES: dict[int, Callable[[_Teller], None]] = {
    2: _growing_family,
    3: _employees_of_a_company,
    4: _owner_of_a_business,
    11: _giving_from_an_ira,
    15: _widow,
    38: _divorced,
}
# what was a marriage once, by number; the others are married or single as the roster draws them
MARRIED_ONCE = {15: "widowed", 38: "divorced"}
_GIVES_FROM_IRAS, _WANTS_A_LAKE_HOUSE = 11, 1


def tell_story(spec: DemoHousehold, household: Household, today: dt.date, by: Actor) -> None:
    """Add what the household has beyond the usual; most have nothing."""
    story = _STORIES.get(spec.number)
    if story is not None:
        story(_Teller(household, today, by))


def _want_a_lake_house(plan: Plan, by: Actor) -> None:
    """A house that only taxable money pays for, in nine years or up to five later, and a smaller one would do."""
    accounts = plan.household.accounts.filter(tax_treatment=TaxTreatment.TAXABLE, is_held_away=False)
    details = GoalDetails(
        kind=GoalKind.HOME,
        name="A house by the lake",
        annual_amount=Decimal(420_000),
        priority=GoalPriority.ASPIRATIONAL,
        starts_on=dt.date(firm_today().year + 9, 6, 1),
        years=1,
        means=MeansDetails(
            accounts=tuple(str(key) for key in accounts.values_list("public_id", flat=True)),
            only=accounts.exists(),
            wait_years=5,
            least_share=Decimal("0.7"),
        ),
    )
    set_goal(plan=plan, details=details, by=by)


def choose_for_plan(spec: DemoHousehold, plan: Plan, by: Actor) -> None:
    """Set what the household's plan takes differently from its facts, and a goal with accounts of its own."""
    if spec.number == _WANTS_A_LAKE_HOUSE:
        _want_a_lake_house(plan, by)
    if spec.number == _GIVES_FROM_IRAS:
        set_override(
            plan=plan, kind=OverrideKind.IRA_GIFTS, value=Decimal(9_000), by=by,
            reason="They give to the library and the sea rescue each year.",
        )  # fmt: skip
