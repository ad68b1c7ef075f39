"""Every published case against the engine that answers it."""

import pytest

from tests.golden.compare import differences
from tests.golden.loader import (
    GoldenCase,
    NotPresentError,
    case_folders,
    load_adapters,
    load_cases,
    resolved_functions,
)
from tests.golden.report import PROPERTY

FOLDERS = case_folders()
ADAPTERS = load_adapters()
RESOLVED = resolved_functions()


def test_every_resolved_function_has_an_adapter():
    assert sorted(RESOLVED - ADAPTERS.keys()) == []


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in load_cases(FOLDERS)])
def test_the_published_case_holds(case: GoldenCase, request: pytest.FixtureRequest):
    word = "passed"
    try:
        adapter = ADAPTERS.get(case.function)
        if adapter is None:
            word = "not yet answered"
            assert case.function not in RESOLVED, f"{case.function} is resolved and has no adapter"
            pytest.skip(word)
        FOLDERS.require(case.input)
        assert differences(case, adapter(case.input, FOLDERS)) == []
    except NotPresentError:
        word = "not present"
        pytest.skip("not present beside any folder of cases")
    finally:
        request.node.user_properties.append((PROPERTY, f"{case.area}|{case.function}|{word}"))
