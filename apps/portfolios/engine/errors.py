"""What the book of an account refuses."""

from apps.kernel.errors import DomainError


class BookRefusedError(DomainError):
    """A transaction cannot be entered in the book."""

    code = "book_refused"


class OversoldError(BookRefusedError):
    """More of a security leaves than the account holds."""

    code = "oversold"


class AmbiguousLotError(BookRefusedError):
    """Lots must be named and were not, or those that were named do not fit."""

    code = "ambiguous_lot"


class DriftRefusedError(DomainError):
    """A target contradicts itself."""

    code = "drift_refused"
