"""Every mail template has both parts, a subject, and renders in each language with what its callers give."""

from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from apps.notices.services.mails import queue_mail

FOLDER = Path(settings.ROOT) / "templates" / "_emails"
FOLDERS = [FOLDER / "account", FOLDER / "accounts"]
KINDS = sorted(f"{folder.name}/{path.stem}" for folder in FOLDERS for path in folder.glob("*.html"))
CONTEXT = {
    "name": "Ada", "invited_by": "Paul", "firm": "Alpha", "role": "Advisor", "new_email": "a@b.test",
    "what": "A thing.", "ip": "203.0.113.7", "title": "Run 7", "action_url": "http://alpha.localhost/x/",
    "action_label": "Open",
}  # fmt: skip


@pytest.mark.parametrize("locale", ["en", "pt-br"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_has_a_subject_and_both_parts(in_alpha, system, kind, locale):
    moments = dict.fromkeys(("expires_at", "at", "due_at"), timezone.now())
    mail = queue_mail(kind=kind, to="ada@alpha.test", context=CONTEXT | moments, by=system, locale=locale)
    assert 5 < len(mail.subject) < 120
    for part in (mail.text, mail.html):
        assert "http://alpha.localhost/x/" in part
        assert "{{" not in part
        assert "{%" not in part


def test_every_html_part_has_its_text_part():
    assert {path.with_suffix("") for path in FOLDER.glob("*/*.html")} == {
        path.with_suffix("") for path in FOLDER.glob("*/*.txt")
    }
