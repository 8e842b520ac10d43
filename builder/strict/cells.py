"""The cells of one sheet, strictly: rows and cells in order, each once, each content as the schema has it.

What a spreadsheet program never writes is refused with its place (KEGAGALAN B17, B18, C20, C26); nothing is
repaired and nothing is skipped. Formulas are kept as text, errors as errors.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

from builder.isian import Content
from builder.layout import address
from builder.masalah import Message, Problem, Refused, show
from builder.ooxml import unescape
from builder.preflight.limits import (
    KEPT_COLUMNS,
    KEPT_ROWS,
    LAST_COLUMN,
    LAST_ROW,
    LONGEST_TEXT,
    MOST_CELLS,
    MOST_MERGED,
)
from builder.preflight.xml import Attributes, BadXml, walk
from builder.strict.formula import shift
from builder.strict.returned import Block
from builder.strict.styles import Look, as_date

_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})", re.ASCII)
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})(?::\$?([A-Z]{1,3})\$?([1-9]\d{0,6}))?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_NO_NUMBER = {"NaN": math.nan, "INF": math.inf, "-INF": -math.inf, "nan": math.nan, "inf": math.inf}
_TYPES = ("n", "s", "str", "inlineStr", "b", "e", "d")
_LONGEST_FORMULA = 8192
# What may stand in what; below anything else nothing is read.
_TEXT_WITH_LOOKS = ("t", "r", "rPh", "phoneticPr")
INSIDE_TEXT = {"si": _TEXT_WITH_LOOKS, "is": _TEXT_WITH_LOOKS, "r": ("rPr", "t"), "rPh": ("t",)}
_INSIDE = {
    "sheetData": ("row", "extLst"),
    "row": ("c", "extLst"),
    "c": ("f", "v", "is", "extLst"),
    **INSIDE_TEXT,
}
_TEXTS = ("f", "v", "t")


@dataclass(slots=True)
class SheetCells:
    """What one sheet's XML says."""

    cells: dict[tuple[int, int], Content] = field(default_factory=dict)
    merged: list[Block] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    links: dict[str, str] = field(default_factory=dict)  # range -> id of a relation
    filtered: bool = False
    protected: bool = False
    outside: int = 0
    outside_first: str = ""
    dimension: str = ""
    last: tuple[int, int] = (0, 0)  # the farthest row and column with something in it
    elements: int = 0  # of its XML


def read_cells(
    content: bytes,
    place: tuple[str, str],
    strings: Sequence[str],
    looks: Sequence[Look],
    *,
    date1904: bool = False,
) -> SheetCells:
    """Read a sheet's part; `place` is the file's name and the sheet's title. Raises Refused with the place."""
    reader = _SheetReader(place, strings, looks, date1904)
    try:
        elements = walk(content, reader.start, reader.end, reader.text, reader.comment)
    except BadXml as error:
        raise told(error, *place) from error
    return reader.finish(elements)


def told(error: BadXml, name: str, title: str | None = None) -> Refused:
    """The refusal for XML that cannot be read."""
    message = Message.H08 if error.kind == "limit" else Message.H06
    return Refused(Problem(message, name, title, values={"rincian": str(error)}))


def parse_block(text: str) -> Block | None:
    """ "A3:I9" or "A3" -> first row and column, last row and column, from 1; None for anything else."""
    match = _RANGE.fullmatch(text)
    if not match:
        return None
    first = (int(match[2]), column_number(match[1]))
    last = (int(match[4]), column_number(match[3])) if match[3] else first
    if last[0] > LAST_ROW or last[1] > LAST_COLUMN or last < first:
        return None
    return (*first, *last)


