"""The firm's rules for the checkpoints before money moves."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.policies import Permission
from apps.compliance.forms import CheckpointRulesForm
from apps.compliance.selectors.checkpoints import rules_in_force
from apps.compliance.services.checkpoints import CheckpointTerms, set_checkpoint_rules
from apps.core.actors import Actor
from apps.core.views import ServiceFormView


class CheckpointRulesView(ServiceFormView):
    """GET the rules in force, POST new ones."""

    permission = Permission.EDIT_COMPLIANCE
    template_name = "staff/compliance/checkpoint_rules.html"
    form_class = CheckpointRulesForm

    def get_initial(self) -> dict[str, Any]:
        """Begin with the rules in force."""
        rules = rules_in_force()
        return {name: getattr(rules, name) for name in CheckpointRulesForm.base_fields}

    def perform(self, form: Any, by: Actor) -> str:
        """Set them."""
        set_checkpoint_rules(terms=CheckpointTerms(**form.cleaned_data), by=by)
        messages.success(self.request, _("The rules hold for every proposal from now on."))
        return reverse("compliance:checkpoint-rules")
