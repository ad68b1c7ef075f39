import re

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse

from apps.accounts.services.invitations import Guest, invite_staff

INLINE = r"<style|\sstyle=\"|\son(click|load|submit)=|<script(?![^>]*(\ssrc=|application/json))"
MODELS = ["user", "invitation", "firmprofile", "approvalrule", "approvalrequest", "approvaldecision", "delegation"]


@pytest.mark.parametrize("model", MODELS)
def test_a_principal_looks_up_and_changes_nothing(paul, sign_in, model):
    browser = sign_in(paul)
    assert browser.get(f"/admin/accounts/{model}/").status_code == 200
    assert browser.get(f"/admin/accounts/{model}/add/").status_code == 403
    assert browser.post(
        f"/admin/accounts/{model}/", {"action": "delete_selected", "_selected_action": 1}
    ).status_code in {
        200,
        302,
        403,
    }


def test_no_password_or_key_is_shown(paul, sign_in):
    invitation = invite_staff(guest=Guest("nora@alpha.test", "Nora"), role="advisor", by=paul.as_actor())
    browser = sign_in(paul)
    person = browser.get(f"/admin/accounts/user/{paul.pk}/change/").content.decode()
    assert "paul@alpha.test" in person
    assert paul.password not in person
    page = browser.get(f"/admin/accounts/invitation/{invitation.pk}/change/").content.decode()
    assert "nora@alpha.test" in page
    assert invitation.key_digest not in page


def test_the_admin_keeps_to_the_content_policy(paul, sign_in):
    browser = sign_in(paul)
    for path in ("/admin/", "/admin/accounts/user/", f"/admin/accounts/user/{paul.pk}/change/"):
        response = browser.get(path)
        assert "'unsafe" not in response["Content-Security-Policy"]
        html = response.content.decode()
        assert not re.search(INLINE, html), path
        assert 'x-data="{' not in html


def test_every_model_of_the_firm_in_the_admin_is_read_only(paul):
    request = RequestFactory().get("/admin/")
    request.user, request.actor = paul, paul.as_actor()
    ours = [shown for model, shown in admin.site._registry.items() if model.__module__.startswith("apps.")]
    assert ours
    for shown in ours:
        may = (
            shown.has_add_permission(request),
            shown.has_change_permission(request),
            shown.has_delete_permission(request),
        )
        assert may == (False, False, False), shown


def test_every_list_of_the_admin_opens_within_the_content_policy(paul, sign_in):
    browser = sign_in(paul)
    ours = [model for model in admin.site._registry if model.__module__.startswith("apps.")]
    for model in ours:
        page = browser.get(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"))
        assert page.status_code == 200, model
        assert not re.search(INLINE, page.content.decode()), model
