"""The state tax table of a household's residence, and what the plan says about it."""

from __future__ import annotations

from functools import cache

from apps.kernel.errors import gettext_noop
from apps.plans.engine.state_tables import StateTable, StateTables, Trust, state_tables_from_mapping
from apps.plans.services._tables import TAX_TABLES, read_table

NEWEST = "state_tax_2025.toml"

_TRUST = {
    Trust.PARTLY: gettext_noop("The state tax table of %(state)s is confirmed in part: %(checked)s drawn households."),
    Trust.UNVERIFIED: gettext_noop(
        "The state tax table of %(state)s is unverified: a second source agrees too seldom (%(checked)s)."
    ),
}
CAVEATS = {
    "assets_bought": gettext_noop("Gains in %(state)s are taken to be on assets bought after 2011."),
    "couples_apart": gettext_noop("Couples in %(state)s who may each compute alone are taken together."),
    "disputed": gettext_noop("Sources differ on some figures of %(state)s."),
    "employer_pensions": gettext_noop("Pensions are taken to be exempt in %(state)s, withdrawals are not."),
    "local": gettext_noop("Taxes of cities, counties and schools on income in %(state)s are left out."),
    "low_income": gettext_noop("Credits and exemptions of %(state)s for small incomes are left out."),
    "minimum_tax": gettext_noop("The minimum tax of %(state)s is left out."),
    "simplified": gettext_noop("Some exclusions of %(state)s by age or income are simplified."),
    "work_after_62": gettext_noop("What %(state)s excludes of wages after 62 is left out."),
}


@cache
def state_tables() -> StateTables:
    """Return the newest tables of the states."""
    return state_tables_from_mapping(read_table(TAX_TABLES / NEWEST))


def state_table_of(code: str) -> StateTable | None:
    """Return the table of a state by its two letters, None where there is none."""
    return state_tables().states.get(code.strip().upper())


def state_caveats(code: str, table: StateTable | None) -> list[tuple[str, dict[str, str]]]:
    """Return what a plan has to say about its state taxes: messages and what fills them."""
    if table is None and code.strip():
        return [(gettext_noop("There is no state tax table for “%(state)s”: it is left out."), {"state": code})]
    if table is None:
        return [(gettext_noop("The state of residence is not known: state income tax is left out."), {})]
    if not table.taxes_income:
        return []
    told = [
        (
            gettext_noop("State income tax is that of %(state)s in %(year)s, carried forward to later years."),
            {"state": table.name, "year": str(table.year)},
        )
    ]
    if table.trust in _TRUST:
        told.append((_TRUST[table.trust], {"state": table.name, "checked": table.checked_against}))
    return [*told, *((CAVEATS[key], {"state": table.name}) for key in table.caveats)]
