"""Joins rows cut by page breaks: an empty NO cell continues the row above, in whichever columns are filled.

Where the file itself says that a row stands alone (a merged NO cell, a sheet's grid), its indikator and target
stay together as one block. No two rows ever get the same number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from builder.masalah import Message, Problem
from builder.naskah.cell import flatten, without_marks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from builder.naskah.table import Row
    from builder.rkt import Tingkat

PAGE_CUT = "\f"  # stands in an indikator where two rows were joined
_NUMBER = re.compile(r"\W*(\d{1,3})(?:\.0)?\W*")
_SUB_NUMBER = re.compile(r"(\d{1,3})\.\d{1,2}\.?")


@dataclass(slots=True)
class Block:
    """Indikator and target texts that belong together."""

    indikator: str
    target: str


@dataclass(slots=True)
class NumberedRow:
    """One numbered row of the document with all that continues it."""

    printed: int
    tingkat: Tingkat
    sasaran: str
    blocks: list[Block]
    place: str
    nomor: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def target(self) -> str:
        """All of its target text, on one line."""
        return without_marks(flatten(" ".join(block.target for block in self.blocks)))

    @property
    def indikator(self) -> str:
        """All of its indikator text, on one line."""
        return without_marks(flatten(" ".join(block.indikator for block in self.blocks)))


def join_rows(rows: Iterable[Row | None]) -> tuple[list[NumberedRow], list[Problem]]:
    """The numbered rows, and a problem for each row that belongs to none."""
    joined: list[NumberedRow] = []
    stray: list[Problem] = []
    current: NumberedRow | None = None
    for row in rows:
        number = _read_number(row.no) if row else None
        if row is None or (row.no and number is None):
            current = None
        elif number is not None and not _continues(row, number, current):
            current = NumberedRow(
                number, row.tingkat, row.sasaran, [Block(row.indikator, row.target)], row.place
            )
            joined.append(current)
        elif current:
            _extend(current, row)
        if row and current is None:
            stray.append(Problem(Message.X05, sel=row.place, isi=row.text))
    _give_numbers(joined)
    return joined, stray


def _read_number(no: str) -> int | None:
    match = _NUMBER.fullmatch(no) or _SUB_NUMBER.fullmatch(no)
    return int(match[1]) if match else None


def _continues(row: Row, number: int, current: NumberedRow | None) -> bool:
    """True where a number only repeats the one above: "3.2" below "3.1", or a flat list of indikator."""
    same = current is not None and current.printed == number
    return same and current is not None and row.sasaran in ("", current.sasaran)


def _extend(current: NumberedRow, row: Row) -> None:
    if row.sasaran != current.sasaran:
        current.sasaran = f"{current.sasaran} {row.sasaran}".strip()
    last = current.blocks[-1]
    if (row.standalone or row.no) and _is_whole(row) and last.indikator:
        current.blocks.append(Block(row.indikator, row.target))
        return
    last.indikator = PAGE_CUT.join(filter(None, (last.indikator, row.indikator)))
    last.target = " ".join(filter(None, (last.target, row.target)))


def _is_whole(row: Row) -> bool:
    """True where a row holds an indikator of its own and its target, and begins no sentence in the middle."""
    first = row.indikator.lstrip("• “\"'(")[:1]
    return bool(row.indikator and row.target) and not first.islower()


def _give_numbers(rows: list[NumberedRow]) -> None:
    """The printed number is the row's own, unless it is taken; whatever is odd about it is noted."""
    used: set[int] = set()
    offset, last = 0, 0
    for row in rows:
        row.nomor = row.printed + offset
        if row.nomor in used or (offset and row.printed == 1):
            fresh = max(used | {r.printed + offset for r in rows}) + 1
            restarts = row.printed == 1
            row.nomor = max(used) + 1 if restarts else fresh
            offset = row.nomor - 1 if restarts else offset
            row.notes.append(_taken(row, restarts))
        elif row.printed != last + 1:
            jump = f"melompat dari {last} ke {row.printed}" if last else f"mulai dari {row.printed}"
            row.notes.append(f"penomoran {jump}; periksa apakah ada baris yang hilang")
        last = row.printed
        used.add(row.nomor)


def _taken(row: NumberedRow, restarts: bool) -> str:
    if restarts:
        return (
            f"penomoran mulai lagi dari 1; baris ini dan berikutnya diberi nomor lanjutan mulai {row.nomor}"
        )
    return f"nomor {row.printed} muncul lebih dari sekali; baris ini diberi nomor {row.nomor}"
