"""The hidden sheets of every book: Referensi (tables and conventions of the rules) and _meta (identity)."""

from __future__ import annotations

from collections.abc import Mapping

from builder import capaian
from builder.capaian import aturan_tables
from builder.expr import Key, call, if_
from builder.identitas import AWALAN_PROPERTI, LEMBAR_META, Tanda
from builder.layout import Book, Role, Sheet
from builder.rkt import ROMAWI, Rkt, Tipe
from workbook_templates.kartu import KOLOM

Daftar = Mapping[str, tuple[str, ...]]  # words to choose from, by the defined name of their list
_NONE: Daftar = {}

_BERSAMA = (
    "[konv] Diisi bersama: jumlah dijumlahkan, atau dirata-ratakan bila rencana memintanya; nilai dan persen langsung "
    "dirata-ratakan; pembilang dan penyebut "
    "dijumlahkan lalu dibagi.",
    "[konv] Diisi bersama: gabungan kosong selama ada bagian yang kosong; bagian Nihil dilewati, semua Nihil = Nihil.",
    "[konv] Diisi bersama: bagian tidak dinilai sendiri; jawaban menurut rencana lama digabung menurut rencana itu.",
)


def konvensi(rkt: Rkt) -> tuple[str, ...]:
    """How capaian is computed, in words: what a regulation says, and what this office has chosen."""
    aturan = rkt.aturan
    cap = f"{aturan.cap * 100:g}%".replace(".", ",")
    nihil = "dihitung 100% dalam rata-rata" if aturan.nihil_100 else "tidak ikut dirata-ratakan"
    return (
        "[reg] Makin besar makin baik: capaian = realisasi / target.",
        "[reg] Makin kecil makin baik: capaian = 2 - realisasi / target, paling kecil 0. Realisasi 0 selalu 200%.",
        "[konv] Makin dekat target makin baik: capaian = 1 - |realisasi - target| / |target|, paling kecil 0.",
        "[konv] Opini dan predikat: 100% bila tingkatnya sama dengan atau di atas target, selain itu 0%.",
        f"[konv] Rata-rata memakai capaian paling tinggi {cap}; capaian sendiri ditampilkan apa adanya.",
        "[konv] Angka lama yang terbawa ke triwulan tanpa isian tidak pernah menaikkan capaian.",
        f"[konv] Nihil {nihil}.",
        "[konv] Rata-rata sasaran = rata-rata indikatornya yang mempunyai angka; kantor = rata-rata sasaran.",
        *(_BERSAMA if any(map(rkt.is_shared, rkt.indikator)) else ()),
        "[reg] = menurut peraturan atau laporan pemerintah; [konv] = kesepakatan, dapat diubah perencana.",
    )


def meta_sheet(tanda: Tanda) -> Sheet:
    """Hidden sheet with the identity; the document's properties are the second witness."""
    sheet = Sheet(LEMBAR_META, hidden=True, landscape=False, widths={0: 18, 1: 50})
    for row, (name, value) in enumerate(tanda.as_dict().items()):
        sheet.put(row, 0, name, "teks")
        sheet.put(row, 1, value, "teks", Role.FIXED, Key("meta", name, "nilai"))
    return sheet


def referensi_sheet(rkt: Rkt, lists: Daftar = _NONE) -> Sheet:
    """Tables that the formulas look into, the triwulan as a number and in Roman, lists, the conventions in words."""
    sheet = Sheet("Referensi", hidden=True, widths=dict.fromkeys(range(12), 14.0) | {12: 90.0})
    k = capaian.K
    sheet.put(0, 0, "triwulan pelaporan", "teks")
    sheet.put(0, 1, capaian.k_formula(), "sel", Role.FORMULA, k.key)
    roman = call("choose", if_(k.equals(0), 1, k), *(f"TW {r}" for r in ROMAWI.values()))
    sheet.put(
        0, 2, if_(k.equals(0), "(pilih triwulan)", roman), "sel", Role.FORMULA, Key("umum", "", "romawi")
    )
    cells = capaian.aturan_cells(rkt.aturan)
    for n, (label, key) in enumerate(
        (("batas capaian dihitung", capaian.CAP.key), ("Nihil dihitung 100%", capaian.NIHIL_100.key))
    ):
        sheet.put(n + 1, 0, label, "teks")
        sheet.put(n + 1, 1, cells[key], "sel", Role.FIXED, key)
    at = 3
    for table, (columns, rows) in aturan_tables(rkt.aturan).items():
        for n, column in enumerate(columns):
            sheet.put(0, at + n, f"{table}: {column}", "kepala")
            for row in range(len(rows)):
                key = Key(table, str(row), column)
                sheet.put(row + 1, at + n, cells[key], "sel", Role.FIXED, key)
        if columns[0] == "kode":  # the choice "Nihil" below the words, for lists where it is an answer
            sheet.put(len(rows) + 1, at, "Nihil", "sel", Role.FIXED, Key(table, "nihil", "kode"))
        at += len(columns)
    for name, words in lists.items():
        for row, word in enumerate(words):
            sheet.put(row + 1, at, word, "sel", Role.FIXED, Key(name, str(row), "kode"))
        at += 1
    for n, text in enumerate(konvensi(rkt)):
        sheet.put(n, 12, text, "teks")
    return sheet


def list_names(rkt: Rkt, lists: Daftar = _NONE) -> dict[str, tuple[Key, Key]]:
    """Defined names of the lists that cells choose from."""
    names = {n: (Key(n, "0", "kode"), Key(n, str(len(words) - 1), "kode")) for n, words in lists.items()}
    for table in (Tipe.OPINI, Tipe.PREDIKAT):
        rows = len(aturan_tables(rkt.aturan)[table][1])
        first = Key(table, "0", "kode")
        names[f"DAFTAR_{table.upper()}"] = (first, Key(table, str(rows - 1), "kode"))
        names[f"DAFTAR_{table.upper()}_NIHIL"] = (first, Key(table, "nihil", "kode"))
    return names


def make_book(rkt: Rkt, sheets: list[Sheet], tanda: Tanda, title: str, lists: Daftar = _NONE) -> Book:
    """A book of our own: its sheets, the hidden ones, identity, names of lists (`lists`: those of this book only)."""
    return Book(
        [*sheets, referensi_sheet(rkt, lists), meta_sheet(tanda)],
        properties={AWALAN_PROPERTI + name: value for name, value in tanda.as_dict().items()},
        names=list_names(rkt, lists),
        row_columns=KOLOM,
        title=title,
        author=rkt.identitas.kantor,
    )
