"""Temporary files that say whose they are, and the sweeping of those whose process is gone (L04).

`.Konsolidasi-2024.xlsm.PC-3.4711.x8f2k1ab.tmp` is what process 4711 of PC-3 was writing. Another host's process
cannot be asked: what it left is swept by its age.
"""

from __future__ import annotations

import contextlib
import os
import platform
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

OLD = 3 * 3600.0  # seconds after which what another host left is taken for abandoned; a refresh takes seconds
_RECYCLED = (
    3600.0  # a process younger than the file by this much has only its number in common with the writer
)
_LONGEST = 120  # characters of the name of a target within that of its temporary file
_KEPT = r"(?: \((?:lama|tertunda) [^()]*\))?"  # copies beside the target, made in the same run
_LEFT = (".tmp", ".kunci", ".pemegang")
_ANY = re.compile(r"\..+\.(?P<host>[A-Za-z0-9_-]+)\.(?P<pid>\d+)\.\w{8}\.tmp")
# What a lock of ours looks like while filelock takes it over from a dead process.
_TAKING = re.compile(r"\.kunci\.(?:break|restore)\.(?P<pid>\d+)\.[0-9a-f]+$")


def this_host() -> str:
    """Name of this computer, fit for a file name."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", platform.node())[:40] or "komputer"


def is_ours(path: Path) -> bool:
    """Whether it is a temporary file or a lock of this program, and no business of whoever reads the folder."""
    return path.name.startswith(".") and (path.suffix in _LEFT or bool(_TAKING.search(path.name)))


def make_temporary(target: Path) -> Path:
    """An empty file beside the target, with a name that nobody else has."""
    prefix = f".{target.name[:_LONGEST]}.{this_host()}.{os.getpid()}."
    handle, name = tempfile.mkstemp(prefix=prefix, suffix=".tmp", dir=target.parent)
    made = Path(name)
    try:
        os.close(handle)
    except OSError:
        made.unlink(missing_ok=True)
        raise
    return made


def sweep(target: Path) -> int:
    """Remove what dead processes left of this target; returns how many files were removed."""
    swept = 0
    for path, host, pid in [*_leftovers(target)]:
        with contextlib.suppress(OSError):
            if is_gone(host, pid, path.stat().st_mtime):
                path.unlink()
                swept += path.suffix == ".tmp"
    return swept


def sweep_folder(folder: Path) -> int:
    """Remove every temporary file of a dead process in a folder; returns how many."""
    swept = 0
    for path in folder.glob(".*.tmp"):
        found = _ANY.fullmatch(path.name)
        with contextlib.suppress(OSError):
            if found and is_gone(found["host"], int(found["pid"]), path.stat().st_mtime):
                path.unlink()
                swept += 1
    return swept


def _leftovers(target: Path) -> Iterator[tuple[Path, str, int]]:
    """Files that a process was writing for this target, with its host and number."""
    stem, suffix = (re.escape(part) for part in (target.stem, target.suffix))
    whole = target.name if len(target.name) > _LONGEST else None
    name = re.escape(whole[:_LONGEST]) if whole else f"{stem}{_KEPT}{suffix}"
    pattern = re.compile(rf"\.{name}\.(?P<host>[A-Za-z0-9_-]+)\.(?P<pid>\d+)\.\w{{8}}\.tmp")
    with contextlib.suppress(OSError):
        for path in target.parent.iterdir():
            found = pattern.fullmatch(path.name)
            if found:
                yield path, found["host"], int(found["pid"])
            taking = _TAKING.search(path.name)
            if taking and path.name.startswith(f".{target.name}."):
                yield path, this_host(), int(taking["pid"])


def is_gone(host: str, pid: int, last: float) -> bool:
    """Whether a process that was at work at `last` is no more; of another host this is a matter of age."""
    if host != this_host():
        return time.time() - last > OLD
    try:
        process = psutil.Process(pid)
        return process.status() == psutil.STATUS_ZOMBIE or process.create_time() > last + _RECYCLED
    except psutil.NoSuchProcess:
        return True
    except psutil.Error:
        return False
