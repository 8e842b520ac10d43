"""Returned files from folders to one merged konsolidasi: found, read against the plan, merged; nothing is written."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from builder.consolidator import Konsolidasi, consolidate
from builder.identitas import KONSOLIDASI, RENCANA
from builder.keadaan import berkas_counts, isian_counts
from builder.layout import Book
from builder.masalah import Message, Problem, Refused, heaviest, os_reason
from builder.plan import read_plan
from builder.reader import Kiriman, read_kiriman
from builder.rkt import Rkt, SubBagian
from builder.save import is_ours
from builder.strict import Opener
from workbook_templates.buku_kerja import buku_kerja

T = TypeVar("T")
Track = Callable[[Sequence[T], str], Iterable[T]]  # goes through a sequence and shows how far it is


def no_track(items: Sequence[T], label: str) -> Iterable[T]:
    """Shows nothing."""
    return items


def gather_files(masukan: Iterable[Path]) -> tuple[list[Path], list[Problem]]:
    """Files of a mix of folders and files, in the order of their names; what is passed over is counted."""
    found: list[Path] = []
    passed: Counter[Message] = Counter()
    problems: list[Problem] = []
    for path in masukan:
        if path.is_dir():
            problems += _walk_folder(path, found, passed)
        elif path.is_file():
            found.append(path)
        else:
            raise Refused(Problem(Message.S01, str(path)))
    problems += [Problem(message, values={"jumlah": n}) for message, n in sorted(passed.items(), key=str)]
    return list(dict.fromkeys(found)), problems


def _walk_folder(folder: Path, found: list[Path], passed: Counter[Message]) -> list[Problem]:
    """Add a folder's files; links to folders are never followed, so no circle is ever walked."""
    problems: list[Problem] = []

    def tell(error: OSError) -> None:
        name = Path(error.filename or folder).name
        problems.append(Problem(Message.J04, name, values={"sebab": os_reason(error)}))

    files: list[Path] = []
    for where, folders, names in os.walk(folder, onerror=tell):
        passed[Message.J08] += sum((Path(where) / name).is_symlink() for name in folders)
        files += (Path(where) / name for name in names)
    for path in sorted(files):
        if is_ours(path):
            continue
        if is_junk(path):
            passed[Message.J02] += 1
        elif not path.is_dir():  # a file that has just gone is told when it is read
            found.append(path)
    passed += Counter()  # drops what was counted as none
    return problems


def is_junk(path: Path) -> bool:
    """Lock files and what systems and browsers leave behind."""
    name = path.name.lower()
    known = name in ("thumbs.db", "desktop.ini", ".ds_store") or name.endswith(
        (".tmp", ".crdownload", ".part")
    )
    return known or name.startswith(("~$", "._", ".")) or "__MACOSX" in path.parts


def check_returns(
    berkas: Iterable[Path], rencana: Path | Rkt, *, track: Track[Any] = no_track
) -> list[Kiriman]:
    """Read returned workbooks against a plan (its file, or as read); what is wrong stands in their problems.

    Raises Refused for a plan that cannot be used or a file that does not exist.
    """
    rkt = rencana if isinstance(rencana, Rkt) else read_plan(rencana)[0]
    files, _ = gather_files(berkas)
    if not files:
        raise Refused(Problem(Message.S06))
    makers: dict[str, Book] = {}

    def make_book(sub_bagian: SubBagian) -> Book:
        if sub_bagian.kode not in makers:
            makers[sub_bagian.kode] = buku_kerja(rkt, sub_bagian)
        return makers[sub_bagian.kode]

    names = Counter(path.name for path in files)
    with Opener() as opener:
        return [
            _read(
                path,
                rkt,
                make_book,
                opener,
                path.name if names[path.name] == 1 else f"{path.parent.name}/{path.name}",
            )
            for path in track(files, "Memeriksa kiriman")
        ]


def _read(
    path: Path, rkt: Rkt, make_book: Callable[[SubBagian], Book], opener: Opener, berkas: str
) -> Kiriman:
    kiriman = read_kiriman(path, rkt, make_book, opener, berkas)
    if path.with_name(f"~${path.name}").exists() and kiriman.status != "ditolak":
        kiriman.problems.append(Problem(Message.J03, berkas))
    return kiriman


def merge_returns(
    masukan: Iterable[Path],
    rkt: Rkt,
    triwulan: int,
    *,
    without: Iterable[Path] = (),
    track: Track[Any] = no_track,
) -> Konsolidasi:
    """Read and merge the returns of folders and files, `without` some; raises Refused where there is none.

    Workbooks of ours that are no returns (a konsolidasi, a plan) are left out and counted.
    """
    masukan = list(masukan)
    files, problems = gather_files(masukan)
    left_out = {path.resolve() for path in without}
    returned = check_returns([f for f in files if f.resolve() not in left_out], rkt, track=track)
    ours = [k for k in returned if k.tanda and k.tanda.jenis in (KONSOLIDASI, RENCANA)]
    if ours:
        problems.append(Problem(Message.J09, values={"jumlah": len(ours)}))
    hasil = consolidate([k for k in returned if k not in ours], rkt, triwulan)
    hasil.problems[:0] = problems
    if not hasil.kiriman:
        raise Refused(Problem(Message.S06, ", ".join(map(str, masukan))))
    return hasil


def report(kiriman: Sequence[Kiriman], hasil: Konsolidasi | None = None) -> list[dict[str, Any]]:
    """The list that `--json` and LAPORAN give: one item per file; of merged files, one more for all together.

    It holds problems between files, and how many files and expected cells ended in each state: the counts add up
    to the number of files and to that of indikator and triwulan.
    """
    return [k.as_json() for k in kiriman] + ([_together(hasil)] if hasil else [])


def _together(hasil: Konsolidasi) -> dict[str, Any]:
    worst = heaviest(hasil.problems)
    return {
        "berkas": None,
        "status": "diterima" if worst.berat == 0 else str(worst),
        "masalah": [p.as_json() for p in hasil.problems],
        "ringkasan": {"berkas": berkas_counts(hasil.kiriman), "isian": isian_counts(hasil)},
    }
