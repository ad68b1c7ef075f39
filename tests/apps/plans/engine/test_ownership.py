"""Whose the money of a couple is: not told where the titles of accounts say it all."""

from __future__ import annotations

from dataclasses import replace

from apps.plans.engine.digest import canonical_json, input_digest
from apps.plans.engine.ownership import BY_TITLE, Ownership
from tests.apps.plans.engine.households import family


def test_a_plan_by_title_keeps_the_name_that_it_had_and_community_property_has_another() -> None:
    assert Ownership() == BY_TITLE
    assert b"ownership" not in canonical_json(family())
    names = {
        input_digest(replace(family(), ownership=told))
        for told in (Ownership(is_community=True), Ownership(False, ("roth",)))
    }
    assert len({*names, input_digest(family())}) == 3