def column_number(letters: str) -> int:
    """ "A" -> 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


class _SheetReader:
    def __init__(
        self, place: tuple[str, str], strings: Sequence[str], looks: Sequence[Look], date1904: bool
    ) -> None:
        self.berkas, self.lembar = place
        self.strings, self.looks, self.date1904 = strings, looks, date1904
        self.found = SheetCells()
        self.path: list[str] = []
        self.row = self.column = 0
        self.seen_rows = False
        self.filled = 0
        self.shared: dict[str, tuple[int, int, str]] = {}  # formulas that other cells refer to
        self.arrays: list[Block] = []
        self._new_cell({})

    # --- refusals -------------------------------------------------------------------------------------------------

    def _refuse(self, message: Message, isi: str | None = None, **values: Any) -> NoReturn:
        sel = address(self.row - 1, self.column - 1) if self.row and self.column else None
        raise Refused(Problem(message, self.berkas, self.lembar, sel, isi, {"sel": sel or "", **values}))

    def _broken(self, told: str) -> NoReturn:
        self._refuse(Message.C26, rincian=told)

    # --- events ---------------------------------------------------------------------------------------------------

    def start(self, tag: str, attributes: Attributes) -> None:
        parent = self.path[-1] if self.path else ""
        if not parent and tag != "worksheet":
            self._refuse(Message.B17, rincian="bagian ini bukan lembar kerja")
        if parent in _TEXTS:
            self._broken("ada unsur di dalam nilainya")
        if parent in _INSIDE and tag not in _INSIDE[parent]:
            self._refuse(Message.B17, rincian=f"unsur asing «{show(tag, 40)}» di antara sel")
        self.path.append(tag)
        handler = _HANDLERS.get((parent, tag))
        if handler:
            handler(self, attributes)
        elif tag in ("sheetData", "row", "c"):
            self._refuse(Message.B17, rincian="data lembar tidak pada tempatnya")

    def end(self, tag: str) -> None:
        self.path.pop()
        if tag == "c" and self.path[-1] == "row":
            self._take_cell()
            self.column = 0
        elif tag == "row" and self.path[-1] == "sheetData":
            self.row = self.last_column = 0

    def text(self, piece: str) -> None:
        tag = self.path[-1]
        if tag in ("f", "v") and self.path[-2] == "c":
            self.pieces[tag].append(piece)
        elif tag == "t" and "is" in self.path and "rPh" not in self.path:
            self.pieces["is"].append(piece)
        elif tag in ("c", "row", "sheetData", "is", "r") and not piece.isspace() and "c" in self.path:
            self._broken("ada teks di luar nilainya")

    def comment(self) -> None:
        if self.path and self.path[-1] in (*_TEXTS, "is", "r") and "c" in self.path:
            self._broken("ada komentar atau CDATA di dalam nilainya")

    # --- rows and cells -------------------------------------------------------------------------------------------

    def _sheet_data(self, _: Attributes) -> None:
        if self.seen_rows:
            self._refuse(Message.B17, rincian="data lembar ada dua")
        self.seen_rows = True
        self.last_row = 0

    def _row(self, attributes: Attributes) -> None:
        number = attributes.get("r")
        if number is None:
            self._refuse(Message.B17, rincian="ada baris tanpa nomor")
        if not re.fullmatch(r"[1-9]\d{0,6}", number, re.ASCII) or int(number) > LAST_ROW:
            self._refuse(Message.B18, alamat=f"baris {show(number, 20)}")
        if int(number) <= self.last_row:
            self._refuse(Message.B17, rincian=f"baris {number} muncul sesudah baris {self.last_row}")
        self.row = self.last_row = int(number)
        self.last_column = 0
        if _is_on(attributes.get("hidden")) and self.row <= KEPT_ROWS:
            self.found.hidden_rows.add(self.row)

    def _cell(self, attributes: Attributes) -> None:
        where = attributes.get("r")
        if where is None:
            self._refuse(Message.B17, rincian=f"ada sel tanpa alamat di baris {self.row}")
        match = _ADDRESS.fullmatch(where)
        column = column_number(match[1]) if match else 0
        if not match or column > LAST_COLUMN or int(match[2]) > LAST_ROW:
            self._refuse(Message.B18, alamat=show(where, 20))
        if int(match[2]) != self.row:
            self._refuse(Message.B17, rincian=f"sel {where} ada di dalam baris {self.row}")
        if column <= self.last_column:
            same = column == self.last_column
            self.column = column
            self._refuse(
                Message.B17, rincian=f"sel {where} muncul {'dua kali' if same else 'tidak berurutan'}"
            )
        self.column = self.last_column = column
        self._new_cell(attributes)

    def _new_cell(self, attributes: Attributes) -> None:
        self.attributes = attributes
        self.counts = {"f": 0, "v": 0, "is": 0}
        self.pieces: dict[str, list[str]] = {"f": [], "v": [], "is": []}
        self.formula_attributes: Attributes = {}

    def _part(self, tag: str, attributes: Attributes) -> None:
        self.counts[tag] += 1
        if self.counts[tag] > 1:
            self._broken("nilainya tertulis dua kali")
        if tag == "f":
            self.formula_attributes = attributes

    def _take_cell(self) -> None:
        look = self._look()
        kind = self.attributes.get("t", "n")
        if kind not in _TYPES:
            self._broken(f"jenis isi «{show(kind, 20)}» tidak dikenal")
        formula = self._formula()
        raw = "".join(self.pieces["v"])
        value = self._value(kind, raw, look, formula is not None)
        if value is None and formula is None:
            return
        self._keep(Content(value, formula, kind == "e", look.format, None, raw[:80], False, look.unseen))

    def _keep(self, content: Content) -> None:
        self.filled += 1
        if self.filled > MOST_CELLS:
            self._refuse(Message.H08, rincian=f"lebih dari {MOST_CELLS} sel terisi")
        self.found.last = max(self.found.last[0], self.row), max(self.found.last[1], self.column)
        if self.row <= KEPT_ROWS and self.column <= KEPT_COLUMNS:
            self.found.cells[self.row, self.column] = content
        else:
            self.found.outside += 1
            self.found.outside_first = self.found.outside_first or address(self.row - 1, self.column - 1)

    def _look(self) -> Look:
        number = self.attributes.get("s", "0")
        if not re.fullmatch(r"\d{1,6}", number, re.ASCII) or int(number) >= len(self.looks):
            self._broken(f"gaya sel «{show(number, 20)}» tidak ada")
        return self.looks[int(number)]

    # --- contents -------------------------------------------------------------------------------------------------

    def _value(self, kind: str, raw: str, look: Look, has_formula: bool) -> object:
        if self.counts["is"] and (self.counts["v"] or kind != "inlineStr"):
            self._broken("nilainya tertulis dua kali")
        if kind == "inlineStr":
            return self._checked("".join(self.pieces["is"])) if self.counts["is"] else None
        if not self.counts["v"] or (has_formula and not raw):
            return None  # a formula that shows nothing, or that no program has computed
        if (kind == "b" and raw not in ("0", "1")) or (kind == "e" and not raw):
            self._broken(f"«{show(raw, 20)}» tidak sesuai jenis isinya")
        match kind:
            case "s":
                return self._shared_string(raw)
            case "str" | "e":
                return self._checked(raw)
            case "b":
                return raw == "1"
            case "d":
                return self._date(raw)
        return self._number(raw, look)

    def _checked(self, text: str) -> str:
        whole = sound(unescape(text))
        if len(whole) > LONGEST_TEXT:
            self._refuse(Message.H08, rincian=f"teks {len(whole)} karakter, paling panjang {LONGEST_TEXT}")
        return whole

    def _shared_string(self, raw: str) -> str:
        if not re.fullmatch(r"\d{1,7}", raw, re.ASCII) or int(raw) >= len(self.strings):
            self._broken(f"teks nomor «{show(raw, 20)}» tidak ada")
        return self.strings[int(raw)]

    def _date(self, raw: str) -> datetime.datetime:
        try:
            return datetime.datetime.fromisoformat(raw).replace(tzinfo=None)
        except ValueError:
            self._refuse(Message.C20, raw)

    def _number(self, raw: str, look: Look) -> object:
        if raw in _NO_NUMBER:
            return _NO_NUMBER[raw]
        if not _NUMBER.fullmatch(raw) or len(raw) > 400:
            self._refuse(Message.C20, raw)
        number = float(raw)
        if look.is_date and math.isfinite(number):
            date = as_date(number, self.date1904)
            return date if date is not None else number
        return int(number) if number.is_integer() and abs(number) < 1e15 else number

    # --- formulas -------------------------------------------------------------------------------------------------

    def _formula(self) -> str | None:
        if not self.counts["f"]:
            return None
        text = unescape("".join(self.pieces["f"]))
        if len(text) > _LONGEST_FORMULA:
            self._refuse(Message.H08, rincian=f"rumus {len(text)} karakter")
        kind = self.formula_attributes.get("t", "normal")
        if kind in ("array", "dataTable"):
            self._note_array()
        elif kind == "shared":
            text = self._shared_formula(text)
        return f"={text}"

    def _note_array(self) -> None:
        block = parse_block(self.formula_attributes.get("ref", ""))
        self.arrays.append(block or (self.row, self.column, self.row, self.column))

    def _shared_formula(self, text: str) -> str:
        id = self.formula_attributes.get("si", "")
        if text:
            self.shared[id] = (self.row, self.column, text)
            return text
        if id not in self.shared:
            self._broken("rumus bersamanya tidak ada")
        row, column, first = self.shared[id]
        return shift(first, self.row - row, self.column - column)

    # --- around the cells -----------------------------------------------------------------------------------------

    def _merge(self, attributes: Attributes) -> None:
        block = parse_block(attributes.get("ref", ""))
        if block is None:
            self._refuse(Message.B18, alamat=show(attributes.get("ref", ""), 40))
        self.found.merged.append(block)
        if len(self.found.merged) > MOST_MERGED:
            self._refuse(Message.H09, rincian=f"lebih dari {MOST_MERGED} sel gabungan")
        if block[2] - block[0] >= KEPT_ROWS or block[3] - block[1] >= 1000:
            self._refuse(Message.H09, rincian=f"sel {attributes['ref']} digabung")

    def _columns(self, attributes: Attributes) -> None:
        if _is_on(attributes.get("hidden")):
            ends = [attributes.get(end, "") for end in ("min", "max")]
            if all(re.fullmatch(r"\d{1,9}", end, re.ASCII) for end in ends):
                first, last = map(int, ends)
                self.found.hidden_columns |= set(range(first, min(last, KEPT_COLUMNS) + 1))

    def _link(self, attributes: Attributes) -> None:
        if "r:id" in attributes and len(self.found.links) < MOST_MERGED:
            self.found.links[attributes.get("ref", "")] = attributes["r:id"]

    def _protection(self, attributes: Attributes) -> None:
        self.found.protected = _is_on(attributes.get("sheet"))

    def _dimension(self, attributes: Attributes) -> None:
        self.found.dimension = attributes.get("ref", "")[:40]

    def _filter(self, _: Attributes) -> None:
        self.found.filtered = True

    def finish(self, elements: int) -> SheetCells:
        """Array formulas marked over all their cells; a dimension that is true forgotten."""
        found = self.found
        found.elements = elements
        for first_row, first_column, last_row, last_column in self.arrays:
            for (row, column), content in found.cells.items():
                if first_row <= row <= last_row and first_column <= column <= last_column:
                    found.cells[row, column] = replace(content, array=True)
        if _is_true(found.dimension, found.last):
            found.dimension = ""
        return found


_HANDLERS: Mapping[tuple[str, str], Any] = {
    ("worksheet", "sheetData"): _SheetReader._sheet_data,
    ("sheetData", "row"): _SheetReader._row,
    ("row", "c"): _SheetReader._cell,
    ("c", "f"): lambda self, attributes: self._part("f", attributes),
    ("c", "v"): lambda self, attributes: self._part("v", attributes),
    ("c", "is"): lambda self, attributes: self._part("is", attributes),
    ("mergeCells", "mergeCell"): _SheetReader._merge,
    ("cols", "col"): _SheetReader._columns,
    ("hyperlinks", "hyperlink"): _SheetReader._link,
    ("worksheet", "sheetProtection"): _SheetReader._protection,
    ("worksheet", "dimension"): _SheetReader._dimension,
    ("autoFilter", "filterColumn"): _SheetReader._filter,
}


def _is_true(dimension: str, last: tuple[int, int]) -> bool:
    """Whether a sheet is about as large as it says; formats may reach a little beyond the last content."""
    block = parse_block(dimension)
    if not dimension or block is None:
        return not dimension
    return last[0] <= block[2] <= max(last[0], KEPT_ROWS) and last[1] <= block[3] <= max(
        last[1], KEPT_COLUMNS
    )


def sound(text: str) -> str:
    """Halves of a character that only make sense in pairs become one, or the mark of an unreadable one."""
    if not any("\ud800" <= c <= "\udfff" for c in text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _is_on(text: str | None) -> bool:
    return text in ("1", "true")
