"""The RKT import: the real document in five formats, the rules of a target, refusals, and broken files."""

from __future__ import annotations

import datetime
import re
import warnings
import zipfile
from collections import Counter
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import docx
import openpyxl
import pytest
from naskah_dokumen import (
    BAWAH,
    CONTOH,
    JUDUL,
    Baris,
    Halaman,
    checked_pages,
    checked_rows,
    one_page,
    source_pages,
    write_docx,
    write_md,
    write_merged_docx,
    write_pdf,
    write_spanned_pdf,
    write_xlsx,
)
from reportlab.pdfgen.canvas import Canvas

from builder.angka import write_number
from builder.masalah import Message, Refused
from builder.naskah import DrafIndikator, Naskah, read_naskah
from builder.naskah.cell import normalize, unwrap
from builder.naskah.excel_file import show_number
from builder.naskah.heading import read_year
from builder.naskah.pdf_file import read_pdf
from builder.naskah.split import split_indikator
from builder.naskah.table import add_satuan
from builder.naskah.target import read_targets
from builder.rkt import Ragu, Tingkat

if TYPE_CHECKING:
    from collections.abc import Callable

TIPE_BEDA = {"S03-I1", "S11-I1", "S15-I1", "S21-I5", "S25-I1", "S29-I1", "S35-I1", "S38-I1"}
ATURAN = Path(__file__).parent / "naskah" / "target-dokumen.md"


def read_rows(tmp_path: Path, *rows: tuple[str, str, str, str], **more: Any) -> Naskah:
    return read_naskah(write_md(tmp_path / "rkt.md", one_page(*rows), **more))


def read_text(tmp_path: Path, text: str, name: str = "rkt.md") -> Naskah:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read_naskah(path)


def read_sheet(tmp_path: Path, fill: Callable[[Any], None]) -> Naskah:
    workbook = openpyxl.Workbook()
    fill(workbook.worksheets[0])
    workbook.save(tmp_path / "rkt.xlsx")
    return read_naskah(tmp_path / "rkt.xlsx")


def by_id(naskah: Naskah) -> dict[str, DrafIndikator]:
    return {d.id: d for d in naskah.draf}


def codes(naskah: Naskah) -> list[str]:
    return [p.kode for p in naskah.problems]


def refusal(path: Path) -> Refused:
    with pytest.raises(Refused) as caught:
        read_naskah(path)
    return caught.value


# The real document


def checked(row: dict[str, str]) -> tuple[str, ...]:
    columns = (
        "id",
        "tingkat_header",
        "sasaran",
        "indikator",
        "target_mentah",
        "tipe_target",
        "nilai_target",
        "satuan",
    )
    return tuple(row[column] for column in columns)


def drafted(d: DrafIndikator) -> tuple[str, ...]:
    number = "" if isinstance(d.nilai, str) or d.nilai is None else f"{d.nilai:g}"
    return (d.id, str(d.tingkat), d.sasaran, d.indikator, d.target, str(d.tipe), number, d.satuan)


def test_the_real_document_reads_as_the_table_checked_by_hand() -> None:
    naskah = read_naskah(CONTOH)
    assert [drafted(d) for d in naskah.draf] == [checked(row) for row in checked_rows()]
    assert len(naskah.draf) == 62
    assert len({d.id.split("-")[0] for d in naskah.draf}) == 43
    assert naskah.problems == ()


def test_the_real_document_has_exactly_eight_disagreements_and_two_open_scales() -> None:
    draf = read_naskah(CONTOH).draf
    assert {d.id for d in draf if Ragu.TIPE in d.ragu} == TIPE_BEDA
    assert {d.id for d in draf if Ragu.SKALA in d.ragu} == {"S03-I3", "S38-I1"}
    assert {r for d in draf for r in d.ragu} == {Ragu.TIPE, Ragu.SKALA}
    assert all(bool(d.keraguan) == bool(d.ragu) for d in draf)


def test_a_word_stands_as_the_value_of_predikat_and_opini() -> None:
    draf = by_id(read_naskah(CONTOH))
    assert (draf["S03-I1"].nilai, draf["S03-I2"].nilai) == ("B", "WTP")


def test_the_real_document_says_whose_it_is() -> None:
    naskah = read_naskah(CONTOH)
    found = (naskah.kantor, naskah.tahun, naskah.tempat, naskah.jabatan, naskah.pejabat)
    assert found == ("KPU Kabupaten Kubu Raya", 2024, "Sungai Raya", "Sekretaris", "FITRI")


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("satu-tabel.md", lambda path: write_md(path, checked_pages())),
        ("teks.txt", lambda path: write_md(path, source_pages())),
        ("terpotong.docx", lambda path: write_docx(path, source_pages())),
        ("daftar.docx", lambda path: write_docx(path, source_pages(), bulleted=True)),
        ("gabung.docx", lambda path: write_merged_docx(path, checked_pages())),
        ("gabung.xlsx", lambda path: write_xlsx(path, checked_pages())),
        ("halaman.pdf", lambda path: write_pdf(path, source_pages())),
        ("terpotong.pdf", lambda path: write_pdf(path, checked_pages())),
    ],
)
def test_the_same_plan_reads_the_same_from_every_format(
    tmp_path: Path, name: str, write: Callable[[Path], Path]
) -> None:
    made, real = read_naskah(write(tmp_path / name)), read_naskah(CONTOH)
    assert made.draf == real.draf
    assert made.problems == ()
    assert (made.kantor, made.tahun, made.pejabat) == (real.kantor, real.tahun, real.pejabat)


