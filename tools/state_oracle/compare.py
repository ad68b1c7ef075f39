"""Hold our state taxes against the answers of the two programs, and say by state how many lie within two dollars.

`python -m tools.state_oracle.compare <answers.json>` prints the table of docs/engine/state_taxes.md and fails where a
state of `state_tax_2025.toml` claims another count; with ``--cases`` it renews the stored sample of golden cases.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from apps.plans.engine.state_tables import StateTables, Trust, state_tables_from_mapping
from apps.plans.engine.state_taxes import resolved, state_facts, state_tax
from apps.plans.engine.tax_tables import FilingStatus, TaxTable, tax_table_from_mapping
from apps.plans.engine.taxes import TaxFacts
from tools.state_oracle.households import retired_and_working, working

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "apps" / "plans" / "reference"
CASES = ROOT / "tests" / "golden" / "cases" / "state_income_tax.json"
# Two dollars, and the cent by which rounding of one side may exceed them; tenforty rounds lines to dollars.
WITHIN, WITHIN_ROUNDED = Decimal("2.01"), Decimal("2.51")
FEWEST_WITH_TENFORTY = 60
PER_STATE = 8
# Of the 160 households that policyengine-us answered: nine tenths confirm a state, six tenths confirm it partly.
CONFIRMED, PARTLY = 144, 96


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((REFERENCE / name).read_text(encoding="utf-8"))


@cache
def tables() -> tuple[TaxTable, StateTables]:
    """The federal and the states' tables of 2025."""
    states = state_tables_from_mapping(_read("state_tax_2025.toml"))
    return tax_table_from_mapping(_read("federal_tax_2025.toml")), states


def our_tax(federal: TaxTable, states: StateTables, state: str, household: Mapping[str, Any]) -> Decimal:
    """The tax of a drawn household by our own rules."""
    people, status = household["people"], FilingStatus(household["status"])
    amounts = {
        name: tuple(Decimal(str(person[name])) for person in people)
        for name in ("wages", "pension", "withdrawals", "benefits")
    }
    facts = TaxFacts(
        status=status,
        calendar_year=2025,
        wages=amounts["wages"],
        pre_tax=Decimal(0),
        ordinary=sum(amounts["pension"], Decimal(0)) + sum(amounts["withdrawals"], Decimal(0)),
        interest=Decimal(str(household["interest"])),
        qualified_dividends=Decimal(str(household["qualified"])),
        long_term_gain=Decimal(str(household["gain"])),
        benefits=sum(amounts["benefits"], Decimal(0)),
        early_withdrawals=Decimal(0),
        seniors=sum(person["age"] >= 65 for person in people),
        loss_carried=Decimal(0),
    )
    table = states.of(state)
    if not table.taxes_income:
        return Decimal(0)
    law = resolved(table, status, [int(person["age"]) for person in people])
    read = state_facts(federal, facts, pensions=amounts["pension"], withdrawals=amounts["withdrawals"])
    return state_tax(law, read).total


def checked(answers: Mapping[str, Any], state: str) -> str:
    """How many drawn households agree, as the table of the states says it."""
    federal, states = tables()
    households = retired_and_working()
    near = sum(
        abs(our_tax(federal, states, state, each) - Decimal(str(answers["policyengine"][f"{state}{each['id']}"])))
        <= WITHIN
        for each in households
    )
    said = f"policyengine-us 2.68.0: {near} of {len(households)}"
    at_work = working()
    best = (0, "")
    for backend, told in answers["tenforty"].items():
        known = [each for each in at_work if f"{state}{each['id']}" in told]
        agreeing = sum(
            abs(our_tax(federal, states, state, each) - Decimal(str(told[f"{state}{each['id']}"]))) <= WITHIN_ROUNDED
            for each in known
        )
        best = max(best, (agreeing, backend))
    if best[0] >= FEWEST_WITH_TENFORTY:
        said += f"; tenforty 2025.12 ({best[1]}): {best[0]} of {len(at_work)}"
    return said


def trust_of(said: str) -> Trust:
    """What the counts allow a state to be called."""
    near = int(said.removeprefix("policyengine-us 2.68.0: ").split(" ")[0])
    return Trust.CONFIRMED if near >= CONFIRMED else Trust.PARTLY if near >= PARTLY else Trust.UNVERIFIED


def sample(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Golden cases of our own: of each state the first households on which policyengine-us agrees."""
    federal, states = tables()
    cases = []
    for state in states.states:
        kept = 0
        for household in retired_and_working():
            told = Decimal(str(answers["policyengine"][f"{state}{household['id']}"]))
            if kept < PER_STATE and abs(our_tax(federal, states, state, household) - told) <= WITHIN:
                kept += 1
                cases.append(
                    {
                        "id": f"state_income_tax-{state}-{household['id']:03d}",
                        "function": "state_income_tax",
                        "input": {"state": state, "year": 2025, **household},
                        "expected": {"tax": float(told)},
                        "tolerance": {"abs": 2.01},
                        "source": "policyengine-us 2.68.0, state_income_tax_before_refundable_credits",
                    }
                )
    return {
        "area": "state_income_tax",
        "description": "State income tax of 2025 on drawn households, with the answers of policyengine-us",
        "cases": cases,
    }


def main(path: str, *options: str) -> int:
    """Print the table and compare it with what the file claims."""
    answers = json.loads(Path(path).read_text(encoding="utf-8"))
    _, states = tables()
    wrong = 0
    for state, table in sorted(states.states.items()):
        said = checked(answers, state)
        claimed = said == table.checked_against and trust_of(said) is table.trust
        wrong += not claimed
        print(f"| {state} | {trust_of(said)} | {said} |" + ("" if claimed else " not as the file claims"))
    if "--cases" in options:
        CASES.write_text(json.dumps(sample(answers), indent=1) + "\n", encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
