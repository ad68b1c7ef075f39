"""Write the monthly history that assumptions rest on as a file that a firm loads for markets drawn from history.

Usage: python tools/market_assumptions/history_file.py history.csv

For the firm's own use: the series belong to their owners and are not to be passed on (README.md).
"""

from __future__ import annotations

import sys
from pathlib import Path

from history import load


def main() -> None:
    """Write month, simple return of each class, change of core prices; the months that all of them have."""
    history = load()
    table = history.returns.copy()
    table["inflation"] = history.core_prices.pct_change(fill_method=None)
    table = table.dropna()
    lines = [",".join(["month", *table.columns])]
    lines += [
        f"{month}," + ",".join(f"{value:.6f}" for value in row)
        for month, row in zip(table.index, table.to_numpy(), strict=True)
    ]
    Path(sys.argv[1]).write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(table)} months, {table.index[0]} to {table.index[-1]}")


if __name__ == "__main__":
    main()
