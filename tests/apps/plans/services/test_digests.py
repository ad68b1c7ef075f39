"""One mail a day for each advisor: what is in it, and what never is."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError
from django.utils import timezone

from apps.accounts.models import FirmProfile
from apps.accounts.policies import Role
from apps.core.models import AuditEvent
from apps.notices.models import DigestChoice, DigestRhythm, Mail
from apps.notices.services.digests import choose_digest
from apps.plans.models import AlertKind, PlanAlert
from apps.plans.services import digests
from apps.plans.services.digests import send_digests
from apps.plans.services.plans import draft_plan
from apps.plans.services.steps import StepDetails, add_step
from tests.cast import person
from tests.days import today
from tests.factories import clients, plans

DAY = dt.timedelta(days=1)


@pytest.fixture
def household(ada):
    return clients.household(ada)


def step(by, household, days, title="Move 5,000 dollars", owner="advisor"):
    details = StepDetails(title=title, owner=owner, due_on=today() + dt.timedelta(days=days))
    return add_step(household=household, details=details, by=by.as_actor())


def alert(plan):
    return PlanAlert.objects.create(
        plan=plan, kind=AlertKind.DRIFT, cause="market", opened_on=today(), spending_after=Decimal(84_321)
    )


def mails():
    return list(Mail.objects.filter(kind="plans/digest").order_by("pk"))


def test_one_mail_tells_alerts_and_steps_by_household_without_amounts_and_only_once(ada, household, system):
    plan = draft_plan(household=plans.household_with_facts(ada, name="Adler"), by=ada.as_actor())
    alert(plan)
    step(ada, household, -2)
    step(ada, household, 5, owner="client")
    step(ada, household, 40)
    assert send_digests(on=today(), by=system) == 1
    assert send_digests(on=today(), by=system) == 0, "the task that runs twice writes once"
    (mail,) = mails()
    assert (mail.to, mail.subject) == (ada.email, "2 households need a look")
    for part in (mail.text, mail.html):
        assert "Adler" in part
        assert f"/households/{household.public_id}/plan/" in part
        assert "1 alert (The chance changed)" in part
        assert "2 steps, overdue since" in part
        assert "/account/digest/" in part
        for told in ("84,321", "5,000", "Move"):
            assert told not in part
    assert AuditEvent.objects.filter(action="plans.send_digest").count() == 1


def test_nothing_to_say_and_nothing_new_is_no_mail(ada, household, system):
    assert send_digests(on=today(), by=system) == 0
    step(ada, household, 5)
    assert send_digests(on=today(), by=system) == 1
    assert send_digests(on=today() + DAY, by=system) == 0, "it was told"
    alert(draft_plan(household=household, by=ada.as_actor()))
    assert send_digests(on=today() + DAY, by=system) == 1
    assert send_digests(on=today() + 5 * DAY, by=system) == 1, "the step is due today"
    assert send_digests(on=today() + 6 * DAY, by=system) == 1, "and late"
    assert send_digests(on=today() + 7 * DAY, by=system) == 0
    PlanAlert.objects.update(state="acknowledged")
    step(ada, household, 3)
    assert send_digests(on=today() + 8 * DAY, by=system) == 1
    assert "alert" not in mails()[-1].text, "somebody has looked at it"


def test_each_advisor_reads_of_the_own_households_and_who_left_of_none(ada, household, mallory, system):
    step(ada, household, 1)
    step(mallory, clients.household(mallory, name="Okafor"), 1)
    gone = person(Role.ADVISOR, "Gone")
    step(gone, clients.household(gone, name="Left"), 1)
    gone.is_active = False
    gone.save()
    assert send_digests(on=today(), by=system) == 2
    by_person = {mail.to: mail.text for mail in mails()}
    assert set(by_person) == {ada.email, mallory.email}
    assert "Okafor" not in by_person[ada.email]
    assert household.name not in by_person[mallory.email]


def test_once_a_week_and_never_are_kept(ada, household, system):
    monday = today() - today().weekday() * DAY + 7 * DAY
    choose_digest(user=ada, rhythm=DigestRhythm.NEVER, by=ada.as_actor())
    step(ada, household, -3)
    assert send_digests(on=monday, by=system) == 0
    choose_digest(user=ada, rhythm=DigestRhythm.WEEKLY, by=ada.as_actor())
    assert send_digests(on=monday, by=system) == 1
    step(ada, household, -2)
    assert send_digests(on=monday + 6 * DAY, by=system) == 0
    assert send_digests(on=monday + 7 * DAY, by=system) == 1


def test_a_worker_that_dies_leaves_the_mail_to_the_next(ada, household, mallory, system, monkeypatch):
    step(ada, household, 1)
    step(mallory, clients.household(mallory, name="Okafor"), 1)
    real, asked = digests.queue_mail, []

    def dies(**told):
        asked.append(told["to"])
        if len(asked) == 2:
            raise DatabaseError
        return real(**told)

    monkeypatch.setattr(digests, "queue_mail", dies)
    with pytest.raises(DatabaseError):
        send_digests(on=today(), by=system)
    assert [mail.to for mail in mails()] == asked[:1]
    assert DigestChoice.objects.exclude(last_on=None).count() == 1
    monkeypatch.setattr(digests, "queue_mail", real)
    assert send_digests(on=today(), by=system) == 1
    assert sorted(mail.to for mail in mails()) == sorted(asked)


def test_it_is_written_in_the_readers_language(ada, household, system):
    ada.locale = "pt-br"
    ada.save()
    assert FirmProfile.current().locale == "en"
    step(ada, household, 1)
    send_digests(on=today(), by=system)
    (mail,) = mails()
    assert "uma olhada" in mail.subject
    assert mail.locale == "pt-br"
    assert DigestChoice.objects.get().last_at <= timezone.now()
