"""Where the figures of a person come from."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext

from apps.clients.models import Household, Person
from apps.clients.selectors.people import person_facts
from apps.core.actors import Actor
from apps.core.passports import Amount, Passport, PassportLine
from apps.core.templatetags.formats import date_text


def person_passport(household: Household, person: Person, actor: Actor, on: dt.date) -> Passport:
    """Return age, and for who may see amounts income, as the person states them; what is not known is a dash."""
    facts = person_facts(person, actor, on=on)
    born = gettext("born %(day)s") % {"day": date_text(facts.date_of_birth)} if facts.date_of_birth else ""
    income = gettext("as stated, before taxes")
    amount = Amount.of_money(facts.annual_income, household.currency)
    return Passport(
        title=facts.name,
        value=Amount(facts.age, "years"),
        method=gettext("Whole years from the day of birth to today. Income is what the household states."),
        as_of=on,
        source=gettext("The household's file, last changed on %(day)s")
        % {"day": date_text(timezone.localdate(person.updated_at))},
        basis=gettext("Gross: before taxes and contributions."),
        lines=(
            PassportLine(gettext("Age"), born, Amount(facts.age, "years")),
            *((PassportLine(gettext("Income a year"), income, amount),) if facts.annual_income is not None else ()),
        ),
    )
