"""The sheet Perbaikan of a correction workbook: what to mend, one line each, with a link to its cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from builder.expr import Key, Value
from builder.identitas import LEMBAR_PERBAIKAN
from builder.layout import Column, Role, Sheet, line_height, text_lines
from builder.rkt import ROMAWI, Rkt

KOLOM = (
    Column("nomor", "No", 5, Role.LABEL),
    Column("sifat", "Sifat", 12, Role.LABEL),
    Column("indikator", "Indikator", 34, Role.LABEL, "sel_kiri"),
    Column("buka", "Lembar dan sel", 15, Role.LABEL, "tautan_sel"),
    Column("isi", "Isi yang ditemukan", 24, Role.LABEL, "sel_kiri", "@"),
    Column("masalah", "Apa yang keliru", 44, Role.LABEL, "sel_kiri", "@"),
    Column("tindakan", "Apa yang perlu dilakukan", 44, Role.LABEL, "sel_kiri", "@"),
)
CARA = (
    "Klik tautan pada kolom «Lembar dan sel», perbaiki sel jingga itu (arahkan penunjuk untuk membaca catatannya), "
    "lalu simpan dan kirim berkas ini lewat surel. Isian lain sudah disalin dari kiriman Anda dan tidak perlu diketik "
    "lagi. Nomor «Kiriman ke-» sudah dinaikkan."
)
HARUS, PERIKSA = "Perbaiki", "Periksa"


class Baris(NamedTuple):
    """One line: in the words of the sender."""

    wajib: bool
    key: Key | None  # its cell in this workbook
    tempat: str  # where it stood in the file that was sent: "S17!F8"
    isi: str
    masalah: str
    tindakan: str


def perbaikan_sheet(
    rkt: Rkt, about: str, berkas: str, rows: Sequence[Baris], sel: Mapping[Key, str]
) -> Sheet:
    """`berkas`: the files that were looked at; `sel`: cells of this workbook, "S17!F8"."""
    sheet = Sheet(
        LEMBAR_PERBAIKAN,
        frozen=(5, 0),
        repeated_rows=(4, 4),
        last_printed_column=len(KOLOM) - 1,
        tab="#E26B0A",
    )
    sheet.set_columns(KOLOM)
    width, count = sum(c.width for c in KOLOM), len(KOLOM)
    sheet.put(0, 0, about, "pita", columns=count)
    must = sum(row.wajib for row in rows)
    sheet.put(1, 0, f"Perbaikan: {must} hal perlu diperbaiki", "judul", columns=count)
    told = f"Berkas yang diperiksa: {berkas}"
    sheet.put(2, 0, told, "garis", columns=count)
    sheet.put(3, 0, CARA, "teks_menjorok", columns=count)
    sheet.heights |= {
        0: 20, 1: 28,
        2: line_height(text_lines(told, width), least=18),
        3: line_height(text_lines(CARA, width), least=34),
        4: 30,
    }  # fmt: skip
    for at, column in enumerate(KOLOM):
        sheet.put(4, at, column.heading, "kepala_gelap")
    for n, row in enumerate(rows, 1):
        _put_row(sheet, rkt, n, row, sel)
    return sheet


def _put_row(sheet: Sheet, rkt: Rkt, n: int, row: Baris, sel: Mapping[Key, str]) -> None:
    at = 4 + n
    i = rkt.find_indikator(row.key.id) if row.key else None
    triwulan = f" · TW {ROMAWI[int(row.key.baris[2])]}" if row.key else ""
    contents: dict[str, Value] = {
        "nomor": n,
        "sifat": HARUS if row.wajib else PERIKSA,
        "indikator": f"{i.nomor}{triwulan}\n{i.teks}" if i else "Seluruh berkas",
        "isi": row.isi,
        "masalah": row.masalah,
        "tindakan": row.tindakan,
    }
    for c, column in enumerate(KOLOM):
        if column.name == "buka":
            shown = sel.get(row.key, "") if row.key else row.tempat
            link = row.key if row.key and shown else None
            sheet.put(at, c, shown or None, column.style if link else "sel", link=link)
        else:
            style = "legenda_jingga" if column.name == "sifat" and row.wajib else column.style
            sheet.put(at, c, contents[column.name], style, format=column.format)
    lines = max(text_lines(str(contents[c.name]), c.width - 2) for c in KOLOM if c.name in contents)
    sheet.heights[at] = line_height(lines, least=22)
