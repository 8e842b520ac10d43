"""Where each cell of the form stands in a file: by the key of its row and the heading of its column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from builder.expr import Key
from builder.layout import Cell, Role, Sheet
from builder.reader.reading import Card, Reading
from builder.rkt import TRIWULAN
from builder.strict.returned import At


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell of the form and its place in the file."""

    cell: Cell
    at: At
    card: Card | None = None
    baris: str = ""  # of the card
    is_sure: bool = True  # False: its row is held, or its column was not found


def placed_cells(reading: Reading, form: Sheet) -> Iterator[Placed]:
    """The cells of a sheet whose place is known; those of rows without a key only while nothing moved."""
    home = reading.structure.homes.get(form.name)
    keys = {c.row: str(c.content) for c in form.cells if c.role is Role.KEY}
    stays = home is not None and not is_moved(reading, form)
    for cell in form.cells:
        if cell.row in keys:
            id, _, baris = keys[cell.row].partition("|")
            yield from _in_card(reading, cell, reading.cards[id], baris)
        elif stays and home is not None:
            yield Placed(cell, At(home, cell.row + 1, cell.column + 1))


def _in_card(reading: Reading, cell: Cell, card: Card, baris: str) -> Iterator[Placed]:
    name = reading.book.row_columns[cell.column].name
    row = card.rows[baris]
    held = reading.held.get((card.indikator.id, baris), [])
    in_order = baris != "JUDUL" or is_in_order(reading, card)
    for at in [row] if row else held:
        column = card.columns.get(name, at.column + cell.column) if in_order else at.column + cell.column
        yield Placed(cell, At(at.lembar, at.row, column), card, baris, bool(row) and name in card.columns)


def is_in_order(reading: Reading, card: Card) -> bool:
    """Columns were inserted or removed, and the title moved with them; where they changed places, it did not."""
    found = [card.columns[c.name] for c in reading.book.row_columns if c.name in card.columns]
    return found == sorted(found)


def is_moved(reading: Reading, form: Sheet) -> bool:
    """Rows or columns of this sheet no longer stand where the form has them, or the form was another one."""
    ids = {c.key.id for c in form.cells if c.key}
    cards = [card for id, card in reading.cards.items() if id in ids]
    shifted = any(at != reading.form_column(name) for card in cards for name, at in card.columns.items())
    return shifted or form.name in reading.structure.moved or reading.is_other_plan


def entry_cells(reading: Reading) -> dict[At, Key]:
    """Every cell of the cards that people fill, as far as its place is known."""
    keys = [
        k
        for k, _ in reading.book.entry_places()
        if k.id in reading.cards and k.baris[2:] in map(str, TRIWULAN)
    ]
    found = {reading.cards[k.id].at(k.baris, k.kolom): k for k in keys}
    return {at: key for at, key in found.items() if at is not None}
