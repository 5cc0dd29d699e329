"""What decides has no clock, no chance and no line to the world; and goes through nothing in an order of its own."""

import ast
from typing import Final

import pytest

from tests.simulation.mutants.mutant import ROOT

DECIDING: Final = ("supervisor", "notes", "ending", "report", "record", "silence", "choice", "roster")
PURE: Final = (*DECIDING, "circuit", "rhythm", "retry", "events", "effects")
ALLOWED: Final = frozenset(("collections", "dataclasses", "math", "msgspec", "statistics", "typing", "feeds"))
PURE_FEEDS: Final = ("feeds.errors", "feeds.pace", "feeds.connection")


def tree(module: str) -> ast.Module:
    return ast.parse((ROOT / "feeds" / "connection" / f"{module}.py").read_text())


def imported(module: str) -> list[str]:
    """Names of modules, as they are imported."""
    found: list[str] = []
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "feeds.connection":
            found += [f"feeds.connection.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append(node.module or "")
    return found


def is_set(node: ast.expr) -> bool:
    is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("set", "frozenset")
    return is_call or isinstance(node, ast.Set | ast.SetComp)


def set_attributes() -> set[str]:
    """Names of fields and attributes that are declared to be sets anywhere among these modules."""
    return {
        node.target.id if isinstance(node.target, ast.Name) else node.target.attr
        for module in PURE
        for node in ast.walk(tree(module))
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name | ast.Attribute)
        and ast.unparse(node.annotation).startswith(("set", "frozenset"))
    }


@pytest.mark.parametrize("module", PURE)
def test_imports_neither_clock_nor_chance_nor_io(module: str) -> None:
    """Sans-I/O (issue: no clock, no random, no I/O): only what computes is imported, and only pure rooms of ours."""
    names = imported(module)
    assert [name for name in names if name.split(".")[0] not in ALLOWED] == []
    ours = [name for name in names if name.startswith("feeds")]
    assert [name for name in ours if not name.startswith(PURE_FEEDS)] == []
    inside = [name.split(".")[2] for name in ours if name.startswith("feeds.connection.")]
    assert [name for name in inside if name not in PURE] == []


@pytest.mark.parametrize("module", PURE)
def test_calls_no_clock_by_another_way(module: str) -> None:
    """No `__import__`, no `open`, no `hash` or `id`, which differ from process to process."""
    calls = [node.func for node in ast.walk(tree(module)) if isinstance(node, ast.Call)]
    names = [call.id for call in calls if isinstance(call, ast.Name)]
    assert [name for name in names if name in ("__import__", "open", "hash", "id", "exec", "eval", "input")] == []


@pytest.mark.parametrize("module", PURE)
def test_goes_through_no_set(module: str) -> None:
    """Sets have an order of their own in each process: they are asked, never gone through."""
    sets = set_attributes()
    loops = [node.iter for node in ast.walk(tree(module)) if isinstance(node, ast.For | ast.comprehension)]
    named = [ast.unparse(loop) for loop in loops if isinstance(loop, ast.Attribute) and loop.attr in sets]
    assert named + [ast.unparse(loop) for loop in loops if is_set(loop)] == []
