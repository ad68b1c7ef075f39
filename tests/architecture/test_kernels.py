"""Kernels that count no references keep no arrays that others made: nobody would give them back."""

from __future__ import annotations

import ast

from tests.architecture.source import modules


def _decorated(tree: ast.Module, name: str) -> list[ast.FunctionDef]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and any(isinstance(each, ast.Name) and each.id == name for each in node.decorator_list)
    ]


def test_no_plain_kernel_takes_what_a_kernel_with_arrays_returns():
    makers = {node.name for module in modules() for node in _decorated(module.tree, "compiled_with_arrays")}
    assert makers, "no kernel makes arrays: then this rule can go"
    taken = []
    for module in modules():
        for kernel in _decorated(module.tree, "compiled"):
            plain = {id(node.value) for node in ast.walk(kernel) if isinstance(node, ast.Expr)}
            taken += [
                f"{module.name}:{kernel.name} takes the array of {node.func.id}"
                for node in ast.walk(kernel)
                if isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in makers
                and id(node) not in plain
            ]
    assert taken == []
