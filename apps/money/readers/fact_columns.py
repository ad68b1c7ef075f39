"""The columns of a list of facts: of each kind of entry, the heading, the field it fills, and how a cell is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from apps.core.tabular.problems import CellError
from apps.core.tabular.tables import Cell
from apps.core.tabular.values import read_date, read_decimal, read_percent, text_of
from apps.kernel.errors import gettext_noop

_YES = frozenset({"yes", "y", "true", "x", "1", "sim", "s"})
_NO = frozenset({"no", "n", "false", "0", "não", "nao"})
Columns = Mapping[str, tuple[str, Callable[[Cell], Any]]]


def read_text(cell: Cell) -> str:
    """Read words without the spaces around them."""
    return text_of(cell).strip()


def read_whole(cell: Cell) -> int | None:
    """Read a count, an age or a calendar year. Raises CellError for a part of one."""
    value = read_decimal(cell)
    if value is None:
        return None
    if value != int(value):
        raise CellError(
            "not_whole",
            gettext_noop("“%(said)s” is no whole number."),
            mend=gettext_noop("Write it without decimals."),
            said=text_of(cell),
        )
    return int(value)


def read_yes(cell: Cell) -> bool:
    """Read a yes or a no. Raises CellError for anything else."""
    said = read_text(cell).casefold()
    if said not in _YES | _NO:
        raise CellError(
            "not_yes_or_no",
            gettext_noop("“%(said)s” is neither yes nor no."),
            mend=gettext_noop("Write yes or no."),
            said=text_of(cell),
        )
    return said in _YES


_COMMON: Columns = {"as of": ("as_of", read_date)}
_CONVERTED: Columns = {
    "converted" if not before else f"converted {before} before": (f"converted_{before}", read_decimal)
    for before in range(5)
}
COLUMNS: Mapping[str, Columns] = {
    "income": {
        **_COMMON, "type": ("kind", read_text), "amount": ("annual_amount", read_decimal),
        "growth": ("annual_growth", read_percent), "from": ("starts_on", read_date), "until": ("ends_on", read_date),
    },
    "expense": {**_COMMON, "type": ("category", read_text), "amount": ("monthly_amount", read_decimal)},
    "saving": {**_COMMON, "amount": ("monthly_amount", read_decimal), "until": ("ends_on", read_date)},
    "debt": {
        **_COMMON, "type": ("kind", read_text), "amount": ("balance", read_decimal),
        "rate": ("annual_rate", read_percent), "payment": ("monthly_payment", read_decimal),
        "company": ("lender", read_text), "from": ("taken_out_on", read_date),
    },
    "property": {
        **_COMMON, "type": ("kind", read_text), "amount": ("value", read_decimal), "cost": ("cost", read_decimal),
        "growth": ("annual_growth", read_percent), "property tax": ("property_tax", read_decimal),
    },
    "insurance": {
        **_COMMON, "type": ("kind", read_text), "amount": ("coverage", read_decimal),
        "payment": ("annual_premium", read_decimal), "company": ("insurer", read_text), "until": ("ends_on", read_date),
    },
    "windfall": {
        **_COMMON, "type": ("kind", read_text), "amount": ("amount", read_decimal), "from": ("expected_on", read_date),
    },
    "phase": {
        **_COMMON, "type": ("change", read_text), "amount": ("monthly_amount", read_decimal),
        "share": ("share", read_percent), "from": ("starts_on", read_date),
        "from retirement": ("starts_at_retirement", read_yes), "until": ("ends_on", read_date),
        "years": ("years", read_whole), "until age": ("until_age", read_whole), "essential": ("is_essential", read_yes),
    },
    "payment": {
        **_COMMON, "type": ("kind", read_text), "amount": ("annual_amount", read_decimal),
        "first year": ("first_year", read_whole), "last year": ("last_year", read_whole),
        "in living costs": ("in_costs", read_yes),
    },
    "grant": {
        **_COMMON, "type": ("kind", read_text), "shares": ("quantity", read_decimal), "price": ("price", read_decimal),
        "strike": ("strike", read_decimal), "discount": ("discount", read_percent),
        "granted on": ("granted_on", read_date), "cliff months": ("cliff_months", read_whole),
        "vesting months": ("vesting_months", read_whole), "every months": ("every_months", read_whole),
        "expires on": ("expires_on", read_date), "exercise on": ("exercise_on", read_date),
        "held": ("is_held", read_yes), "held shares": ("held_shares", read_decimal),
        "exercised on": ("exercised_on", read_date), "worth when exercised": ("exercise_worth", read_decimal),
        "minimum tax credit": ("minimum_tax_credit", read_decimal),
    },
    "former spouse": {
        **_COMMON, "amount": ("monthly_amount", read_decimal), "born": ("date_of_birth", read_date),
        "married on": ("married_on", read_date), "divorced on": ("divorced_on", read_date),
        "died on": ("died_on", read_date), "claimed on": ("claimed_on", read_date),
        "remarried on": ("remarried_on", read_date), "benefit from": ("benefit_from", read_date),
    },
    "ira basis": {**_COMMON, "amount": ("amount", read_decimal), "tax year": ("tax_year", read_whole)},
    "roth basis": {
        **_COMMON, "type": ("kind", read_text), "amount": ("contributions", read_decimal),
        "first year": ("first_year", read_whole), "tax year": ("tax_year", read_whole), **_CONVERTED,
    },
}  # fmt: skip
ALWAYS = ("household", "entry", "name", "person", "account")
HEADINGS = (*ALWAYS, *dict.fromkeys(heading for columns in COLUMNS.values() for heading in columns))
# whose entries each line must name, or may
NEEDS_PERSON = frozenset({"income", "grant", "former spouse", "ira basis", "roth basis"})
TAKES_PERSON = NEEDS_PERSON | {"insurance", "windfall", "phase"}


def fact_word(entry: str) -> str:
    """Return the word of a kind of fact (`services.facts.FACT_KINDS`) for how a list writes it."""
    return entry.replace(" ", "_")
