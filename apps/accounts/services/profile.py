"""What the firm says of itself: profile, brand, rules that every page and paper follow."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

import filetype
from django.conf import settings
from django.core.files.base import ContentFile

from apps.accounts.engine.contrast import AA_TEXT, contrast, darkened
from apps.accounts.models import FirmProfile, User
from apps.accounts.policies import STAFF_ROLES, TOURS, Role
from apps.accounts.services._validity import checked
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, gettext_noop

PROFILE_FIELDS = frozenset(
    {
        "display_name",
        "website",
        "phone",
        "address",
        "disclosures",
        "time_zone",
        "locale",
        "rounding",
        "price_band",
        "price_age_listed",
        "price_age_unlisted",
        "price_age_fund",
        "price_age_property",
        "flow_timing",
    }
)
MAX_LOGO_BYTES = 512 * 1024
# SVG can carry scripts, and a logo is shown on every page
LOGO_TYPES = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}


@service
def update_firm_profile(*, fields: Mapping[str, Any], by: Actor) -> FirmProfile:
    """Change what the firm says of itself.

    Raises InvalidInputError at the field for a value it cannot hold, an unknown time zone or language; ValueError for
    a field that is not of the profile.
    """
    unknown = set(fields) - PROFILE_FIELDS
    if unknown:
        raise ValueError(f"not fields of the profile: {', '.join(sorted(unknown))}")
    _known_zone_and_language(fields)
    profile = FirmProfile.objects.select_for_update().get(pk=1)
    return _changed(profile, fields, action="accounts.update_firm_profile", by=by)


@service
def choose_accent(*, accent: str, by: Actor) -> FirmProfile:
    """Take a colour as the firm's own; it must carry white text.

    Raises InvalidInputError for what is no colour, and for one under 4.5:1 with the nearest shade that passes.
    """
    colour = accent.strip().lower()
    profile = FirmProfile.objects.select_for_update().get(pk=1)
    profile.accent = colour
    checked(profile)
    ratio = contrast(colour, "#ffffff")
    if ratio < AA_TEXT:
        raise InvalidInputError(
            gettext_noop("White text on this colour has a contrast of %(ratio)s to 1; it needs 4.5 to 1."),
            mend=gettext_noop("The nearest shade that passes is %(shade)s."),
            field="accent",
            # rounded down: 4.49 must not read as 4.5
            ratio=f"{int(ratio * 100) / 100:.2f}",
            shade=darkened(colour),
        )
    return _changed(FirmProfile.objects.get(pk=1), {"accent": colour}, action="accounts.choose_accent", by=by)


@service
def set_logo(*, content: bytes, by: Actor) -> FirmProfile:
    """Keep a logo, judged by its content. Raises InvalidInputError for other kinds of file and for large ones."""
    if len(content) > MAX_LOGO_BYTES:
        raise InvalidInputError(
            gettext_noop("The logo is larger than 512 kB."), mend=gettext_noop("Save it smaller."), field="logo"
        )
    kind = filetype.guess(content)
    if kind is None or kind.mime not in LOGO_TYPES:
        raise InvalidInputError(
            gettext_noop("This file is no PNG, JPEG or WebP image."),
            mend=gettext_noop("Save the logo as PNG."),
            field="logo",
        )
    profile = FirmProfile.objects.select_for_update().get(pk=1)
    before = audit.snapshot(profile)
    name = f"logo-{hashlib.sha256(content).hexdigest()[:16]}.{LOGO_TYPES[kind.mime]}"
    profile.logo.save(name, ContentFile(content), save=False)
    profile.save(update_fields=["logo", "updated_at"])
    audit.record("accounts.set_logo", by=by, target=profile, before=before, after=audit.snapshot(profile))
    return profile


@service
def remove_logo(*, by: Actor) -> FirmProfile:
    """Show the name instead of a logo; the file stays with what was printed with it."""
    profile = FirmProfile.objects.select_for_update().get(pk=1)
    return _changed(profile, {"logo": ""}, action="accounts.remove_logo", by=by)


@service
def set_security(*, clients_need_second_factor: str, self_review_minutes: int, by: Actor) -> FirmProfile:
    """Say whether clients need a second factor (`yes` or `no`; staff always do) and how long a self-review takes.

    Raises InvalidInputError for fewer than one or more than 1,440 minutes.
    """
    if not 1 <= self_review_minutes <= 1440:
        raise InvalidInputError(
            gettext_noop("A self-review takes between one minute and a day."), field="self_review_minutes"
        )
    roles = set(STAFF_ROLES) | ({Role.CLIENT} if clients_need_second_factor == "yes" else set())
    profile = FirmProfile.objects.select_for_update().get(pk=1)
    fields = {"mfa_roles": sorted(str(role) for role in roles), "self_review_minutes": self_review_minutes}
    return _changed(profile, fields, action="accounts.set_security", by=by)


@service
def update_own_profile(*, user: User, full_name: str, locale: str, time_zone: str, by: Actor) -> User:
    """Change one's own name, language and time zone; empty means the firm's. Raises InvalidInputError at the field."""
    _known_zone_and_language({"locale": locale, "time_zone": time_zone})
    user = User.objects.select_for_update().get(pk=user.pk)
    before = audit.snapshot(user)
    user.full_name, user.locale, user.time_zone = full_name.strip(), locale, time_zone
    checked(user)
    user.save(update_fields=["full_name", "locale", "time_zone", "updated_at"])
    audit.record("accounts.update_own_profile", by=by, target=user, before=before, after=audit.snapshot(user))
    return user


@service
def finish_tour(*, user: User, tour: str, by: Actor) -> User:
    """Keep that a person has seen a tour, so that it does not open again; a second time changes nothing.

    Raises InvalidInputError for a tour that there is not.
    """
    if tour not in TOURS:
        raise InvalidInputError(gettext_noop("There is no such tour."), field="tour")
    user = User.objects.select_for_update().get(pk=user.pk)
    if tour in user.tours_seen:
        return user
    user.tours_seen = [*user.tours_seen, tour]
    user.save(update_fields=["tours_seen", "updated_at"])
    audit.record("accounts.finish_tour", by=by, target=user, after={"tour": tour})
    return user


def _known_zone_and_language(fields: Mapping[str, Any]) -> None:
    zone, language = fields.get("time_zone", ""), fields.get("locale", "")
    if zone and zone not in available_timezones():
        raise InvalidInputError(gettext_noop("There is no such time zone."), field="time_zone")
    if language and language not in dict(settings.LANGUAGES):
        raise InvalidInputError(gettext_noop("Steward does not speak this language."), field="locale")


def _changed(profile: FirmProfile, fields: Mapping[str, Any], *, action: str, by: Actor) -> FirmProfile:
    before = audit.snapshot(profile)
    for name, value in fields.items():
        setattr(profile, name, value)
    checked(profile)
    profile.save(update_fields=[*fields, "updated_at"])
    audit.record(action, by=by, target=profile, before=before, after=audit.snapshot(profile))
    return profile
