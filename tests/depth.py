"""How deep the property tests dig: `make test-deep` sets STEWARD_TEST_DEPTH, an ordinary run digs once.

The folders of the engines run without a conftest, so this knows nothing but the environment and Hypothesis.
"""

from __future__ import annotations

import os

from hypothesis import settings

DEPTH = int(os.environ.get("STEWARD_TEST_DEPTH", "1"))
_DEFAULT_EXAMPLES = 100


def examples(number: int) -> int:
    """Return how many examples a test takes that takes this many in an ordinary run."""
    return number * DEPTH


def dig() -> None:
    """Deepen the tests that name no number of their own. How long an example takes is never judged: see bench/.

    An ordinary run draws the same examples every time, so that it judges the change; a deep one draws new ones.
    """
    settings.register_profile(
        "steward",
        max_examples=examples(_DEFAULT_EXAMPLES),
        deadline=None,
        print_blob=True,
        derandomize=DEPTH == 1,
    )
    settings.load_profile("steward")
