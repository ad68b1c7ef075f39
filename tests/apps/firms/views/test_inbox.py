import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client


@pytest.fixture
def inbox(settings, tmp_path, db):
    settings.LOCAL_INBOX = tmp_path
    settings.EMAIL_BACKEND = "apps.core.local_mail.InboxBackend"
    return Client(headers={"host": "localhost"})


def send(to, subject, text):
    message = EmailMultiAlternatives(subject=subject, body=text, to=[to], connection=mail.get_connection())
    message.attach_alternative("<p>formatted</p>", "text/html")
    message.send()


def test_the_inbox_shows_the_newest_first_with_links_to_follow(inbox):
    send("a@example.com", "First", "one")
    send("b@example.com", "Second", "Open http://harbor.localhost:8000/invitations/k_-9/ <now>")
    html = inbox.get("/inbox/").content.decode()
    assert html.index("Second") < html.index("First")
    assert 'href="http://harbor.localhost:8000/invitations/k_-9/"' in html
    assert "&lt;now&gt;" in html


def test_the_inbox_narrows_to_one_address(inbox):
    send("a@example.com", "First", "one")
    send("b@example.com", "Second", "two")
    html = inbox.get("/inbox/?to=A@example.com").content.decode()
    assert "First" in html
    assert "Second" not in html


def test_an_empty_inbox_says_what_will_be_there(inbox):
    assert "No mail yet" in inbox.get("/inbox/").content.decode()
