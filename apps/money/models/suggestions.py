"""What a client says of their money that the firm does not hold yet: nothing changes until an advisor accepts it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.role import Permission, is_client
from apps.clients.models.household import Household, households_of
from apps.core.actors import Actor
from apps.core.history import history
from apps.core.models import BaseModel


class SuggestedAction(models.TextChoices):
    """What is to become of the fact."""

    ADD = "add", _("Add")
    CHANGE = "change", _("Change")
    REMOVE = "remove", _("Remove")


class SuggestionState(models.TextChoices):
    """Where it is."""

    WAITING = "waiting", _("With your advisor")
    ACCEPTED = "accepted", _("Accepted")
    CORRECTED = "corrected", _("Accepted with corrections")
    DECLINED = "declined", _("Not accepted")
    WITHDRAWN = "withdrawn", _("Taken back")


class SuggestionQuerySet(models.QuerySet["FactSuggestion"]):
    """Suggestions by who may see them and by state."""

    def visible_to(self, actor: Actor) -> SuggestionQuerySet:
        """Return those of households the actor may see; who may not read finances sees none."""
        if actor.is_person and not (actor.can(Permission.VIEW_FINANCES) or is_client(actor)):
            return self.none()
        condition = households_of(actor, "household")
        return self if condition is None else self.filter(condition)

    def waiting(self) -> SuggestionQuerySet:
        """Return those that nobody decided on."""
        return self.filter(state=SuggestionState.WAITING)


class FactSuggestion(BaseModel):
    """A fact to add, change or remove. `kind` is a word of `services.facts.FACT_KINDS`, `fact_id` a public id.

    `before` is what the form of the fact said when it was suggested, `after` what it shall say: texts by field.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"name", "before", "after", "note"})

    household = models.ForeignKey(
        Household, models.CASCADE, related_name="fact_suggestions", verbose_name=_("household")
    )
    person = models.ForeignKey(
        "clients.Person", models.CASCADE, related_name="fact_suggestions", verbose_name=_("told by")
    )
    kind = models.CharField(_("kind of entry"), max_length=20)
    action = models.CharField(_("what is suggested"), max_length=6, choices=SuggestedAction.choices)
    fact_id = models.UUIDField(_("entry"), null=True, blank=True)
    name = models.CharField(_("name"), max_length=120)
    before = models.JSONField(_("before"), default=dict, blank=True)
    after = models.JSONField(_("after"), default=dict, blank=True)
    note = models.TextField(_("note"), max_length=2000, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=SuggestionState.choices, default=SuggestionState.WAITING)
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=200, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    objects = SuggestionQuerySet.as_manager()
    history = history()

    class Meta:
        ordering = ("household", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["fact_id"],
                condition=models.Q(state="waiting"),
                name="one_suggestion_waits_for_a_fact",
                violation_error_message=_("A change of this entry is with your advisor already: take it back first."),
            ),
            models.CheckConstraint(
                condition=~models.Q(state="declined") | ~models.Q(reason=""),
                name="declined_suggestion_has_its_reason",
                violation_error_message=_("Say why."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.household
