#!/usr/bin/env bash
# The browser of the journeys: Debian's chromium, installed where the machine has none and we may.
set -euo pipefail
for name in chromium chromium-browser google-chrome; do command -v "$name" >/dev/null && exit 0; done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing chromium for the browser tests."
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
    exit 0
fi
echo "steward: the browser tests need Chromium. Install it (Debian: sudo apt-get install chromium) and run make test again." >&2
exit 1
