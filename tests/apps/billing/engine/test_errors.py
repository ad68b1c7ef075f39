from apps.billing.engine import errors
from apps.kernel.errors import DomainError


def test_the_codes_that_partners_test_on_are_stable():
    found = {kind.__name__: kind.code for kind in vars(errors).values() if isinstance(kind, type)}
    assert found == {
        "DomainError": DomainError.code,
        "BillingRefusedError": "billing_refused",
        "ValueMissingError": "value_missing",
        "RetirementPayerError": "retirement_payer",
    }
