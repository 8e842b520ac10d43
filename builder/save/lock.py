"""One process at a time on a workbook (L05, L06): a lock beside it, and a card that says who holds it since when.

The lock is filelock's SoftFileLock, which also works on network drives: it names process and computer, and is
taken over where that process is gone. It knows no user and no time, hence the card. A lock is a courtesy among our
own processes; what decides in the end is the comparison just before the replacing (`Draft.place`).
"""

from __future__ import annotations

import contextlib
import datetime
import getpass
import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import SoftFileLock, Timeout

from builder.masalah import Message, Problem, Refused, show
from builder.save.temporary import OLD, is_gone, sweep, this_host
from builder.save.whole import real_path, saying

_BRIEF = 0.3  # seconds to try: enough to take over a dead process's lock, and the loser is told at once
_EMPTY = 1.0  # seconds after which a lock without a name is one whose process died while writing it
_PAUSE = 0.05


@dataclass(frozen=True, slots=True)
class Card:
    """Who holds a workbook since when."""

    orang: str
    komputer: str
    proses: int
    sejak: str  # ISO

    def values(self) -> dict[str, str]:
        """As a message names them."""
        since = datetime.datetime.fromisoformat(self.sejak)
        today = since.date() == datetime.datetime.now().date()
        who = show(f"{self.orang}@{self.komputer}")
        form = "%H.%M" if today else "%d/%m/%Y %H.%M"
        return {"pemegang": f"«{who}» (proses {self.proses})", "sejak": f"{since:{form}}"}


@contextlib.contextmanager
def holding(path: Path) -> Iterator[tuple[Problem, ...]]:
    """Hold a workbook for this process alone while the block runs; yields what that brought to light (L04, L06).

    Raises Refused: L05 where another process holds it, L02 or L03 where the folder takes no file.
    """
    target = real_path(path)
    lock = SoftFileLock(_beside(target, "kunci"), thread_local=False)
    with contextlib.ExitStack() as stack:
        stack.callback(_release, lock, _beside(target, "pemegang"))
        with saying(path):
            told = _take(lock, path, target)
        yield told


def _beside(target: Path, kind: str) -> Path:
    return target.with_name(f".{target.name}.{kind}")


def _take(lock: SoftFileLock, path: Path, target: Path) -> tuple[Problem, ...]:
    card = _beside(target, "pemegang")
    taken = _acquire(lock, path, card)
    old = taken or _read_card(card)  # whoever ends in order takes his card along
    card.write_text(json.dumps(asdict(_own_card())), "utf-8")
    swept = sweep(target)
    told = [Problem(Message.L04, path.name, values={"jumlah": swept})] if swept else []
    told += [Problem(Message.L06, path.name, values=dict(old.values()))] if old else []
    return tuple(told)


def _acquire(lock: SoftFileLock, path: Path, card: Path) -> Card | None:
    """Take the lock; returns who held it where it had to be taken from him, raises Refused (L05)."""
    try:
        lock.acquire(timeout=_BRIEF, poll_interval=_PAUSE)
        return None
    except (Timeout, PermissionError) as error:
        marker = Path(lock.lock_file)
        if isinstance(error, PermissionError) and not marker.exists():
            raise
    holder = _holder(marker, card)
    if not _take_away(marker, holder):
        raise Refused(Problem(Message.L05, path.name, values=dict(holder.values())))
    try:
        lock.acquire(timeout=_BRIEF, poll_interval=_PAUSE)
    except Timeout:
        values = dict(_holder(marker, card).values())
        raise Refused(Problem(Message.L05, path.name, values=values)) from None
    return holder


def _take_away(marker: Path, holder: Card) -> bool:
    """Remove a lock that filelock leaves: of another computer and hours old, of a zombie, or without a name."""
    with contextlib.suppress(OSError):
        seen = marker.stat()
        if seen.st_size == 0:
            time.sleep(_EMPTY)
        elif not _is_abandoned(holder, seen.st_mtime):
            return False
        now = marker.stat()
        if (now.st_ino, now.st_mtime_ns, now.st_size) == (seen.st_ino, seen.st_mtime_ns, seen.st_size):
            marker.unlink()
    return not marker.exists()


def _is_abandoned(holder: Card, last: float) -> bool:
    if holder.komputer == this_host() and holder.proses:
        return is_gone(holder.komputer, holder.proses, last)
    return time.time() - last > OLD


def _holder(marker: Path, card: Path) -> Card:
    """Who holds the lock, by his card, or where he has not laid it down yet, by the lock itself."""
    for _ in range(4):
        found = _read_card(card)
        if found:
            return found
        time.sleep(_PAUSE)
    lines, since = ["", ""], time.time()
    with contextlib.suppress(OSError, UnicodeDecodeError):
        lines, since = [*marker.read_text("utf-8").splitlines(), "", ""], marker.stat().st_mtime
    pid = int(lines[0]) if lines[0].isascii() and lines[0].isdigit() else 0
    host = lines[1].partition("?")[0] or "komputer lain"
    return Card("seseorang", host, pid, datetime.datetime.fromtimestamp(since).isoformat())


def _read_card(card: Path) -> Card | None:
    try:
        found = Card(**json.loads(card.read_text("utf-8")))
        found.values()
    except (OSError, ValueError, TypeError):
        return None
    return found


def _own_card() -> Card:
    try:
        user = getpass.getuser()
    except (OSError, KeyError):
        user = "seseorang"
    return Card(user, this_host(), os.getpid(), datetime.datetime.now().isoformat(timespec="seconds"))


def _release(lock: SoftFileLock, card: Path) -> None:
    """Give the lock back, the card first; what the system refuses now does not spoil what was done."""
    if not lock.is_locked:
        return
    for _ in range(2):
        with contextlib.suppress(OSError):
            card.unlink(missing_ok=True)
            break
    with contextlib.suppress(OSError):
        lock.release(force=True)
