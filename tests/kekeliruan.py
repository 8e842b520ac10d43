"""Errors of users, made on purpose at random places of filled workbooks, each with what must be told of it.

A `Berkas` is a sound workbook of the example plan with every cell filled. A function of `SEL` spoils one cell or one
card, one of `SUSUNAN` one sheet (many of them go into one workbook, since each takes a place of its own), one of
`BERKAS` the whole file. Each returns the problems that must be found: code, sheet, cell, and nothing else may be.
"""

from __future__ import annotations

import datetime
import random
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import bahan
import openpyxl
import openpyxl.chart
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet

from builder.expr import Key, Value
from builder.layout import Book, Place, address, row_key
from builder.masalah import TAHAN
from builder.plan import read_plan
from builder.plan.table import as_row
from builder.reader import Kiriman
from builder.returns import check_returns
from builder.rkt import Hitungan, Indikator, Isian, Konsolidasi, Rkt, SubBagian, Tipe
from builder.writer import write_book
from workbook_templates.buku_kerja import buku_kerja, file_name
from workbook_templates.kartu import TEKS, Isi
from workbook_templates.tema import STYLES

PERSEN_LANGSUNG = tuple(f"S{n}-I1" for n in range(90, 94))
JUMLAH = tuple(f"S{n}-I1" for n in range(80, 88))
OPINI = ("S78-I1", "S79-I1")
KALIMAT = (
    "Anggaran belum cair", "- Menunggu revisi DIPA\n- Koordinasi dengan KPPN", "Rapat ulang minggu depan (TW II)",
    "https://contoh.go.id/berkas/laporan tw1.pdf", "SK 12/2024, hlm. 3–5", "Sesuai rencana; tidak ada kendala",
    "1. data 2. verifikasi", "Selesai 100%", "Berkas: Laporan_TW1.docx",
)  # fmt: skip


class Harapan(NamedTuple):
    """A problem that must be told."""

    kode: str
    lembar: str | None
    sel: str | None


Kekeliruan = Callable[["Berkas"], list[Harapan]]


def rencana(folder: Path) -> tuple[Path, Rkt]:
    """The example plan with more indikator whose realisasi is typed as it is."""
    rkt = bahan.rkt_contoh()
    rows = [as_row(s, i) for s in rkt.sasaran for i in s.indikator]
    rows += [
        bahan.baris(id, isian="langsung", konsolidasi="last", polaritas="maximize", fungsi="KUL")
        for id in PERSEN_LANGSUNG
    ]
    count = {"target": "12 Kali", "tipe": "jumlah", "nilai": "12", "satuan": "Kali", "konsolidasi": "sum"}
    rows += [bahan.baris(id, **count) for id in JUMLAH]
    rows += [bahan.baris(id, target="WTP", tipe="opini", nilai="WTP", satuan="") for id in OPINI]
    text = bahan.RENCANA_CONTOH.with_suffix(".toml").read_text("utf-8")
    plain = [{k: "" if v is None else v for k, v in row.items()} for row in rows]
    path = bahan.write_rencana(folder / "rencana.csv", plain, text)
    return path, read_plan(path)[0]


def rencana_kecil(folder: Path) -> Rkt:
    """A plan of few indikator, for errors of which a workbook can have one only."""
    rows = [bahan.baris(f"S{n:02d}-I{m}", konsolidasi="last") for n in (1, 2, 3) for m in (1, 2)]
    return read_plan(bahan.write_rencana(folder / "kecil.csv", [*rows, bahan.baris("S04-I1", fungsi="REN")]))[
        0
    ]


# --- sound entries ------------------------------------------------------------------------------------------------


def isian_wajar(
    rkt: Rkt, sub_bagian: SubBagian, rng: random.Random, *, penuh: bool = False
) -> dict[Key, Value]:
    """Entries as a careful office would type them; `penuh`: no cell is left blank."""
    entries: dict[Key, Value] = {}
    for i in rkt.indikator:
        if rkt.owner(i) != sub_bagian:
            continue
        entries |= _pasangan(i, rng, penuh) if i.isian is Isian.RASIO else _langsung(i, rng, penuh)
        for j in range(1, 5):
            for column in TEKS:
                if penuh or rng.random() < 0.4:
                    entries[Key(i.id, f"TW{j}", column)] = rng.choice(KALIMAT)
    return entries


