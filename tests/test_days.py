"""No run of the tests fails for crossing midnight."""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Iterator

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.selectors.firm_days import firm_today
from config.env import ROOT
from tests.days import TODAY, today

DAYS = {"today", "localdate", "firm_today", "date"}  # without arguments


@pytest.mark.parametrize("late", [dt.timedelta(), dt.timedelta(days=1), dt.timedelta(days=40)])
def test_the_held_day_is_that_of_the_import_however_late_the_test(
    ada: User, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, late: dt.timedelta
) -> None:
    moment = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: moment() + late)
    request.getfixturevalue("held_day")
    assert (firm_today(), today()) == (TODAY, TODAY)
    assert timezone.now() <= timezone.now()


def at_import(tree: ast.Module) -> Iterator[ast.AST]:
    """What runs when a module is imported: not the bodies of its functions, nor what it does as a command."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += [*node.decorator_list, node.args]
        elif not isinstance(node, ast.Lambda | ast.If):
            waiting += ast.iter_child_nodes(node)


def test_a_module_names_its_day_when_a_test_runs_or_holds_it() -> None:
    asked, loose = set(), set()
    for path in (ROOT / "tests").rglob("*.py"):
        text, name = path.read_text(), str(path.relative_to(ROOT))
        calls = (node for node in at_import(ast.parse(text)) if isinstance(node, ast.Call) and not node.args)
        if any(getattr(call.func, "attr", getattr(call.func, "id", "")) in DAYS for call in calls):
            asked.add(name)
        held = 'pytestmark = pytest.mark.usefixtures("held_day")' in text
        if "from tests.days import TODAY" in text and not held:
            loose.add(name)
    assert asked == {"tests/days.py"}, "call today() inside the test, or take TODAY of tests.days and hold the day"
    assert loose == set(), "who takes TODAY holds the day"
