#!/usr/bin/env bash
# The long tests, in six parts: every property test with many more examples on dice of its own; migrations against
# building; load; the fault matrix; federal tax against an oracle; every page in a browser. Keeps the last result of each
# part, good or bad, with its commit, in bench/deep and, put together, in bench/DEEP.md. Ends with the status of the
# tests. `deep_tests.sh load faults` runs those parts.
#
# STEWARD_TEST_DEPTH: how many times the examples of an ordinary run. STEWARD_TEST_SEED: the dice, to repeat a run;
# an example that failed is kept in .hypothesis and tried first by the next run, with any dice.
# STEWARD_LOAD_SECONDS: how long the load lasts.
set -uo pipefail
export STEWARD_TEST_DEPTH=${STEWARD_TEST_DEPTH:-20}
seed=${STEWARD_TEST_SEED:-$((RANDOM * 32768 + RANDOM))}
folder=bench/deep result=bench/DEEP.md
deep=(.venv/bin/pytest -q -m "deep and not hypothesis" --durations=3 -o timeout=1800)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
mkdir -p "$folder"
status=0

load() { cut -d' ' -f1-3 /proc/loadavg 2>/dev/null || uptime; }

changed=$(git status --porcelain --untracked-files=no -- . ":!$folder" ":!$result")
commit="$(git rev-parse --short HEAD)${changed:+ with changes}"

run() { # part, its title, the command: what it says is shown, and its end is kept
    local part=$1 title=$2 began=$SECONDS before code verdict summary
    shift 2
    printf '\n== %s\n' "$title"
    before=$(load)
    "$@" 2>&1 | tee "$log"
    code=${PIPESTATUS[0]}
    [ "$code" -eq 0 ] || status=$code
    [ "$code" -eq 0 ] && verdict=Passed || verdict="**Failed** (status $code)"
    summary=$(grep -E '^(FAILED|ERROR|deep:)|(passed|failed|errors?|no tests ran)\b.* in [0-9.]+s' "$log" | cut -c1-240)
    printf '## %s\n\n%s: commit %s, %s, %s s on %s processors; load of the machine before %s, after %s.\n\n```\n%s\n```\n' \
        "$title" "$verdict" "$commit" "$(date -u +"%Y-%m-%d %H:%M UTC")" "$((SECONDS - began))" \
        "$(getconf _NPROCESSORS_ONLN)" "$before" "$(load)" "${summary:-nothing was said}" >"$folder/$part.md"
}

for part in "${@:-properties building load faults taxes pages}"; do
    for each in $part; do
        case $each in
        properties)
            run properties "Property tests, $STEWARD_TEST_DEPTH times as deep, seed $seed" \
                .venv/bin/pytest -q -n 2 -m hypothesis --hypothesis-seed="$seed" --durations=3 -o timeout=1800 tests
            ;;
        building) run building "Migrations against building" "${deep[@]}" tests/isolation ;;
        load) run load "Load and size" "${deep[@]}" tests/deep tests/apps ;;
        faults) run faults "Faults" "${deep[@]}" tests/faults ;;
        taxes) run taxes "Federal tax against Tax-Calculator" "${deep[@]}" tests/tax_oracle ;;
        pages) run pages "Pages in a browser" "${deep[@]}" tests/journeys ;;
        *) echo "There is no part $each: properties, building, load, faults, taxes, pages." >&2 && exit 2 ;;
        esac
    done
done
{
    printf '# Last deep run\n\n`make test-deep` runs all parts; each stands here as it ended last.\n'
    for part in properties building load faults taxes pages; do
        [ ! -f "$folder/$part.md" ] || { echo && cat "$folder/$part.md"; }
    done
} >"$result"
exit "$status"
