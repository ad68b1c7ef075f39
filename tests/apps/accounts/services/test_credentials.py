import datetime as dt
import re

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.accounts.models import CredentialChange, User
from apps.accounts.selectors.guests import guest
from apps.accounts.services.credentials import (
    ChangeClosedError,
    change_for,
    confirm_change,
    request_email_change,
    request_password_change,
)
from apps.core.actors import Origin
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError, NotFoundError
from apps.notices.models import Mail
from tests.cast import person

NOW, NEW = "correct horse battery", "an entirely other sentence"
STRANGER = guest(Origin(ip="203.0.113.9"))


def key():
    return re.search(r"/account/changes/([\w-]+)/", Mail.objects.order_by("-id").first().text).group(1)


def ask_email(user, *, password=NOW, email="ada@new.test"):
    return request_email_change(user=user, current_password=password, new_email=email, by=user.as_actor())


def ask_password(user, *, password=NOW, new=NEW):
    return request_password_change(user=user, current_password=password, new_password=new, by=user.as_actor())


def test_a_new_address_holds_once_its_own_mailbox_confirms_it(ada):
    ask_email(ada)
    assert Mail.objects.get().to == "ada@new.test"
    assert User.objects.get(pk=ada.pk).email == "ada@alpha.test"
    confirm_change(key=key(), by=STRANGER)
    assert User.objects.get(pk=ada.pk).email == "ada@new.test"
    assert list(EmailAddress.objects.filter(user=ada).values_list("email", "verified")) == [("ada@new.test", True)]
    assert Mail.objects.get(kind="accounts/email_changed").to == "ada@alpha.test"
    event = AuditEvent.objects.get(action="accounts.change_email")
    assert (event.before, event.after) == ({"email": "ada@alpha.test"}, {"email": "ada@new.test"})
    assert event.actor_key == ada.as_actor().key


def test_a_new_password_holds_once_the_link_is_confirmed_and_ends_all_sessions(ada, sign_in):
    client = sign_in(ada)
    client.get("/account/")
    change = ask_password(ada)
    assert NEW not in change.new_password
    assert User.objects.get(pk=ada.pk).check_password(NOW)
    confirm_change(key=key(), by=STRANGER)
    assert User.objects.get(pk=ada.pk).check_password(NEW)
    assert client.get("/account/").status_code == 302
    assert CredentialChange.objects.get().new_password == ""


@pytest.mark.parametrize(
    ("ask", "field"),
    [
        (lambda user: ask_email(user, password="wrong"), "current_password"),
        (lambda user: ask_email(user, email="nobody"), "new_email"),
        (lambda user: ask_email(user, email="ADA@alpha.test"), "new_email"),
        (lambda user: ask_email(user, email="paul@alpha.test"), "new_email"),
        (lambda user: ask_password(user, password="wrong"), "current_password"),
        (lambda user: ask_password(user, new="short"), "new_password"),
        (lambda user: ask_password(user, new=NOW), "new_password"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_leaves_nothing(ada, paul, ask, field):
    with pytest.raises(InvalidInputError) as refused:
        ask(ada)
    assert refused.value.field == field
    assert not CredentialChange.objects.exists()
    assert not Mail.objects.exists()


def test_a_link_works_once_and_for_a_day(ada, firm_b):
    ask_password(ada)
    link = key()
    with tenant_context(firm_b), pytest.raises(NotFoundError):
        confirm_change(key=link, by=STRANGER)
    confirm_change(key=link, by=STRANGER)
    with pytest.raises(ChangeClosedError):
        confirm_change(key=link, by=STRANGER)
    ask_email(User.objects.get(pk=ada.pk), password=NEW)
    CredentialChange.objects.filter(state="open").update(expires_at=timezone.now() - dt.timedelta(minutes=1))
    with pytest.raises(ChangeClosedError):
        change_for(key())


def test_a_later_change_replaces_an_earlier_one(ada):
    ask_email(ada)
    first = key()
    ask_email(ada, email="ada@newer.test")
    with pytest.raises(ChangeClosedError):
        confirm_change(key=first, by=STRANGER)
    assert confirm_change(key=key(), by=STRANGER).new_email == "ada@newer.test"


def test_an_address_that_somebody_took_meanwhile_is_refused(ada):
    ask_email(ada)
    person("advisor", "Ada", host="new.test")
    with pytest.raises(InvalidInputError, match="has this e-mail"):
        confirm_change(key=key(), by=STRANGER)
    assert User.objects.get(pk=ada.pk).email == "ada@alpha.test"
