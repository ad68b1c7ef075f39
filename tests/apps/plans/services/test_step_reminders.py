import datetime as dt

import pytest
from django.db import DatabaseError

from apps.core.models import AuditEvent
from apps.notices.models import DigestRhythm, Mail
from apps.notices.services.digests import choose_digest
from apps.plans.models import StepOwner
from apps.plans.services import step_reminders
from apps.plans.services.step_reminders import remind_of_steps
from apps.plans.services.steps import StepDetails, add_step, halt_step
from tests.days import today
from tests.factories import clients


@pytest.fixture
def household(ada):
    """Ada's, who takes no digest: she is reminded by mails of their own."""
    choose_digest(user=ada, rhythm=DigestRhythm.NEVER, by=ada.as_actor())
    return clients.household(ada)


def step(ada, household, title, owner, days):
    details = StepDetails(title=title, owner=owner, due_on=today() + dt.timedelta(days=days))
    return add_step(household=household, details=details, by=ada.as_actor())


def sent():
    return [(mail.to, mail.text) for mail in Mail.objects.filter(kind="plans/steps_due").order_by("id")]


def test_owners_are_reminded_a_week_ahead_in_one_mail_each_and_once_more_when_overdue(ada, household, system):
    client = clients.portal_user(household.people.get(relationship="head"))
    step(ada, household, "Bring the will", StepOwner.CLIENT, 5)
    step(ada, household, "Ask the bank", StepOwner.CLIENT, 6)
    step(ada, household, "Check the mix", StepOwner.ADVISOR, 5)
    step(ada, household, "Far away", StepOwner.ADVISOR, 30)
    assert remind_of_steps(on=today(), by=system) == 2
    (to_client, own), (to_advisor, firms) = sorted(sent(), key=lambda mail: mail[0] == ada.email)
    assert (to_client, to_advisor) == (client.person.email, ada.email)
    assert "Bring the will" in own
    assert "Ask the bank" in own
    assert "Check the mix" in firms
    assert "Far away" not in firms
    assert remind_of_steps(on=today(), by=system) == 0
    assert remind_of_steps(on=today() + dt.timedelta(days=7), by=system) == 2
    assert remind_of_steps(on=today() + dt.timedelta(days=8), by=system) == 0
    assert AuditEvent.objects.filter(action="plans.remind_of_step").count() == 6


def test_a_client_without_an_account_is_the_advisors_to_remind(ada, household, system):
    step(ada, household, "Bring the will", StepOwner.CLIENT, 1)
    remind_of_steps(on=today(), by=system)
    assert [to for to, _text in sent()] == [ada.email]


def test_nobody_is_reminded_of_what_waits(ada, household, system):
    row = step(ada, household, "Bring the will", StepOwner.ADVISOR, 1)
    halt_step(step=row, status="blocked", reason="The court", by=ada.as_actor())
    assert remind_of_steps(on=today(), by=system) == 0


def test_a_mail_that_breaks_leaves_the_step_to_be_reminded_of(ada, household, system, monkeypatch):
    row = step(ada, household, "Bring the will", StepOwner.ADVISOR, 1)

    def broken(*_args, **_kwargs):
        raise DatabaseError

    monkeypatch.setattr(step_reminders, "queue_mail", broken)
    with pytest.raises(DatabaseError):
        remind_of_steps(on=today(), by=system)
    row.refresh_from_db()
    assert row.reminded_on is None


def test_whom_the_digest_tells_is_not_told_twice(ada, household, system):
    choose_digest(user=ada, rhythm=DigestRhythm.DAILY, by=ada.as_actor())
    clients.portal_user(household.people.get(relationship="head"))
    own = step(ada, household, "Check the mix", StepOwner.ADVISOR, 1)
    step(ada, household, "Bring the will", StepOwner.CLIENT, 1)
    assert remind_of_steps(on=today(), by=system) == 1
    assert [to == ada.email for to, _text in sent()] == [False]
    own.refresh_from_db()
    assert own.reminded_on == today()