def test_the_pdf_really_cuts_rows_at_page_ends(tmp_path: Path) -> None:
    """Otherwise the test above would prove less than it says."""
    tables = read_pdf(write_pdf(tmp_path / "a.pdf", checked_pages())).tables
    continued = [row for table in tables for row in table[2:3] if not row.cells[0]]
    assert len(continued) >= 2


# Targets: the table that an official can read


def rule_rows() -> list[tuple[str, ...]]:
    lines = ATURAN.read_text(encoding="utf-8").splitlines()
    rows = [
        tuple(cell.strip() for cell in line.strip("|").split(" | "))
        for line in lines
        if line.startswith("| ")
    ]
    return [row for row in rows if row[0] != "Target pada dokumen"]


@pytest.mark.parametrize("row", rule_rows(), ids=lambda row: row[0])
def test_a_target_text_reads_as_the_table_says(row: tuple[str, ...]) -> None:
    text, *expected = row
    targets = read_targets(text)
    if expected[0] == "DITOLAK":
        assert len(targets) == 1
        assert targets[0].refusal
        assert (targets[0].tipe, targets[0].nilai) == (None, None)
        return
    shown = [
        (
            str(t.tipe),
            t.nilai if isinstance(t.nilai, str) else write_number(t.nilai or 0).replace(".", ""),
            t.satuan or "-",
            ", ".join(sorted({str(ragu) for ragu, _ in t.doubts})) or "-",
        )
        for t in targets
    ]
    assert [" ; ".join(column) for column in zip(*shown, strict=True)] == expected


def test_the_table_of_targets_is_not_empty() -> None:
    assert len(rule_rows()) > 60


def test_every_doubt_is_a_sentence_that_says_what_to_decide() -> None:
    for row in rule_rows():
        for target in read_targets(row[0]):
            assert all(
                re.fullmatch(r"[A-Z].*\b(tentukan|pastikan) .*\.", sentence) for _, sentence in target.doubts
            )


# Splitting


@pytest.mark.parametrize(
    ("text", "count", "parts"),
    [
        ("Persentase nilai minimal B untuk RB", 1, 1),
        ("Persentase satker yang memperoleh Nilai SAKIP minimal B", 1, 1),
        ("Nilai Evaluasi atas Persentase Kehadiran", 1, 1),
        ("Nilai Indeks Reformasi Birokrasi", 1, 1),
        ("Persentase Kenaikan Nilai Indeks RB", 1, 1),
        ("Jumlah/Terbentuknya Pusat Pendidikan Pemilih", 1, 1),
        ("Persentase rapat (Jumlah rapat) yang selesai", 1, 1),
        ("Nilai Evaluasi atas Kinerja KPU Opini BPK atas Laporan Keuangan Nilai Evaluasi atas RB", 3, 3),
        ("• Persentase A\n• Jumlah B", 2, 2),
        ("1. Persentase A 2. Persentase B", 2, 2),
        ("a. Terlaksananya A b. Tersusunnya B", 2, 2),
        ("Persentase A - Persentase B", 2, 2),
        ("Persentase hadir\ntepat waktu\nTersusunnya laporan", 2, 2),
        ("Persentase Dokumen yang dinilai dalam Tahun 2024 selama 2 hari kerja", 1, 1),
    ],
)
def test_indikator_are_split_without_doubt(text: str, count: int, parts: int) -> None:
    split = split_indikator(text, count)
    assert (len(split.parts), split.doubt) == (parts, "")


@pytest.mark.parametrize(
    "text",
    ["Persentase A\nJumlah B", "• Persentase A\n• B", "Persentase hadir kantor Persentase lapor kantor"],
)
def test_two_sure_indikator_are_never_made_one_by_a_single_target(text: str) -> None:
    assert len(split_indikator(text, 1).parts) == 2


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("• Persentase A pegawai Persentase B pegawai", 1),
        ("• Persentase A pegawai Persentase B pegawai", 2),
        ("• Persentase A yang\fPersentase B baru\n• Jumlah C", 3),
        ("Terlaksananya pelatihan\fTersusunnya laporan", 2),
        ("Persentase rancangan\nKPU Kota Baru", 1),
        ("Persentase penyampaian laporan Jumlah pegawai", 2),
        ("Tingkat kepuasan pemilih Tingkat kehadiran pemilih", 2),
    ],
)
def test_a_split_that_leans_on_the_targets_is_in_doubt(text: str, count: int) -> None:
    split = split_indikator(text, count)
    assert len(split.parts) == count
    assert "bandingkan dengan dokumen" in split.doubt


def test_a_continuation_joins_with_a_space_and_keeps_typos(tmp_path: Path) -> None:
    naskah = read_rows(
        tmp_path,
        ("1.", "Terwujudnya perundang-", "• Persentase Gedung Kubu", "100% 90%"),
        ("", "undangan yg baik", "Raya yang befungsi • Jumlah", ""),
        ("", "", "rapat", ""),
    )
    draf = by_id(naskah)
    assert draf["S01-I1"].sasaran == "Terwujudnya perundang- undangan yg baik"
    assert draf["S01-I1"].indikator == "Persentase Gedung Kubu Raya yang befungsi"
    assert draf["S01-I2"].indikator == "Jumlah rapat"


def test_the_level_is_that_of_the_heading_where_the_number_stands(tmp_path: Path) -> None:
    program = Halaman(
        ("NO", "SASARAN PROGRAM", *JUDUL[2:]), (Baris("1.", "S", ("• Persentase A",), ("10%",)),)
    )
    kegiatan = Halaman(
        JUDUL, (Baris("", "", ("• Persentase B",), ("20%",)), Baris("2.", "T", ("Jumlah C",), ("1 Kali",)))
    )
    naskah = read_naskah(write_md(tmp_path / "a.md", [program, kegiatan]))
    levels = {d.id: d.tingkat for d in naskah.draf}
    assert levels == {"S01-I1": Tingkat.PROGRAM, "S01-I2": Tingkat.PROGRAM, "S02-I1": Tingkat.KEGIATAN}


