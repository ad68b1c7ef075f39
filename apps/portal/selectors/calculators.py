"""What a client's calculation says in one sentence, and what it wishes for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.clients.models import Person
from apps.core.templatetags.formats import date_text, money_text, percent_text
from apps.plans.engine.results import Outcome
from apps.plans.models import GoalKind, GoalPriority, Tongue
from apps.plans.selectors.savings_values import RetirementAsked, SavingsTold


def asked_with(start: dict[str, Any], told: dict[str, Any], shares: tuple[str, ...]) -> dict[str, Any]:
    """Return all that a calculator asks: what the client said, and the plan's own choices for the rest."""
    rest = {name: Decimal(start[name]) / 100 if name in shares else start[name] for name in start}
    return {**rest, **told}


def sentence_of(told: SavingsTold, name: str) -> str:
    """Say a calculation as the client would, with its answer; `name` is who studies, empty where nobody is named."""
    asked, answer, currency = told.asked, told.answer, told.basis.currency
    places = {"chance": percent_text(answer.success.value, 0), "target": percent_text(asked.target, 0)}
    if isinstance(asked, RetirementAsked):
        if asked.is_couple:
            said = _(
                "I would like to stop working at %(age)s, my partner at %(other)s, and live on %(amount)s a year in "
                "today's money."
            )
        else:
            said = _("I would like to stop working at %(age)s and live on %(amount)s a year in today's money.")
        amount = money_text(asked.annual_income, currency, "whole")
        said %= {"age": asked.retirement_age, "other": asked.retirement_age_2, "amount": amount}
    else:
        said = _("I would like to pay for a study (%(name)s) from %(day)s until %(last)s, %(amount)s a year today.")
        said %= {
            "last": told.starts_on.year + asked.years,
            "day": date_text(told.starts_on),
            "amount": money_text(asked.annual_cost, currency, "whole"),
            "name": name or _("nobody named"),
        }
    if answer.needed.outcome is Outcome.REACHED:
        places["needed"] = money_text(round(answer.needed.monthly_amount, 2), currency, "whole")
        then = _("By the calculator the chance is %(chance)s; for %(target)s it takes %(needed)s a month.")
    else:
        then = _("By the calculator the chance is %(chance)s; the plan aims for %(target)s.")
    return f"{said} {then % places}"


def language() -> str:
    """Return the language that a sentence is written in now, among those that are read."""
    code = (get_language() or "")[:2]
    return code if code in Tongue.values else Tongue.ENGLISH


def wish_of(told: SavingsTold, cost: Decimal, whom: Person | None) -> dict[str, Any]:
    """Return what the calculation wishes for; `cost` is that of a year in money of today."""
    asked = told.asked
    if isinstance(asked, RetirementAsked):
        return {
            "kind": GoalKind.RETIREMENT, "name": _("Retirement"), "priority": GoalPriority.ESSENTIAL,
            "annual_amount": cost, "retirement_age": asked.retirement_age, "person": whom,
        }  # fmt: skip
    name = _("Education: %(name)s") % {"name": whom.first_name} if whom else _("Education")
    return {
        "kind": GoalKind.EDUCATION, "name": name, "priority": GoalPriority.IMPORTANT, "annual_amount": cost,
        "starts_on": told.starts_on, "years": asked.years, "person": whom,
    }  # fmt: skip
