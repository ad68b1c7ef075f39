"""Logic has its tests where one looks for them: tests/<the same path>/test_<module>.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.env import ROOT
from tests.architecture.source import Module, modules

# rooms whose modules each have a test of their own; pages, selectors and models are held room by room
LOGIC = {"engine", "readers", "services", "policies", "tabular", "tenancy", "middleware", "jobs", "leases"}
# modules whose behaviour is held by the tests of who uses them, with the place
ELSEWHERE = {
    "apps/accounts/policies.py": "tests/isolation/test_walk.py",
    "apps/billing/engine/steps.py": "tests/apps/billing/engine/test_household.py",
    "apps/billing/services/effects.py": "tests/apps/billing/services",
    "apps/clients/readers/pdf_seals.py": "tests/apps/clients/services/test_signatures.py",
    "apps/clients/services/agreement_texts.py": "tests/apps/clients/services/test_agreements.py",
    "apps/clients/services/clients.py": "tests/apps/clients/api/test_views.py",
    "apps/clients/services/dependents.py": "tests/apps/clients/services/test_client_importer.py",
    "apps/clients/services/import_jobs.py": "tests/apps/clients/test_tasks.py",
    "apps/clients/services/imports.py": "tests/apps/clients/services/test_client_importer.py",
    "apps/clients/services/people.py": "tests/apps/clients/services/test_client_importer.py",
    "apps/clients/services/seals.py": "tests/apps/clients/services/test_signatures.py",
    "apps/clients/services/verifications.py": "tests/apps/clients/services/test_signatures.py",
    "apps/compliance/engine/tables.py": "tests/apps/compliance/engine/test_tolerance.py",
    "apps/compliance/engine/trail.py": "tests/apps/compliance/services/test_exports.py",
    "apps/core/middleware/actor.py": "tests/isolation/test_walk.py",
    "apps/core/middleware/sites.py": "tests/isolation/test_walk.py",
    "apps/core/tenancy/building.py": "tests/isolation/test_building.py",
    "apps/core/tenancy/connections.py": "tests/isolation/test_database.py",
    "apps/core/tenancy/migrating.py": "tests/isolation/test_building.py",
    "apps/core/tenancy/names.py": "tests/isolation/test_shared_names.py",
    "apps/core/tenancy/process_caches.py": "tests/isolation/test_database.py",
    "apps/core/tenancy/roles.py": "tests/isolation/test_building.py",
    "apps/core/tenancy/storage.py": "tests/isolation/test_shared_names.py",
    "apps/firms/policies.py": "tests/apps/firms/services/test_registrations.py",
    "apps/integrations/services/partners.py": "tests/apps/integrations/test_partners.py",
    "apps/market/services/illustrative.py": "tests/apps/market/services/test_history.py",
    "apps/market/services/sessions.py": "tests/apps/market/services/test_updates.py",
    "apps/notices/policies.py": "tests/apps/notices/services/test_mails.py",
    "apps/plans/services/statuses.py": "tests/apps/plans/services/test_publishing.py",
    "apps/portfolios/engine/books.py": "tests/apps/portfolios/engine/test_book_values.py",
    "apps/portfolios/services/custodian_reading.py": "tests/apps/portfolios/services/test_custodian_importer.py",
    "apps/portfolios/services/taking_back.py": "tests/apps/portfolios/services/test_custodian_importer.py",
}


def mirror(module: Module) -> Path:
    path = module.path.relative_to(ROOT)
    return ROOT / "tests" / path.parent / f"test_{path.stem}.py"


def is_logic(module: Module) -> bool:
    stem = module.path.stem
    if module.path.parent.name == "demo":
        return False  # builds the demo firm; the journeys walk it
    return module.room in LOGIC and not stem.startswith("_") and stem != "errors"


@pytest.mark.parametrize("module", [module for module in modules() if is_logic(module)], ids=lambda module: module.name)
def test_logic_has_its_test(module):
    place = ROOT / ELSEWHERE[module.name] if module.name in ELSEWHERE else mirror(module)
    assert place.exists(), f"write {mirror(module).relative_to(ROOT)}"


def test_every_exception_is_of_a_module_that_has_no_test_of_its_own():
    without = {module.name for module in modules() if is_logic(module) and not mirror(module).exists()}
    assert set(ELSEWHERE) - without == set(), "no such module, or it has its test now: take the line out"
