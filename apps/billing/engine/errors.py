"""What the billing engine refuses."""

from apps.kernel.errors import DomainError


class BillingRefusedError(DomainError):
    """The household cannot be billed as asked."""

    code = "billing_refused"


class ValueMissingError(BillingRefusedError):
    """No value, or none that is recent enough, for a day that must be billed."""

    code = "value_missing"


class RetirementPayerError(BillingRefusedError):
    """A retirement account was asked to pay a fee that is not its own (IRC 4975)."""

    code = "retirement_payer"
