"""What people type about wash sales: the year of a page, and what is identical."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import DayInput
from apps.portfolios.models import EquivalenceGroup, EquivalenceRole


class YearForm(forms.Form):
    """The year that a page shows."""

    year = forms.IntegerField(min_value=1990, max_value=2100, required=False)

    def chosen(self, otherwise: int) -> int:
        """Return the year asked for."""
        year: int | None = self.cleaned_data.get("year") if self.is_valid() else None
        return year or otherwise


class EquivalenceForm(forms.Form):
    """Securities that are substantially identical."""

    name = forms.CharField(label=_("Name"), max_length=120)
    members = forms.CharField(
        label=_("Securities"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_(
            "One a line, by symbol; behind it how many shares of the group one unit stands for, where that is not one, "
            "and the word “right” for an option or contract to acquire: “XYZ250117C 100 right”."
        ),
    )
    valid_from = forms.DateField(label=_("From"), widget=DayInput())
    replaces = forms.ModelChoiceField(
        label=_("New version of"),
        queryset=EquivalenceGroup.objects.none(),
        required=False,
        empty_label=_("A new group"),
        help_text=_("A version without securities ends the group."),
    )
    basis = forms.CharField(
        label=_("Why they are identical"),
        max_length=300,
        help_text=_("The second person reads it: the prospectus, the index, the share classes."),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["replaces"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = EquivalenceGroup.objects.in_force().filter(valid_to=None)

    def clean_members(self) -> list[tuple[str, str, Decimal]]:
        """Read the lines. A line that says something else is refused with its number."""
        lines = enumerate(self.cleaned_data["members"].splitlines(), 1)
        return [_member(number, line.split()) for number, line in lines if line.strip()]


def _member(number: int, words: list[str]) -> tuple[str, str, Decimal]:
    symbol, *rest = words
    role = EquivalenceRole.RIGHT if "right" in rest else EquivalenceRole.SAME
    told = [word for word in rest if word != "right"]
    try:
        shares = Decimal(told[0]) if told else Decimal(1)
    except ArithmeticError:
        shares = Decimal(0)
    if len(told) > 1 or not shares.is_finite() or not 0 < shares < 10**9:
        raise forms.ValidationError(
            _("Line %(number)s is not a symbol, a number of shares and “right”."), params={"number": number}
        )
    return symbol.upper(), role.value, shares
