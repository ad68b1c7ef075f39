"""Risk assessments as partners send and read them; levels are 1 to 7, proportions fractions, losses negative."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.compliance.api.origins import level_body, origin_body, profile_origin, tolerance_origin
from apps.compliance.models import AssessmentKind, MethodTable, RiskAssessment
from apps.compliance.selectors.profiles import PersonAssessments, Profile, ShownContradiction
from apps.compliance.selectors.words import all_told, in_language
from apps.core.api.sparse import SparseMixin
from apps.core.api.strict import StrictMixin


class RiskAssessmentIn(StrictMixin):
    """The answers of one adult: to each question (`code` of an item) the `code` of the option that they chose.

    Questions and options are those of `GET …/risk-assessment/questionnaire`. They go to the questionnaire that waits
    for this client, or else to a new one. `given_how` says how the client gave them: which meeting, call, signed paper
    or page of yours, with its date.
    """

    client_id = serializers.UUIDField()
    profile_type = serializers.ChoiceField(choices=AssessmentKind.choices, default=AssessmentKind.INDIVIDUAL)
    answers = serializers.DictField(child=serializers.CharField(max_length=40), allow_empty=False)
    given_how = serializers.CharField(max_length=300)


class RiskAssessmentOut(SparseMixin, serializers.ModelSerializer):  # type: ignore[type-arg]
    """One questionnaire of one adult: what was answered, and how far it has come."""

    id = serializers.UUIDField(source="public_id")
    household_id = serializers.UUIDField(source="household.public_id")
    client_id = serializers.UUIDField(source="person.public_id")
    profile_type = serializers.ChoiceField(source="kind", choices=AssessmentKind.choices)
    questionnaire = serializers.CharField(source="questionnaire.version")
    answers = serializers.DictField(child=serializers.CharField())
    tolerance_level = serializers.IntegerField(allow_null=True)
    recommended_level = serializers.IntegerField(allow_null=True)

    class Meta:
        model = RiskAssessment
        fields = (
            "id", "household_id", "client_id", "profile_type", "state", "questionnaire", "answers", "channel",
            "given_how", "submitted_at", "tolerance_score", "tolerance_level", "recommended_level", "valid_until",
            "created_at", "updated_at",
        )  # fmt: skip


class OptionOut(serializers.Serializer):  # type: ignore[type-arg]
    """An answer that may be chosen, with its published points."""

    code = serializers.CharField()
    text = serializers.CharField()
    points = serializers.IntegerField()


class ItemOut(serializers.Serializer):  # type: ignore[type-arg]
    """A question."""

    code = serializers.CharField()
    text = serializers.CharField()
    options = OptionOut(many=True)


class QuestionnaireOut(SparseMixin):
    """The questionnaire that applies today; its points are summed."""

    version = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # the name that every table has
    effective_from = serializers.DateField()
    title = serializers.CharField()
    introduction = serializers.CharField()
    items = ItemOut(many=True)


class OriginOut(serializers.Serializer):  # type: ignore[type-arg]
    """Where a figure comes from: the method with its version and source, the day, and its lines in words."""

    method = serializers.CharField()
    version = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # as above
    as_of = serializers.DateField(allow_null=True)
    lines = serializers.ListField(child=serializers.CharField())


class LevelOut(serializers.Serializer):  # type: ignore[type-arg]
    """A level with its name and its origin; `score` is what it was read from, where it was."""

    level = serializers.IntegerField()
    name = serializers.CharField()
    score = serializers.FloatField(allow_null=True)
    origin = OriginOut()


class NeedOut(serializers.Serializer):  # type: ignore[type-arg]
    """The level that the plan's required return a year (a fraction) asks for; it never lifts the recommended one."""

    level = serializers.IntegerField()
    name = serializers.CharField()
    required_return = serializers.FloatField(allow_null=True)
    origin = OriginOut()


class RecommendedOut(serializers.Serializer):  # type: ignore[type-arg]
    """The lower of tolerance and capacity; `binding` says which it is."""

    level = serializers.IntegerField()
    name = serializers.CharField()
    binding = serializers.CharField()
    origin = OriginOut()


class AcceptedOut(serializers.Serializer):  # type: ignore[type-arg]
    """What the advisor reviewed and accepted; above the recommended level it is an exception with its reason."""

    level = serializers.IntegerField()
    name = serializers.CharField()
    is_exception = serializers.BooleanField()
    exception_reason = serializers.CharField(allow_blank=True)
    reviewed_by = serializers.CharField()
    reviewed_at = serializers.DateTimeField()


class GivenAnswerOut(serializers.Serializer):  # type: ignore[type-arg]
    """A question with the answer that was given."""

    question = serializers.CharField()
    answer = serializers.CharField()


class ContradictionOut(serializers.Serializer):  # type: ignore[type-arg]
    """Two answers whose points lie further apart than the questionnaire allows; shown, never averaged."""

    code = serializers.CharField()
    first = GivenAnswerOut()
    second = GivenAnswerOut()
    origin = OriginOut()


