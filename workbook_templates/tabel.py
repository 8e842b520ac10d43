"""The lists of a konsolidasi: Kiriman, Masalah, Jejak, Catatan lama; plain rows that a refresh rewrites.

In the yellow column Catatan the konsolidator writes what he likes; a note stays with its row by the row's key,
and moves to Catatan lama when the row is gone.
"""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from builder import capaian, putusan, rujukan
from builder.capaian import PERIODE
from builder.consolidator import Asal, Konsolidasi
from builder.expr import Expr, Key, Value
from builder.keadaan import isian_counts_by_owner
from builder.layout import (
    Book,
    Cell,
    Column,
    Role,
    Sheet,
    Table,
    Validation,
    line_height,
    link_to,
    text_lines,
)
from builder.masalah import PERINGATAN, TAHAN, TOLAK, Message, Problem
from builder.putusan import KOSONGKAN
from builder.reader import Kiriman
from builder.rkt import ROMAWI
from builder.tampak import show, visible
from workbook_templates import kartu, rekap
from workbook_templates.dasbor import Saat

Baris = dict[str, Value]  # one row of a list by column
Daftar = Mapping[str, Sequence[Baris]]  # rows by list, as they stand in a konsolidasi

_B = Role.BROUGHT
_CATATAN = Column("catatan", "Catatan", 24, Role.ENTRY, "daftar_kiri", "@")

KIRIMAN = (
    Column("sub_bagian", "Sub-bagian", 32, _B, "daftar_kiri", "@"),
    Column("berkas", "Berkas", 40, _B, "daftar_kiri", "@"),
    Column("nomor", "Kiriman ke-", 12, _B, "daftar"),
    Column("triwulan", "TW di berkas", 11, _B, "daftar"),
    Column("terisi", "Sel terisi", 11, _B, "daftar"),
    Column("dijawab", "Dijawab", 12, _B, "daftar", "@"),
    Column("ditahan", "Ditahan", 11, _B, "daftar"),
    Column("status", "Status", 14, _B, "daftar"),
    Column("pemakaian", "Pemakaian", 18, _B, "daftar_kiri"),
    Column("masalah", "Masalah", 11, _B, "daftar"),
    Column("pengirim", "Pengirim", 28, _B, "daftar_kiri", "@"),
    Column("tanggal", "Tanggal surel", 16, _B, "daftar", "@"),
    Column("diterima", "Dibaca pada", 16, _B, "daftar", "@"),
    _CATATAN,
)
MASALAH = (
    Column("kode", "Kode", 8, _B, "daftar"),
    Column("tingkat", "Tingkat", 12, _B, "daftar"),
    Column("berkas", "Berkas", 24, _B, "daftar_kiri", "@"),
    Column("lembar", "Lembar", 10, _B, "daftar", "@"),
    Column("sel", "Sel", 9, _B, "daftar", "@"),
    Column("isi", "Isi yang ditemukan", 20, _B, "daftar_kiri", "@"),
    Column("masalah", "Masalah", 44, _B, "daftar_kiri", "@"),
    Column("tindakan", "Tindakan", 40, _B, "daftar_kiri", "@"),
    Column("buka", "Sel di buku ini", 11, _B, "daftar_tautan"),
    _CATATAN,
)
PUTUSAN = (
    Column("id", "Indikator", 12, _B, "daftar", "@"),
    Column("triwulan", "Triwulan", 11, _B, "daftar"),
    Column("kolom", "Kolom", 13, _B, "daftar_kiri"),
    Column("indikator", "Indikator kinerja", 34, _B, "daftar_kiri", "@"),
    Column("sub_bagian", "Sub-bagian", 13, _B, "daftar", "@"),
    Column("sebab", "Mengapa ditahan", 36, _B, "daftar_kiri", "@"),
    Column("isi_a", "A", 28, _B, "daftar_kiri", "@"),
    Column("isi_b", "B", 28, _B, "daftar_kiri", "@"),
    Column("isi_lain", "C dan seterusnya", 18, _B, "daftar_kiri", "@"),
    Column("pilihan", "Pilihan", 16, Role.ENTRY, "daftar", "@"),
    Column("keadaan", "Keadaan", 14, _B, "daftar"),
    Column("buka", "Sel di buku ini", 12, _B, "daftar_tautan"),
    _CATATAN,
)
JEJAK = (
    Column("id", "Indikator", 10, _B, "daftar", "@"),
    Column("triwulan", "Triwulan", 9, _B, "daftar"),
    Column("kolom", "Kolom", 14, _B, "daftar_kiri"),
    Column("nilai", "Nilai", 15, _B, "daftar"),
    Column("isi", "Isi di berkas", 30, _B, "daftar_kiri", "@"),
    Column("berkas", "Berkas", 30, _B, "daftar_kiri", "@"),
    Column("lembar", "Lembar", 9, _B, "daftar", "@"),
    Column("sel", "Sel", 8, _B, "daftar", "@"),
    Column("saat", "Dibaca pada", 17, _B, "daftar", "@"),
    Column("tangan", "Diubah tangan menjadi", 18, _B, "daftar"),
    Column("buka", "Sel di buku ini", 11, _B, "daftar_tautan"),
    _CATATAN,
)
CATATAN_LAMA = (
    Column("daftar", "Daftar", 12, _B, "daftar_kiri", "@"),
    Column("baris", "Baris yang sudah tidak ada", 80, _B, "daftar_kiri", "@"),
    Column("catatan", "Catatan", 50, _B, "daftar_kiri", "@"),
    Column("saat", "Dipindah pada", 18, _B, "daftar", "@"),
)

