"""Mutation fuzz in full: thousands of mutants of filled buku kerja, judged one by one (KEGAGALAN T3).

Run `python benchmarks/mutan.py --jumlah 10000 --benih 1 --proses 2`; each violation is printed with its seed and
operators, and `--ulang SEED` judges that one again and says everything about it. Of all mutants, `--anak` are also
read by the child process that reads in earnest, and must come to the same.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import multiprocessing
import pickle
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import bahan
from mutan import Induk, Mutan, make_induk, make_mutant
from mutan_hakim import Bacaan, Hakim, Hasil

from builder.strict import Opener

KELAS = ("ditolak", "ditahan", "diberitahu", "disepakati", "tetap", "jatuh")
_SHOWN = 12  # violations of a kind that are printed

_hakim: Hakim
_induk: Sequence[Induk]
_opener: Opener


def _begin(induk: bytes) -> None:
    """Each process has a judge, a folder and a child of its own."""
    global _hakim, _induk, _opener
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _hakim = Hakim(bahan.rkt_contoh(), Path(tempfile.mkdtemp(prefix="mutan-")))
    _induk, _opener = pickle.loads(induk), Opener()


def _judge(task: tuple[int, bool]) -> tuple[int, str, Hasil]:
    """Judge the mutant of a seed; in earnest too where asked."""
    benih, is_child_asked = task
    mutan = make_mutant(benih, _induk)
    try:
        hasil = _hakim.judge(mutan)
    except Exception:
        hasil = Hasil("jatuh", (), [("hakim", traceback.format_exc())])
    if is_child_asked and hasil.kelas != "jatuh":
        hasil.pelanggaran += compare_child(_hakim, mutan, _opener)
    return benih, str(mutan), hasil


def compare_child(hakim: Hakim, mutan: Mutan, opener: Opener) -> Iterator[tuple[str, str]]:
    """What the child process makes otherwise of a mutant than this process."""
    kode = mutan.induk.nama.partition("-")[0]
    here, child = (_said(hakim.read(mutan.content, kode, o)) for o in (None, opener))
    if here != child:
        yield "proses anak", f"{here[0]} {here[1]} di sini, {child[0]} {child[1]} di proses anak"


def _said(bacaan: Bacaan) -> tuple[str, list[str], object]:
    kiriman = bacaan.kiriman
    return kiriman.status, [p.pesan for p in kiriman.problems], kiriman.entries


def main() -> None:
    """Judge them all and print what came of them."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--jumlah", type=int, default=10_000, help="mutants")
    options.add_argument("--benih", type=int, default=1, help="the first seed")
    options.add_argument("--proses", type=int, default=2)
    options.add_argument("--anak", type=int, default=300, help="of them also by the child process")
    options.add_argument("--ulang", type=int, metavar="SEED", help="judge this one again")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="mutan-") as folder:
        induk = make_induk(Path(folder))
    if given.ulang is not None:
        _replay(given.ulang, induk)
        return
    start = time.monotonic()
    every = max(1, given.jumlah // given.anak) if given.anak else 0
    tasks = [(given.benih + n, bool(every) and n % every == 0) for n in range(given.jumlah)]
    found: list[tuple[int, str, Hasil]] = []
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in the background otherwise
    spawn = multiprocessing.get_context("spawn")
    # Ctrl+C ends the run with what has been judged so far.
    with (
        spawn.Pool(given.proses, _begin, (pickle.dumps(induk),)) as pool,
        contextlib.suppress(KeyboardInterrupt),
    ):
        for hasil in pool.imap_unordered(_judge, tasks, chunksize=10):
            found.append(hasil)
    _print(found, time.monotonic() - start)


def _replay(benih: int, induk: Sequence[Induk]) -> None:
    """One mutant with all of its messages and violations; the file is kept."""
    with tempfile.TemporaryDirectory(prefix="mutan-") as folder:
        hakim = Hakim(bahan.rkt_contoh(), Path(folder))
        mutan = make_mutant(benih, induk)
        hasil = hakim.judge(mutan)
        bacaan = hakim.read(mutan.content, mutan.induk.nama.partition("-")[0])
    kept = Path(tempfile.gettempdir()) / f"mutan-{benih}.xlsx"
    kept.write_bytes(mutan.content)
    print(mutan, kept, f"{hasil.kelas}, {bacaan.seconds:.2f} detik, {bacaan.memory >> 20} MB", sep="\n")
    for problem in bacaan.kiriman.problems:
        print("  ", problem.pesan)
    for kind, words in hasil.pelanggaran:
        print("! ", kind, words)


def _print(found: Sequence[tuple[int, str, Hasil]], seconds: float) -> None:
    writer = csv.writer(sys.stdout, delimiter="\t")
    classes = Counter(hasil.kelas for _, _, hasil in found)
    writer.writerow(["mutan", *KELAS, "detik"])
    writer.writerow([len(found), *(classes[k] for k in KELAS), f"{seconds:.0f}"])
    codes: Counter[tuple[str, str]] = Counter((h.kelas, kode) for _, _, h in found for kode in h.kode)
    for kelas in KELAS:
        told = " ".join(f"{kode} {n}" for (k, kode), n in codes.most_common() if k == kelas)
        if told:
            writer.writerow([kelas, told])
    broken: dict[str, list[tuple[int, str, list[str]]]] = defaultdict(list)
    for benih, words, hasil in sorted(found, key=lambda f: f[0]):
        for kind in dict.fromkeys(kind for kind, _ in hasil.pelanggaran):
            broken[kind].append((benih, words, [w for k, w in hasil.pelanggaran if k == kind]))
    writer.writerow(["pelanggaran", sum(map(len, broken.values()))])
    for kind, cases in broken.items():
        print(f"\n{kind}: {len(cases)} mutan")
        for _, words, faults in cases[:_SHOWN]:
            told = faults[0][-1200:] if kind in ("jatuh", "hakim") else faults[0][:300]
            print(f"  {words}\n    {len(faults)}: {told}")
        print("  benih:", " ".join(str(benih) for benih, _, _ in cases))


if __name__ == "__main__":
    main()
