"""One mail a day for each advisor: what the night found of their households' plans, and which steps are due.

It says which households and how many, and leads to their pages; no amounts and no words of a step leave the firm.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.clients.models import Household
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.core.tenancy.addresses import site_url
from apps.notices.models import DigestChoice
from apps.notices.services.digests import ending_key, is_due, locked_choice
from apps.notices.services.mails import queue_mail
from apps.plans.models import AlertKind, PlanAlert, PlanStep

AHEAD = dt.timedelta(days=7)


@dataclass(slots=True)
class HouseholdNews:
    """What there is of one household; `alerts` are kinds, `first_due` the earliest day of its steps."""

    household: Household
    alerts: list[str | Promise] = field(default_factory=list)
    n_steps: int = 0
    n_overdue: int = 0
    first_due: dt.date | None = None

    @property
    def name(self) -> str:
        """The household's name."""
        return self.household.name

    @property
    def url(self) -> str:
        """The full address of its plan."""
        return site_url(f"/households/{self.household.public_id}/plan/")


def send_digests(*, on: dt.date, by: Actor) -> int:
    """Write to every advisor for whom there is something new; return how many mails went out.

    Each advisor is a transaction of its own: what a killed worker left, the next one writes, and nobody reads it twice.
    """
    advisors = User.objects.active().filter(pk__in=Household.objects.values("advisor"))
    return sum(send_digest(user=user, on=on, by=by) for user in advisors.order_by("pk"))


@service
def send_digest(*, user: User, on: dt.date, by: Actor) -> bool:
    """Write an advisor's digest of the firm's day unless it went, is not wanted, or says nothing new."""
    choice = locked_choice(user)
    if not is_due(choice, on):
        return False
    alerts, steps = _alerts(user), _steps(user, on)
    if not _is_new(alerts, steps, choice, on):
        return False
    context = {
        "name": user.full_name,
        "households": _by_household(alerts, steps, on),
        "choice_url": site_url("/account/digest/"),
        "end_url": site_url(f"/digest/end/{ending_key(user)}/"),
        "action_url": site_url("/"),
        "action_label": _("Open Today"),
    }
    queue_mail(kind="plans/digest", to=user.email, context=context, by=by, locale=user.locale)
    choice.last_on, choice.last_at = on, timezone.now()
    choice.save(update_fields=["last_on", "last_at", "updated_at"])
    audit.record("plans.send_digest", by=by, target=choice, after={"last_on": on})
    return True


def _alerts(user: User) -> list[PlanAlert]:
    """Return the alerts that nobody has looked at, of the advisor's own households."""
    rows = PlanAlert.objects.visible_to(user.as_actor()).open().filter(plan__household__advisor=user)
    return list(rows.select_related("plan__household").order_by("plan__household__name", "pk"))


def _steps(user: User, on: dt.date) -> list[PlanStep]:
    rows = PlanStep.objects.visible_to(user.as_actor()).due_by(on + AHEAD).filter(household__advisor=user)
    return list(rows.select_related("household").order_by("household__name", "due_on", "pk"))


def _is_new(alerts: Sequence[PlanAlert], steps: Sequence[PlanStep], choice: DigestChoice, on: dt.date) -> bool:
    """Say whether something came since the last digest: an alert, a step that is near, due today or late since."""
    if choice.last_on is None or choice.last_at is None:
        return bool(alerts or steps)
    if any(alert.created_at > choice.last_at for alert in alerts):
        return True
    last = choice.last_on
    return any(
        step.created_at > choice.last_at
        or step.due_on == on
        or last < step.due_on - AHEAD <= on
        or last <= step.due_on < on
        for step in steps
    )


def _by_household(alerts: Iterable[PlanAlert], steps: Iterable[PlanStep], on: dt.date) -> list[HouseholdNews]:
    found: dict[int, HouseholdNews] = {}

    def of(household: Household) -> HouseholdNews:
        return found.setdefault(household.pk, HouseholdNews(household))

    for alert in alerts:
        of(alert.plan.household).alerts.append(AlertKind(alert.kind).label)
    for step in steps:
        news = of(step.household)
        news.n_steps += 1
        news.n_overdue += step.due_on < on
        news.first_due = min(news.first_due or step.due_on, step.due_on)
    return sorted(found.values(), key=lambda news: news.name.casefold())
