import re

import pytest
from django.test import Client

from apps.core.models import Job
from apps.firms.models import Registration, RegistrationState
from tests.factories.firms import registration, wish

pytestmark = pytest.mark.django_db


@pytest.fixture
def public():
    return Client(headers={"host": "localhost"})


def fields(**changes):
    asked = wish(**changes)
    names = [name for name in asked.__slots__ if name != "locale"]
    return {name: getattr(asked, name) for name in names}


def test_the_landing_page_says_what_it_is_and_what_it_costs(public):
    html = public.get("/").content.decode()
    assert "Register your firm" in html
    assert "US$ 150" in html


def test_the_public_site_needs_no_session_and_sets_none(public):
    response = public.get("/register/")
    assert response.status_code == 200
    assert "sessionid" not in response.cookies
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", response.content.decode())


def test_a_form_leads_to_the_page_of_its_registration(public):
    response = public.post("/register/", fields())
    made = Registration.objects.get()
    assert response["Location"] == f"/register/{made.token}/"
    page = public.get(response["Location"])
    assert "Setting up Harbor Wealth LLC" in page.content.decode()
    assert page["Cache-Control"].startswith("max-age=0")


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(public):
    response = public.post("/register/", fields(sec_number="801-1"))
    assert response.status_code == 422
    html = response.content.decode()
    assert "801-12345" in html
    assert 'value="Harbor Wealth LLC"' in html
    assert response.context["form"].errors.keys() == {"sec_number"}


def test_the_number_of_its_own_registration_is_needed(public):
    for kind, missing in (("sec", "sec_number"), ("state", "crd_number")):
        response = public.post("/register/", fields(registration_kind=kind, sec_number="", crd_number=""))
        assert response.context["form"].errors.keys() == {missing}


def test_the_same_form_sent_twice_leads_to_the_same_page(public):
    once = fields()
    assert public.post("/register/", once)["Location"] == public.post("/register/", once)["Location"]
    assert Job.objects.filter(name="firms.provision_firm").count() == 1


def test_a_program_that_fills_everything_in_registers_nothing(public):
    response = public.post("/register/", {**fields(), "company_fax": "555"})
    assert response.status_code == 422
    assert not Registration.objects.exists()


def test_a_form_without_its_key_is_refused_in_words(public):
    response = public.post("/register/", {**fields(), "form_key": "nonsense"})
    assert response.status_code == 422
    assert "Reload the page" in response.content.decode()


def test_htmx_gets_the_panel_alone_with_the_step_of_the_job(public):
    made = registration()
    Job.objects.update(percent=80, step="Writing the firm's profile")
    html = public.get(f"/register/{made.token}/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in html
    assert 'hx-trigger="every 2s, live"' in html
    assert "Writing the firm&#x27;s profile" in html


def test_a_failed_registration_offers_another_try_that_works_once(public):
    made = registration()
    Registration.objects.update(state=RegistrationState.FAILED, error="The disk is full.")
    page = public.get(f"/register/{made.token}/").content.decode()
    assert "The disk is full." in page
    assert "every 2s" not in page
    assert public.post(f"/register/{made.token}/retry/").status_code == 302
    again = public.post(f"/register/{made.token}/retry/")
    assert again.status_code == 409
    assert "There is nothing to retry." in again.content.decode()


def test_an_open_registration_shows_the_way_to_the_site(public, firm_a):
    made = registration()
    Registration.objects.update(state=RegistrationState.OPEN, firm=firm_a)
    page = public.get(f"/register/{made.token}/").content.decode()
    assert "http://harbor.localhost" in page
    assert "pia@harbor.example" in page


def test_the_link_is_sent_again_once_a_minute_and_only_when_open(public, firm_a):
    made = registration()
    assert public.post(f"/register/{made.token}/link/").status_code == 409
    Registration.objects.update(state=RegistrationState.OPEN, firm=firm_a)
    assert public.post(f"/register/{made.token}/link/").status_code == 302
    again = public.post(f"/register/{made.token}/link/")
    assert again.status_code == 429
    assert "sent a moment ago" in again.content.decode()
    assert Job.objects.filter(name="firms.send_link_again").count() == 1


@pytest.mark.parametrize("path", ["/register/nobody/", "/inbox/"])
def test_what_does_not_exist_is_a_404(public, path):
    assert public.get(path).status_code == 404


def test_the_pages_of_the_public_site_are_not_on_a_firms_host(in_alpha, sign_in):
    assert sign_in().get("/register/").status_code == 404
