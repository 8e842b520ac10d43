"""Changes by hand: what the konsolidator typed over a value of the konsolidasi is kept, and told (F11).

A cell was changed by hand when it says neither what the last refresh wrote (Jejak) nor what the returns say
now. A cell that was emptied takes what the returns say again: so a change is undone, and no entry gets lost.
"""

from __future__ import annotations

from collections.abc import Mapping

from builder.consolidator import Asal, Konsolidasi
from builder.expr import Key, Value, is_number
from builder.layout import Book
from builder.masalah import Message, Problem
from builder.patch import is_same
from builder.reader import Entry

DIUBAH_TANGAN = "(diubah tangan)"


def changed(cells: Mapping[Key, Value], written: Mapping[Key, Value]) -> dict[Key, Value]:
    """What a hand has put into entry cells since the last refresh, or before it; arguments as of `keep_changes`."""
    return {k: now for k, now in cells.items() if not is_same(now, None) and not is_same(now, written.get(k))}


def keep_changes(
    hasil: Konsolidasi, book: Book, cells: Mapping[Key, Value], written: Mapping[Key, Value]
) -> None:
    """Put changes by hand over what the returns brought.

    `cells`: what the entry cells of the konsolidasi hold; `written`: what the last refresh put there.
    """
    for key, now in sorted(changed(cells, written).items()):
        brought = hasil.asal.get(key)
        says = brought.entry.shown if brought else None
        if is_same(now, says):
            continue
        place = book.places[key]
        hasil.diubah[key] = brought if says is not None else None
        hasil.asal[key] = Asal(Entry(key, now, place.sheet, place.address, _told(now)), DIUBAH_TANGAN)
        where = (None, place.sheet, place.address, _told(now))
        hasil.problems.append(Problem(Message.F11, *where, {"kiriman": _told(says)}, (key.id, key.baris)))


def _told(value: Value) -> str:
    """As people read it; Excel hands over 45.0 where the file says 45."""
    if is_number(value):
        return f"{value:.15g}".replace(".", ",")
    return "kosong" if value is None else str(value)
