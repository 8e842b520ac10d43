"""Where every cell of a workbook stands: the only place that turns a key into an address.

A form (`workbook_templates`) declares columns and puts cells on sheets; writer, reader and tests walk the
resulting `Book`. Rows and columns count from 0. What a cell is for, its role, decides lock and look.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from builder.expr import Evaluation, Expr, Key, Range, Ref, Value, call, excel


class Role(StrEnum):
    """What a cell is for."""

    KEY = "key"  # says which row this is; hidden
    FIXED = "fixed"  # from the plan; locked, compared on return
    ENTRY = "entry"  # typed by people; yellow, open, the only thing read back
    BROUGHT = (
        "brought"  # brought in by a refresh, which rewrites it and nothing else; open to the konsolidator
    )
    FORMULA = "formula"  # computed; locked, for the eye only
    LABEL = "label"  # headings and words of the form itself


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a card or a table: name, heading, width in characters, role, look."""

    name: str
    heading: str
    width: float
    role: Role = Role.FORMULA
    style: str = "sel"
    format: str = ""
    hidden: bool = False

    @property
    def is_text(self) -> bool:
        """True where people write words: whatever stands there is text."""
        return self.format == "@"


@dataclass(frozen=True, slots=True)
class Validation:
    """A rule on entry cells, with the message shown before typing and the one that stops a wrong entry (blank: none).

    `kind`: "list" (source: a defined name), "custom" (source: an Expr), "any" (message only); `whole` and
    `decimal` take `low` and `high` (None: open).
    """

    kind: str
    title: str
    message: str
    error: str = ""
    source: str | Expr | None = None
    low: float | None = None
    high: float | None = None
    stops: bool = True


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell, or a merged block of `rows` by `columns` from its upper left corner."""

    row: int
    column: int
    content: Value | Expr
    style: str
    role: Role = Role.LABEL
    key: Key | None = None
    rows: int = 1
    columns: int = 1
    format: str = ""
    validation: Validation | None = None
    name: str | None = None  # a defined name
    link: Key | str | None = None  # to the cell with this key, or to the sheet with this name
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Highlight:
    """A look that a block of cells takes on while a cell says `text`, begins with it, or while `when` holds."""

    first: Key
    last: Key
    style: str
    text: str = ""
    when: Expr | None = None
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Marks:
    """A look for the cells of a block whose heading stands between bars in their row's cell of marks.

    With the prefix "!" the cell of marks "|!Capaian|Realisasi|" marks the column Capaian.
    """

    block: tuple[int, int, int, int]  # first row and column, last row and column
    headings: int  # row of the headings
    marks: int  # column of the cells of marks
    style: str
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A list of plain rows, rewritten as one block by a refresh: columns have looks, rows have none.

    The key of a cell is (name, number of the row from 0, column).
    """

    name: str
    first: int  # its first row
    columns: tuple[Column, ...]
    capacity: int  # rows for which filter and looks are made ready
    looks: tuple[tuple[str, str, str], ...] = ()  # column, what a cell of it says, its look
    offers: tuple[tuple[str, Validation], ...] = ()  # column, what its cells offer to choose and say

    def key(self, row: int, column: str) -> Key:
        """Key of a cell."""
        return Key(self.name, str(row), column)


@dataclass(frozen=True, slots=True)
class Button:
    """A button over a block of cells that runs a macro; drawn only in a workbook that carries macros."""

    row: int
    column: int
    columns: int
    caption: str
    macro: str


