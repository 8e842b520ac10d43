"""Patches: what must change in a workbook of ours so that it says what a `Book` says; pure.

A patch touches only cells whose role is `brought`, and the rows of a list as one block. It is applied to a
closed file by `package`, and to the workbook open in Excel by `macros`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from builder.expr import Expr, Key, Value, is_number
from builder.layout import Book, Cell, Role, Sheet, address
from builder.masalah import Message, Problem

Grid = Sequence[Sequence[Value]]  # the values of a sheet, row by row from A1; what lies beyond is empty
Grids = Mapping[str, Grid]  # by the sheet's name


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula of ours inside a list (a link to one of our cells), with what it shows."""

    text: str  # with "="
    value: Value


Content = Value | Formula


@dataclass(frozen=True, slots=True)
class Block:
    """New contents of a rectangle from its upper left cell; None empties a cell."""

    row: int
    column: int
    values: tuple[tuple[Content, ...], ...]
    text: tuple[bool, ...] = ()  # of each column: whether its cells are formatted as text


@dataclass(frozen=True, slots=True)
class Patch:
    """Everything that changes on one sheet; heights of rows in points."""

    sheet: str
    blocks: tuple[Block, ...]
    heights: Mapping[int, float] = field(default_factory=dict)

    def cells(self) -> Iterator[tuple[int, int, Content]]:
        """Row, column and new content of every cell."""
        for block in self.blocks:
            for r, line in enumerate(block.values):
                for c, content in enumerate(line):
                    yield block.row + r, block.column + c, content


def value_at(grid: Grid, row: int, column: int) -> Value:
    """What a cell of a grid holds; None beyond its edge."""
    return grid[row][column] if row < len(grid) and column < len(grid[row]) else None


def is_same(one: Value, other: Value) -> bool:
    """Whether two cells say the same: empty and "" are one, and so are the ways to end a line."""
    if is_number(one) and is_number(other):
        return one == other
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return _text(one) == _text(other)


def _text(value: Value) -> Value:
    if value is None:
        return ""
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value


# --- is it still our form? ----------------------------------------------------------------------------------------


def check_layout(book: Book, grids: Grids) -> list[Problem]:
    """What makes it unsafe to write: a sheet that is gone, or a row or heading that stands elsewhere."""
    problems = []
    for sheet in book.sheets:
        if not _is_refreshed(sheet):
            continue
        if sheet.name not in grids:
            problems.append(Problem(Message.L20, None, sheet.name))
            continue
        for row, column, text in _landmarks(sheet):
            found = value_at(grids[sheet.name], row, column)
            if not is_same(found, text):
                told = "kosong" if found is None else str(found)
                problems.append(
                    Problem(Message.L21, None, sheet.name, address(row, column), told, {"seharusnya": text})
                )
                break
    return problems


def _is_refreshed(sheet: Sheet) -> bool:
    return sheet.table is not None or any(c.role is Role.BROUGHT for c in sheet.cells)


def _landmarks(sheet: Sheet) -> Iterator[tuple[int, int, str]]:
    """Texts that say which row or column this is, with their places."""
    headings = sheet.table.first - 1 if sheet.table else None
    for c in sheet.cells:
        if isinstance(c.content, str) and (c.role is Role.KEY or c.row == headings):
            yield c.row, c.column, c.content


# --- what stands there --------------------------------------------------------------------------------------------


def read_cells(book: Book, grids: Grids) -> dict[Key, Value]:
    """What stands in every cell that people or a refresh fill, lists left out."""
    roles = (Role.BROUGHT, Role.ENTRY)
    listed = {s.name for s in book.sheets if s.table}
    return {
        key: value_at(grids[place.sheet], place.cell.row, place.cell.column)
        for key, place in book.places.items()
        if place.cell.role in roles and place.sheet in grids and place.sheet not in listed
    }


def read_lists(book: Book, grids: Grids) -> dict[str, list[dict[str, Value]]]:
    """The rows of every list, by the names of their columns."""
    return {s.name: list(_rows(s, grids[s.name])) for s in book.sheets if s.table and s.name in grids}


def _rows(sheet: Sheet, grid: Grid) -> Iterator[dict[str, Value]]:
    assert sheet.table is not None
    for row in range(sheet.table.first, _end(sheet, grid)):
        yield {c.name: value_at(grid, row, at) for at, c in enumerate(sheet.table.columns)}


