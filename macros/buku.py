"""A workbook open in Excel, through xlwings: its values as grids, and patches applied to it.

Everything is read once per sheet and written block by block; how Excel calculates and redraws is put back as
it was. On a desktop what was written is read back, since Excel reads "1/2", "007" or "=1" its own way.
"""

from __future__ import annotations

import contextlib
import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import xlwings as xw

from builder.expr import Value, excel, is_number
from builder.layout import address, link_to
from builder.masalah import Message, Problem, Refused
from builder.patch import Block, Content, Formula, Grid, Patch, is_same, shown, value_at

# What Excel takes for something else than the text that it is, where a cell is not formatted as text.
# The last two: names of months before a number ("Mei 2024", "MAR12"), currencies ("Rp 5"), truth in two languages.
_REINTERPRETED = re.compile(
    r"[=+\-@'#\s\d.,(%$€£]|[^\W\d]{2,}[\s./-]*\d|(TRUE|FALSE|BENAR|SALAH)\s*$", re.IGNORECASE
)


class OpenGrids(Mapping[str, Grid]):
    """The sheets of an open workbook as grids of values, each read when it is first asked for."""

    def __init__(self, book: xw.Book) -> None:
        self._book = book
        self._names = [sheet.name for sheet in book.sheets]
        self._read: dict[str, Grid] = {}

    def __getitem__(self, name: str) -> Grid:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._read:
            self._read[name] = _read_sheet(self._book.sheets[name])
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _read_sheet(sheet: xw.Sheet) -> Grid:
    last = sheet.used_range.last_cell
    # xlwings would turn an error value into an empty cell.
    values = sheet.range((1, 1), (last.row, last.column)).options(ndim=2, err_to_str=True).value
    return [[_plain(v) for v in line] for line in values]


def _plain(value: Any) -> Value:
    """A cell's value as the rules know it; a date is the text of a date, never a number."""
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


class Unfinished(Exception):  # noqa: N818 - half a refresh stands in the workbook, and the user must be told so
    """Writing failed, and so did putting back what stood there before."""


def apply_patches(book: xw.Book, patches: Sequence[Patch], grids: Mapping[str, Grid]) -> None:
    """Write patches into the open workbook; where that fails half way, what `grids` holds is put back.

    Raises what went wrong, Unfinished where not every cell could be put back. Heights of rows come last, and
    of the cells the Dasbor: its status cell says "done" once everything is.
    """
    ordered = sorted(patches, key=lambda p: p.sheet == "Dasbor")
    done: list[tuple[str, Block]] = []
    with _quiet(book):
        try:
            for patch in ordered:
                for block in patch.blocks:
                    done.append((patch.sheet, block))
                    _write_block(book.sheets[patch.sheet], block)
            for patch in ordered:
                _set_heights(book.sheets[patch.sheet], patch.heights)
        except BaseException as error:
            blocks = ((book.sheets[name], _before(block, grids[name])) for name, block in reversed(done))
            left = [block for sheet, block in blocks if not _put_back(sheet, block)]  # each is tried
            if left:
                raise Unfinished from error
            raise


def _put_back(sheet: xw.Sheet, block: Block) -> bool:
    """Write what stood in a block; whether it stands there now. A block that cannot be written may be unchanged."""
    try:
        _write_block(sheet, block, checked=False)
        return True
    except Exception:
        with contextlib.suppress(Exception):
            return _is_desktop(sheet.book) and not any(_differing(sheet, block))
        return False


def _before(block: Block, grid: Grid) -> Block:
    """The block with what stood there; a link is made anew from the place that it names."""
    rows = tuple(
        tuple(
            _old(value_at(grid, block.row + r, block.column + c), content) for c, content in enumerate(line)
        )
        for r, line in enumerate(block.values)
    )
    return Block(block.row, block.column, rows, block.text)


def _old(value: Value, new: Content) -> Content:
    if isinstance(new, Formula) and isinstance(value, str) and "!" in value:
        return Formula("=" + excel(link_to(value), str), value)
    return value


