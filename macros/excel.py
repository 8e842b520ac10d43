"""From a button in Excel to Python: what RunPython calls (`macros/vba/Kinerja.bas`), and from outside as well.

The workbook is the one with this full path, whichever is in front and in whichever Excel it is open.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xlwings as xw

from builder.log import write_log
from builder.masalah import Message, Problem, Refused
from macros.tombol import TOMBOL


def press(tombol: str, berkas: str) -> None:
    """Press a button; `berkas` is the workbook's full path as UTF-16 code units, four hexadecimal digits each.

    The result stands in the workbook. Where it cannot be found, one sentence goes to the standard error and
    the exit code is 1, which the macro turns into a sentence of its own.
    """
    path = bytes.fromhex(berkas).decode("utf-16-be")
    keadaan = "buku tidak diubah"
    try:
        book = find_book(path)
        keadaan = "hasilnya tidak dapat ditulis ke buku, jadi periksa isinya sebelum menyimpan"
        TOMBOL[tombol](book)
    except Refused as refused:
        sys.exit(refused.problems[0].pesan)
    except Exception:
        values = {"keadaan": keadaan, "catatan": write_log(f"{tombol} {path}")}
        sys.exit(Problem(Message.L29, values=values).pesan)


def find_book(path: str | Path) -> xw.Book:
    """The workbook open in Excel under this full path; raises Refused where none is."""
    for book in _open_books():
        if _full_name(book).casefold() == str(path).casefold():
            return book
    raise Refused(Problem(Message.L30, str(path)))


def _open_books() -> Iterator[xw.Book]:
    try:
        apps = list(xw.apps)
    except xw.XlwingsError:  # a system without Excel
        apps = []
    for app in apps:
        yield from app.books


def _full_name(book: xw.Book) -> str:
    """As Excel names it: xlwings would look for the folder of a file on SharePoint, which need not be there."""
    api: Any = book.api
    return str(api.FullName) if hasattr(api, "FullName") else book.fullname
