"""Segarkan in Excel and `rkt segarkan` on the closed file write the same, cell by cell, in every situation.

The button runs for real through xlwings' remote engine; what it asks for is done by `tuan_rumah_excel`, which takes
and refuses contents as Excel does. Beside the agreement of the two, each test says what must stand there.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import bahan
import pytest
import tuan_rumah_excel
from kantor import ISI, Kantor, make_kantor
from tuan_rumah_excel import SAAT, Buku, Ditolak, Mesin, Sel, Tekan, open_buku, taken

from builder.arsip import beside
from builder.closed import refresh_file
from builder.consolidator import consolidate
from builder.contoh import KELIRU, fill
from builder.expr import Key, Value
from builder.masalah import Refused
from builder.patch import Formula
from builder.writer import write_book
from macros.proyek import vba_project
from workbook_templates.buku_kerja import buku_kerja, file_name
from workbook_templates.buku_konsolidasi import buku_konsolidasi
from workbook_templates.dasbor import HASIL
from workbook_templates.kartu import Isi
from workbook_templates.tema import STYLES

KENDALA = Key("S01-I1", "TW1", "kendala")
REALISASI = Key("S01-I2", "TW1", "realisasi")
PEMBILANG = Key("S01-I1", "TW1", "pembilang")

# Texts that Excel takes for a formula, a date, a number, a word of its own, or does not take at all as they are.
JEBAKAN = (
    "=1+1", "+x", "-x", "@x", "'x", "''", "1/2", "3-4", "007", "1e5", "1.250,5", "12:30", "50%", "TRUE", "salah",
    "#N/A", "Mei 2024", "5 Mei", "MAR12", "Rp 1.000", "(5)", " 7", "-", "=", "_x000D_", "baris\nlain", "tab\tini",
    "😀 «kutip» \"dua\" & <b>", "x" * 3000,
)  # fmt: skip


@pytest.fixture(scope="module")
def mesin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mesin]:
    with tuan_rumah_excel.running(tmp_path_factory.mktemp("log")) as engine:
        yield engine


@pytest.fixture(scope="module")
def asal(tmp_path_factory: pytest.TempPathFactory) -> Kantor:
    return make_kantor(tmp_path_factory.mktemp("asal") / "kantor")


@pytest.fixture
def kantor(asal: Kantor, tmp_path: Path) -> Kantor:
    return asal.copy(tmp_path / "kantor")


def segarkan(mesin: Mesin, kantor: Kantor) -> Tekan:
    """Refresh the workbook open in Excel, and the closed file; both must then hold the same."""
    open_ = open_buku(kantor.konsolidasi)
    pressed = mesin.press("segarkan", open_, kantor.folder)
    said = refresh_file(kantor.konsolidasi).kalimat
    assert SAAT.sub("", pressed.kalimat) == SAAT.sub("", said)
    assert pressed.kalimat.startswith("Disegarkan "), pressed.kalimat
    closed = open_buku(kantor.konsolidasi)
    assert open_.differences(closed) == []
    assert kantor.value(HASIL) == said
    return pressed


def codes(kantor: Kantor) -> list[Value]:
    return [row["kode"] for row in kantor.rows("Masalah")]


# --- the whole example --------------------------------------------------------------------------------------------


def test_example_with_mistakes(mesin: Mesin, tmp_path: Path) -> None:
    """Returns of every sub-bagian with the honest mistakes of the example, in the workbook with buttons."""
    whole = bahan.rkt_contoh()
    shown = {key.id.partition("-")[0] for key in KELIRU} | {"S03", "S17", "S24", "S33"}
    rkt = replace(whole, sasaran=tuple(s for s in whole.sasaran if s.id in shown))
    (tmp_path / "kiriman").mkdir()
    for s in rkt.sub_bagian:
        form = buku_kerja(rkt, s, Isi(fill(rkt, s)), triwulan=2)
        write_book(form, STYLES, tmp_path / "kiriman" / file_name(rkt, s))
    form = buku_konsolidasi(consolidate([], rkt, 2), makro=True)
    write_book(form, STYLES, tmp_path / "Konsolidasi-2024.xlsm", vba=vba_project(len(form.sheets)))
    kantor = Kantor(tmp_path, rkt)
    pressed = segarkan(mesin, kantor)
    assert "4 berkas: 1 peringatan, 3 ditahan; 4 dipakai, 4 hal ditahan" in pressed.kalimat
    assert {"N01", "N02"} & set(map(str, codes(kantor)))
    assert kantor.value(Key("S27-I1", "TW2", "realisasi")) == "ditahan: 1.250"
    assert len(kantor.rows("Jejak")) > 30


def _written(pressed: Tekan) -> int:
    return sum(len(line) for a in pressed.actions if a["values"] for line in a["values"])


# --- one situation after the other --------------------------------------------------------------------------------


def test_first_refresh_brings_in_what_staff_typed(mesin: Mesin, kantor: Kantor) -> None:
    kantor.send(ISI)
    segarkan(mesin, kantor)
    assert kantor.value(PEMBILANG) == 40
    assert kantor.value(KENDALA) == "Data belum lengkap."
    assert kantor.value(Key("S01-I2", "TW2", "realisasi")) == "ditahan: belum ada"
    assert {row["status"] for row in kantor.rows("Kiriman")} == {"ditahan", "peringatan"}
    jejak = {(row["id"], row["triwulan"], row["kolom"]): row for row in kantor.rows("Jejak")}
    assert jejak["S01-I1", "TW I", "pembilang"]["nilai"] == 40
    assert str(jejak["S01-I1", "TW I", "pembilang"]["buka"]).startswith("S01!")


def test_pressing_twice_writes_nothing_but_the_time(mesin: Mesin, kantor: Kantor) -> None:
    kantor.send(ISI)
    segarkan(mesin, kantor)
    once = open_buku(kantor.konsolidasi)
    assert _written(segarkan(mesin, kantor)) <= 1
    assert open_buku(kantor.konsolidasi).differences(once) == []


def test_lists_shrink_and_grow(mesin: Mesin, kantor: Kantor) -> None:
    kantor.send(ISI)
    segarkan(mesin, kantor)
    sizes = [len(kantor.rows(name)) for name in ("Kiriman", "Masalah", "Jejak")]
    arsip = beside(kantor.konsolidasi)
    taken = [t.sha256 for t in arsip.received()]
    arsip.release(taken)
    kantor.send({PEMBILANG: 30, PEMBILANG._replace(kolom="penyebut"): 50})
    segarkan(mesin, kantor)
    fewer = [len(kantor.rows(name)) for name in ("Kiriman", "Masalah", "Jejak")]
    assert fewer[0] == 4
    assert {row["status"] for row in kantor.rows("Kiriman")} >= {"belum mengirim"}
    assert fewer[2] == 2 < sizes[2]
    assert kantor.value(KENDALA) in (None, "")
    assert kantor.value(Key("S02-I1", "TW1", "pembilang")) in (None, "")
    arsip.release(taken, back=True)
    arsip.release(t.sha256 for t in arsip.received() if t.sha256 not in taken)
    segarkan(mesin, kantor)
    again = [len(kantor.rows(name)) for name in ("Kiriman", "Masalah", "Jejak")]
    assert again == [sizes[0] + 1, sizes[1] + 1, sizes[2]]


def test_notes_follow_their_rows_and_outlive_them(mesin: Mesin, kantor: Kantor) -> None:
    kantor.send(ISI)
    segarkan(mesin, kantor)
    kantor.note("Masalah", "=sudah ditelepon", sel=kantor.rows("Masalah")[-1]["sel"])
    moved, gone = kantor.rows("Masalah")[-1], kantor.rows("Jejak")[0]
    if moved["catatan"] != "=sudah ditelepon":
        moved = next(r for r in kantor.rows("Masalah") if r["catatan"])
    kantor.note("Jejak", "1/2", id="S01-I1", kolom="kendala")
    kantor.note("Kiriman", "007", berkas="BukuKerja-2026-KUL.xlsx")
    assert gone["id"] == "S01-I1"
    more = ISI | {Key("S01-I1", "TW2", "pembilang"): 1, Key("S01-I1", "TW2", "penyebut"): 2}
    del more[KENDALA]
    arsip = beside(kantor.konsolidasi)
    arsip.release(t.sha256 for t in arsip.received())
    kantor.send(more)
    segarkan(mesin, kantor)
    assert [r["catatan"] for r in kantor.rows("Kiriman") if r["catatan"]] == ["007"]
    (noted,) = (r for r in kantor.rows("Masalah") if r["catatan"])
    assert (noted["kode"], noted["sel"], noted["catatan"]) == (
        moved["kode"],
        moved["sel"],
        "=sudah ditelepon",
    )
    (old,) = kantor.rows("Catatan lama")
    assert (old["daftar"], old["catatan"]) == ("Jejak", "1/2")
    assert "kendala" in str(old["baris"])
    segarkan(mesin, kantor)
    assert len(kantor.rows("Catatan lama")) == 1


def test_change_by_hand_is_kept_told_marked_and_undone(mesin: Mesin, kantor: Kantor) -> None:
    kantor.send(ISI)
    segarkan(mesin, kantor)
    kantor.type_at(PEMBILANG, 45)
    kantor.type_at(Key("S03-I1", "TW1", "kendala"), "ditulis konsolidator")
    pressed = segarkan(mesin, kantor)
    assert "2 diubah tangan" in pressed.kalimat
    assert kantor.value(PEMBILANG) == 45
    assert kantor.value(PEMBILANG._replace(kolom="tanda")) == "|Pembilang|"
    told = [r for r in kantor.rows("Masalah") if r["kode"] == "F11"]
    assert {r["isi"] for r in told} == {"45", "ditulis konsolidator"}
    assert any("«40»" in str(r["masalah"]) for r in told)
    (changed,) = (r for r in kantor.rows("Jejak") if r["tangan"] == 45)
    assert changed["nilai"] == 40
    segarkan(mesin, kantor)
    assert kantor.value(PEMBILANG) == 45
    assert codes(kantor).count("F11") == 2

    kantor.type_at(PEMBILANG, None)
    kantor.type_at(Key("S03-I1", "TW1", "kendala"), None)
    undone = segarkan(mesin, kantor)
    assert "tangan" not in undone.kalimat
    assert kantor.value(PEMBILANG) == 40
    assert kantor.value(PEMBILANG._replace(kolom="tanda")) in (None, "")
    assert "F11" not in codes(kantor)


def test_change_by_hand_outlives_a_new_return(mesin: Mesin, kantor: Kantor) -> None:
    kantor.send(ISI)
    segarkan(mesin, kantor)
    kantor.type_at(PEMBILANG, 45)
    kantor.send(ISI | {PEMBILANG: 41}, ke=2)
    segarkan(mesin, kantor)
    assert kantor.value(PEMBILANG) == 45
    assert any("«41»" in str(r["masalah"]) for r in kantor.rows("Masalah") if r["kode"] == "F11")
    kantor.send(ISI | {PEMBILANG: 45}, ke=3)  # the returns say so too: nothing is changed by hand any more
    assert "tangan" not in segarkan(mesin, kantor).kalimat


@pytest.mark.parametrize("by_hand", [False, True], ids=["kiriman", "tangan"])
def test_texts_stay_texts(mesin: Mesin, asal: Kantor, tmp_path: Path, by_hand: bool) -> None:
    """In cells of texts, and (by hand) in cells of numbers, where Excel would make something else of them."""
    kantor = asal.copy(tmp_path / "kantor")
    places = [
        Key(i.id, f"TW{j}", column)
        for i in kantor.rkt.indikator
        for j in range(1, 5)
        for column in ("kendala", "tindak_lanjut", "data_dukung")
    ]
    texts = dict(zip(places, JEBAKAN, strict=False))
    assert len(texts) == len(JEBAKAN)
    if by_hand:
        kantor.send(ISI)
        segarkan(mesin, kantor)
        numbers = [Key("S01-I2", f"TW{j}", "realisasi") for j in range(1, 5)]
        numbers += [Key("S01-I1", f"TW{j}", c) for j in range(1, 5) for c in ("pembilang", "penyebut")]
        typed = dict(zip(numbers, JEBAKAN[7:], strict=False)) | {numbers[0]: "Mei 2024", numbers[1]: "#N/A"}
        for key, text in {**texts, **typed}.items():
            kantor.type_at(key, text)
    else:
        kantor.send(ISI | texts)
    segarkan(mesin, kantor)
    found = open_buku(kantor.konsolidasi)
    for key, text in texts.items():
        place = kantor.book.places[key]
        cell = found[place.sheet].cells[place.cell.row, place.cell.column]
        assert cell.rumus is None, f"{key}: {text!r} has become a formula"
        if by_hand or text.strip() not in ("", "-", "''"):  # what staff mean by "-" is for the reader to say
            assert cell.nilai == text, f"{key}: {text!r} has become {cell.nilai!r}"
    segarkan(mesin, kantor)


def test_names_of_files_stay_names(mesin: Mesin, kantor: Kantor) -> None:
    kantor.send(ISI, names={"KUL": "=1+1 'akhir' & \"x\".xlsx", "REN": "007.xlsx"})
    segarkan(mesin, kantor)
    assert {r["berkas"] for r in kantor.rows("Kiriman")} == {"=1+1 'akhir' & \"x\".xlsx", "007.xlsx"}


def test_words_and_numbers_of_a_predikat(mesin: Mesin, kantor: Kantor) -> None:
    typed = {Key("S03-I1", f"TW{j}", "realisasi"): v for j, v in enumerate(("bb", 72.5, "Nihil", "BB"), 1)}
    kantor.send(ISI | typed)
    segarkan(mesin, kantor)
    assert kantor.value(Key("S03-I1", "TW2", "realisasi")) == 72.5
    assert kantor.value(Key("S03-I1", "TW4", "realisasi")) == "BB"


def test_foreign_files_are_refused_and_told(mesin: Mesin, kantor: Kantor) -> None:
    kantor.kiriman.mkdir()
    (kantor.kiriman / "catatan.xlsx").write_bytes(b"bukan buku kerja")
    (kantor.kiriman / "surat.pdf").write_bytes(b"%PDF-1.4\n")
    shutil.copy(bahan.RENCANA_CONTOH, kantor.kiriman / "rencana.csv")
    pressed = segarkan(mesin, kantor)
    assert "3 berkas: 3 ditolak; 0 dipakai" in pressed.kalimat
    refused = [r for r in kantor.rows("Kiriman") if r["status"] == "ditolak"]
    assert {r["berkas"] for r in refused} == {"catatan.xlsx", "surat.pdf", "rencana.csv"}
    assert all(r["tindakan"] for r in kantor.rows("Masalah"))
    assert kantor.rows("Jejak") == []


def test_own_sheets_formulas_and_heights_survive(mesin: Mesin, kantor: Kantor) -> None:
    """What the konsolidator wrote beside our cells, on cards and lists, stays where it is."""
    kantor.send(ISI)
    kantor.type("Masalah", "Z2", Formula("=1+1", 2))
    kantor.type("S01", "AZ3", "catatan saya")
    segarkan(mesin, kantor)
    found = open_buku(kantor.konsolidasi)
    assert found["Masalah"].cells[1, 25].rumus == "=1+1"
    assert found["S01"].cells[2, 51].nilai == "catatan saya"


# --- the stand-in itself ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "format", "held"),
    [
        ("=1+1", "General", (0, "=1+1", False)),
        ("=1+1", "@", ("=1+1", None, False)),
        ("'=1+1", "General", ("=1+1", None, True)),
        ("'x", "@", ("'x", None, False)),
        ("007", "General", (7.0, None, False)),
        ("007", "@", ("007", None, False)),
        ("1e5", "General", (100000.0, None, False)),
        ("1/2", "General", (45658.0, None, False)),
        ("Mei 2024", "General", (45658.0, None, False)),
        ("TRUE", "General", (True, None, False)),
        ("#N/A", "0.00", ("#N/A", "=#N/A", False)),
        ("+x", "General", ("#NAME?", "=+x", False)),
        (7, "@", ("7", None, False)),
        (7, "General", (7, None, False)),
        ("TW II", "General", ("TW II", None, False)),
        ("F11", "General", ("F11", None, False)),
        ("", "General", (None, None, False)),
    ],
)
def test_stand_in_takes_contents_as_excel_does(typed: Any, format: str, held: tuple[Any, ...]) -> None:
    assert taken(typed, format) == held


def test_stand_in_refuses_as_excel_does(kantor: Kantor) -> None:
    buku = open_buku(kantor.konsolidasi)
    at = {"sheet_position": [s.name for s in buku.sheets].index("Rekap"), "start_row": 0, "start_column": 0}
    one = at | {"func": "setValues", "row_count": 1, "column_count": 1, "args": [None], "values": [["x"]]}
    with pytest.raises(Ditolak, match="locked"):
        buku.apply([one])
    with pytest.raises(Ditolak, match="unknown action"):
        buku.apply([one | {"func": "rangeClear"}])
    with pytest.raises(Ditolak, match="another shape"):
        buku.apply([one | {"row_count": 2}])
    sheet = buku["Dasbor"]
    place = next(at for at, first in sheet.merged.items() if at != first)
    sheet.cells[place] = Sel(terkunci=False)
    with pytest.raises(Ditolak, match="merged"):
        sheet.enter(*place, "x")
    with pytest.raises(Ditolak, match="characters"):
        buku["Masalah"].enter(5, 1, "x" * 32768)
    buku["Rekap"].rows_locked = True
    with pytest.raises(Ditolak, match="rows"):
        buku.apply([one | {"func": "setRowHeight", "args": [20]}])


def test_comparison_sees_a_single_cell(kantor: Kantor) -> None:
    """A value, a text in place of a number, a formula, a height: each alone is seen."""
    buku = open_buku(kantor.konsolidasi)
    changes: tuple[Callable[[Buku], None], ...] = (
        lambda b: b["Masalah"].enter(5, 1, "x"),
        lambda b: setattr(b["Dasbor"].cell(2, 1), "nilai", "2"),
        lambda b: setattr(b["Dasbor"].cell(2, 1), "rumus", "=2"),
        lambda b: setattr(b["Dasbor"].cell(2, 1), "format", "d-mmm"),
        lambda b: b.set_heights(b["Masalah"], range(5, 6), 33),
    )
    for change in changes:
        other = buku.copy()
        change(other)
        assert len(buku.differences(other)) == 1


def test_a_press_that_is_refused_is_no_refresh(mesin: Mesin, kantor: Kantor) -> None:
    """Both ways refuse with the same words."""
    buku = open_buku(kantor.konsolidasi)
    pressed = mesin.press("segarkan", buku, kantor.folder)
    with pytest.raises(Refused) as refused:
        refresh_file(kantor.konsolidasi)
    assert " ".join(p.pesan for p in refused.value.problems) == pressed.kalimat
