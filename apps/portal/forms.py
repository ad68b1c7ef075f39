"""What clients type, tick and send."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.compliance.selectors.questionnaires import ShownItem


class AnswerForm(forms.Form):
    """One question of a questionnaire."""

    option = forms.ChoiceField(
        widget=forms.RadioSelect, error_messages={"required": _("Choose the answer that is closest to you.")}
    )


def answer_form(item: ShownItem, data: Any) -> AnswerForm:
    """Return the form of one question with its options and the answer given so far."""
    chosen = next((option.code for option in item.options if option.is_chosen), None)
    form = AnswerForm(data, initial={"option": chosen})
    field = form.fields["option"]
    field.label = item.text
    field.choices = [(option.code, option.text) for option in item.options]  # type: ignore[attr-defined]
    return form


class AcknowledgeForm(forms.Form):
    """A yes."""

    agreed = forms.BooleanField(
        label=_("I have read this and confirm it."), error_messages={"required": _("Tick the box to confirm.")}
    )


class SignForm(forms.Form):
    """What a signer ticks and types. The version of the consent travels along: it must be the one that was shown."""

    consent_version = forms.CharField(widget=forms.HiddenInput, required=False)
    consent = forms.BooleanField(
        label=_("I have read the consent above and agree to sign electronically."),
        error_messages={"required": _("Tick the box: without your consent the paper cannot be signed here.")},
    )
    typed_name = forms.CharField(
        label=_("Your full name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("Type it as it stands in the paper."),
    )


class DeclineForm(forms.Form):
    """Why a paper is not signed."""

    reason = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)


class PaperForm(forms.Form):
    """A paper that the firm asked for; the service judges it by its content."""

    paper = forms.FileField(label=_("The file"), error_messages={"required": _("Choose the file first.")})


class QuestionForm(forms.Form):
    """A question about the plan."""

    text = forms.CharField(
        label=_("Your question"), widget=forms.Textarea(attrs={"rows": 4}), max_length=4000, strip=True
    )


class StepDoneForm(forms.Form):
    """What shows that a step of the plan is done."""

    note = forms.CharField(
        label=_("How you did it"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000, required=False
    )
    paper = forms.FileField(
        label=_("A paper that shows it"), required=False, help_text=_("PDF, picture, Word, Excel or text, up to 25 MB.")
    )


class TradeApprovalForm(forms.Form):
    """A client's yes to trades."""

    agreed = forms.BooleanField(
        label=_("I have read these trades and approve them."),
        error_messages={"required": _("Tick the box to confirm.")},
    )
    typed_name = forms.CharField(
        label=_("Your full name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
