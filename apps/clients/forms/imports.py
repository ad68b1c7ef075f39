"""Files to take in, and the questions that an importer asks of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Household
from apps.clients.ports import Belongs, Question
from apps.core.actors import Actor


class ImportUploadForm(forms.Form):
    """The file, and the household where the kind belongs to one."""

    household = forms.ModelChoiceField(
        Household.objects.none(), to_field_name="public_id", label=_("Household"), required=False
    )
    file = forms.FileField(label=_("File"))

    def __init__(self, *args: Any, actor: Actor, accept: str, belongs: Belongs, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs["accept"] = accept
        if belongs == Belongs.NO_HOUSEHOLD:
            del self.fields["household"]
            return
        chosen = self.fields["household"]
        chosen.queryset = Household.objects.visible_to(actor)  # type: ignore[attr-defined]
        chosen.required = belongs == Belongs.ONE
        if belongs == Belongs.ONE_OR_NAMED:
            chosen.empty_label = _("Each line names its household")  # type: ignore[attr-defined]


class AnswersForm(forms.Form):
    """One choice for each question, the given answer chosen; a text where a question has no options."""

    def __init__(self, *args: Any, questions: tuple[Question, ...], answers: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        for question in questions:
            told: dict[str, Any] = {
                "label": question.label,
                "initial": answers.get(question.name, question.value),
                "help_text": " · ".join(question.samples[:3]),
            }
            if question.options:
                required = all(value for value, _label in question.options)
                self.fields[question.name] = forms.ChoiceField(choices=question.options, required=required, **told)
            else:
                self.fields[question.name] = forms.CharField(max_length=60, required=False, **told)
