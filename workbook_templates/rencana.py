"""The plan as a workbook: where the perencana settles doubts, edits rows, identity, sub-bagian and rules.

Nothing is locked here. Column A (hidden) or the hidden row below the headings holds the name of a setting or a
column as a program knows it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from builder.expr import Expr, Key, Range, Ref, Value, call, if_
from builder.identitas import AWALAN_PROPERTI, RENCANA, Tanda
from builder.layout import Book, Column, Highlight, Role, Sheet, Validation, line_height, text_lines
from builder.plan.table import (
    KOLOM,
    LEMBAR_ATURAN,
    LEMBAR_BAWAAN,
    LEMBAR_IDENTITAS,
    LEMBAR_RENCANA,
    LEMBAR_SUB_BAGIAN,
    as_row,
    settings_of,
)
from builder.rkt import Hitungan, Isian, Konsolidasi, Lokasi, Polaritas, Ragu, Rkt, Tingkat, Tipe
from builder.usulan import Baris
from workbook_templates.referensi import meta_sheet
from workbook_templates.rekap import put_title

_E = Role.ENTRY

RENCANA_KOLOM = (
    Column("id", "Kode", 9, _E),
    Column("tingkat", "Tingkat", 10, _E),
    Column("sasaran", "Sasaran", 40, _E, "sel_kiri"),
    Column("indikator", "Indikator kinerja", 50, _E, "sel_kiri"),
    Column("target", "Target di dokumen", 13, _E, format="@"),
    Column("tipe", "Tipe", 12, _E),
    Column("nilai", "Nilai target", 10, _E),
    Column("satuan", "Satuan", 13, _E),
    Column("ragu", "Ragu (kosongkan bila sudah diputuskan)", 15, _E),
    Column("keraguan", "Keraguan", 40, _E, "sel_kiri"),
    Column("fungsi", "Fungsi", 8, _E),
    Column("bersama", "Diisi bersama fungsi", 12, _E),
    Column("lokasi", "Gabungan bagian", 10, _E),
    Column("polaritas", "Polaritas", 11, _E),
    Column("isian", "Isian", 10, _E),
    Column("konsolidasi", "Konsolidasi triwulan", 12, _E),
    Column("hitungan", "Hitungan", 11, _E),
    Column("tw1", "Target TW I", 9, _E),
    Column("tw2", "Target TW II", 9, _E),
    Column("tw3", "Target TW III", 9, _E),
    Column("tw4", "Target TW IV", 9, _E),
    Column("min_sah", "Isian terkecil", 9, _E),
    Column("maks_sah", "Isian terbesar", 9, _E),
    Column("boleh_nihil", "Boleh Nihil", 8, _E),
    Column("batas_capaian", "Batas capaian (%)", 9, _E),
    Column("toleransi", "Toleransi", 9, _E),
    Column("tahun_data", "Tahun data", 8, _E),
    Column("usulan", "Dapat diusulkan", 10, _E),
    Column("catatan", "Catatan", 40, _E, "sel_kiri"),
)
_SPARE: tuple[tuple[Value, ...], ...] = ((None, None, None),) * 3  # blank rows of a small table, to be filled
_BARIS_KOSONG = 40  # rows with dropdowns below the last one, for indikator that the perencana adds

PILIHAN: dict[str, tuple[str, ...]] = {
    "tingkat": tuple(Tingkat),
    "tipe": tuple(Tipe),
    "lokasi": tuple(Lokasi),
    "polaritas": tuple(Polaritas),
    "isian": tuple(Isian),
    "konsolidasi": tuple(Konsolidasi),
    "hitungan": tuple(Hitungan),
    "boleh_nihil": ("ya", "tidak"),
    "usulan": ("ya", "tidak"),
    "ragu": tuple(Ragu),
}
_TANYA = {
    "tipe": "persentase, jumlah, nilai, predikat, atau opini; bentuk targetnya yang menentukan.",
    "polaritas": "maximize: makin besar makin baik; minimize: makin kecil; stabilize: makin dekat target.",
    "isian": "rasio: pembilang dan penyebut diisi; langsung: realisasinya diisi.",
    "konsolidasi": "last: triwulan terakhir; sum: jumlah; average: rata-rata; raw: pembilang dan penyebut dijumlahkan.",
    "hitungan": "Hanya untuk last. posisi: keadaan pada tanggal itu; kumulatif: dihitung sejak Januari.",
    "boleh_nihil": "ya bila dapat terjadi tidak ada yang diukur, misalnya tidak ada pengaduan.",
    "ragu": "Putuskan, lalu kosongkan sel ini. Selama berisi tipe, skala, atau polaritas, capaiannya KONFIRMASI.",
    "fungsi": "Fungsi yang memiliki indikator ini; lihat lembar Sub-bagian.",
    "bersama": "Fungsi lain yang ikut mengisi bagiannya; boleh beberapa, dipisahkan spasi, misalnya TEK HUK.",
    "lokasi": "Hanya bila diisi bersama. sum: jumlah; average: rata-rata; raw: pembilang dan penyebut dijumlahkan.",
    "tingkat": "program atau kegiatan.",
    "usulan": "ya bila nilainya dapat dihitung dari indikator lain.",
}
_BEBERAPA = ("bersama", "ragu")  # one word is picked, several may be typed
_LABEL_IDENTITAS = (
    ("kantor", "Kantor", "KPU Kabupaten Kubu Raya"),
    ("tahun", "Tahun", "2024"),
    ("triwulan", "Triwulan pelaporan", "1 sampai 4"),
    ("tempat", "Tempat penandatanganan", "Sungai Raya"),
    ("pejabat", "Nama pejabat", "sesuai dokumen"),
    ("jabatan", "Jabatan", "Sekretaris"),
    ("contoh", "Rencana contoh", "tidak"),
)


def rencana_book(rows: Sequence[Baris], settings: Mapping[str, Any]) -> Book:
    """The plan workbook: rows as `plan` names their columns, settings in the shape of its TOML document."""
    fungsi = tuple(f for s in settings["sub_bagian"] for f in s["fungsi"])
    pilihan = PILIHAN | {
        "fungsi": fungsi,
        "bersama": fungsi,
        "opini": tuple(k for k, *_ in settings["aturan"]["opini"]),
        "predikat": tuple(k for k, *_ in settings["aturan"]["predikat"]),
    }
    identitas = settings["identitas"]
    tanda = Tanda(
        jenis=RENCANA, kantor=str(identitas.get("kantor") or ""), tahun=str(identitas.get("tahun") or "")
    )
    sheets = [
        _rencana_sheet(rows, identitas, {name: len(pilihan[name]) for name in ("opini", "predikat")}),
        _identitas_sheet(identitas),
        _sub_bagian_sheet(settings["sub_bagian"]),
        _aturan_sheet(settings["aturan"]),
        _pilihan_sheet(pilihan),
        meta_sheet(tanda),
    ]
    return Book(
        sheets,
        properties={AWALAN_PROPERTI + name: value for name, value in tanda.as_dict().items()},
        names={
            f"PILIHAN_{name.upper()}": (_choice(name, 0), _choice(name, len(words) - 1))
            for name, words in pilihan.items()
        },
        title=f"Rencana Kinerja {tanda.tahun}",
        author=tanda.kantor,
    )


def _choice(name: str, n: int) -> Key:
    return Key("pilihan", str(n), name)


def _rencana_sheet(rows: Sequence[Baris], identitas: Mapping[str, Any], words: Mapping[str, int]) -> Sheet:
    """`words`: how many opini and predikat there are to choose from."""
    sheet = Sheet(
        LEMBAR_RENCANA, locked=False, last_printed_column=len(RENCANA_KOLOM) - 1, pages_wide=2, tab="#1F3864"
    )
    sheet.set_columns(RENCANA_KOLOM)
    about = (
        f"{identitas.get('kantor') or 'Kantor belum diisi'} · Tahun {identitas.get('tahun') or 'belum diisi'}"
    )
    told = f"{about} · baris jingga masih ragu: putuskan, lalu kosongkan kolom Ragu"
    put_title(sheet, "Rencana kinerja", told, 4, first=1)  # column A is repeated on every printed page
    for at, column in enumerate(RENCANA_KOLOM):
        sheet.put(2, at, column.heading, "kepala_gelap")
        sheet.put(3, at, column.name, "kunci")
    sheet.heights |= {2: 46, 3: 0}
    sheet.frozen = (4, 1)
    sheet.repeated_rows = (2, 2)
    sheet.last_printed_row = 3 + len(rows)
    for n, row in enumerate([*rows, *({} for _ in range(_BARIS_KOSONG))]):
        _put_row(sheet, 4 + n, row, words, is_new=n >= len(rows))
    sheet.autofilter = (2, 0, 3 + len(rows), len(RENCANA_KOLOM) - 1)
    return sheet


def _put_row(sheet: Sheet, row: int, contents: Baris, words: Mapping[str, int], *, is_new: bool) -> None:
    lines = 1
    for at, column in enumerate(RENCANA_KOLOM):
        value = contents.get(column.name)
        key = Key("rencana", str(row), column.name)
        sheet.put(
            row,
            at,
            value,
            column.style,
            Role.ENTRY,
            key,
            format=column.format,
            validation=_validation(column, row, words),
        )
        if isinstance(value, str):
            lines = max(lines, text_lines(value, column.width))
    sheet.heights[row] = line_height(lines, least=20)
    ends = (Key("rencana", str(row), RENCANA_KOLOM[0].name), Key("rencana", str(row), RENCANA_KOLOM[-1].name))
    if not is_new:
        doubtful = call("not", call("is_blank", Ref(Key("rencana", str(row), "ragu"))))
        sheet.highlights.append(Highlight(*ends, "sorot_ragu", when=doubtful))


def _validation(column: Column, row: int, words: Mapping[str, int]) -> Validation | None:
    name = column.name
    if name in _TANYA:
        told = _TANYA[name]
        return Validation(
            "list",
            column.heading.partition(" (")[0],
            told,
            f"Pilih dari daftar. {told}",
            source=f"PILIHAN_{name.upper()}",
            stops=name not in _BEBERAPA,
        )
    if name == "nilai":
        told = (
            "Persen ditulis 97,5 (tanpa tanda %), jumlah bilangan bulat, predikat dan opini dengan katanya."
        )
        return Validation(
            "custom",
            column.heading,
            told,
            f"Nilai tidak cocok dengan tipenya. {told}",
            source=_fits_tipe(row, words),
        )
    if name == "id":
        told = "S dan nomor sasaran, -I dan nomor indikator, misalnya S03-I2."
        return Validation("any", column.heading, told)
    return None


def _fits_tipe(row: int, words: Mapping[str, int]) -> Expr:
    """The target's form by the type of its row."""
    tipe, nilai = (Ref(Key("rencana", str(row), c)) for c in ("tipe", "nilai"))

    def is_word(name: str) -> Expr:
        return call("rank", nilai, Range(tuple(_choice(name, n) for n in range(words[name]))), 1) > 0

    number = if_(
        call("is_number", nilai), if_(tipe.equals("jumlah"), nilai.equals(call("int", nilai)), nilai >= 0), 0
    )
    return if_(
        tipe.equals("opini"), is_word("opini"), if_(tipe.equals("predikat"), is_word("predikat"), number)
    )


