"""What is known of a retirement account that decides what must be taken out of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal

from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Person
from apps.core import audit, realtime
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.portfolios.engine.inherited import OF_AGE, SECURE, Bequest, Heir, SpouseChoice, had_begun, may_stretch
from apps.portfolios.models import Account, DistributionTerms, Employment, HeirKind, Registration
from apps.portfolios.selectors.distributions import OF_EMPLOYER, OF_OWNER, WITH_DISTRIBUTIONS
from apps.portfolios.services._checks import checked


@dataclass(frozen=True, slots=True)
class DistributionFacts:
    """The spouse who alone will inherit an account, or of an inherited one who died, when, and who the heir is.

    Of an employer's plan, whether its owner works there still, and owned more than five per cent of the employer.
    """

    spouse: Person | None = None
    deceased_born_on: dt.date | None = None
    died_on: dt.date | None = None
    heir: str = ""
    is_ten_year: bool = False
    left_by_deceased: Decimal = Decimal(0)
    spouse_holds: str = SpouseChoice.HEIR.value
    oldest_heir_born_on: dt.date | None = None
    are_all_eligible: bool = False
    heir_born_on: dt.date | None = None
    heir_died_on: dt.date | None = None
    employment: str = ""
    retired_on: dt.date | None = None
    is_five_percent_owner: bool | None = None


@service
def set_distribution_terms(*, account: Account, facts: DistributionFacts, by: Actor) -> DistributionTerms:
    """Write down who will inherit a retirement account, or from whom it was inherited.

    Raises InvalidInputError for an account of which nothing is required, a spouse who is no adult of the household or
    owns the account, an inherited account without its dates, a death to come, ten years for who may not choose, and
    what does not go together of employer, several heirs, a spouse's choice and an heir's death.
    """
    locked = Account.objects.select_for_update().get(pk=account.pk)
    if locked.registration not in WITH_DISTRIBUTIONS:
        raise InvalidInputError(
            gettext_noop("The law requires no distributions of an account of this registration."), field="registration"
        )
    if locked.registration in OF_OWNER:
        _check_spouse(locked, facts)
        _check_employment(locked, facts)
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
    none = DistributionFacts()
    of_owner = ("spouse", "employment", "retired_on", "is_five_percent_owner")
    if replace(facts, **{name: getattr(none, name) for name in of_owner}) != none:
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


def _check_employment(account: Account, facts: DistributionFacts) -> None:
    told = bool(facts.employment or facts.retired_on) or facts.is_five_percent_owner is not None
    if not told:
        return
    if account.registration not in OF_EMPLOYER:
        raise InvalidInputError(
            gettext_noop("Work counts for an employer's plan alone: of an IRA, the age decides."), field="employment"
        )
    if (facts.employment == Employment.RETIRED) != (facts.retired_on is not None):
        raise InvalidInputError(gettext_noop("Say when the owner left the employer."), field="retired_on")
    if facts.retired_on is not None and facts.retired_on > firm_today():
        raise InvalidInputError(gettext_noop("The owner left today or before."), field="retired_on")
    if facts.is_five_percent_owner is None or not facts.employment:
        raise InvalidInputError(
            gettext_noop("Say whether the owner works there, and owned more than five per cent of the employer."),
            field="is_five_percent_owner",
        )


def _check_bequest(account: Account, facts: DistributionFacts) -> None:
    if facts.spouse is not None:
        raise InvalidInputError(gettext_noop("An inherited account has an heir, no spouse to inherit."), field="spouse")
    if facts.employment or facts.retired_on or facts.is_five_percent_owner is not None:
        raise InvalidInputError(
            gettext_noop("Work counts for an employer's plan alone: of an IRA, the age decides."), field="employment"
        )
    if facts.died_on is None or facts.deceased_born_on is None or facts.heir not in HeirKind.values:
        raise InvalidInputError(
            gettext_noop("Say of an inherited account who died, when, and what the heir was to them."), field="heir"
        )
    if not facts.deceased_born_on < facts.died_on <= firm_today():
        raise InvalidInputError(gettext_noop("The death lies between the birth and today."), field="died_on")
    born = _heir_birth(account, facts)
    told = Bequest(
        deceased_born_on=facts.deceased_born_on,
        died_on=facts.died_on,
        heir=Heir(facts.heir),
        heir_born_on=born,
        is_roth=account.registration == Registration.INHERITED_ROTH,
        oldest_born_on=facts.oldest_heir_born_on,
        are_all_eligible=facts.are_all_eligible,
    )
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
    _check_sharing(told, facts)
    if facts.spouse_holds != SpouseChoice.HEIR and not (told.is_sole_spouse and facts.died_on.year >= SECURE):
        raise InvalidInputError(
            gettext_noop("Only a spouse who alone inherits, in 2020 or later, chooses as what to hold the account."),
            field="spouse_holds",
        )
    if facts.left_by_deceased and told.is_roth:
        raise InvalidInputError(
            gettext_noop("Of a Roth IRA nothing was required while its owner lived."), field="left_by_deceased"
        )


def _heir_birth(account: Account, facts: DistributionFacts) -> dt.date | None:
    """Return when the first heir was born: who died since is told, otherwise the account's owner."""
    if (facts.heir_died_on is None) != (facts.heir_born_on is None):
        raise InvalidInputError(
            gettext_noop("Say of an heir who died both when the heir was born and when the heir died."),
            field="heir_died_on",
        )
    if facts.heir_died_on is None:
        owner = account.owners.select_related("person").first()
        return owner.person.date_of_birth if owner else None
    if facts.heir == Heir.NO_PERSON or facts.spouse_holds == SpouseChoice.OWN:
        raise InvalidInputError(
            gettext_noop("Who held it as the own is the one who died: write that death down instead."),
            field="heir_died_on",
        )
    if facts.heir_died_on > firm_today():
        raise InvalidInputError(gettext_noop("The death lies between the birth and today."), field="heir_died_on")
    return facts.heir_born_on


def _check_sharing(told: Bequest, facts: DistributionFacts) -> None:
    oldest = told.oldest_born_on
    if oldest is None:
        if facts.are_all_eligible:
            raise InvalidInputError(
                gettext_noop("Say when the oldest of the heirs who share it was born."), field="oldest_heir_born_on"
            )
        return
    if told.heir in {Heir.NO_PERSON, Heir.MINOR_CHILD}:
        raise InvalidInputError(
            gettext_noop("For children under 21, and where no person inherits, no oldest heir is reckoned with."),
            field="oldest_heir_born_on",
        )
    if told.heir_born_on is not None and oldest > told.heir_born_on:
        raise InvalidInputError(
            gettext_noop("The oldest heir is no younger than this one."), field="oldest_heir_born_on"
        )
