"""The strict reader against independent ones, and the child process that it works in."""

from __future__ import annotations

import datetime
import os
import threading
from pathlib import Path
from typing import Any

import bahan
import mesin
import openpyxl
import psutil
import pytest
import python_calamine

from builder.expr import Key
from builder.masalah import Refused
from builder.returns import check_returns
from builder.strict.child import MEMORY, Opener, open_here
from builder.strict.formula import shift
from builder.strict.returned import ReturnedFile
from builder.strict.styles import as_date, is_date_format

ISI: dict[Key, Any] = {
    Key("S43-I1", "TW1", "pembilang"): 40,
    Key("S43-I1", "TW1", "penyebut"): 50,
    Key("S43-I1", "TW2", "pembilang"): 45.5,
    Key("S43-I1", "TW1", "kendala"): "Dua baris\nteks «panjang» & <tanda>",
    Key("S43-I1", "TW2", "kendala"): "  spasi di tepi  ",
    Key("S03-I2", "TW1", "realisasi"): "WTP",
    Key("S14-I1", "TW1", "realisasi"): datetime.datetime(2024, 3, 1),
    Key("S14-I1", "TW2", "realisasi"): "=1+1",
    Key("S14-I1", "TW3", "realisasi"): True,
}


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    """Forms as three programs save them."""
    folder = tmp_path_factory.mktemp("pembaca")
    fresh = bahan.build(folder / "xlsxwriter")
    bahan.build(folder / "openpyxl")
    filled = bahan.type_into(folder / "openpyxl", bahan.rkt_contoh(), ISI)
    saved = [mesin.save_with_libreoffice(path, folder / "libreoffice") for path in filled]
    return {"XlsxWriter": fresh, "openpyxl": filled, "LibreOffice": saved}


@pytest.mark.parametrize("saver", ["XlsxWriter", "openpyxl", "LibreOffice"])
def test_every_cell_is_what_two_other_readers_see(forms: dict[str, list[Path]], saver: str) -> None:
    for path in forms[saver]:
        file = open_here(path)
        assert _cells(file) == _by_openpyxl(path)
        assert _numbers_and_texts(file) == _by_calamine(path)


def _cells(file: ReturnedFile) -> dict[tuple[str, int, int], Any]:
    """Values and formulas as text; a formula that has shown nothing yet holds nothing."""
    return {
        (title, *at): (content.formula, content.value)
        for title, sheet in file.sheets.items()
        for at, content in sheet.cells.items()
    }


def _by_openpyxl(path: Path) -> dict[tuple[str, int, int], Any]:
    formulas, values = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    found = {}
    for sheet in formulas.worksheets:
        for line in sheet.iter_rows():
            for cell in line:
                if cell.value is not None:
                    stored = values[sheet.title].cell(cell.row, cell.column).value
                    formula = cell.value if cell.data_type == "f" else None
                    found[sheet.title, cell.row, cell.column] = (formula, stored)
    return found


def _numbers_and_texts(file: ReturnedFile) -> dict[tuple[str, int, int], Any]:
    return {
        (title, *at): content.value
        for title, sheet in file.sheets.items()
        for at, content in sheet.cells.items()
        if isinstance(content.value, (int, float, str, bool)) and _is_text_or_number(content.value)
    }


def _is_text_or_number(value: object) -> bool:
    return not (isinstance(value, str) and not value.strip())


def _by_calamine(path: Path) -> dict[tuple[str, int, int], Any]:
    book = python_calamine.load_workbook(path)
    found = {}
    for title in book.sheet_names:
        sheet = book.get_sheet_by_name(title)
        for row, line in enumerate(sheet.to_python(skip_empty_area=False), 1):
            for column, value in enumerate(line, 1):
                if isinstance(value, (int, float, str, bool)) and value != "" and _is_text_or_number(value):
                    found[title, row, column] = value
    return found


# --- the child ----------------------------------------------------------------------------------------------------


def test_one_child_reads_many_files_and_is_gone_afterwards(forms: dict[str, list[Path]]) -> None:
    before = {p.pid for p in psutil.Process().children()}
    with Opener() as opener:
        read = [opener.open(path) for path in forms["XlsxWriter"] * 2]
        mine = {p.pid for p in psutil.Process().children()} - before
        assert len(mine) == 1
    assert {p.pid for p in psutil.Process().children()} - before == set()
    assert read[0] == open_here(forms["XlsxWriter"][0])