def test_a_heading_without_a_level_is_told(tmp_path: Path) -> None:
    page = one_page(
        ("1", "S", "Persentase A", "1 Kali"), judul=("No.", "Sasaran Strategis", "Indikator", "Target")
    )
    naskah = read_naskah(write_md(tmp_path / "a.md", page))
    assert codes(naskah) == ["X04"]
    assert "SASARAN STRATEGIS" in naskah.problems[0].pesan


# Refused rows


def test_counts_that_differ_refuse_the_whole_row(tmp_path: Path) -> None:
    naskah = read_rows(
        tmp_path,
        ("1.", "S", "Persentase pegawai kantor Persentase laporan kantor", "100%"),
        ("2.", "T", "• Persentase A • Persentase B", "100% 90% 80%"),
        ("3.", "U", "Persentase C", "5 Kali"),
    )
    draf = by_id(naskah)
    assert list(draf) == ["S01-I1", "S02-I1", "S03-I1"]
    assert draf["S01-I1"].indikator == "Persentase pegawai kantor Persentase laporan kantor"
    assert (draf["S02-I1"].indikator, draf["S02-I1"].target) == ("Persentase A Persentase B", "100% 90% 80%")
    for id in ("S01-I1", "S02-I1"):
        d = draf[id]
        assert (d.tipe, d.nilai, d.satuan, d.ragu) == (None, None, "", frozenset({Ragu.BARIS}))
    assert [
        (p.kode, p.values["nomor"], p.values["indikator"], p.values["target"]) for p in naskah.problems
    ] == [
        ("X01", 1, 2, 1),
        ("X01", 2, 2, 3),
    ]
    assert naskah.problems[0].tempat == "rkt.md › baris 8"


@pytest.mark.parametrize(
    ("row", "sebab"),
    [
        (("1.", "S", "Persentase A", ""), "target kosong"),
        (("1.", "", "Persentase A", "10%"), "sasaran kosong"),
        (("1.", "S", "", "10%"), "indikator kosong"),
        (("1.", "S", "Persentase A", "Terlaksana"), "target «Terlaksana» tidak dapat dibaca"),
        (("1.", "S", "• Persentase A • Persentase B", "10% Terlaksana"), "tidak dapat dibaca"),
    ],
)
def test_a_missing_or_unreadable_part_refuses_the_row(
    tmp_path: Path, row: tuple[str, str, str, str], sebab: str
) -> None:
    naskah = read_rows(tmp_path, row)
    assert codes(naskah) == ["X03"]
    assert sebab in naskah.problems[0].pesan
    assert [(d.tipe, d.ragu) for d in naskah.draf] == [(None, frozenset({Ragu.BARIS}))]
    assert naskah.draf[0].target == row[3]


def test_one_unreadable_target_among_paragraphs_refuses_only_its_own_indikator(tmp_path: Path) -> None:
    row = Baris("1", "S", ("• Persentase A", "• Persentase B", "• Jumlah C"), ("10%", "1.5", "2 Kali"))
    naskah = read_naskah(write_docx(tmp_path / "a.docx", [Halaman(JUDUL, (row,))]))
    assert [(d.id, d.tipe is None) for d in naskah.draf] == [
        ("S01-I1", False),
        ("S01-I2", True),
        ("S01-I3", False),
    ]
    assert [p.values["nomor"] for p in naskah.problems] == ["1.2"]


# Numbering


def test_odd_numbers_are_doubts_and_no_two_rows_share_an_id(tmp_path: Path) -> None:
    numbers = ("1", "3", "3", "4", "1", "2")
    naskah = read_rows(tmp_path, *((n, f"S{at}", "Jumlah A", "1 Kali") for at, n in enumerate(numbers)))
    assert [d.id for d in naskah.draf] == ["S01-I1", "S03-I1", "S05-I1", "S04-I1", "S06-I1", "S07-I1"]
    assert [d.id for d in naskah.draf if Ragu.TEKS in d.ragu] == ["S03-I1", "S05-I1", "S06-I1"]
    assert codes(naskah) == ["X04"] * 3


def test_a_refused_row_has_no_other_doubt_than_that(tmp_path: Path) -> None:
    naskah = read_rows(tmp_path, ("7", "S", "Jumlah A", "entah"))
    assert naskah.draf[0].ragu == {Ragu.BARIS}
    assert "mulai dari 7" in naskah.draf[0].keraguan


def test_a_doubt_about_the_number_stands_once_at_the_first_indikator(tmp_path: Path) -> None:
    naskah = read_rows(tmp_path, ("7", "S", "• Jumlah A • Jumlah B", "1 Kali 2 Kali"))
    assert [Ragu.TEKS in d.ragu for d in naskah.draf] == [True, False]


def test_a_repeated_number_with_the_same_sasaran_continues_the_row(tmp_path: Path) -> None:
    naskah = read_rows(
        tmp_path,
        ("1", "S", "Jumlah A", "1 Kali"),
        ("1", "S", "Terlaksananya B", "2 Kali"),
        ("1.3", "", "Jumlah C", "3 Kali"),
    )
    assert [(d.id, d.indikator, d.target, d.ragu) for d in naskah.draf] == [
        ("S01-I1", "Jumlah A", "1 Kali", frozenset()),
        ("S01-I2", "Terlaksananya B", "2 Kali", frozenset()),
        ("S01-I3", "Jumlah C", "3 Kali", frozenset()),
    ]


# Nothing is lost


