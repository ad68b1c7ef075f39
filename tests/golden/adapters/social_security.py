"""Social Security: series of the product's own table, claims as the published cases state them."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from apps.plans.engine.claiming import (
    Claim,
    Relative,
    SurvivorBase,
    claiming_factor,
    full_retirement_age,
    month_of_age,
    spouse_excess,
    survivor_base,
    survivor_benefit,
    withheld_for_earnings,
    within_family_maximum,
    worker_benefit,
)
from apps.plans.engine.social_security import (
    SocialSecurityTable,
    average_indexed_earnings,
    bend_points,
    counted_birth,
    eligibility_year,
    indexed_earnings,
    primary_insurance,
    quarters_of_coverage,
    social_security_table_from_mapping,
)
from tests.golden.loader import GoldenFolders

TABLE = Path(__file__).resolve().parents[3] / "apps" / "plans" / "reference" / "social_security.toml"


@cache
def _table() -> SocialSecurityTable:
    with TABLE.open("rb") as file:
        return social_security_table_from_mapping(tomllib.load(file))


def _amount(value: Any) -> Decimal:
    return Decimal(str(value))


def _bend_points(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    bends = bend_points(_table(), case["eligibility_year"])
    return {"first": bends.first, "second": bends.second}


def _pia(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    return {"pia": primary_insurance(_table(), case["eligibility_year"], _amount(case["aime"])).amount}


def _parts(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    born = date.fromisoformat(case["birth"])
    earnings = {int(year): _amount(earned) for year, earned in case["earnings"].items()}
    average = average_indexed_earnings(_table(), born, earnings)
    parts = primary_insurance(_table(), eligibility_year(born), average).parts
    return {f"bracket{place}": part for place, part in enumerate(parts, start=1)}


def _wage_indexing(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    told = indexed_earnings(_table(), _amount(case["earnings"]), case["earnings_year"], case["year_of_62"] - 2)
    return {"indexed": told}


def _full_age(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    return {"months": full_retirement_age(case["birth_year"])}


def _factor(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    return {"factor": claiming_factor(case["months_from_fra"])}


def _benefit(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    claim = Claim(_amount(case["pia"]), date.fromisoformat(case["birth"]), case["claim_age_months"])
    return {"benefit": worker_benefit(claim)}


def _birthday(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    born = date.fromisoformat(case["birth_date"])
    counted = counted_birth(born)
    year, month = month_of_age(born, full_retirement_age(counted.year))
    return {"ssa_birth_month": f"{counted:%Y-%m}", "fra_month": f"{year}-{month:02}"}


def _spouse(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    higher, own = _amount(case["higher_pia"]), _amount(case["own_pia"])
    return {"spousal": spouse_excess(higher, own, case["months_before_fra"])}


def _survivor(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    base = SurvivorBase(_amount(case["deceased_base"]))
    return {"benefit": survivor_benefit(base, case["survivor_birth_year"], case["claim_age_months"])}


def _survivor_base(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    return {"base": survivor_base(_amount(case["deceased_pia"]), 1943, case["deceased_months_after_fra"]).amount}


def _withheld(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    """Nothing is withheld from full retirement age on."""
    if case["phase"].startswith(("after", "at_")):
        return {"withheld": Decimal(0)}
    told = withheld_for_earnings(
        _table(),
        case["year"],
        _amount(case["earnings"]),
        _amount(case["annual_benefit"]),
        reaches_full_age=case["phase"] != "before_fra",
    )
    return {"withheld": told}


def _family(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    """Children of both workers: the two maximums are combined, and the spouse's own benefit is outside them."""
    worker, own = _amount(case["worker_pia"]), _amount(case["spouse_pia"])
    available = _amount(case["worker_max"]) + _amount(case["spouse_max"]) - worker
    child = _amount(case["original_child"])
    relatives = [Relative(_amount(case["spouse_original"]), own), *[Relative(child)] * case["children"]]
    spouse, *children = within_family_maximum(relatives, available)
    return {"child_each": children[0], "spouse_excess": spouse}


def _credits(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    return {"quarters": quarters_of_coverage(_table(), case["year"], _amount(case["earnings"]))}


ADAPTERS = {
    "bend_points": _bend_points,
    "pia_from_aime": _pia,
    "pia_by_bracket": _parts,
    "wage_indexing": _wage_indexing,
    "full_retirement_age_months": _full_age,
    "claiming_factor": _factor,
    "benefit_monthly": _benefit,
    "ssa_birthday_rule": _birthday,
    "spousal_excess": _spouse,
    "survivor_benefit": _survivor,
    "survivor_base_with_drc": _survivor_base,
    "earnings_test_withholding": _withheld,
    "family_maximum_poms": _family,
    "quarters_of_coverage": _credits,
}
