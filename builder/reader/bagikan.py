"""What a file said of itself when it was handed out: answers that were locked then, and cells that were to be mended.

Both stand on a hidden sheet; who has lost it (a program may drop it) has lost the comparison and nothing else.
"""

from __future__ import annotations

from builder.expr import Key, Value
from builder.identitas import LEMBAR_BAGIKAN, PERAN_PERBAIKAN, PERAN_TERKUNCI
from builder.reader.reading import Reading
from builder.strict.returned import ReturnedFile


def read_locked(reading: Reading) -> dict[Key, Value]:
    """Answers of earlier triwulan as they were handed out, by their cell."""
    return {
        key: value for role, key, value in _rows(reading.file) if role == PERAN_TERKUNCI and value is not None
    }


def read_marked(reading: Reading) -> set[Key]:
    """Cells that bear a comment of ours."""
    return {key for role, key, _ in _rows(reading.file) if role == PERAN_PERBAIKAN}


def _rows(file: ReturnedFile) -> list[tuple[str, Key, Value]]:
    sheet = file.sheets.get(LEMBAR_BAGIKAN)
    if sheet is None:
        return []
    found = []
    for row in sorted({row for row, _ in sheet.cells}):
        role, id, baris, kolom, value = (
            sheet.cells[row, c].value if (row, c) in sheet.cells else None for c in range(1, 6)
        )
        plain = value if isinstance(value, (int, float, str)) else None
        found.append((str(role), Key(str(id), str(baris), str(kolom)), plain))
    return found
