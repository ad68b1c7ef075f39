"""Steward's tests. Whoever runs them, with a conftest or without, digs as deep as the environment says."""

from importlib.util import find_spec

# a benchmark reads the households of the tests with a peer's Python, which has no Hypothesis
if find_spec("hypothesis"):
    from tests.depth import dig

    dig()
