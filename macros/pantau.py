"""Watches the folder of returns and refreshes the konsolidasi when something new arrives (extra `rkt[pantau]`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

from watchfiles import Change, DefaultFilter, watch

from builder.closed import open_file, write_file
from builder.lama import Segar
from builder.masalah import Refused
from builder.refresh import find_folder, refresh
from builder.returns import is_junk

_QUIET = 2000  # milliseconds without a further change: a file that is still being copied is left alone
_FIRST = 300  # milliseconds until the first refresh: the folder is being watched by then


class Returns(DefaultFilter):
    """What may be a return: neither a lock file, nor what a program leaves behind, nor the konsolidasi itself."""

    def __init__(self, konsolidasi: Path) -> None:
        super().__init__()
        self._own = konsolidasi.resolve()

    def __call__(self, change: Change, path: str) -> bool:
        """Whether a change is news."""
        changed = Path(path)
        return super().__call__(change, path) and not is_junk(changed) and changed.resolve() != self._own


def watch_folder(
    folder: Path, konsolidasi: Path, tell: Callable[[Segar | Refused], None], stop: Event | None = None
) -> None:
    """Refresh once, then after every change in the folder, until interrupted or `stop` is set.

    What each refresh came to, or why it was refused, goes to `tell`; a refusal does not end the watching. What
    arrives while a refresh runs is not missed: the folder is watched before the first one begins.
    """
    is_first = True
    for changes in _changes(folder, konsolidasi, stop):
        if changes or is_first:
            is_first = False
            tell(_try(folder, konsolidasi))


def _changes(folder: Path, konsolidasi: Path, stop: Event | None) -> Iterator[set[tuple[Change, str]]]:
    """Changes of the folder, and an empty set every now and then."""
    return watch(
        folder, watch_filter=Returns(konsolidasi), debounce=_QUIET, step=200, stop_event=stop,
        rust_timeout=_FIRST, yield_on_timeout=True,
    )  # fmt: skip


def _try(folder: Path, konsolidasi: Path) -> Segar | Refused:
    try:
        lama = open_file(konsolidasi)
        return write_file(konsolidasi, refresh(lama, find_folder(str(folder), Path.cwd()), konsolidasi))
    except Refused as refused:
        return refused
