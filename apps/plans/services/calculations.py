"""Calculations that somebody wants kept: told by a client, noted by the firm, and made a debt, a goal or a step."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Household, Person
from apps.core import audit, realtime
from apps.core.actors import Actor
from apps.core.models import BaseModel
from apps.core.services import service
from apps.core.tenancy.addresses import site_url
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.money.selectors.calculators import (
    Told,
    interest_lines,
    loan_lines,
    refinancing_lines,
    rent_or_buy_lines,
)
from apps.money.selectors.situations import household_facts
from apps.money.services.calculators import (
    RefinancingAsked,
    ask_interest,
    ask_loan,
    ask_refinancing,
    ask_rent_or_buy,
)
from apps.money.services.facts import add_fact
from apps.notices.services.mails import queue_mail
from apps.plans.models import Calculation, CalculatorKind, GoalKind, GoalPriority, Plan, StepOwner
from apps.plans.selectors.calculations import Words, tax_lines
from apps.plans.services._checks import checked
from apps.plans.services._mapping import CENT
from apps.plans.services.calculators import TaxAsked, ask_taxes
from apps.plans.services.errors import NoDraftError, NotInTheHouseholdError
from apps.plans.services.goals import GoalDetails, set_goal
from apps.plans.services.steps import StepDetails, add_step

NOTE, DEBT, GOAL, STEP = "note", "debt", "goal", "step"
_MAILED_AGAIN_AFTER = dt.timedelta(days=1)
# what each calculator's answer can become besides a note
BECOMES = {CalculatorKind.LOAN: DEBT, CalculatorKind.REFINANCING: STEP, CalculatorKind.RENT_OR_BUY: GOAL}


@dataclass(frozen=True, slots=True)
class Asked:
    """A calculator's question: its clean fields, and the same as words and the answer's lines as they were read."""

    kind: str
    fields: Mapping[str, Any]
    words: Words


@dataclass(frozen=True, slots=True)
class Use:
    """What becomes of it: a `note`, or what `BECOMES` says; the name and the day are that thing's."""

    becomes: str = NOTE
    note: str = ""
    name: str = ""
    day: dt.date | None = None
    debt_kind: str = ""


@dataclass(frozen=True, slots=True)
class _Became:
    """What was made of a calculation, and the public id of that thing; nothing yet where `use` is empty."""

    use: str = ""
    thing: uuid.UUID | None = None


def answer_of(kind: str, told: Mapping[str, Any], *, currency: str, on: dt.date) -> Told:
    """Return a calculator's answer. Raises InvalidInputError whose field is what was typed, NoTableError."""
    if kind == CalculatorKind.TAX:
        return tax_lines(ask_taxes(TaxAsked(**told)), currency)
    if kind == CalculatorKind.LOAN:
        both = ask_loan(on=on, **told)
        return loan_lines(both.plain, both.quick, currency)
    if kind == CalculatorKind.REFINANCING:
        return refinancing_lines(ask_refinancing(RefinancingAsked(**told), on), currency)
    if kind == CalculatorKind.RENT_OR_BUY:
        return rent_or_buy_lines(ask_rent_or_buy(told, on), currency, on)
    return interest_lines(ask_interest(**told), currency)


@service
def tell_calculation(*, person: Person, asked: Asked, note: str, by: Actor) -> Calculation:
    """Tell the advisor of a calculation as the client who made it; the same one again, while it waits, is the same.

    Another one of its kind takes the place of the person's own that waits (its history says what stood there), and no
    second mail goes within a day of the one before. Raises NotInTheHouseholdError for somebody else's account.
    """
    if person.user_id is None or person.user_id != by.user_id:
        raise NotInTheHouseholdError(
            gettext_noop("Only the household's own people tell their calculations."),
            mend=gettext_noop("Sign in with the portal account."),
        )
    household = Household.objects.select_for_update(of=("self",)).select_related("advisor").get(pk=person.household_id)
    found = Calculation.objects.waiting().filter(household=household, person=person, kind=asked.kind).first()
    if found is not None and (found.asked, found.note) == (dict(asked.words.asked), note.strip()):
        return found
    is_fresh = found is not None and timezone.now() - found.created_at < _MAILED_AGAIN_AFTER
    row = (
        _keep(household, person, asked, note, by, _Became()) if found is None else _told_instead(found, asked, note, by)
    )
    if not is_fresh:
        _mail_advisor(household, row, by)
    return row


def _mail_advisor(household: Household, row: Calculation, by: Actor) -> None:
    advisor = household.advisor
    context = {
        "name": advisor.full_name,
        "person": str(row.person),
        "title": CalculatorKind(row.kind).label,
        "lines": [f"{label}: {text}" for label, text in row.answer],
        "note": row.note,
        "action_url": site_url(f"/households/{household.public_id}/plan/calculators/"),
        "action_label": _("Look at the calculation"),
    }
    queue_mail(kind="plans/calculation_told", to=advisor.email, context=context, by=by, locale=advisor.locale)


