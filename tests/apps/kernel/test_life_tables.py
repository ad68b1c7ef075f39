"""The tables of the regulation against cells that were printed elsewhere, and against each other."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.kernel.life_tables import joint_divisor, single_life, uniform_divisor

D = Decimal
OWNERS = range(72, 121)


def test_single_lives_are_those_in_force_since_2022() -> None:
    told = {0: "84.6", 35: "50.5", 48: "38.1", 51: "35.3", 64: "23.7", 75: "14.8", 77: "13.3", 81: "10.5", 120: "1.0"}
    assert {age: single_life(age) for age in told} == {age: D(life) for age, life in told.items()}
    assert single_life(130) == single_life(120)
    lives = [single_life(age) for age in range(121)]
    assert lives == sorted(lives, reverse=True)
    with pytest.raises(ValueError, match="no life for -1"):
        single_life(-1)


@pytest.mark.parametrize(
    ("owner", "spouse", "divisor"),
    [
        (72, 20, "65.1"),
        (72, 61, "28.1"),
        (73, 58, "30.1"),
        (75, 36, "49.7"),
        (75, 60, "28.3"),
        (80, 50, "36.5"),
        (80, 69, "20.9"),
        (87, 69, "20.1"),
        (90, 76, "14.7"),
        (99, 82, "10.2"),
        (100, 47, "39.0"),
        (100, 89, "6.8"),
    ],
)
def test_joint_lives_are_those_of_the_regulation(owner: int, spouse: int, divisor: str) -> None:
    assert joint_divisor(owner, spouse) == D(divisor)


def test_joint_lives_fall_with_either_age_and_are_longer_than_each_alone() -> None:
    for owner in OWNERS:
        row = [joint_divisor(owner, spouse) for spouse in range(20, owner - 10)]
        assert row == sorted(row, key=lambda each: each or D(0), reverse=True)
        assert all(each is not None and each >= uniform_divisor(owner) for each in row)
        assert all(each is not None and each >= single_life(20 + place) for place, each in enumerate(row))
        if owner > 72:
            older = [joint_divisor(owner - 1, spouse) for spouse in range(20, owner - 11)]
            assert all(
                now is not None and then is not None and now <= then for now, then in zip(row, older, strict=False)
            )


def test_ten_years_are_left_to_the_uniform_table() -> None:
    assert joint_divisor(73, 63) is None
    assert joint_divisor(73, 90) is None
    assert joint_divisor(73, 15) == joint_divisor(73, 20)
    assert joint_divisor(130, 119) == joint_divisor(120, 109)
    for wrong in (lambda: uniform_divisor(71), lambda: joint_divisor(71, 40)):
        with pytest.raises(ValueError, match="no divisor for 71"):
            wrong()
