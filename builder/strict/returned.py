"""A returned workbook as plain values: what stands in its cells, and what else it carries.

Made by the child process that opens files of strangers, and all that ever comes out of it. Rows and columns count
from 1, as people see them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from builder.angka import clean
from builder.isian import Content
from builder.layout import address

_ROW_KEY = re.compile(r"S\d{2,3}-I\d{1,2}\|(TW[1-4]|TAHUN|JUDUL|KEPALA)")
_NAMED = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!\$?([A-Z]{1,3})\$?([1-9]\d{0,6})")

Block = tuple[int, int, int, int]  # first row and column, last row and column


@dataclass(frozen=True, slots=True)
class At:
    """A place in a returned file; rows and columns count from 1."""

    lembar: str
    row: int
    column: int

    @property
    def sel(self) -> str:
        """ "D8"."""
        return address(self.row - 1, self.column - 1)


@dataclass(frozen=True, slots=True)
class ReturnedSheet:
    """One sheet: its filled cells inside the rectangle of a form, and what else was found on it."""

    title: str
    cells: Mapping[tuple[int, int], Content]  # those that hold something, white space included
    state: str = "visible"  # "hidden", "veryHidden"
    merged: tuple[Block, ...] = ()
    hidden_rows: frozenset[int] = frozenset()  # within the rectangle
    hidden_columns: frozenset[int] = frozenset()
    filtered: bool = False  # an autofilter hides rows
    protected: bool = True
    outside: int = 0  # filled cells beyond the rectangle
    outside_first: str = ""  # "XFD1048576"
    comments: tuple[str, ...] = ()  # addresses of cells with a comment (of ours too)
    pictures: int = 0  # pictures, shapes, charts
    dimension: str = ""  # as written in the file; "" where it is true or missing


@dataclass(frozen=True)
class ReturnedFile:
    """A whole workbook."""

    sheets: Mapping[str, ReturnedSheet]  # by title, in their order; those of cells only
    names: Mapping[str, str] = field(default_factory=dict)  # defined names: "'S17'!$E$8"
    properties: Mapping[str, str] = field(default_factory=dict)  # custom properties of the document
    sha256: str = ""
    application: str = ""  # that saved it: "Microsoft Excel", "LibreOffice/…"
    macros: bool = False  # then nothing but the properties was read
    template: bool = False  # saved as .xltx
    strict: bool = False  # Strict Open XML
    date1904: bool = False
    manual: bool = False  # formulas are computed on request only
    shared: bool = False  # workbook sharing with a history of changes

    @cached_property
    def rows(self) -> dict[str, list[At]]:
        """Every hidden key of a row ("S17-I2|TW3") and where it stands; more than one place is a copy."""
        found: dict[str, list[At]] = defaultdict(list)
        for title, sheet in self.sheets.items():
            for (row, column), content in sheet.cells.items():
                if isinstance(content.value, str) and _ROW_KEY.fullmatch(content.value):
                    found[content.value].append(At(title, row, column))
        return dict(found)

    def filled(self, title: str) -> Iterator[tuple[At, Content]]:
        """Cells of a sheet that hold something that can be seen, row by row."""
        for (row, column), content in sorted(self.sheets[title].cells.items()):
            if content.formula is not None or content.error or _is_seen(content.value):
                yield At(title, row, column), content

    def content(self, at: At) -> Content:
        """What stands in a cell; a blank one has no number format here."""
        return self.sheets[at.lembar].cells.get((at.row, at.column), _BLANK)

    def named(self, name: str) -> At | None:
        """The cell with a defined name, where the workbook still has it."""
        match = _NAMED.fullmatch(self.names.get(name.upper(), ""))
        title = (match[1] or match[2]).replace("''", "'") if match else ""
        if match is None or title not in self.sheets:
            return None
        column = 0
        for letter in match[3]:
            column = column * 26 + ord(letter) - 64
        return At(title, int(match[4]), column)


_BLANK = Content()


def _is_seen(value: object) -> bool:
    return value is not None and not (isinstance(value, str) and not clean(value))
