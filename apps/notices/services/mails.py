"""E-mails: written in the recipient's language, the firm's brand and time zone, sent once by a job."""

from __future__ import annotations

import html
import re
import smtplib
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from apps.accounts.models import FirmProfile
from apps.core import audit, jobs
from apps.core.actors import Actor
from apps.core.services import service
from apps.core.tenancy.addresses import site_url
from apps.notices.models import Mail, MailState
from apps.notices.policies import carries_key

_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)


@service
def queue_mail(*, kind: str, to: str, context: Mapping[str, Any], by: Actor, locale: str = "") -> Mail:
    """Write a mail from templates/_emails/<kind>.{txt,html} and have a job send it once this commits.

    The subject is the title of the HTML part. `context` may carry `action_url` (a full address: `site_url`) and
    `action_label`; texts in it that are lazy translations appear in the recipient's language. Without `locale` the
    firm's language is used; moments are in the firm's time zone, wherever the work was started. `end_url` in it ends
    such mails for good, without a sign-in: mail programs show it as a button (RFC 2369, RFC 8058). Raises
    ValidationError for an address that is none.
    """
    validate_email(to)
    profile = FirmProfile.current()
    language = _language(locale or profile.locale)
    with translation.override(language), timezone.override(profile.time_zone):
        known = {**context, **_brand(profile), "to": to}
        text = render_to_string(f"_emails/{kind}.txt", known).strip() + "\n"
        formatted = render_to_string(f"_emails/{kind}.html", known)
    mail = Mail(kind=kind, to=to, locale=language, subject=_subject(kind, formatted), text=text, html=formatted)
    mail.end_url = context.get("end_url", "")
    mail.full_clean()
    mail.save()
    audit.record("notices.queue_mail", by=by, target=mail, after={"kind": kind, "to": to, "subject": mail.subject})
    # whoever reads a mail with a key stands at the door
    jobs.enqueue("notices.send_mail", by=by, is_urgent=carries_key(kind), mail_id=mail.pk)
    return mail


def send_mail(*, mail_id: int) -> Mail:
    """Send a queued mail; one that was sent stays as it is.

    A server that refuses the mail for good (SMTP 5xx) ends it as failed with its answer. One that is away raises
    OSError: the mail stays queued with the reason, and the job runs again.
    """
    try:
        with transaction.atomic():
            return _send_locked(mail_id)
    except OSError as away:
        Mail.objects.filter(pk=mail_id, state=MailState.QUEUED).update(
            error=str(away)[:2000], updated_at=timezone.now()
        )
        raise


def _send_locked(mail_id: int) -> Mail:
    mail = Mail.objects.select_for_update().get(pk=mail_id)
    if mail.state != MailState.QUEUED:
        return mail
    # the same id at each attempt: a server that took the mail before we heard so can drop the second
    headers = {"Message-ID": f"<{mail.public_id}@{settings.BASE_DOMAIN}>"}
    if mail.end_url:
        headers |= {"List-Unsubscribe": f"<{mail.end_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    message = EmailMultiAlternatives(subject=mail.subject, body=mail.text, to=[mail.to], headers=headers)
    message.attach_alternative(mail.html, "text/html")
    try:
        message.send()
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as refused:
        if not _is_final(refused):
            raise
        mail.state, mail.error = MailState.FAILED, str(refused)[:2000]
    else:
        mail.state, mail.error, mail.sent_at = MailState.SENT, "", timezone.now()
        if carries_key(mail.kind):
            mail.text = mail.html = ""
    mail.save(update_fields=["state", "error", "sent_at", "text", "html", "updated_at"])
    return mail


def _is_final(refused: smtplib.SMTPException) -> bool:
    """Say whether the server will never take the mail: RFC 5321, 4.2.1, replies 5yz."""
    if isinstance(refused, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in refused.recipients.values())
    return isinstance(refused, smtplib.SMTPResponseException) and refused.smtp_code >= 500


def _language(wanted: str) -> str:
    return wanted if wanted in dict(settings.LANGUAGES) else "en"


def _brand(profile: FirmProfile) -> dict[str, str]:
    return {
        "brand_name": profile.display_name,
        "brand_accent": profile.accent,
        "brand_logo_url": site_url("/brand/logo/") if profile.logo else "",
        "site_url": site_url("/"),
    }


def _subject(kind: str, formatted: str) -> str:
    found = _TITLE.search(formatted)
    subject = " ".join(html.unescape(found.group(1)).split()) if found else ""
    if not subject:
        raise ValueError(f"templates/_emails/{kind}.html has no subject: fill the block of that name.")
    return subject[:200]