# What makes a row of a list the same row in the next refresh.
KUNCI = {
    "Kiriman": ("sub_bagian", "berkas"),
    "Masalah": ("kode", "berkas", "lembar", "sel"),
    "Putusan": ("id", "triwulan", "kolom"),
    "Jejak": ("id", "triwulan", "kolom"),
}
_VERSI = re.compile(
    r" \[[0-9a-f]{8}\]$"
)  # of several files of one name: the same row to who wrote a note there
_KAPASITAS = 3000
DAFTAR_PUTUSAN, PILIHAN = "DAFTAR_PUTUSAN", ("Pakai A", "Pakai B", KOSONGKAN)
_CARA_MEMILIH = Validation(
    "list", "Pilihan",
    "Pakai A, Pakai B, Kosongkan, atau ketik isinya sendiri, misalnya 97,5. Sesudah itu tekan Segarkan.",
    source=DAFTAR_PUTUSAN,
)  # fmt: skip
MENUNGGU, DIPUTUSKAN, BATAL = "menunggu", "diputuskan", "pilihan belum sah"
_SAMA = (
    "nilai",
    "isi",
    "berkas",
    "lembar",
    "sel",
)  # while these stay, a value was read when it was first read
_NAMA = 250  # characters: of a mail within a mail, every name, as it is given to `rkt putuskan --keluarkan`
DIPAKAI = "dipakai"
_TAK_DIPAKAI = {
    Message.F01: "sama dengan kiriman lain",
    Message.F02: "sama dengan kiriman lain",
    Message.F03: "digantikan",
    Message.F05: "digantikan",
    Message.F19: "dikeluarkan",
}
_TANPA_ASAL: Mapping[rujukan.Tempat, Key] = {}
_BARIS_TINGGI = 5  # lines of a text that a row of Jejak shows; the whole text stands in the cell


