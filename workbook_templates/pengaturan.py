"""The hidden sheet `xlwings.conf`, which tells Excel where Python is, and the book of the add-in.

xlwings reads it row by row: a key, its value, until a blank row; an empty value overrides its own default, so
every value says something.
"""

from __future__ import annotations

from builder.expr import Key
from builder.layout import Book, Column, Role, Sheet

LEMBAR = "xlwings.conf"
BELUM_DIPASANG = "(belum dipasang: jalankan rkt pasang)"
INTERPRETER_WIN = Key("pengaturan", "INTERPRETER_WIN", "nilai")
INTERPRETER_MAC = Key("pengaturan", "INTERPRETER_MAC", "nilai")

_NILAI = {
    INTERPRETER_WIN: BELUM_DIPASANG,
    INTERPRETER_MAC: BELUM_DIPASANG,
    # The workbook's folder holds no Python; looking for it fails where the workbook lies on SharePoint.
    Key("pengaturan", "ADD_WORKBOOK_TO_PYTHONPATH", "nilai"): "false",
    # A traceback goes to a sheet, from where the VBA moves it into a log; never to a window in English.
    Key("pengaturan", "SHOW_ERROR_POPUPS", "nilai"): "False",
}
_KOLOM = (
    Column("kunci", "", 34, Role.FIXED, "sel_kiri", "@"),
    Column("nilai", "", 70, Role.FIXED, "sel_kiri", "@"),
)
_TENTANG = (
    "Tab Kinerja sudah terpasang di Excel.",
    "Buka buku konsolidasi atau rencana, lalu tekan tombol pada tab Kinerja.",
    "Pengaya ini dipasang dengan perintah rkt pasang; rkt periksa-pasang memeriksanya.",
)


def conf_sheet() -> Sheet:
    """Settings as text, without heading or blank row."""
    sheet = Sheet(LEMBAR, hidden=True, locked=False)
    sheet.set_columns(_KOLOM)
    for row, (key, value) in enumerate(_NILAI.items()):
        sheet.put(row, 0, key.baris, "sel_kiri", Role.FIXED, format="@")
        sheet.put(row, 1, value, "sel_kiri", Role.FIXED, key, format="@")
    return sheet


def buku_pengaya() -> Book:
    """The add-in's own book: one sheet that says what it is, and its settings."""
    sheet = Sheet("Kinerja", widths={0: 90})
    sheet.put(0, 0, "Pengaya Kinerja", "judul")
    for row, text in enumerate(_TENTANG, 1):
        sheet.put(row, 0, text, "teks")
    return Book([sheet, conf_sheet()], title="Pengaya Kinerja")
