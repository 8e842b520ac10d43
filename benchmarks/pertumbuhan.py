"""How the work grows with the plan: time per sasaran at 20, 40 and 80 sasaran, as ratios to the first.

Run `python benchmarks/pertumbuhan.py`. Ratios near 1 mean that a plan twice as large takes twice as long; only
figures of one run are compared, so the machine does not matter.
"""

from __future__ import annotations

import csv
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import bahan

from builder.closed import refresh_file
from builder.commands import build_workbooks, consolidate_returns
from builder.plan import read_plan
from builder.returns import check_returns

UKURAN = (20, 40, 80)


def measure(work: Callable[[], object]) -> float:
    """Seconds of one run, the better of two."""
    times = []
    for _ in range(2):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def measure_plan(count: int, folder: Path) -> dict[str, float]:
    """Seconds per sasaran of each step, on a plan of so many sasaran."""
    plan = bahan.write_rencana(folder / "r.csv", [bahan.baris(f"S{n:02d}-I1") for n in range(1, count + 1)])
    out = folder / "b"
    returned = [out / "BukuKerja-2026-KUL.xlsx"]
    steps: dict[str, Callable[[], object]] = {
        "baca rencana": lambda: read_plan(plan),
        "bangun": lambda: build_workbooks(plan, out),
        "periksa": lambda: check_returns(returned, plan),
        "konsolidasi": lambda: consolidate_returns(returned, plan, _new(folder / "k.xlsx")),
        "segarkan": lambda: refresh_file(_bring_back(out / "Konsolidasi-2026.xlsm", returned)),
    }
    return {name: measure(step) / count for name, step in steps.items()}


def _new(path: Path) -> Path:
    path.unlink(missing_ok=True)
    return path


def _bring_back(konsolidasi: Path, returned: list[Path]) -> Path:
    """The konsolidasi as it was emitted, with the returns beside it."""
    emitted = konsolidasi.with_suffix(".baru")
    if not emitted.exists():
        emitted.write_bytes(konsolidasi.read_bytes())
    konsolidasi.write_bytes(emitted.read_bytes())
    (konsolidasi.parent / "kiriman").mkdir(exist_ok=True)
    for path in returned:
        (konsolidasi.parent / "kiriman" / path.name).write_bytes(path.read_bytes())
    return konsolidasi


def main() -> None:
    """Print the ratios as a table."""
    found = {}
    for count in UKURAN:
        with tempfile.TemporaryDirectory() as folder:
            found[count] = measure_plan(count, Path(folder))
    writer = csv.writer(sys.stdout, delimiter="\t")
    writer.writerow(["langkah", *(f"{n} sasaran" for n in UKURAN)])
    for name, first in found[UKURAN[0]].items():
        writer.writerow([name, *(f"{found[n][name] / first:.2f}" for n in UKURAN)])


if __name__ == "__main__":
    main()
