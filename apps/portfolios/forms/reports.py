"""What people type about performance reports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.templatetags.formats import date_text


class ReportsForm(forms.Form):
    """Which quarter is reported, and what the firm writes to its clients."""

    last_day = forms.TypedChoiceField(label=_("Quarter"), coerce=dt.date.fromisoformat)
    message = forms.CharField(
        label=_("Letter to the clients"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Stands on the first page of each report. Leave it empty for none."),
    )

    def __init__(self, *args: Any, quarters: Sequence[tuple[dt.date, dt.date]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["last_day"]
        if isinstance(field, forms.TypedChoiceField):
            field.choices = [(last.isoformat(), f"{date_text(first)} – {date_text(last)}") for first, last in quarters]


class RestateForm(forms.Form):
    """Why a report is made anew."""

    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("The new paper says it, if the client has the old one.")
    )
