"""One caller's loop slows nobody else."""

from __future__ import annotations

from apps.core.api.throttles import CallerThrottle
from tests.factories.integrations import partner_of

STEPS = "/api/financial-services/financial-plans/steps"


def test_one_request_too_many_is_told_when_to_come_again_and_others_go_on(paul, monkeypatch):
    monkeypatch.setattr(CallerThrottle, "rate", "2/min")
    eager, other = partner_of(paul, "plans:read"), partner_of(paul, "plans:read", name="Other")
    assert [eager.get(STEPS).status_code for _ in range(3)] == [200, 200, 429]
    refused = eager.get(STEPS)
    assert refused.json()["code"] == "too_many_requests"
    assert 0 < int(refused["Retry-After"]) <= 60
    assert other.get(STEPS).status_code == 200
