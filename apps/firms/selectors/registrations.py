"""How far a registration is, as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from apps.core.tenancy.addresses import url_for
from apps.firms.models import Registration, RegistrationState
from apps.kernel.errors import NotFoundError, gettext_noop


@dataclass(frozen=True, slots=True)
class RegistrationProgress:
    """One registration: running, open or failed; `site` is its own address."""

    registration: Registration
    is_open: bool
    has_failed: bool
    percent: int
    step: str
    site: str
    topic: str
    has_inbox: bool


def registration_progress(token: str) -> RegistrationProgress:
    """Return the registration of a token; NotFoundError for one that does not exist."""
    registration = Registration.objects.select_related("job", "firm").filter(token=token).first()
    if registration is None:
        raise NotFoundError(
            gettext_noop("There is no such registration."), mend=gettext_noop("Register the firm again from the start.")
        )
    job = registration.job
    return RegistrationProgress(
        registration=registration,
        is_open=registration.state == RegistrationState.OPEN,
        has_failed=registration.has_failed,
        percent=job.percent if job else 0,
        step=job.step if job else "",
        site=url_for(registration.schema),
        topic=f"registration:{registration.token}",
        has_inbox=bool(settings.LOCAL_INBOX),
    )
