"""Runs every measurement and prints one table: what, figure, floor, ratio, target, met."""

from __future__ import annotations

import os
import sys
from importlib import import_module

# Certificates first: the peak memory of a child counts from that of its parent.
MODULES = (
    "bench.certificates",
    "bench.compile",
    "bench.board",
    "bench.persons",
    "bench.marks",
    "bench.tablet",
    "bench.pages",
)
COLUMNS = ("what", "figure", "floor", "ratio", "target", "met")


def main() -> None:
    wanted = sys.argv[1:] or MODULES
    rows = []
    for name in wanted:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        rows += import_module(name).run()
    table = [COLUMNS, *(tuple(str(row[column]) for column in COLUMNS) for row in rows)]
    widths = [max(len(line[place]) for line in table) for place in range(len(COLUMNS))]
    for line in table:
        print(" | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)))
    print(f"load of the machine at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
