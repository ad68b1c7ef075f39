"""Rows to the engine's values and back. Decimals stay decimals on the whole way; nothing here rounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

from apps.billing.engine.documents import plain, restored
from apps.billing.engine.inputs import Payer, PayerKind
from apps.billing.engine.terms import (
    DISCLOSED_ABOVE,
    NOTHING_OFF,
    Clauses,
    FeeTerms,
    FlowRule,
    FlowThreshold,
    Limit,
    PeriodFraction,
    ScheduleKind,
    Scope,
    Tier,
    Timing,
    ValueBasis,
)
from apps.billing.models import Collection, FeeAssignment, FeeScheduleVersion
from apps.billing.services._agreed import clauses_of
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.kernel.money import Money, Rate, RoundingRule


def terms_from(details: Mapping[str, Any], *, currency: str, rounding: str) -> FeeTerms:
    """Return the terms that a form or a partner describes; amounts and rates are decimals, rates as fractions.

    Raises InvalidInputError for terms that are incomplete or contradict themselves.
    """
    given = {name: value for name, value in details.items() if value not in (None, "")}
    kind = _choice(ScheduleKind, given.get("kind"), "kind")
    clauses: Mapping[str, str] = given.get("clauses", {})
    return FeeTerms(
        kind=kind,
        tiers=() if kind is ScheduleKind.FIXED else _tiers(given.get("tiers", ()), currency),
        fixed_annual=_money(given.get("fixed_annual"), currency) if kind is ScheduleKind.FIXED else None,
        currency=currency,
        breakpoint_scope=_choice(Scope, given.get("breakpoint_scope", Scope.HOUSEHOLD), "breakpoint_scope"),
        period_fraction=_choice(
            PeriodFraction, given.get("period_fraction", PeriodFraction.ACTUAL_365), "period_fraction"
        ),
        value_basis=_choice(ValueBasis, given.get("value_basis", ValueBasis.PERIOD_END), "value_basis"),
        timing=_choice(Timing, given.get("timing", Timing.ARREARS), "timing"),
        discount=Rate(given["discount"]) if "discount" in given else NOTHING_OFF,
        minimum=_limit(given, "minimum", currency),
        maximum=_limit(given, "maximum", currency),
        maximum_rate=Rate(given["maximum_rate"]) if "maximum_rate" in given else None,
        flow_rule=_flow_rule(given, currency),
        rounding=RoundingRule(rounding),
        max_value_age=int(given.get("max_value_age", 5)),
        effective_rate_alert=(
            Rate(given["effective_rate_alert"]) if "effective_rate_alert" in given else DISCLOSED_ABOVE
        ),
        clauses=Clauses(**{field.name: str(clauses.get(field.name, "")) for field in fields(Clauses)}),
    )


def _choice(kind: Any, value: Any, field: str) -> Any:
    try:
        return kind(value)
    except ValueError:
        raise InvalidInputError(
            gettext_noop("“%(value)s” is none of the choices."), field=field, value=value or "–"
        ) from None


def _money(amount: Decimal | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount, currency)


def _tiers(rows: Sequence[Mapping[str, Any]], currency: str) -> tuple[Tier, ...]:
    return tuple(
        Tier(_money(row.get("up_to"), currency), Rate(row["rate"]), str(row.get("clause") or "")) for row in rows
    )


def _limit(given: Mapping[str, Any], name: str, currency: str) -> Limit | None:
    amount = given.get(f"{name}_annual")
    if amount is None:
        return None
    scope = _choice(Scope, given.get(f"{name}_scope", Scope.HOUSEHOLD), f"{name}_scope")
    return Limit(Money(amount, currency), scope, str(given.get(f"{name}_clause", "")))


def _flow_rule(given: Mapping[str, Any], currency: str) -> FlowRule | None:
    if "flow_threshold" not in given:
        return None
    return FlowRule(
        threshold=Money(given["flow_threshold"], currency),
        compare=_choice(FlowThreshold, given.get("flow_compare", FlowThreshold.PER_FLOW), "flow_compare"),
        de_minimis=_money(given.get("flow_de_minimis"), currency),
        clause=str(given.get("flow_clause", "")),
    )


def stored_terms(terms: FeeTerms) -> Any:
    """Return terms as a version keeps them."""
    return plain(terms)


def version_terms(version: FeeScheduleVersion) -> FeeTerms:
    """Return the terms of a version as they were defined."""
    return restored(FeeTerms, version.terms)


def agreed_terms(assignment: FeeAssignment, *, rounding: str) -> FeeTerms:
    """Return what a household agreed: the version's terms with its own rate and discount, rounded by the firm's rule.

    A term whose clause the schedule leaves open rests on the clause that the agreement names for it, else on the fee
    clause that the assignment cites.
    """
    terms = version_terms(assignment.version)
    known, fee = clauses_of(assignment.agreement), assignment.clause
    schedule = terms.clauses.schedule or known.get("schedule", fee)
    clauses = Clauses(**{f.name: getattr(terms.clauses, f.name) or known.get(f.name, fee) for f in fields(Clauses)})
    return replace(
        terms,
        tiers=tuple(replace(tier, clause=tier.clause or schedule) for tier in terms.tiers),
        minimum=_cited(terms.minimum, known.get("minimum", fee)),
        maximum=_cited(terms.maximum, known.get("maximum", fee)),
        flow_rule=_cited(terms.flow_rule, known.get("flows", clauses.proration)),
        negotiated_rate=Rate(assignment.negotiated_rate) if assignment.negotiated_rate is not None else None,
        discount=Rate(assignment.discount) if assignment.discount else terms.discount,
        rounding=RoundingRule(rounding),
        clauses=clauses,
    )


def _cited(rule: Any, clause: str) -> Any:
    """Return a limit or flow rule with its own clause, else with this one."""
    return None if rule is None else replace(rule, clause=rule.clause or clause)


def payer_of(assignment: FeeAssignment) -> Payer:
    """Return who pays the fee of each account of the household."""
    if assignment.collection == Collection.ACCOUNT and assignment.paying_account is not None:
        return Payer(PayerKind.ACCOUNT, str(assignment.paying_account.public_id))
    return Payer(PayerKind.OWN if assignment.collection == Collection.OWN else PayerKind.INVOICE)
