"""Settings of a rebalance as people type them."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import PercentField
from apps.portfolios.models import Account, AccountStatus, RebalanceRun, RunMode, TaxRate
from apps.portfolios.selectors.cash_needs import SOON

N_VARIANTS = 3
SHARES = ("short_rate", "long_rate", "cost_rate", "minimum_share", "off_target_price", "harvest_share", "band_width")
AMOUNTS = ("gain_budget", "minimum_amount", "harvest_amount", "raise_amount")


def _percent(label: Any, initial: str | None = None, **more: Any) -> PercentField:
    start = None if initial is None else Decimal(initial)
    return PercentField(label=label, initial=start, min_value=0, max_value=100, decimal_places=4, **more)


def _money(label: Any, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=0, max_digits=16, decimal_places=2, **more)


class RebalanceForm(forms.Form):
    """What the run is for, what it may realise, what it may cost."""

    mode = forms.ChoiceField(label=_("Purpose"), choices=RunMode.choices)
    raise_amount = _money(_("Cash to raise"), required=False)
    raise_in = forms.ModelChoiceField(
        label=_("Raise it in the account"), queryset=Account.objects.none(), required=False, empty_label="–"
    )
    short_rate = _percent(_("Tax on short-term gains, in per cent"))
    long_rate = _percent(_("Tax on long-term gains, in per cent"))
    gain_budget = _money(_("Net gains at most"), required=False, help_text=_("Empty: no limit."))
    off_target_price = _percent(
        _("Tax and cost that a dollar off target is worth, in per cent"),
        "1",
        help_text=_("At 100 the target is reached whatever the tax; at 10 gains that cost more are left alone."),
    )
    blocks_short_gains = forms.BooleanField(label=_("No short-term gains"), required=False)
    long_within_days = forms.IntegerField(
        label=_("Wait for gains that become long-term within so many days"), min_value=0, max_value=366, initial=30
    )
    cost_rate = _percent(_("Cost of trading, in per cent of the amount"), "0.0002")
    minimum_amount = _money(_("Smallest trade"), initial=Decimal(250))
    minimum_share = _percent(_("Smallest trade, in per cent of the account"), "0")
    needs_within_days = forms.IntegerField(
        label=_("Keep cash for fees and distributions due within so many days"),
        min_value=0,
        max_value=366,
        initial=SOON.days,
    )
    prefers_places = forms.BooleanField(
        label=_("Hold bonds and real estate where income is taxed late or never"), required=False, initial=True
    )
    harvest_amount = _money(_("Take losses from"), initial=Decimal(500))
    harvest_share = _percent(_("Take losses from, in per cent of the cost"), "0.05")
    band_width = PercentField(
        label=_("Width of the bands, in per cent of the model's"),
        initial=Decimal(1),
        min_value=0,
        max_value=500,
        required=False,
        max_digits=7,
        decimal_places=4,
    )
    values_losses = forms.BooleanField(label=_("Losses carried on are worth their tax later"), required=False)

    def __init__(self, *args: Any, accounts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["raise_in"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = accounts.filter(status=AccountStatus.ACTIVE, is_held_away=False)

    def clean(self) -> dict[str, Any]:
        """Long gains are taxed no higher than short ones; cash is raised in an account; bands are the model's."""
        told = super().clean() or {}
        for name in [each for each in self.fields if each.startswith("band_width") and each not in self.errors]:
            told[name] = Decimal(1) if told.get(name) is None else told[name]
        short, long = told.get("short_rate"), told.get("long_rate")
        if short is not None and long is not None and long > short:
            self.add_error("long_rate", _("Long-term gains are taxed no higher than short-term ones."))
        if bool(told.get("raise_amount")) != bool(told.get("raise_in")):
            self.add_error("raise_amount", _("Say how much, and in which account."))
        return told


# what a variant has of its own; all else is common to them
OF_VARIANT = ("mode", "gain_budget", "off_target_price", "band_width", "blocks_short_gains", "values_losses")


class CompareForm(RebalanceForm):
    """The same question under two or three settings. A variant without a purpose is left out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in OF_VARIANT:
            field = self.fields.pop(name)
            for n in range(1, N_VARIANTS + 1):
                made = copy.deepcopy(field)
                made.help_text = ""
                self.fields[f"{name}_{n}"] = made
        third = self.fields[f"mode_{N_VARIANTS}"]
        third.required = False
        if isinstance(third, forms.ChoiceField):
            third.choices = [("", "–"), *RunMode.choices]

    def variant_columns(self) -> list[list[forms.BoundField]]:
        """Return the fields of each variant."""
        return [[self[f"{name}_{n}"] for name in OF_VARIANT] for n in range(1, N_VARIANTS + 1)]

    def common(self) -> list[forms.BoundField]:
        """Return the fields that are common to all."""
        return [field for field in self if field.name.rpartition("_")[0] not in OF_VARIANT]

    def variants(self) -> list[dict[str, Any]]:
        """Return the settings of each variant that has a purpose."""
        told = {name: value for name, value in self.cleaned_data.items() if name not in {"raise_in", "raise_amount"}}
        own = [{name: told.pop(f"{name}_{n}") for name in OF_VARIANT} for n in range(1, N_VARIANTS + 1)]
        return [{**told, **each} for each in own if each["mode"]]

    @staticmethod
    def begun(first: Mapping[str, Any]) -> dict[str, Any]:
        """Return what it begins with: the last settings, then the same into the bands, and without net gains."""
        found = dict(first)
        own = {name: found.pop(name) for name in OF_VARIANT if name in found}
        own.setdefault("mode", RunMode.FULL.value)
        found |= {f"{name}_{n}": value for n in range(1, N_VARIANTS + 1) for name, value in own.items()}
        return {**found, "mode_2": RunMode.TO_BAND.value, "mode_3": own["mode"], "gain_budget_3": Decimal(0)}

    @staticmethod
    def begun_again(shown: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Return the settings of answers, each in its column; what is common is that of the first."""
        own = {
            f"{name}_{n}": told.get(name)
            for n, told in enumerate(shown, start=1)
            for name in OF_VARIANT
            if name in told
        }
        return {**{name: value for name, value in shown[0].items() if name not in OF_VARIANT}, **own}


def settings_told(run: RebalanceRun) -> dict[str, Any]:
    """Return the settings of a run as the form begins with them."""
    found = dict(run.terms)
    found |= {name: Decimal(found[name]) for name in (*SHARES, *AMOUNTS) if found.get(name) not in {None, ""}}
    found["raise_in"] = found["raise_in"] or None
    return found


def begun_with(
    run: RebalanceRun | None, rate: TaxRate | None, mode: str, of_service: Mapping[str, object]
) -> dict[str, Any]:
    """Return what the form begins with: the last run's settings, else those of the service and the rates of tax."""
    found: dict[str, Any] = dict(of_service)
    if run is not None:
        found = settings_told(run)
    elif rate is not None:
        found |= {"short_rate": rate.short, "long_rate": rate.long}
    return {**found, "mode": mode} if mode in RunMode.values else found


class WatchRulesForm(forms.Form):
    """What the nightly look calls an opportunity."""

    harvest_amount = _money(_("Losses from"))
    harvest_share = _percent(_("Losses from, in per cent of the cost"))
    needs_within_days = forms.IntegerField(
        label=_("Cash for fees and distributions due within so many days"), min_value=0, max_value=366
    )


class HarvestForm(forms.Form):
    """From which loss on a lot is worth looking at."""

    amount = _money(_("Losses from"), initial=Decimal(500), required=False)
    share = _percent(_("Losses from, in per cent of the cost"), "0.05", required=False)