def test_every_word_of_the_table_ends_in_the_draft_or_in_a_problem(tmp_path: Path) -> None:
    rows = [
        ("", "yatim piatu", "Jumlah anu", "7 Kali"),
        ("1.", "Sasaran satu", "Persentase alfa", "10%"),
        ("PROGRAM", "dukungan manajemen", "", ""),
        ("", "buntut", "", ""),
        ("2.", "Sasaran dua", "Persentase beta Persentase gama delta", "20%"),
        ("II", "Romawi", "Jumlah roma", "9 Orang"),
        ("3.", "Sasaran tiga", "", "entah"),
    ]
    naskah = read_rows(tmp_path, *rows)
    told = " ".join(p.isi or "" for p in naskah.problems if p.message is Message.X05)
    kept = " ".join(f"{d.sasaran} {d.indikator} {d.target}" for d in naskah.draf)
    words = Counter(re.findall(r"[\w%]+", " ".join(cell for row in rows for cell in row[1:])))
    assert not words - Counter(re.findall(r"[\w%]+", f"{kept} {told}"))
    assert codes(naskah).count("X05") == 4


def test_no_word_of_the_real_document_is_lost_or_added() -> None:
    cells = [c for page in source_pages() for b in page.baris for c in (b.sasaran, *b.indikator, *b.target)]
    printed = Counter(re.findall(r"[^\s•]+", " ".join(cells)))
    draf = read_naskah(CONTOH).draf
    sasaran = {d.id.split("-")[0]: d.sasaran for d in draf}
    kept = Counter(" ".join([*sasaran.values(), *(f"{d.indikator} {d.target}" for d in draf)]).split())
    assert kept == printed