def test_file_that_never_ends_costs_itself_only(forms: dict[str, list[Path]], tmp_path: Path) -> None:
    endless = tmp_path / "tanpa-akhir.xlsx"
    os.mkfifo(endless)  # opening it waits for somebody who writes
    with Opener(seconds=3) as opener:
        with pytest.raises(Refused, match=r"H14.*tidak selesai dalam 3 detik"):
            opener.open(endless)
        assert opener.open(forms["XlsxWriter"][0]).rows


def test_child_that_is_killed_costs_one_file_only(forms: dict[str, list[Path]], tmp_path: Path) -> None:
    endless = tmp_path / "tanpa-akhir.xlsx"
    os.mkfifo(endless)
    with Opener() as opener:
        opener.open(forms["XlsxWriter"][0])
        (child,) = [p for p in psutil.Process().children() if "builder.strict.child" in p.cmdline()]
        threading.Timer(0.2, child.kill).start()
        with pytest.raises(Refused, match=r"H14.*pembacanya berhenti"):
            opener.open(endless)
        assert opener.open(forms["XlsxWriter"][0]).rows


def test_child_that_died_between_two_files_costs_none(forms: dict[str, list[Path]]) -> None:
    with Opener() as opener:
        opener.warm()
        assert opener.pid
        child = psutil.Process(opener.pid)
        child.kill()
        psutil.wait_procs([child])
        assert opener.open(forms["XlsxWriter"][0]).rows


def test_child_that_wants_too_much_memory_costs_one_file_only(forms: dict[str, list[Path]]) -> None:
    with Opener(memory=1 << 20) as opener, pytest.raises(Refused, match="H14"):
        opener.open(forms["XlsxWriter"][0])
    assert MEMORY == 256 << 20


def test_nothing_but_plain_values_comes_out_of_the_child() -> None:
    import io
    import pickle

    from builder.strict.child import _Plain

    with pytest.raises(pickle.UnpicklingError, match="system"):
        _Plain(io.BytesIO(pickle.dumps(os.system))).load()


def test_file_that_goes_away_while_others_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An antivirus program takes a file between the listing and the reading."""
    files = bahan.build(tmp_path)[:2]
    named = [(path.name, path) for path in files]
    monkeypatch.setattr("builder.masukan.pembawa.find_files", lambda _: (named, []))
    files[0].unlink()
    gone, read = check_returns(files, bahan.rkt_contoh())
    assert [p.kode for p in gone.problems] == ["J12"]
    assert read.sub_bagian is not None


# --- small parts --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "rows", "columns", "there"),
    [
        ("A1+$B$2", 2, 1, "B3+$B$2"),
        ("SUM(A$1:$B2)", 1, 1, "SUM(B$1:$B3)"),
        ('"A1"&A1', 1, 0, '"A1"&A2'),
        ("'Lembar A1'!A1+LOG10(A1)", 1, 0, "'Lembar A1'!A2+LOG10(A2)"),
        ("A1", -1, 0, "#REF!"),
    ],
)
def test_formula_moves_as_when_it_is_filled_down(formula: str, rows: int, columns: int, there: str) -> None:
    assert shift(formula, rows, columns) == there


@pytest.mark.parametrize(
    ("code", "is_date"),
    [
        ("dd/mm/yyyy", True), ("[$-421]dd mmmm yyyy", True), ("h:mm", True), ("[h]:mm", True),
        ("General", False), ("0.00%", False), ('0" hari"', False), ("#,##0 [Red]", False), ("@", False),
    ],
)  # fmt: skip
def test_format_of_a_date(code: str, is_date: bool) -> None:
    assert is_date_format(code) == is_date


@pytest.mark.parametrize(
    ("number", "date1904", "date"),
    [
        (45689, False, datetime.datetime(2025, 2, 1)),
        (1, False, datetime.datetime(1900, 1, 1)),
        (61, False, datetime.datetime(1900, 3, 1)),
        (0, True, datetime.datetime(1904, 1, 1)),
        (-1, False, None),
        (3e6, False, None),
    ],
)
def test_number_of_a_date(number: float, date1904: bool, date: datetime.datetime | None) -> None:
    assert as_date(number, date1904) == date
