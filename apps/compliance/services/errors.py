"""Refusals of the suitability services."""

from __future__ import annotations

from apps.kernel.errors import DomainError


class MethodChangedError(DomainError):
    """A shipped table has another content than the version of that name which this firm has used."""

    code = "method_changed"
    status = 500


class NoMethodError(DomainError):
    """No version of a table is in force on the day."""

    code = "no_method"
    status = 500


class NotAnAdultError(DomainError):
    """Only the adults of a household have a risk profile."""

    code = "not_an_adult"
    status = 422


class AlreadyOpenError(DomainError):
    """The person has an open questionnaire."""

    code = "questionnaire_open"


class NotYoursError(DomainError):
    """Somebody else's questionnaire or acknowledgement."""

    code = "not_yours"
    status = 403


class AnswersStandError(DomainError):
    """Submitted answers do not change."""

    code = "answers_stand"


class NotAnsweredError(DomainError):
    """There is nothing to review yet, or it was reviewed already."""

    code = "not_to_review"


class CapacityUnknownError(DomainError):
    """The household's capacity has not been assessed."""

    code = "capacity_unknown"


class ExceptionNeedsReasonError(DomainError):
    """A level above the recommended one without a reason."""

    code = "exception_needs_reason"
    status = 422


class NothingToAcknowledgeError(DomainError):
    """The person has nothing to say yes to."""

    code = "nothing_to_acknowledge"


class ExportTooLargeError(DomainError):
    """More events than a printed report can hold."""

    code = "export_too_large"
    status = 422


class AnchorsUnreadableError(DomainError):
    """The file of anchors cannot be read or written."""

    code = "anchors_unreadable"
    status = 503
