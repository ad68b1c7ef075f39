#!/usr/bin/env bash
# Everything that must hold before a change lands, the quick checks first. Ends with pytest's summary line.
set -euo pipefail
step() { printf '\n== %s\n' "$1"; }
step "format and lint";       make lint
step "types";                 make types
step "import contracts";      make arch
step "migrations";            make migrations-check
step "API description";       make schema-check
step "engines alone";         make test-engine
step "deploy check";          tools/checks/deploy_check.sh
step "tests and journeys";    .venv/bin/pytest -q -n 2 --dist loadfile --no-loadscope-reorder -m "not deep"
