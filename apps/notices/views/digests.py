"""How often the digest comes: where a mail's last line leads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View

from apps.accounts.policies import Permission
from apps.accounts.selectors.guests import guest
from apps.core.actors import Actor
from apps.core.errors import shown
from apps.core.views import ServiceFormView
from apps.kernel.errors import NotFoundError
from apps.notices.forms import DigestForm
from apps.notices.selectors.digests import digest_choice, takes_digest
from apps.notices.services.digests import (
    OutdatedLinkError,
    choose_digest,
    end_digest,
    is_outdated,
    reader_of,
)

if TYPE_CHECKING:
    from apps.accounts.models import User


@method_decorator((never_cache, csrf_exempt), name="dispatch")
class EndDigestView(View):
    """GET asks, POST ends: the link of a mail, and what a mail program sends by itself (RFC 8058).

    No sign-in and no cookie: who holds the mail may end it, and its key opens nothing else.
    """

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        """Ask; a mail scanner that follows links ends nothing."""
        return self._answer(request, key, ends=False)

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        """End it; a second time changes nothing."""
        return self._answer(request, key, ends=True)

    def _answer(self, request: HttpRequest, key: str, *, ends: bool) -> HttpResponse:
        try:
            reader = reader_of(key)
            if ends:
                # whoever holds the mail may follow it: the trail names the link, not its reader
                by = guest(request.origin, label=f"Link in a mail to {reader.email}")  # type: ignore[attr-defined]
                end_digest(key=key, by=by)
        except NotFoundError as unknown:
            told = shown(unknown)
            return render(request, "account/invitation_closed.html", {"refusal": told}, status=told.status)
        except OutdatedLinkError:
            return self._outdated(request)
        if is_outdated(key):
            return self._outdated(request)
        context = {"reader": reader, "is_over": not takes_digest(reader)}
        return render(request, "account/digest_end.html", context)

    def _outdated(self, request: HttpRequest) -> HttpResponse:
        """Say how to end it; whose link it is stays unsaid, since it opens nothing any more."""
        return render(request, "account/digest_end.html", {"is_outdated": True}, status=OutdatedLinkError.status)


class DigestView(ServiceFormView):
    """GET the choice, POST another."""

    permission = Permission.EDIT_PLANS
    template_name = "staff/notices/digest_form.html"
    form_class = DigestForm

    @property
    def person(self) -> User:
        """Who reads."""
        return cast("User", self.request.user)

    def get_initial(self) -> dict[str, Any]:
        """Begin with the choice as it is."""
        return {"rhythm": digest_choice(self.person).rhythm}

    def perform(self, form: Any, by: Actor) -> str:
        """Choose it."""
        choose_digest(user=self.person, rhythm=form.cleaned_data["rhythm"], by=by)
        messages.success(self.request, _("Saved."))
        return reverse("notices:digest")
