"""Who the demo households are: drawn once from a fixed seed, the same on every machine."""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal

from apps.clients.models import Household

N_HOUSEHOLDS = 40
_SEED = 20_260_101
_HEADS = (
    "Amara Nwosu", "Walter Lindqvist", "Grace Kim", "Omar Haddad", "Lucia Ferreira", "Thomas Abbott", "Mei Zhang",
    "Rafael Ortiz", "Hannah Weiss", "Kofi Mensah", "Elena Petrova", "James Whitfield", "Anjali Rao", "Peter Novak",
    "Rosa Delgado", "Samuel Berg", "Noor Rahman", "Claire Dubois", "Victor Hale", "Ines Carvalho", "Dennis Moore",
    "Yuki Tanaka", "Marta Kowalska", "Leon Fischer", "Adaeze Obi", "Paul Sorensen", "Farah Aziz", "Henry Clarke",
    "Sara Lund", "Miguel Torres", "Olivia Grant", "Tariq Khan", "Julia Romano", "Ben Hollis", "Nadia Silva",
    "Oscar Vega", "Ruth Adler", "Ivan Horvat", "Camille Roy", "George Tan",
)  # fmt: skip
_PARTNERS = (
    "Daniel", "Ingrid", "David", "Leila", "Marco", "Susan", "Wei", "Teresa", "Jonas", "Efua", "Nikolai", "Karen",
    "Vikram", "Eva", "Carlos", "Anna", "Imran", "Luc", "Diane", "Paulo",
)  # fmt: skip
_CHILDREN = ("Maya", "Leo", "Zoe", "Noah", "Ella", "Finn", "Ada", "Luca", "Nina", "Theo")
_STATES = ("MA", "NH", "CT", "NY", "RI", "ME", "VT", "NJ")
_CITIES = {
    "MA": ("Salem", "01970"),
    "NH": ("Portsmouth", "03801"),
    "CT": ("Mystic", "06355"),
    "NY": ("Beacon", "12508"),
    "RI": ("Newport", "02840"),
    "ME": ("Portland", "04101"),
    "VT": ("Burlington", "05401"),
    "NJ": ("Montclair", "07042"),
}


@dataclass(frozen=True, slots=True)
class DemoHousehold:
    """What a demo household is made from. Amounts are dollars; ages are those of today."""

    number: int
    head: str
    partner: str
    family_name: str
    head_age: int
    partner_age: int
    children: tuple[tuple[str, int], ...]
    state: str
    city: str
    postal_code: str
    salary: Decimal
    partner_salary: Decimal
    monthly_spending: Decimal
    invested: Decimal
    home_value: Decimal
    mortgage: Decimal
    retirement_age: int
    equity_weight: Decimal
    answers_points: int

    @property
    def external_id(self) -> str:
        """Return the key by which the household is found again."""
        return f"demo-{self.number:02d}"


def demo_households() -> tuple[DemoHousehold, ...]:
    """Return all households, the same ones each time."""
    dice = random.Random(_SEED)  # noqa: S311 - names and amounts of a demo
    return tuple(_drawn(number, dice) for number in range(1, N_HOUSEHOLDS + 1))


def household_numbered(number: int) -> Household | None:
    """Return a household of the roster with its advisor, None where it is not built."""
    return Household.objects.select_related("advisor").filter(external_id=f"demo-{number:02d}").first()


def _answers(number: int, age: int) -> tuple[int, ...]:
    """Return how the household may answer about risk: the young more boldly than those who stopped working."""
    if number <= 3:
        return (2, 3, 3, 4, 4, 5)
    return (2, 2, 2, 2, 3, 3) if age >= 60 else (3, 3, 3, 3, 3, 4) if age >= 45 else (4, 4, 5, 5, 5, 5)


def _drawn(number: int, dice: random.Random) -> DemoHousehold:
    head, family_name = _HEADS[number - 1].rsplit(" ", 1)
    age = dice.randint(31, 71)
    has_partner = number <= 3 or dice.random() < 0.72
    n_children = 2 if number <= 3 else dice.choice((0, 1, 2, 2, 3)) if 33 < age < 56 else 0
    age = min(max(age, 38), 48) if number <= 3 else age
    works = age < 65
    salary = Decimal(dice.randrange(70, 280) * 1000) if works else Decimal(0)
    partner_salary = Decimal(dice.randrange(0, 160) * 1000) if works and has_partner else Decimal(0)
    income = salary + partner_salary
    state = dice.choice(_STATES)
    city, postal_code = _CITIES[state]
    home = Decimal(dice.randrange(280, 1200) * 1000)
    invested = Decimal(dice.randrange(8, 30)) / 10 * Decimal(max(age - 25, 6)) / 10 * (income or Decimal(140_000))
    spending = (income * Decimal("0.040") if works else invested * Decimal("0.0032")).quantize(Decimal(10))
    return DemoHousehold(
        number=number,
        head=head,
        partner=dice.choice(_PARTNERS) if has_partner else "",
        family_name=family_name,
        head_age=age,
        partner_age=age - dice.randint(-4, 5),
        children=tuple((name, dice.randint(2, 16)) for name in dice.sample(_CHILDREN, n_children)),
        state=state,
        city=city,
        postal_code=postal_code,
        salary=salary,
        partner_salary=partner_salary,
        monthly_spending=max(spending, Decimal(3200)),
        invested=invested.quantize(Decimal(1000)),
        home_value=home,
        mortgage=(home * Decimal(dice.randrange(0, 60)) / 100).quantize(Decimal(1000)) if works else Decimal(0),
        retirement_age=dice.choice((62, 65, 65, 67, 68)),
        equity_weight=Decimal(dice.choice((40, 50, 60, 70, 80))) / 100,
        answers_points=dice.choice(_answers(number, age)),
    )
