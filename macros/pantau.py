"""Watches the folder of returns and refreshes the konsolidasi when something new arrives (extra `rkt[pantau]`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

from watchfiles import Change, DefaultFilter, watch

from builder.masalah import Refused
from builder.refresh import Segar, find_folder, open_file, refresh, write_file
from builder.returns import is_junk

_QUIET = 2000  # milliseconds without a further change: a file that is still being copied is left alone


class _Returns(DefaultFilter):
    """What may be a return: neither a lock file nor what a program leaves behind."""

    def __call__(self, change: Change, path: str) -> bool:
        return super().__call__(change, path) and not is_junk(Path(path))


def watch_folder(
    folder: Path, konsolidasi: Path, tell: Callable[[Segar | Refused], None], stop: Event | None = None
) -> None:
    """Refresh once, then after every change in the folder, until interrupted or `stop` is set.

    What each refresh came to, or why it was refused, goes to `tell`; a refusal does not end the watching.
    """
    tell(_try(folder, konsolidasi))
    for _ in _changes(folder, stop):
        tell(_try(folder, konsolidasi))


def _changes(folder: Path, stop: Event | None) -> Iterator[set[tuple[Change, str]]]:
    return watch(folder, watch_filter=_Returns(), debounce=_QUIET, step=200, stop_event=stop)


def _try(folder: Path, konsolidasi: Path) -> Segar | Refused:
    try:
        lama = open_file(konsolidasi)
        return write_file(konsolidasi, refresh(lama, find_folder(str(folder), Path.cwd()), konsolidasi))
    except Refused as refused:
        return refused
