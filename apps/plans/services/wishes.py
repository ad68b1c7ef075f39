"""Goals told in words: kept as they were written, found, confirmed by who said them, taken into the plan."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.role import is_client
from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Household, Person
from apps.core import audit, realtime
from apps.core.actors import Actor
from apps.core.services import service
from apps.core.tenancy.addresses import site_url
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.notices.services.mails import queue_mail
from apps.plans.models import OPEN_WISHES, Goal, GoalKind, GoalText, GoalWish, OverrideKind, Plan, WishState
from apps.plans.services._checks import checked
from apps.plans.services._wishes import unread_in, wishes_in
from apps.plans.services.errors import NoDraftError, NotInTheHouseholdError, WishDecidedError
from apps.plans.services.goal_means import Accounts, MeansDetails, accounts_named, set_means, told_of
from apps.plans.services.goals import GoalDetails, set_goal
from apps.plans.services.plans import set_override


@dataclass(frozen=True, slots=True)
class WishDetails:
    """What a wish says once it was read over; what is not known stays empty. `means` None: as they are."""

    kind: str
    name: str
    priority: str
    annual_amount: Decimal | None = None
    starts_on: dt.date | None = None
    years: int = 0
    retirement_age: int | None = None
    person: Person | None = None
    means: MeansDetails | None = None


@service
def tell_goals(*, household: Household, person: Person, text: str, language: str, by: Actor) -> GoalText:
    """Keep what somebody of the household said, with the goals found in it; of a client's words the advisor hears.

    Raises NotInTheHouseholdError for a client who is somebody else, InvalidInputError for a person outside of the
    household, no text, one that is too long and an unknown language.
    """
    by_client = is_client(by)
    if by_client and (person.household_id != household.pk or person.user_id != by.user_id):
        raise NotInTheHouseholdError(
            gettext_noop("Only the household's own people tell their goals."),
            mend=gettext_noop("Sign in with the portal account."),
        )
    if person.household_id != household.pk:
        raise InvalidInputError(gettext_noop("This person is not in the household."), field="person")
    if not text.strip():
        raise InvalidInputError(gettext_noop("Write what you want to reach."), field="text")
    row = GoalText(
        household=household,
        person=person,
        by_client=by_client,
        written_by=by.label,
        language=language,
        text=text.strip().replace("\r\n", "\n"),
    )
    checked(row)
    found = wishes_in(row, firm_today())
    row.unread = unread_in(row, found)
    row.save()
    for wish in found:
        wish.text = row  # has its key only now
        checked(wish)
        wish.save()
    after = {"language": row.language, "text": row.text, "goals": len(found)}
    audit.record("plans.tell_goals", by=by, target=row, after=after)
    if by_client:
        _tell_advisor(row, by)
    _publish(row)
    return row


@service
def propose_wish(*, person: Person, text: str, language: str, details: WishDetails, by: Actor) -> GoalWish:
    """Keep a goal that a client worked out, with the sentence that says how; the advisor hears and takes it or not.

    It is confirmed by being proposed. The same sentence again, while it waits, is the same wish. Raises
    NotInTheHouseholdError for somebody else's account, InvalidInputError for impossible values.
    """
    if person.user_id is None or person.user_id != by.user_id:
        raise NotInTheHouseholdError(
            gettext_noop("Only the household's own people tell their goals."),
            mend=gettext_noop("Sign in with the portal account."),
        )
    household = Household.objects.select_for_update(of=("self",)).select_related("advisor").get(pk=person.household_id)
    open_ones = GoalWish.objects.filter(text__person=person, state__in=OPEN_WISHES)
    same = open_ones.filter(text__text=text, kind=details.kind).first()
    if same is not None:
        return same
    row = GoalText(
        household=household, person=person, by_client=True, written_by=by.label, language=language, text=text
    )
    checked(row)
    row.save()
    wish = GoalWish(text=row, place=0, parts=[[0, len(text)]])
    _set(wish, details, {})
    _decide(wish, WishState.MEANT, by)
    audit.record("plans.propose_wish", by=by, target=wish, after={"text": text, **audit.snapshot(wish)})
    _tell_advisor(row, by)
    return wish


@service
def keep_wish(*, wish: GoalWish, details: WishDetails, by: Actor) -> GoalWish:
    """Confirm as the one who said it that this was meant, with what was corrected; the advisor takes it from there.

    Raises WishDecidedError, NotInTheHouseholdError for words of somebody else, InvalidInputError for impossible values.
    """
    row = _open(wish)
    if row.text.person.user_id != by.user_id:
        raise NotInTheHouseholdError(
            gettext_noop("Only who wrote the words says what was meant."),
            mend=gettext_noop("Tell your own goals in words of your own."),
        )
    accounts = accounts_named(row.text.household, row, details.means)
    before = told_of(row, accounts)
    _set(row, details, accounts)
    _decide(row, WishState.MEANT, by)
    audit.record("plans.keep_wish", by=by, target=row, before=before, after=told_of(row, accounts))
    return row


@service
def take_wish(*, wish: GoalWish, details: WishDetails, by: Actor) -> GoalWish:
    """Make it a goal of the version that is being prepared; for retirement its age as well, as a fact taken instead.

    Raises WishDecidedError, NoDraftError, and what a goal refuses: no amount, no time, a day in the past.
    """
    row = _open(wish)
    plan = Plan.objects.filter(household=row.text.household).in_the_works().first()
    if plan is None:
        raise NoDraftError(
            gettext_noop("No version of the plan is being prepared."),
            mend=gettext_noop("Start the next version; the words are kept."),
        )
    accounts = accounts_named(row.text.household, row, details.means)
    before = told_of(row, accounts)
    _set(row, details, accounts)
    row.goal = _goal_of(row, plan, by)
    _decide(row, WishState.TAKEN, by)
    audit.record("plans.take_wish", by=by, target=row, before=before, after=told_of(row, accounts))
    return row


@service
def drop_wish(*, wish: GoalWish, by: Actor) -> GoalWish:
    """Note that it was not meant; the words stay. Raises WishDecidedError, NotInTheHouseholdError for other clients."""
    row = _open(wish)
    if is_client(by) and row.text.person.user_id != by.user_id:
        raise NotInTheHouseholdError(
            gettext_noop("Only who wrote the words says what was meant."),
            mend=gettext_noop("Tell your own goals in words of your own."),
        )
    accounts = accounts_named(row.text.household, row)
    before = told_of(row, accounts)
    _decide(row, WishState.DROPPED, by)
    audit.record("plans.drop_wish", by=by, target=row, before=before, after=told_of(row, accounts))
    return row


def _open(wish: GoalWish) -> GoalWish:
    """Return the wish locked. Raises WishDecidedError when it is in the plan or was dropped."""
    rows = GoalWish.objects.select_for_update(of=("self",)).select_related("text__household__advisor", "text__person")
    row = rows.get(pk=wish.pk)
    if row.state not in OPEN_WISHES:
        raise WishDecidedError(
            gettext_noop("This was decided by %(name)s."),
            mend=gettext_noop("Reload the page to see what became of it."),
            name=row.decided_by,
        )
    return row


def _set(row: GoalWish, details: WishDetails, accounts: Accounts) -> None:
    if details.person is not None and details.person.household_id != row.text.household_id:
        raise InvalidInputError(gettext_noop("This person is not in the household."), field="person")
    is_retirement = details.kind == GoalKind.RETIREMENT
    row.kind, row.name, row.priority, row.person = details.kind, details.name.strip(), details.priority, details.person
    row.annual_amount, row.doubts = details.annual_amount, []
    row.starts_on = None if is_retirement else details.starts_on
    row.years = 0 if is_retirement else details.years
    row.retirement_age = details.retirement_age if is_retirement else None
    if details.means is not None:
        set_means(row, details.means, accounts)
    elif is_retirement:
        row.funded_only, row.wait_years, row.least_share = False, None, None


def _decide(row: GoalWish, state: WishState, by: Actor) -> None:
    row.state, row.decided_by, row.decided_at = state, by.label, timezone.now()
    checked(row)
    row.save()
    _publish(row.text)


def _goal_of(row: GoalWish, plan: Plan, by: Actor) -> Goal:
    """Set the plan's goal; one for the time after work changes the one that is there."""
    words = words_of(row)
    there = plan.goals.filter(kind=GoalKind.RETIREMENT).first() if row.kind == GoalKind.RETIREMENT else None
    amount = row.annual_amount if row.annual_amount is not None else there.annual_amount if there else None
    if amount is None:
        raise InvalidInputError(gettext_noop("Say how much it costs a year."), field="annual_amount")
    if row.retirement_age is not None:
        person = row.person or row.text.person
        age = Decimal(row.retirement_age)
        set_override(plan=plan, kind=OverrideKind.RETIREMENT_AGE, value=age, reason=words, person=person, by=by)
    details = GoalDetails(
        kind=row.kind,
        name=there.name if there else row.name,
        annual_amount=amount,
        priority=row.priority,
        starts_on=row.starts_on,
        years=row.years,
        person=there.person if there else row.person,
        own_words=" … ".join(part for part in (there.own_words if there else "", words) if part),
        # what the plan's goal says of its means stays where nothing else was said
        means=None if there and not row.funded_by else _means_of(row),
    )
    return set_goal(plan=plan, details=details, goal=there, by=by)


def _means_of(row: GoalWish) -> MeansDetails:
    return MeansDetails(tuple(row.funded_by), row.funded_only, row.wait_years, row.least_share)


def words_of(wish: GoalWish) -> str:
    """Return the words that a wish came from."""
    return " … ".join(wish.text.text[first:last] for first, last in wish.parts)


def _publish(row: GoalText) -> None:
    realtime.publish(f"household:{row.household.public_id}", "plan.goals_told", text=str(row.public_id))


def _tell_advisor(row: GoalText, by: Actor) -> None:
    advisor, household = row.household.advisor, row.household
    context = {
        "name": advisor.full_name,
        "person": str(row.person),
        "household": household.name,
        "text": row.text,
        "action_url": site_url(f"/households/{household.public_id}/plan/words/"),
        "action_label": _("Read the goals"),
    }
    queue_mail(kind="plans/goals_told", to=advisor.email, context=context, by=by, locale=advisor.locale)
