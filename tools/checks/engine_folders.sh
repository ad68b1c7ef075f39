#!/usr/bin/env bash
# The folders of the engines' tests, one a line: what runs with nothing but requirements/engine-test.txt.
set -euo pipefail
echo tests/apps/kernel
find tests/apps -type d -name engine | sort
