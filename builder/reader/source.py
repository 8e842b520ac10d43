"""A returned workbook opened: what stands in its cells, and where the rows of our form are.

What is no workbook, or one that is never opened (macros, passwords, other formats), is refused by name.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import openpyxl
from openpyxl.cell import Cell as XlsxCell
from openpyxl.workbook import Workbook

from builder.angka import clean
from builder.isian import Content
from builder.layout import address
from builder.masalah import Message, Problem, Refused

_ROW_KEY = re.compile(r"S\d{2,3}-I\d{1,2}\|(TW[1-4]|TAHUN|JUDUL|KEPALA)")


@dataclass(frozen=True, slots=True)
class At:
    """A place in a returned file; rows and columns count from 1, as openpyxl does."""

    lembar: str
    row: int
    column: int

    @property
    def sel(self) -> str:
        """ "D8"."""
        return address(self.row - 1, self.column - 1)


@dataclass(frozen=True)
class ReturnedFile:
    """A workbook, once with formulas as text and once with their stored results."""

    formulas: Workbook
    values: Workbook

    @property
    def sheets(self) -> list[str]:
        """Titles of the sheets that have cells (a chart has none)."""
        return [sheet.title for sheet in self.formulas.worksheets]

    @cached_property
    def rows(self) -> dict[str, list[At]]:
        """Every hidden key of a row ("S17-I2|TW3") and where it stands; more than one place is a copy."""
        found: dict[str, list[At]] = defaultdict(list)
        for sheet in self.sheets:
            for cell in self.filled(sheet):
                if isinstance(cell.value, str) and _ROW_KEY.fullmatch(cell.value):
                    found[cell.value].append(At(sheet, cell.row, cell.column))
        return dict(found)

    def filled(self, sheet: str) -> Iterator[XlsxCell]:
        """Cells of a sheet that hold something that can be seen."""
        for line in self.formulas[sheet].iter_rows():
            for cell in line:
                if cell.value is not None and not (isinstance(cell.value, str) and not clean(cell.value)):
                    yield cell

    def content(self, at: At) -> Content:
        """What stands in a cell."""
        cell = self.formulas[at.lembar].cell(at.row, at.column)
        stored = self.values[at.lembar].cell(at.row, at.column)
        value, formula = cell.value, None
        if cell.data_type == "f":
            formula = value if isinstance(value, str) else f"={getattr(value, 'text', '') or '{…}'}"
            value = stored.value
        link = cell.hyperlink.target if cell.hyperlink else None
        return Content(value, formula, stored.data_type == "e", str(cell.number_format), link)

    def named(self, name: str) -> At | None:
        """The cell with a defined name, where the workbook still has it."""
        if name in self.formulas.defined_names:
            for sheet, cell in self.formulas.defined_names[name].destinations:
                if sheet in self.sheets and ":" not in cell:
                    corner = self.formulas[sheet][cell.replace("$", "")]
                    return At(sheet, corner.row, corner.column)
        return None


_FOREIGN = {
    ".ods": "LibreOffice (.ods)", ".xlsb": ".xlsb", ".csv": ".csv", ".pdf": "PDF", ".doc": "Word", ".docx": "Word",
    ".numbers": "Numbers", ".zip": ".zip", ".rar": ".rar", ".jpg": "gambar", ".jpeg": "gambar", ".png": "gambar",
}  # fmt: skip
_OLE = b"\xd0\xcf\x11\xe0"


def open_returned(path: Path) -> ReturnedFile:
    """The workbook, once with formulas and once with their results; raises Refused for what is none."""
    start = path.read_bytes()
    _check_kind(path, start)
    try:
        with zipfile.ZipFile(path) as package:
            if any("vbaproject" in name.lower() for name in package.namelist()):
                raise Refused(Problem(Message.H01, path.name))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts that openpyxl does not keep: nothing of ours
            return ReturnedFile(openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True))
    except Refused:
        raise
    except Exception as error:
        # A stranger's file can fail anywhere in the library (which also raises an OSError of its own, without a
        # number); whatever it was, the file is not a workbook of ours.
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise Refused(Problem(Message.G03, path.name)) from error


def _check_kind(path: Path, content: bytes) -> None:
    suffix = path.suffix.lower()
    if not content:
        raise Refused(Problem(Message.J01, path.name))
    if content.startswith(_OLE):
        crypt = "EncryptedPackage".encode("utf-16-le") in content
        raise Refused(Problem(Message.H13 if crypt else Message.G01, path.name))
    if suffix != ".xlsx":
        raise Refused(
            Problem(
                Message.G02, path.name, values={"format": _FOREIGN.get(suffix, suffix or "tanpa akhiran")}
            )
        )
    if not content.startswith(b"PK"):
        raise Refused(Problem(Message.G03, path.name))