@contextlib.contextmanager
def _quiet(book: xw.Book) -> Iterator[None]:
    """Without recalculating, redrawing and events; all three as they were afterwards, whatever happens."""
    if not _is_desktop(book):  # a snapshot of the workbook: there is nothing to hold still
        yield
        return
    app = book.app
    before = (app.calculation, app.screen_updating, app.enable_events)
    try:
        app.calculation, app.screen_updating, app.enable_events = "manual", False, False
        yield
    finally:
        app.enable_events, app.screen_updating = before[2], before[1]
        app.calculation = before[0]


def _is_desktop(book: xw.Book) -> bool:
    return book.app.engine.type == "desktop"


# --- one block ----------------------------------------------------------------------------------------------------


def _write_block(sheet: xw.Sheet, block: Block, *, checked: bool = True) -> None:
    """Values in one assignment, columns of links in another."""
    for first, last in _spans(block):
        lines = [line[first:last] for line in block.values]
        if any(isinstance(c, Formula) for line in lines for c in line):
            cells = [[c.text if isinstance(c, Formula) else "" for c in line] for line in lines]
            _range(sheet, block, first, last).formula = cells
        else:
            typed = [[_typed(c, _is_text(block, first + at)) for at, c in enumerate(line)] for line in lines]
            _range(sheet, block, first, last).value = typed
    if checked and _is_desktop(sheet.book):
        _check_written(sheet, block)


def _spans(block: Block) -> Iterator[tuple[int, int]]:
    """Runs of columns that hold links, or none."""
    width = len(block.values[0])
    links = [any(isinstance(line[c], Formula) for line in block.values) for c in range(width)]
    first = 0
    for at in range(1, width + 1):
        if at == width or links[at] != links[first]:
            yield first, at
            first = at


def _range(sheet: xw.Sheet, block: Block, first: int, last: int) -> xw.Range:
    top, left = block.row + 1, block.column + 1
    return sheet.range((top, left + first), (top + len(block.values) - 1, left + last - 1))


def _is_text(block: Block, column: int) -> bool:
    return column < len(block.text) and block.text[column]


def _typed(content: Content, is_text: bool) -> Value:
    """As it must be given to Excel so that it arrives as it is: a cell that is not text needs the apostrophe."""
    value = shown(content)
    if isinstance(value, str) and not is_text and _REINTERPRETED.match(value):
        return f"'{value}"
    return value


def _check_written(sheet: xw.Sheet, block: Block) -> None:
    """Read the block back; a text that Excel took for something else is written once more, the other way."""
    for attempt in (1, 2):
        wrong = list(_differing(sheet, block))
        if not wrong:
            return
        for row, column, value in wrong if attempt == 1 else ():
            if isinstance(value, str):
                cell = sheet.range((row + 1, column + 1))
                if cell.value == f"'{value}":  # formatted as text after all: no apostrophe is needed
                    cell.value = value
                else:
                    cell.value = f"'{value}"
    row, column, value = wrong[0]
    raise Refused(Problem(Message.L28, None, sheet.name, address(row, column), values={"seharusnya": value}))


def _differing(sheet: xw.Sheet, block: Block) -> Iterator[tuple[int, int, Value]]:
    width = len(block.values[0])
    found = _range(sheet, block, 0, width).options(ndim=2, err_to_str=True).value
    for r, line in enumerate(block.values):
        for c, content in enumerate(line):
            if not isinstance(content, Formula) and not _arrived(_plain(found[r][c]), content):
                yield block.row + r, block.column + c, content


def _arrived(found: Value, meant: Value) -> bool:
    # A number that arrived as text would be a value that no formula counts.
    return is_same(found, meant) and is_number(found) == is_number(meant)


def _set_heights(sheet: xw.Sheet, heights: Mapping[int, float]) -> None:
    """Rows of equal height at once."""
    rows = sorted(heights)
    first = 0
    for at in range(1, len(rows) + 1):
        ends = at == len(rows) or rows[at] != rows[at - 1] + 1 or heights[rows[at]] != heights[rows[first]]
        if ends:
            sheet.range(f"{rows[first] + 1}:{rows[at - 1] + 1}").row_height = heights[rows[first]]
            first = at
