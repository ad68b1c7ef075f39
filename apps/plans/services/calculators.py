"""Questions to the engine that need no plan: what a calculator page asks. Nothing is kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.clients.models import Household
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.tax_calculator import TaxAnswer, TaxQuestion, tax_answer
from apps.plans.engine.tax_credits import Dependants
from apps.plans.engine.tax_tables import FilingStatus
from apps.plans.engine.taxes import TaxFacts
from apps.plans.services._mapping import FILING
from apps.plans.services._state_tax import state_caveats, state_table_of, state_tables
from apps.plans.services._tables import tax_table_on, tax_tables

_NOTHING = Decimal(0)
SENIOR = 65


@dataclass(frozen=True, slots=True)
class TaxAsked:
    """What somebody typed: dollars of a calendar year. `state` empty: not asked; `age_2` None: one adult."""

    year: int
    filing_status: str
    state: str
    age_1: int
    age_2: int | None
    wages_1: Decimal = _NOTHING
    wages_2: Decimal = _NOTHING
    pre_tax: Decimal = _NOTHING
    pensions: Decimal = _NOTHING
    withdrawals: Decimal = _NOTHING
    benefits: Decimal = _NOTHING
    interest: Decimal = _NOTHING
    dividends: Decimal = _NOTHING
    gains: Decimal = _NOTHING
    children: int = 0
    others: int = 0


@dataclass(frozen=True, slots=True)
class TaxTold:
    """The answer, the year of law of either table and its source, and what is weaker than the law as messages."""

    answer: TaxAnswer
    federal_year: int
    federal_source: str
    state_name: str
    state_year: int | None
    state_source: str
    caveats: tuple[tuple[str, dict[str, str]], ...]


def law_years() -> tuple[int, ...]:
    """Return the years whose federal law is known, the newest first."""
    return tuple(sorted((table.year for table in tax_tables()), reverse=True))


def law_states() -> tuple[tuple[str, str], ...]:
    """Return the states whose law is known: two letters and name, by name."""
    return tuple(sorted(((table.code, table.name) for table in state_tables().states.values()), key=lambda row: row[1]))


def law_choices() -> dict[str, list[tuple[Any, Any]]]:
    """Return what may be chosen of the law: `years`, `statuses` and `states` (first: not asked), value and words."""
    return {
        "years": [(year, year) for year in law_years()],
        "statuses": [*(Household._meta.get_field("filing_status").choices or [])],
        "states": [("", _("Not asked")), *law_states()],
    }


def ask_taxes(asked: TaxAsked) -> TaxTold:
    """Return a year's taxes. Raises NoTableError, and InvalidInputError whose field names what was typed."""
    table, state = tax_table_on(dt.date(asked.year, 12, 31)), state_table_of(asked.state) if asked.state else None
    status = FILING[asked.filing_status]
    is_couple = status is FilingStatus.MARRIED_JOINT
    ages = (asked.age_1, asked.age_2) if is_couple and asked.age_2 is not None else (asked.age_1,)
    if is_couple and asked.age_2 is None:
        raise InvalidInputError(
            gettext_noop("A couple that files jointly is two people."),
            mend=gettext_noop("Give the age of the second one."),
            field="age_2",
        )
    facts = TaxFacts(
        status=status,
        calendar_year=asked.year,
        wages=(asked.wages_1, asked.wages_2) if is_couple or asked.wages_2 else (asked.wages_1,),
        pre_tax=asked.pre_tax,
        ordinary=asked.pensions + asked.withdrawals,
        interest=asked.interest,
        qualified_dividends=asked.dividends,
        long_term_gain=asked.gains,
        benefits=asked.benefits,
        early_withdrawals=_NOTHING,
        seniors=sum(age >= SENIOR for age in ages),
        loss_carried=_NOTHING,
        dependants=Dependants(asked.children, asked.others),
    )
    return TaxTold(
        answer=tax_answer(TaxQuestion(table, state, facts, ages, asked.withdrawals)),
        federal_year=table.year,
        federal_source=table.source,
        state_name=state.name if state else "",
        state_year=state.year if state else None,
        state_source=state.source if state else "",
        caveats=tuple(state_caveats(asked.state, state)) if asked.state else (),
    )
