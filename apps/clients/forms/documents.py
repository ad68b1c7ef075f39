"""Papers and agreements."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Agreement, DocumentCategory, Household
from apps.core.forms import DayInput, PercentField


class UploadForm(forms.Form):
    """A paper to file."""

    file = forms.FileField(label=_("File"), help_text=_("PDF, picture, Word, Excel or text, up to 25 MB."))
    category = forms.ChoiceField(label=_("Category"), choices=DocumentCategory.choices)
    title = forms.CharField(label=_("Title"), max_length=200)
    visible_to_client = forms.BooleanField(label=_("The client may see it"), required=False)


class VersionForm(forms.Form):
    """A newer version of a paper."""

    file = forms.FileField(label=_("Newer version"))


class RequestForm(forms.Form):
    """A paper to ask the client for."""

    title = forms.CharField(label=_("What is needed"), max_length=200)
    category = forms.ChoiceField(label=_("Category"), choices=DocumentCategory.choices)
    note = forms.CharField(label=_("Note to the client"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    due_on = forms.DateField(label=_("Due"), required=False, widget=DayInput())


class AgreementForm(forms.Form):
    """The terms of a new agreement: up to four bands, each with its yearly rate in per cent."""

    BANDS = 4

    effective_on = forms.DateField(label=_("Takes effect"), widget=DayInput(), initial=timezone.localdate)
    kind = forms.ChoiceField(
        label=_("How the rates apply"),
        choices=[
            ("graduated", _("Each part of the value at its own rate")),
            ("cliff", _("The whole value at the rate it reaches")),
        ],
    )
    frequency = forms.ChoiceField(
        label=_("Charged"),
        choices=[
            ("quarterly", _("every quarter")),
            ("monthly", _("every month")),
            ("semiannual", _("every half-year")),
            ("annual", _("every year")),
        ],
    )
    timing = forms.ChoiceField(
        label=_("When"), choices=[("arrears", _("after the period")), ("advance", _("before the period"))]
    )
    value_basis = forms.ChoiceField(
        label=_("On which value"),
        choices=[
            ("period_end", _("at the end of the period")),
            ("opening", _("at the start of the period (in advance)")),
            ("average_daily_balance", _("average of the daily values")),
            ("average_month_ends", _("average of the month-end values")),
        ],
    )
    minimum_annual = forms.DecimalField(
        label=_("Least fee a year"), required=False, min_value=0, max_digits=12, decimal_places=2
    )
    discount = PercentField(
        label=_("Discount, in per cent"), required=False, min_value=0, max_value=99, max_digits=5, decimal_places=2
    )
    supersedes = forms.ModelChoiceField(Agreement.objects.none(), label=_("Replaces"), required=False)

    def __init__(self, *args: Any, household: Household, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["supersedes"].queryset = household.agreements.signed()  # type: ignore[attr-defined]
        for n in range(1, self.BANDS + 1):
            self.fields[f"up_to_{n}"] = forms.DecimalField(
                label=_("Band %(n)s: up to") % {"n": n}, required=False, min_value=1, max_digits=14, decimal_places=2
            )
            self.fields[f"rate_{n}"] = PercentField(
                label=_("Band %(n)s: rate a year, in per cent") % {"n": n},
                required=n == 1,
                min_value=0,
                max_value=10,
                max_digits=6,
                decimal_places=4,
            )

    @property
    def bands(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Pair the fields of each band."""
        return [(self[f"up_to_{n}"], self[f"rate_{n}"]) for n in range(1, self.BANDS + 1)]

    @property
    def terms(self) -> list[forms.BoundField]:
        """Return the other fields, in order."""
        return [self[name] for name in self.fields if not name.startswith(("up_to_", "rate_"))]

    def tiers(self) -> list[tuple[Decimal | None, Decimal]]:
        """Return the bands that were filled in: upper end and rate as a proportion."""
        found = []
        for n in range(1, self.BANDS + 1):
            rate = self.cleaned_data.get(f"rate_{n}")
            if rate is not None:
                found.append((self.cleaned_data.get(f"up_to_{n}"), rate))
        return found

    def effective(self) -> dt.date:
        """Return the first day."""
        day: dt.date = self.cleaned_data["effective_on"]
        return day
