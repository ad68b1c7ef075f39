"""What import-linter cannot say: which rooms of another app an app may enter."""

import ast

import grimp
import pytest

from tests.architecture.heavy import HEAVY, LATE
from tests.architecture.source import modules

# doors of an app: they serve people and machines, never other apps
DOORS = {"views", "api", "forms", "tasks", "consumers", "admin", "management", "urls", "middleware"}
# the core and the kernel have no rooms: they are tools for all
OPEN_APPS = {"core", "kernel"}
INNER = {"models", "policies", "selectors"}
# what only services and entries may set off
EFFECTS = {"apps.core.jobs", "apps.core.realtime", "apps.core.audit"}


@pytest.fixture(scope="module")
def imports() -> list[tuple[str, str]]:
    graph = grimp.build_graph("apps", cache_dir=None)
    return [
        (importer, target) for importer in graph.modules for target in graph.find_modules_directly_imported_by(importer)
    ]


def app_and_room(module: str) -> tuple[str, str]:
    _, app, *rest = [*module.split("."), "", ""]
    return app, rest[0]


def test_no_app_enters_by_another_apps_doors(imports):
    crossed = []
    for importer, target in imports:
        (app, _), (other, room) = app_and_room(importer), app_and_room(target)
        if app != other and other not in OPEN_APPS and room in DOORS:
            crossed.append(f"{importer} imports {target}")
    assert crossed == []


def test_inner_rooms_set_nothing_off(imports):
    crossed = [
        f"{importer} imports {target}"
        for importer, target in imports
        if app_and_room(importer)[1] in INNER and app_and_room(importer)[0] != "core" and target in EFFECTS
    ]
    assert crossed == []


def test_an_engine_takes_nothing_but_its_own_and_the_kernel(imports):
    crossed = []
    for importer, target in imports:
        (app, room), (other, _) = app_and_room(importer), app_and_room(target)
        if room == "engine" and other not in {app, "kernel"}:
            crossed.append(f"{importer} imports {target}")
    assert crossed == []


# queries of entries without `visible_to`, by file and model, each with its reason
UNSEEN_BY_ROW = {
    ("apps/billing/api/views.py", "BillingRun"): "runs are the firm's; the scope guards them",
    ("apps/billing/api/views.py", "FeeSchedule"): "schedules are the firm's; the scope guards them",
    ("apps/billing/api/views.py", "Invoice"): "the base view narrows its queryset to the actor's households",
    ("apps/billing/api/views.py", "Payment"): "the base view narrows its queryset to the actor's households",
    ("apps/clients/api/views.py", "User"): "staff are known to every partner of the firm",
    ("apps/compliance/views/dashboard.py", "MethodTable"): "methods are the firm's; the permission guards them",
    ("apps/firms/consumers.py", "Registration"): "the token is the secret; the public site has no actors",
    ("apps/integrations/views/partners.py", "Partner"): "partners are the firm's; the permission guards them",
    ("apps/plans/api/views.py", "Job"): "narrowed to the jobs that the actor asked for",
}


def test_entries_ask_only_for_rows_that_the_actor_may_see():
    """In views, endpoints and consumers a query on a manager goes through `visible_to`."""
    found = set()
    for module in modules():
        if module.room not in {"views", "api", "consumers"} or module.name.startswith("apps/core/"):
            continue
        for statement in ast.walk(module.tree):
            if not isinstance(statement, ast.stmt) or isinstance(statement, COMPOUND):
                continue
            if "visible_to" in ast.unparse(statement):
                continue
            for node in ast.walk(statement):
                if isinstance(node, ast.Attribute) and node.attr == "objects":
                    found.add((module.name, ast.unparse(node.value)))
    assert found - set(UNSEEN_BY_ROW) == set(), "ask through visible_to(actor), or give the reason here"
    assert set(UNSEEN_BY_ROW) - found == set(), "no such query any more: take the line out"


COMPOUND = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef, ast.Try, ast.With, ast.If, ast.For)


def _imported(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {name.name for name in node.names}
    return {node.module or ""} if isinstance(node, ast.ImportFrom) else set()


def test_imports_inside_functions_are_start_up_or_commands_or_heavy():
    """Never to dodge a cycle: only where an app connects itself, in commands, and for what is slow to load."""
    found = set()
    for module in modules():
        if module.room in {"apps", "management"} or module.name.startswith("config/"):
            continue
        for function in ast.walk(module.tree):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                late = set().union(*map(_imported, ast.walk(function)))
                allowed = {name for name in late if name in LATE or name.split(".")[0] in HEAVY}
                found |= {(module.name, name) for name in late - allowed}
    assert {name for name, _ in found} <= {"apps/core/apps.py"}, found