@pytest.mark.parametrize("seed", range(40))
def test_random_tables_lose_no_word_and_repeat_no_id(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    texts = (
        "Persentase hadir tepat waktu",
        "• Jumlah rapat",
        "dan Nilai",
        "yang baik",
        "Opini BPK",
        "Raya",
        "",
        "",
    )
    targets = ("10%", "2 Kali", "WTP", "B", "80", "1.5", "10% 20%", "entah", "", "")
    numbers = ("", "", "", "1", "2", "2.", "3", "x", "1.1")
    rows = [
        (random.choice(numbers), random.choice(("Sasaran", "lanjutan", "")), "", random.choice(targets))
        for _ in range(12)
    ]
    rows = [(n, s, " ".join(random.choices(texts, k=random.randint(0, 4))), t) for n, s, _, t in rows]
    naskah = read_rows(tmp_path, ("1", "Awal", "Jumlah A", "1 Kali"), *rows)
    ids = [d.id for d in naskah.draf]
    assert len(ids) == len(set(ids))
    sasaran = {d.id.split("-")[0]: d.sasaran for d in naskah.draf}
    kept = [*sasaran.values(), *(f"{d.indikator} {d.target}" for d in naskah.draf)]
    stray = [p.isi or "" for p in naskah.problems if p.message is Message.X05]
    words = Counter(re.findall(r"[\w%.]+", " ".join(cell for row in rows for cell in row[2:])))
    assert not words - Counter(re.findall(r"[\w%.]+", " ".join([*kept, *stray])))
    assert all((d.tipe is None) == (Ragu.BARIS in d.ragu) == (d.nilai is None) for d in naskah.draf)


def test_columns_and_tables_that_are_not_read_are_told(tmp_path: Path) -> None:
    text = (
        "NO\tSASARAN KEGIATAN\tINDIKATOR\tTARGET\tKETERANGAN\n1\tS\tJumlah A\t1 Kali\tpenting\n\n"
        "NO\tPROGRAM\tANGGARAN\n1\tDukungan\tRp100\n"
    )
    naskah = read_text(tmp_path, text)
    assert [(p.kode, p.isi) for p in naskah.problems] == [("X08", None), ("X06", "penting")]
    assert "KETERANGAN" in naskah.problems[1].pesan
    assert len(naskah.draf) == 1


# Other offices


@pytest.mark.parametrize(
    ("atas", "kantor", "tahun"),
    [
        (("RENCANA KINERJA TAHUNAN", "KPU KOTA PONTIANAK TAHUN 2025"), "KPU Kota Pontianak", 2025),
        (
            ("Komisi Pemilihan Umum", "Provinsi DKI Jakarta", "Tahun Anggaran 2026"),
            "KPU Provinsi DKI Jakarta",
            2026,
        ),
        (
            ("KOMISI INDEPENDEN PEMILIHAN", "KABUPATEN ACEH BESAR", "TAHUN : 2025"),
            "KIP Kabupaten Aceh Besar",
            2025,
        ),
        (("RENSTRA TAHUN 2025-2029",), "", None),
        (("Tahun 2024", "Tahun 2025"), "", None),
    ],
)
def test_office_and_year_of_other_documents(
    tmp_path: Path, atas: tuple[str, ...], kantor: str, tahun: int | None
) -> None:
    naskah = read_rows(tmp_path, ("1", "S", "Jumlah A", "1 Kali"), atas=atas, bawah=("",))
    assert (naskah.kantor, naskah.tahun, naskah.pejabat) == (kantor, tahun, "")
    assert len(naskah.draf) == 1


@pytest.mark.parametrize(
    ("bawah", "signature"),
    [
        (
            ("Pontianak, 2 Januari 2025", "Plt. Sekretaris,", "", "Drs. BUDI, M.Si.", "NIP. 1970"),
            ("Pontianak", "Plt. Sekretaris", "Drs. BUDI, M.Si."),
        ),
        (
            ("Ditetapkan di Jakarta", "KETUA KPU PROVINSI DKI JAKARTA", "SITI"),
            ("Jakarta", "Ketua KPU Provinsi DKI Jakarta", "SITI"),
        ),
        (("Pontianak, Januari 2025", "SEKRETARIS,", "NIP. 1970"), ("Pontianak", "Sekretaris", "")),
        (("tanpa tanda tangan",), ("", "", "")),
    ],
)
def test_signature_blocks(tmp_path: Path, bawah: tuple[str, ...], signature: tuple[str, str, str]) -> None:
    naskah = read_rows(tmp_path, ("1", "S", "Jumlah A", "1 Kali"), bawah=bawah)
    assert (naskah.tempat, naskah.jabatan, naskah.pejabat) == signature


@pytest.mark.parametrize(
    ("name", "write"), [("a.md", write_md), ("a.docx", write_docx), ("a.xlsx", write_xlsx)]
)
@pytest.mark.parametrize("count", [1, 120])
def test_plans_of_one_and_of_120_sasaran(
    tmp_path: Path, name: str, write: Callable[[Path, list[Halaman]], Path], count: int
) -> None:
    rows = tuple(
        Baris(f"{n}", f"Sasaran {n}", (f"• Jumlah rapat {n}",), (f"{n} Kali",)) for n in range(1, count + 1)
    )
    naskah = read_naskah(write(tmp_path / name, [Halaman(JUDUL, rows)]))
    assert [(d.id, d.indikator, d.nilai) for d in naskah.draf] == [
        (f"S{n:02d}-I1", f"Jumlah rapat {n}", n) for n in range(1, count + 1)
    ]
    assert naskah.problems == ()


def test_a_long_plan_with_long_texts_reads_from_a_pdf(tmp_path: Path) -> None:
    words = "penyelenggaraan pemilu dan pemilihan yang tertib serta akuntabel di seluruh wilayah kerja " * 4
    sasaran, indikator = (
        f"Terwujudnya {words[:250].strip()}",
        (f"• Persentase {words[:300].strip()}", "• Jumlah X"),
    )
    rows = tuple(
        Baris(f"{n}.", f"{sasaran} {n}", indikator, (f"{n % 90 + 10}%", "2.498 Orang")) for n in range(1, 61)
    )
    pages = [Halaman(("No.", "Sasaran Program", "Indikator", "Target 2026"), rows)]
    atas = ("KPU KOTA SINGKAWANG", "TAHUN 2026")
    naskah = read_naskah(write_pdf(tmp_path / "a.pdf", pages, atas=atas, bawah=()))
    assert [d.id for d in naskah.draf] == [f"S{n:02d}-I{i}" for n in range(1, 61) for i in (1, 2)]
    assert {(d.sasaran, d.indikator, d.target) for d in naskah.draf if d.id == "S47-I1"} == {
        (rows[46].sasaran, rows[46].indikator[0].strip("• "), "57%")
    }
    assert [d.nilai for d in naskah.draf if d.id.endswith("I1")] == [n % 90 + 10 for n in range(1, 61)]
    assert (naskah.kantor, naskah.tahun, naskah.problems) == ("KPU Kota Singkawang", 2026, ())


def test_a_word_that_fills_its_line_in_a_pdf_is_a_doubt(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"))
    texts = (JUDUL, ("1", "Tata", ("pertanggungja", "waban kas"), "1 Kali"))
    for row, y in ((0, 700), (1, 650)):
        for column, cell in enumerate(texts[row]):
            canvas.rect(50 + 120 * column, y, 120, 50)
            for line, text in enumerate((cell,) if isinstance(cell, str) else cell):
                size = 118 / canvas.stringWidth(text, "Helvetica", 1) if text == "pertanggungja" else 9
                canvas.setFont("Helvetica", size)
                canvas.drawString(51 + 120 * column, y + 30 - 20 * line, text)
    canvas.save()
    naskah = read_naskah(tmp_path / "a.pdf")
    assert naskah.draf[0].indikator == "pertanggungja waban kas"
    assert naskah.draf[0].ragu == {Ragu.TEKS}
    assert "«pertanggungja waban»" in naskah.draf[0].keraguan


def test_lines_of_a_pdf_cell_are_joined_but_for_hyphens_slashes_and_bullets() -> None:
    assert normalize(
        unwrap("undang-\nundang pemilu/\npemilihan yang\nbaik\n- Jumlah B\n\uf0b7 Jumlah C")
    ) == ("undang-undang pemilu/pemilihan yang baik\n• Jumlah B\n• Jumlah C")


# Markup of text documents


def test_html_and_pipe_tables_are_structure(tmp_path: Path) -> None:
    text = (
        "| NO | SASARAN PROGRAM | INDIKATOR | TARGET |\n|--|:--|--|--|\n"
        "| 1 | Tata &amp; kelola | <ul><li>Persentase <b>A</b> < 5 hari</li><li>Jumlah B</li></ul> "
        "| <p>5%</p><p>2 Kali</p> |\n"
    )
    naskah = read_text(tmp_path, text)
    assert [(d.sasaran, d.indikator, d.target) for d in naskah.draf] == [
        ("Tata & kelola", "Persentase A < 5 hari", "5%"),
        ("Tata & kelola", "Jumlah B", "2 Kali"),
    ]


def test_utf16_crlf_and_cut_trailing_tabs_are_read(tmp_path: Path) -> None:
    lines = ["\t".join(JUDUL), "1.\tSatu\tJumlah A\t1 Kali", "\tdua"]
    (tmp_path / "a.txt").write_bytes("\r\n".join(lines).encode("utf-16"))
    naskah = read_naskah(tmp_path / "a.txt")
    assert [(d.sasaran, d.target) for d in naskah.draf] == [("Satu dua", "1 Kali")]


def test_a_signature_right_below_the_rows_ends_the_table(tmp_path: Path) -> None:
    text = "\n".join(["\t".join(JUDUL), "1\tS\tJumlah A\t1 Kali", *BAWAH])
    naskah = read_text(tmp_path, text)
    assert (naskah.draf[0].sasaran, naskah.tempat, naskah.pejabat, naskah.problems) == (
        "S",
        "Sungai Raya",
        "FITRI",
        (),
    )


# Excel


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (0.975, "0.0%", "97,5%"),
        (0.975, "0%", "97,5%"),
        (0.07, "0%", "7%"),
        (2, '0" Laporan"', "2 Laporan"),
        (2498, '#,##0" Orang"', "2.498 Orang"),
        (2498, "General", "2498"),
        (12, 'General" Kali"', "12 Kali"),
        (97.5, "0.0\\%", "97,5%"),
        (1500000, "[$Rp-421]#,##0", "Rp1.500.000"),
        (3.5, "0.00", "3,5"),
        (5, '_(* #,##0_);_(* (#,##0);_(* "-"_)', "5"),
    ],
)
def test_a_stored_number_is_written_as_its_format_shows_it(
    value: float, number_format: str, shown: str
) -> None:
    assert show_number(value, number_format) == shown


