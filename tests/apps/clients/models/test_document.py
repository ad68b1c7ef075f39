"""Documents: who filed them, as people read it."""

import pytest

from apps.clients.models.document import DocumentVersion


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("plans.file_report", "Steward"),
        ("Ada Lovelace", "Ada Lovelace"),
        ("paul@harbor.example", "paul@harbor.example"),
    ],
)
def test_a_paper_filed_by_a_job_is_stewards(kept: str, shown: str) -> None:
    assert DocumentVersion(filed_by=kept).filer == shown
