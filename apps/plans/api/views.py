"""Plans, their projections, goals and advice, and the jobs that compute them."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from apps.clients.models import Household, Person
from apps.core.api.actor import api_actor
from apps.core.api.english import EnglishMixin
from apps.core.api.etags import IF_MATCH, TaggedReadMixin, demand_match, tagged_answer
from apps.core.api.idempotency import IdempotentPostMixin
from apps.core.api.serializers import JobOut
from apps.core.api.sparse import FIELDS
from apps.core.models import Job
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.plans.api.goal_serializers import GoalIn, GoalOut
from apps.plans.api.serializers import (
    AnalysisIn,
    AnalysisOut,
    BandOut,
    PlanOut,
    RecommendationsOut,
    allocation_body,
    analysis_body,
    bands_body,
    check_levers,
    mixes_body,
    plan_body,
    recommendation_body,
)
from apps.plans.api.together_serializers import together_body
from apps.plans.api.version_serializers import NewPlanIn, PlanRowOut, StatusIn
from apps.plans.models import Plan
from apps.plans.selectors.overviews import PlanOverview, draft_beside, plan_answered, plan_overview
from apps.plans.selectors.plan_pages import plan_for
from apps.plans.selectors.what_if import asked_of
from apps.plans.selectors.what_if_values import Question
from apps.plans.services.goals import set_goal
from apps.plans.services.moved_facts import digest_of, moved_of
from apps.plans.services.plans import draft_plan
from apps.plans.services.projections import request_projection
from apps.plans.services.statuses import move_plan
from apps.plans.services.what_if import answer_question


def household_of_client(request: Request, client_id: object) -> Household:
    """Return the household of a client (or the household itself, by its id). Raises NotFoundError."""
    actor = api_actor(request)
    person = Person.objects.visible_to(actor).select_related("household").filter(public_id=str(client_id)).first()
    if person is not None:
        return person.household
    household = Household.objects.visible_to(actor).filter(public_id=str(client_id)).first()
    if household is None:
        raise NotFoundError(gettext_noop("There is no such client."), field="client_id")
    return household


def overview_or_refuse(request: Request, household: Household, plan: Plan | None = None) -> PlanOverview:
    """Return a version with its result, the newest that has one where none is named. Raises NotFoundError before it."""
    actor = api_actor(request)
    plan = plan or plan_answered(household, actor)
    found = None if plan is None else plan_overview(household, actor, plan)
    if found is None:
        raise NotFoundError(
            gettext_noop("There is no generated plan yet."), mend=gettext_noop("Generate one by POST first.")
        )
    return found


def _versions(request: Request, household: Household, overview: PlanOverview) -> dict[str, Any]:
    """Return which version answers, and the one that is being prepared beside it."""
    draft = draft_beside(household, api_actor(request), overview.plan_id)
    return {
        "version": overview.version,
        "status": overview.status,
        "draft": draft and {"id": draft.public_id, "version": draft.version, "status": draft.status},
    }


def _accepted(job: Job | None) -> Response:
    body = JobOut(job).data
    return Response(body, status=status.HTTP_202_ACCEPTED, headers={"Location": body["url"]})


class ClientPlanViewSet(EnglishMixin, IdempotentPostMixin, viewsets.ViewSet):
    """The plan of a client's household; 404 before the first."""

    scope_area = "plans"

    @extend_schema(summary="Read a client's plan", responses={200: PlanOut}, parameters=[FIELDS], tags=["plans"])
    def retrieve(self, request: Request, client_id: str) -> Response:
        """Answer with the newest version that has a result, and say whether another is being prepared."""
        household = household_of_client(request, client_id)
        plan = plan_answered(household, api_actor(request))
        overview = overview_or_refuse(request, household, plan)
        found = moved_of(plan)
        moved = {"facts_moved": [str(each) for each in found], "facts_digest": digest_of(found)}
        body = {**plan_body(overview), **_versions(request, household, overview), **moved}
        return tagged_answer(request, PlanOut(body).data, PlanOut(body, context={"request": request}).data)

    @extend_schema(summary="Generate a client's plan", request=None, responses={202: JobOut}, tags=["plans"])
    def create(self, request: Request, client_id: str) -> Response:
        """Generate the version that is being prepared, or the next one; answers with the job."""
        actor, household = api_actor(request), household_of_client(request, client_id)
        plan = Plan.objects.visible_to(actor).filter(household=household).in_the_works().first()
        plan = plan or draft_plan(household=household, by=actor)
        return _accepted(request_projection(plan=plan, by=actor).job)


class RecommendationViewSet(EnglishMixin, viewsets.ViewSet):
    """The advice for a client's household: allocation and rationale, and each recommendation."""

    scope_area = "plans"

    @extend_schema(
        summary="Read a client's recommendations",
        responses={200: RecommendationsOut},
        parameters=[FIELDS],
        tags=["plans"],
    )
    def retrieve(self, request: Request, client_id: str) -> Response:
        """Answer with the advice of the newest version that has a result."""
        household = household_of_client(request, client_id)
        overview = overview_or_refuse(request, household)
        body = {
            "plan_id": overview.plan_id,
            **_versions(request, household, overview),
            "as_of": overview.as_of,
            "allocation": allocation_body(overview.allocation),
            "mixes": mixes_body(overview.mixes),
            "recommendations": [recommendation_body(line) for line in overview.recommendations],
            "accepted_together": together_body(overview.together),
        }
        shown = RecommendationsOut(body, context={"request": request}).data
        return tagged_answer(request, RecommendationsOut(body).data, shown)