def _put_setting(
    sheet: Sheet, name: str, label: str, value: Value, hint: str, number_format: str = ""
) -> None:
    row = sheet.next_row
    sheet.put(row, 0, name, "kunci")
    sheet.put(row, 1, label, "label")
    sheet.put(row, 2, value, "isian", Role.ENTRY, Key(sheet.name, name, "nilai"), format=number_format)
    sheet.put(row, 3, hint, "catatan")
    sheet.heights[row] = 20


def _settings_sheet(name: str, title: str, about: str) -> Sheet:
    sheet = Sheet(name, locked=False, landscape=False, last_printed_column=4, first_printed_column=1)
    sheet.widths = {0: 3, 1: 30, 2: 46, 3: 34, 4: 14}
    sheet.hidden_columns = {0}
    sheet.put(0, 1, title, "judul", columns=3)
    sheet.put(1, 1, about, "anak_judul", columns=3)
    sheet.heights |= {0: 26, 1: line_height(text_lines(about, 105), least=18)}
    return sheet


def _identitas_sheet(identitas: Mapping[str, Any]) -> Sheet:
    sheet = _settings_sheet(LEMBAR_IDENTITAS, "Identitas", "Tampil pada setiap buku kerja dan formulir.")
    for name, label, example in _LABEL_IDENTITAS:
        value = identitas.get(name) or None
        shown = ("ya" if value else "tidak") if name == "contoh" else value
        _put_setting(
            sheet, name, label, shown, f"Contoh: {example}", "0" if name in ("tahun", "triwulan") else "@"
        )
    return sheet