@pytest.mark.parametrize(
    ("target", "satuan", "whole"),
    [
        ("100", "%", "100 %"),
        ("100%", "%", "100%"),
        ("2.498", "Orang", "2.498 Orang"),
        ("2 Laporan", "Laporan", "2 Laporan"),
        ("WTP", "Opini", "WTP"),
        ("100\n2", "%\nKali", "100 %\n2 Kali"),
        ("100\n90", "%", "100 %\n90 %"),
        ("2 Laporan", "Dokumen", "2 Laporan / Dokumen"),
        ("", "%", "%"),
        ("80", "", "80"),
    ],
)
def test_a_column_satuan_completes_the_target(target: str, satuan: str, whole: str) -> None:
    assert add_satuan(target, satuan) == whole


def test_two_units_that_disagree_are_refused() -> None:
    assert read_targets(add_satuan("2 Laporan", "Dokumen"))[0].refusal


def test_a_sheet_with_merged_headings_extra_columns_and_a_note_below(tmp_path: Path) -> None:
    def fill(sheet: Any) -> None:
        sheet.append(["KPU PROVINSI BALI"])
        sheet.append(["TAHUN 2025"])
        sheet.append([])
        sheet.append(["NO", "SASARAN KEGIATAN", None, "INDIKATOR KINERJA", "TARGET", None, "KET"])
        sheet.merge_cells("B4:C4")
        sheet.merge_cells("E4:F4")
        sheet.append([1, "a.", "Sasaran satu", "Persentase A", 95, "%", "x"])
        sheet.append([None, None, None, "Terlaksananya B", 0.5, None])
        sheet["E6"].number_format = "0%"
        sheet.append([2, None, "Sasaran dua", "Nilai C", datetime.datetime(2025, 5, 3), None])
        sheet.append([])
        sheet.append([None, None, "catatan bawah"])
        sheet.append([None, None, None, None, "Denpasar, 3 Januari 2025"])
        sheet.append([None, None, None, None, "Sekretaris,"])
        sheet.append([None, None, None, None, "NI MADE"])

    naskah = read_sheet(tmp_path, fill)
    assert [(d.id, d.sasaran, d.target, d.nilai, set(d.ragu)) for d in naskah.draf] == [
        ("S01-I1", "a. Sasaran satu", "95 %", 95.0, set()),
        ("S01-I2", "a. Sasaran satu", "50%", 50.0, set()),
        ("S02-I1", "Sasaran dua", "2025-05-03 00:00:00", None, {Ragu.BARIS}),
    ]
    assert [(p.kode, p.sel) for p in naskah.problems] == [
        ("X03", "lembar Sheet baris 7"),
        ("X05", "lembar Sheet baris 9"),
        ("X06", None),
    ]
    signature = (naskah.kantor, naskah.tahun, naskah.tempat, naskah.jabatan, naskah.pejabat)
    assert signature == ("KPU Provinsi Bali", 2025, "Denpasar", "Sekretaris", "NI MADE")


def test_a_sheet_without_merges_and_with_a_repeated_heading(tmp_path: Path) -> None:
    rows = [
        [*JUDUL],
        [1, "Sasaran satu", "Persentase A yang", 0.1],
        [None, "Sasaran satu", "baik • Jumlah B", "2 Kali"],
        [None],
        [*JUDUL],
        [None, None, "dan tertib", None],
        [2, "Sasaran dua", "Jumlah C", "3 Kali"],
    ]

    def fill(sheet: Any) -> None:
        for row in rows:
            sheet.append(row)
        sheet["D2"].number_format = "0%"

    naskah = read_sheet(tmp_path, fill)
    assert [(d.sasaran, d.indikator, d.target) for d in naskah.draf] == [
        ("Sasaran satu", "Persentase A yang baik", "10%"),
        ("Sasaran satu", "Jumlah B dan tertib", "2 Kali"),
        ("Sasaran dua", "Jumlah C", "3 Kali"),
    ]
    assert naskah.problems == ()


def test_sheets_go_on_from_one_another_and_hidden_ones_are_told(tmp_path: Path) -> None:
    def fill(sheet: Any) -> None:
        for name, level in (("Program", "PROGRAM"), ("Kegiatan", "KEGIATAN"), ("Lama", "PROGRAM")):
            added = sheet.parent.create_sheet(name)
            added.append(["RKT", None, "judul"])
            added.append(["NO", f"SASARAN {level}", "INDIKATOR", "TARGET"])
            added.append([1, name, "Jumlah A", "1 Kali"])
        added.sheet_state = "hidden"

    naskah = read_sheet(tmp_path, fill)
    assert [(d.id, d.sasaran, d.tingkat) for d in naskah.draf] == [
        ("S01-I1", "Program", Tingkat.PROGRAM),
        ("S02-I1", "Kegiatan", Tingkat.KEGIATAN),
    ]
    assert codes(naskah) == ["X04", "X08"]