@extend_schema_view(
    list=extend_schema(summary="List plans", parameters=[FIELDS], tags=["plans"]),
    retrieve=extend_schema(summary="Read a version", parameters=[FIELDS], tags=["plans"]),
)
class FinancialPlanViewSet(
    EnglishMixin, IdempotentPostMixin, TaggedReadMixin, mixins.ListModelMixin, viewsets.GenericViewSet[Plan]
):
    """Versions of plans."""

    scope_area = "plans"
    serializer_class = PlanRowOut
    lookup_field = "public_id"
    lookup_url_kwarg = "plan_id"

    def get_queryset(self) -> QuerySet[Plan]:
        """Return those the caller may see."""
        return Plan.objects.visible_to(api_actor(self.request)).select_related("household", "signature_request")

    @extend_schema(summary="Start a plan", request=NewPlanIn, responses={201: PlanRowOut}, tags=["plans"])
    def create(self, request: Request) -> Response:
        """Start the next version of a household's plan."""
        form = NewPlanIn(data=request.data)
        form.is_valid(raise_exception=True)
        household = household_of_client(request, form.validated_data["client_id"])
        plan = draft_plan(household=household, by=api_actor(request))
        address = reverse("plans_api:plan-detail", kwargs={"plan_id": str(plan.public_id)})
        return Response(PlanRowOut(plan).data, status=status.HTTP_201_CREATED, headers={"Location": address})

    @extend_schema(
        summary="Move a plan", request=StatusIn, responses={200: PlanRowOut}, parameters=[IF_MATCH], tags=["plans"]
    )
    def set_status(self, request: Request, plan_id: str) -> Response:
        """Bring a version to a status."""
        form = StatusIn(data=request.data)
        form.is_valid(raise_exception=True)
        plan = plan_for(api_actor(request), plan_id)
        demand_match(request, self.tag_of(plan))
        moved = move_plan(plan=plan, by=api_actor(request), **form.validated_data)
        return Response(PlanRowOut(moved).data, headers={"ETag": self.tag_of(moved)})

    @extend_schema(
        summary="Analyse a plan",
        request=AnalysisIn,
        responses={200: AnalysisOut, 202: JobOut},
        tags=["plans"],
    )
    def analyse(self, request: Request, plan_id: str) -> Response:
        """Compute the version and answer with the job; with levers, answer how it fares with them moved."""
        form = AnalysisIn(data=request.data)
        form.is_valid(raise_exception=True)
        actor, levers = api_actor(request), form.validated_data["levers"]
        plan = plan_for(actor, plan_id)
        if levers is None:
            return _accepted(request_projection(plan=plan, by=actor).job)
        asked = asked_of(plan)
        if asked is None:
            raise NotFoundError(gettext_noop("There is no generated plan yet."))
        check_levers(asked, levers)
        question = Question(uuid.uuid4().hex, 0, levers, is_whole=True)
        answer = answer_question(run=asked.run, question=question, by=actor)
        return Response(AnalysisOut(analysis_body(asked, answer)).data)

    @extend_schema(summary="Read projections", responses={200: BandOut(many=True)}, tags=["plans"])
    def projections(self, request: Request, plan_id: str) -> Response:
        """Answer with the bands of wealth year by year."""
        plan = plan_for(api_actor(request), plan_id)
        return Response(BandOut(bands_body(overview_or_refuse(request, plan.household, plan)), many=True).data)

    @extend_schema(summary="Add a goal", request=GoalIn, responses={201: GoalOut}, tags=["plans"])
    def add_goal(self, request: Request, plan_id: str) -> Response:
        """Add a goal to a version that is being prepared."""
        plan = plan_for(api_actor(request), plan_id)
        form = GoalIn(data=request.data, context={"currency": plan.household.currency})
        form.is_valid(raise_exception=True)
        goal = set_goal(plan=plan, details=form.details, by=api_actor(request))
        return Response(GoalOut(goal).data, status=status.HTTP_201_CREATED)

    @extend_schema(summary="List goals", responses={200: GoalOut(many=True)}, tags=["plans"])
    def goals(self, request: Request, plan_id: str) -> Response:
        """Answer with the version's goals."""
        plan = plan_for(api_actor(request), plan_id)
        return Response(GoalOut(plan.goals.all(), many=True).data)


class JobViewSet(EnglishMixin, viewsets.ViewSet):
    """Long work that the caller asked for."""

    scope_area = "plans"

    @extend_schema(summary="Read a job", responses={200: JobOut}, tags=["jobs"])
    def retrieve(self, request: Request, job_id: str) -> Response:
        """Answer with how far it is; another caller's job does not exist."""
        job = Job.objects.filter(public_id=job_id, asked_by=api_actor(request).key).first()
        if job is None:
            raise NotFoundError(gettext_noop("There is no such job."))
        return Response(JobOut(job).data)
