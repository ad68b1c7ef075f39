import io

import pytest
from django.core.files.storage import default_storage
from matplotlib.image import imsave

from apps.accounts.engine.contrast import contrast
from apps.accounts.models import FirmProfile
from apps.accounts.policies import TOURS
from apps.accounts.services.profile import (
    MAX_LOGO_BYTES,
    choose_accent,
    finish_tour,
    remove_logo,
    set_logo,
    set_security,
    update_firm_profile,
    update_own_profile,
)
from apps.core.models import AuditEvent
from apps.desk.selectors import tours as desk_tours
from apps.kernel.errors import InvalidInputError
from apps.portal.selectors import tours as portal_tours


@pytest.fixture
def png():
    image = io.BytesIO()
    imsave(image, [[0.0, 1.0]], format="png")
    return image.getvalue()


def test_the_profile_keeps_what_changed_on_the_trail(paul):
    update_firm_profile(fields={"display_name": "Alpha", "time_zone": "America/Chicago"}, by=paul.as_actor())
    assert FirmProfile.current().display_name == "Alpha"
    event = AuditEvent.objects.get(action="accounts.update_firm_profile")
    assert event.after == {"display_name": "Alpha", "time_zone": "America/Chicago"}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"time_zone": "Moon/Sea"}, "time_zone"),
        ({"locale": "tlh"}, "locale"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"display_name": ""}, "display_name"),
        ({"rounding": "down"}, "rounding"),
    ],
)
def test_a_wrong_value_is_told_at_its_field_and_nothing_changes(paul, fields, field):
    before = FirmProfile.objects.values().get()
    with pytest.raises(InvalidInputError) as refused:
        update_firm_profile(fields={"phone": "1", **fields}, by=paul.as_actor())
    assert refused.value.field == field
    assert FirmProfile.objects.values().get() == before


def test_only_fields_of_the_profile_can_be_changed(paul):
    with pytest.raises(ValueError, match="mfa_roles"):
        update_firm_profile(fields={"mfa_roles": []}, by=paul.as_actor())


def test_a_colour_that_cannot_carry_white_text_is_refused_with_one_that_can(paul):
    with pytest.raises(InvalidInputError, match=r"needs 4.5 to 1") as refused:
        choose_accent(accent="#ffcc00", by=paul.as_actor())
    shade = refused.value.params["shade"]
    assert contrast(shade, "#ffffff") >= 4.5
    assert choose_accent(accent=shade.upper(), by=paul.as_actor()).accent == shade
    with pytest.raises(InvalidInputError, match="#0f5c4a"):
        choose_accent(accent="green", by=paul.as_actor())


def test_a_logo_is_what_its_bytes_say(paul, png, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    for content in (b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a....", b"", png + b"0" * MAX_LOGO_BYTES):
        with pytest.raises(InvalidInputError) as refused:
            set_logo(content=content, by=paul.as_actor())
        assert refused.value.field == "logo"
    profile = set_logo(content=png, by=paul.as_actor())
    assert default_storage.exists(profile.logo.name)
    assert str(tmp_path / "alpha") in profile.logo.path
    assert not remove_logo(by=paul.as_actor()).logo


def test_staff_always_need_a_second_factor(paul):
    with_clients = set_security(clients_need_second_factor="yes", self_review_minutes=3, by=paul.as_actor())
    assert set(with_clients.mfa_roles) == {"principal", "advisor", "support", "compliance", "client"}
    without = set_security(clients_need_second_factor="no", self_review_minutes=3, by=paul.as_actor())
    assert set(without.mfa_roles) == {"principal", "advisor", "support", "compliance"}
    with pytest.raises(InvalidInputError):
        set_security(clients_need_second_factor="no", self_review_minutes=0, by=paul.as_actor())


def test_ones_own_language_and_zone_are_checked(ada):
    own = {"user": ada, "by": ada.as_actor()}
    changed = update_own_profile(**own, full_name=" Ada L. ", locale="pt-br", time_zone="Europe/Berlin")
    assert (changed.full_name, changed.locale) == ("Ada L.", "pt-br")
    for wrong in ({"locale": "xx"}, {"time_zone": "Moon/Sea"}, {"full_name": " "}):
        with pytest.raises(InvalidInputError):
            update_own_profile(**own, **{"full_name": "Ada", "locale": "", "time_zone": "", **wrong})


def test_a_tour_that_there_is_not_is_not_kept(ada):
    for name in ("", "second-advisor", "x" * 40):
        with pytest.raises(InvalidInputError):
            finish_tour(user=ada, tour=name, by=ada.as_actor())
    ada.refresh_from_db()
    assert ada.tours_seen == []


def test_every_tour_that_is_shown_can_be_finished():
    assert {f"first-{role}" for role in desk_tours.STEPS} | {portal_tours.TOUR} == TOURS


def test_a_tour_is_seen_once(ada):
    for _ in range(2):
        finish_tour(user=ada, tour="first-advisor", by=ada.as_actor())
    ada.refresh_from_db()
    assert ada.tours_seen == ["first-advisor"]
