"""Alerts of plans as people read them: what changed, by how much in money, what to do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from apps.clients.models import Person, Relationship
from apps.core.templatetags import formats
from apps.kernel.errors import gettext_noop
from apps.plans.models import AlertKind, AlertState, OverrideKind, PlanAlert
from apps.plans.selectors._mapping import shown_money
from apps.plans.selectors.figures import Figure, Sentence, Wording, money_figure, sentence

SPENDING, DELAY = "spending", "delay"
CAUSES = {
    "time": gettext_lazy("Time that went by"),
    "assumptions": gettext_lazy("Assumptions about markets"),
    "market": gettext_lazy("Markets and balances"),
    "cash": gettext_lazy("Income, saving and spending"),
    "life": gettext_lazy("People and their dates"),
    "law": gettext_lazy("Tax law"),
}
TONES = {AlertKind.BELOW: "bad", AlertKind.ABOVE: "good", AlertKind.UNMEASURED: "warn"}
_TEXTS = {
    (AlertKind.DRIFT, False): gettext_noop(
        "The chance of success fell from %(before__percent)s to %(after__percent)s: the plan carries %(amount__money)s "
        "a year less in retirement."
    ),
    (AlertKind.DRIFT, True): gettext_noop(
        "The chance of success rose from %(before__percent)s to %(after__percent)s: the plan carries %(amount__money)s "
        "a year more in retirement."
    ),
    (AlertKind.BELOW, False): gettext_noop(
        "All accounts together hold %(wealth__money)s, at or under the guardrail of %(guardrail__money)s. The chance "
        "of success is %(after__percent)s; the plan carries %(amount__money)s a year less in retirement than when "
        "it was accepted."
    ),
    (AlertKind.ABOVE, True): gettext_noop(
        "All accounts together hold %(wealth__money)s, at or over the guardrail of %(guardrail__money)s. The chance "
        "of success is %(after__percent)s; the plan carries %(amount__money)s a year more in retirement than when "
        "it was accepted."
    ),
}
_LESS = gettext_noop("Plan on %(spending__money)s a month in retirement: %(amount__money)s less than now.")
_MORE = gettext_noop(
    "There is room for %(spending__money)s a month in retirement: %(amount__money)s more than planned."
)
_LATER = gettext_noop("Or retire %(months__count)s months later than planned.")


@dataclass(frozen=True, slots=True)
class PartLine:
    """What one cause did."""

    name: str
    success: Figure
    error: Figure
    spending: Figure


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would bring the plan back, and the name under which a draft takes it."""

    key: str
    text: Sentence


@dataclass(frozen=True, slots=True)
class AlertLine:
    """An alert with its sentence, its causes and what to do."""

    alert: PlanAlert
    tone: str
    text: Sentence
    cause: str
    spending: Figure
    parts: tuple[PartLine, ...]
    total: PartLine | None
    proposals: tuple[Proposal, ...]

    @property
    def figures(self) -> str:
        """The address below which the passports of its figures lie, for people of the firm."""
        address = reverse("plans:figure", kwargs={"plan_id": self.alert.plan.public_id, "key": "-"})
        return address.removesuffix("-/")

    @property
    def is_standing(self) -> bool:
        """Whether somebody may still decide on it."""
        return self.alert.is_standing

    @property
    def is_open(self) -> bool:
        """Whether nobody has looked at it."""
        return self.alert.state == AlertState.OPEN


def alert_lines(alerts: Iterable[PlanAlert]) -> tuple[AlertLine, ...]:
    """Return alerts as lines; their plans come with their households."""
    return tuple(_line(alert) for alert in alerts)


def _line(alert: PlanAlert) -> AlertLine:
    currency, prefix = alert.plan.household.currency, f"alert:{alert.public_id}"
    change = alert.spending_change
    return AlertLine(
        alert=alert,
        tone=TONES.get(AlertKind(alert.kind), "good" if (alert.change or 0) > 0 else "warn"),
        text=_text(alert, Wording(currency, {}, prefix)),
        cause=str(CAUSES.get(alert.cause, "")),
        spending=Figure(
            None if change is None else plain_money(change, currency),
            "money",
            f"{prefix}:spending",
            gettext("Affordable living costs a year, change"),
            "whole",
        ),
        parts=tuple(_part(part, prefix, currency) for part in alert.parts),
        total=_total(alert, prefix, currency),
        proposals=_proposals(alert, Wording(currency, {}, prefix)),
    )


def plain_money(amount: Decimal, currency: str) -> Any:
    """Return a kept amount as pages show it."""
    return shown_money(plain_number(amount), currency)


def plain_number(value: Decimal) -> float:
    """Return a kept number for the words of the engine."""
    return float(value)


