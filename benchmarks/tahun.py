"""Years of an office played by chance (`tests/tahun.py`), one for each seed; the first step that differs ends a year.

Run `python benchmarks/tahun.py FIRST COUNT`. Exit code 1 where anything differs from the model.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import tahun


def play(seed: int) -> list[str]:
    """What was wrong in a year; nothing where all agreed to its end."""
    with tempfile.TemporaryDirectory(prefix="rkt-tahun-") as folder:
        year = tahun.begin(Path(folder) / "kantor", seed)
        for step in year.play():
            year.langkah.append(step)
            faults = year.faults()
            if faults:
                return [f"sesudah {year.langkah[-3:]}", *faults]
        print(
            f"{seed}: {len(year.langkah)} langkah, {len(year.model.kiriman)} berkas, tidak ada yang berbeda"
        )
    return []


def main(arguments: list[str]) -> int:
    """Years of the seeds from FIRST on."""
    first, count = (int(a) for a in (*arguments, "2026", "3")[:2])
    bad = {seed: faults for seed in range(first, first + count) if (faults := play(seed))}
    for seed, faults in bad.items():
        print(f"BURUK {seed}:", *faults, sep="\n  ")
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
