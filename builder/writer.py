"""Writes a `Book` with XlsxWriter, each formula with the value that Python computes for it.

XlsxWriter ignores what it refuses and says so by a warning or a negative return; here either is an error, so
no validation or cell is missing from a file in silence. What Excel cannot hold is refused before (L09), and a file
appears once it has been read back, cell by cell, or not at all.
"""

from __future__ import annotations

import datetime
import io
import re
import warnings
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from builder.expr import Expr, Key, Value
from builder.layout import (
    Book,
    Button,
    Cell,
    Highlight,
    Marks,
    Role,
    Sheet,
    Table,
    Validation,
    address,
    quoted,
)
from builder.masalah import Message, Problem, Refused
from builder.package.proof import check_book, too_long
from builder.save import File, save

Look = Mapping[str, Any]  # properties of a cell as XlsxWriter names them

_OPEN = (Role.ENTRY, Role.BROUGHT)
_MARKUP = re.compile("<r>.*</r>", re.DOTALL)  # written as it is: XlsxWriter's own form of a rich text
_ESCAPE = re.compile("_x(?=[0-9A-Fa-f]{4}_)")
_TWO_ESCAPES = re.compile("_x[0-9A-Fa-f]{4}_x[0-9A-Fa-f]{4}_")  # of which XlsxWriter escapes the first only
_PLAIN = '&"-,Regular"'  # in a header: the font of the sheet, as it is anyway
_HALF_HEADER = 120  # characters, of 255
_CREATED = datetime.datetime(2024, 1, 1)
_TOLD = {"text": "teks", "formula": "rumus"}
_LIMITS = {"title": 32, "message": 255, "error": 255, "formula": 8192, "rule": 255, "text": 32767}


def write_book(book: Book, styles: Mapping[str, Look], path: Path, *, vba: bytes | None = None) -> None:
    """Write a workbook; raises OSError where the folder or the file cannot be written, Refused as `book_bytes` does."""
    save([book_file(book, path, book_bytes(book, styles, path, vba=vba))])


def book_file(book: Book, path: Path, content: bytes) -> File:
    """The file to write, with the proof that it must pass when it is read back."""
    return File(path, content, lambda written: check_book(path, written, book))


def book_bytes(book: Book, styles: Mapping[str, Look], path: Path, *, vba: bytes | None = None) -> bytes:
    """A workbook as bytes; raises Refused (L09) for what Excel cannot hold, naming `path`.

    `vba` is a VBA project (the part vbaProject.bin): with it the file is macro-enabled and its buttons are drawn.
    """
    check_limits(book, path)
    made = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _Writer(book, styles, made, vba).write()
    return made.getvalue()


def check_limits(book: Book, path: Path) -> None:
    """Every cell that is more than Excel can hold, told at once; raises Refused (L09)."""
    problems = [p for sheet in book.sheets for p in _limit_problems(book, sheet, path.name)]
    if problems:
        raise Refused(*problems)


def _limit_problems(book: Book, sheet: Sheet, berkas: str) -> Iterator[Problem]:
    for what, limit, found in (
        ("nama lembar", 31, len(sheet.name)), ("baris", 1_048_576, sheet.next_row),
    ):  # fmt: skip
        if found > limit:
            values = {"rincian": f"{what} {found}, paling banyak {limit}"}
            yield Problem(Message.L09, berkas, sheet.name, values=values)
    for cell in sheet.cells:
        text = book.formula(cell.content, sheet.name) if isinstance(cell.content, Expr) else cell.content
        what = "formula" if isinstance(cell.content, Expr) else "text"
        if isinstance(text, str) and len(text) > _LIMITS[what]:
            told = f"{_TOLD[what]} {cell.key.id}" if cell.key and cell.key.id else _TOLD[what]
            yield too_long(berkas, sheet.name, address(cell.row, cell.column), text, _LIMITS[what], told)


