"""One sheet as XML: its cells by place, read and written where they stand."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from lxml import etree

from builder.expr import Value
from builder.layout import address
from builder.ooxml import (
    LONGEST,
    escape,
    is_same_formula,
    number_text,
    parse_address,
    parse_block,
    parse_number,
    unescape,
)
from builder.package.parts import Element, Unreadable, local_name, text_of
from builder.patch import Content, Formula, is_same

At = tuple[int, int]  # row and column from 0

_PRESERVE = "{http://www.w3.org/XML/1998/namespace}space"
_CONTENT = ("f", "v", "is")
_OF_CONTENT = ("t", "cm", "vm")  # attributes that speak of the content, not of the look
_TRUE = ("1", "true")


class LivedOn(Exception):  # noqa: N818 - becomes a refusal that names the sheet
    """The address of a formula that other cells live on, where it would be overwritten."""


class SheetXml:
    """A worksheet part. Rows and cells without an address are counted, as the format allows."""

    def __init__(self, root: Element, strings: Sequence[str]) -> None:
        self.root = root
        self.strings = strings
        data = root.find("{*}sheetData")
        if local_name(root) != "worksheet" or data is None:
            raise Unreadable("isinya rusak")
        self._data: Element = data
        self._ns = etree.QName(root).namespace
        self.rows: dict[int, Element] = {}
        self.cells: dict[At, Element] = {}
        self._columns_of: dict[int, list[int]] = {}  # by row, in order
        try:
            self._collect()
        except ValueError as error:
            raise Unreadable("isinya rusak") from error
        self._rows_in_order = list(self.rows)
        self.is_changed = False

    def _collect(self) -> None:
        row = -1
        for line in self._data.iterfind("{*}row"):
            row = _after(row, int(line.get("r", row + 2)) - 1)
            line.set("r", str(row + 1))
            self.rows[row], self._columns_of[row] = line, []
            column = -1
            for cell in line.iterfind("{*}c"):
                at = parse_address(cell.get("r") or address(row, column + 1))
                column = _after(column, at[1])
                if at[0] != row:
                    raise ValueError(f"Cell {cell.get('r')} in row {row + 1}")
                cell.set("r", address(*at))
                self.cells[at] = cell
                self._columns_of[row].append(column)

    # --- reading --------------------------------------------------------------------------------------------------

    def value(self, at: At) -> Value:
        """What a cell shows, dates as their number; None where nothing stands."""
        cell = self.cells.get(at)
        return None if cell is None else self._value(cell)

    def values(self) -> Iterator[tuple[At, Value]]:
        """Every cell that shows something."""
        for at, cell in self.cells.items():
            value = self._value(cell)
            if value is not None:
                yield at, value

    def _value(self, cell: Element) -> Value:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            inline = cell.find("{*}is")
            return None if inline is None else text_of(inline)
        stored = cell.find("{*}v")
        if stored is None:
            return None
        text = stored.text or ""
        try:
            match kind:
                case "n":
                    return parse_number(text) if text.strip() else None
                case "s":
                    return self.strings[int(text)]
                case "b":
                    return text.strip() in _TRUE
        except (ValueError, IndexError) as error:
            raise Unreadable("isinya rusak") from error
        return unescape(text)

    def formula(self, at: At) -> Element | None:
        """The formula element of a cell."""
        cell = self.cells.get(at)
        return None if cell is None else cell.find("{*}f")

    def style(self, at: At) -> str:
        """Number of the look of a cell, its own or that of its row or column."""
        cell = self.cells.get(at)
        return (cell.get("s") if cell is not None else self._look(at)) or "0"

    def is_hidden(self, row: int) -> bool:
        """Whether a row is hidden."""
        return row in self.rows and self.rows[row].get("hidden") in _TRUE

    # --- writing --------------------------------------------------------------------------------------------------

    def put(self, contents: Mapping[At, Content]) -> set[At]:
        """Write contents where something else stands; returns the cells whose formula is gone."""
        new = {at: content for at, content in contents.items() if not self._holds(at, content)}
        self._check_shared(new)
        before = {at for at in new if self.formula(at) is not None}
        for at, content in sorted(new.items(), key=lambda c: c[0]):
            if content is not None and content != "":
                self._fill(self._cell(at), content)
            elif at in self.cells:
                _clear(self.cells[at])
        self._grow_dimension(at for at in new if at in self.cells)
        self.is_changed |= bool(new)
        return {at for at in before if self.formula(at) is None}

    def _holds(self, at: At, content: Content) -> bool:
        formula = self.formula(at)
        if not isinstance(content, Formula):
            return formula is None and is_same(self.value(at), content)
        same = formula is not None and is_same_formula(formula.text or "", content.text)
        return same and is_same(self.value(at), content.value)

    def put_cached(self, at: At, value: Value) -> None:
        """Another value beside a formula, which stays."""
        cell = self.cells[at]
        for old in cell.findall("{*}v"):
            cell.remove(old)
        self._cache(cell, value)
        self.is_changed = True

    def set_height(self, row: int, height: float) -> None:
        """A height in points."""
        new = {"ht": number_text(height), "customHeight": "1"}
        line = self._row(row)
        if any(line.get(name) != value for name, value in new.items()):
            for name, value in new.items():
                line.set(name, value)
            self.is_changed = True

    def set_hidden(self, row: int, hidden: bool) -> None:
        """Hide or show a row."""
        if hidden == self.is_hidden(row):
            return
        if hidden:
            self._row(row).set("hidden", "1")
        else:
            del self.rows[row].attrib["hidden"]
        self.is_changed = True

    def _check_shared(self, contents: Mapping[At, Content]) -> None:
        """A formula that other cells live on is never overwritten while they stay."""
        for at in contents:
            formula = self.formula(at)
            if formula is not None and formula.get("t") in ("array", "dataTable", "shared"):
                self._check_master(at, formula, contents)
        for at, formula in self._arrays:
            block = parse_block(formula.get("ref") or address(*at))
            if at not in contents and any(_is_within(c, block) for c in contents):
                raise LivedOn(address(*at))

    def _check_master(self, at: At, formula: Element, contents: Mapping[At, Content]) -> None:
        ref = formula.get("ref")
        if ref is None:
            return  # one of the cells that share a formula of another one
        if formula.get("t") == "shared":
            living = [c for c in self._sharing(formula.get("si")) if c not in contents]
        else:
            top, left, bottom, right = parse_block(ref)
            block = [(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)]
            living = [c for c in block if c not in contents]
        if living:
            raise LivedOn(address(*at))

    @cached_property
    def _arrays(self) -> list[tuple[At, Element]]:
        formulas = ((at, cell.find("{*}f")) for at, cell in self.cells.items())
        return [(at, f) for at, f in formulas if f is not None and f.get("t") in ("array", "dataTable")]

    def _sharing(self, number: str | None) -> Iterator[At]:
        for at in self.cells:
            formula = self.formula(at)
            if formula is not None and formula.get("t") == "shared" and formula.get("si") == number:
                yield at

    def _fill(self, cell: Element, content: Content) -> None:
        _clear(cell)
        if isinstance(content, Formula):
            self._add(cell, "f", content.text.removeprefix("="))
            self._cache(cell, content.value)
        elif isinstance(content, str):
            if len(content) > LONGEST:
                raise ValueError(
                    f"A text of {len(content)} characters, Excel allows {LONGEST}: {content[:60]}…"
                )
            cell.set("t", "inlineStr")
            inline = self._insert(cell, "is")
            self._add(inline, "t", escape(content)).set(_PRESERVE, "preserve")
        else:
            self._cache(cell, content)

    def _cache(self, cell: Element, value: Value) -> None:
        """A value as it stands beside a formula; a text there is no inline string."""
        cell.attrib.pop("t", "")
        if isinstance(value, bool):
            cell.set("t", "b")
            self._add(cell, "v", str(int(value)))
        elif value is None or isinstance(value, str):
            cell.set("t", "str")
            self._add(cell, "v", escape(value or ""))
        else:
            self._add(cell, "v", number_text(value))

    def _add(self, parent: Element, name: str, text: str) -> Element:
        child = self._insert(parent, name)
        child.text = text
        return child

    def _insert(self, cell: Element, name: str) -> Element:
        """A new child, after what belongs before it: an extension list of a cell comes last."""
        child = etree.Element(f"{{{self._ns}}}{name}")
        last = cell.find("{*}extLst")
        if last is None:
            cell.append(child)
        else:
            last.addprevious(child)
        return child

    # --- rows and cells that are not there yet --------------------------------------------------------------------

    def _row(self, row: int) -> Element:
        if row not in self.rows:
            line = etree.Element(f"{{{self._ns}}}row", r=str(row + 1))
            before = _put_in_order(self._rows_in_order, row)
            _insert_after(self._data, None if before is None else self.rows[before], line)
            self.rows[row], self._columns_of[row] = line, []
        return self.rows[row]

    def _cell(self, at: At) -> Element:
        if at not in self.cells:
            row, column = at
            line, look = self._row(row), self._look(at)
            cell = etree.Element(f"{{{self._ns}}}c", r=address(row, column))
            if look:
                cell.set("s", look)
            before = _put_in_order(self._columns_of[row], column)
            _insert_after(line, None if before is None else self.cells[row, before], cell)
            self.cells[at] = cell
            _widen_spans(line, column + 1)
        return self.cells[at]

    def _look(self, at: At) -> str | None:
        """A cell that is not there looks like its row, or else like its column."""
        line = self.rows.get(at[0])
        if line is not None and line.get("customFormat") in _TRUE and line.get("s"):
            return str(line.get("s"))
        return next((style for first, last, style in self._column_looks if first <= at[1] <= last), None)

    @cached_property
    def _column_looks(self) -> list[tuple[int, int, str | None]]:
        try:
            return [
                (int(c.get("min", "")) - 1, int(c.get("max", "")) - 1, c.get("style"))
                for c in self.root.iterfind("{*}cols/{*}col")
            ]
        except ValueError as error:
            raise Unreadable("isinya rusak") from error

    def _grow_dimension(self, written: Iterable[At]) -> None:
        dimension = self.root.find("{*}dimension")
        cells = list(written)
        if dimension is None or not cells:
            return
        try:
            top, left, bottom, right = parse_block(dimension.get("ref", ""))
        except ValueError:
            return  # whatever it says, it is no block to grow
        rows, columns = [c[0] for c in cells], [c[1] for c in cells]
        first = address(min(top, *rows), min(left, *columns))
        last = address(max(bottom, *rows), max(right, *columns))
        dimension.set("ref", first if first == last else f"{first}:{last}")


def _after(last: int, this: int) -> int:
    if this <= last:
        raise ValueError("Rows or cells out of order")
    return this


def _is_within(at: At, block: tuple[int, int, int, int]) -> bool:
    top, left, bottom, right = block
    return top <= at[0] <= bottom and left <= at[1] <= right


def _clear(cell: Element) -> None:
    for child in list(cell):
        if local_name(child) in _CONTENT:
            cell.remove(child)
    for name in _OF_CONTENT:
        cell.attrib.pop(name, "")


def _put_in_order(numbers: list[int], number: int) -> int | None:
    """Adds a number to sorted ones; returns the one before it."""
    at = bisect(numbers, number)
    numbers.insert(at, number)
    return numbers[at - 1] if at else None


def _insert_after(parent: Element, before: Element | None, new: Element) -> None:
    if before is None:
        parent.insert(0, new)
    else:
        before.addnext(new)


def _widen_spans(line: Element, column: int) -> None:
    """Spans tell which columns a row uses ("1:9"); a row may do without."""
    spans = [int(n) for n in line.get("spans", "").replace(":", " ").split()]
    if spans and not min(spans) <= column <= max(spans):
        line.set("spans", f"{min(*spans, column)}:{max(*spans, column)}")
