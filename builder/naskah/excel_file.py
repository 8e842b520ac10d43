"""Reads .xlsx: every visible sheet is a grid of rows, its numbers written as their number format shows them."""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING

import openpyxl

from builder.angka import write_number
from builder.naskah.cell import normalize
from builder.naskah.source import RawRow, Source, check_package, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from openpyxl.cell import Cell, MergedCell
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_MAX_CELLS = 1_000_000  # a lone cell in the last corner of a sheet would cost the memory of all of them
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]')
_DECORATION = re.compile(r"\[[^\]]*\]|_.|\*.")
_DIGITS = re.compile(r"(?:General|[#0?][#0?.,]*)")


def read_excel(path: Path) -> Source:
    """The sheets of a workbook, as they are shown."""
    check_package(path, "buku kerja Excel")
    workbook = _load(path, formulas=True)
    cached = _load(path, formulas=False) if _has_formulas(workbook, path) else workbook
    visible = [s for s in workbook.worksheets if s.sheet_state == "visible"]
    hidden = tuple(f"lembar tersembunyi «{s.title}»" for s in workbook.worksheets if s not in visible)
    return Source(tuple(tuple(_rows(s, cached[s.title])) for s in visible), (), flows=False, hidden=hidden)


def _load(path: Path, *, formulas: bool) -> Workbook:
    with warnings.catch_warnings():
        # openpyxl tells of parts that it drops (slicers, validations): nothing that a table of texts needs
        warnings.simplefilter("ignore", UserWarning)
        return openpyxl.load_workbook(path, data_only=not formulas)


def _has_formulas(workbook: Workbook, path: Path) -> bool:
    if any(sheet.max_row * sheet.max_column > _MAX_CELLS for sheet in workbook.worksheets):
        raise unreadable(path, "lembarnya terlalu besar; hapus baris dan kolom kosong di luar tabel")
    return any(
        cell.data_type == "f" for sheet in workbook.worksheets for row in sheet.iter_rows() for cell in row
    )


def _rows(sheet: Worksheet, cached: Worksheet) -> Iterator[RawRow]:
    merged = {
        (row, column)
        for area in sheet.merged_cells.ranges
        for row in range(area.min_row, min(area.max_row, sheet.max_row) + 1)
        for column in range(area.min_col + 1, min(area.max_col, sheet.max_column) + 1)
    }
    for row in sheet.iter_rows():
        cells = tuple(None if (c.row, c.column) in merged else _show(c, cached) for c in row)
        place = f"lembar {sheet.title} baris {row[0].row}"
        yield RawRow(cells if any(cells) else (), place, standalone=True)


def _show(cell: Cell | MergedCell, cached: Worksheet) -> str:
    """The text of a cell; a formula that was never calculated stays a formula, to be refused where it matters."""
    value = cached[cell.coordinate].value
    if value is None:
        value = cell.value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return normalize(show_number(value, cell.number_format))
    return "" if value is None else normalize(str(value))


def show_number(value: float, number_format: str) -> str:
    """A stored number as its format prints it, but with every digit: 0.975 in `0%` is "97,5%"."""
    section = number_format.split(";")[0]
    literals: list[str] = []
    shape = _LITERAL.sub(lambda match: _keep(match, literals), section)
    shape = _DECORATION.sub("", shape)
    number = float(f"{value * 100 if '%' in shape else value:.12g}")
    digits = write_number(number) if "," in shape else write_number(number).replace(".", "")
    shown = _DIGITS.sub(digits, shape, count=1) if _DIGITS.search(shape) else digits
    return re.sub(r"\x00", lambda _: literals.pop(0), shown)


def _keep(match: re.Match[str], literals: list[str]) -> str:
    literals.append(next(group for group in match.groups() if group is not None))
    return "\x00"