@dataclass(slots=True)
class Sheet:
    """One sheet: its cells and how it is shown and printed."""

    name: str
    cells: list[Cell] = field(default_factory=list)
    widths: dict[int, float] = field(default_factory=dict)
    hidden_columns: set[int] = field(default_factory=set)
    heights: dict[int, float] = field(default_factory=dict)  # points
    highlights: list[Highlight] = field(default_factory=list)
    marks: list[Marks] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)
    table: Table | None = None
    breaks: list[int] = field(default_factory=list)  # rows that begin a printed page
    hidden: bool = False
    locked: bool = True
    landscape: bool = True
    frozen: tuple[int, int] = (0, 0)
    repeated_rows: tuple[int, int] | None = None
    autofilter: tuple[int, int, int, int] | None = None
    last_printed_column: int | None = None
    last_printed_row: int | None = None  # None: the last one that holds something
    first_printed_column: int = 0
    tab: str = ""
    pages_wide: int = 1
    pages_tall: int = 0  # 0: as many as it takes

    def put(
        self,
        row: int,
        column: int,
        content: Value | Expr,
        style: str,
        role: Role = Role.LABEL,
        key: Key | None = None,
        **more: Any,
    ) -> Cell:
        """Place one cell; `more` are the further fields of `Cell`."""
        cell = Cell(row, column, content, style, role, key, **more)
        self.cells.append(cell)
        return cell

    def set_columns(self, columns: Iterable[Column], first: int = 0) -> None:
        """Widths and hiding of a run of columns."""
        for n, column in enumerate(columns, first):
            self.widths[n] = column.width
            if column.hidden:
                self.hidden_columns.add(n)

    @property
    def next_row(self) -> int:
        """The first row below everything placed so far."""
        return max((c.row + c.rows for c in self.cells), default=0)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a keyed cell stands."""

    sheet: str
    cell: Cell

    @property
    def address(self) -> str:
        """ "D8"."""
        return address(self.cell.row, self.cell.column)


@dataclass
class Book:
    """A workbook before it is written: sheets, properties, and the values of its entries.

    `entries` are what people typed (keys of ENTRY cells); `evaluation` computes every formula from them.
    """

    sheets: list[Sheet]
    properties: dict[str, str] = field(default_factory=dict)
    names: dict[str, tuple[Key, Key]] = field(default_factory=dict)  # lists: first and last cell
    row_columns: tuple[Column, ...] = ()  # columns of the rows that a reader looks for by their key
    title: str = ""
    author: str = ""
    opens: str = ""  # name of the sheet that is shown first; "" for the first one that is not hidden
    _formulas: dict[tuple[int, str, bool], tuple[Expr, str]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @cached_property
    def places(self) -> dict[Key, Place]:
        """Every keyed cell; two cells with one key are a fault of the form."""
        places: dict[Key, Place] = {}
        for sheet in self.sheets:
            for cell in sheet.cells:
                if cell.key is not None:
                    if cell.key in places:
                        raise ValueError(f"Two cells with the key {cell.key}")
                    places[cell.key] = Place(sheet.name, cell)
        return places

    @cached_property
    def evaluation(self) -> Evaluation:
        """Values of all keyed cells."""
        contents = {key: place.cell.content for key, place in self.places.items()}
        formulas = {k: c for k, c in contents.items() if isinstance(c, Expr)}
        return Evaluation({k: c for k, c in contents.items() if not isinstance(c, Expr)}, formulas)

    def value(self, cell: Cell) -> Value:
        """What a cell shows: its constant, or its formula computed."""
        if not isinstance(cell.content, Expr):
            return cell.content
        if cell.key is not None:
            return self.evaluation.value(cell.key)
        value: Value = self.evaluation.compute(cell.content)
        return value

    def formula(self, node: Expr, sheet: str, *, fixed: bool = False) -> str:
        """A formula in Excel's words, as it stands on `sheet`, with "="; `fixed`: addresses with $."""
        # One book is held against many returns: its formulas are put into words once.
        known = (id(node), sheet, fixed)
        if known not in self._formulas:
            text = excel(node, lambda ref: self.reference(ref, sheet, fixed=fixed))
            self._formulas[known] = (node, f"={text}")
        return self._formulas[known][1]

    def reference(self, ref: Ref | Range, sheet: str, *, fixed: bool = False) -> str:
        """ "D8", "D8:D11", or with the sheet's name where that is another one."""
        keys = [ref.key] if isinstance(ref, Ref) else list(ref.keys)
        places = [self.places[k] for k in keys]
        cells = [p.cell for p in places]
        if len({(p.sheet, p.cell.column) for p in places}) != 1:
            raise ValueError(f"A range must lie in one column of one sheet: {keys[0]} to {keys[-1]}")
        text = address(min(c.row for c in cells), cells[0].column, fixed=fixed)
        if isinstance(ref, Range):
            text += ":" + address(max(c.row for c in cells), cells[0].column, fixed=fixed)
        return text if places[0].sheet == sheet else f"{quoted(places[0].sheet)}!{text}"

    def entry_places(self) -> Iterator[tuple[Key, Place]]:
        """Every cell that people fill."""
        return ((k, p) for k, p in self.places.items() if p.cell.role is Role.ENTRY)


def address(
    row: int, column: int, *, fixed: bool = False, fixed_row: bool = False, fixed_column: bool = False
) -> str:
    """(7, 3) -> "D8"; fixed: "$D$8", "D$8", "$D8"."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return (
        ("$" if fixed or fixed_column else "") + letters + ("$" if fixed or fixed_row else "") + str(row + 1)
    )


def quoted(sheet: str) -> str:
    """A sheet's name as a formula needs it."""
    return "'" + sheet.replace("'", "''") + "'"


def link_to(place: str) -> Expr:
    """A link that shows and goes to one of our cells, "S17!E8"."""
    sheet, _, cell = place.partition("!")
    return call("link", f"#{quoted(sheet)}!{cell}", place)


def defined_name(key: Key) -> str:
    """Name of an entry cell: S17_I2_TW3_PEMBILANG ("TW1" alone would be a cell address)."""
    return "_".join(part for part in (key.id.replace("-", "_"), key.baris, key.kolom) if part).upper()


def row_key(id: str, baris: str) -> str:
    """What stands in the hidden cell of a row: "S17-I2|TW3"."""
    return f"{id}|{baris}"


def text_lines(text: str, width: float, *, size: float = 10, bold: bool = False) -> int:
    """How many lines a text takes in a cell of `width` characters; rows under merged cells never autofit.

    A column's width counts digits of 11 point; the 0.92 leaves room for the renderer's own breaks.
    """
    per_line = max(4, int(width * 0.92 * 11 / size * (0.95 if bold else 1.05)))
    return (
        sum(max(1, len(textwrap.wrap(part, per_line, break_long_words=True))) for part in text.split("\n"))
        or 1
    )


def line_height(lines: int, *, size: float = 10, padding: float = 5, least: float = 0) -> float:
    """Height in points of a row with so many lines; Excel allows 409."""
    return min(409.0, max(least, math.ceil(lines * size * 1.3 + padding)))
