"""Returned files from folders to one merged konsolidasi: found, read against the plan, merged; nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from builder.consolidator import Konsolidasi, consolidate
from builder.identitas import KONSOLIDASI, RENCANA
from builder.layout import Book
from builder.masalah import Message, Problem, Refused
from builder.plan import read_plan
from builder.reader import Kiriman, peek_tanda, read_kiriman
from builder.rkt import Rkt, SubBagian
from workbook_templates.buku_kerja import buku_kerja

T = TypeVar("T")
Track = Callable[[Sequence[T], str], Iterable[T]]  # goes through a sequence and shows how far it is


def no_track(items: Sequence[T], label: str) -> Iterable[T]:
    """Shows nothing."""
    return items


def gather_files(masukan: Iterable[Path]) -> tuple[list[Path], list[Problem]]:
    """Files of a mix of folders and files, in the order of their names; lock and system files are counted."""
    found: list[Path] = []
    problems: list[Problem] = []
    skipped = 0
    for path in masukan:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file())
            found += [p for p in inside if not is_junk(p)]
            skipped += sum(map(is_junk, inside))
        elif path.is_file():
            found.append(path)
        else:
            problems.append(Problem(Message.S01, str(path)))
    if problems:
        raise Refused(*problems)
    if skipped:
        problems.append(Problem(Message.J02, values={"jumlah": skipped}))
    return list(dict.fromkeys(found)), problems


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

    names = [path.name for path in files]
    return [
        read_kiriman(
            path,
            rkt,
            make_book,
            path.name if names.count(path.name) == 1 else f"{path.parent.name}/{path.name}",
        )
        for path in track(files, "Memeriksa kiriman")
    ]


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
    left_out = {path.resolve() for path in without} | {f.resolve() for f in files if _has_buttons(f)}
    returned = check_returns([f for f in files if f.resolve() not in left_out], rkt, track=track)
    ours = [k for k in returned if k.tanda and k.tanda.jenis in (KONSOLIDASI, RENCANA)]
    skipped = len(ours) + sum(map(_has_buttons, files))
    if skipped:
        problems.append(Problem(Message.J09, values={"jumlah": skipped}))
    hasil = consolidate([k for k in returned if k not in ours], rkt, triwulan)
    hasil.problems[:0] = problems
    if not hasil.kiriman:
        raise Refused(Problem(Message.S06, ", ".join(map(str, masukan))))
    return hasil


def _has_buttons(path: Path) -> bool:
    """Whether it is a konsolidasi of ours with macros, which the reader of returns would refuse."""
    if path.suffix.lower() != ".xlsm":
        return False
    tanda = peek_tanda(path)
    return tanda is not None and tanda.jenis == KONSOLIDASI


def report(kiriman: Sequence[Kiriman], problems: Sequence[Problem] = ()) -> list[dict[str, Any]]:
    """The list that `--json` and LAPORAN give: one item per file, then one for problems between files."""
    items = [k.as_json() for k in kiriman]
    if problems:
        worst = max(problems, key=lambda p: p.putusan.berat).putusan
        status = "diterima" if worst.berat == 0 else str(worst)
        items.append({"berkas": None, "status": status, "masalah": [p.as_json() for p in problems]})
    return items
