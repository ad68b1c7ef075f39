"""What people type about the markets of plans: shape and clean values; services decide."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import PercentField
from apps.plans.models import MarketKindChoice
from apps.plans.selectors.market_pages import ReturnLine


class MarketModelForm(forms.Form):
    """How the markets of plans are drawn."""

    kind = forms.ChoiceField(label=_("Markets of plans"), choices=MarketKindChoice.choices, widget=forms.RadioSelect)
    mean_block = forms.IntegerField(
        label=_("Blocks of history: months on average"),
        min_value=1,
        max_value=120,
        help_text=_("Longer blocks keep more of what follows what, and leave fewer different futures."),
    )
    is_recentred = forms.BooleanField(
        label=_("Blocks of history: move them to the expected returns"),
        required=False,
        help_text=_("Swings, crashes and their order stay those of history; only the averages are the expected ones."),
    )


class MarketHistoryForm(forms.Form):
    """A file of monthly returns."""

    file = forms.FileField(
        label=_("Monthly returns (CSV)"), help_text=_("Text in UTF-8 with commas, at most 2 MB; see the example above.")
    )
    source = forms.CharField(
        label=_("Where it comes from"),
        max_length=300,
        help_text=_("Who publishes the series, and when they were fetched. Passports name it."),
    )


class BlendForm(forms.Form):
    """The firm's view of each class it has one of, and how sure it is."""

    reason = forms.CharField(label=_("Why the firm sees it differently"), max_length=500)

    def __init__(self, *args: Any, lines: tuple[ReturnLine, ...], is_trial: bool = False, **kwargs: Any) -> None:
        """Ask for a return and a confidence of each class; what is only tried needs no reason."""
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = not is_trial
        for line in lines:
            self.fields[f"means[{line.key}]"] = _cell(
                _("%(name)s: the firm expects, in per cent a year") % {"name": line.name}, (-20, 30), 2
            )
            self.fields[f"confidence[{line.key}]"] = _cell(
                _("%(name)s: how sure, in per cent") % {"name": line.name}, (0, 100), 0
            )
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])
        self.lines = lines

    def clean(self) -> dict[str, Any]:
        """A return without a confidence, or the other way round, says nothing."""
        told = super().clean() or {}
        for line in self.lines:
            pair = (f"means[{line.key}]", f"confidence[{line.key}]")
            missing = [name for name in pair if told.get(name) is None and name not in self.errors]
            if len(missing) == 1:
                self.add_error(missing[0], _("Say both, or leave both empty."))
        # what was only tried is shown again to be kept
        self.fields["reason"].required = True
        return told

    def views(self) -> dict[str, tuple[Any, Any]]:
        """Return what was said, by class."""
        told = self.cleaned_data
        pairs = {line.key: (told.get(f"means[{line.key}]"), told.get(f"confidence[{line.key}]")) for line in self.lines}
        return {key: pair for key, pair in pairs.items() if pair[0] is not None}


def _cell(label: str, limits: tuple[int, int], places: int) -> PercentField:
    """Return a field of a table's cell, whose column says what it is; readers of screens hear the label."""
    attrs = {"class": "form-control is-amount", "aria-label": label}
    low, high = (Decimal(limit) for limit in limits)
    return PercentField(
        label=label,
        required=False,
        min_value=low,
        max_value=high,
        decimal_places=places,
        widget=forms.NumberInput(attrs=attrs),
    )
