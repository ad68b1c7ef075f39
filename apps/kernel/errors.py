"""The base of every refusal that a user can mend."""


def gettext_noop(message: str) -> str:
    """Mark a message for the translators without translating it here: inner rooms know no language."""
    return message


class DomainError(Exception):
    """A rule of the trade refused the request.

    ``message`` says what is wrong and ``mend`` how to put it right; both are English message ids with
    ``%(name)s`` places that ``params`` fill, so that the entry that shows them can translate first.
    ``field`` names the input at fault, where there is one. ``code`` is stable: partners test on it.
    """

    code = "domain_error"
    status = 409

    def __init__(self, message: str, *, mend: str = "", field: str = "", **params: object) -> None:
        self.message = message
        self.mend = mend
        self.field = field
        self.params = params
        super().__init__(message, mend)

    def __str__(self) -> str:
        text = self.message % self.params if self.params else self.message
        mend = self.mend % self.params if self.params and self.mend else self.mend
        return f"{text} {mend}".strip()


class InvalidInputError(DomainError):
    """A value that no rule needs to weigh: it is outside what the field can hold."""

    code = "invalid_input"
    status = 422


class NotAllowedError(DomainError):
    """The actor lacks the permission."""

    code = "not_allowed"
    status = 403


class NotFoundError(DomainError):
    """There is no such thing, or not for this actor: the two answer alike."""

    code = "not_found"
    status = 404


class MixedCurrenciesError(DomainError):
    """Amounts of two currencies met without a rate between them."""

    code = "mixed_currencies"
    status = 422
