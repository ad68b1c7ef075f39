"""make bench: every benchmark in a process of its own, and its last table with its commit in bench/RESULTS.md.

`python -m bench returns nightly` runs those named and leaves the tables of the others.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
BENCHMARKS = (
    "plan_engine",
    "fresh_draws",
    "plan_rules",
    "market_models",
    "taxes",
    "frontier",
    "what_if",
    "fees",
    "household_list",
    "wash_sales",
    "returns",
    "nightly",
    "plan_monitoring",
    "rebalancing",
    "custodian_file",
)
HEAD = "# Results\n\nRatios of medians within one run, each with its commit and what else the machine did.\n\n"


def tables() -> dict[str, str]:
    """Return the tables that are kept, by name."""
    told = (HERE / "RESULTS.md").read_text(encoding="utf-8")
    parts = re.split(r"^## (\w+)\n", told, flags=re.MULTILINE)[1:]
    return {name: text.strip() for name, text in zip(parts[::2], parts[1::2], strict=True)}


def main(names: list[str]) -> int:
    """Run all or those named, print what they print, keep it; the exit code is that of the first that failed."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True).stdout  # noqa: S607
    kept = tables()
    for name in names or BENCHMARKS:
        print(f"== {name}", flush=True)
        load = os.getloadavg()[0]
        done = subprocess.run([sys.executable, "-m", f"bench.{name}"], capture_output=True, text=True, check=False)  # noqa: S603
        print(done.stdout + done.stderr, flush=True)
        if done.returncode:
            return done.returncode
        taken = (
            f"Commit {commit.strip()}, {datetime.now(UTC):%Y-%m-%d}; load before {load:.1f} on {os.cpu_count()} cores."
        )
        kept[name] = f"{taken}\n\n```\n{done.stdout.strip()}\n```"
        order = [name for name in BENCHMARKS if name in kept] + [name for name in kept if name not in BENCHMARKS]
        (HERE / "RESULTS.md").write_text(HEAD + "\n\n".join(f"## {name}\n\n{kept[name]}" for name in order) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