def _sub_bagian_sheet(sub_bagian: Sequence[Mapping[str, Any]]) -> Sheet:
    about = "Satu baris per sub-bagian: kode (untuk nama berkas), nama, dan fungsi yang dimilikinya, dipisahkan koma."
    sheet = _settings_sheet(LEMBAR_SUB_BAGIAN, "Sub-bagian", about)
    rows: list[tuple[Value, ...]] = [(s["kode"], s["nama"], ", ".join(s["fungsi"])) for s in sub_bagian]
    _put_table(sheet, "sub_bagian", ("Kode", "Nama", "Fungsi"), [*rows, *_SPARE])
    return sheet


def _aturan_sheet(aturan: Mapping[str, Any]) -> Sheet:
    about = "Kesepakatan yang dapat diubah kantor; perubahan berlaku saat buku kerja dan konsolidasi dibuat."
    sheet = _settings_sheet(LEMBAR_ATURAN, "Aturan hitung", about)
    _put_setting(sheet, "cap", "Capaian tertinggi dalam rata-rata", aturan["cap"], "bawaan 120%", "0%")
    _put_setting(
        sheet,
        "nihil_100",
        "Nihil dihitung 100%",
        "ya" if aturan["nihil_100"] in (True, "ya") else "tidak",
        "ya atau tidak; bawaan tidak",
    )
    _put_table(
        sheet,
        "kategori",
        ("Batas bawah (%)", "Kategori", ""),
        [*((*r, None) for r in aturan["kategori"]), *_SPARE],
    )
    _put_table(sheet, "predikat", ("Huruf", "Urutan", "Nilai harus di atas"), [*aturan["predikat"], *_SPARE])
    _put_table(sheet, "opini", ("Opini", "Tingkat", ""), [*((*r, None) for r in aturan["opini"]), *_SPARE])
    return sheet


