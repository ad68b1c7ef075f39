import pytest

from apps.accounts.models import User
from apps.accounts.services.portal_accounts import close_portal_account
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError


def test_a_closed_account_signs_in_no_more_and_frees_its_address(clay, ada, sign_in):
    address, browser = clay.email, sign_in(clay)
    browser.get("/portal/")
    close_portal_account(user=clay, reason="Another person", by=ada.as_actor())
    clay.refresh_from_db()
    assert not clay.is_active
    assert not clay.has_usable_password()
    assert not User.objects.filter(email__iexact=address).exists()
    answer = browser.get("/portal/")
    assert answer.status_code == 302
    assert "login" in answer["Location"]
    event = AuditEvent.objects.get(action="accounts.close_portal_account")
    assert event.before["email"] == address
    assert event.reason == "Another person"


def test_an_account_of_the_firm_is_not_closed_so(ada, paul):
    with pytest.raises(InvalidInputError):
        close_portal_account(user=ada, by=paul.as_actor())
    ada.refresh_from_db()
    assert ada.is_active
