"""Risk assessments: answers sent, and what tolerance, capacity and need make of them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Person
from apps.clients.policies import is_of_age
from apps.compliance.api.filters import AssessmentFilter
from apps.compliance.api.serializers import (
    ClientRiskOut,
    QuestionnaireOut,
    RiskAnalysisOut,
    RiskAssessmentIn,
    RiskAssessmentOut,
    analysis_body,
    client_body,
    questionnaire_body,
)
from apps.compliance.models import MethodKind, RiskAssessment
from apps.compliance.selectors.profiles import assessments_of, profile
from apps.compliance.selectors.questionnaires import assessment_for, wrong_answers
from apps.compliance.services.assessments import file_answers
from apps.compliance.services.errors import NotAnsweredError
from apps.compliance.services.method_tables import content_in_force
from apps.core.api.actor import api_actor
from apps.core.api.english import EnglishMixin
from apps.core.api.etags import TaggedReadMixin, tagged_answer
from apps.core.api.idempotency import IdempotentPostMixin
from apps.core.api.ids import public_id
from apps.core.api.sparse import FIELDS
from apps.core.api.throttles import CallerThrottle
from apps.kernel.errors import NotFoundError, gettext_noop

TAGS = ["risk and compliance"]


def client_of(request: Request, client_id: object) -> Person:
    """Return a client. Raises NotFoundError for one that the caller does not see."""
    rows = Person.objects.visible_to(api_actor(request)).select_related("household")
    found = rows.filter(public_id=public_id(str(client_id))).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such client."), field="client_id")
    return found


def tell(request: Request, out: Any, body: Any) -> Response:
    """Answer with a computed body under its tag."""
    return tagged_answer(request, out(body).data, out(body, context={"request": request}).data)


@extend_schema_view(
    list=extend_schema(summary="List risk assessments", parameters=[FIELDS], tags=TAGS),
    retrieve=extend_schema(summary="Read a risk assessment", parameters=[FIELDS], tags=TAGS),
)
class RiskAssessmentViewSet(
    EnglishMixin, IdempotentPostMixin, TaggedReadMixin, mixins.ListModelMixin, viewsets.GenericViewSet[RiskAssessment]
):
    """Questionnaires of the households' adults: submitted answers stand; to answer anew is a new assessment."""

    scope_area = "compliance"
    throttle_classes = (CallerThrottle,)
    serializer_class = RiskAssessmentOut
    filterset_class = AssessmentFilter
    lookup_field = "public_id"
    lookup_url_kwarg = "assessment_id"

    def get_queryset(self) -> QuerySet[RiskAssessment]:
        """Return those the caller may see."""
        rows = RiskAssessment.objects.visible_to(api_actor(self.request))
        return rows.select_related("household", "person", "questionnaire")

    @extend_schema(
        summary="Send the answers of a risk questionnaire",
        request=RiskAssessmentIn,
        responses={201: RiskAssessmentOut},
        tags=TAGS,
    )
    def create(self, request: Request) -> Response:
        """Submit a client's answers: tolerance is scored, and they wait for the advisor's review."""
        form = RiskAssessmentIn(data=request.data)
        form.is_valid(raise_exception=True)
        told = form.validated_data
        person = client_of(request, told.pop("client_id"))
        self._check(person, told)
        made = file_answers(
            person=person,
            kind=told["profile_type"],
            answers=told["answers"],
            given_how=told["given_how"],
            by=api_actor(request),
        )
        where = {"Location": f"{request.path.rstrip('/')}/{made.public_id}", "ETag": self.tag_of(made)}
        return Response(RiskAssessmentOut(made).data, status=status.HTTP_201_CREATED, headers=where)

    @extend_schema(
        summary="Read the analysis of a risk assessment",
        responses={200: RiskAnalysisOut},
        parameters=[FIELDS],
        tags=TAGS,
    )
    def analysis(self, request: Request, assessment_id: str) -> Response:
        """Answer with tolerance, capacity and need, what contradicts what, and where each comes from."""
        found = assessment_for(api_actor(request), public_id(assessment_id))
        if found.submitted_at is None:
            raise NotAnsweredError(
                gettext_noop("The questionnaire has not been answered: there is nothing to analyse yet."),
                mend=gettext_noop("Wait for the client's answers, or send them by POST."),
            )
        return tell(request, RiskAnalysisOut, analysis_body(profile(found, (), firm_today())))

    def _check(self, person: Person, told: dict[str, Any]) -> None:
        """Refuse a child, and answers that the questionnaire lacks, each at its field."""
        if not is_of_age(person):
            raise serializers.ValidationError(
                {"client_id": "This client is a child: only adults have a profile. Name an adult of the household."}
            )
        waiting = RiskAssessment.objects.visible_to(api_actor(self.request)).open().select_related("questionnaire")
        asked = waiting.filter(person=person, kind=told["profile_type"]).first()
        content = asked.questionnaire.content if asked else content_in_force(MethodKind.QUESTIONNAIRE, firm_today())
        wrong = wrong_answers(content, told["answers"])
        if wrong:
            raise serializers.ValidationError({"answers": wrong})


class QuestionnaireViewSet(EnglishMixin, viewsets.ViewSet):
    """The questions that answers are sent to."""

    scope_area = "compliance"
    throttle_classes = (CallerThrottle,)

    @extend_schema(
        summary="Read the risk questionnaire", responses={200: QuestionnaireOut}, parameters=[FIELDS], tags=TAGS
    )
    def retrieve(self, request: Request) -> Response:
        """Answer with the version that applies today."""
        content = content_in_force(MethodKind.QUESTIONNAIRE, firm_today())
        return tell(request, QuestionnaireOut, questionnaire_body(content))


class ClientRiskViewSet(EnglishMixin, viewsets.ViewSet):
    """The latest risk assessment of a client; 404 before the first."""

    scope_area = "compliance"
    throttle_classes = (CallerThrottle,)

    @extend_schema(
        summary="Read a client's latest risk assessment",
        responses={200: ClientRiskOut},
        parameters=[FIELDS],
        tags=TAGS,
    )
    def retrieve(self, request: Request, client_id: str) -> Response:
        """Answer with the newest answers analysed, the profile in force and the questionnaire that waits."""
        person = client_of(request, client_id)
        found = assessments_of(person, api_actor(request))
        if found is None:
            raise NotFoundError(
                gettext_noop("This client has no risk assessment yet."),
                mend=gettext_noop("Send the answers of a questionnaire by POST first."),
            )
        latest = profile(found.latest, (), firm_today()) if found.latest else None
        return tell(request, ClientRiskOut, client_body(person.public_id, found, latest))
