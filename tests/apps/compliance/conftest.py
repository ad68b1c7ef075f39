"""Anchors of tests lie in a folder of their own."""

import pytest


@pytest.fixture(autouse=True)
def anchors(settings, tmp_path):
    """Keep the anchors of one test away from those of another."""
    settings.AUDIT_ANCHORS = tmp_path / "anchors"
    return settings.AUDIT_ANCHORS
