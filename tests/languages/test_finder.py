"""The finder finds: without this, a run that finds nothing would prove nothing."""

from __future__ import annotations

import pytest

from tests.languages.finder import Known, untranslated, untranslated_text

FLOWS = '{"frames": [{"flows": [{"source": "In", "target": "Out", "value": 1}]}]}'
KNOWN = Known.of(["Ana Rivera", "Steward"])


def texts(html: str) -> list[str]:
    return [found.text for found in untranslated(html, KNOWN)]


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<p>Planted</p>", ["Planted"]),
        ("<p>⟦Translated⟧ planted</p>", ["planted"]),
        ('<a title="Planted">⟦Open⟧</a>', ["Planted"]),
        ('<button aria-label="Planted"></button>', ["Planted"]),
        ('<input type="submit" value="Planted">', ["Planted"]),
        ('<div id="words" data-copied="Planted"></div>', ["Planted"]),
        ('<script type="application/json">{"x": {"label": "Planted", "values": [1]}}</script>', ["Planted"]),
        (f'<script type="application/json">{FLOWS}</script>', ["In", "Out"]),
        ("<p>⟦cut off</p><p>Planted</p>", ["Planted"]),
        ("<p>Ana Riveras</p>", ["Ana Riveras"]),
    ],
)  # fmt: skip
def test_a_planted_string_is_found(html, found):
    assert texts(html) == found


@pytest.mark.parametrize(
    "html",
    [
        "<p>⟦Read <a href='/'>the plan⟧</a></p>",
        "<p>Ana Rivera · ⟦since⟧ Mar 3, 2026, $1.2M, 9:30 AM</p>",
        "<p>ana@example.com, https://alpha.example/x, statement.pdf, 1f2e3d4c5b6a</p>",
        "<style>p { color: red }</style><script>const Planted = 1</script><code>Planted</code>",
        '<input type="text" value="typed"><td translate="no">raw</td>',
        '<script type="application/json">{"kind": "fan", "x": {"label": "⟦Year⟧"}, "meaning": "main"}</script>',
    ],
)
def test_what_is_translated_or_data_is_not_found(html):
    assert texts(html) == []


def test_a_plain_text_is_read_across_its_lines():
    assert untranslated_text("⟦Dear\nyou⟧\nAna Rivera,", KNOWN) == []
    assert [found.text for found in untranslated_text("⟦Dear⟧\nPlanted", KNOWN)] == ["Planted"]
