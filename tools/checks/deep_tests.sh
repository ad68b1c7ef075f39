#!/usr/bin/env bash
# The long tests: every property test with many more examples on dice of its own, load, the fault matrix, migrations
# against building. Keeps the last result, good or bad, with what it ran on, and ends with the status of the tests.
#
# STEWARD_TEST_DEPTH: how many times the examples of an ordinary run. STEWARD_TEST_SEED: the dice, to repeat a run;
# an example that failed is kept in .hypothesis and tried first by the next run, with any dice.
set -uo pipefail
result=bench/DEEP.md
export STEWARD_TEST_DEPTH=${STEWARD_TEST_DEPTH:-20}
seed=${STEWARD_TEST_SEED:-$((RANDOM * 32768 + RANDOM))}
commit=$(git rev-parse --short HEAD)
[ -z "$(git status --porcelain --untracked-files=no -- . ":!$result")" ] || commit="$commit with changes"
began=$(date -u +"%Y-%m-%d %H:%M UTC") start=$SECONDS load=$(cut -d' ' -f1-3 /proc/loadavg 2>/dev/null || uptime)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0 parts=

part() { # name, what to run: its output is shown and kept; the worst status is that of the whole
    local name=$1 from=$SECONDS code summary
    shift
    printf '\n== %s\n' "$name"
    "$@" 2>&1 | tee "$log"
    code=${PIPESTATUS[0]}
    [ "$code" -eq 0 ] || status=$code
    summary=$(grep -E '^(FAILED|ERROR|deep:)|^[0-9]+ (passed|failed|skipped|error)|(passed|failed|error)s?(,| in )' "$log" | tail -n 60)
    parts+=$(printf '\n\n## %s\n\n%s after %s s, status %s.\n\n```\n%s\n```' \
        "$name" "$([ "$code" -eq 0 ] && echo Passed || echo FAILED)" "$((SECONDS - from))" "$code" "${summary:-nothing was said}")
}


echo "depth $STEWARD_TEST_DEPTH, seed $seed"
part "Property tests, $STEWARD_TEST_DEPTH times as deep" \
    .venv/bin/pytest -q -n 2 -m hypothesis --hypothesis-seed="$seed" --durations=5 -o timeout=1800 tests
part "Load, faults, migrations against building" \
    .venv/bin/pytest -q -m "deep and not hypothesis" -rA --show-capture=no --durations=5 -o timeout=1800 tests
{
    printf '# Last deep run\n\n%s: commit %s, %s, %s s on %s processors; load before %s, after %s; depth %s, seed %s.' \
        "$([ "$status" -eq 0 ] && echo "All passed" || echo "**Failed**")" "$commit" "$began" "$((SECONDS - start))" \
        "$(getconf _NPROCESSORS_ONLN)" "$load" "$(cut -d' ' -f1-3 /proc/loadavg 2>/dev/null || uptime)" \
        "$STEWARD_TEST_DEPTH" "$seed"
    printf '%s\n' "$parts"
} >"$result"
exit "$status"
