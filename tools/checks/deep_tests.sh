#!/usr/bin/env bash
# The long tests (load, properties, faults, migrations against building); keeps the last result with its commit.
set -euo pipefail
result=bench/DEEP.md
set +e
output=$(.venv/bin/pytest -q -m deep -o timeout=1800 tests 2>&1 | tee /dev/stderr | tail -n 20)
status=$?
set -e
printf '# Last deep run\n\nCommit %s, %s.\n\n```\n%s\n```\n' \
    "$(git rev-parse --short HEAD)" "$(date -u +%Y-%m-%d)" "$output" >"$result"
exit "$status"
