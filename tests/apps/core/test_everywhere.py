"""What fails in one firm keeps no other back."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context
from structlog.testing import capture_logs

from apps.accounts.models import FirmProfile
from apps.core.everywhere import everywhere
from apps.core.tenancy.names import current_schema
from apps.firms.models import Firm
from apps.portfolios import tasks
from config.env import ROOT


def test_work_is_done_in_each_open_firm(firm_a: Firm, firm_b: Firm) -> None:
    seen = []
    assert everywhere("tests.look", lambda: seen.append(current_schema()) or 2) == 4
    assert sorted(seen) == ["alpha", "beta"]
    assert current_schema() == "public"
    Firm.objects.filter(pk=firm_a.pk).update(state="closed")
    assert everywhere("tests.look", lambda: 1) == 1


def test_what_fails_in_one_firm_is_named_and_the_others_are_done(firm_a: Firm, firm_b: Firm) -> None:
    seen = []

    def work() -> int:
        if current_schema() == "alpha":
            raise KeyError("no such zone")
        seen.append(current_schema())
        return 1

    with capture_logs() as told:
        assert everywhere("tests.look", work) == 1
    assert seen == ["beta"]
    (line,) = told
    assert (line["event"], line["task"], line["firm"]) == ("everywhere.not_done", "tests.look", "alpha")
    assert line["exc_info"]


@pytest.mark.parametrize("task", [tasks.keep_values_everywhere, tasks.watch_drift_everywhere])
def test_a_firm_that_cannot_be_asked_keeps_no_other_from_its_night(
    firm_a: Firm, firm_b: Firm, monkeypatch: pytest.MonkeyPatch, task: object
) -> None:
    with tenant_context(firm_a):
        FirmProfile.objects.update(time_zone="Nowhere/Land")
    with tenant_context(firm_b):
        FirmProfile.current()
    monkeypatch.setattr(timezone, "now", lambda: dt.datetime(2026, 3, 3, 20, tzinfo=dt.UTC))
    with capture_logs() as told:
        assert task() == 1
    assert [line["firm"] for line in told if line["event"] == "everywhere.not_done"] == ["alpha"]


def test_no_task_goes_through_the_firms_by_itself() -> None:
    loops = {
        str(path.relative_to(ROOT))
        for path in ROOT.glob("apps/**/*.py")
        if "get_tenant_model().objects.filter(state=" in path.read_text()
    }
    assert loops == {"apps/core/everywhere.py"}
