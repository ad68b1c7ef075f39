"""A yes that the advisor asked for."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.compliance.selectors.profiles import acknowledgements_for
from apps.compliance.services.reviews import acknowledge
from apps.core.access import actor_of
from apps.core.actors import Actor
from apps.core.views import ServiceFormView
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.portal.forms import AcknowledgeForm
from apps.portal.views._page import MemberMixin


class AcknowledgementView(MemberMixin, ServiceFormView):
    """GET the statement, POST the yes."""

    template_name = "portal/acknowledgement.html"
    form_class = AcknowledgeForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the words that are kept with the yes."""
        assessment, asked = self._asked()
        return super().get_context_data(assessment=assessment, asked=asked, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:  # noqa: ARG002 - a yes carries nothing else
        """Record the yes."""
        assessment, asked = self._asked()
        acknowledge(assessment=assessment, person=asked.person, purpose=asked.purpose, by=by)
        messages.success(self.request, _("Thank you. Your advisor sees that you confirmed it."))
        return reverse("portal:home")

    def _asked(self) -> Any:
        wanted = (self.kwargs["assessment_id"], self.kwargs["purpose"])
        for assessment, asked in acknowledgements_for(actor_of(self.request), timezone.localdate()):
            if (assessment.public_id, asked.purpose) == wanted:
                return assessment, asked
        raise NotFoundError(gettext_noop("There is nothing for you to confirm here: it may have been done already."))
