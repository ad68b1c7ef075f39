import io

import pytest
from matplotlib.image import imsave

from apps.accounts.models import FirmProfile, Invitation, User
from tests.cast import SiteClient


@pytest.fixture
def logo(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    image = io.BytesIO()
    imsave(image, [[0.0, 1.0]], format="png")
    image.seek(0)
    image.name = "logo.svg"
    return image


def test_the_brand_reaches_every_page_of_the_firm_and_its_stylesheet(paul, sign_in):
    browser = sign_in(paul)
    assert browser.post("/settings/brand/", {"accent": "#7a1f3d"}).status_code == 302
    css = SiteClient(headers={"host": "alpha.localhost"}).get("/brand.css")
    assert css["Content-Type"].startswith("text/css")
    assert "--brand: #7a1f3d" in css.content.decode()
    assert "/brand.css?v=" in browser.get("/account/").content.decode()


def test_a_pale_colour_is_refused_at_its_field(paul, sign_in):
    refused = sign_in(paul).post("/settings/brand/", {"accent": "#ffee88"})
    assert refused.status_code == 422
    assert "The nearest shade that passes is" in refused.content.decode()


def test_a_logo_is_served_as_what_its_bytes_are_whatever_its_name(paul, sign_in, logo):
    browser = sign_in(paul)
    assert browser.get("/brand/logo/").status_code == 404
    assert browser.post("/settings/brand/logo/", {"logo": logo}).status_code == 302
    served = browser.get("/brand/logo/")
    assert served["Content-Type"] == "image/png"
    assert served["X-Content-Type-Options"] == "nosniff"
    browser.post("/settings/brand/logo/remove/")
    assert browser.get("/brand/logo/").status_code == 404


def test_a_file_that_is_no_image_is_refused_beside_the_logo(paul, sign_in, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    text = io.BytesIO(b"<svg onload='x'/>")
    text.name = "logo.png"
    refused = sign_in(paul).post("/settings/brand/logo/", {"logo": text})
    assert refused.status_code == 422
    assert refused.context["logo_form"].errors.keys() == {"logo"}


def test_the_firms_logo_is_not_another_firms(paul, sign_in, logo, firm_b):
    sign_in(paul).post("/settings/brand/logo/", {"logo": logo})
    assert SiteClient(headers={"host": "beta.localhost"}).get("/brand/logo/").status_code == 404


def test_the_profile_is_saved_from_its_page(paul, sign_in):
    fields = {
        "display_name": "Alpha", "website": "https://alpha.example", "phone": "", "address": "1 Main St",
        "time_zone": "America/Chicago", "locale": "en", "rounding": "half_even", "disclosures": "Past is past.",
        "price_band": "30", "flow_timing": "end_of_day", "price_age_listed": "5", "price_age_unlisted": "31",
        "price_age_fund": "100", "price_age_property": "365",
    }  # fmt: skip
    browser = sign_in(paul)
    page = browser.get("/settings/firm/")
    choices = [value for value, _ in page.context["form"].fields["rounding"].choices]
    fields["rounding"] = choices[1]
    done = browser.post("/settings/firm/", fields)
    assert done.status_code == 302, done.context["form"].errors
    profile = FirmProfile.current()
    assert (profile.display_name, profile.disclosures) == ("Alpha", "Past is past.")
    assert profile.flow_timing == "end_of_day"
    assert (profile.price_age_unlisted, profile.price_age_property) == (31, 365)


def test_security_is_set_from_its_page(paul, sign_in):
    browser = sign_in(paul)
    fields = {"clients_need_second_factor": "yes", "self_review_minutes": 2}
    assert browser.post("/settings/security/", fields).status_code == 302
    assert "client" in FirmProfile.current().mfa_roles
    assert browser.post("/settings/security/", {**fields, "self_review_minutes": 0}).status_code == 422


def test_somebody_is_invited_sent_again_and_taken_back(paul, sign_in):
    browser = sign_in(paul)
    fields = {"full_name": "Nora", "email": "nora@alpha.test", "role": "advisor"}
    assert browser.post("/settings/team/invite/", fields).status_code == 302
    twice = browser.post("/settings/team/invite/", fields)
    assert (twice.status_code, twice.context["form"].errors.keys()) == (422, {"email"})
    invitation = Invitation.objects.get()
    again = browser.post(f"/settings/team/invitations/{invitation.public_id}/resend/", follow=True)
    assert "A new link is on its way" in again.content.decode()
    browser.post(f"/settings/team/invitations/{invitation.public_id}/revoke/")
    refused = browser.post(f"/settings/team/invitations/{invitation.public_id}/resend/", follow=True)
    assert refused.status_code == 200


def test_roles_and_access_are_changed_from_the_team_page(paul, ada, sign_in):
    browser = sign_in(paul)
    member = f"/settings/team/{ada.public_id}"
    assert browser.get(f"{member}/role/").status_code == 200
    browser.post(f"{member}/role/", {"role": "support"})
    assert User.objects.get(pk=ada.pk).role == "support"
    browser.post(f"{member}/deactivate/", {"reason": "Left"})
    assert not User.objects.get(pk=ada.pk).is_active
    browser.post(f"{member}/reactivate/")
    assert User.objects.get(pk=ada.pk).is_active
    last = browser.post(f"/settings/team/{paul.public_id}/role/", {"role": "advisor"})
    assert last.status_code == 409
    assert "last principal" in last.content.decode()


def test_a_client_is_no_member_of_the_team(paul, clay, sign_in):
    assert sign_in(paul).get(f"/settings/team/{clay.public_id}/role/").status_code == 404


def test_the_pages_speak_the_readers_language_and_zone(ada, sign_in):
    ada.locale, ada.time_zone = "pt-br", "America/Sao_Paulo"
    ada.save()
    response = sign_in(ada).get("/account/")
    assert response["Content-Language"] == "pt-br"
    assert '<html lang="pt-br">' in response.content.decode()


def test_a_tour_that_was_seen_is_kept(ada, sign_in):
    assert sign_in(ada).post("/account/tours/", {"tour": "first-advisor"}).status_code == 204
    ada.refresh_from_db()
    assert ada.tours_seen == ["first-advisor"]


def test_ones_own_credentials_change_by_a_link(ada, sign_in):
    browser = sign_in(ada)
    wrong = browser.post("/accounts/email/", {"current_password": "x", "new_email": "ada@new.test"})
    assert (wrong.status_code, wrong.context["form"].errors.keys()) == (422, {"current_password"})
    sent = browser.post("/accounts/email/", {"current_password": "correct horse battery", "new_email": "ada@new.test"})
    assert sent["Location"] == "/account/"
    assert SiteClient(headers={"host": "alpha.localhost"}).get("/account/changes/nonsense/").status_code == 404


def test_guesses_at_the_current_password_are_limited(ada, sign_in):
    browser = sign_in(ada)
    answers = [
        browser.post("/accounts/email/", {"current_password": "x", "new_email": "a@b.test"}).status_code
        for _ in range(7)
    ]
    assert answers == [422] * 5 + [429] * 2