def _end(sheet: Sheet, grid: Grid) -> int:
    """The row after the last one that holds anything in the columns of a list."""
    assert sheet.table is not None
    columns = range(len(sheet.table.columns))
    filled = [
        r
        for r in range(sheet.table.first, len(grid))
        if any(value_at(grid, r, c) not in (None, "") for c in columns)
    ]
    return filled[-1] + 1 if filled else sheet.table.first


# --- what must change ---------------------------------------------------------------------------------------------


def make_patches(book: Book, grids: Grids) -> list[Patch]:
    """What must be written so that the workbook, which holds `grids`, says what `book` says; nothing else."""
    patches = (_patch(book, sheet, grids[sheet.name]) for sheet in book.sheets if _is_refreshed(sheet))
    return [p for p in patches if p.blocks]


def _patch(book: Book, sheet: Sheet, grid: Grid) -> Patch:
    own = [c for c in sheet.cells if c.role is Role.BROUGHT and not _in_list(sheet, c)]
    changed = [c for c in own if not is_same(value_at(grid, c.row, c.column), book.value(c))]
    blocks = _runs({(c.row, c.column): (book.value(c), c.format == "@") for c in changed})
    # A row of a card is only ever made taller: its height may be the konsolidator's own.
    heights = {c.row: sheet.heights[c.row] for c in changed if c.columns == 1 and sheet.heights[c.row] > _LOW}
    if sheet.table:
        listed, tall = _list_patch(book, sheet, grid)
        blocks, heights = [*blocks, *listed], heights | tall
    return Patch(sheet.name, tuple(blocks), heights)


_LOW = 27.0  # points; an empty row of a card is lower


def _in_list(sheet: Sheet, cell: Cell) -> bool:
    return sheet.table is not None and cell.row >= sheet.table.first


def _list_patch(book: Book, sheet: Sheet, grid: Grid) -> tuple[list[Block], dict[int, float]]:
    """All rows of a list in one block, with blank ones over what was longer before; nothing where all is the same."""
    table = sheet.table
    assert table is not None
    contents = {(c.row, c.column): _content(book, sheet, c) for c in sheet.cells if _in_list(sheet, c)}
    first, width = table.first, len(table.columns)
    last = max(_end(sheet, grid), sheet.next_row)
    rows = tuple(tuple(contents.get((r, c)) for c in range(width)) for r in range(first, last))
    same = all(
        is_same(value_at(grid, first + r, c), shown(content))
        for r, line in enumerate(rows)
        for c, content in enumerate(line)
    )
    if same:
        return [], {}
    heights = {r: sheet.heights.get(r, 15.0) for r in range(first, last)}
    return [Block(first, 0, rows, tuple(c.is_text for c in table.columns))], heights


def _content(book: Book, sheet: Sheet, cell: Cell) -> Content:
    value = book.value(cell)
    return Formula(book.formula(cell.content, sheet.name), value) if isinstance(cell.content, Expr) else value


def shown(content: Content) -> Value:
    """What a cell with this content shows."""
    return content.value if isinstance(content, Formula) else content


def patch_cells(book: Book, grids: Grids, values: Mapping[Key, Value]) -> list[Patch]:
    """Patches that put these values into cells of the book; those that stand there already are left out."""
    sheets: dict[str, dict[tuple[int, int], tuple[Value, bool]]] = {}
    for key, value in values.items():
        place = book.places[key]
        cell = place.cell
        if not is_same(value_at(grids[place.sheet], cell.row, cell.column), value):
            sheets.setdefault(place.sheet, {})[cell.row, cell.column] = (value, cell.format == "@")
    return [Patch(name, tuple(_runs(cells))) for name, cells in sheets.items()]


def _runs(cells: Mapping[tuple[int, int], tuple[Value, bool]]) -> list[Block]:
    """Cells (with: is it formatted as text) as few rectangles: neighbours joined, equal rows joined."""
    lines: list[Block] = []
    for (row, column), (value, text) in sorted(cells.items(), key=lambda item: item[0]):
        last = lines[-1] if lines else None
        if last and last.row == row and last.column + len(last.text) == column:
            lines[-1] = Block(row, last.column, ((*last.values[0], value),), (*last.text, text))
        else:
            lines.append(Block(row, column, ((value,),), (text,)))
    blocks: list[Block] = []
    for line in sorted(lines, key=lambda b: (b.column, b.text, b.row)):
        last = blocks[-1] if blocks else None
        fits = last and (last.column, last.text) == (line.column, line.text)
        if last and fits and last.row + len(last.values) == line.row:
            blocks[-1] = Block(last.row, last.column, (*last.values, *line.values), last.text)
        else:
            blocks.append(line)
    return blocks
