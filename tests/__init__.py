"""Steward's tests. Whoever runs them, with a conftest or without, digs as deep as the environment says."""

from tests.depth import dig

dig()
