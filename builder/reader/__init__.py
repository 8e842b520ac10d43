"""Opens a returned workbook and takes from it what people typed, with every problem and its place.

The one door to files of strangers: `read_kiriman`. Rows are found by their hidden key, columns by their
headings; locked cells are compared with the plan and never believed; formulas are computed anew.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

from builder.identitas import Tanda
from builder.layout import Book
from builder.masalah import Message, Problem, Refused, os_reason
from builder.reader.entries import read_entries
from builder.reader.identity import find_sub_bagian, read_properties, read_tanda
from builder.reader.kiriman import Entry, Kiriman
from builder.reader.locked import compare_locked, note_outside
from builder.reader.reading import Reading
from builder.reader.source import open_returned
from builder.rkt import ROMAWI, Rkt, SubBagian

__all__ = ["Entry", "Kiriman", "peek_tanda", "read_kiriman"]


def read_kiriman(
    path: Path, rkt: Rkt, make_book: Callable[[SubBagian], Book], berkas: str | None = None
) -> Kiriman:
    """Read one returned file; whatever is wrong with it stands in its problems, nothing is raised.

    `make_book` gives the buku kerja as the plan would make it today; `berkas` is how messages name the file.
    """
    kiriman = Kiriman(berkas or path.name)
    try:
        kiriman.sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        file = open_returned(path)
        kiriman.tanda = read_tanda(file, kiriman.berkas, str(rkt.identitas.tahun))
        kiriman.sub_bagian = find_sub_bagian(kiriman.tanda, rkt, kiriman.berkas)
    except Refused as refused:
        kiriman.problems += refused.problems
        return kiriman
    except OSError as error:
        kiriman.problems.append(Problem(Message.J04, kiriman.berkas, values={"sebab": os_reason(error)}))
        return kiriman
    try:
        _read(Reading(kiriman, file, rkt, make_book(kiriman.sub_bagian)))
    except Exception:
        # One file that no rule foresaw must not stop the others; it is refused whole, nothing of it is believed.
        kiriman.sub_bagian = None
        kiriman.entries.clear()
        kiriman.problems[:] = [Problem(Message.H14, kiriman.berkas)]
    kiriman.problems.sort(key=lambda p: (-p.putusan.berat, p.lembar or "", _natural(p.sel), p.kode))
    return kiriman


def _read(reading: Reading) -> None:
    reading.read_settings()
    for indikator in reading.own:
        card = read_entries(reading, indikator)
        if card is not None:
            compare_locked(reading, card)
    note_outside(reading)
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
        values = {"jumlah": len(late), "triwulan": ROMAWI[k]}
        tujuan = (at.key.id, at.key.baris)
        reading.kiriman.problems.append(
            Problem(Message.N06, reading.kiriman.berkas, at.lembar, at.sel, at.isi, values, tujuan)
        )


def peek_tanda(path: Path) -> Tanda | None:
    """The identity of a file if it is one of ours, with macros or without; None for anything else."""
    try:
        return Tanda.from_dict(read_properties(path)) or read_tanda(open_returned(path), path.name)
    except (Refused, OSError):
        return None


def _natural(cell: str | None) -> tuple[int, str]:
    match = re.fullmatch(r"([A-Z]+)(\d+)", cell or "")
    return (int(match[2]), match[1]) if match else (0, cell or "")
