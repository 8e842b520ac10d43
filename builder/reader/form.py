"""Reads a form of ours step by step: where everything stands, what was typed, what should not have changed."""

from __future__ import annotations

from typing import Any

from builder.masalah import Message
from builder.reader.bagikan import read_locked
from builder.reader.cards import find_cards
from builder.reader.entries import read_entries
from builder.reader.identity import note_name
from builder.reader.locked import compare_locked
from builder.reader.plausible import note_odd
from builder.reader.reading import Reading
from builder.reader.sheets import note_copies, note_hidden, note_merged, note_parts, note_sheets
from builder.reader.stray import note_stray
from builder.rkt import ROMAWI


def read_form(reading: Reading) -> None:
    """Everything that a file of a known sub-bagian says; rows are held before any cell of them is read."""
    note_name(reading)
    reading.read_settings()
    reading.kiriman.terkunci = read_locked(reading)
    note_sheets(reading)
    find_cards(reading)
    note_copies(reading)
    note_stray(reading)
    note_merged(reading)
    for card in reading.cards.values():
        read_entries(reading, card)
        note_odd(reading, card)
    note_hidden(reading)
    note_parts(reading)
    compare_locked(reading)
    _note_too_early(reading)
    if not reading.kiriman.terisi:
        reading.note(Message.A11)


def _note_too_early(reading: Reading) -> None:
    """Entries of a triwulan that the file does not report on yet: kept, but not counted."""
    k = reading.kiriman.triwulan
    late = [
        e for key, e in reading.kiriman.entries.items() if k and key.baris > f"TW{k}" and e.shown is not None
    ]
    if k and late:
        at = late[0]
        place = {"lembar": at.lembar, "sel": at.sel}
        values: dict[str, Any] = {"jumlah": len(late), "triwulan": ROMAWI[k]}
        reading.note(Message.N06, None, at.isi, (at.key.id, at.key.baris), **place, **values)
