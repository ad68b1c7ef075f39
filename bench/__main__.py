"""make bench: every benchmark in a process of its own, and the last table with its commit in bench/RESULTS.md."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
BENCHMARKS = ("plan_engine", "fees", "household_list", "wash_sales", "returns", "rebalancing")


def main() -> int:
    """Run all, print what they print, keep it; the exit code is that of the first that failed."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True).stdout  # noqa: S607
    parts = [f"# Results\n\nCommit {commit.strip()}, {datetime.now(UTC):%Y-%m-%d}. Ratios of medians within one run.\n"]
    for name in BENCHMARKS:
        print(f"== {name}", flush=True)
        done = subprocess.run([sys.executable, "-m", f"bench.{name}"], capture_output=True, text=True, check=False)  # noqa: S603
        print(done.stdout + done.stderr, flush=True)
        if done.returncode:
            return done.returncode
        parts.append(f"## {name}\n\n```\n{done.stdout.strip()}\n```\n")
    (HERE / "RESULTS.md").write_text("\n".join(parts), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