@dataclass(slots=True)
class _Lama:
    """Rows as they stood, with the notes that no new row has taken yet."""

    rows: Daftar
    notes: dict[str, dict[tuple[str, ...], list[Baris]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, kunci in KUNCI.items():
            self.notes[name] = defaultdict(list)
            for row in self.rows.get(name, ()):
                if row.get("catatan") not in (None, ""):
                    self.notes[name][_kunci(row, kunci)].append(row)

    def take(self, name: str, row: Baris) -> Value:
        """The note of a row, once."""
        waiting = self.notes[name].get(_kunci(row, KUNCI[name]))
        return waiting.pop(0)["catatan"] if waiting else None

    def orphans(self) -> list[tuple[str, Baris]]:
        """Notes whose row is gone, with their list."""
        return [(name, row) for name, by in self.notes.items() for rows in by.values() for row in rows]


def _kunci(row: Baris, columns: Sequence[str]) -> tuple[str, ...]:
    return tuple("" if row.get(c) is None else _VERSI.sub("", str(row[c])) for c in columns)


def list_sheets(
    hasil: Konsolidasi, saat: Saat, about: str, lama: Daftar, sel: Mapping[Key, str]
) -> list[Sheet]:
    """The four lists; `lama`: their rows in the konsolidasi that is refreshed; `sel`: our own cells, "S17!E8"."""
    before = _Lama(lama)
    origins = rujukan.find_origins(hasil)
    rows = {
        "Kiriman": _kiriman_rows(hasil),
        "Masalah": [masalah_row(p, sel, origins) for p in sorted(hasil.all_problems, key=_weight)],
        "Putusan": _putusan_rows(hasil, lama.get("Putusan", ()), sel),
        "Jejak": _jejak_rows(hasil, saat, lama.get("Jejak", ()), sel),
    }
    for name, of_list in rows.items():
        for row in of_list:
            row["catatan"] = before.take(name, row)
    rows["Catatan lama"] = [
        *lama.get("Catatan lama", ()),
        *(_old_note(name, row, saat) for name, row in before.orphans()),
    ]
    return [list_sheet(name, about, rows[name]) for name in _DAFTAR]


def _weight(problem: Problem) -> int:
    return -problem.putusan.berat


# Of each list: title, columns, what its rows are, what it says while it is empty.
_DAFTAR = {
    "Kiriman": ("Kiriman sub-bagian", KIRIMAN, "baris", "Belum ada kiriman."),
    "Masalah": ("Masalah yang ditemukan", MASALAH, "masalah", "Tidak ada masalah."),
    "Putusan": (
        "Putusan: pilih untuk setiap sel yang ditahan",
        PUTUSAN,
        "sel ditahan atau sudah diputuskan · kolom Pilihan: Pakai A, Pakai B, Kosongkan, atau isinya sendiri; lalu "
        "Segarkan",
        "Tidak ada yang ditahan.",
    ),
    "Jejak": ("Jejak: asal setiap nilai", JEJAK, "nilai", "Belum ada nilai yang masuk."),
    "Catatan lama": ("Catatan yang barisnya sudah tidak ada", CATATAN_LAMA, "catatan", "Tidak ada."),
}
_LOOKS = {
    "Masalah": tuple(
        ("tingkat", str(verdict), look)
        for verdict, look in (
            (TAHAN, "sorot_periksa"),
            (TOLAK, "sorot_sangat_rendah"),
            (PERINGATAN, "sorot_sedang"),
        )
    ),
    "Kiriman": (
        ("status", str(TAHAN), "sorot_periksa"),
        ("status", str(TOLAK), "sorot_sangat_rendah"),
        ("status", "belum mengirim", "sorot_sedang"),
    ),
    "Putusan": (("keadaan", MENUNGGU, "sorot_periksa"), ("keadaan", BATAL, "sorot_periksa")),
}


def list_sheet(name: str, about: str, rows: Sequence[Baris]) -> Sheet:
    """A list: open, so that it can be sorted and filtered; its rows begin below the headings."""
    title, columns, counted, empty = _DAFTAR[name]
    sheet = Sheet(name, last_printed_column=len(columns) - 1, locked=False)
    sheet.set_columns(columns)
    rekap.put_title(sheet, title, about, len(columns))
    told = f"{about} · {len(rows)} {counted}" if rows else f"{about} · {empty}"
    sheet.cells[-1] = Cell(1, 0, told, "anak_judul", _B, Key(name, "", "jumlah"), columns=len(columns))
    rekap.put_headings(sheet, 2, columns)
    offers = (("pilihan", _CARA_MEMILIH),) if name == "Putusan" else ()
    sheet.table = Table(name, 3, columns, max(_KAPASITAS, len(rows)), _LOOKS.get(name, ()), offers)
    for n, row in enumerate(rows):
        sheet.cells += [_cell(sheet.table, n, at, row) for at in range(len(columns))]
        sheet.heights[3 + n] = _height(name, columns, row)
    return sheet


def _cell(table: Table, n: int, at: int, row: Baris) -> Cell:
    column = table.columns[at]
    content: Value | Expr = row.get(column.name)
    if column.name == "buka" and isinstance(content, str) and content:
        content = link_to(content)
    return Cell(
        table.first + n, at, content, column.style, _B, table.key(n, column.name), format=column.format
    )


def kept_rows(book: Book) -> dict[str, list[Baris]]:
    """What the konsolidator wrote into the lists, with the rows that it belongs to; all of Putusan and Catatan lama."""
    kept: dict[str, list[Baris]] = {}
    for sheet in book.sheets:
        if sheet.table:
            rows = _rows_of(sheet, sheet.table)
            whole = sheet.name in ("Putusan", "Catatan lama")
            kept[sheet.name] = [row for row in rows if whole or row.get("catatan") not in (None, "")]
    return kept


def _rows_of(sheet: Sheet, table: Table) -> list[Baris]:
    rows: dict[int, Baris] = defaultdict(dict)
    for cell in sheet.cells:
        if cell.row >= table.first and not isinstance(cell.content, Expr):
            rows[cell.row][table.columns[cell.column].name] = cell.content
    return [rows[n] for n in sorted(rows)]


def _height(name: str, columns: tuple[Column, ...], row: Baris) -> float:
    lines = [
        text_lines(v, c.width - 1)
        for c in columns
        if isinstance(v := row.get(c.name), str) and c.name != "buka"
    ]
    most = max(lines, default=1)
    return line_height(min(most, _BARIS_TINGGI) if name == "Jejak" else most, least=18)


def _kiriman_rows(hasil: Konsolidasi) -> list[Baris]:
    by_owner = isian_counts_by_owner(hasil)
    missing: list[Baris] = [
        {"sub_bagian": s.nama, **_progress(by_owner[s.kode]), "status": "belum mengirim"}
        for s in hasil.missing
    ]
    return missing + [_kiriman_row(hasil, k, by_owner) for k in hasil.kiriman]


def _progress(counts: Mapping[str, int]) -> Baris:
    """How far a sub-bagian is, all its files together: expected cells that are answered, and those that are held."""
    return {
        "dijawab": f"{counts['terisi'] + counts['nihil']} dari {sum(counts.values())}",
        "ditahan": counts["ditahan"],
    }


def _kiriman_row(hasil: Konsolidasi, k: Kiriman, by_owner: Mapping[str, Mapping[str, int]]) -> Baris:
    used = k.sub_bagian is not None and k in hasil.dipakai.get(k.sub_bagian.kode, ())
    # A revision may have done away with the sub-bagian that sent it.
    counts = by_owner.get(k.sub_bagian.kode) if used and k.sub_bagian else None
    progress = _progress(counts) if counts is not None else {}
    return {
        **progress,
        "sub_bagian": k.sub_bagian.nama if k.sub_bagian else "(tidak dikenali)",
        "berkas": show(k.berkas, _NAMA),
        "nomor": k.nomor,
        "triwulan": f"TW {ROMAWI[k.triwulan]}" if k.triwulan else None,
        "terisi": k.terisi if k.sub_bagian else None,
        "status": k.status,
        "pemakaian": DIPAKAI if used else _told_unused(k),
        "masalah": len(k.problems),
        "pengirim": show(k.surat.pengirim, _NAMA) if k.surat else None,
        "tanggal": _told_date(k.surat.tanggal) if k.surat else None,
        "diterima": k.diterima or None,
    }


def _told_unused(k: Kiriman) -> str:
    """Why a file does not count, from the problem that says so."""
    return next((_TAK_DIPAKAI[p.message] for p in k.problems if p.message in _TAK_DIPAKAI), "tidak dipakai")


def _told_date(tanggal: str) -> str | None:
    """The date of a mail, by the clock of its sender; None where it says none that can be read."""
    try:
        return f"{datetime.datetime.fromisoformat(tanggal):%d/%m/%Y %H.%M}"
    except ValueError:
        return None


def masalah_row(
    p: Problem, sel: Mapping[Key, str], origins: Mapping[rujukan.Tempat, Key] = _TANPA_ASAL
) -> Baris:
    """A problem as a row of Masalah; `origins`: which of our cells a cell of a return went into."""
    return {
        "kode": p.kode,
        "tingkat": str(p.putusan),
        "berkas": show(p.berkas) if p.berkas else None,
        "lembar": visible(p.lembar) if p.lembar else None,
        "sel": p.sel,
        "isi": None if p.isi is None else show(p.isi),
        "masalah": visible(p.masalah),
        "tindakan": visible(p.tindakan),
        "buka": _target(p, sel, origins),
    }


def _target(p: Problem, sel: Mapping[Key, str], origins: Mapping[rujukan.Tempat, Key]) -> Value:
    """Our own cell that a problem concerns: the very one where that is known, else the row's first one."""
    if p.message is Message.L27:
        return f"{p.lembar}!{p.sel}"  # found in this workbook itself
    key = rujukan.find_cell(p, origins)
    if key is not None and key in sel:
        return sel[key]
    if p.tujuan is None:
        return None
    id, periode = p.tujuan
    return sel.get(Key(id, periode if periode in PERIODE else "TW1", "triwulan"))


def _putusan_rows(hasil: Konsolidasi, lama: Sequence[Baris], sel: Mapping[Key, str]) -> list[Baris]:
    """A row for each held cell, with what may be chosen, and the choice once it is made."""
    before = {_kunci(row, KUNCI["Putusan"]): row for row in lama}
    rows = []
    for key in sorted(hasil.pilihan):
        row = _putusan_row(hasil, key) | {"buka": sel.get(key)}
        if row["sebab"] is None:  # settled: the problem is no more, but why it was held stays worth knowing
            row["sebab"] = before.get(_kunci(row, KUNCI["Putusan"]), {}).get("sebab")
        rows.append(row)
    return rows


def _putusan_row(hasil: Konsolidasi, key: Key) -> Baris:
    told = putusan.told_options(hasil.pilihan[key])
    others = [f"{putusan.letter(n)}: {text}" for n, text in enumerate(told[2:], 2)]
    unread = hasil.tak_terbaca.get(key)
    keadaan = DIPUTUSKAN if key in hasil.diputuskan else BATAL if unread else MENUNGGU
    i = hasil.rkt.find_indikator(key.id)
    assert i is not None
    return {
        "id": key.id, "triwulan": capaian.roman(int(key.baris[2])), "kolom": key.kolom.replace("_", " "),
        "indikator": f"{i.nomor} {i.teks}", "sub_bagian": ", ".join(s.kode for s in hasil.rkt.owners(i)),
        "sebab": _told_holding(hasil, key),
        "isi_a": told[0], "isi_b": told[1] if len(told) > 1 else None, "isi_lain": "\n".join(others) or None,
        "pilihan": hasil.diputuskan.get(key) or unread,
        "keadaan": "diubah tangan" if key in hasil.diubah else keadaan,
    }  # fmt: skip


def _told_holding(hasil: Konsolidasi, key: Key) -> str | None:
    """ "C05 G9 bisa dibaca 1,25 atau 1.250", one line for each problem that holds a cell."""
    told = dict.fromkeys(f"{p.kode} {p.masalah}" for p in rujukan.find_holding(hasil, key))
    return visible("\n".join(told)) or None


def _jejak_rows(hasil: Konsolidasi, saat: Saat, lama: Sequence[Baris], sel: Mapping[Key, str]) -> list[Baris]:
    """A row for each value that a return brought or a hand changed."""
    before = {_kunci(row, KUNCI["Jejak"]): row for row in lama}
    rows = []
    for key in sorted({k for k, a in hasil.asal.items() if a.entry.shown is not None} | set(hasil.diubah)):
        row = _jejak_row(hasil, key) | {"buka": sel[key]}
        old = before.get(_kunci(row, KUNCI["Jejak"]))
        same = old is not None and all(old.get(c) == row.get(c) for c in _SAMA)
        rows.append(row | {"saat": old["saat"] if old and same else saat.dibaca})
    return rows


def _jejak_row(hasil: Konsolidasi, key: Key) -> Baris:
    """Where a value comes from; where a hand changed it, what the returns say, and what stands there now."""
    by_hand = key in hasil.diubah
    asal: Asal | None = hasil.diubah[key] if by_hand else hasil.asal[key]
    row: Baris = {
        "id": key.id, "triwulan": capaian.roman(int(key.baris[2])), "kolom": key.kolom.replace("_", " "),
        "tangan": _changed(hasil.asal[key]) if by_hand else None,
    }  # fmt: skip
    if asal is None:
        return row
    is_text = key.kolom in kartu.TEKS
    # What the card got stands here exactly, so that the next refresh can tell a change by hand from it.
    return row | {
        "nilai": None if is_text else asal.entry.shown,
        "isi": asal.entry.shown if is_text else show(asal.entry.isi, 300),
        "berkas": asal.told_berkas, "lembar": visible(asal.entry.lembar), "sel": asal.entry.sel,
    }  # fmt: skip


def _changed(asal: Asal) -> Value:
    return asal.entry.value if isinstance(asal.entry.value, (int, float)) else str(asal.entry.value)


def _old_note(name: str, row: Baris, saat: Saat) -> Baris:
    told = " · ".join(
        str(row[c]) for c in row if c not in ("catatan", "buka", "saat") and row[c] not in (None, "")
    )
    return {"daftar": name, "baris": told[:1000], "catatan": row["catatan"], "saat": saat.dibaca}
