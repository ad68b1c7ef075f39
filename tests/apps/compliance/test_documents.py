"""The published method says what the tables say."""

from pathlib import Path

from django.conf import settings

from tests.apps.compliance.engine.tables import content

DOCUMENT = Path(settings.ROOT) / "docs" / "risk-questionnaire.md"


def test_every_item_option_and_point_is_published():
    text = DOCUMENT.read_text(encoding="utf-8")
    table = content("risk_questionnaire_2026_1")
    for number, item in enumerate(table["items"], 1):
        assert f"\n{number}. {item['text']['en']}\n" in text
        for option in item["options"]:
            assert f"   - {option['text']['en']}: {option['points']}\n" in text
    for rule in table["contradictions"]:
        assert f"`{rule['code']}`) | {rule['gap']} |" in text


def test_every_weight_knot_cap_and_level_is_published():
    text = DOCUMENT.read_text(encoding="utf-8")
    capacity, levels = content("risk_capacity_2026_1"), content("risk_levels_2026_1")
    for factor in capacity["factors"]:
        knots = ", ".join(f"{x} → {y}" for x, y in factor["knots"])
        assert f"| `{factor['code']}` | {factor['weight']} | {knots} |" in text
    for cap in capacity["caps"]:
        assert f"| `{cap['code']}` |" in text
    for row in levels["levels"]:
        assert f"| {row['level']} | {row['max_equity_share']:.0%} | {row['max_volatility']:.1%} |" in text
