"""What plans refuse."""

from __future__ import annotations

from apps.kernel.errors import DomainError, NotAllowedError


class PlanFrozenError(DomainError):
    """The version was given to the client: what it says does not change any more."""

    code = "plan_frozen"


class PlanInTheWorksError(DomainError):
    """A version of the household's plan is being prepared already."""

    code = "plan_in_the_works"


class FactsMissingError(DomainError):
    """The household's facts do not suffice for a plan."""

    code = "facts_missing"
    status = 422


class RunInProgressError(DomainError):
    """The plan is being computed already."""

    code = "run_in_progress"


class NoResultError(DomainError):
    """There is no result that fits what the plan says now."""

    code = "no_result"


class FactsMovedError(DomainError):
    """The household's facts say something else than when the result was asked for."""

    code = "facts_moved"


class AlternativesError(DomainError):
    """Advice that replaces each other was accepted twice without saying why."""

    code = "alternatives"


class StatusNotPossibleError(DomainError):
    """The plan cannot go from where it is to there."""

    code = "status_not_possible"


class RiskLimitMissingError(DomainError):
    """Advice about the allocation needs a valid risk profile."""

    code = "risk_limit_missing"


class NotAdjustableError(DomainError):
    """The advice cannot be changed like that."""

    code = "not_adjustable"
    status = 422


class QuestionClosedError(DomainError):
    """The question has its answer."""

    code = "question_closed"


class NotInTheHouseholdError(NotAllowedError):
    """Only the household's own people can do this."""

    code = "not_in_the_household"


class StepNotPossibleError(DomainError):
    """The step cannot go from where it is to there."""

    code = "step_not_possible"


class NotYourStepError(NotAllowedError):
    """The step is somebody else's to do."""

    code = "not_your_step"


class StaleQuestionError(DomainError):
    """A newer question of the same page has come: nobody waits for this one."""

    code = "stale_question"


class EngineBusyError(DomainError):
    """As many questions are being answered as this process answers at once."""

    code = "engine_busy"
    status = 503


class AlertClosedError(DomainError):
    """The alert was decided on, or no longer holds."""

    code = "alert_closed"


class NoDraftError(DomainError):
    """No version is being prepared that could take a goal."""

    code = "no_draft"


class WishDecidedError(DomainError):
    """The wish is in the plan already, or was dropped."""

    code = "wish_decided"


class ScenarioLockedError(DomainError):
    """The scenario was locked: it stays as it is."""

    code = "scenario_locked"


class ScenarioConflictError(DomainError):
    """What the scenario was to replace has changed since it was looked at."""

    code = "scenario_conflict"