class LossOut(serializers.Serializer):  # type: ignore[type-arg]
    """A bad year at the recommended level: one in twenty (`p05`) or a year as it happened."""

    code = serializers.CharField()
    proportion = serializers.FloatField()
    amount = serializers.DecimalField(source="amount.amount", max_digits=16, decimal_places=2)
    currency = serializers.CharField(source="amount.currency")


class RiskAnalysisOut(SparseMixin):
    """Tolerance, capacity and need of one adult, brought together, each with its origin.

    `capacity`, `need` and `recommended` are null until the firm has assessed the household's capacity, `need` also
    where no plan requires a return.
    """

    id = serializers.UUIDField()
    household_id = serializers.UUIDField()
    client_id = serializers.UUIDField()
    profile_type = serializers.CharField()
    state = serializers.CharField()
    submitted_at = serializers.DateTimeField()
    valid_until = serializers.DateField(allow_null=True)
    is_stale = serializers.BooleanField()
    tolerance = LevelOut()
    capacity = LevelOut(allow_null=True)
    need = NeedOut(allow_null=True)
    recommended = RecommendedOut(allow_null=True)
    accepted = AcceptedOut(allow_null=True)
    contradictions = ContradictionOut(many=True)
    disagreements = serializers.ListField(child=serializers.CharField())
    losses = LossOut(many=True)


class ClientRiskOut(SparseMixin):
    """How far a client has come: the newest answers, the profile in force, the questionnaire that waits."""

    client_id = serializers.UUIDField()
    latest = RiskAnalysisOut(allow_null=True)
    in_force_id = serializers.UUIDField(allow_null=True)
    waiting_id = serializers.UUIDField(allow_null=True)


def questionnaire_body(content: dict[str, Any]) -> dict[str, Any]:
    """Return a questionnaire as partners read it."""
    return {
        "version": content["version"],
        "source": content["source"],
        "effective_from": content["effective_from"],
        "title": in_language(content["title"]),
        "introduction": in_language(content["introduction"]),
        "items": [
            {
                "code": item["code"],
                "text": in_language(item["text"]),
                "options": [{**option, "text": in_language(option["text"])} for option in item["options"]],
            }
            for item in content["items"]
        ],
    }


def analysis_body(told: Profile) -> dict[str, Any]:
    """Return an answered assessment brought together, with the origin of each level."""
    row, review = told.assessment, told.review
    return {
        "id": row.public_id,
        "household_id": row.household.public_id,
        "client_id": row.person.public_id,
        "profile_type": row.kind,
        "state": row.state,
        "submitted_at": row.submitted_at,
        "valid_until": row.valid_until,
        "is_stale": told.is_stale,
        "tolerance": {
            **level_body(row.tolerance_level),
            "score": row.tolerance_score,
            "origin": tolerance_origin(row, all_told(row.tolerance_trail)),
        },
        **_reconciled(row),
        "accepted": review
        and {
            **level_body(review.accepted_level),
            "is_exception": review.is_exception,
            "exception_reason": review.exception_reason,
            "reviewed_by": review.reviewer.full_name,
            "reviewed_at": review.created_at,
        },
        "contradictions": [
            _contradiction(row, stored, shown)
            for stored, shown in zip(row.contradictions, told.contradictions, strict=True)
        ],
        "disagreements": list(told.disagreements),
        "losses": told.losses,
    }


def _reconciled(row: RiskAssessment) -> dict[str, Any]:
    """Return capacity, need and what is recommended; null while the household's capacity is not known."""
    capacity, table = row.capacity, row.levels
    if capacity is None or table is None:
        return {"capacity": None, "need": None, "recommended": None}
    return {
        "capacity": {
            **level_body(capacity.level),
            "score": capacity.score,
            "origin": origin_body("capacity", capacity.table, capacity.assessed_on, all_told(capacity.trail)),
        },
        "need": row.need_level
        and {
            **level_body(row.need_level),
            "required_return": capacity.required_return,
            "origin": profile_origin("need", row, table),
        },
        "recommended": row.recommended_level
        and {
            **level_body(row.recommended_level),
            "binding": row.binding,
            "origin": profile_origin("recommended", row, table),
        },
    }


def _contradiction(row: RiskAssessment, stored: dict[str, str], shown: ShownContradiction) -> dict[str, Any]:
    table: MethodTable = row.questionnaire
    return {
        "code": stored["code"],
        "first": {"question": shown.first_question, "answer": shown.first_answer},
        "second": {"question": shown.second_question, "answer": shown.second_answer},
        "origin": tolerance_origin(row, gap_lines(table, stored["code"]), "contradiction"),
    }


def gap_lines(table: MethodTable, code: str) -> list[str]:
    """Say how far the points of two answers may lie apart, as the questionnaire publishes it."""
    rule = next(each for each in table.content["contradictions"] if each["code"] == code)
    return [f"{rule['first']} and {rule['second']} may lie {rule['gap']} points apart at most."]


def client_body(client_id: object, found: PersonAssessments, latest: Profile | None) -> dict[str, Any]:
    """Return how far a client has come."""
    return {
        "client_id": client_id,
        "latest": latest and analysis_body(latest),
        "in_force_id": found.in_force and found.in_force.public_id,
        "waiting_id": found.waiting and found.waiting.public_id,
    }
