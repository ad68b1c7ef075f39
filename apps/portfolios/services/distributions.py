"""What is known of a retirement account that decides what must be taken out of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from decimal import Decimal

from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Person
from apps.core import audit, realtime
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.portfolios.engine.inherited import OF_AGE, SECURE, Bequest, Heir, had_begun, may_stretch
from apps.portfolios.models import Account, DistributionTerms, HeirKind
from apps.portfolios.selectors.distributions import OF_OWNER, WITH_DISTRIBUTIONS
from apps.portfolios.services.accounts import checked


@dataclass(frozen=True, slots=True)
class DistributionFacts:
    """The spouse who alone will inherit an account, or of an inherited one who died, when, and who the heir is."""

    spouse: Person | None = None
    deceased_born_on: dt.date | None = None
    died_on: dt.date | None = None
    heir: str = ""
    is_ten_year: bool = False
    left_by_deceased: Decimal = Decimal(0)


@service
def set_distribution_terms(*, account: Account, facts: DistributionFacts, by: Actor) -> DistributionTerms:
    """Write down who will inherit a retirement account, or from whom it was inherited.

    Raises InvalidInputError for an account of which nothing is required, a spouse who is no adult of the household or
    owns the account, an inherited account without its dates, a death to come, or ten years for who may not choose.
    """
    locked = Account.objects.select_for_update().get(pk=account.pk)
    if locked.registration not in WITH_DISTRIBUTIONS:
        raise InvalidInputError(
            gettext_noop("The law requires no distributions of an account of this registration."), field="registration"
        )
    if locked.registration in OF_OWNER:
        _check_spouse(locked, facts)
    else:
        _check_bequest(locked, facts)
    terms = DistributionTerms.objects.filter(account=locked).first()
    before = audit.snapshot(terms) if terms else None
    terms = terms or DistributionTerms(account=locked)
    for name in DistributionFacts.__dataclass_fields__:
        setattr(terms, name, getattr(facts, name))
    checked(terms, exclude=["account"])
    terms.save()
    audit.record("portfolios.set_distribution_terms", by=by, target=terms, before=before, after=audit.snapshot(terms))
    topic = f"household:{locked.household.public_id}"
    realtime.publish(topic, "portfolio.changed", account=str(locked.public_id))
    return terms


def _check_spouse(account: Account, facts: DistributionFacts) -> None:
    if asdict(facts) != asdict(DistributionFacts(spouse=facts.spouse)):
        raise InvalidInputError(gettext_noop("Only an inherited account comes from somebody."), field="heir")
    if facts.spouse is None:
        return
    adults = account.household.people.adults().exclude(owned_accounts__account=account)
    spouse = adults.filter(pk=facts.spouse.pk).first()
    if spouse is None:
        raise InvalidInputError(
            gettext_noop("The spouse is the other adult of the household, not the owner."), field="spouse"
        )
    if spouse.date_of_birth is None:
        raise InvalidInputError(
            gettext_noop("The spouse's date of birth is not known."),
            mend=gettext_noop("Write it down on the household's page first."),
            field="spouse",
        )


def _check_bequest(account: Account, facts: DistributionFacts) -> None:
    if facts.spouse is not None:
        raise InvalidInputError(gettext_noop("An inherited account has an heir, no spouse to inherit."), field="spouse")
    if facts.died_on is None or facts.deceased_born_on is None or facts.heir not in HeirKind.values:
        raise InvalidInputError(
            gettext_noop("Say of an inherited account who died, when, and what the heir was to them."), field="heir"
        )
    if not facts.deceased_born_on < facts.died_on <= firm_today():
        raise InvalidInputError(gettext_noop("The death lies between the birth and today."), field="died_on")
    owner = account.owners.select_related("person").first()
    born = owner.person.date_of_birth if owner else None
    told = Bequest(facts.deceased_born_on, facts.died_on, Heir(facts.heir), born)
    of_age = (born.year + OF_AGE, born.month, born.day) if born else (0, 0, 0)
    died = facts.died_on
    if told.heir == Heir.MINOR_CHILD and of_age <= (died.year, died.month, died.day):
        raise InvalidInputError(gettext_noop("The heir was of age when the owner died."), field="heir")
    may_choose = facts.died_on.year >= SECURE and may_stretch(told) and not had_begun(told)
    if facts.is_ten_year and not may_choose:
        raise InvalidInputError(
            gettext_noop("Only an heir who may take it over a life, of an owner who had not begun, chooses ten years."),
            field="is_ten_year",
        )
