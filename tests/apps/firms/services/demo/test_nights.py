from __future__ import annotations

from apps.core.actors import Actor
from apps.core.models import Job
from apps.firms.services.demo.nights import KEEP, ask_for_first_night


def test_the_first_night_is_asked_for_once(in_alpha):
    for _n in range(2):
        ask_for_first_night(by=Actor.system("tests.demo"))
    assert Job.objects.filter(name=KEEP).count() == 1
