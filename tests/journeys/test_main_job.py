"""The main job, end to end: each step stands on what the one before it made, so that none can be skipped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.journeys import steps_client, steps_fee, steps_firm, steps_plan, steps_proof
from tests.journeys.main_job import MainJob
from tests.live import LiveSite

pytestmark = [pytest.mark.journey, pytest.mark.timeout(1500)]


def test_a_firm_signs_up_takes_a_client_on_plans_bills_and_proves_it(
    live_site: LiveSite, chromium: Any, tmp_path: Path
) -> None:
    job = MainJob(live_site, chromium)
    job.fetch_prices()
    steps_firm.register_the_firm(job)
    steps_firm.invite_the_team(job)
    steps_client.take_the_household_on(job)
    steps_client.import_the_files(job, tmp_path)
    steps_client.undo_the_client_list(job, tmp_path)
    steps_client.invite_the_clients(job)
    steps_client.answer_the_questionnaires(job)
    steps_client.agree_on_the_risk(job)
    steps_plan.sign_the_agreement(job)
    steps_plan.generate_the_plan(job)
    steps_plan.adjust_and_publish(job)
    steps_plan.ask_and_sign(job)
    steps_fee.agree_the_fee(job)
    steps_fee.bill_the_quarter(job)
    steps_fee.pay_by_card(job)
    steps_fee.change_to_advance(job)
    steps_fee.bill_in_advance(job)
    steps_proof.prove_it(job, tmp_path)
    steps_proof.let_the_partner_in(job)
    job.close()
