"""Watches the folder of returns and refreshes the konsolidasi when something new arrives (extra `rkt[pantau]`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

from watchfiles import Change, DefaultFilter, watch

from builder.closed import refresh_file
from builder.lama import Segar
from builder.masalah import Refused
from builder.masukan import is_junk
from builder.refresh import find_folder
from builder.save import digest, is_open
from builder.save.pending import is_pending

_QUIET = 2000  # milliseconds without a further change: a file that is still being copied is left alone
_FIRST = 300  # milliseconds until the first refresh: the folder is being watched by then


class Returns(DefaultFilter):
    """What may be a return: neither a lock file, nor what a program leaves behind, nor the konsolidasi itself.

    A result that waits beside the konsolidasi is none either, or it would bring forth the next one.
    """

    def __init__(self, konsolidasi: Path) -> None:
        super().__init__()
        self._own = konsolidasi.resolve()

    def __call__(self, change: Change, path: str) -> bool:
        """Whether a change is news."""
        changed = Path(path)
        if is_junk(changed) or changed.resolve() == self._own or is_pending(changed, self._own):
            return False
        return super().__call__(change, path)


class Waiting:
    """The result that waits beside a konsolidasi that is open in Excel: of one session only the newest is kept."""

    def __init__(self) -> None:
        self.path: Path | None = None
        self.digest = ""

    def follow(self, segar: Segar) -> None:
        """After each refresh: the one before has nothing that this one lacks, unless a person wrote into it."""
        if self.path and not is_open(self.path) and digest(self.path) == self.digest:
            self.path.unlink(missing_ok=True)
        self.path = segar.tertunda
        self.digest = digest(segar.tertunda) if segar.tertunda else ""


def watch_folder(
    folder: Path, konsolidasi: Path, tell: Callable[[Segar | Refused], None], stop: Event | None = None
) -> None:
    """Refresh once, then after every change in the folder, until interrupted or `stop` is set.

    What each refresh came to, or why it was refused, goes to `tell`; a refusal does not end the watching. What
    arrives while a refresh runs is not missed: the folder is watched before the first one begins.
    """
    is_first, waiting = True, Waiting()
    for changes in _changes(folder, konsolidasi, stop):
        if changes or is_first:
            is_first = False
            tell(_try(folder, konsolidasi, waiting))


def _changes(folder: Path, konsolidasi: Path, stop: Event | None) -> Iterator[set[tuple[Change, str]]]:
    """Changes of the folder, and an empty set every now and then."""
    return watch(
        folder, watch_filter=Returns(konsolidasi), debounce=_QUIET, step=200, stop_event=stop,
        rust_timeout=_FIRST, yield_on_timeout=True,
    )  # fmt: skip


def _try(folder: Path, konsolidasi: Path, waiting: Waiting) -> Segar | Refused:
    try:
        segar = refresh_file(konsolidasi, folder=find_folder(str(folder), Path.cwd()))
    except Refused as refused:
        return refused
    waiting.follow(segar)
    return segar
