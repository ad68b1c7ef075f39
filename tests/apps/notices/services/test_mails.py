import datetime as dt
import smtplib

import pytest
from django.core import mail as outbox_of_django
from django.core.exceptions import ValidationError
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import FirmProfile
from apps.core.models import AuditEvent, Job
from apps.notices.models import Mail, MailState
from apps.notices.services.mails import queue_mail, send_mail
from apps.notices.tasks import send_mail as send_mail_task

CONTEXT = {
    "name": "Ada",
    "title": "Run 7 <March>",
    "due_at": timezone.now(),
    "action_url": "http://alpha.localhost/approvals/1/",
    "action_label": _("Open the request"),
}


def queued(system, **changes):
    return queue_mail(kind="accounts/approval_overdue", to="ada@alpha.test", context=CONTEXT | changes, by=system)


class RefusingBackend(BaseEmailBackend):
    """A mail server of the outside world that answers as told."""

    answer: Exception = OSError("away")

    def send_messages(self, email_messages):
        raise self.answer


def test_a_mail_is_written_in_the_brand_of_the_firm_and_enqueued(in_alpha, system):
    FirmProfile.objects.update(display_name="Harbor Wealth", accent="#123456")
    mail = queued(system)
    assert mail.subject == "Overdue approval: Run 7 <March>"
    assert "Run 7 &lt;March&gt;" in mail.html
    assert "Run 7 <March>" in mail.text
    assert "Harbor Wealth" in mail.text
    assert "#123456" in mail.html
    assert Job.objects.get(name="notices.send_mail").arguments == {"mail_id": mail.pk}


def test_a_mail_is_written_in_the_language_of_its_recipient(in_alpha, system):
    mail = queue_mail(kind="accounts/approval_overdue", to="ada@alpha.test", context=CONTEXT, by=system, locale="pt-br")
    assert mail.locale == "pt-br"
    assert '<html lang="pt-br">' in mail.html


def test_a_mail_tells_moments_in_the_time_zone_of_the_firm_and_names_it(in_alpha, system):
    FirmProfile.objects.update(time_zone="America/Chicago")
    with timezone.override("Asia/Tokyo"):
        mail = queued(system, due_at=dt.datetime(2026, 3, 31, 3, 30, tzinfo=dt.UTC))
    assert "It was due March 30, 2026, 10:30 p.m. CDT." in mail.text
    assert "It was due March 30, 2026, 10:30 p.m. CDT." in mail.html


def test_a_mail_is_on_the_trail_once_without_its_words(in_alpha, system):
    mail = queued(system)
    event = AuditEvent.objects.get(action="notices.queue_mail")
    assert event.target_id == str(mail.public_id)
    assert "text" not in event.after


def test_an_address_that_is_none_is_refused_and_leaves_nothing(in_alpha, system):
    with pytest.raises(ValidationError):
        queue_mail(kind="accounts/approval_overdue", to="nobody", context=CONTEXT, by=system)
    assert not Mail.objects.exists()
    assert not Job.objects.filter(name="notices.send_mail").exists()


def test_a_line_break_in_a_title_cannot_add_headers(in_alpha, system):
    mail = queued(system, title="Run\nBcc: everyone@example.com")
    send_mail(mail_id=mail.pk)
    assert outbox_of_django.outbox[0].recipients() == ["ada@alpha.test"]
    assert "\n" not in mail.subject


def test_a_mail_is_sent_once_however_often_the_job_runs(in_alpha, system):
    mail = queued(system)
    for _again in range(3):
        send_mail(mail_id=mail.pk)
    mail.refresh_from_db()
    assert len(outbox_of_django.outbox) == 1
    assert mail.state == MailState.SENT
    assert mail.sent_at is not None


def test_the_words_of_a_mail_with_a_key_are_not_kept(in_alpha, system):
    mail = queued(system)
    send_mail(mail_id=mail.pk)
    mail.refresh_from_db()
    assert (mail.text, mail.html) == ("", "")
    assert outbox_of_django.outbox[0].body.startswith("Ada, a request")


def test_a_mail_with_a_key_is_sent_before_others(in_alpha, system):
    queued(system)
    queue_mail(kind="plans/plan_held", to="ada@alpha.test", context=CONTEXT, by=system)
    jobs = Job.objects.filter(name="notices.send_mail").order_by("id")
    assert [job.waited_for for job in jobs] == [True, False]


def test_the_job_sends_the_mail(in_alpha, system, django_capture_on_commit_callbacks):
    mail = queued(system)
    job = Job.objects.get(name="notices.send_mail")
    send_mail_task.apply(kwargs=job.arguments, headers={"steward_job": str(job.public_id)})
    mail.refresh_from_db()
    assert mail.state == MailState.SENT


def test_a_server_that_is_away_leaves_the_mail_queued_with_the_reason(in_alpha, system, settings):
    settings.EMAIL_BACKEND = f"{__name__}.RefusingBackend"
    RefusingBackend.answer = ConnectionRefusedError("no mail server")
    mail = queued(system)
    with pytest.raises(OSError, match="no mail server"):
        send_mail(mail_id=mail.pk)
    mail.refresh_from_db()
    assert (mail.state, mail.error) == (MailState.QUEUED, "no mail server")


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (smtplib.SMTPRecipientsRefused({"ada@alpha.test": (550, b"no such user")}), MailState.FAILED),
        (smtplib.SMTPDataError(554, b"rejected"), MailState.FAILED),
    ],
)
def test_a_refusal_for_good_ends_the_mail_with_the_answer(in_alpha, system, settings, answer, state):
    settings.EMAIL_BACKEND = f"{__name__}.RefusingBackend"
    RefusingBackend.answer = answer
    mail = queued(system)
    send_mail(mail_id=mail.pk)
    mail.refresh_from_db()
    assert mail.state == state
    assert mail.error


def test_a_greylisting_server_is_asked_again(in_alpha, system, settings):
    settings.EMAIL_BACKEND = f"{__name__}.RefusingBackend"
    RefusingBackend.answer = smtplib.SMTPRecipientsRefused({"ada@alpha.test": (451, b"try later")})
    mail = queued(system)
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send_mail(mail_id=mail.pk)
    mail.refresh_from_db()
    assert mail.state == MailState.QUEUED


def test_a_mail_that_can_be_ended_says_so_to_the_mail_program_and_others_do_not(in_alpha, system):
    for mail in (queued(system, end_url="http://alpha.localhost/digest/end/k/"), queued(system)):
        send_mail(mail_id=mail.pk)
    first, second = outbox_of_django.outbox
    assert first.extra_headers["List-Unsubscribe"] == "<http://alpha.localhost/digest/end/k/>"
    assert first.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert not {"List-Unsubscribe", "List-Unsubscribe-Post"} & second.extra_headers.keys()
