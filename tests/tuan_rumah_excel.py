"""A strict stand-in for Excel: a written workbook in memory that takes contents as Excel does, and refuses as it does.

Two ways lead in: the actions that xlwings' remote engine asks for (`apply`), and the few desktop objects of xlwings
that the buttons touch (`meja_excel`). The remote engine is PRO and needs a licence key before xlwings is imported, so
the buttons run in a process of their own: `python -m tuan_rumah_excel`, a line of JSON in, a line of JSON out.
"""

from __future__ import annotations

import copy
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

AKAR = Path(__file__).parent.parent
TERPANJANG = 32767
HARI = 45658.0  # the day that any text is that Excel takes for a date
SAAT = re.compile(r"\d\d/\d\d/\d{4} \d\d\.\d\d")

_BULAN = "jan|feb|mar|apr|may|mei|jun|jul|aug|agu|ags|sep|oct|okt|nov|dec|des"
_GALAT = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!")
_TANGGAL = re.compile(
    rf"\d{{1,4}}[/-]\d{{1,2}}([/-]\d{{1,4}})?|(\d{{1,2}}[ -])?({_BULAN})[a-z]*[ -]?\d{{1,4}}"
    rf"|\d{{1,2}}[ -]?({_BULAN})[a-z]*([ -]\d{{2,4}})?|\d{{1,2}}:\d{{2}}(:\d{{2}})?",
    re.IGNORECASE,
)
_ANGKA = re.compile(r"[+-]?(Rp ?|\$)?\(?(\d[\d.,]*|[.,]\d+)(e[+-]?\d+)?\)? ?%?", re.IGNORECASE)
_TERSANDI = re.compile("_x([0-9A-Fa-f]{4})_")
_TAUTAN = re.compile(r'=HYPERLINK\("(?:[^"]|"")*","((?:[^"]|"")*)"\)')


class Ditolak(Exception):  # noqa: N818 - Excel says no
    """What Excel refuses; nothing of the action was done."""


@dataclass(slots=True)
class Sel:
    """A cell: what it shows, its formula, and what decides how a content is taken."""

    nilai: Any = None
    rumus: str | None = None
    format: str = "General"
    terkunci: bool = True
    awalan: bool = False  # its text was entered behind an apostrophe


@dataclass
class Lembar:
    """A sheet."""

    name: str
    cells: dict[tuple[int, int], Sel]  # row and column from 0
    columns: Mapping[int, Sel]  # how cells that are not there yet look
    heights: dict[int, float]
    merged: Mapping[tuple[int, int], tuple[int, int]]  # cell -> first cell of its block
    protected: bool = False
    rows_locked: bool = True  # on a protected sheet: no heights of rows may be set
    visible: bool = True
    stubborn: set[tuple[int, int]] = field(
        default_factory=set
    )  # cells that take text for something else, always

    def cell(self, row: int, column: int) -> Sel:
        at = row, column
        if at not in self.cells:
            look = self.columns.get(column, Sel(terkunci=False))
            self.cells[at] = Sel(format=look.format, terkunci=look.terkunci)
        return self.cells[at]

    def enter(self, row: int, column: int, content: Any, *, as_formula: bool = False) -> None:
        """Put a content into a cell as if it were typed; raises Ditolak."""
        place = f"{self.name}!{get_column_letter(column + 1)}{row + 1}"
        cell = self.cell(row, column)
        if self.protected and cell.terkunci:
            raise Ditolak(f"{place}: locked on a protected sheet")
        if self.merged.get((row, column), (row, column)) != (row, column):
            raise Ditolak(f"{place}: not the first cell of a merged block")
        if not isinstance(content, (str, int, float, bool)) and content is not None:
            raise Ditolak(f"{place}: {type(content).__name__} is no content of a cell")
        if isinstance(content, str) and len(content) > TERPANJANG:
            raise Ditolak(f"{place}: {len(content)} characters")
        if (row, column) in self.stubborn and isinstance(content, str):
            content = content.removeprefix("'")
        cell.nilai, cell.rumus, cell.awalan = taken(content, cell.format, as_formula=as_formula)
        if cell.format == "General" and isinstance(content, str) and isinstance(cell.nilai, float):
            cell.format = "d-mmm" if cell.nilai == HARI else "0%" if content.endswith("%") else "General"

    def used(self) -> tuple[int, int]:
        """Rows and columns from A1 to the last cell that holds something."""
        filled = [at for at, c in self.cells.items() if c.nilai not in (None, "") or c.rumus]
        return max((r for r, _ in filled), default=-1) + 1, max((c for _, c in filled), default=-1) + 1

    def values(self) -> list[list[Any]]:
        rows, columns = self.used()
        empty = Sel()
        return [[self.cells.get((r, c), empty).nilai for c in range(columns)] for r in range(rows)]