def test_a_formula_that_was_never_calculated_is_refused_not_skipped(tmp_path: Path) -> None:
    def fill(sheet: Any) -> None:
        sheet.append(list(JUDUL))
        sheet.append([1, "S", "Persentase A", "=1/2"])

    naskah = read_sheet(tmp_path, fill)
    assert [(d.target, d.tipe) for d in naskah.draf] == [("=1/2", None)]


def test_the_target_column_is_that_of_the_year_or_the_file_is_refused(tmp_path: Path) -> None:
    table = "NO\tSASARAN KEGIATAN\tINDIKATOR\tTARGET 2024\tTARGET 2025\n1\tS\tJumlah A\t1 Kali\t2 Kali\n"
    naskah = read_text(tmp_path, f"RKT TAHUN 2025\n\n{table}")
    assert [d.target for d in naskah.draf] == ["2 Kali"]
    assert [(p.kode, p.isi) for p in naskah.problems] == [("X06", "1 Kali")]
    (tmp_path / "b.md").write_text(table, encoding="utf-8")
    assert [p.kode for p in refusal(tmp_path / "b.md").problems] == ["X07"]


def test_targets_of_triwulan_are_not_the_target_of_the_year(tmp_path: Path) -> None:
    heading = "NO\tSASARAN KEGIATAN\tINDIKATOR\tTARGET TW I\tTARGET TRIWULAN II\tTARGET TAHUNAN\n"
    naskah = read_text(tmp_path, f"{heading}1\tS\tJumlah A\t1 Kali\t2 Kali\t3 Kali\n")
    assert [d.target for d in naskah.draf] == ["3 Kali"]
    assert codes(naskah) == ["X06", "X06"]


# Word


WITHOUT_KEYWORDS = (
    Baris("1.", "KPU Kota Lain", ("Terlaksananya pelatihan", "Tersusunnya laporan"), ("1 Kali", "2 Dokumen")),
    Baris("2.", "Dua", ("Terwujudnya rapat",), ("3 Kali",)),
)


def test_rows_below_a_merged_number_stand_alone_in_word_and_pdf(tmp_path: Path) -> None:
    merged = write_merged_docx(tmp_path / "a.docx", [Halaman(JUDUL, WITHOUT_KEYWORDS)])
    spanned = write_spanned_pdf(tmp_path / "a.pdf", Halaman(JUDUL, WITHOUT_KEYWORDS))
    for path in (merged, spanned):
        assert [(d.id, d.indikator, d.target, set(d.ragu)) for d in read_naskah(path).draf] == [
            ("S01-I1", "Terlaksananya pelatihan", "1 Kali", set()),
            ("S01-I2", "Tersusunnya laporan", "2 Dokumen", set()),
            ("S02-I1", "Terwujudnya rapat", "3 Kali", set()),
        ]


