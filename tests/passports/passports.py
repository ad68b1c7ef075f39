"""What the answer to a figure's address must hold to be its passport."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from tests.passports.finder import Marked, Node


def faults(figure: Marked, answer: Node) -> list[str]:
    """Return what the passport of the figure lacks: itself, its method, its day, the figure's own digits."""
    found = [node for node in answer.walk() if node.has("data-passport")]
    if not found:
        return ["is no passport"]
    inside = [node for part in found for node in part.walk()]
    lacking = [
        f"names no {what}"
        for what in ("method", "day")
        if not any(node.has(f"data-passport-{what}") and node.text for node in inside)
    ]
    values = {node.attrs["data-value"] for node in inside if node.attrs.get("data-value")}
    if not any(same_digits(figure.value, value) for value in values):
        lacking.append(f"does not hold {figure.value}, but {', '.join(sorted(values)) or 'no value'}")
    days = {node.attrs[name] for name in ("data-passport-day", "data-as-of") for node in inside if node.attrs.get(name)}
    if figure.day and days and figure.day not in days:
        lacking.append(f"is as of {', '.join(sorted(days))}, the figure as of {figure.day}")
    return lacking


def same_digits(one: str, other: str) -> bool:
    """Compare exactly; zeros at the end say nothing."""
    try:
        return Decimal(one) == Decimal(other)
    except InvalidOperation:
        return False
