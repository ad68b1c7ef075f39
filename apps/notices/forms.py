"""What a person says about mails."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.notices.models import DigestRhythm


class DigestForm(forms.Form):
    """How often the digest comes."""

    rhythm = forms.ChoiceField(label=_("How often"), choices=DigestRhythm.choices, widget=forms.RadioSelect)
