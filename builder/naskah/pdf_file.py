"""Reads .pdf: tables by their ruling lines, page by page, and the text lines outside them."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfplumber.utils.exceptions import PdfminerException

from builder.naskah.cell import CUT_MARK, normalize, unwrap
from builder.naskah.source import RawRow, Source, unreadable

if TYPE_CHECKING:
    from pathlib import Path

_ONE_WORD = re.compile(r"\S+[^\W\d_]")

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class _Line:
    """One printed line of a cell: its text, the room left of it and right of it, and its first letter's width."""

    text: str
    left: float
    right: float
    letter: float


def read_pdf(path: Path) -> Source:
    """The ruled tables and the lines of a PDF with a text layer."""
    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it tells the screen about every odd colour
    try:
        with pdfplumber.open(path) as document:
            found = [(page, page.find_tables()) for page in document.pages]
            tables = tuple(_rows(page, table) for page, of_page in found for table in of_page)
            lines = tuple(line for page, of_page in found for line in _outer_lines(page, of_page))
    except PdfminerException as error:
        locked = isinstance(error.args[0] if error.args else None, PDFPasswordIncorrect)
        raise unreadable(path, "PDF ini bersandi" if locked else "isinya bukan PDF yang utuh") from error
    if not any(tables) and not any(lines):
        raise unreadable(
            path, "PDF ini tidak memuat teks (hasil pindai); pakai PDF asli atau dokumen Word-nya"
        )
    return Source(tables, lines)


def _rows(page: Any, table: Any) -> tuple[RawRow, ...]:
    near = page.filter(lambda thing: thing["object_type"] == "char" and _is_inside(thing, table.bbox))
    cells = [[_cell_lines(near, box) for box in row.cells] for row in table.rows]
    rows = [tuple(None if lines is None else _text(lines) for lines in row) for row in cells]
    # A cell that is absent (None) in the first column was ruled together with the one above it.
    place = f"halaman {page.page_number}"
    return tuple(RawRow(row, place, standalone=row[0] is None) for row in rows if any(row))


def _cell_lines(page: Any, box: Box | None) -> list[_Line] | None:
    if box is None:
        return None
    inside = page.filter(lambda thing: _is_inside(thing, box))
    lines = inside.extract_text_lines(strip=False, keep_blank_chars=True)
    return [_Line(li["text"], li["x0"] - box[0], box[2] - li["x1"], li["chars"][0]["width"]) for li in lines]


def _text(lines: list[_Line]) -> str:
    """The text of a cell, marked where a line may have ended inside a word."""
    padding = min((line.left for line in lines), default=0)
    text = "".join(line.text for line in lines[:1])
    for above, below in pairwise(lines):
        text += f"{CUT_MARK if _may_cut(above, below, padding) else ''}\n{below.text}"
    return normalize(unwrap(text))


def _may_cut(above: _Line, below: _Line, padding: float) -> bool:
    """True where a single word fills its line and small letters follow: a longer word would look the same."""
    is_full = above.right - padding < below.letter + 1
    return is_full and bool(_ONE_WORD.fullmatch(above.text)) and below.text[:1].islower()


def _outer_lines(page: Any, tables: list[Any]) -> list[str]:
    outside = page.filter(lambda thing: not any(_is_inside(thing, table.bbox) for table in tables))
    return str(outside.extract_text()).split("\n")


def _is_inside(thing: dict[str, Any], box: Box) -> bool:
    x, y = (thing["x0"] + thing["x1"]) / 2, (thing["top"] + thing["bottom"]) / 2
    return bool(box[0] <= x <= box[2] and box[1] <= y <= box[3])
