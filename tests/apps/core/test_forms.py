import datetime as dt
from decimal import Decimal

import pytest
from django import forms
from django.utils import translation

from apps.core.forms import DayInput, PercentField


class Terms(forms.Form):
    rate = PercentField(max_value=10, max_digits=6, decimal_places=4, required=False)
    starts_on = forms.DateField(widget=DayInput)


@pytest.mark.parametrize("language", ["en", "pt-br"])
def test_a_day_is_shown_and_taken_as_the_browsers_picker_writes_it(language):
    with translation.override(language):
        assert 'type="date" name="starts_on" value="2026-03-01"' in str(
            Terms(initial={"starts_on": dt.date(2026, 3, 1)})["starts_on"]
        )
        form = Terms({"starts_on": "2026-03-02"})
        assert form.is_valid()
        assert form.cleaned_data == {"rate": None, "starts_on": dt.date(2026, 3, 2)}


@pytest.mark.parametrize(("typed", "fraction"), [("10", "0.1"), ("0.875", "0.00875"), ("0", "0")])
def test_per_cent_is_typed_and_shown_and_a_fraction_handed_on(typed, fraction):
    form = Terms({"rate": typed, "starts_on": "2026-03-02"})
    assert form.is_valid()
    assert form.cleaned_data["rate"] == Decimal(fraction)
    assert Terms(initial={"rate": Decimal(fraction)})["rate"].value() == typed


def test_the_limit_is_that_of_the_per_cent_and_what_was_typed_stays():
    form = Terms({"rate": "11", "starts_on": "2026-03-02"})
    assert "rate" in form.errors
    assert form["rate"].value() == "11"
