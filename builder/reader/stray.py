"""Cells that hold something where the form has nothing to fill: beside the cards, or in their grey cells.

A number in a grey cell of a card's row looks like a paste that missed, so the row is held; anything else is told
and left out.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from builder.angka import read_returned
from builder.capaian import TAHUN
from builder.expr import Expr, is_number
from builder.isian import Content
from builder.layout import Role, Sheet, address
from builder.masalah import Message
from builder.reader.places import is_moved, placed_cells
from builder.reader.reading import Reading
from builder.rkt import TRIWULAN
from builder.strict.returned import At

Row = tuple[str, str]  # indikator and row of its card


def note_stray(reading: Reading) -> None:
    """Every filled cell that is not the form's, on the sheets of the form."""
    for title in dict.fromkeys(reading.structure.homes.values()):
        forms = [f for f in reading.book.sheets if reading.structure.homes.get(f.name) == title]
        _note_on_sheet(reading, title, forms)


def _note_on_sheet(reading: Reading, title: str, forms: list[Sheet]) -> None:
    known, grey = _areas(reading, forms)
    said = _said(reading, forms)
    missed: dict[Row, list[tuple[At, Content]]] = defaultdict(list)
    strange: list[tuple[At, Content]] = []
    for at, content in reading.file.filled(title):
        if (
            at in known
            or content.value in reading.file.rows
            or (said is not None and _is_ours(content, said))
        ):
            continue  # the form's own; a key where none belongs is told as such
        if at in grey and _is_number(content):
            missed[grey[at]].append((at, content))
        elif not reading.is_other_plan:  # that plan's form had other words and other indikator
            strange.append((at, content))
    for row, cells in missed.items():
        _hold_missed(reading, row, cells)
    outside, sel = reading.file.sheets[title].outside, reading.file.sheets[title].outside_first
    if strange:
        at, content = strange[0]
        reading.note(Message.B12, at, content.shown, jumlah=len(strange) + outside)
    elif outside:
        reading.note(Message.B12, lembar=title, sel=sel, jumlah=outside)


def _areas(reading: Reading, forms: list[Sheet]) -> tuple[set[At], dict[At, Row]]:
    """Cells of the form that may hold something, and those of its rows that may not."""
    known: set[At] = set()
    grey: dict[At, Row] = {}
    for placed in (p for form in forms for p in placed_cells(reading, form)):
        cell, at = placed.cell, placed.at
        if cell.content is not None or cell.role in (Role.ENTRY, Role.FIXED):
            known.add(at)  # of a merged block the corner only: nothing else in it can be seen
        elif placed.card and placed.is_sure:
            grey[at] = (placed.card.indikator.id, placed.baris)
    return known, grey


def _said(reading: Reading, forms: list[Sheet]) -> set[object] | None:
    """Where rows or columns moved: what the form says in rows without a key; None where nothing moved."""
    if not any(is_moved(reading, form) for form in forms):
        return None
    keyed = {(f.name, c.row) for f in forms for c in f.cells if c.role is Role.KEY}
    cells = [c for f in forms for c in f.cells if (f.name, c.row) not in keyed]
    return {c.content for c in cells if not isinstance(c.content, Expr)}


def _is_ours(content: Content, said: set[object]) -> bool:
    return content.formula is not None or bool(content.link) or content.value in said


def _is_number(content: Content) -> bool:
    value = content.value
    if isinstance(value, str):
        return read_returned(value) is not None
    return content.formula is None and isinstance(value, (int, float)) and is_number(value)


def _hold_missed(reading: Reading, row: Row, cells: list[tuple[At, Content]]) -> None:
    """Hold the row; where it is the year's, which asks for nothing, every row that the paste may have come over."""
    id, baris = row
    at, content = cells[0]
    rows = [f"TW{j}" for j in TRIWULAN] if baris == TAHUN else [baris]
    values: dict[str, Any] = {
        "kunci": f"{id} {baris}",
        "tempat": _range([a for a, _ in cells]),
        "jumlah": len(cells),
    }
    reading.note(Message.B11_LUAR, at, content.shown, row, **values)
    for b in rows:
        place = reading.cards[id].rows.get(b)
        if place and place not in reading.held[id, b]:
            reading.held[id, b].append(place)


def _range(cells: list[At]) -> str:
    """ "E8:F8" where they stand in one run, otherwise each."""
    first, last = cells[0], cells[-1]
    if len(cells) > 1 and last.column - first.column == len(cells) - 1:
        return f"{first.sel}:{address(last.row - 1, last.column - 1)}"
    return ", ".join(at.sel for at in cells)
