"""A fall of the markets is rehearsed in demo firms alone."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django_tenants.utils import schema_context

from apps.accounts.models import User
from apps.firms.models import Firm
from apps.plans.models import AlertKind, PlanAlert
from tests.factories import plans, portfolios


def test_the_plans_of_a_demo_firm_are_measured_as_if_markets_had_fallen(
    firm_a: Firm, ada: User, capsys: pytest.CaptureFixture[str]
) -> None:
    household = plans.household_with_facts(ada)
    account = portfolios.account(household, ada)
    portfolios.entry(account, ada, "deposit", cash="400000")
    plans.in_force(ada, household)
    plans.night()
    with schema_context("public"):
        with pytest.raises(CommandError, match="No demo firm"):
            call_command("rehearse_fall", "alpha")
        Firm.objects.filter(pk=firm_a.pk).update(is_demo=True)
        for wrong in ("0", "100", "much"):
            with pytest.raises(CommandError, match="between 0 and 100"):
                call_command("rehearse_fall", "alpha", by=wrong)
        call_command("rehearse_fall", "alpha", by="60")
    assert "1 plans in force" in capsys.readouterr().out
    assert PlanAlert.objects.get().kind in {AlertKind.BELOW, AlertKind.DRIFT}
    plans.night(again=True)
    assert not PlanAlert.objects.standing().exists()