def taken(content: Any, format: str, *, as_formula: bool = False) -> tuple[Any, str | None, bool]:
    """What Excel makes of a content: what the cell shows, its formula, whether an apostrophe went before it."""
    if content is None or content == "":
        return None, None, False
    if as_formula and isinstance(content, str) and content.startswith("="):
        return _result(content), content, False
    if format == "@":  # everything stays text, an apostrophe and a number too
        return content if isinstance(content, str) else f"{content:g}".upper(), None, False
    if not isinstance(content, str):
        return content, None, False
    if content.startswith("'"):
        return content[1:] or None, None, True
    if content.startswith("="):
        return _result(content), content, False
    bare = content.strip()
    if bare.upper() in ("TRUE", "FALSE", "BENAR", "SALAH"):
        return bare.upper() in ("TRUE", "BENAR"), None, False
    if bare in _GALAT:
        return bare, f"={bare}", False
    if _ANGKA.fullmatch(bare):
        return _number(bare), None, False
    if _TANGGAL.fullmatch(bare):
        return HARI, None, False
    if content[0] in "+-@" and len(content) > 1:
        return "#NAME?", f"={content}", False
    return content, None, False


def _number(text: str) -> float:
    digits = re.sub(r"[^\d.e+-]", "", text.lower().replace("rp", "").replace(",", ""))
    try:
        return float(digits)
    except ValueError:
        return float("".join(c for c in digits if c.isdigit()))


def _result(formula: str) -> Any:
    """What a formula shows once Excel has computed it: only links are known here."""
    link = _TAUTAN.fullmatch(formula)
    return link[1].replace('""', '"') if link else 0


