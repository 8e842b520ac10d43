"""How many made errors of users are told at the right place, and how many sound workbooks are read in silence.

Run `python benchmarks/kekeliruan.py [places] [sound workbooks]` (20 and 500). Every error is made at so many random
places; half of the sound workbooks are saved by LibreOffice before they are read.
"""

from __future__ import annotations

import csv
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import bahan
import kekeliruan

from builder.returns import check_returns

SEKALI = 25  # workbooks that LibreOffice converts in one call


def count_errors(places: int, folder: Path) -> tuple[Counter[str], Counter[str], list[str]]:
    """Errors made and missed, by name; problems that nobody made."""
    besar, kecil = kekeliruan.rencana(folder)[1], kekeliruan.rencana_kecil(folder)
    trials = [(besar, group) for group in kekeliruan.BERSAMA]
    trials += [(kecil, {name: one}) for name, one in kekeliruan.BERKAS.items()]
    made: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    extra: list[str] = []
    for seed in range(places):
        for n, (rkt, group) in enumerate(trials):
            hasil = kekeliruan.coba(folder / f"{seed}-{n}", rkt, seed, group)
            made.update(list(group))
            missed.update({text.split(":")[0] for text in hasil.terlewat})
            extra += [f"seed {seed}: {text}" for text in (*hasil.terlewat, *hasil.berlebih)]
    return made, missed, extra


def read_sound(count: int, folder: Path) -> list[str]:
    """What was told of sound workbooks, and values that were read otherwise."""
    rkt = bahan.rkt_contoh()
    wrong: list[str] = []
    for start in range(0, count, SEKALI):
        part = folder / str(start)
        seeds = range(start, min(start + SEKALI, count))
        written = dict(kekeliruan.tulis_wajar(part, rkt, seed) for seed in seeds)
        paths = list(written)
        if start // SEKALI % 2:
            paths = _through_libreoffice(paths, part / "lo")
        for kiriman, entries in zip(check_returns(paths, rkt), written.values(), strict=True):
            wrong += kekeliruan.beda(kiriman, entries)
    return wrong


def _through_libreoffice(paths: list[Path], out: Path) -> list[Path]:
    profile = (out.parent / "profil").resolve().as_uri()
    command = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--norestore"]
    command += ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out), *map(str, paths)]
    subprocess.run(command, check=True, capture_output=True)
    return [out / path.name for path in paths]


def main() -> None:
    """Print the counts as a table, then what was wrong."""
    places, sound = (
        (int(a) for a in (*sys.argv[1:], "20", "500")[:2]) if len(sys.argv) != 2 else (int(sys.argv[1]), 500)
    )
    with tempfile.TemporaryDirectory() as folder:
        made, missed, extra = count_errors(places, Path(folder))
        wrong = read_sound(sound, Path(folder))
    writer = csv.writer(sys.stdout, delimiter="\t")
    writer.writerow(["kekeliruan", "dibuat", "terlewat"])
    for name in made:
        writer.writerow([name, made[name], missed[name]])
    writer.writerow(["jumlah", made.total(), missed.total()])
    writer.writerow(["buku tanpa kekeliruan", sound, len(wrong)])
    print(*extra, *wrong, sep="\n")


if __name__ == "__main__":
    main()
