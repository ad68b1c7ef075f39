"""What people type about the markets of plans: shape and clean values; services decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import PercentField
from apps.plans.models import MarketKindChoice
from apps.plans.selectors.assumptions import AssetLine


class MarketModelForm(forms.Form):
    """How the markets of plans are drawn."""

    kind = forms.ChoiceField(label=_("Markets of plans"), choices=MarketKindChoice.choices)
    mean_block = forms.IntegerField(
        label=_("Months of a block on average"),
        min_value=1,
        max_value=120,
        help_text=_("For blocks of history. Longer blocks keep more of what follows what, and leave fewer futures."),
    )
    is_recentred = forms.BooleanField(
        label=_("Move history to the assumed returns"),
        required=False,
        help_text=_("Swings, crashes and their order stay those of history; only the averages are the assumed ones."),
    )


class MarketHistoryForm(forms.Form):
    """A file of monthly returns."""

    file = forms.FileField(
        label=_("Monthly returns (CSV)"),
        help_text=_("Columns: month (1957-02), the classes by their keys, inflation. Returns as fractions: 0.012."),
    )
    source = forms.CharField(label=_("Where it comes from"), max_length=300)


class BlendForm(forms.Form):
    """The firm's view of each class it has one of, and how sure it is."""

    reason = forms.CharField(label=_("Why the firm sees it differently"), max_length=500)

    def __init__(self, *args: Any, lines: tuple[AssetLine, ...], **kwargs: Any) -> None:
        """Ask for a return and a confidence of each class."""
        super().__init__(*args, **kwargs)
        for line in lines:
            self.fields[f"means[{line.key}]"] = PercentField(
                label=_("%(name)s: the firm expects a year") % {"name": line.name},
                help_text=_("In force: %(mean)s. Empty: no view.") % {"mean": line.mean.text},
                required=False,
            )
            self.fields[f"confidence[{line.key}]"] = PercentField(
                label=_("%(name)s: held with a confidence of") % {"name": line.name}, required=False
            )
        self.lines = lines

    def clean(self) -> dict[str, Any]:
        """A return without a confidence, or the other way round, says nothing."""
        told = super().clean() or {}
        for line in self.lines:
            pair = (f"means[{line.key}]", f"confidence[{line.key}]")
            missing = [name for name in pair if told.get(name) is None and name not in self.errors]
            if len(missing) == 1:
                self.add_error(missing[0], _("Say both, or leave both empty."))
        return told

    def views(self) -> dict[str, tuple[Any, Any]]:
        """Return what was said, by class."""
        told = self.cleaned_data
        pairs = {line.key: (told.get(f"means[{line.key}]"), told.get(f"confidence[{line.key}]")) for line in self.lines}
        return {key: pair for key, pair in pairs.items() if pair[0] is not None}
