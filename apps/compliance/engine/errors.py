"""Refusals of the risk engine."""

from __future__ import annotations

from apps.kernel.errors import DomainError


class IncompleteAnswersError(DomainError):
    """An item has no answer: no score is given."""

    code = "answers_incomplete"
    status = 422


class UnknownAnswerError(DomainError):
    """An answer names an item or an option that the questionnaire does not have."""

    code = "answer_unknown"
    status = 422


class RiskTableError(DomainError):
    """A table of points, bands or levels is not usable."""

    code = "risk_table_broken"
    status = 500


class CapacityFactError(DomainError):
    """A fact about the finances is missing or impossible."""

    code = "capacity_fact_invalid"
    status = 422
