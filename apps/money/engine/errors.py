"""What the engine of money refuses."""

from apps.kernel.errors import DomainError


class NotComputableError(DomainError):
    """The question has no answer: no rate solves it, or the debt is never repaid. Never answered by a number."""

    code = "not_computable"
    status = 422
