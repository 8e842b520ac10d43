"""A result whose place is taken: while Excel or LibreOffice has the workbook open, it goes beside it (L01)."""

from __future__ import annotations

import datetime
import itertools
import re
from pathlib import Path

from builder.masalah import Message, Problem
from builder.save.whole import Draft, real_path


def is_open(path: Path) -> bool:
    """Whether Excel or LibreOffice holds the file: by the file that they lay beside it while they do."""
    return any(lock.exists() for lock in _locks(path))


def _locks(path: Path) -> list[Path]:
    """Of the file, and of what a link leads to."""
    places = dict.fromkeys((path, real_path(path)))
    return [p.with_name(name) for p in places for name in (f"~${p.name}", f".~lock.{p.name}#")]


def pending_path(path: Path) -> Path:
    """Konsolidasi-2024 (tertunda 2026-11-24 09.12).xlsm, beside the file; a further one of that minute is numbered."""
    target, now = real_path(path), f"{datetime.datetime.now():%Y-%m-%d %H.%M}"
    names = (f"{target.stem} (tertunda {now}{n}){target.suffix}" for n in _numbers())
    return next(p for p in map(target.with_name, names) if not p.exists())


def _numbers() -> itertools.chain[str]:
    return itertools.chain([""], (f" {n}" for n in itertools.count(2)))


def is_kept(path: Path) -> bool:
    """Whether a file is a copy of ours beside another one, by its name: «(lama …)» or «(tertunda …)»."""
    return re.search(r" \((?:lama|tertunda) [^()]*\)$", path.stem) is not None


def is_pending(path: Path, of: Path) -> bool:
    """Whether a file is a pending result of a workbook, by its name."""
    pattern = rf"{re.escape(of.stem)} \(tertunda [^()]*\){re.escape(of.suffix)}"
    return re.fullmatch(pattern, path.name) is not None


def told_pending(path: Path, pending: Path) -> Problem:
    """What is told of it."""
    return Problem(Message.L01, path.name, values={"tertunda": pending.name, "kunci": sign_of(path)})


def sign_of(path: Path) -> str:
    """Name of the file by which others see that a workbook is open."""
    return next((p for p in _locks(path) if p.exists()), _locks(path)[0]).name


def settle(made: Draft, expected: str, pending: Path | None) -> Path | None:
    """Put a draft into its place, or under the name `pending`; returns the name where it was not the place.

    Where nothing told that the file is open, but a program still holds it, a name is found now.
    """
    if pending is None:
        try:
            made.place(expected)
        except PermissionError:
            pending = pending_path(made.path)
        else:
            return None
    made.place_at(pending)
    return pending
