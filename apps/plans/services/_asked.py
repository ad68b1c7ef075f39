"""What questions to the firm's language model share: which model, what is hidden, how one fails."""

from __future__ import annotations

import string
from collections.abc import Mapping

from django.utils import timezone

from apps.clients.models import Household
from apps.core import audit
from apps.core.actors import Actor
from apps.kernel.errors import gettext_noop
from apps.money.models import BankAccount
from apps.plans.models import AskedModel, AskedState
from apps.plans.ports import LanguageModelError, ModelInUse, NoLanguageModelError, language_model
from apps.portfolios.models import Account

_LETTERS = string.ascii_uppercase


def demand_model() -> ModelInUse:
    """Return the firm's model. Raises NoLanguageModelError."""
    model = language_model().in_use()
    if model is None:
        raise NoLanguageModelError
    return model


def facts_of(row: AskedModel) -> dict[str, object]:
    """Return what the trail keeps of a question: which model and where, never the words."""
    return {"model": row.model_name, "host": row.host}


def demand_same(row: AskedModel) -> None:
    """Raise LanguageModelError unless the model that was asked is still the firm's."""
    model = language_model().in_use()
    if model is None or model.key != row.model_key:
        raise LanguageModelError(
            gettext_noop("The language model was disconnected or replaced meanwhile: nothing of it was taken."),
            mend=gettext_noop("Ask again if another one is connected."),
        )


def fail(row: AskedModel, error: LanguageModelError, *, action: str, by: Actor) -> None:
    """Note on a row that its caller holds why there is no answer."""
    row.state, row.answered_at = AskedState.FAILED, timezone.now()
    row.refusal, row.mend = error.message, error.mend
    row.save(update_fields=["state", "answered_at", "refusal", "mend", "updated_at"])
    audit.record(action, by=by, target=row, facts={**facts_of(row), "code": error.code, "reason": error.message})


def hidden_names(household: Household) -> Mapping[str, str]:
    """Return the names that never leave the house, each with the word that stands for it."""
    names = {household.name: "Household"}
    people = list(household.people.order_by("pk"))
    for person in people:
        names[person.last_name] = "Family"
    for row in (*Account.objects.filter(household=household), *BankAccount.objects.filter(household=household)):
        names[row.name] = "Account"
    for letter, person in zip(_LETTERS, people, strict=False):
        stands = f"Person {letter}"
        names[person.first_name] = names[f"{person.first_name} {person.last_name}"] = stands
        names |= dict.fromkeys(person.first_name.split(), stands)
    return {name: stands for name, stands in names.items() if len(name) > 1}
