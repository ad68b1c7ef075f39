"""Time value of money and payoff of debts in the published cases."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from apps.kernel.errors import DomainError
from apps.money.engine import time_value
from apps.money.engine.amortisation import cents
from apps.money.engine.payoff import payoff
from tests.golden.loader import Adapter, GoldenFolders

Given = dict[str, Any]


def _answers(function: str, given: str, may_be_given: str = "", *, told_as: str = "") -> Adapter:
    """A function by its arguments' names; those that may be left out go by name, and a refusal is null."""

    def adapter(case_input: Given, _folders: GoldenFolders) -> dict[str, Any]:
        named = {name: case_input[name] for name in may_be_given.split() if case_input.get(name) is not None}
        ask = getattr(time_value, function)
        try:
            answer = ask(*(case_input[name] for name in given.split()), **named)
        except DomainError:
            answer = None
        return {told_as or function: answer}

    return adapter


def paid_off(case_input: Given, _folders: GoldenFolders) -> dict[str, Any]:
    """One debt and one payment a month; null where it is never repaid."""
    balance, payment = (cents(Decimal(str(case_input[name]))) for name in ("balance", "payment"))
    plan = payoff(balance, Decimal(str(case_input["apr"])), payment, dt.date(2026, 1, 1))
    return {"months": plan.months, "total_interest": plan.interest}


def _compounded(function: str, told_as: str) -> Adapter:
    """EFFECT and NOMINAL, whose arguments go by place: the rate, then how often a year."""

    def adapter(case_input: Given, _folders: GoldenFolders) -> dict[str, Any]:
        rate, times = case_input.values()
        try:
            answer = getattr(time_value, function)(rate, times)
        except DomainError:
            answer = None
        return {told_as: answer, "rate": answer, function: answer}

    return adapter


ADAPTERS = {
    "effect": _compounded("effective_rate", "effect"),
    "nominal": _compounded("nominal_rate", "nominal"),
    "payoff": paid_off,
    "negative_amortisation": paid_off,
    "pmt": _answers("pmt", "rate nper pv", "fv when"),
    "fv": _answers("fv", "rate nper pmt", "pv when"),
    "pv": _answers("pv", "rate nper pmt", "fv when"),
    "nper": _answers("nper", "rate pmt pv", "fv when"),
    "rate": _answers("rate", "nper pmt pv", "fv when guess"),
    "ipmt": _answers("ipmt", "rate per nper pv", "fv when"),
    "ppmt": _answers("ppmt", "rate per nper pv", "fv when"),
    "cumipmt": _answers("cumipmt", "rate nper pv start end", "when"),
    "cumprinc": _answers("cumprinc", "rate nper pv start end", "when"),
    "pduration": _answers("pduration", "rate pv fv", told_as="periods"),
    "periods_to_target": _answers(
        "periods_to_target", "present annual_rate monthly_contribution target", told_as="months"
    ),
}
