"""The buttons on a closed file, without Excel: held by one process, written whole or not at all (KEGAGALAN L).

From reading to replacing the file is held, and just before it is replaced it must still be what was read. While
Excel or LibreOffice has it open, the result goes beside it under another name (L01).
"""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from builder.lama import Lama, Segar, read_lama
from builder.masalah import Message, Problem, Refused, os_reason
from builder.package import patch_package, patched_file, read_grids
from builder.patch import patch_cells
from builder.recompute import recompute
from builder.refresh import find_folder, record, refresh
from builder.returns import Track, no_track
from builder.save import (
    check_folder,
    holding,
    is_open,
    pending_path,
    saying,
    settle,
    stage,
    told_pending,
)
from workbook_templates.dasbor import HASIL


@dataclass(frozen=True, slots=True)
class Tertutup:
    """A konsolidasi on disk: its bytes as they were read, and what they say."""

    path: Path
    content: bytes
    lama: Lama


def find_konsolidasi(path: Path | None, pilihan: str = "") -> Path:
    """The konsolidasi that was named and is there, or the only one in this folder; raises Refused.

    `pilihan`: the option that names it ("--konsolidasi "), where a command takes it by one.
    """
    if path:
        check_is_there(path)
        return path
    found = [p for p in sorted(Path().glob("Konsolidasi-*.xls[xm]")) if "(" not in p.name]
    if not found:
        raise Refused(Problem(Message.S10, values={"pilihan": pilihan}))
    if len(found) > 1:
        values = {"pilihan": pilihan, "daftar": ", ".join(p.name for p in found), "contoh": found[0].name}
        raise Refused(Problem(Message.S10_BEBERAPA, values=values))
    return found[0]


def refresh_file(path: Path, *, folder: Path | None = None, track: Track[Any] = no_track) -> Segar:
    """What Segarkan does, without Excel; raises Refused, and the file is then as it was.

    `folder`: of the returns, where it is not the one that the Dasbor names.
    """
    check_is_there(path)
    with holding(path) as told:
        check_place(path)
        tertutup = read_file(path)
        returns = folder or find_folder(tertutup.lama.folder, path.parent)
        segar = write_file(tertutup, refresh(tertutup.lama, returns, path, track=track), told)
        record(segar, tertutup.lama.folder, path)
        return segar


def recompute_file(path: Path) -> Segar:
    """What Hitung Ulang does, without Excel; raises Refused."""
    check_is_there(path)
    with holding(path) as told:
        check_place(path)
        tertutup = read_file(path)
        return write_file(tertutup, recompute(tertutup.lama), told)


def check_file(path: Path) -> None:
    """Raises Refused where the file is no konsolidasi that can be refreshed."""
    check_is_there(path)
    check_place(path)
    read_file(path)


def check_is_there(path: Path) -> None:
    """Raises Refused where there is no such file."""
    if not path.is_file():
        raise Refused(Problem(Message.S01, str(path)))


def check_place(path: Path) -> None:
    """A file that may be written, in a folder with room for it anew; asked before the work, raises Refused."""
    if not is_open(path):
        _check_writable(path)
    with saying(path, size := path.stat().st_size):
        check_folder(path, size)


def _check_writable(path: Path) -> None:
    try:
        with path.open("rb+"):
            pass
    except OSError as error:
        read_only = isinstance(error, PermissionError) or error.errno == errno.EROFS
        told = Problem(Message.S04, str(path), values={"sebab": os_reason(error)})
        raise Refused(Problem(Message.L25, path.name) if read_only else told) from error


def read_file(path: Path) -> Tertutup:
    """A konsolidasi as it stands; raises Refused."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Refused(Problem(Message.S03, str(path), values={"sebab": os_reason(error)})) from error
    return Tertutup(path, content, read_lama(read_grids(path, content), path))


def write_file(tertutup: Tertutup, segar: Segar, told: Iterable[Problem] = ()) -> Segar:
    """Put patches into a closed file that is held; `told` comes into the sentence. Raises Refused."""
    path, content, told = tertutup.path, tertutup.content, [*told]
    pending = pending_path(path) if is_open(path) else None
    told += [told_pending(path, pending)] if pending else []
    segar = tell(segar, tertutup.lama, told)
    made = patch_package(path, content, segar.patches, segar.book)
    if made is None:
        return segar
    file = patched_file(path, content, made, segar.patches, segar.book)
    with saying(path, len(made)), stage(file) as draft:
        settled = settle(draft, hashlib.sha256(content).hexdigest(), pending)
    if settled and not pending:  # held by a program that had left no sign of it
        segar = tell(segar, tertutup.lama, [told_pending(path, settled)])
    return replace(segar, tertunda=settled)


def tell(segar: Segar, lama: Lama, told: Sequence[Problem]) -> Segar:
    """What taking and writing the file brought to light, added to the sentence and its cell."""
    if not told:
        return segar
    kalimat = f"{segar.kalimat} {in_words(told)}"
    status = patch_cells(lama.book, lama.grids, {HASIL: kalimat})
    return replace(
        segar, kalimat=kalimat, patches=(*segar.patches, *status), problems=(*segar.problems, *told)
    )


def in_words(told: Iterable[Problem]) -> str:
    """Problems as sentences for the status cell; a cure only where there is something to do."""
    return " ".join(f"{p.masalah}." + (f" {p.tindakan}" if p.putusan.berat else "") for p in told)


def without_told(segar: Segar) -> str:
    """The sentence without what taking and writing the file brought to light: that is told beside it."""
    for n in range(len(segar.problems)):
        words = f" {in_words(segar.problems[n:])}"
        if segar.kalimat.endswith(words):
            return segar.kalimat.removesuffix(words)
    return segar.kalimat
