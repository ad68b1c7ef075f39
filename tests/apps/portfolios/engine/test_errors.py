from apps.kernel.errors import DomainError
from apps.portfolios.engine import errors


def test_the_codes_that_partners_test_on_are_stable():
    found = {kind.__name__: kind.code for kind in vars(errors).values() if isinstance(kind, type)}
    assert found == {
        "DomainError": DomainError.code,
        "BookRefusedError": "book_refused",
        "OversoldError": "oversold",
        "AmbiguousLotError": "ambiguous_lot",
        "DriftRefusedError": "drift_refused",
    }
