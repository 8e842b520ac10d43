"""Excel on a desktop as the buttons see it through xlwings: the objects that they touch, and nothing else.

COM is not here. What stands behind is the workbook of `tuan_rumah_excel`; numbers come back as floats and dates as
dates, as COM gives them. A write can be made to fail.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePath
from types import SimpleNamespace
from typing import Any, cast

import xlwings as xw
from openpyxl.utils.cell import coordinate_to_tuple
from tuan_rumah_excel import Buku, Ditolak, Lembar

_GALAT = ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"]


class ComError(Exception):
    """What pywin32 raises where Excel says no."""


@dataclass
class Aplikasi:
    """One Excel: its settings, and the workbooks that are open in it."""

    books: list[Meja] = field(default_factory=list)
    calculation: str = "semiautomatic"
    screen_updating: bool = True
    enable_events: bool = True
    writes: int = 0
    fails_at: range = range(0)  # which writes fail, counted from 1
    loud: int = 0  # writes of a block while Excel recalculates, redraws or runs events
    calculated: int = 0
    alerts: list[str] = field(default_factory=list)
    engine: Any = field(default_factory=lambda: SimpleNamespace(type="desktop"))

    def settings(self) -> tuple[str, bool, bool]:
        return self.calculation, self.screen_updating, self.enable_events

    def calculate(self) -> None:
        self.calculated += 1

    def alert(self, prompt: str, title: str) -> None:
        self.alerts.append(prompt)

    def count_write(self) -> None:
        self.writes += 1
        self.loud += self.settings() != ("manual", False, False)
        if self.writes in self.fails_at:
            raise ComError(-2147352567, "Exception occurred.")


@dataclass
class Meja:
    """A workbook open on the desktop."""

    buku: Buku
    path: PurePath
    app: Aplikasi
    read_only: bool = False

    def __post_init__(self) -> None:
        self.app.books.append(self)

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def fullname(self) -> str:
        return str(self.path)

    @property
    def api(self) -> Any:
        return SimpleNamespace(ReadOnly=self.read_only, FullName=str(self.path))

    @property
    def sheets(self) -> _Sheets:
        return _Sheets(self)

    @property
    def names(self) -> list[Any]:
        return [
            SimpleNamespace(name=name, refers_to_range=Rentang(self, self.buku[sheet], *_corners(address)))
            for name, (sheet, address) in self.buku.names.items()
        ]

    def as_book(self) -> xw.Book:
        return cast(xw.Book, self)


@dataclass
class _Sheets:
    meja: Meja

    def __iter__(self) -> Iterator[_Sheet]:
        return (_Sheet(self.meja, lembar) for lembar in self.meja.buku.sheets)

    def __getitem__(self, name: str) -> _Sheet:
        return _Sheet(self.meja, self.meja.buku[name])


@dataclass
class _Sheet:
    book: Meja
    lembar: Lembar

    @property
    def name(self) -> str:
        return self.lembar.name

    @property
    def used_range(self) -> Any:
        rows, columns = self.lembar.used()
        return SimpleNamespace(last_cell=SimpleNamespace(row=max(rows, 1), column=max(columns, 1)))

    def range(self, first: Any, last: Any = None) -> Rentang:
        if isinstance(first, str):  # whole rows, "4:10"
            top, _, bottom = first.partition(":")
            return Rentang(self.book, self.lembar, (int(top), 1), (int(bottom), 16384))
        return Rentang(self.book, self.lembar, first, last or first)


def _corners(address: str) -> tuple[tuple[int, int], tuple[int, int]]:
    first, _, last = address.replace("$", "").partition(":")
    return coordinate_to_tuple(first), coordinate_to_tuple(last or first)


@dataclass
class Rentang:
    """A range; rows and columns from 1."""

    meja: Meja
    lembar: Lembar
    first: tuple[int, int]
    last: tuple[int, int]
    two_dimensional: bool = False
    err_to_str: bool = False

    def __getitem__(self, at: tuple[int, int]) -> Rentang:
        place = self.first[0] + at[0], self.first[1] + at[1]
        return Rentang(self.meja, self.lembar, place, place)

    def options(self, *, ndim: int, err_to_str: bool) -> Rentang:
        return Rentang(self.meja, self.lembar, self.first, self.last, ndim == 2, err_to_str)

    @property
    def value(self) -> Any:
        rows = range(self.first[0] - 1, self.last[0])
        columns = range(self.first[1] - 1, self.last[1])
        found = [[self._shown(r, c) for c in columns] for r in rows]
        if self.two_dimensional:
            return found
        assert len(rows) == len(columns) == 1, "only a single cell is read without ndim=2"
        return found[0][0]

    @value.setter
    def value(self, content: Any) -> None:
        self._write(content, as_formula=False)

    def _shown(self, row: int, column: int) -> Any:
        cell = self.lembar.cells.get((row, column))
        value = cell.nilai if cell else None
        if value in _GALAT and not self.err_to_str:
            return None
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            is_date = cell is not None and cell.format == "d-mmm"
            day = datetime.datetime(1899, 12, 30) + datetime.timedelta(days=float(value))
            return day if is_date else float(value)
        return value

    @property
    def formula(self) -> Any:
        raise NotImplementedError

    @formula.setter
    def formula(self, content: Any) -> None:
        self._write(content, as_formula=True)

    def _write(self, content: Any, *, as_formula: bool) -> None:
        """All cells or none, as an assignment over COM."""
        self.meja.app.count_write()
        rows, columns = self.last[0] - self.first[0] + 1, self.last[1] - self.first[1] + 1
        lines = content if isinstance(content, list) else [[content]]
        if len(lines) != rows or any(len(line) != columns for line in lines):
            raise Ditolak(f"{self.lembar.name}: values of another shape")
        for r, line in enumerate(lines):
            for c, one in enumerate(line):
                self.lembar.enter(self.first[0] - 1 + r, self.first[1] - 1 + c, one, as_formula=as_formula)

    @property
    def row_height(self) -> float:
        raise NotImplementedError

    @row_height.setter
    def row_height(self, height: float) -> None:
        self.meja.app.count_write()
        Buku.set_heights(self.lembar, range(self.first[0] - 1, self.last[0]), height)
