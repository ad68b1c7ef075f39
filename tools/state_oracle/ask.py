"""Ask the two programs; runs in their environment, which has nothing of ours: ask.py <folder of tools> <answers.json>.

The tax is that before credits that pay out (policyengine-us) and the state's total (tenforty).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, sys.argv[1])
from state_oracle.households import STATES, retired_and_working, working

YEAR = "2025"
ANSWER = "state_income_tax_before_refundable_credits"
FILING = {"single": "Single", "married_joint": "Married/Joint", "head_of_household": "Head_of_House"}
NOT_TAXED = {"AK", "FL", "NV", "NH", "SD", "TN", "TX", "WA", "WY"}


def _adult(person: dict[str, float], household: dict[str, Any], place: int) -> dict[str, Any]:
    facts = {
        "age": person["age"],
        "employment_income": person["wages"],
        "taxable_private_pension_income": person["pension"],
        "taxable_ira_distributions": person["withdrawals"],
        "social_security_retirement": person["benefits"],
    }
    if place == 0:
        facts["taxable_interest_income"] = household["interest"]
        facts["qualified_dividend_income"] = household["qualified"]
        facts["long_term_capital_gains"] = household["gain"]
    return {name: {YEAR: value} for name, value in facts.items()}


def policyengine() -> dict[str, float]:
    """Return the tax by state and number of household: all in one simulation."""
    from policyengine_us import Simulation

    groups = ("tax_units", "families", "spm_units", "marital_units", "households")
    situation: dict[str, dict[str, Any]] = {name: {} for name in ("people", *groups)}
    for state in STATES:
        for household in retired_and_working():
            key = f"{state}{household['id']}"
            members = []
            for place, person in enumerate(household["people"]):
                members.append(f"{key}_{place}")
                situation["people"][members[-1]] = _adult(person, household, place)
            for group in groups:
                situation[group][key] = {"members": members}
            situation["households"][key]["state_code"] = {YEAR: state}
    answers = Simulation(situation=situation).calculate(ANSWER, int(YEAR))
    return {key: round(float(answer), 2) for key, answer in zip(situation["tax_units"], answers, strict=True)}


def tenforty() -> dict[str, dict[str, float]]:
    """Return the tax by backend, state and number of household, where the backend has the state."""
    import tenforty as oracle

    answers: dict[str, dict[str, float]] = {"ots": {}, "graph": {}}
    for state in sorted(set(STATES) - NOT_TAXED):
        for household in working():
            for backend, told in answers.items():
                try:
                    result = oracle.evaluate_return(
                        year=int(YEAR),
                        state=state,
                        backend=backend,
                        filing_status=FILING[household["status"]],
                        w2_income=household["people"][0]["wages"],
                        taxable_interest=household["interest"],
                        qualified_dividends=household["qualified"],
                        ordinary_dividends=household["qualified"],
                        long_term_capital_gains=household["gain"],
                    )
                except (ValueError, oracle.OTSError):
                    continue
                told[f"{state}{household['id']}"] = round(result.state_total_tax, 2)
    return answers


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps({"policyengine": policyengine(), "tenforty": tenforty()}), encoding="utf-8")
