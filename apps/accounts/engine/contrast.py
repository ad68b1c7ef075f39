"""Contrast of two colours as WCAG 2.2 defines it."""

from __future__ import annotations

# WCAG 2.2, success criterion 1.4.3: text of normal size
AA_TEXT = 4.5


def channels(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue of `#rrggbb`; ValueError for anything else."""
    if len(colour) != 7 or not colour.startswith("#"):
        raise ValueError(f"{colour} is no colour of the form #rrggbb")
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: str) -> float:
    """Return the relative luminance, 0 (black) to 1 (white). Source: WCAG 2.2, definition of relative luminance."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in channels(colour))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio, 1 to 21. Source: WCAG 2.2, definition of contrast ratio."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def darkened(colour: str, *, against: str = "#ffffff", ratio: float = AA_TEXT) -> str:
    """Return the nearest darker shade of the same hue that reaches the ratio; the colour itself if it does.

    Raises ValueError where not even black reaches it.
    """
    red, green, blue = channels(colour)
    for step in range(256):
        keep = 1 - step / 255
        shade = f"#{round(red * keep):02x}{round(green * keep):02x}{round(blue * keep):02x}"
        if contrast(shade, against) >= ratio:
            return shade
    raise ValueError(f"no shade of {colour} reaches {ratio} against {against}")
