"""Which former spouse's record Social Security pays a member of the household on, from the household's facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from apps.kernel.errors import gettext_noop
from apps.money.selectors.facts import FormerSpouseFact, HouseholdFacts
from apps.plans.engine.claiming import EARLIEST_AGE, LATEST_AGE, SURVIVOR_AGE
from apps.plans.engine.inputs import Adult
from apps.plans.engine.other_records import Marriage, OtherRecord, RecordKind, first_day_divorced, is_entitled
from apps.plans.engine.retirement_choices import BenefitClaim
from apps.plans.engine.social_security import counted_birth

_MARRIED = {"married_joint", "married_separate"}


def records_of(adults: Sequence[Adult], facts: HouseholdFacts) -> dict[str, OtherRecord]:
    """Return the record on which each adult is paid, by key: of several the one that can pay most.

    A survivor is paid up to the whole amount, somebody divorced from who lives up to half of it.
    """
    found: dict[str, OtherRecord] = {}
    for fact in sorted(facts.former_spouses, key=lambda each: (_most(each), each.key)):
        adult = next((each for each in adults if each.key == str(fact.person_id)), None)
        if adult is not None and _is_due(fact, adult, facts):
            found[adult.key] = _record(fact, adult)
    return found


def record_caveats(
    claims: Sequence[BenefitClaim], facts: HouseholdFacts, names: Mapping[str, str]
) -> list[tuple[str, dict[str, str]]]:
    """Return what is to be said of each former spouse: message ids with what fills them."""
    paid = {claim.owner: claim.record for claim in claims if claim.record is not None}
    told = []
    for fact in facts.former_spouses:
        record = paid.get(str(fact.person_id))
        params = {"record": fact.name, "name": names.get(str(fact.person_id), "")}
        if record is None:
            told.append((_NOT_PAID, params))
        elif record.birth_date != fact.date_of_birth or record.primary_amount != float(fact.monthly_amount):
            told.append((_ONE_RECORD, params))
        else:
            told.append((_SURVIVOR if record.kind is RecordKind.DECEASED else _DIVORCED, params))
    return told


_NOT_PAID = gettext_noop(
    "Nothing is counted on the record of %(record)s for %(name)s: the law asks for nine months of marriage until the "
    "death, or ten years until a divorce, and for no new marriage before 60, or at all while the other lives; and each "
    "stated benefit needs the day on which it begins."
)
_ONE_RECORD = gettext_noop(
    "Of several former spouses' records one is counted for %(name)s: that of %(record)s is not, as another can pay "
    "more, or as nothing is due on it."
)
_SURVIVOR = gettext_noop("A survivor's benefit on the record of %(record)s is counted for %(name)s.")
_DIVORCED = gettext_noop(
    "What is due to %(name)s on the record of %(record)s is counted while both live; what a survivor would be paid is "
    "not."
)


def _most(fact: FormerSpouseFact) -> Decimal:
    return fact.monthly_amount if fact.died_on is not None else fact.monthly_amount / 2


def _is_due(fact: FormerSpouseFact, adult: Adult, facts: HouseholdFacts) -> bool:
    again = fact.remarried_on
    if again is None and facts.filing_status in _MARRIED:
        # married now, and nobody said since when: as soon as it could be
        again = fact.divorced_on or fact.died_on
    return is_entitled(Marriage(fact.married_on, fact.divorced_on, fact.died_on, again), adult.birth_date)


def _record(fact: FormerSpouseFact, adult: Adult) -> OtherRecord:
    amount, born = float(fact.monthly_amount), fact.date_of_birth
    claim_age = None if fact.claimed_on is None else _months(born, fact.claimed_on, EARLIEST_AGE)
    if fact.died_on is not None:
        begins = None if fact.benefit_from is None else _months(adult.birth_date, fact.benefit_from, SURVIVOR_AGE)
        return OtherRecord(RecordKind.DECEASED, amount, born, fact.died_on, claim_age, begins_age=begins)
    if fact.divorced_on is None:
        raise ValueError("a former spouse has died or is divorced")
    earliest = None if claim_age is not None else first_day_divorced(fact.divorced_on, born)
    return OtherRecord(RecordKind.DIVORCED, amount, born, fact.divorced_on, claim_age, earliest)


def _months(born: dt.date, day: dt.date, least: int) -> int:
    counted = counted_birth(born)
    return min(LATEST_AGE, max(least, (day.year - counted.year) * 12 + day.month - counted.month))
