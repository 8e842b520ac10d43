"""Workbooks of ours as files: with the macros of the buttons where the name says so, all of them or none."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterable, Iterator
from pathlib import Path

from builder.layout import Book
from builder.save import File, digest, save, saying
from builder.writer import book_bytes, book_file
from workbook_templates.tema import STYLES


def make_file(book: Book, path: Path) -> File:
    """A workbook ready to be written; raises Refused where it holds more than Excel can."""
    if path.suffix != ".xlsm":
        return book_file(book, path, book_bytes(book, STYLES, path))
    from macros.proyek import vba_project, with_ribbon

    content = book_bytes(book, STYLES, path, vba=vba_project(len(book.sheets)))
    return book_file(book, path, with_ribbon(content))


def write_books(books: Iterable[tuple[Book, Path]], folder: Path) -> list[Path]:
    """Write workbooks into a folder, all or none; returns where earlier files of their names were kept.

    Raises Refused where the folder does not take them.
    """
    return write_files([make_file(book, path) for book, path in books], folder)


def write_files(files: list[File], place: Path) -> list[Path]:
    """The same for files of any kind; `place` is named where the system refuses."""
    with saying(place, sum(len(file.content) for file in files)), contextlib.ExitStack() as stack:
        kept: list[Path] = []
        save(files, before=lambda: kept.extend(stack.enter_context(kept_old([f.path for f in files]))))
        return kept


@contextlib.contextmanager
def kept_old(paths: Iterable[Path]) -> Iterator[list[Path]]:
    """Copies of files that are about to be replaced, so that nothing in them is lost.

    Where the block fails, a copy is gone again whose original still stands in its place.
    """
    copies: dict[Path, Path] = {}
    try:
        for path in paths:
            if path.is_file():
                copies[path] = _keep(path)
        yield [*copies.values()]
    except BaseException:
        for path, kept in copies.items():
            if digest(path) == digest(kept):
                kept.unlink(missing_ok=True)
        raise


def _keep(path: Path) -> Path:
    content = path.read_bytes()
    stamp = datetime.datetime.fromtimestamp(path.stat().st_mtime)
    kept = path.with_name(f"{path.stem} (lama {stamp:%Y-%m-%d %H.%M.%S}){path.suffix}")
    number = 2
    while kept.exists() and kept.read_bytes() != content:
        kept = kept.with_stem(f"{path.stem} (lama {stamp:%Y-%m-%d %H.%M.%S} {number})")
        number += 1
    if not kept.exists():
        save([File(kept, content)])
    return kept
