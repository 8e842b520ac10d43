"""The buku konsolidasi: Dasbor, Daftar, Rekap, the lists, the sheets of all sasaran, and the plan (hidden).

It belongs to the konsolidator. A refresh rewrites the cells whose role is `brought` and nothing else, so every
address here depends on the plan alone; only the lists grow and shrink, each in its own block.
"""

from __future__ import annotations

from builder.consolidator import Konsolidasi
from builder.expr import Key
from builder.identitas import KONSOLIDASI, make_tanda
from builder.layout import Book, address
from builder.rkt import Rkt
from workbook_templates import kartu, referensi, rekap
from workbook_templates.dasbor import Saat, dasbor_sheet
from workbook_templates.kartu import Isi
from workbook_templates.pengaturan import conf_sheet
from workbook_templates.rencana import rencana_bawaan
from workbook_templates.tabel import DAFTAR_PUTUSAN, PILIHAN, Daftar, list_sheets

_KOSONG: Daftar = {}


def file_name(rkt: Rkt, *, makro: bool = False) -> str:
    """Konsolidasi-2024.xlsx, or .xlsm where it carries macros."""
    return f"Konsolidasi-{rkt.identitas.tahun}.{'xlsm' if makro else 'xlsx'}"


def buku_konsolidasi(
    hasil: Konsolidasi, saat: Saat | None = None, lama: Daftar = _KOSONG, *, makro: bool = False
) -> Book:
    """The book of the whole office with what the returns brought in; `lama`: the lists of the one refreshed."""
    rkt, saat = hasil.rkt, saat or Saat()
    own = frozenset(i.id for i in rkt.indikator)
    about = f"{rkt.identitas.kantor} · Tahun {rkt.identitas.tahun}"
    isi = Isi(hasil.entries, terbuka=False, tanda=_marks(hasil))
    cards = [kartu.sasaran_sheet(rkt, s, own, isi, about) for s in rkt.sasaran]
    sel = {c.key: f"{s.name}!{address(c.row, c.column)}" for s in cards for c in s.cells if c.key}
    sheets = [
        dasbor_sheet(hasil, saat, makro=makro),
        rekap.daftar_sheet(rkt, rkt.sasaran, own, about),
        rekap.rekap_sheet(rkt, rkt.sasaran, own, about),
        *list_sheets(hasil, saat, about, lama, sel),
        *cards,
        rencana_bawaan(rkt),
        *([conf_sheet()] if makro else []),
    ]
    title = f"Konsolidasi Capaian Kinerja {rkt.identitas.tahun}"
    return referensi.make_book(rkt, sheets, make_tanda(rkt, KONSOLIDASI), title, {DAFTAR_PUTUSAN: PILIHAN})


def _marks(hasil: Konsolidasi) -> dict[Key, str]:
    """Marks of the cells that a hand changed and of formulas that say otherwise, row by row."""
    marks: dict[Key, str] = {}
    for keys, prefix in ((sorted(hasil.diubah), ""), (sorted(hasil.berbeda), kartu.TANDA_RUMUS)):
        for key in keys:
            row = key._replace(kolom="tanda")
            marks[row] = marks.get(row, "") + kartu.marks([key.kolom], prefix)
    return marks
