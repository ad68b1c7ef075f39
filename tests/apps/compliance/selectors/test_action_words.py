import ast

from django.utils import translation

from apps.compliance.selectors.action_words import WORDS, action_words
from apps.money.services.facts import FACT_KINDS
from tests.architecture.source import modules


def recorded(tree: ast.AST) -> set[str]:
    """Return the actions that a module writes down, where they stand in the code."""
    said = set()
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        texts = [
            *(call.args[:1] if name in {"record", "_record"} else []),
            *(k.value for k in call.keywords if k.arg == "action"),
        ]
        said |= {text.value for text in texts if isinstance(text, ast.Constant) and "." in str(text.value)}
    return said


def test_every_action_of_the_code_has_its_words():
    said = set().union(*(recorded(module.tree) for module in modules()))
    said |= {f"money.{verb}_{kind}" for verb in ("add", "change", "remove") for kind in FACT_KINDS}
    assert len(said) > 100
    assert said - set(WORDS) == set()


def test_a_known_action_reads_as_words():
    assert action_words("compliance.submit_answers") == "Submit answers"


def test_an_action_of_tomorrow_reads_as_its_code_says():
    assert "moon.land_rocket" not in WORDS
    assert action_words("moon.land_rocket") == "Land rocket"


def test_words_are_looked_up_in_the_readers_language():
    with translation.override("pt-br"):
        assert all(action_words(action) for action in WORDS)
