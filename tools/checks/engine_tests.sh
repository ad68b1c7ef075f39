#!/usr/bin/env bash
# Runs the engines' tests with a Python that has only requirements/engine-test.txt: purity proved, not promised.
set -euo pipefail
python=$1
mapfile -t folders < <(tools/checks/engine_folders.sh)
exec "$python" -m pytest -q -p no:cacheprovider -c tools/checks/engine_pytest.ini --rootdir . --import-mode=importlib \
    --noconftest "${folders[@]}"
