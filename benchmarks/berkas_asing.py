"""What strangers' files cost: verdict, seconds, and the memory of the child process that opened them.

Run `python benchmarks/berkas_asing.py FOLDER…`. Where a folder has an INDEX.csv with `path` and `category`, codes are
also counted by category. A crash, more than 3 seconds or more than 100 MB ends with exit code 1.
"""

from __future__ import annotations

import csv
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from builder.contoh import RENCANA, examples_folder
from builder.plan import read_plan
from builder.reader import read_kiriman
from builder.strict import Opener
from builder.versi import Plans

MOST_SECONDS, MOST_MB = 3.0, 100.0
PLANS = Plans(read_plan(examples_folder() / RENCANA)[0])


@dataclass(frozen=True)
class Verdict:
    """What became of one file."""

    path: Path
    status: str
    codes: str
    seconds: float
    megabytes: float
    told: str = ""

    @property
    def is_bad(self) -> bool:
        """Crashed, hung, or cost too much."""
        return "H14" in self.codes or self.seconds > MOST_SECONDS or self.megabytes > MOST_MB


def check(path: Path) -> Verdict:
    """The verdict on one file, held against the example plan, by a child of its own."""
    with Opener() as opener:
        opener.warm()
        start = time.perf_counter()
        kiriman = read_kiriman(path, PLANS.find, PLANS.make_book, opener)
        seconds = time.perf_counter() - start
        problems = [p for p in kiriman.problems if p.putusan == kiriman.status] or kiriman.problems
        codes = "+".join(dict.fromkeys(p.kode for p in problems))
        told = " | ".join(p.masalah for p in problems)
        return Verdict(path, kiriman.status, codes, seconds, peak_megabytes(opener.pid), told)


def peak_megabytes(pid: int | None) -> float:
    """The most memory that a process ever held; 0 where the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def files_of(folder: Path) -> Iterator[tuple[Path, str]]:
    """Files below a folder, each with its category from INDEX.csv."""
    index, categories = folder / "INDEX.csv", {}
    if index.exists():
        with index.open(encoding="utf-8", newline="") as file:
            categories = {row["path"]: row.get("category", "") for row in csv.DictReader(file)}
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p != index):
        yield path, categories.get(path.relative_to(folder).as_posix(), "")


def report(folder: Path) -> list[Verdict]:
    """Check a folder and print a line for each file, then the counts."""
    verdicts = []
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for path, category in files_of(folder):
        v = check(path)
        verdicts.append(v)
        counts[category][f"{v.status} {v.codes}"] += 1
        name = path.relative_to(folder).as_posix()
        print(f"{v.status:10} {v.codes:8} {v.seconds:6.3f} s {v.megabytes:6.1f} MB  {name}  {v.told[:120]}")
    print(f"\n{folder}: {len(verdicts)} berkas")
    for category, found in sorted(counts.items()):
        print(f"  {category or '-':14}", ", ".join(f"{code} {n}" for code, n in sorted(found.items())))
    if verdicts:
        slow, large = max(verdicts, key=lambda v: v.seconds), max(verdicts, key=lambda v: v.megabytes)
        print(f"  terlama {slow.seconds:.3f} s ({slow.path.name})")
        print(f"  terbesar {large.megabytes:.1f} MB ({large.path.name})\n")
    return verdicts


def main(arguments: list[str]) -> int:
    """Check all files of folders."""
    bad = [verdict for folder in arguments for verdict in report(Path(folder)) if verdict.is_bad]
    for verdict in bad:
        print("BURUK", verdict)
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
