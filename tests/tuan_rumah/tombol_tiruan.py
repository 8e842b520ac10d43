"""Stands in for `macros.tombol` where the server itself is tried: each button writes something that can be seen.

What `Lembar!B1` says decides how it goes: "terkunci" writes to a locked cell, "asing" sends an action that no host
knows, "gagal" raises.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import xlwings as xw


def segarkan(book: xw.Book) -> str:
    sheet = book.sheets["Lembar"]
    match sheet["B1"].value:
        case "gagal":
            raise RuntimeError("boom")
        case "terkunci":
            sheet["A3"].value = "tulis"
            sheet["A1"].value = "tidak boleh"
        case "asing":
            book.impl.append_json_action(func="tidakDikenal", args=[])
    sheet["A3:B4"].value = [["=1+1", 0.5], [None, "007"]]
    return "Segarkan selesai: 2 baris."


def hitung_ulang(book: xw.Book) -> str:
    book.sheets["Lembar"]["B3"].color = (255, 199, 206)
    return "1 sel berbeda."


def periksa(book: xw.Book) -> str:
    sheet = book.sheets["Lembar"]
    shown = sheet["A1:B2"].options(err_to_str=True).value
    sheet["A5"].value = repr(shown)
    return "Tidak ada masalah."


def buat_buku_kerja(book: xw.Book) -> str:
    path = Path(os.environ["RKT_FOLDER"]) / "dibuat.txt"
    path.write_text(book.name, encoding="utf-8")
    return f"Ditulis: {path.name}"
