#!/usr/bin/env bash
# Everything that must hold before a change lands, the quick checks first. Ends with pytest's summary line.
# The engines are tested alone, beside the checks that need one processor, and not a second time with the rest.
set -euo pipefail
step() { printf '\n== %s\n' "$1"; }
engines=$(mktemp)
set -m # a group of its own, so that nothing of it stays behind
make test-engine >"$engines" 2>&1 &
alone=$!
set +m
trap 'kill -- -"$alone" 2>/dev/null || true; rm -f "$engines"' EXIT
step "format and lint";       make lint
step "types";                 make types
step "import contracts";      make arch
step "migrations";            make migrations-check
step "API description";       make schema-check
step "deploy check";          tools/checks/deploy_check.sh
step "engines alone";         wait "$alone" || { cat "$engines"; exit 1; }
cat "$engines"
step "tests and journeys"
mapfile -t tested < <(tools/checks/engine_folders.sh)
.venv/bin/pytest -q -n 3 --dist loadfile --no-loadscope-reorder -m "not deep" "${tested[@]/#/--ignore=}"
