"""Handed out in mid-year: what was accepted is filled and locked, what is open stays open; back, it is not believed."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import mesin
import openpyxl
import pytest
from kantor import ISI, Kantor, make_kantor

from builder.closed import refresh_file
from builder.commands import build_workbooks
from builder.expr import Key
from builder.identitas import LEMBAR_BAGIKAN, LEMBAR_META
from builder.lama import Segar
from workbook_templates.buku_kerja import buku_kerja

PEMBILANG = Key("S01-I1", "TW1", "pembilang")
PENYEBUT = PEMBILANG._replace(kolom="penyebut")
KENDALA = PEMBILANG._replace(kolom="kendala")
LAPORAN = Key("S01-I2", "TW1", "realisasi")
DITAHAN = LAPORAN._replace(baris="TW2")
TW3 = Key("S01-I2", "TW3", "realisasi")


@pytest.fixture(scope="module")
def dibagikan(tmp_path_factory: pytest.TempPathFactory) -> Kantor:
    """Two triwulan were received; the workbooks of the third have been made from the konsolidasi."""
    kantor = make_kantor(tmp_path_factory.mktemp("pembagian") / "kantor")
    kantor.send(ISI)
    refresh_file(kantor.konsolidasi)
    build_workbooks(kantor.konsolidasi, kantor.folder / "buku-kerja", triwulan=3)
    kantor.type("Dasbor", "B3", 3)
    return kantor


@pytest.fixture
def kantor(dibagikan: Kantor, tmp_path: Path) -> Kantor:
    return dibagikan.copy(tmp_path / "kantor")


def handed_out(kantor: Kantor, kode: str = "KUL") -> Path:
    return kantor.folder / "buku-kerja" / f"BukuKerja-2026-{kode}.xlsx"


def cell_of(kantor: Kantor, path: Path, key: Key) -> Any:
    sub_bagian = next(s for s in kantor.rkt.sub_bagian if s.kode == path.stem.split("-")[2])
    place = buku_kerja(kantor.rkt, sub_bagian).places[key]
    return openpyxl.load_workbook(path)[place.sheet][place.address]


def send(kantor: Kantor, typed: Mapping[Key, Any], *, save: bool = True) -> Segar:
    """The handed-out workbook comes back with some cells typed over."""
    path = kantor.kiriman / "kembali.xlsx"
    shutil.copy(handed_out(kantor), path)
    book = openpyxl.load_workbook(path)
    sub_bagian = next(s for s in kantor.rkt.sub_bagian if s.kode == "KUL")
    places = buku_kerja(kantor.rkt, sub_bagian).places
    for key, content in typed.items():
        book[places[key].sheet][places[key].address].value = content
    if save:
        book.save(path)
    return refresh_file(kantor.konsolidasi)


def told(segar: Segar) -> set[str]:
    """Codes of the problems of the file that came back, and of those between files."""
    assert segar.hasil is not None
    files = [p for k in segar.hasil.kiriman if k.berkas == "kembali.xlsx" for p in k.problems]
    between = [p for p in segar.hasil.problems if p.berkas is None]
    return {p.kode for p in [*files, *between]} - {"A01", "F09"}


def test_accepted_answers_are_filled_and_locked_and_the_rest_is_open(dibagikan: Kantor) -> None:
    path = handed_out(dibagikan)
    shown = {
        key: cell_of(dibagikan, path, key) for key in (PEMBILANG, PENYEBUT, KENDALA, LAPORAN, DITAHAN, TW3)
    }
    assert {k: c.value for k, c in shown.items()} == {
        PEMBILANG: 40, PENYEBUT: 50, KENDALA: "Data belum lengkap.", LAPORAN: 1, DITAHAN: None, TW3: None,
    }  # fmt: skip
    assert {k for k, c in shown.items() if not c.protection.locked} == {DITAHAN, TW3}
    tindak_lanjut = cell_of(dibagikan, path, KENDALA._replace(kolom="tindak_lanjut"))
    assert not tindak_lanjut.protection.locked, "a word may still be added beside an accepted number"


def test_the_next_number_and_the_one_it_was_made_from_stand_in_it(dibagikan: Kantor) -> None:
    book = openpyxl.load_workbook(handed_out(dibagikan))
    carried = {str(row[0].value): row[1].value for row in book[LEMBAR_META].iter_rows()}
    assert carried["dasar"] == "1"
    petunjuk = {row[1].value: row[2].value for row in book["Petunjuk"].iter_rows(max_row=8)}
    assert (petunjuk["Triwulan pelaporan"], petunjuk["Kiriman ke-"]) == (3, 2)


def test_returned_with_one_triwulan_more_it_is_taken_in_silence(kantor: Kantor) -> None:
    segar = send(kantor, {TW3: 2})
    assert told(segar) == set()
    assert (kantor.value(LAPORAN), kantor.value(TW3), kantor.value(PEMBILANG)) == (1, 2, 40)
    assert str(kantor.value(DITAHAN)).startswith("ditahan: "), "what was held then is still held"


def test_held_cell_of_an_earlier_triwulan_is_told_until_it_is_answered(kantor: Kantor) -> None:
    def held(segar: Segar) -> list[str]:
        assert segar.hasil is not None
        return [p.kode for p in segar.hasil.all_problems if p.putusan == "ditahan"]

    assert held(send(kantor, {TW3: 2})) == ["C01"]
    assert held(send(kantor, {TW3: 2, DITAHAN: 1, Key("umum", "", "kiriman"): 3})) == []
    assert kantor.value(DITAHAN) == 1


@pytest.mark.parametrize(("content", "shown"), [(3, "1 ↔ 3"), (None, "1 ↔ kosong"), ("banyak", "1 ↔ banyak")])
def test_locked_answer_that_changed_is_held_with_both(content: object, shown: str, kantor: Kantor) -> None:
    segar = send(kantor, {LAPORAN: content})
    assert "F13" in told(segar)
    assert kantor.value(LAPORAN) == f"ditahan: {shown}"
    assert segar.hasil is not None
    (problem,) = (p for p in segar.hasil.all_problems if p.kode == "F13")
    assert (problem.berkas, problem.lembar, problem.sel) == ("kembali.xlsx", "S01", "G16")
    row = next(r for r in kantor.rows("Putusan") if (r["id"], r["triwulan"]) == ("S01-I2", "TW I"))
    assert str(row["isi_a"]).startswith("«1» ((dibagikan terkunci)")


def test_half_of_a_locked_pair_that_changed_holds_that_half(kantor: Kantor) -> None:
    assert "F13" in told(send(kantor, {PEMBILANG: 45}))
    assert kantor.value(PEMBILANG) == "ditahan: 40 ↔ 45"
    assert kantor.value(PENYEBUT) == 50


def test_what_the_konsolidator_changed_by_hand_is_what_is_handed_out(kantor: Kantor) -> None:
    kantor.type_at(LAPORAN, 7)
    refresh_file(kantor.konsolidasi)
    build_workbooks(kantor.konsolidasi, kantor.folder / "buku-kerja", triwulan=3)
    assert cell_of(kantor, handed_out(kantor), LAPORAN).value == 7
    assert "F11" not in told(send(kantor, {TW3: 2})), "the sub-bagian now says the same"
    assert kantor.value(LAPORAN) == 7


def test_without_its_hidden_sheet_it_is_read_as_any_other(kantor: Kantor) -> None:
    path = handed_out(kantor)
    book = openpyxl.load_workbook(path)
    del book[LEMBAR_BAGIKAN]
    book.save(path)
    assert told(send(kantor, {TW3: 2})) == set()
    assert kantor.value(TW3) == 2


def test_saved_by_libreoffice_it_says_the_same(kantor: Kantor, tmp_path: Path) -> None:
    saved = mesin.save_with_libreoffice(handed_out(kantor), tmp_path / "lo", forced=False)
    shutil.copy(saved, kantor.kiriman / "kembali.xlsx")
    assert told(refresh_file(kantor.konsolidasi)) == set()
    assert kantor.value(LAPORAN) == 1


def test_before_anything_was_received_it_is_an_empty_form(tmp_path: Path) -> None:
    kantor = make_kantor(tmp_path / "kantor")
    made = build_workbooks(kantor.konsolidasi, tmp_path / "baru", triwulan=1)
    assert made.terkunci == 0
    book = openpyxl.load_workbook(tmp_path / "baru" / "BukuKerja-2026-KUL.xlsx")
    assert LEMBAR_BAGIKAN not in book.sheetnames
