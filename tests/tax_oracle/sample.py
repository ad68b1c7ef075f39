"""Write the stored sample of the oracle's answers: `python -m tests.tax_oracle.sample`, after `make tax-oracle`.

Each `make test` holds us to it without the oracle. Only households where the oracle follows the statute stand in it.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.tax_oracle.asking import answers_of
from tests.tax_oracle.households import draw
from tests.tax_oracle.ours import departures, lines_of_oracle, tax_of, unknown

STORED = Path(__file__).resolve().parents[1] / "golden" / "cases" / "household_federal_tax.json"
DRAWN, SEED = 10_000, 20_240_101
ANY, WITH_MINIMUM_TAX = 460, 40
ABOUT = {
    "area": "household_federal_tax",
    "description": "Federal tax of drawn households, line by line, by Tax-Calculator 6.8.0 (PSLmodels, CC0)",
    "conventions": [
        "amounts that are not named are zero; married people who file apart live apart",
        "income_tax is before the earned income credit and the credit for the elderly",
        "figures of law set right before asking: tests/tax_oracle/oracle.py, CORRECTED",
    ],
}


def main() -> None:
    """Draw, ask, choose and write."""
    households = draw(DRAWN, SEED)
    both = list(zip(households, answers_of(households), strict=True))
    covered = [pair for pair in both if not departures(pair[0], tax_of(pair[0]), pair[1]) and not unknown(pair[1])]
    rare = [pair for pair in covered[ANY:] if pair[1]["minimum_tax"] > 0][:WITH_MINIMUM_TAX]
    cases = [
        {
            "id": f"household_federal_tax-{place:03d}",
            "function": "household_federal_tax",
            "input": {name: value for name, value in household.items() if value},
            "expected": {name: round(value, 2) for name, value in lines_of_oracle(answer).items()},
            "tolerance": {"abs": 1.0},
        }
        for place, (household, answer) in enumerate([*covered[:ANY], *rare], 1)
    ]
    head = json.dumps(ABOUT, indent=1)[:-2]
    lines = ",\n".join(f"  {json.dumps(case)}" for case in cases)
    STORED.write_text(f'{head},\n "cases": [\n{lines}\n ]\n}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
