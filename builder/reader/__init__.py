"""What a returned workbook means: what people typed, with every problem and its place.

The one door: `read_kiriman`, which has the file opened by a child process (`strict`). Rows are found by their hidden
key, columns by their headings; locked cells are compared with the plan and never believed; formulas are computed
anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from builder.identitas import Tanda
from builder.layout import Book
from builder.masalah import Message, Problem, Refused
from builder.reader.form import read_form
from builder.reader.identity import find_sub_bagian, own_properties, read_properties, read_tanda
from builder.reader.kiriman import Asal, Entry, Kiriman
from builder.reader.reading import Reading
from builder.rkt import Rkt, SubBagian
from builder.strict.child import Opener

__all__ = ["Asal", "Entry", "Kiriman", "peek_tanda", "read_kiriman"]


def read_kiriman(
    path: Path,
    find_plan: Callable[[Tanda | None], Rkt],
    make_book: Callable[[Rkt, SubBagian], Book],
    opener: Opener,
    berkas: str | None = None,
) -> Kiriman:
    """Read one returned file; whatever is wrong with it stands in its problems, nothing is raised.

    `find_plan` gives the version of the plan that a file was made from (of none: today's), `make_book` the buku
    kerja as that version makes it; `berkas` is how messages name the file.
    """
    kiriman = Kiriman(berkas or path.name)
    try:
        file = opener.open(path)
        kiriman.sha256 = file.sha256
        if file.macros:
            kiriman.tanda = Tanda.from_dict(own_properties(file.properties))
            raise Refused(Problem(Message.H01, kiriman.berkas))
        kiriman.tanda = read_tanda(file, kiriman.berkas, str(find_plan(None).identitas.tahun))
        rkt = find_plan(kiriman.tanda)
        kiriman.sub_bagian = find_sub_bagian(kiriman.tanda, rkt, kiriman.berkas)
        kiriman.rkt = rkt
    except Refused as refused:
        kiriman.problems += [replace(p, berkas=kiriman.berkas) for p in refused.problems]
        return kiriman
    try:
        read_form(Reading(kiriman, file, rkt, make_book(rkt, kiriman.sub_bagian)))
    except Exception as error:
        # One file that no rule foresaw must not stop the others; it is refused whole, nothing of it is believed.
        kiriman.sub_bagian = None
        kiriman.entries.clear()
        sebab = f"isinya tidak terduga: {type(error).__name__}"
        kiriman.problems[:] = [Problem(Message.H14, kiriman.berkas, values={"sebab": sebab})]
    kiriman.problems.sort(key=lambda p: (-p.putusan.berat, p.lembar or "", _natural(p.sel), p.kode))
    return kiriman


def peek_tanda(path: Path) -> Tanda | None:
    """The identity of a file if it is one of ours, with macros or without; None for anything else."""
    try:
        return Tanda.from_dict(read_properties(path)) or _peek_inside(path)
    except (Refused, OSError):
        return None


def _peek_inside(path: Path) -> Tanda:
    with Opener() as opener:
        return read_tanda(opener.open(path), path.name)


def _natural(cell: str | None) -> tuple[int, str]:
    match = re.fullmatch(r"([A-Z]+)(\d+)", cell or "")
    return (int(match[2]), match[1]) if match else (0, cell or "")
