"""Writes files whole or not at all (L01 to L03, L11): beside their place, synced, read back, then put into it.

What the system says against writing stays an OSError here; `saying` makes it a message. A link is followed: the
file that it points to is replaced, and the link stays.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.masalah import Message, Problem, Refused, os_reason, show
from builder.save.temporary import is_ours, make_temporary

PATIENCE = (
    3.0  # seconds to wait for a program that holds the file (WinError 5, 32, 33), such as a virus scanner
)
_PAUSE = 0.1
_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENAMETOOLONG, errno.ENOENT, errno.ENOTDIR}


def _no_check(written: bytes) -> None:
    """Bytes as they were meant are enough."""


@dataclass(frozen=True, slots=True)
class File:
    """A file to write; `check` raises Refused where the bytes that were read back do not say what they should."""

    path: Path
    content: bytes
    check: Callable[[bytes], None] = _no_check


@dataclass(frozen=True, slots=True)
class Draft:
    """A file that stands complete beside the place it is to take."""

    path: Path  # as the user names it
    temporary: Path

    def place(self, expected: str | None = None) -> None:
        """Put it there; `expected`: the digest of what was read, and nothing is written over anything else.

        Raises Refused (L05_BERUBAH), and PermissionError where another program holds the file for too long.
        """
        target, until = real_path(self.path), time.monotonic() + PATIENCE
        with uninterrupted():
            while True:
                if expected is not None and digest(target) != expected:
                    raise Refused(Problem(Message.L05_BERUBAH, self.path.name))
                try:
                    self.temporary.replace(target)
                    break
                except PermissionError:
                    if time.monotonic() > until:
                        raise
                    time.sleep(_PAUSE)
            _sync_folder(target.parent)

    def place_at(self, path: Path) -> None:
        """Put it under another name in the same folder."""
        with uninterrupted():
            self.temporary.replace(path)
            _sync_folder(path.parent)


def digest(path: Path) -> str:
    """sha256 of a file; "" where there is none."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""


def real_path(path: Path) -> Path:
    """The file itself where a link points to it."""
    return Path(os.path.realpath(path))


@contextlib.contextmanager
def stage(file: File) -> Iterator[Draft]:
    """Write a file beside its place, sync it, read it back and compare; gone after the block unless placed."""
    target = real_path(file.path)
    check_room(target.parent, len(file.content))
    with _temporary(target) as temporary:
        with temporary.open("wb") as made:
            made.write(file.content)
            made.flush()
            os.fsync(made.fileno())
        written = temporary.read_bytes()
        if written != file.content:
            raise Refused(Problem(Message.L11, file.path.name, values={"tempat": file.path.name}))
        file.check(written)
        yield Draft(file.path, temporary)


def save(files: Sequence[File], before: Callable[[], object] = lambda: None) -> None:
    """Write files, all or none: each stands complete beside its place before the first one takes it.

    `before` is called in between, for what must be kept of the old ones.
    """
    for folder in {real_path(file.path).parent for file in files}:
        check_room(folder, sum(len(f.content) for f in files if real_path(f.path).parent == folder))
    with contextlib.ExitStack() as stack:
        drafts = [stack.enter_context(stage(file)) for file in files]
        before()
        with uninterrupted(), contextlib.ExitStack() as undo:
            for draft in drafts:
                undo.callback(_put_back, draft.path, _content(draft.path))
                draft.place()
            undo.pop_all()


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _put_back(path: Path, content: bytes | None) -> None:
    """What stood there before another file of the same group was refused its place."""
    with contextlib.suppress(OSError):
        if content is None:
            path.unlink(missing_ok=True)
        elif _content(path) != content:
            with stage(File(path, content)) as draft:
                draft.place()


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` that takes its place once the block has ended without an error."""
    with _temporary(real_path(path)) as temporary:
        yield temporary
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        Draft(path, temporary).place()


@contextlib.contextmanager
def _temporary(target: Path) -> Iterator[Path]:
    """An empty file beside the target with the rights that it is to have; removed unless it has been moved."""
    temporary = make_temporary(target)
    try:
        temporary.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
        yield temporary
    finally:
        _remove(temporary)


def _remove(path: Path) -> None:
    """Twice, where the system refuses: what stays then is swept at the next start."""
    for _ in range(2):
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
            return


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    """Make a new name last through a loss of power; Windows and some network drives cannot, and do without."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Ctrl+C counts before a file is put into its place, or no more: what is then said is true either way."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


# --- before the work, and what is told ----------------------------------------------------------------------------


def check_room(folder: Path, size: int) -> None:
    """Raises OSError (ENOSPC) unless there is room for twice the size."""
    if _left(folder) < 2 * size:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))


def _left(folder: Path) -> float:
    """Free bytes; where the system does not say, there is room until it refuses."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return float("inf")


def check_folder(path: Path, size: int = 0) -> None:
    """Raises OSError where nothing can be written beside `path`; asked before the work is done."""
    target = real_path(path)
    check_room(target.parent, size)
    _remove(make_temporary(target))


@contextlib.contextmanager
def saying(path: Path, size: int = 0) -> Iterator[None]:
    """What the system says against writing `size` bytes to `path`, as a message."""
    try:
        yield
    except OSError as error:
        raise Refused(_problem(error, path, size)) from error


def _problem(error: OSError, path: Path, size: int) -> Problem:
    beside = path if path.is_dir() else path.parent
    folder = show(str(beside), 200)
    if error.errno in _FULL:
        left = _left(beside)  # a quota is full long before the disk is: then nobody can say what is left
        sisa = _megabytes(left) if left < 2 * size else "?"
        values = {"folder": folder, "perlu": _megabytes(2 * size), "sisa": sisa}
        return Problem(Message.L03, path.name, values=values)
    if error.errno in _CLOSED and _is_creation(error):
        return Problem(Message.L02, path.name, values={"folder": folder, "sebab": os_reason(error)})
    return Problem(Message.S04, str(path), values={"sebab": os_reason(error)})


def _is_creation(error: OSError) -> bool:
    """An error over a file of ours alone, not over a move, speaks of the folder."""
    return error.filename2 is None and is_ours(Path(str(error.filename)))


def _megabytes(size: float) -> str:
    return "?" if size == float("inf") else f"{max(size / 1e6, 0.1 if size else 0):.1f}".replace(".", ",")
