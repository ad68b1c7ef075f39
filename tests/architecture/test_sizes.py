"""Files under 400 lines, functions under 50: what is longer is two things."""

import ast

from tests.architecture.source import modules

MOST_LINES, MOST_OF_A_FUNCTION = 400, 50


def test_no_file_has_400_lines():
    sizes = {module.name: len(module.text.splitlines()) for module in modules()}
    assert {name: n for name, n in sizes.items() if n >= MOST_LINES} == {}


def test_no_function_has_50_lines():
    long = {}
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                n = (node.end_lineno or node.lineno) - node.lineno + 1
                if n >= MOST_OF_A_FUNCTION:
                    long[f"{module.name}:{node.name}"] = n
    assert long == {}
