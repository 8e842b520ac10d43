"""Independent readers as witnesses of a mutant: what openpyxl and calamine say that its cells hold.

openpyxl parses the cells of each sheet twice, for formulas and for stored values; of its sheets only those whose
bytes differ from the sound workbook's are parsed again. calamine gives stored values. A witness that cannot open
the file says nothing.
"""

from __future__ import annotations

import datetime
import hashlib
import io
import math
import re
import warnings
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

import python_calamine
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.worksheet._reader import WorksheetReader
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from builder.angka import clean
from builder.ooxml import unescape

# A cell so far away makes calamine lay out the whole rectangle before it, which ends its process.
_FAR = re.compile(rb'(?:r|ref)="(?:[A-Z]+\d+:)?(?:[A-Z]{3}\d|[A-Z]*\d{5})')

_STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
# Parts that a sheet's cells are read with.
_SHARED = ("xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml", "[Content_Types].xml")


@dataclass(frozen=True, slots=True)
class Sel:
    """A cell as a witness sees it."""

    value: object = None
    formula: str | None = None
    format: str = "General"


Lembar = Mapping[tuple[int, int], Sel]
Kesaksian = Mapping[str, Lembar]  # sheets by title
_Cells = Mapping[tuple[int, int], tuple[object, str]]  # content and number format
_KOSONG = Sel()


def is_same(one: object, other: object) -> bool:
    """Equal as a person sees it: nothing and white space are blank, words without their edges, TRUE is no number."""
    a, b = _plain(one), _plain(other)
    if isinstance(a, str) and isinstance(b, str):
        return a == b or clean(unescape(a)) == clean(unescape(b))
    if isinstance(a, bool) != isinstance(b, bool):
        return False
    if isinstance(a, datetime.datetime) and isinstance(b, datetime.datetime):
        return abs(a - b) < datetime.timedelta(seconds=1)
    if isinstance(a, float) and isinstance(b, float):
        return a == b or (a != a and b != b)
    return a == b


def _plain(value: object) -> object:
    if isinstance(value, str):
        return clean(value.replace("\r", "")) or None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:  # openpyxl makes a whole number of 400 digits
            return math.inf if value > 0 else -math.inf
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return datetime.datetime.combine(value, datetime.time())
    return value


# --- openpyxl -----------------------------------------------------------------------------------------------------


class OpenpyxlWitness:
    """Remembers what it saw in the sheets of sound workbooks."""

    def __init__(self) -> None:
        self._seen: dict[bytes, Lembar] = {}

    def see(self, content: bytes, *, remember: bool = False) -> Kesaksian | None:
        """The cells of a file; None where openpyxl does not open it. `remember`: of a sound workbook."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return self._see(content, remember)
            except Exception:
                return None

    def _see(self, content: bytes, remember: bool) -> Kesaksian:
        readers = [_open(content, data_only) for data_only in (False, True)]
        archive = readers[0].archive
        rest = hashlib.sha1(b"".join(_read(archive, n) for n in _SHARED))
        found: dict[str, Lembar] = {}
        for sheet, relation in readers[0].parser.find_sheets():
            if relation.target not in readers[0].valid_files or "chartsheet" in relation.Type:
                continue
            if _STRICT in _read(archive, relation.target):
                raise ValueError("openpyxl sees no cells in Strict Open XML")
            key = hashlib.sha1(rest.digest() + _read(archive, relation.target)).digest()
            seen = self._seen.get(key) or _join(*(_cells(r, relation.target) for r in readers))
            if remember:
                self._seen[key] = seen
            found[sheet.name] = seen
        return found


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    return archive.read(name) if name in archive.namelist() else b""


def _open(content: bytes, data_only: bool) -> ExcelReader:
    reader = ExcelReader(io.BytesIO(content), data_only=data_only, keep_links=False)
    reader.read_manifest()
    reader.read_strings()
    reader.read_workbook()
    apply_stylesheet(reader.archive, reader.wb)
    return reader


def _cells(reader: ExcelReader, part: str) -> _Cells:
    sheet = reader.wb.create_sheet("x")
    with reader.archive.open(part) as stream:
        WorksheetReader(sheet, stream, reader.shared_strings, reader.data_only, reader.rich_text).bind_cells()
    return {at: (cell.value, cell.number_format) for at, cell in sheet._cells.items()}


def _join(formulas: _Cells, values: _Cells) -> Lembar:
    found = {}
    for at, (content, code) in formulas.items():
        value = values[at][0]
        if isinstance(content, (ArrayFormula, DataTableFormula)):
            found[at] = Sel(value, f"{{{content.ref} {getattr(content, 'text', '')}}}", code)
        elif isinstance(content, str) and content.startswith("=") and content != value:
            found[at] = Sel(value, content, code)
        elif content is not None:
            found[at] = Sel(content, None, code)
    return found


# --- calamine -----------------------------------------------------------------------------------------------------


def see_calamine(content: bytes) -> Kesaksian | None:
    """Stored values; None where calamine does not open the file, or would not survive it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if any(_FAR.search(archive.read(n)) for n in archive.namelist() if "worksheets/" in n):
                return None
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        return {name: _values(book, name) for name in book.sheet_names}
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # a panic of the native reader is no Exception
        return None


def _values(book: python_calamine.CalamineWorkbook, name: str) -> Lembar:
    rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return {
        (r, c): Sel(value)
        for r, row in enumerate(rows, 1)
        for c, value in enumerate(row, 1)
        if value is not None and value != ""
    }


def see_cell(seen: Kesaksian, title: str, row: int, column: int) -> Sel | None:
    """A cell as a witness sees it; None where it does not see the sheet."""
    return seen[title].get((row, column), _KOSONG) if title in seen else None