def _pasangan(i: Indikator, rng: random.Random, penuh: bool) -> dict[Key, Value]:
    cells: dict[Key, Value] = {}
    p = q = 0
    whole = rng.randint(12, 90)
    for j in range(1, 5):
        if not penuh and rng.random() < 0.15:
            continue
        if i.boleh_nihil and not penuh and rng.random() < 0.2:
            cells[Key(i.id, f"TW{j}", "pembilang")] = rng.choice(("Nihil", "nihil "))
            continue
        if i.hitungan is Hitungan.KUMULATIF and i.konsolidasi is Konsolidasi.LAST:
            q += rng.randint(1, 30)
            p = min(q, p + rng.randint(0, 30))
        else:
            q = max(1, whole + rng.randint(-3, 3))
            p = rng.randint(q // 2, q)
        cells |= {Key(i.id, f"TW{j}", "pembilang"): p, Key(i.id, f"TW{j}", "penyebut"): q}
    return cells


def _langsung(i: Indikator, rng: random.Random, penuh: bool) -> dict[Key, Value]:
    cells: dict[Key, Value] = {}
    level = rng.uniform(0.5, 0.9)
    for j in range(1, 5):
        if not penuh and rng.random() < 0.15:
            continue
        share = min(1.0, max(0.3, level + rng.uniform(-0.1, 0.1)))
        cells[Key(i.id, f"TW{j}", "realisasi")] = _jawaban(i, share, rng)
    return cells


def _jawaban(i: Indikator, share: float, rng: random.Random) -> Value:
    match i.tipe:
        case Tipe.PREDIKAT:
            return rng.choice(("B", "BB", "a", "CC", 72.5, 81))
        case Tipe.OPINI:
            return rng.choice(("WTP", "WTP-DPP", "WDP"))
        case Tipe.PERSENTASE:
            return round(share, 4)
        case Tipe.NILAI:
            return round(share * (i.maks_sah or 100), 2)
    assert not isinstance(i.nilai, str)
    return round(i.nilai / 4 * (0.5 + share)) + rng.randint(0, 2)


# --- a workbook to spoil ------------------------------------------------------------------------------------------


@dataclass
class Berkas:
    """A filled workbook on disk and open in openpyxl; places are given out once."""

    path: Path
    rkt: Rkt
    sub_bagian: SubBagian
    rng: random.Random
    entries: dict[Key, Value]
    form: Book
    book: openpyxl.Workbook
    terpakai: set[tuple[str, str]] = field(default_factory=set)  # (id, baris) and (sheet, "")
    sesudah: list[Callable[[], None]] = field(default_factory=list)  # edits of the saved package

    def place(self, key: Key) -> Place:
        return self.form.places[key]

    def cell(self, key: Key) -> Any:
        place = self.place(key)
        return self.book[place.sheet][place.address]

    def harap(self, kode: str, key: Key) -> list[Harapan]:
        place = self.place(key)
        return [Harapan(kode, place.sheet, place.address)]

    def ambil(self, cocok: Callable[[Indikator], bool], *, kartu: bool = False) -> tuple[Indikator, str]:
        """A random row that nothing has spoiled yet; `kartu`: the whole card is taken."""
        rows = [f"TW{j}" for j in range(1, 5)]
        free = [
            (i, b)
            for i in self.rkt.indikator
            if self.rkt.owner(i) == self.sub_bagian and cocok(i)
            for b in rows
            if not self.terpakai & ({(i.id, r) for r in rows} if kartu else {(i.id, b)})
        ]
        i, baris = self.rng.choice(free)
        self.terpakai |= {(i.id, r) for r in rows} if kartu else {(i.id, baris)}
        return i, baris

    def sasaran(self) -> tuple[Worksheet, list[Indikator]]:
        """A random sheet of cards that nothing has spoiled yet, and the indikator that are filled on it."""
        own = [i for i in self.rkt.indikator if self.rkt.owner(i) == self.sub_bagian]
        sheets = sorted({i.id.split("-")[0] for i in own} - {s for s, b in self.terpakai if not b})
        name = self.rng.choice(sheets)
        self.terpakai.add((name, ""))
        return self.book[name], [i for i in own if i.id.startswith(f"{name}-")]

    def kunci(self, i: Indikator, baris: str) -> Any:
        """The cell of a row's key."""
        key = row_key(i.id, baris)
        place = next(
            (s.name, c) for s in self.form.sheets for c in s.cells if c.content == key and c.column == 0
        )
        return self.book[place[0]].cell(place[1].row + 1, 1)

    def simpan(self) -> Path:
        self.book.save(self.path)
        self.book.close()
        for edit in self.sesudah:
            edit()
        return self.path


def berkas_baru(folder: Path, rkt: Rkt, rng: random.Random, kode: str = "KUL") -> Berkas:
    """A sound workbook with every cell filled."""
    sub_bagian = next(s for s in rkt.sub_bagian if s.kode == kode)
    entries = isian_wajar(rkt, sub_bagian, rng, penuh=True)
    form = buku_kerja(rkt, sub_bagian, Isi(entries), triwulan=4)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / file_name(rkt, sub_bagian)
    write_book(form, STYLES, path)
    return Berkas(path, rkt, sub_bagian, rng, entries, form, openpyxl.load_workbook(path))


def ubah_bagian(path: Path, part: str, change: Callable[[str], str]) -> None:
    """Change the text of a part of a saved package; a part that a pattern names: the first that matches."""
    with zipfile.ZipFile(path) as archive:
        parts = [(info, archive.read(info)) for info in archive.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, content in parts:
            if info.filename == part:
                changed = change(content.decode())
                assert changed != content.decode(), f"nothing to change in {part}"
                content = changed.encode()
            archive.writestr(info.filename, content)


def ubah_lembar(berkas: Berkas, name: str, change: Callable[[str], str]) -> None:
    """Change the XML of a sheet once the workbook is saved."""

    def edit() -> None:
        number = berkas.book.sheetnames.index(name) + 1
        ubah_bagian(berkas.path, f"xl/worksheets/sheet{number}.xml", change)

    berkas.sesudah.append(edit)


def beri_hasil(berkas: Berkas, key: Key, hasil: str) -> None:
    """Store a result beside a formula, as a spreadsheet would."""
    place = berkas.place(key)
    pattern = rf'(<c r="{place.address}"[^>]*?)(?: t="\w+")?(><f>[^<]*</f>)<v ?/?>(?:</v>)?'
    ubah_lembar(berkas, place.sheet, lambda xml: re.sub(pattern, rf"\1\2<v>{hasil}</v>", xml))


# --- errors in a cell or a card -----------------------------------------------------------------------------------


def _jumlah(i: Indikator) -> bool:
    return i.tipe is Tipe.JUMLAH and not isinstance(i.nilai, str) and i.nilai < 1000


def _rasio(i: Indikator) -> bool:
    return i.isian is Isian.RASIO and not i.boleh_nihil


def _persen(i: Indikator) -> bool:
    return i.id in PERSEN_LANGSUNG


def _apa_saja(i: Indikator) -> bool:
    return True


def isi(
    kode: str, cocok: Callable[[Indikator], bool], kolom: str, *contents: Any, format: str = ""
) -> Kekeliruan:
    """A cell typed over with one of these contents."""

    def spoil(b: Berkas) -> list[Harapan]:
        i, baris = b.ambil(cocok)
        key = Key(i.id, baris, kolom)
        cell = b.cell(key)
        cell.value = b.rng.choice(contents)
        if format:
            cell.number_format = format
        return b.harap(kode, key) if kode else []

    return spoil


def angka_teks(b: Berkas) -> list[Harapan]:
    """C02: the pembilang that was meant, as text."""
    i, baris = b.ambil(_rasio)
    key = Key(i.id, baris, "pembilang")
    b.cell(key).value = f" {b.entries[key]}"
    return b.harap("C02", key)


def rumus_bernilai(b: Berkas) -> list[Harapan]:
    """D03: a formula with its result."""
    i, baris = b.ambil(_rasio)
    key = Key(i.id, baris, "pembilang")
    b.cell(key).value = f"={b.entries[key]}+0"
    beri_hasil(b, key, str(b.entries[key]))
    return b.harap("D03", key)


def rumus_larik(b: Berkas) -> list[Harapan]:
    i, baris = b.ambil(_jumlah)
    key = Key(i.id, baris, "realisasi")
    cell = b.cell(key)
    cell.parent[cell.coordinate] = ArrayFormula(cell.coordinate, "=SUM(D8:D9)")
    return b.harap("D09", key)


def huruf_putih(b: Berkas) -> list[Harapan]:
    i, baris = b.ambil(_apa_saja)
    key = Key(i.id, baris, "kendala")
    b.cell(key).font = Font(color="FFFFFFFF")
    return b.harap("E05", key)


def label_tertukar(b: Berkas) -> list[Harapan]:
    i, baris = b.ambil(_apa_saja)
    b.cell(Key(i.id, baris, "triwulan")).value = "TW V"
    key = b.kunci(i, baris)
    return [Harapan("B11", key.parent.title, key.coordinate)]


def tempel_meleset(b: Berkas) -> list[Harapan]:
    """B11: numbers in the grey cells of a row."""
    i, baris = b.ambil(_jumlah, kartu=True)
    row = b.rng.choice((baris, "TAHUN"))
    target = b.cell(Key(i.id, row, "target"))
    target.offset(0, 1).value, target.offset(0, 2).value = 40, 50
    return [Harapan("B11", target.parent.title, target.offset(0, 1).coordinate)]


def di_luar(b: Berkas) -> list[Harapan]:
    """B12: a note beside or below the cards, near or far."""
    sheet, _ = b.sasaran()
    cell = sheet.cell(b.rng.choice((2, 60, 300, 5000)), b.rng.choice((26, 40, 120)))
    cell.value = "catatan sendiri"
    return [Harapan("B12", sheet.title, cell.coordinate)]


def teks_di_abu(b: Berkas) -> list[Harapan]:
    sheet, own = b.sasaran()
    cell = b.cell(Key(b.rng.choice(own).id, "TW4", "kendala")).offset(1, 0)
    cell.value = "lihat lampiran"
    return [Harapan("B12", sheet.title, cell.coordinate)]


def sel_digabung(b: Berkas) -> list[Harapan]:
    i, baris = b.ambil(_apa_saja)
    first, last = (b.cell(Key(i.id, baris, c)) for c in ("kendala", "tindak_lanjut"))
    first.parent.merge_cells(f"{first.coordinate}:{last.coordinate}")
    return [Harapan("B13", first.parent.title, first.coordinate)]


def baris_tersembunyi(b: Berkas) -> list[Harapan]:
    sheet, own = b.sasaran()
    i = b.rng.choice(own)
    first = b.cell(Key(i.id, "TW2", "pembilang" if i.isian is Isian.RASIO else "realisasi"))
    sheet.row_dimensions[first.row].hidden = True
    return [Harapan("B14", sheet.title, first.coordinate)]


def kolom_tersembunyi(b: Berkas) -> list[Harapan]:
    sheet, own = b.sasaran()
    first = b.cell(Key(own[0].id, "TW1", "kendala"))
    sheet.column_dimensions[first.column_letter].hidden = True
    return [Harapan("B14", sheet.title, first.coordinate)]


def lembar_tersembunyi(b: Berkas) -> list[Harapan]:
    sheet, _ = b.sasaran()
    sheet.sheet_state = b.rng.choice(("hidden", "veryHidden"))
    return [Harapan("B14", sheet.title, None)]


def disaring(b: Berkas) -> list[Harapan]:
    sheet, own = b.sasaran()
    head = b.kunci(own[0], "KEPALA").row
    sheet.auto_filter.ref = f"C{head}:O{head + 5}"
    sheet.auto_filter.add_filter_column(0, ["TW I"])
    return [Harapan("B14", sheet.title, None)]


def target_diubah(b: Berkas) -> list[Harapan]:
    i, baris = b.ambil(_apa_saja)
    key = Key(i.id, baris, "target")
    b.cell(key).value = 0.123
    return b.harap("B19", key)


def teks_diubah(b: Berkas) -> list[Harapan]:
    i, _ = b.ambil(_apa_saja, kartu=True)
    key = Key(i.id, "JUDUL", "indikator")
    b.cell(key).value = "Persentase yang lain"
    return b.harap("B19", key)


def tulisan_diubah(b: Berkas) -> list[Harapan]:
    """B19: the line with type and polarity, a heading that is no entry's, or the title of a sheet."""
    sheet, own = b.sasaran()
    i = b.rng.choice(own)
    title = b.kunci(i, "JUDUL").row
    cell = b.rng.choice(
        (sheet.cell(title, 10), sheet.cell(title, 13), sheet.cell(title + 1, 9), sheet.cell(2, 2))
    )
    cell.value = f"{cell.value} diubah"
    return [Harapan("B19", sheet.title, cell.coordinate)]


def rumus_ditimpa(b: Berkas) -> list[Harapan]:
    i, baris = b.ambil(_apa_saja, kartu=True)
    key = Key(i.id, baris, b.rng.choice(("capaian", "kategori", "sd", "status")))
    b.cell(key).value = b.rng.choice((0.5, "Tinggi", None))
    return b.harap("D01", key)


def rumus_diubah(b: Berkas) -> list[Harapan]:
    i, baris = b.ambil(_apa_saja, kartu=True)
    key = Key(i.id, baris, b.rng.choice(("capaian", "kategori", "sd", "status")))
    b.cell(key).value = b.rng.choice(("=1", f'{b.cell(key).value}&""', "=MAX(1,2)"))
    return b.harap("D02", key)


def komentar(b: Berkas) -> list[Harapan]:
    sheet, own = b.sasaran()
    cell = b.cell(Key(b.rng.choice(own).id, "TW1", "kendala"))
    cell.comment = Comment("mohon dicek", "staf")
    return [Harapan("B20", sheet.title, cell.coordinate)]


def gambar(b: Berkas) -> list[Harapan]:
    sheet, _ = b.sasaran()
    chart = openpyxl.chart.BarChart()
    chart.add_data(openpyxl.chart.Reference(sheet, min_col=4, min_row=8, max_row=9))
    sheet.add_chart(chart, "R30")
    return [Harapan("B20", sheet.title, None)]


def susunan_lain(b: Berkas) -> list[Harapan]:
    i, _ = b.ambil(_apa_saja, kartu=True)
    key = Key(i.id, "JUDUL", "susunan")
    b.cell(key).value = "nilai|nilai (0-5)|langsung"
    return b.harap("B23", key)


def petunjuk(b: Berkas) -> list[Harapan]:
    cell = b.book["Petunjuk"][b.rng.choice(("C5", "C6"))]
    cell.value = b.rng.choice((0, "empat", None, 2.5))
    return [Harapan("A14", "Petunjuk", cell.coordinate)]


def disalin_semua(b: Berkas) -> list[Harapan]:
    """C27: the same number of events in every triwulan, far from the target."""
    i, _ = b.ambil(lambda i: _jumlah(i) and i.konsolidasi is Konsolidasi.SUM, kartu=True)
    for j in range(1, 5):
        b.cell(Key(i.id, f"TW{j}", "realisasi")).value = 25
    return b.harap("C27", Key(i.id, "TW1", "realisasi"))


SEL: dict[str, Kekeliruan] = {
    "C01 kata": isi("C01", _jumlah, "realisasi", "belum ada", "tiga", "2 Dokumen baru"),
    "C02 angka sebagai teks": angka_teks,
    "C03 persen sebagai teks": isi("C03", _persen, "realisasi", "87,5 %", "90%", "88.25 %"),
    "C04 persen di sel jumlah": isi("C04", _rasio, "pembilang", "40%", "97,5 %"),
    "C05 dua tafsir": isi("C05", _rasio, "penyebut", "1.234", "2,498"),
    "C06 pemisah ribuan": isi("C06", _jumlah, "realisasi", "1.234.567", "12.345.000"),
    "C07 tanpa format persen": isi("C07", _persen, "realisasi", 87.5, 91, format="General"),
    "C08 skala": isi("C08", _persen, "realisasi", 0.875, 0.9, format="General"),
    "C09 tanggal": isi("C09", _rasio, "pembilang", datetime.datetime(2024, 2, 1), format="dd/mm/yyyy"),
    "C10 nomor tanggal": isi("C10", _jumlah, "realisasi", 45689, 45292),
    "C12 kosong palsu": isi("", _apa_saja, "kendala", " ", "\u00a0\u00a0", "\t"),
    "C13 bukan jawaban": isi("C13", _rasio, "pembilang", "-", "n/a", "–", "tidak ada"),
    "C15 negatif": isi("C15", _jumlah, "realisasi", -1, -250),
    "C15 di atas batas": isi("C15", _persen, "realisasi", 1.2, format="0.00%"),
    "C16 bukan pilihan": isi("C16", lambda i: i.tipe is Tipe.OPINI, "realisasi", "WTP,", "baik"),
    "C17 pecahan": isi("C17", _jumlah, "realisasi", 2.5, 0.1),
    "C18 terlalu besar": isi("C18", _rasio, "penyebut", 12345678901234567, 1e300),
    "C21 benar salah": isi("C21", _rasio, "pembilang", True, False),
    "C22 karakter kendali": isi("C22", _apa_saja, "kendala", "a_x0007_b", "x_x000D_y", "_x001B_[2J hapus"),
    "C24 karakter tak tampak": isi("C24", _apa_saja, "tindak_lanjut", "a\u202eb", "a\u200bb", "\u2066rapat"),
    "C27 disalin": disalin_semua,
    "D01 rumus ditimpa": rumus_ditimpa,
    "D02 rumus diubah": rumus_diubah,
    "D03 rumus bernilai": rumus_bernilai,
    "D04 rumus tanpa hasil": isi("D04", _rasio, "pembilang", "=40+2", "=SUM(1,2)"),
    "D06 rumus berubah-ubah": isi("D06", _rasio, "penyebut", "=TODAY()", "=RAND()*9", '=INDIRECT("A1")'),
    "D07 rumus ke berkas lain": isi("D07", _rasio, "pembilang", "='[lain.xlsx]S1'!A1", "='C:\\[x.xlsx]A'!B2"),
    "D08 galat": isi("D08", _rasio, "penyebut", "#REF!", "#N/A", "#DIV/0!"),
    "D09 larik": rumus_larik,
    "D10 awalan rumus": isi("D10", _apa_saja, "data_dukung", "+62 811", "@budi", "-5 orang", "＝1+1"),
    "N05 nihil": isi("N05", _rasio, "pembilang", "Nihil", "NIHIL"),
    "H04 rumus tautan": isi(
        "H04", _rasio, "pembilang", '=WEBSERVICE("http://a.id")', '=HYPERLINK("http://a.id",1)'
    ),
    "E05 huruf putih": huruf_putih,
    "B11 label": label_tertukar,
    "B11 tempelan meleset": tempel_meleset,
    "B12 di luar": di_luar,
    "B12 di sel abu": teks_di_abu,
    "B13 digabung": sel_digabung,
    "B14 baris": baris_tersembunyi,
    "B14 kolom": kolom_tersembunyi,
    "B14 lembar": lembar_tersembunyi,
    "B14 disaring": disaring,
    "B19 target": target_diubah,
    "B19 teks": teks_diubah,
    "B19 tulisan": tulisan_diubah,
    "B20 komentar": komentar,
    "B20 gambar": gambar,
    "B23 susunan": susunan_lain,
    "A14 petunjuk": petunjuk,
}


# --- errors of sheets, rows and columns ---------------------------------------------------------------------------


def ganti_nama(b: Berkas) -> list[Harapan]:
    sheet, _ = b.sasaran()
    sheet.title = b.rng.choice(("Sheet1", "Isian", "Arsip kita"))
    return [Harapan("B01", sheet.title, None)]


def hapus_lembar(b: Berkas) -> list[Harapan]:
    sheet, _ = b.sasaran()
    b.book.remove(sheet)
    return [Harapan("B02", sheet.title, None)]


def hapus_rekap(b: Berkas) -> list[Harapan]:
    name = b.rng.choice(("Rekap", "Daftar"))
    del b.book[name]
    return [Harapan("B02", name, None)]


def gandakan(b: Berkas) -> list[Harapan]:
    sheet, _ = b.sasaran()
    copy = b.book.copy_worksheet(sheet)
    copy.title = f"{sheet.title} (2)"
    return [Harapan("B03", copy.title, None)]


def gandakan_beda(b: Berkas) -> list[Harapan]:
    sheet, own = b.sasaran()
    copy = b.book.copy_worksheet(sheet)
    copy.title = f"{sheet.title} (2)"
    cell = b.cell(Key(b.rng.choice(own).id, f"TW{b.rng.randint(1, 4)}", "kendala"))
    copy[cell.coordinate].value = "versi lain"
    return [Harapan("B03", copy.title, cell.coordinate)]


def lembar_tambahan(b: Berkas) -> list[Harapan]:
    sheet = b.book.create_sheet(b.rng.choice(("Rincian", "Data mentah", "Lampiran")))
    for row in range(3, 9):
        sheet.cell(row, 2).value = row * 10
    return [Harapan("B04", sheet.title, "B3")]


def pindah_kartu(b: Berkas) -> list[Harapan]:
    """B05: every card of a sheet some rows lower, as if rows had been inserted above."""
    sheet, own = b.sasaran()
    _lepas(sheet)
    by, first = b.rng.randint(1, 9), b.kunci(own[0], "JUDUL").row
    sheet.move_range(f"A{first}:W{sheet.max_row}", rows=by)
    return [Harapan("B05", sheet.title, f"A{first + by}")]


def urutkan_baris(b: Berkas) -> list[Harapan]:
    sheet, own = b.sasaran()
    i = b.rng.choice(own)
    first = b.kunci(i, "TW1").row
    rows = [[c.value for c in sheet[r]] for r in range(first, first + 4)]
    for r, values in zip(range(first, first + 4), reversed(rows), strict=True):
        for c, value in enumerate(values, 1):
            sheet.cell(r, c).value = value
    return [Harapan("B05", sheet.title, f"A{first + 3}")]


def kunci_kosong(b: Berkas) -> list[Harapan]:
    sheet, own = b.sasaran()
    cell = b.kunci(b.rng.choice(own), b.rng.choice(("TW1", "TW2", "TW3", "TW4", "KEPALA", "JUDUL")))
    cell.value = None
    return [Harapan("B06", sheet.title, cell.coordinate)]


def hapus_baris(b: Berkas) -> list[Harapan]:
    sheet, own = b.sasaran()
    cell = b.kunci(b.rng.choice(own), f"TW{b.rng.randint(1, 4)}")
    _lepas(sheet)
    sheet.delete_rows(cell.row)
    return [Harapan("B06", sheet.title, cell.coordinate)]


def kolom_kunci_kosong(b: Berkas) -> list[Harapan]:
    sheet, own = b.sasaran()
    for row in range(1, sheet.max_row + 1):
        sheet.cell(row, 1).value = None
    return [Harapan("B06", sheet.title, b.kunci(own[0], "JUDUL").coordinate)]


def kunci_ganda(b: Berkas) -> list[Harapan]:
    sheet, own = b.sasaran()
    i, j = b.rng.choice(own), b.rng.randint(1, 3)
    b.kunci(i, f"TW{j + 1}").value = row_key(i.id, f"TW{j}")
    return [Harapan("B07", sheet.title, b.kunci(i, f"TW{j + 1}").coordinate)]


def kode_asing(b: Berkas) -> list[Harapan]:
    sheet, _ = b.sasaran()
    cell = sheet.cell(sheet.max_row + b.rng.randint(2, 9), 1)
    cell.value = f"S{b.rng.randint(100, 999)}-I9|TW1"
    return [Harapan("B08", sheet.title, cell.coordinate)]


def kode_diketik(b: Berkas) -> list[Harapan]:
    sheet, own = b.sasaran()
    cell = b.kunci(b.rng.choice(own), b.rng.choice(("TW1", "TW3", "JUDUL", "TAHUN")))
    old = str(cell.value)
    spelled = (old.replace("-", "–"), old.replace("-I", "-l"), f" {old.replace('|', ' | ')}", old.replace("S", "5", 1),
               old.replace("|", "| "), old.lower())  # fmt: skip
    cell.value = b.rng.choice(spelled)
    return [Harapan("B09", sheet.title, cell.coordinate)]


def judul_kolom(b: Berkas) -> list[Harapan]:
    sheet, own = b.sasaran()
    i = b.rng.choice(own)
    cell = sheet.cell(b.kunci(i, "KEPALA").row, b.cell(Key(i.id, "TW1", b.rng.choice(TEKS))).column)
    cell.value = b.rng.choice(("Ket.", None, "Kolom lain"))
    return [Harapan("B10", sheet.title, cell.coordinate)]


def tukar_kolom(b: Berkas) -> list[Harapan]:
    """B10: two columns of words changed places, headings and all."""
    sheet, own = b.sasaran()
    for row in range(b.kunci(own[0], "KEPALA").row, sheet.max_row + 1):
        if sheet.cell(row, 1).value and "JUDUL" not in str(sheet.cell(row, 1).value):
            left, right = sheet.cell(row, 13), sheet.cell(row, 14)
            left.value, right.value = right.value, left.value
    head = b.kunci(own[0], "KEPALA").row
    return [Harapan("B10", sheet.title, address(head - 1, c - 1)) for c in (14, 13)]


def _lepas(sheet: Worksheet) -> None:
    for block in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(block))


SUSUNAN: dict[str, Kekeliruan] = {
    "B01 ganti nama": ganti_nama,
    "B02 lembar dihapus": hapus_lembar,
    "B02 rekap dihapus": hapus_rekap,
    "B03 digandakan": gandakan,
    "B03 digandakan, berbeda": gandakan_beda,
    "B04 lembar tambahan": lembar_tambahan,
    "B05 kartu pindah": pindah_kartu,
    "B05 baris diurutkan": urutkan_baris,
    "B06 kunci kosong": kunci_kosong,
    "B06 baris dihapus": hapus_baris,
    "B06 kolom kunci kosong": kolom_kunci_kosong,
    "B07 kunci ganda": kunci_ganda,
    "B08 kode asing": kode_asing,
    "B09 kode diketik ulang": kode_diketik,
    "B10 judul kolom": judul_kolom,
    "B10 kolom tertukar": tukar_kolom,
}


# --- errors of the whole file -------------------------------------------------------------------------------------


def _properti(b: Berkas) -> Any:
    return b.book.custom_doc_props  # type: ignore[attr-defined]


def _meta(b: Berkas, name: str, value: str, *, properti: bool = True) -> None:
    row = next(r for r in b.book["_meta"].iter_rows() if r[0].value == name)
    row[1].value = value
    for p in _properti(b).props if properti else ():
        if p.name == f"rkt_{name}":
            p.value = value


def tanda(kode: str, name: str, value: str) -> Kekeliruan:
    """Another word in the identity, in all its places."""

    def spoil(b: Berkas) -> list[Harapan]:
        _meta(b, name, value)
        return [Harapan(kode, None, None)]

    return spoil


def tanda_bertentangan(b: Berkas) -> list[Harapan]:
    _meta(b, b.rng.choice(("sub_bagian", "tahun", "kantor")), "LAIN", properti=False)
    return [Harapan("A04", "_meta", None)]


def bukan_formulir(b: Berkas) -> list[Harapan]:
    del b.book["_meta"]
    for name in [p.name for p in _properti(b).props]:
        del _properti(b)[name]
    return [Harapan("A03", None, None)]


def bernama(kode: str, *names: str) -> Kekeliruan:
    """The file under another name."""

    def spoil(b: Berkas) -> list[Harapan]:
        b.path = b.path.with_name(f"{b.rng.choice(names)}.xlsx")
        return [Harapan(kode, None, None)]

    return spoil


def kosongkan(b: Berkas) -> list[Harapan]:
    for key in b.entries:
        b.cell(key).value = None
    return [Harapan("A11", None, None)]


def nama_hilang(b: Berkas) -> list[Harapan]:
    names = sorted(n for n in b.book.defined_names if "_TW" in n)
    for name in b.rng.sample(names, b.rng.randint(1, 20)):
        if b.rng.random() < 0.5:
            del b.book.defined_names[name]
        else:
            b.book.defined_names[name].attr_text = "#REF!"
    return [Harapan("B15", None, None)]


def ukuran_bohong(b: Berkas) -> list[Harapan]:
    sheet, _ = b.sasaran()
    ubah_lembar(b, sheet.title, lambda xml: re.sub(r'<dimension ref="[^"]*"', '<dimension ref="A1:B3"', xml))
    return [Harapan("B16", sheet.title, None)]


def _sel_angka(b: Berkas) -> tuple[str, str]:
    i, baris = b.ambil(_rasio)
    place = b.place(Key(i.id, baris, "pembilang"))
    return place.sheet, place.address


def sel_ganda(b: Berkas) -> list[Harapan]:
    sheet, sel = _sel_angka(b)
    ubah_lembar(b, sheet, lambda xml: re.sub(rf'(<c r="{sel}".*?</c>)', r"\1\1", xml, count=1))
    return [Harapan("B17", sheet, sel)]


def alamat_salah(b: Berkas) -> list[Harapan]:
    sheet, sel = _sel_angka(b)
    ubah_lembar(b, sheet, lambda xml: xml.replace(f'<c r="{sel}"', f'<c r="{sel[0]}0"'))
    return [Harapan("B18", sheet, None)]


def angka_tak_sah(b: Berkas) -> list[Harapan]:
    sheet, sel = _sel_angka(b)
    wrong = b.rng.choice(("1_000", "٩٧", "0x10", "9 7"))
    ubah_lembar(b, sheet, lambda xml: re.sub(rf'(<c r="{sel}"[^>]*>)<v>[^<]*', rf"\g<1><v>{wrong}", xml))
    return [Harapan("C20", sheet, sel)]


def isi_rusak(b: Berkas) -> list[Harapan]:
    sheet, sel = _sel_angka(b)
    wrong = b.rng.choice(("<v>4<!-- -->2</v>", "<v>42</v><v>43</v>"))
    ubah_lembar(b, sheet, lambda xml: re.sub(rf'(<c r="{sel}"[^>]*>)<v>[^<]*</v>', rf"\g<1>{wrong}", xml))
    return [Harapan("C26", sheet, sel)]


def hitung_manual(b: Berkas) -> list[Harapan]:
    i, baris = b.ambil(_rasio)
    key = Key(i.id, baris, "pembilang")
    b.cell(key).value = f"={b.entries[key]}+0"
    beri_hasil(b, key, str(b.entries[key]))
    b.book.calculation.calcMode = "manual"
    return b.harap("D05", key)


def tanpa_proteksi(b: Berkas) -> list[Harapan]:
    sheet, _ = b.sasaran()
    sheet.protection.sheet = False
    return [Harapan("E01", sheet.title, None)]


def templat(b: Berkas) -> list[Harapan]:
    b.book.template = True
    return [Harapan("G08", None, None)]


def dipakai_bersama(b: Berkas) -> list[Harapan]:
    """B21: the parts that workbook sharing adds."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

    def edit() -> None:
        types = "".join(f'<Override PartName="/xl/revisions/{n}.xml" ContentType="{kind}.{n}+xml"/>'
                        for n in ("revisionHeaders", "revisionLog1"))  # fmt: skip
        ubah_bagian(b.path, "[Content_Types].xml", lambda x: x.replace("</Types>", f"{types}</Types>"))
        link = f'<Relationship Id="rIdRev" Type="{base}/revisionHeaders" Target="revisions/revisionHeaders.xml"/>'
        ubah_bagian(
            b.path,
            "xl/_rels/workbook.xml.rels",
            lambda x: x.replace("</Relationships>", f"{link}</Relationships>"),
        )
        main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
        with zipfile.ZipFile(b.path, "a") as archive:
            archive.writestr("xl/revisions/revisionHeaders.xml", f"<headers {main}/>")
            archive.writestr("xl/revisions/revisionLog1.xml", f"<revisions {main}/>")

    b.sesudah.append(edit)
    return [Harapan("B21", None, None)]


def terpotong(b: Berkas) -> list[Harapan]:
    def edit() -> None:
        content = b.path.read_bytes()
        b.path.write_bytes(content[: b.rng.randint(0, len(content) - 1)])

    b.sesudah.append(edit)
    return [Harapan("J01", None, None)]


BERKAS: dict[str, Kekeliruan] = {
    "A01 nama lain": bernama("A01", "Laporan", "isian fix", "Kinerja TW4"),
    "A02 nama bertentangan": bernama("A02", "BukuKerja-2023-KUL", "BukuKerja-2024-REN", "laporan TEK 2024"),
    "A03 bukan formulir": bukan_formulir,
    "A04 tanda bertentangan": tanda_bertentangan,
    "A06 kantor lain": tanda("A06", "kantor", "KPU Kabupaten Lain"),
    "A07 tahun lain": tanda("A07", "tahun", "2023"),
    "A09 versi lama": tanda("A09", "versi", "0"),
    "A10 versi baru": tanda("A10", "versi", "7"),
    "A11 kosong": kosongkan,
    "A13 susunan lain": tanda("A13", "susunan", "0123456789abcdef"),
    "F10 sub-bagian asing": tanda("F10", "sub_bagian", "XYZ"),
    "B15 nama hilang": nama_hilang,
    "B16 ukuran bohong": ukuran_bohong,
    "B17 sel ganda": sel_ganda,
    "B18 alamat": alamat_salah,
    "B21 dipakai bersama": dipakai_bersama,
    "C20 angka tak sah": angka_tak_sah,
    "C26 isi rusak": isi_rusak,
    "D05 hitung manual": hitung_manual,
    "E01 proteksi": tanpa_proteksi,
    "G08 templat": templat,
    "J01 terpotong": terpotong,
}


# --- the trial ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hasil:
    """What a reading told of a spoiled workbook."""

    terlewat: list[str]  # errors that were not told where they are
    berlebih: list[str]  # problems that nobody made, and values that should not have been believed


def coba(folder: Path, rkt: Rkt, seed: int, kekeliruan: dict[str, Kekeliruan]) -> Hasil:
    """Make these errors in one workbook, each at a random place, and read it."""
    rng = random.Random(seed)
    berkas = berkas_baru(folder, rkt, rng)
    expected: dict[Harapan, str] = {}
    for name, spoil in kekeliruan.items():
        expected |= dict.fromkeys(spoil(berkas), name)
    kiriman = check_returns([berkas.simpan()], rkt)[0]
    found = {Harapan(p.kode, p.lembar, p.sel): p.pesan for p in kiriman.problems}
    return Hasil(
        [f"{name}: {tuple(e)}" for e, name in expected.items() if e not in found],
        [pesan for f, pesan in found.items() if f not in expected] + _dipercaya(kiriman, berkas.entries),
    )


def _dipercaya(kiriman: Kiriman, entries: dict[Key, Value]) -> list[str]:
    """Values that were believed in a cell that is held, or that nobody typed and nothing was told of."""
    # A merge is told at the one cell of it that can still hold something, and that one is read.
    held = {(p.lembar, p.sel) for p in kiriman.problems if p.putusan is TAHAN and p.kode != "B13"}
    told = {(p.lembar, p.sel) for p in kiriman.problems}
    # Of a number copied into four cells the first one is told.
    copied = {p.tujuan[0] for p in kiriman.problems if p.kode == "C27" and p.tujuan}
    wrong = []
    for key, e in kiriman.entries.items():
        place = (e.lembar, e.sel)
        if place in held and not e.ditahan:
            wrong.append(f"{place} ditahan, tetapi {e.value!r} dipakai")
        elif (
            e.value not in (None, _terbaca(key, entries[key])) and place not in told and key.id not in copied
        ):
            wrong.append(f"{place} {key}: {e.value!r} dipakai, diisi {entries[key]!r}")
    return wrong


LEMBAR = [n for n in SEL if n.startswith(("B14", "B20", "B12", "B19 tulisan"))]
# Errors that go into one workbook together, since they do not disturb each other.
BERSAMA: tuple[dict[str, Kekeliruan], ...] = (
    {n: SEL[n] for n in SEL if n not in LEMBAR},
    {n: SEL[n] for n in LEMBAR},
    {n: SUSUNAN[n] for n in list(SUSUNAN)[::2]},
    {n: SUSUNAN[n] for n in list(SUSUNAN)[1::2]},
)


# --- workbooks without an error -----------------------------------------------------------------------------------


def tulis_wajar(folder: Path, rkt: Rkt, seed: int) -> tuple[Path, dict[Key, Value]]:
    """A workbook with random sound entries, and what must be read from it."""
    rng = random.Random(seed)
    sub_bagian = rng.choice(rkt.sub_bagian)
    entries = isian_wajar(rkt, sub_bagian, rng)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / file_name(rkt, sub_bagian).replace(".xlsx", f" ({seed}).xlsx")
    form = buku_kerja(rkt, sub_bagian, Isi(entries), triwulan=4, kiriman=rng.randint(1, 9))
    write_book(form, STYLES, path)
    return path, {key: _terbaca(key, value) for key, value in entries.items()}


def _terbaca(key: Key, value: Value) -> Value:
    if key.kolom in TEKS or not isinstance(value, str):
        return value
    word = value.strip()
    return word.capitalize() if word.upper() == "NIHIL" else word.upper()


def beda(kiriman: Kiriman, entries: dict[Key, Value]) -> list[str]:
    """What a reading says otherwise than a sound workbook."""
    read = {k: e.value for k, e in kiriman.entries.items() if e.value is not None}
    wrong = [
        f"{k}: {entries.get(k)!r} dibaca {read.get(k)!r}"
        for k in read | entries
        if read.get(k) != entries.get(k)
    ]
    return [f"{kiriman.berkas}: {w}" for w in [*(p.pesan for p in kiriman.problems), *wrong]]
