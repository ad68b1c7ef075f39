"""What a table of mixes is made of survives being kept: its bytes say it again."""

from __future__ import annotations

import json

from apps.plans.engine.digest import canonical_json
from apps.plans.engine.mixes import Mix, MixKind


def test_a_mix_is_kept_by_its_rule_and_its_figures() -> None:
    mix = Mix(MixKind.ROBUST, (("cash", 1.0),), 0.03, 0.01, 0.0, 0.01, keeps_limit=True, risk_shares=(("cash", 1.0),))
    kept = json.loads(canonical_json(mix))
    assert kept["kind"] == "robust"
    assert kept["weights"] == [["cash", 1.0]]
    assert kept["keeps_limit"] is True
