"""The household's plan as its own people read it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from apps.clients.models import Household, Signature
from apps.core.actors import Actor
from apps.core.models import Job, JobState
from apps.core.templatetags.charts import ChartSpec
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.plans.models import Plan, PlanStatus, ProjectionRun
from apps.plans.policies import is_held
from apps.plans.selectors.charts import allocation_chart, cash_flow_chart, income_chart, wealth_chart
from apps.plans.selectors.held_plans import ConfirmedFacts, confirmed_of
from apps.plans.selectors.monitoring import Monitoring, monitoring_of
from apps.plans.selectors.overviews import PlanOverview, plan_overview, plan_shown
from apps.plans.selectors.passports import PlanPassport, passport_of

# what the firm calls "with the client" is, to the client, published
STATUS_WORDS = {
    PlanStatus.PUBLISHED: _("Published"),
    PlanStatus.IN_FORCE: _("In force"),
    PlanStatus.SUPERSEDED: _("Replaced"),
}


def status_words(overview: PlanOverview) -> str:
    """Return the plan's status in the client's words."""
    return str(STATUS_WORDS.get(PlanStatus(overview.status), overview.status_label))


@dataclass(frozen=True, slots=True)
class PlanCharts:
    """The pictures of a plan."""

    wealth: ChartSpec
    cash_flow: ChartSpec
    income: ChartSpec
    allocation: ChartSpec | None


@dataclass(frozen=True, slots=True)
class PlanPage:
    """A published version with its result, and what this person may do with it."""

    plan: Plan
    overview: PlanOverview
    signature: Signature | None
    since: Monitoring | None

    @property
    def charts(self) -> PlanCharts:
        """The pictures, as specifications."""
        return PlanCharts(
            wealth=wealth_chart(self.overview),
            cash_flow=cash_flow_chart(self.overview),
            income=income_chart(self.overview),
            allocation=allocation_chart(self.overview),
        )

    @property
    def status(self) -> str:
        """The version's status in the client's words."""
        return status_words(self.overview)

    @property
    def is_held(self) -> bool:
        """Whether all have signed and the advisor looks at facts that changed meanwhile."""
        return is_held(self.plan)

    @property
    def confirmed(self) -> ConfirmedFacts | None:
        """What the advisor confirmed of facts that changed since the plan was worked out."""
        return confirmed_of(self.plan)

    @property
    def signed_at(self) -> dt.datetime | None:
        """When this person signed."""
        return self.signature.signed_at if self.signature else None


def plan_page(household: Household, actor: Actor) -> PlanPage | None:
    """Return the newest version that was given to the client; None before the first."""
    plan = plan_shown(household, actor)
    overview = plan_overview(household, actor, plan) if plan is not None else None
    if plan is None or overview is None:
        return None
    own = Signature.objects.visible_to(actor).filter(request_id=plan.signature_request_id or 0)
    mine = own.filter(person__user_id=actor.user_id or 0).first()
    return PlanPage(plan, overview, mine, monitoring_of(plan, actor))


def plan_passport(household: Household, actor: Actor, key: str) -> PlanPassport:
    """Return where a figure of the plan comes from. Raises NotFoundError when there is no plan or no such figure."""
    plan = plan_shown(household, actor)
    if plan is None:
        raise NotFoundError(gettext_noop("There is no plan yet."), mend=gettext_noop("Your advisor publishes it."))
    return passport_of(household, actor, plan, key)


def given_plan(household: Household, actor: Actor) -> Plan:
    """Return the version that is with the client. Raises NotFoundError before the first."""
    plan = plan_shown(household, actor)
    if plan is None:
        raise NotFoundError(gettext_noop("There is no plan yet."), mend=gettext_noop("Your advisor publishes it."))
    return plan


def running_job(household: Household) -> Job | None:
    """Return the job that works on the household's plan now, for its progress."""
    rows = ProjectionRun.objects.filter(
        plan__household=household, finished_at=None, job__state__in=[JobState.QUEUED, JobState.RUNNING]
    )
    run = rows.select_related("job").first()
    return run.job if run else None