def _text(alert: PlanAlert, wording: Wording) -> Sentence:
    if alert.kind == AlertKind.UNMEASURED or alert.success_after is None:
        return (alert.told,)
    rose = (alert.change or 0) > 0
    key = (AlertKind(alert.kind), rose)
    message = _TEXTS.get(key) or _TEXTS[AlertKind.DRIFT, rose]
    values = {
        "before__percent": alert.success_before,
        "after__percent": alert.success_after,
        "amount__money": abs(alert.spending_change or Decimal(0)),
        "wealth__money": alert.wealth,
        "guardrail__money": alert.guardrail,
    }
    params = {name: plain_number(value) for name, value in values.items() if value is not None}
    return _titled(sentence({"message": message, "params": params}, wording), alert.opened_on)


def _titled(told: Sentence, day: dt.date) -> Sentence:
    """Name the figures of an alert by what they are and when they were measured: their passports are titled so."""
    labels = {
        "before__percent": gettext("Chance of success before"),
        "after__percent": gettext("Chance of success, measured on %(day)s") % {"day": formats.date_text(day)},
        "amount__money": gettext("Affordable living costs a year, change"),
        "wealth__money": gettext("In all accounts, measured on %(day)s") % {"day": formats.date_text(day)},
        "guardrail__money": gettext("Guardrail that was reached"),
    }
    return tuple(
        replace(part, label=labels.get(part.key.rpartition(":")[2], part.label)) if isinstance(part, Figure) else part
        for part in told
    )


def _part(part: Mapping[str, Any], prefix: str, currency: str) -> PartLine:
    name = str(CAUSES.get(part["cause"], part["cause"]))
    at = f"{prefix}:{part['cause']}"
    success = part["success"]
    return PartLine(
        name=name,
        success=Figure(
            success["value"], "points", f"{at}:success", gettext("%(cause)s: chance, in points") % {"cause": name}
        ),
        error=Figure(
            success["standard_error"],
            "points",
            f"{at}:error",
            gettext("%(cause)s: error, in points") % {"cause": name},
            "2",
        ),
        spending=money_figure(
            part["spending"], currency, f"{at}:spending", gettext("%(cause)s: living costs a year") % {"cause": name}
        ),
    )


def _total(alert: PlanAlert, prefix: str, currency: str) -> PartLine | None:
    if alert.change is None or alert.spending_change is None:
        return None
    whole = {
        "cause": "total",
        "success": {
            "value": plain_number(alert.change),
            "standard_error": plain_number(alert.change_error or Decimal(0)),
        },
        "spending": plain_number(alert.spending_change),
    }
    line = _part(whole, prefix, currency)
    return PartLine(gettext("All together"), line.success, line.error, line.spending)


def _proposals(alert: PlanAlert, wording: Wording) -> tuple[Proposal, ...]:
    told, found = alert.adjustment, []
    if told.get("spending") is not None:
        amount = told["spending"] - told["planned"]
        if abs(amount) >= 1.0:
            params = {"spending__money": told["spending"], "amount__money": abs(amount)}
            message = _LESS if amount < 0 else _MORE
            found.append(Proposal(SPENDING, sentence({"message": message, "params": params}, _of(wording, SPENDING))))
    if told.get("delay_months"):
        params = {"months__count": told["delay_months"]}
        found.append(Proposal(DELAY, sentence({"message": _LATER, "params": params}, _of(wording, DELAY))))
    return tuple(found)


def _of(wording: Wording, part: str) -> Wording:
    return Wording(wording.currency, wording.names, f"{wording.prefix}:{part}")


def adjusted_spending(alert: PlanAlert) -> Decimal | None:
    """Return the living costs a month in retirement that the engine proposes."""
    value = alert.adjustment.get("spending")
    return None if value is None else shown_money(value, alert.plan.household.currency).amount


def adjusted_ages(alert: PlanAlert, today: dt.date) -> list[tuple[Person, Decimal]]:
    """Return the later ages at retirement, in whole years, of the adults who still work."""
    months = alert.adjustment.get("delay_months")
    if not months:
        return []
    own = {row.person_id: row.value for row in alert.plan.overrides.filter(kind=OverrideKind.RETIREMENT_AGE)}
    adults = alert.plan.household.people.filter(relationship__in=[Relationship.HEAD, Relationship.PARTNER])
    found = []
    for person in adults:
        age = own.get(person.pk, person.retirement_age)
        if age is None or person.date_of_birth is None:
            continue
        if person.date_of_birth.year + int(age) >= today.year:
            found.append((person, Decimal(int(age) + -(-int(months) // 12))))
    return found