def test_a_name_inside_the_table_is_not_the_office(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(rows=2, cols=4)
    for row, texts in zip(
        table.rows, (JUDUL, ("1", "Tertibnya KPU Kota Lain", "Jumlah A", "1 Kali")), strict=True
    ):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    other = document.add_table(rows=1, cols=2)
    other.cell(0, 1).text = "paraf"
    document.save(str(tmp_path / "a.docx"))
    naskah = read_naskah(tmp_path / "a.docx")
    assert (naskah.kantor, naskah.draf[0].sasaran) == ("", "Tertibnya KPU Kota Lain")


def test_word_counts_the_rows_itself(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(rows=1, cols=4)
    for cell, text in zip(table.rows[0].cells, JUDUL, strict=True):
        cell.text = text
    for sasaran in ("Satu", "Dua"):
        cells = table.add_row().cells
        cells[0].paragraphs[0].style = "List Number"
        for cell, text in zip(cells[1:], (sasaran, "Jumlah A", "1 Kali"), strict=True):
            cell.text = text
    document.save(str(tmp_path / "a.docx"))
    assert [(d.id, d.sasaran) for d in read_naskah(tmp_path / "a.docx").draf] == [
        ("S01-I1", "Satu"),
        ("S02-I1", "Dua"),
    ]


def test_a_second_table_without_headings_goes_on_and_a_level_line_counts(tmp_path: Path) -> None:
    document = docx.Document()
    first = document.add_table(rows=2, cols=4)
    second = document.add_table(rows=3, cols=4)
    signature = document.add_table(rows=2, cols=2)
    fill = [
        (first, (JUDUL, ("1", "Satu", "• Persentase A", "10%"))),
        (
            second,
            (
                ("", "sambung", "yang baik", ""),
                ("SASARAN PROGRAM", "", "", ""),
                ("2", "Dua", "Jumlah B", "1 Kali"),
            ),
        ),
        (signature, (("", "Baru, 2 Januari 2025"), ("", "Ketua"))),
    ]
    for table, rows in fill:
        for row, texts in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    second.rows[1].cells[0].merge(second.rows[1].cells[3])
    document.save(str(tmp_path / "a.docx"))
    naskah = read_naskah(tmp_path / "a.docx")
    assert [(d.id, d.sasaran, d.indikator, d.tingkat) for d in naskah.draf] == [
        ("S01-I1", "Satu sambung", "Persentase A yang baik", Tingkat.KEGIATAN),
        ("S02-I1", "Dua", "Jumlah B", Tingkat.PROGRAM),
    ]
    assert (naskah.tempat, naskah.jabatan, naskah.problems) == ("Baru", "Ketua", ())


def test_deleted_text_of_a_tracked_change_is_gone_and_a_nested_table_is_not(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "a.docx", one_page(("1", "Satu", "Jumlah A", "")))
    document = docx.Document(str(path))
    cells = document.tables[0].rows[2].cells
    cells[3].add_table(1, 1).cell(0, 0).text = "1 Kali"
    run = cells[1].paragraphs[0].add_run(" DIHAPUS")
    run._r.xpath("./w:t")[0].tag = run._r.xpath("./w:t")[0].tag.replace("}t", "}delText")
    document.save(str(path))
    assert [(d.sasaran, d.target) for d in read_naskah(path).draf] == [("Satu", "1 Kali")]


# Files that are none


def scanned_pdf(path: Path) -> None:
    canvas = Canvas(str(path))
    canvas.rect(50, 50, 100, 100)
    canvas.save()


def locked_pdf(path: Path) -> None:
    canvas = Canvas(str(path), encrypt="rahasia")
    canvas.drawString(50, 50, "RKT")
    canvas.save()


def bare_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("isi.txt", "bukan dokumen")


def far_corner(path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.worksheets[0]["XFD1048576"] = "x"
    workbook.save(path)


def write_bytes(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


@pytest.mark.parametrize(
    ("name", "make", "kode", "says"),
    [
        ("hilang.md", lambda path: None, "S01", "tidak ditemukan"),
        ("rkt.doc", write_bytes(b"x"), "S02", ".doc"),
        ("tanpa-akhiran", write_bytes(b"x"), "S02", "tanpa-akhiran"),
        ("folder.docx", lambda path: path.mkdir(), "S03", "folder"),
        *((f"kosong{ext}", write_bytes(b""), "S03", "kosong") for ext in (".md", ".docx", ".pdf", ".xlsx")),
        ("zip.docx", bare_zip, "S03", "isinya rusak"),
        ("zip.xlsx", bare_zip, "S03", "isinya rusak"),
        ("teks.docx", write_bytes(b"halo"), "S03", "bukan dokumen Word"),
        ("teks.xlsx", write_bytes(b"halo"), "S03", "bukan buku kerja Excel"),
        ("lama.xlsx", write_bytes(b"\xd0\xcf\x11\xe0lama"), "S03", "format lama"),
        ("pojok.xlsx", far_corner, "S03", "terlalu besar"),
        ("pindai.pdf", scanned_pdf, "S03", "hasil pindai"),
        ("sandi.pdf", locked_pdf, "S03", "bersandi"),
        ("teks.pdf", write_bytes(b"halo"), "S03", "bukan PDF"),
        ("potong.pdf", write_bytes(b"%PDF-1.7\n1 0 obj\n<<"), "S03", "PDF"),
        ("biner.txt", write_bytes(bytes(range(128))), "S03", "bukan teks"),
        ("biner.md", write_bytes(b"\x00\x01" * 50), "S03", "bukan teks"),
        ("ansi.txt", write_bytes("1\tSasaran\t• Persentase\t5%".encode("cp1252")), "S03", "UTF-8"),
        ("tanpa-tabel.md", write_bytes(b"halo dunia"), "X02", "NO, SASARAN, INDIKATOR KINERJA, TARGET"),
        (
            "romawi.md",
            write_bytes("\t".join(JUDUL).encode() + b"\nI\tS\tJumlah A\t1 Kali"),
            "X02",
            "tabel RKT",
        ),
    ],
)
def test_a_broken_file_is_refused_in_words(
    tmp_path: Path, name: str, make: Callable[[Path], object], kode: str, says: str
) -> None:
    make(tmp_path / name)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        refused = refusal(tmp_path / name)
    assert refused.problems[0].kode == kode
    assert refused.problems[0].berkas == name
    assert says in refused.problems[0].pesan


def test_a_zip_bomb_is_refused_before_it_unpacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_docx(tmp_path / "a.docx", checked_pages())
    monkeypatch.setattr("builder.naskah.source._MAX_UNPACKED", 1000)
    assert "terlalu besar" in refusal(path).problems[0].pesan


def test_a_damaged_copy_of_the_plan_never_ends_in_a_traceback(tmp_path: Path) -> None:
    for ext, write in ((".docx", write_docx), (".xlsx", write_xlsx), (".pdf", write_pdf)):
        data = write(tmp_path / f"utuh{ext}", checked_pages()[:1]).read_bytes()
        for part in range(1, 8):
            path = tmp_path / f"rusak{part}{ext}"
            cut = len(data) * part // 8
            path.write_bytes(data[:cut] + bytes(64) + data[cut + 64 :] if part % 2 else data[:cut])
            assert outcome(path) in ("dibaca", "S03", "X02")


def outcome(path: Path) -> str:
    try:
        return "dibaca" if read_naskah(path).draf else "kosong"
    except Refused as refused:
        return refused.problems[0].kode


@pytest.mark.parametrize(
    ("lines", "year"),
    [
        (["RENCANA KINERJA TAHUNAN 2025"], 2025),
        (["RENCANA KERJA TAHUNAN (RKT) 2025"], 2025),
        (["# RKT 2025"], 2025),
        (["TAHUN ANGGARAN 2025", "pemilu 2029"], 2025),
        (["Rencana Strategis 2020-2024"], None),
        (["Sungai Raya, Januari 2025"], None),
        (["TAHUN 2024", "TAHUN 2025"], None),
    ],
)
def test_year_is_read_from_the_title_or_left_open(lines: list[str], year: int | None) -> None:
    assert read_year(lines) == year
