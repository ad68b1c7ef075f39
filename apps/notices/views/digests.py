"""How often the digest comes: where a mail's last line leads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.policies import Permission
from apps.core.actors import Actor
from apps.core.views import ServiceFormView
from apps.notices.forms import DigestForm
from apps.notices.selectors.digests import digest_choice
from apps.notices.services.digests import choose_digest

if TYPE_CHECKING:
    from apps.accounts.models import User


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