@dataclass
class Buku:
    """A workbook open in this Excel."""

    name: str
    sheets: list[Lembar]
    names: dict[str, tuple[str, str]]  # defined name -> sheet and address, for those that are a range

    def __getitem__(self, name: str) -> Lembar:
        return next(s for s in self.sheets if s.name == name)

    # --- what the Office.js client of xlwings does ------------------------------------------------------------------

    def payload(self) -> dict[str, Any]:
        """What the client sends along with a press (custom-scripts, getBookData)."""
        titles = [s.name for s in self.sheets]
        names = [
            {
                "name": name, "refers_to": f"='{sheet}'!{at}", "type": "Range", "sheet_index": titles.index(sheet),
                "address": at.replace("$", ""), "scope_sheet_name": None, "scope_sheet_index": None,
                "book_scope": True,
            }
            for name, (sheet, at) in self.names.items()
        ]  # fmt: skip
        book = {"name": self.name, "active_sheet_index": 0, "selection": "A1", "calculation": "Automatic"}
        sheets = [_sheet_payload(s) for s in self.sheets]
        return {"client": "Office.js", "version": _version(), "book": book, "names": names, "sheets": sheets}

    def apply(self, actions: list[dict[str, Any]]) -> None:
        """Do what xlwings asks for, in its order; raises Ditolak for what Excel refuses or this host does not know."""
        for action in actions:
            sheet = self.sheets[action["sheet_position"]]
            top, left = action["start_row"], action["start_column"]
            rows, columns = action["row_count"], action["column_count"]
            match action["func"]:
                case "setValues" | "setFormula":
                    lines = action["values"]
                    if len(lines) != rows or any(len(line) != columns for line in lines):
                        raise Ditolak(f"{sheet.name}: {rows}x{columns} cells, values of another shape")
                    for r, line in enumerate(lines):
                        for c, content in enumerate(line):
                            if content is not None:
                                formula = action["func"] == "setFormula"
                                sheet.enter(top + r, left + c, content, as_formula=formula)
                case "setRowHeight":
                    self.set_heights(sheet, range(top, top + rows), *action["args"])
                case other:
                    raise Ditolak(f"{other}: unknown action")

    @staticmethod
    def set_heights(sheet: Lembar, rows: range, height: float) -> None:
        if sheet.protected and sheet.rows_locked:
            raise Ditolak(f"{sheet.name}: rows of a protected sheet")
        if not 0 <= height <= 409:
            raise Ditolak(f"{sheet.name}: a height of {height}")
        for row in rows:
            sheet.heights[row] = float(height)

    def snapshot(self) -> dict[tuple[str, str], Any]:
        """Every cell that holds something, and every row's height; "when" is left out."""
        found: dict[tuple[str, str], Any] = {}
        for sheet in self.sheets:
            for (row, column), cell in sheet.cells.items():
                content = cell.rumus if cell.rumus else cell.nilai
                if content not in (None, ""):
                    at = f"{get_column_letter(column + 1)}{row + 1}"
                    told = SAAT.sub("SAAT", content) if isinstance(content, str) else content
                    found[sheet.name, at] = (type(content) is bool, told, cell.format)
            found |= {(sheet.name, f"tinggi {row + 1}"): height for row, height in sheet.heights.items()}
        return found

    def differences(self, other: Buku) -> list[str]:
        """Where this workbook and another one do not hold the same."""
        one, two = self.snapshot(), other.snapshot()
        return [
            f"{sheet}!{at}: {one.get((sheet, at))!r} | {two.get((sheet, at))!r}"
            for sheet, at in sorted(one.keys() | two.keys())
            if one.get((sheet, at)) != two.get((sheet, at))
        ]

    def copy(self) -> Buku:
        return copy.deepcopy(self)


def _sheet_payload(sheet: Lembar) -> dict[str, Any]:
    rows, columns = sheet.used()
    return {
        "name": sheet.name,
        "visibility": "Visible" if sheet.visible else "Hidden",
        "show_gridlines": True,
        "print_area": None,
        "notes": [],
        "notes_supported": False,
        "used_range_address": f"A1:{get_column_letter(columns)}{rows}" if rows else None,
        "used_range_row_count": rows,
        "used_range_column_count": columns,
        "values": [["" if v is None else v for v in line] for line in sheet.values()],
        "pictures": [], "shapes": [], "charts": [], "tables": [], "pivot_tables": [],
    }  # fmt: skip


def _version() -> str:
    from importlib.metadata import version

    return version("xlwings")


# --- reading a written workbook -----------------------------------------------------------------------------------


def open_buku(path: Path) -> Buku:
    """A workbook on disk as Excel opens it, formulas by their stored values."""
    values, formulas = (openpyxl.load_workbook(path, data_only=flag) for flag in (True, False))
    sheets = [_lembar(sheet, values[sheet.title]) for sheet in formulas.worksheets]
    names = {}
    for name, defined in formulas.defined_names.items():
        targets = list(defined.destinations) if defined.type == "RANGE" else []
        if len(targets) == 1:
            names[name] = targets[0]
    return Buku(path.name, sheets, names)


