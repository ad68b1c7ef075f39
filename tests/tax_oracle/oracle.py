"""Tax-Calculator (CC0) answers households: runs in an environment of its own (requirements/tax-oracle.txt).

Households come as JSON on standard input, answers leave on standard output; with ``--seconds N`` the seconds of a
processor in the median of N runs of its `calc_all` alone. Some figures of its law are not those of the statute and are
set right before it is asked (CORRECTED); docs/engine/plan_taxes.md says which.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from typing import Any

import numpy as np
import pandas as pd
import taxcalc

MARS = {"single": 1, "married_joint": 2, "married_separate": 3, "head_of_household": 4, "surviving_spouse": 5}
# IRC 24(h)(3): 400,000 for a joint return, 200,000 in any other case.
_CHILD_THRESHOLD = [200_000.0, 400_000.0, 200_000.0, 200_000.0, 200_000.0]
CORRECTED = {
    # IRC 63(f)(3): the larger amount is for the unmarried who are no surviving spouses. Rev. Proc. 2023-34.
    2024: {"CTC_ps": _CHILD_THRESHOLD, "STD_Aged": [1_950.0, 1_550.0, 1_550.0, 1_950.0, 1_550.0]},
    2025: {"CTC_ps": _CHILD_THRESHOLD},
    # IRC 164(b)(7)(B): 505,000 in 2026, half of it for a married person who files apart.
    2026: {"CTC_ps": _CHILD_THRESHOLD, "ID_AllTaxes_c_ps": [505_000.0, 505_000.0, 252_500.0, 505_000.0, 505_000.0]},
}
ANSWERS = {
    "agi": "c00100",
    "taxable_benefits": "c02500",
    "senior_deduction": "senior_deduction",
    "itemised": "c04470",
    "taxable_income": "c04800",
    "before_minimum_tax": "taxbc",
    "minimum_tax": "c09600",
    "before_credits": "c05800",
    "child_credit": "c07220",
    "dependant_credit": "odc",
    "refunded_child_credit": "c11070",
    "niit": "niit",
    "earned_income_credit": "eitc",
    "elderly_credit": "c07200",
    "income_tax": "iitax",
    "additional_medicare": "ptax_amc",
    "payroll_of_both": "ptax_was",
}


def records(households: list[dict[str, Any]]) -> pd.DataFrame:
    """Return the households in the oracle's own variables."""
    table = pd.DataFrame(households)
    couple = table["status"] == "married_joint"
    wages, spouse = table["wages"], table["spouse_wages"]
    return pd.DataFrame(
        {
            "RECID": np.arange(len(table)) + 1,
            "MARS": table["status"].map(MARS),
            "XTOT": 1 + couple.astype(int) + table["children"] + table["other_dependants"],
            "EIC": table["children"].clip(upper=3),
            "n24": table["children"],
            "nu18": table["children"],
            "age_head": table["age"],
            "age_spouse": table["spouse_age"],
            "e00200": wages + spouse,
            "e00200p": wages,
            "e00200s": spouse,
            "e00300": table["interest"],
            "e00400": table["tax_exempt_interest"],
            "e00600": table["dividends"],
            "e00650": table["qualified_dividends"],
            "p22250": table["short_term_gain"],
            "p23250": table["long_term_gain"],
            "e01500": table["pensions"],
            "e01700": table["pensions"],
            "e02400": table["benefits"],
            "e17500": table["medical"],
            "e18400": table["state_and_local"],
            "e19200": table["mortgage_interest"],
            "e19800": table["charity"],
        }
    ).astype(float)


def calculator(households: list[dict[str, Any]], year: int) -> taxcalc.Calculator:
    """Return the oracle over households of one year. Credits are claimed by all who may have them."""
    policy = taxcalc.Policy()
    policy.implement_reform({name: {year: value} for name, value in CORRECTED[year].items()})
    policy.set_year(year)
    data = records(households)
    for whole in ("RECID", "MARS", "XTOT", "EIC", "n24", "nu18", "age_head", "age_spouse"):
        data[whole] = data[whole].astype(int)
    asked = taxcalc.Records(data=data, start_year=year, gfactors=None, weights=None, exact_calculations=True)
    asked.credit_claim_urn[:] = 0.0
    return taxcalc.Calculator(policy=policy, records=asked, verbose=False)


def answers(households: list[dict[str, Any]]) -> list[dict[str, float]]:
    """Return the oracle's answer for each household, in their order."""
    told: list[dict[str, float]] = [{} for _ in households]
    for year in sorted({household["year"] for household in households}):
        places = [place for place, household in enumerate(households) if household["year"] == year]
        asked = calculator([households[place] for place in places], year)
        asked.calc_all()
        columns = {name: asked.array(variable) for name, variable in ANSWERS.items()}
        for row, place in enumerate(places):
            told[place] = {name: round(float(column[row]), 4) for name, column in columns.items()}
    return told


def seconds(households: list[dict[str, Any]], repeats: int) -> float:
    """Return the median seconds of a processor for `calc_all` of households of 2026, after a run that compiles."""
    asked = calculator(households, 2026)
    asked.calc_all()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        asked.calc_all()
        times.append(time.process_time() - start)
    return statistics.median(times)


if __name__ == "__main__":
    given = json.load(sys.stdin)
    if sys.argv[1:2] == ["--seconds"]:
        json.dump(seconds(given, int(sys.argv[2])), sys.stdout)
    else:
        json.dump(answers(given), sys.stdout)
