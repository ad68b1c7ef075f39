"""The firm's language model: connect it, try it, take it away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.accounts.policies import Permission
from apps.core.actors import Actor
from apps.core.views import ActionView, ServiceFormView
from apps.integrations.forms import LanguageModelForm
from apps.integrations.selectors.language_models import Outcome, connection_in_use, model_line, told
from apps.integrations.services.language_models import ModelTerms, connect_model, disconnect_model, try_model


class LanguageModelSettings(ServiceFormView):
    """What is connected, what is sent to it, and the form that connects."""

    permission = Permission.MANAGE_FIRM
    template_name = "staff/integrations/language_model.html"
    form_class = LanguageModelForm

    def get_initial(self) -> dict[str, Any]:
        """Begin with what is connected; the key is never shown."""
        row = connection_in_use()
        if row is None:
            return {}
        return {"address": row.address, "model_name": row.model_name, "embedding_name": row.embedding_name}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add how it stands."""
        return super().get_context_data(line=model_line(), **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Connect."""
        connect_model(terms=ModelTerms(**form.cleaned_data), by=by)
        messages.success(self.request, _("Connected. Try it once before you rely on it."))
        return reverse("integrations:language-model")


class TryLanguageModel(ActionView):
    """POST: ask the model one thing."""

    permission = Permission.MANAGE_FIRM

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Ask, and say how it went."""
        outcome = try_model(by=by)
        say = messages.success if outcome is Outcome.ANSWERED else messages.error
        say(request, told(outcome))
        return reverse("integrations:language-model")


class DisconnectLanguageModel(ActionView):
    """POST: take the model away."""

    permission = Permission.MANAGE_FIRM
    success_message = _("Disconnected. Its key is deleted, and nothing outside is asked any more.")

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002 - the frame hands it over
        """Disconnect."""
        disconnect_model(by=by)
        return reverse("integrations:language-model")
