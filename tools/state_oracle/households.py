"""The drawn households: with a fixed seed, without children, at work, retired, and both."""

from __future__ import annotations

import random
from typing import Any

_CODES = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR "
    "PA RI SC SD TN TX UT VT VA WA WV WI WY"
)
STATES = _CODES.split()
SEED = 20251231


def _amount(dice: random.Random, low: int, high: int) -> float:
    return float(dice.randrange(low, high, 50))


def _person(dice: random.Random, kind: str) -> dict[str, float]:
    span = {"working": (28, 64), "retired": (57, 88), "mixed": (55, 72)}[kind]
    age = dice.randrange(*span)
    person = {"age": age, "wages": 0.0, "pension": 0.0, "withdrawals": 0.0, "benefits": 0.0}
    if kind != "retired" and dice.random() < 0.9:
        person["wages"] = _amount(dice, 25000, 260000) if dice.random() < 0.8 else _amount(dice, 200000, 600000)
    if kind != "working":
        share = dice.random()
        if share < 0.65:
            person["withdrawals"] = _amount(dice, 4000, 130000)
        if share > 0.5:
            person["pension"] = _amount(dice, 6000, 80000)
        if age >= 62 and dice.random() < 0.8:
            person["benefits"] = _amount(dice, 9000, 48000)
    return person


def _household(dice: random.Random, number: int) -> dict[str, Any]:
    joint = dice.random() < 0.5
    kind = dice.choice(["working", "working", "retired", "retired", "retired", "mixed"])
    people = [_person(dice, kind)]
    if joint:
        other = _person(dice, kind)
        other["age"] = max(25, min(88, people[0]["age"] + dice.randrange(-9, 8)))
        if other["age"] < 62:
            other["benefits"] = 0.0
        if other["age"] < 55:
            other["pension"] = 0.0
        people.append(other)
    household = {
        "id": number,
        "status": "married_joint" if joint else "single",
        "people": people,
        "interest": _amount(dice, 0, 9000) if dice.random() < 0.6 else 0.0,
        "qualified": _amount(dice, 0, 16000) if dice.random() < 0.5 else 0.0,
        "gain": 0.0,
    }
    if dice.random() < 0.4:
        household["gain"] = _amount(dice, 500, 60000) if dice.random() < 0.85 else -_amount(dice, 500, 9000)
    return household


def retired_and_working(n: int = 160) -> list[dict[str, Any]]:
    """Households of all ages, for a program that knows pensions, benefits and ages."""
    dice = random.Random(SEED)  # noqa: S311 - repeatable, not secret
    return [_household(dice, number) for number in range(n)]


def working(n: int = 90) -> list[dict[str, Any]]:
    """Households of wages and investments under 65, single, joint and head, for one that knows no more."""
    dice = random.Random(7)  # noqa: S311 - repeatable, not secret
    households = []
    for number in range(n):
        status = dice.choice(["single", "married_joint", "head_of_household"])
        wages = _amount(dice, 15000, 280000) if dice.random() < 0.85 else _amount(dice, 280000, 900000)
        empty = {"age": 45, "wages": 0.0, "pension": 0.0, "withdrawals": 0.0, "benefits": 0.0}
        households.append(
            {
                "id": number,
                "status": status,
                "people": [{**empty, "wages": wages}, *([empty] if status == "married_joint" else [])],
                "interest": _amount(dice, 0, 9000) if dice.random() < 0.5 else 0.0,
                "qualified": _amount(dice, 0, 16000) if dice.random() < 0.4 else 0.0,
                "gain": _amount(dice, 500, 60000) if dice.random() < 0.35 else 0.0,
            }
        )
    return households