def _put_table(sheet: Sheet, name: str, headings: Sequence[str], rows: Sequence[Sequence[Value]]) -> None:
    """A small table; its rows are known by the hidden name in column A."""
    top = sheet.next_row + 1
    for at, heading in enumerate(headings):
        sheet.put(top, 1 + at, heading or None, "kepala_gelap" if heading else "teks")
    for n, row in enumerate(rows, 1):
        sheet.put(top + n, 0, f"tabel:{name}", "kunci")
        shown = [(at, value) for at, value in enumerate(row) if headings[at]]
        for at, value in shown:
            sheet.put(top + n, 1 + at, value, "isian", Role.ENTRY, Key(sheet.name, f"{name}{n}", str(at)))
        lines = [text_lines(value, sheet.widths[1 + at]) for at, value in shown if isinstance(value, str)]
        sheet.heights[top + n] = line_height(max(lines, default=1), least=18)


def _pilihan_sheet(pilihan: Mapping[str, Sequence[str]]) -> Sheet:
    sheet = Sheet("Pilihan", hidden=True)
    for at, (name, words) in enumerate(pilihan.items()):
        for n, word in enumerate(words):
            sheet.put(n, at, str(word), "sel", Role.FIXED, _choice(name, n))
    return sheet


def rencana_bawaan(rkt: Rkt) -> Sheet:
    """The plan as a konsolidasi carries it, hidden, so that a refresh needs nothing beside the workbook."""
    sheet = Sheet(LEMBAR_BAWAAN, hidden=True, landscape=False)
    sheet.put(0, 0, json.dumps(settings_of(rkt), ensure_ascii=False), "kunci", Role.FIXED)
    for at, name in enumerate(KOLOM):
        sheet.put(1, at, name, "kunci", Role.FIXED)
    rows = [as_row(s, i) for s in rkt.sasaran for i in s.indikator]
    for row, cells in enumerate(rows, 2):
        for at, name in enumerate(KOLOM):
            if cells.get(name) not in (None, ""):
                sheet.put(row, at, cells[name], "kunci", Role.FIXED)
    return sheet
