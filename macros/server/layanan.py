"""What the server offers: the worksheet functions and the four buttons, as xlwings Server looks for them.

It is both modules that xlwings Server imports from a project, `custom_functions` and `custom_scripts`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import xlwings as xw

from macros import tombol
from macros.fungsi import CAPAIAN, KATEGORI, KONSOLIDASI, REALISASI_SD

__all__ = [
    "CAPAIAN", "KATEGORI", "KONSOLIDASI", "REALISASI_SD",
    "buat_buku_kerja", "hitung_ulang", "periksa", "segarkan",
]  # fmt: skip

_SHOW = "tampilkanHasil"  # in static/js/main.js


def _script(press: Callable[[xw.Book], str]) -> Any:
    """A button as a custom script; what it says at the end is shown in the task pane."""

    async def pressed(book: xw.Book) -> None:
        # Reading many returns takes a while, and others wait for the same server.
        sentence = await asyncio.to_thread(press, book)
        # Not book.app.macro: that goes to the workbook that came in last, which may be someone else's by now.
        book.impl.append_json_action(func="runMacro", args=[_SHOW, sentence])

    return xw.script(pressed)


segarkan = _script(tombol.segarkan)
hitung_ulang = _script(tombol.hitung_ulang)
periksa = _script(tombol.periksa)
buat_buku_kerja = _script(tombol.buat_buku_kerja)
