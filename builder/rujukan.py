"""Which cell of the konsolidasi a problem is about, and which problem holds a cell; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from builder.consolidator import Asal, Konsolidasi
from builder.expr import Key
from builder.jawaban import is_held
from builder.masalah import TAHAN, Problem

Tempat = tuple[str | None, str, str]  # file, sheet, cell; file None: of whichever file


def find_origins(hasil: Konsolidasi) -> dict[Tempat, Key]:
    """The entry cell that each cell of the returns went into, or waits to go into."""
    found: dict[Tempat, Key] = {}
    for key in {**hasil.asal, **hasil.pilihan}:
        for asal in _sources(hasil, key):
            for part in (asal, *asal.bagian):
                entry = part.entry
                for berkas in (part.berkas, None):
                    found.setdefault((berkas, entry.lembar, entry.sel), key)
    return found


def _sources(hasil: Konsolidasi, key: Key) -> Iterator[Asal]:
    """What stands in a cell, what a hand replaced there, and what may be chosen for it."""
    here = (hasil.asal.get(key), hasil.diubah.get(key), *hasil.pilihan.get(key, ()))
    return (asal for asal in here if asal is not None)


def find_cell(p: Problem, origins: Mapping[Tempat, Key]) -> Key | None:
    """The entry cell that a problem is about, where its own place says so."""
    if p.lembar is None or p.sel is None:
        return None
    at = (p.lembar, p.sel.partition(":")[0])
    key, of_any = origins.get((p.berkas, *at)), origins.get((None, *at))
    if key and (p.tujuan is None or p.tujuan[0] == key.id):
        return key
    # In the file of another sub-bagian the same address may be another indikator's.
    return of_any if of_any and p.tujuan == (of_any.id, of_any.baris) else None


def find_holding(hasil: Konsolidasi, key: Key) -> list[Problem]:
    """Why a cell is held: what holds its very cell, else what holds its row."""
    row = (key.id, key.baris)
    held = [p for p in hasil.all_problems if p.putusan is TAHAN and p.tujuan in (None, row)]
    cells = [entry for asal in _sources(hasil, key) for entry in asal.cells]
    own = [p for p in held if any(is_held(p, entry) for entry in cells)]
    return own or [p for p in held if p.tujuan == row]
