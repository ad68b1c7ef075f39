"""Our federal tax against Tax-Calculator on 10,000 drawn households. `make test-deep` runs it; see `sample`."""

from __future__ import annotations

import sys
from collections import Counter

import pytest

from tests.tax_oracle.asking import answers_of
from tests.tax_oracle.households import draw
from tests.tax_oracle.ours import departures, differences, tax_of, unknown

NUMBER, SEED = 10_000, 20_261_121


@pytest.mark.deep
def test_every_covered_household_is_within_a_dollar_of_the_oracle(capsys: pytest.CaptureFixture[str]) -> None:
    households = draw(NUMBER, SEED)
    counted: Counter[str] = Counter()
    wrong = []
    for household, answer in zip(households, answers_of(households), strict=True):
        tax = tax_of(household)
        named = departures(household, tax, answer)
        counted.update([*named, *unknown(answer), "departed" if named else "compared"])
        apart = differences(household, tax, answer)
        if apart and not named:
            wrong.append((household, apart))
    with capsys.disabled():
        sys.stdout.write(f"\ndeep: {len(wrong)} of {NUMBER} apart from the oracle by more than a dollar\n")
        sys.stdout.writelines(f"deep: {name}: {number}\n" for name, number in sorted(counted.items()))
    assert wrong == []
    assert counted["compared"] > 0.98 * NUMBER
