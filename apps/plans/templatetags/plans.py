"""Figures and sentences of a plan: `{% load plans %}`. `base` is the address below which the plan's passports lie."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Household
from apps.core.templatetags.face import figure as show_figure
from apps.plans.models import Goal, Plan
from apps.plans.selectors.figures import Figure, Sentence
from apps.plans.selectors.goal_times import goal_name
from apps.plans.selectors.savings_pages import origin_day, origin_of

register = template.Library()
register.filter(goal_name)


def passport_address(base: str, figure: Figure) -> str:
    """Return where the figure's passport is; empty without a base (on paper)."""
    return f"{base}{figure.key}/" if base and figure.value is not None else ""


@register.simple_tag
def plan_figure(figure: Figure, base: str = "", style: str = "") -> SafeString:
    """Show a figure of a plan with its passport."""
    return show_figure(
        figure.value,
        figure.kind,
        passport=passport_address(base, figure),
        style=style or figure.style,
        label=figure.label,
    )


@register.simple_tag
def plan_sentence(parts: Sentence, base: str = "") -> SafeString:
    """Show a sentence whose numbers are figures."""
    return format_html_join(
        "", "{}", ((plan_figure(part, base) if isinstance(part, Figure) else part,) for part in parts)
    )


@register.filter
def passport_in(figure: Figure, base: str) -> str:
    """Return the address of the figure's passport, for tags that take one."""
    return passport_address(base, figure)


@register.simple_tag
def plan_change(figure: Figure, base: str = "") -> SafeString:
    """Show a change in percentage points or money with its sign."""
    number = figure.number
    sign: Any = "+" if number is not None and number > 0 else ""
    return format_html("{}{}", sign, plan_figure(figure, base))


@register.simple_tag
def what_if_figure(figure: Figure, base: str, query: str) -> SafeString:
    """Show a figure of a what-if answer: its passport asks the same question again."""
    address = f"{base}{figure.key}/?{query}" if base and figure.value is not None else ""
    return show_figure(figure.value, figure.kind, passport=address, style=figure.style, label=figure.label)


@register.simple_tag
def what_if_change(figure: Figure, base: str, query: str) -> SafeString:
    """Show a change of a what-if answer with its sign."""
    sign = "+" if (figure.number or 0.0) > 0 else ""
    return format_html("{}{}", sign, what_if_figure(figure, base, query))


@register.simple_tag
def goal_origin(goal: Goal, household: Household) -> dict[str, Any]:
    """Return the calculation that a goal comes from: url (empty for one set by hand) and day."""
    return {"url": origin_of(goal, household), "day": origin_day(goal)}


_PAGES = (
    ("what-if", _("What if")),
    ("scenario-list", _("Scenarios")),
    ("taxes", _("Tax map")),
    ("social-security", _("Social Security")),
    ("roth", _("Roth conversions")),
    ("stress", _("Stress tests")),
    ("explanation", _("In plain words")),
)


@register.simple_tag(takes_context=True)
def plan_pages(context: dict[str, Any], plan: Plan) -> list[dict[str, Any]]:
    """Return the pages of a version: url, label, and which one is open."""
    path = context["request"].path
    pages: list[dict[str, Any]] = []
    for name, label in _PAGES:
        url = reverse(f"plans:{name}", kwargs={"plan_id": plan.public_id})
        pages.append({"url": url, "label": label, "active": path == url, "pages": []})
    return pages
