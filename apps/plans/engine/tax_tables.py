"""The federal tax table of one year, as frozen values. Figures come from dated files, never from code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from apps.kernel.errors import InvalidInputError, gettext_noop


class FilingStatus(StrEnum):
    """How the household files its federal return."""

    SINGLE = "single"
    MARRIED_JOINT = "married_joint"
    MARRIED_SEPARATE = "married_separate"
    HEAD_OF_HOUSEHOLD = "head_of_household"
    SURVIVING_SPOUSE = "surviving_spouse"


@dataclass(frozen=True, slots=True)
class StatusTable:
    """The figures of one filing status, in dollars.

    ``ordinary_upper_bounds`` closes each bracket but the last. ``ss_base`` and ``ss_adjusted_base`` are the two
    thresholds of IRC 86 (a married person who files apart but lives with the spouse has zero and zero).
    """

    ordinary_upper_bounds: tuple[Decimal, ...]
    standard_deduction: Decimal
    additional_deduction: Decimal
    ltcg_0_max: Decimal
    ltcg_15_max: Decimal
    niit_threshold: Decimal
    medicare_threshold: Decimal
    ss_base: Decimal
    ss_adjusted_base: Decimal
    capital_loss_limit: Decimal
    senior_threshold: Decimal | None
    salt_cap: Decimal | None
    salt_threshold: Decimal | None
    salt_floor: Decimal | None
    amt_exemption: Decimal
    amt_phase_out: Decimal
    amt_28_start: Decimal
    child_credit_threshold: Decimal
    charity_without_itemising: Decimal


@dataclass(frozen=True, slots=True)
class MinimumTaxTable:
    """The two rates of the alternative minimum tax, and how fast its exemption shrinks (IRC 55(b), (d))."""

    rates: tuple[Decimal, Decimal]
    phase_out_rate: Decimal


@dataclass(frozen=True, slots=True)
class ChildCreditTable:
    """Credits for children under 17 and for other dependants (IRC 24).

    ``refundable_amount`` is the most per child that is paid out beyond the tax, out of ``earned_rate`` of what was
    earned above ``earned_threshold``.
    """

    amount: Decimal
    other_dependant: Decimal
    refundable_amount: Decimal
    earned_threshold: Decimal
    earned_rate: Decimal
    phase_out_rate: Decimal


@dataclass(frozen=True, slots=True)
class ItemisedTable:
    """Floors and limits of itemised deductions as parts of income; ``reduction`` is that of IRC 68, or none."""

    medical_floor: Decimal
    charity_limit: Decimal
    charity_floor: Decimal
    reduction: Decimal


@dataclass(frozen=True, slots=True)
class TaxTable:
    """One tax year: rates, thresholds per status, and what indexes with inflation.

    ``senior_amount`` is the deduction per person of 65 and more (P.L. 119-21, 2025 to 2028) or None in years
    without it; ``senior_last_year`` is the last calendar year that has it.
    """

    year: int
    effective_from: date
    source: str
    ordinary_rates: tuple[Decimal, ...]
    ltcg_rates: tuple[Decimal, Decimal, Decimal]
    niit_rate: Decimal
    additional_medicare_rate: Decimal
    social_security_rate: Decimal
    social_security_wage_base: Decimal
    medicare_rate: Decimal
    early_withdrawal_rate: Decimal
    early_withdrawal_age_months: int
    senior_amount: Decimal | None
    senior_phase_out_rate: Decimal | None
    senior_last_year: int | None
    salt_phase_out_rate: Decimal | None
    salt_growth_rate: Decimal | None
    salt_last_year: int | None
    minimum_tax: MinimumTaxTable
    child_credit: ChildCreditTable
    itemised: ItemisedTable
    statuses: Mapping[FilingStatus, StatusTable]

    def __post_init__(self) -> None:
        for status, table in self.statuses.items():
            bounds = table.ordinary_upper_bounds
            if len(bounds) + 1 != len(self.ordinary_rates) or list(bounds) != sorted(bounds):
                raise InvalidInputError(
                    gettext_noop("The brackets of “%(status)s” must rise and be one fewer than the rates."),
                    mend=gettext_noop("Correct the tax table."),
                    field=f"statuses.{status}.ordinary_upper_bounds",
                    status=str(status),
                )

    def of(self, status: FilingStatus) -> StatusTable:
        """Return the figures of one status; raises InvalidInputError when the table has none."""
        if status not in self.statuses:
            raise InvalidInputError(
                gettext_noop("The tax table of %(year)s has no figures for “%(status)s”."),
                mend=gettext_noop("Choose another filing status or complete the table."),
                field="filing_status",
                year=self.year,
                status=str(status),
            )
        return self.statuses[status]


def _money(value: Any) -> Decimal:
    return Decimal(str(value))


def _optional(row: Mapping[str, Any], key: str) -> Decimal | None:
    return _money(row[key]) if key in row else None


def _status(row: Mapping[str, Any]) -> StatusTable:
    return StatusTable(
        ordinary_upper_bounds=tuple(_money(bound) for bound in row["ordinary_upper_bounds"]),
        standard_deduction=_money(row["standard_deduction"]),
        additional_deduction=_money(row["additional_deduction"]),
        ltcg_0_max=_money(row["ltcg_0_max"]),
        ltcg_15_max=_money(row["ltcg_15_max"]),
        niit_threshold=_money(row["niit_threshold"]),
        medicare_threshold=_money(row["medicare_threshold"]),
        ss_base=_money(row["ss_base"]),
        ss_adjusted_base=_money(row["ss_adjusted_base"]),
        capital_loss_limit=_money(row["capital_loss_limit"]),
        senior_threshold=_optional(row, "senior_threshold"),
        salt_cap=_optional(row, "salt_cap"),
        salt_threshold=_optional(row, "salt_threshold"),
        salt_floor=_optional(row, "salt_floor"),
        amt_exemption=_money(row["amt_exemption"]),
        amt_phase_out=_money(row["amt_phase_out"]),
        amt_28_start=_money(row["amt_28_start"]),
        child_credit_threshold=_money(row["child_credit_threshold"]),
        charity_without_itemising=_money(row.get("charity_without_itemising", 0)),
    )


def _minimum_tax(row: Mapping[str, Any]) -> MinimumTaxTable:
    lower, upper = row["rates"]
    return MinimumTaxTable((_money(lower), _money(upper)), _money(row["phase_out_rate"]))


def _child_credit(row: Mapping[str, Any]) -> ChildCreditTable:
    return ChildCreditTable(**{field.name: _money(row[field.name]) for field in fields(ChildCreditTable)})


def _itemised(row: Mapping[str, Any]) -> ItemisedTable:
    part, whole = row.get("reduction", (0, 1))
    return ItemisedTable(
        medical_floor=_money(row["medical_floor"]),
        charity_limit=_money(row["charity_limit"]),
        charity_floor=_money(row.get("charity_floor", 0)),
        reduction=_money(part) / _money(whole),
    )


def tax_table_from_mapping(table: Mapping[str, Any]) -> TaxTable:
    """Build the table from a parsed file (``apps/plans/reference/federal_tax_*.toml`` has the form).

    Raises InvalidInputError where a key is missing or the brackets do not rise.
    """
    try:
        rates = table["rates"]
        zero, middle, high = rates["ltcg"]
        senior = table.get("senior_deduction", {})
        return TaxTable(
            year=int(table["year"]),
            effective_from=table["effective_from"],
            source=str(table["source"]),
            ordinary_rates=tuple(_money(rate) for rate in rates["ordinary"]),
            ltcg_rates=(_money(zero), _money(middle), _money(high)),
            niit_rate=_money(rates["niit"]),
            additional_medicare_rate=_money(rates["additional_medicare"]),
            social_security_rate=_money(rates["social_security"]),
            social_security_wage_base=_money(table["social_security_wage_base"]),
            medicare_rate=_money(rates["medicare"]),
            early_withdrawal_rate=_money(rates["early_withdrawal"]),
            early_withdrawal_age_months=int(table["early_withdrawal_age_months"]),
            senior_amount=_optional(senior, "amount"),
            senior_phase_out_rate=_optional(senior, "phase_out_rate"),
            senior_last_year=int(senior["last_year"]) if "last_year" in senior else None,
            salt_phase_out_rate=_optional(rates, "salt_phase_out"),
            salt_growth_rate=_optional(rates, "salt_growth"),
            salt_last_year=int(table["salt_last_year"]) if "salt_last_year" in table else None,
            minimum_tax=_minimum_tax(table["minimum_tax"]),
            child_credit=_child_credit(table["child_credit"]),
            itemised=_itemised(table["itemised"]),
            statuses={FilingStatus(name): _status(row) for name, row in table["statuses"].items()},
        )
    except KeyError as missing:
        raise InvalidInputError(
            gettext_noop("The tax table lacks “%(key)s”."),
            mend=gettext_noop("Add the entry with its source."),
            field=str(missing.args[0]),
            key=missing.args[0],
        ) from missing