@service
def keep_calculation(*, household: Household, asked: Asked, use: Use, by: Actor) -> Calculation:
    """Note a calculation on the household, and make it what it is meant to become: all of it or nothing.

    A loan becomes a debt that is owed from today on, refinancing a step of the advisor's, buying a home a goal of the
    version in preparation. Raises InvalidInputError for what is missing, NoDraftError for a goal without a draft.
    """
    if use.becomes not in {NOTE, BECOMES.get(CalculatorKind(asked.kind))}:
        raise InvalidInputError(
            gettext_noop("This calculator's answer does not become that."),
            mend=gettext_noop("Choose one of the list."),
            field="becomes",
        )
    made: BaseModel | None = None
    if use.becomes == DEBT:
        made = _owe(household, asked, use, by)
    elif use.becomes == GOAL:
        made = _buy(household, asked, use, by)
    elif use.becomes == STEP:
        made = _plan_step(household, use, by)
    became = _Became(use.becomes, made.public_id if made is not None else None)
    row = _keep(household, None, asked, use.note, by, became)
    for told in Calculation.objects.waiting().filter(household=household, kind=row.kind):
        if told.asked == row.asked:  # what a client told is answered by what was made of the same question
            _settle(told, became, by)
    return row


@service
def settle_calculation(*, calculation: Calculation, by: Actor) -> Calculation:
    """Note that a calculation was talked about with the client; a second time changes nothing."""
    return _settle(calculation, _Became(), by)


def _settle(calculation: Calculation, became: _Became, by: Actor) -> Calculation:
    row = Calculation.objects.select_for_update(of=("self",)).get(pk=calculation.pk)
    if row.settled_at is not None:
        return row
    row.settled_by, row.settled_at = by.label, timezone.now()
    row.became, row.became_id = became.use, became.thing
    row.save(update_fields=["settled_by", "settled_at", "became", "became_id", "updated_at"])
    after = {"settled_by": row.settled_by, "became": row.became}
    audit.record("plans.settle_calculation", by=by, target=row, after=after)
    _publish(row)
    return row


def _keep(
    household: Household, person: Person | None, asked: Asked, note: str, by: Actor, became: _Became
) -> Calculation:
    row = Calculation(
        household=household,
        person=person,
        kind=asked.kind,
        asked=dict(asked.words.asked),
        answer=[list(line) for line in asked.words.lines],
        note=note.strip(),
        written_by=by.label,
        became=became.use,
        became_id=became.thing,
    )
    checked(row)
    row.save()
    audit.record("plans.keep_calculation", by=by, target=row, after=audit.snapshot(row))
    _publish(row)
    return row


def _told_instead(row: Calculation, asked: Asked, note: str, by: Actor) -> Calculation:
    """Put another question of the same kind in the place of one that waits, told now."""
    before = audit.snapshot(row)
    row.asked, row.answer = dict(asked.words.asked), [list(line) for line in asked.words.lines]
    row.note, row.written_by, row.created_at = note.strip(), by.label, timezone.now()
    checked(row)
    row.save(update_fields=["asked", "answer", "note", "written_by", "created_at", "updated_at"])
    audit.record("plans.keep_calculation", by=by, target=row, before=before, after=audit.snapshot(row))
    _publish(row)
    return row


def _publish(row: Calculation) -> None:
    realtime.publish(f"household:{row.household.public_id}", "plan.calculation", calculation=str(row.public_id))


def _named(use: Use) -> str:
    if not use.name.strip():
        raise InvalidInputError(gettext_noop("It has no name."), mend=gettext_noop("Give it one."), field="name")
    return use.name.strip()


def _dated(use: Use) -> dt.date:
    if use.day is None:
        raise InvalidInputError(gettext_noop("It has no day."), mend=gettext_noop("Give one."), field="day")
    return use.day


def _owe(household: Household, asked: Asked, use: Use, by: Actor) -> BaseModel:
    """The loan as agreed, with what more is paid each month; not a second time what the household owes already.

    A loan calculator begins with the household's own debt, so the same balance at the same rate is that debt.
    """
    told, day = asked.fields, firm_today()
    loan = (told["principal"], told["annual_rate"])
    owed = next(
        (debt for debt in household_facts(household, day).debts if (debt.balance, debt.annual_rate) == loan), None
    )
    if owed is not None:
        raise InvalidInputError(
            gettext_noop("The household owes this already: “%(name)s”, of the same balance at the same rate."),
            mend=gettext_noop("Keep the calculation as a note, and change that debt on the money page."),
            field="becomes",
            name=owed.name,
        )
    level = ask_loan(on=day, **told).plain.level
    fields = {
        "name": _named(use), "kind": use.debt_kind or "other", "balance": told["principal"],
        "annual_rate": told["annual_rate"], "monthly_payment": level + told["extra"], "as_of": day,
    }  # fmt: skip
    return add_fact(kind="debt", household=household, fields=fields, by=by)


def _buy(household: Household, asked: Asked, use: Use, by: Actor) -> BaseModel:
    """What buying takes at once: the down payment and its costs."""
    plan = Plan.objects.select_for_update().filter(household=household).in_the_works().first()
    if plan is None:
        raise NoDraftError(
            gettext_noop("No version of the plan is being prepared."),
            mend=gettext_noop("Start the next version, then save this calculation."),
        )
    told = asked.fields
    amount = (told["down_payment"] + told["price"] * told["buying_costs"]).quantize(CENT, rounding=ROUND_HALF_UP)
    if amount <= Decimal(0):
        raise InvalidInputError(
            gettext_noop("Nothing has to be put down: there is no goal to save for."),
            mend=gettext_noop("Keep it as a note, or give a down payment."),
            field="becomes",
        )
    details = GoalDetails(
        kind=GoalKind.HOME, name=_named(use), annual_amount=amount, priority=GoalPriority.IMPORTANT,
        starts_on=_dated(use), years=1,
    )  # fmt: skip
    return set_goal(plan=plan, details=details, by=by)


def _plan_step(household: Household, use: Use, by: Actor) -> BaseModel:
    return add_step(household=household, details=StepDetails(_named(use), StepOwner.ADVISOR, _dated(use)), by=by)
