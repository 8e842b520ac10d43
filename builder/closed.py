"""The buttons on a closed file, without Excel: opened only where nobody has it, written whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from builder.lama import Lama, Segar, read_lama
from builder.masalah import Message, Problem, Refused, os_reason
from builder.package import apply_patches, read_grids
from builder.recompute import recompute
from builder.refresh import find_folder, refresh
from builder.returns import Track, no_track


def refresh_file(path: Path, *, track: Track[Any] = no_track) -> Segar:
    """What Segarkan does, without Excel; raises Refused, and the file is then as it was."""
    lama = open_file(path)
    return write_file(path, refresh(lama, find_folder(lama.folder, path.parent), path, track=track))


def recompute_file(path: Path) -> Segar:
    """What Hitung Ulang does, without Excel; raises Refused."""
    return write_file(path, recompute(open_file(path)))


def open_file(path: Path) -> Lama:
    """A konsolidasi on disk that nobody has open; raises Refused."""
    if not path.is_file():
        raise Refused(Problem(Message.S01, str(path)))
    if is_open(path):
        raise told_open(path)
    if not _is_writable(path):
        raise Refused(Problem(Message.L25, path.name))
    return read_lama(read_grids(path), path)


def is_open(path: Path) -> bool:
    """Whether Excel or LibreOffice holds the file: by the file that they lay beside it while they do."""
    return any(lock.exists() for lock in _locks(path))


def told_open(path: Path) -> Refused:
    """The refusal of a file that somebody has open."""
    lock = next((p for p in _locks(path) if p.exists()), path)
    return Refused(Problem(Message.L01, path.name, values={"kunci": lock.name}))


def _locks(path: Path) -> tuple[Path, Path]:
    return path.with_name(f"~${path.name}"), path.with_name(f".~lock.{path.name}#")


def _is_writable(path: Path) -> bool:
    try:
        with path.open("rb+"):
            return True
    except OSError:
        return False


def write_file(path: Path, segar: Segar) -> Segar:
    """Apply patches to a closed file; raises Refused where it cannot be written."""
    try:
        apply_patches(path, segar.patches, segar.book)
    except OSError as error:
        raise Refused(Problem(Message.S04, str(path), values={"sebab": os_reason(error)})) from error
    return segar
