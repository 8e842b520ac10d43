"""Locked cells that something else has changed: a program, a careless hand, a damaged file. Each is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import bahan
import openpyxl
import pytest
from mutan import fill_book, find_sub_bagian
from mutan_zip import pack, unpack
from openpyxl.worksheet.worksheet import Worksheet

from builder.reader import Kiriman
from builder.returns import check_returns
from builder.writer import write_book
from workbook_templates.tema import STYLES


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A filled buku kerja of REN with every result stored."""
    rkt = bahan.rkt_contoh()
    path = tmp_path_factory.mktemp("terkunci") / "BukuKerja-2024-REN.xlsx"
    write_book(fill_book(rkt, find_sub_bagian(rkt, "REN")), STYLES, path)
    return path.read_bytes()


def told(path: Path) -> set[tuple[str, str | None, str | None]]:
    return {(p.kode, p.lembar, p.sel) for p in read(path).problems}


def read(path: Path) -> Kiriman:
    (kiriman,) = check_returns([path], bahan.rkt_contoh())
    return kiriman


@pytest.fixture
def change(filled: bytes, tmp_path: Path) -> Callable[[str, str, str], Path]:
    """Replaces the first match of a pattern in the part of a sheet."""

    def _change(sheet: str, old: str, new: str) -> Path:
        path = tmp_path / "BukuKerja-2024-REN.xlsx"
        path.write_bytes(filled)
        workbook = openpyxl.load_workbook(path, read_only=True)
        name = f"xl/worksheets/sheet{workbook.sheetnames.index(sheet) + 1}.xml"
        workbook.close()
        parts = unpack(filled)
        n = next(n for n, p in enumerate(parts) if p.name == name)
        text, count = re.subn(old, new, parts[n].content.decode(), count=1, flags=re.DOTALL)
        assert count == 1
        parts[n] = parts[n].changed(text.encode())
        path.write_bytes(pack(parts))
        return path

    return _change


def test_sound_workbook_tells_nothing(change: Callable[[str, str, str], Path]) -> None:
    assert told(change("S09", "<worksheet ", "<worksheet ")) == set()


@pytest.mark.parametrize("content", ['t="inlineStr"><is><t>apa saja</t></is></c>', "></c>"])
def test_what_says_how_a_card_is_filled(change: Callable[[str, str, str], Path], content: str) -> None:
    path = change("S09", r'(<c r="V6"[^>]*?)(?: t="\w+")?>.*?</c>', rf"\1 {content}")
    assert told(path) == {("B19", "S09", "V6")}


def test_result_of_a_formula_that_became_an_error(change: Callable[[str, str, str], Path]) -> None:
    formula = r'(<c r="G9"[^>]*?)(?: t="\w+")?>(<f>[^<]*</f>)<v>[^<]*</v>'
    path = change("S09", formula, r'\1 t="e">\2<v>#DIV/0!</v>')
    assert ("D02", "S09", "G9") in told(path)
    assert "galat (#DIV/0!)" in read(path).problems[0].pesan


def test_result_of_a_formula_that_differs_in_the_tenth_digit(
    change: Callable[[str, str, str], Path],
) -> None:
    path = change("S09", r'(<c r="G10"[^>]*><f>[^<]*</f><v>0\.\d{9})\d', r"\g<1>9")
    assert ("D02", "S09", "G10") in told(path)


def test_key_that_stands_among_the_entries_of_its_row_holds_the_row(filled: bytes, tmp_path: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        sheet["A10"], sheet["O10"] = sheet["O10"].value, sheet["A10"].value

    kiriman = read(_edited(filled, tmp_path, S09=edit))
    assert ("B06", "S09", "A10") in {(p.kode, p.lembar, p.sel) for p in kiriman.problems}
    assert all(e.ditahan for k, e in kiriman.entries.items() if (k.id, k.baris) == ("S09-I1", "TW3"))


def test_target_that_is_a_word_now_is_told(filled: bytes, tmp_path: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        sheet["D8"] = "Terwujudnya dukungan sarana"

    assert ("B19", "S09", "D8") in told(_edited(filled, tmp_path, S09=edit))


def test_heading_that_changed_beside_a_lost_key_is_told(filled: bytes, tmp_path: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        sheet["A10"], sheet["B1"] = sheet["B1"].value, sheet["A10"].value

    assert {("B06", "S09", "A10"), ("B19", "S09", "B1")} <= told(_edited(filled, tmp_path, S09=edit))


def test_the_same_words_changed_on_two_sheets_are_told_on_both(filled: bytes, tmp_path: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        sheet["B3"] = "Sub-bagian lain"

    found = told(_edited(filled, tmp_path, S08=edit, S09=edit))
    assert {("B19", "S08", "B3"), ("B19", "S09", "B3")} <= found


def test_rows_of_the_identity_that_moved(filled: bytes, tmp_path: Path) -> None:
    found = told(_edited(filled, tmp_path, _meta=lambda sheet: sheet.insert_rows(1)))
    assert ("B19", "_meta", "A1") in found


def test_formula_changed_in_a_file_whose_sheet_was_renamed(filled: bytes, tmp_path: Path) -> None:
    def rename(sheet: Worksheet) -> None:
        sheet.title = "Rekapan"

    def edit(sheet: Worksheet) -> None:
        sheet["G9"] = str(sheet["G9"].value).replace("E9", "E19", 1)

    found = told(_edited(filled, tmp_path, Rekap=rename, S09=edit))
    assert {("B01", "Rekapan", None), ("D02", "S09", "G9")} <= found
    assert ("D02", "S10", "G9") not in found


def _edited(filled: bytes, tmp_path: Path, **edits: Callable[[Worksheet], None]) -> Path:
    path = tmp_path / "BukuKerja-2024-REN.xlsx"
    path.write_bytes(filled)
    workbook = openpyxl.load_workbook(path)
    for title, edit in edits.items():
        edit(workbook[title])
    workbook.save(path)
    return path