class _Writer:
    def __init__(self, book: Book, styles: Mapping[str, Look], made: io.BytesIO, vba: bytes | None) -> None:
        self.book = book
        self.vba = vba
        self.styles = styles
        self.workbook = xlsxwriter.Workbook(
            made,
            {
                "in_memory": True,  # no files of its own in a temporary folder that may be full
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self.formats: dict[tuple[str, str, bool], Format] = {}
        # Normal is unlocked, so that a pasted cell stays open; every other format says its lock itself.
        normal = self.workbook.formats[0]
        normal.set_locked(False)
        normal.set_font_name("Calibri")
        normal.set_font_size(10)

    def write(self) -> None:
        book = self.book
        # A fixed date: the same plan gives the same bytes.
        self.workbook.set_properties({"title": book.title, "author": book.author, "created": _CREATED})
        for name, value in book.properties.items():
            self.workbook.set_custom_property(name, value, "text")
        sheets = {sheet.name: self.workbook.add_worksheet(sheet.name) for sheet in book.sheets}
        if self.vba is not None:
            _done(self.workbook.add_vba_project(io.BytesIO(self.vba), is_stream=True))
            self.workbook.set_vba_name("ThisWorkbook")
        for sheet in book.sheets:
            self._write_sheet(sheet, sheets[sheet.name])
        self._define_names()
        sheets[book.opens or next(s.name for s in book.sheets if not s.hidden)].activate()
        self.workbook.close()

    # --- cells ----------------------------------------------------------------------------------------------------

    def _write_sheet(self, sheet: Sheet, worksheet: Worksheet) -> None:
        for column, width in sheet.widths.items():
            options = {"hidden": True} if column in sheet.hidden_columns else {}
            _done(worksheet.set_column(column, column, width, self._column_look(sheet, column), options))
        for row, height in sheet.heights.items():
            _done(worksheet.set_row(row, height))
        for cell in sheet.cells:
            self._write_cell(sheet, worksheet, cell)
            if cell.validation:
                _done(
                    worksheet.data_validation(
                        cell.row, cell.column, cell.row, cell.column, self._rule(sheet, cell.validation)
                    )
                )
            if cell.note:
                _done(
                    worksheet.write_comment(cell.row, cell.column, cell.note, {"x_scale": 2, "y_scale": 1.2})
                )
        for highlight in sheet.highlights:
            self._write_highlight(sheet, worksheet, highlight)
        for marks in sheet.marks:
            self._write_marks(worksheet, marks)
        if sheet.table:
            self._prepare_table(sheet, worksheet, sheet.table)
        for button in sheet.buttons if self.vba is not None else ():
            self._draw_button(sheet, worksheet, button)
        self._set_page(sheet, worksheet)

    def _write_cell(self, sheet: Sheet, worksheet: Worksheet, cell: Cell) -> None:
        look = self._format(cell.style, cell.format, cell.role not in _OPEN)
        if cell.rows > 1 or cell.columns > 1:
            last = (cell.row + cell.rows - 1, cell.column + cell.columns - 1)
            _done(worksheet.merge_range(cell.row, cell.column, *last, "", look))
        if cell.link is not None:
            _done(worksheet.write_url(cell.row, cell.column, self._target(cell), look, self._link_text(cell)))
        self._write_content(sheet, worksheet, cell, look)

    def _write_content(self, sheet: Sheet, worksheet: Worksheet, cell: Cell, look: Format) -> None:
        at = (cell.row, cell.column)
        match cell.content:
            case Expr() as node:
                formula = self.book.formula(node, sheet.name)
                _check_length("formula", formula)
                _done(worksheet.write_formula(*at, formula, look, _cached(self.book.value(cell))))
            case None | "":
                _done(worksheet.write_blank(*at, None, look))
            case bool() as flag:
                _done(worksheet.write_boolean(*at, flag, look))
            case str() as text:
                _check_length("text", text)
                _done(_write_text(worksheet, at, text, look))
            case number:
                _done(worksheet.write_number(*at, number, look))

    def _draw_button(self, sheet: Sheet, worksheet: Worksheet, button: Button) -> None:
        """A button that fills its cells but for a small margin; XlsxWriter measures in pixels."""
        columns = range(button.column, button.column + button.columns)
        width = sum(int(sheet.widths.get(c, 8.43) * 7 + 5) for c in columns)
        height = int(sheet.heights.get(button.row, 15) * 4 / 3)
        options = {
            "macro": button.macro, "caption": button.caption, "description": button.caption,
            "width": width - 8, "height": height - 6, "x_offset": 4, "y_offset": 3,
        }  # fmt: skip
        _done(worksheet.insert_button(button.row, button.column, options))

    def _link_text(self, cell: Cell) -> str:
        value = self.book.value(cell)
        return value if isinstance(value, str) and value else "→"

    def _target(self, cell: Cell) -> str:
        if isinstance(cell.link, str):
            return f"internal:{quoted(cell.link)}!A1"
        assert cell.link is not None
        place = self.book.places[cell.link]
        return f"internal:{quoted(place.sheet)}!{place.address}"

    def _format(self, style: str, number_format: str, locked: bool) -> Format:
        key = (style, number_format, locked)
        if key not in self.formats:
            look = {
                "font_name": "Calibri",
                "font_size": 10,
                "valign": "vcenter",
                **self.styles[style],
                "locked": locked,
            }
            self.formats[key] = self.workbook.add_format(
                look | ({"num_format": number_format} if number_format else {})
            )
        return self.formats[key]

    # --- rules, looks, names --------------------------------------------------------------------------------------

    def _rule(self, sheet: Sheet, rule: Validation) -> dict[str, Any]:
        options: dict[str, Any] = {
            "validate": rule.kind,
            "input_title": _check_length("title", rule.title),
            "input_message": _check_length("message", rule.message),
            "error_title": _check_length("title", rule.title),
            "error_message": _check_length("error", rule.error),
            "error_type": "stop" if rule.stops else "warning",
            "show_error": bool(rule.error),
        }
        if rule.kind == "any":
            return {k: v for k, v in options.items() if not k.startswith("error")}
        if isinstance(rule.source, Expr):
            formula = self.book.formula(rule.source, sheet.name)
            # On by default, and Excel then accepts anything while a cell of the rule is blank.
            return options | {"value": _check_length("rule", formula), "ignore_blank": False}
        if rule.kind == "list":
            return options | {"source": f"={rule.source}"}
        return options | _bounds(rule)

    def _write_highlight(self, sheet: Sheet, worksheet: Worksheet, highlight: Highlight) -> None:
        first, last = (self.book.places[k].cell for k in (highlight.first, highlight.last))
        look = self.workbook.add_format(dict(self.styles[highlight.style]))
        if highlight.when is not None:
            rule = {"type": "formula", "criteria": self.book.formula(highlight.when, sheet.name, fixed=True)}
        elif highlight.begins:
            rule = {"type": "text", "criteria": "begins with", "value": highlight.text}
        else:
            quoted_text = highlight.text.replace('"', '""')
            rule = {"type": "cell", "criteria": "==", "value": f'"{quoted_text}"'}
        _done(
            worksheet.conditional_format(
                first.row, first.column, last.row, last.column, rule | {"format": look}
            )
        )

    def _write_marks(self, worksheet: Worksheet, marks: Marks) -> None:
        heading = address(marks.headings, marks.block[1], fixed_row=True)
        at = address(marks.block[0], marks.marks, fixed_column=True)
        criteria = f'=ISNUMBER(SEARCH("|{marks.prefix}"&{heading}&"|",{at}))'
        look = self.workbook.add_format(dict(self.styles[marks.style]))
        rule = {"type": "formula", "criteria": criteria, "format": look}
        _done(worksheet.conditional_format(*marks.block, rule))

    def _column_look(self, sheet: Sheet, column: int) -> Format | None:
        """In a list the column carries the look, so that rows can come and go."""
        if sheet.table is None or column >= len(sheet.table.columns):
            return None
        of = sheet.table.columns[column]
        return self._format(of.style, of.format, False)

    def _prepare_table(self, sheet: Sheet, worksheet: Worksheet, table: Table) -> None:
        """Lines around filled rows, looks by what a cell says, and a filter over every row to come."""
        last = table.first + table.capacity - 1
        for name, text, style in table.looks:
            at = [c.name for c in table.columns].index(name)
            look = self.workbook.add_format(dict(self.styles[style]))
            rule = {"type": "cell", "criteria": "==", "value": f'"{text}"', "format": look}
            _done(worksheet.conditional_format(table.first, at, last, at, rule))
        filled = f'={address(table.first, 0, fixed_column=True)}<>""'
        for at, column in enumerate(table.columns):
            style = "baris_catatan" if column.role is Role.ENTRY else "baris"
            look = self.workbook.add_format(dict(self.styles[style]))
            rule = {"type": "formula", "criteria": filled, "format": look}
            _done(worksheet.conditional_format(table.first, at, last, at, rule))
        for name, offer in table.offers:
            at = [c.name for c in table.columns].index(name)
            _done(worksheet.data_validation(table.first, at, last, at, self._rule(sheet, offer)))
        _done(worksheet.autofilter(table.first - 1, 0, last, len(table.columns) - 1))

    def _define_names(self) -> None:
        for name, (first, last) in self.book.names.items():
            self._define(name, first, last)
        for key, place in self.book.places.items():
            if place.cell.name:
                self._define(place.cell.name, key, key)

    def _define(self, name: str, first: Key, last: Key) -> None:
        a, b = self.book.places[first], self.book.places[last]
        where = address(a.cell.row, a.cell.column, fixed=True)
        if first != last:
            where += ":" + address(b.cell.row, b.cell.column, fixed=True)
        _done(self.workbook.define_name(name, f"={quoted(a.sheet)}!{where}"))

    # --- the page -------------------------------------------------------------------------------------------------

    def _set_page(self, sheet: Sheet, worksheet: Worksheet) -> None:
        worksheet.hide_gridlines(2)
        if sheet.landscape:
            worksheet.set_landscape()
        worksheet.set_paper(9)  # A4
        worksheet.set_margins(left=0.4, right=0.4, top=0.55, bottom=0.6)
        worksheet.fit_to_pages(sheet.pages_wide, sheet.pages_tall)
        if sheet.pages_wide > 1:
            worksheet.repeat_columns(0, 0)
        office, title = (_page_text(text) for text in (self.book.author, self.book.title))
        worksheet.set_header(f"&L{office}&R{title}", {"margin": 0.3})
        worksheet.set_footer(f"&L&8{sheet.name}&C&8Dicetak &D&R&8Halaman &P dari &N", {"margin": 0.3})
        if sheet.last_printed_column is not None and not sheet.table:
            row = sheet.next_row - 1 if sheet.last_printed_row is None else sheet.last_printed_row
            last = (max(row, 0), sheet.last_printed_column)
            _done(worksheet.print_area(0, sheet.first_printed_column, *last))
        if sheet.repeated_rows:
            worksheet.repeat_rows(*sheet.repeated_rows)
        if sheet.breaks:
            worksheet.set_h_pagebreaks(sheet.breaks)
        if sheet.frozen != (0, 0):
            worksheet.freeze_panes(*sheet.frozen)
        if sheet.autofilter:
            _done(worksheet.autofilter(*sheet.autofilter))
        if sheet.tab:
            worksheet.set_tab_color(sheet.tab)
        if sheet.hidden:
            worksheet.hide()
        if sheet.locked:
            # No password: it guards against accidents. Heights may be changed for a long kendala.
            allowed = {"format_rows": True, "format_columns": True, "autofilter": True, "sort": True}
            worksheet.protect("", {**allowed, "objects": True, "scenarios": True})


def _write_text(worksheet: Worksheet, at: tuple[int, int], text: str, look: Format) -> object:
    """A text; in pieces where XlsxWriter would take the whole for markup, or for another character."""
    cuts = [m.end() for m in _ESCAPE.finditer(text)] if _TWO_ESCAPES.search(text) else []
    cuts = [1, *cuts] if _MARKUP.fullmatch(text) else cuts
    if not cuts:
        return worksheet.write_string(*at, text, look)
    first, *rest = (text[a:b] for a, b in pairwise([0, *cuts, len(text)]))
    return worksheet.write_rich_string(*at, first, *(part for piece in rest for part in (look, piece)), look)


def _page_text(text: str) -> str:
    """A text of a header in 8 points, as much of it as has room; the font keeps a digit from joining the size."""
    told = (f"&8{_PLAIN}{_page_codes(text[:n])}" for n in range(len(text), -1, -1))
    return next(t for t in told if len(t.encode("utf-16-le")) // 2 <= _HALF_HEADER)


def _page_codes(text: str) -> str:
    """& doubled; XlsxWriter takes the second half of one before G for a picture, so a code goes between."""
    return re.sub(r"&(G|\[Picture)?", lambda m: f"&&{_PLAIN}{m[1]}" if m[1] else "&&", text)


def _bounds(rule: Validation) -> dict[str, Any]:
    if rule.low is not None and rule.high is not None:
        return {"criteria": "between", "minimum": rule.low, "maximum": rule.high}
    if rule.low is not None:
        return {"criteria": ">=", "value": rule.low}
    return {"criteria": "<=", "value": rule.high}


def _cached(value: Value) -> Value:
    return "" if value is None else value


def _check_length(what: str, text: str) -> str:
    if len(text) > _LIMITS[what]:
        raise ValueError(f"{what} of {len(text)} characters, Excel allows {_LIMITS[what]}: {text[:60]}…")
    return text


def _done(returned: object) -> None:
    """XlsxWriter returns 0 (or an object) where it did what was asked, a negative number where it ignored it."""
    if isinstance(returned, int) and returned < 0:
        raise ValueError(f"XlsxWriter ignored a call (returned {returned})")