def _lembar(sheet: Any, values: Any) -> Lembar:
    cells = {}
    for cell in list(
        sheet._cells.values()
    ):  # those of the file; to ask for others would make them, without a look
        stored = values[cell.coordinate].value
        if isinstance(stored, str):  # Excel reads _x005F_ as the underscore that it stands for
            stored = _TERSANDI.sub(lambda m: chr(int(m[1], 16)), stored)
        cells[cell.row - 1, cell.column - 1] = Sel(
            None if stored == "" else stored,
            str(cell.value) if cell.data_type == "f" else None,
            cell.number_format,
            bool(cell.protection.locked),
        )
    columns = {
        n - 1: Sel(format=look.number_format, terkunci=bool(look.protection.locked))
        for look in sheet.column_dimensions.values()
        for n in range(look.min, look.max + 1)
    }
    merged = {
        (row - 1, column - 1): (block.min_row - 1, block.min_col - 1)
        for block in sheet.merged_cells.ranges
        for row, column in block.cells
    }
    heights = {
        n - 1: float(look.height) for n, look in sheet.row_dimensions.items() if look.height is not None
    }
    protection = sheet.protection
    return Lembar(
        sheet.title, cells, columns, heights, merged, bool(protection.sheet), bool(protection.formatRows),
        sheet.sheet_state == "visible",
    )  # fmt: skip


# --- the buttons, pressed through the remote engine ---------------------------------------------------------------


@dataclass
class Tekan:
    """What pressing a button came to: its sentence, and what xlwings asks the host for."""

    kalimat: str
    actions: list[dict[str, Any]] = field(repr=False)


class Mesin:
    """A process with the remote engine in it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def press(self, tombol: str, buku: Buku, folder: Path, rusak: str = "") -> Tekan:
        """Press a button and do in the workbook what it asks for; `folder`: where the workbook's file lies.

        `rusak` names a function that raises when it is called, "module.name:3" for its third call.
        """
        assert self._process.stdin
        assert self._process.stdout
        asked = {"tombol": tombol, "folder": str(folder), "payload": buku.payload(), "rusak": rusak}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the process of the remote engine has ended"
        pressed = Tekan(**json.loads(line))
        buku.apply(pressed.actions)
        return pressed


@contextmanager
def running(log: Path) -> Iterator[Mesin]:
    """The remote engine; details of faults go to a file of `log`'s folder."""
    own = {k: v for k, v in os.environ.items() if not k.startswith(("XLWINGS", "RKT_FOLDER"))}
    given = {
        "PYTHONPATH": os.pathsep.join(map(str, (AKAR, AKAR / "tests"))),
        "HOME": os.devnull,
        "TMPDIR": str(log),
        "XLWINGS_LICENSE_KEY": "noncommercial",
    }
    command = [sys.executable, "-W", "error", "-m", "tuan_rumah_excel"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, env=own | given, **pipes) as process:  # type: ignore[call-overload]
        yield Mesin(process)
        process.stdin.close()


@contextmanager
def broken(rusak: str) -> Iterator[None]:
    """A function that raises at its n-th call; it works before and after."""
    from importlib import import_module
    from unittest.mock import patch

    if not rusak:
        yield
        return
    name, _, number = rusak.partition(":")
    module, _, attribute = name.rpartition(".")
    real = getattr(import_module(module), attribute)
    calls = iter(range(1, 10**9))

    def raising(*args: Any, **kwargs: Any) -> Any:
        if next(calls) == int(number or 1):
            raise ArithmeticError("dirusak oleh pengujian")
        return real(*args, **kwargs)

    with patch(name, raising):
        yield


def serve() -> None:
    """Press what each line asks for."""
    import xlwings as xw

    from macros.tombol import TOMBOL

    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        asked = json.loads(line)
        os.environ["RKT_FOLDER"] = asked["folder"]
        book = xw.Book(json=asked["payload"])
        with broken(asked["rusak"]):
            kalimat = TOMBOL[asked["tombol"]](book)
        answers.write(json.dumps({"kalimat": kalimat, "actions": book.json()["actions"]}) + "\n")
        answers.flush()
        book.close()


if __name__ == "__main__":
    serve()
