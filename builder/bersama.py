"""Merges what several sub-bagian answer together by the indikator's location rule (DOMAIN 3): sum, average, raw.

A part is never taken for the whole: while one is missing the merged cell stays blank, and where one is held or does
not hold together the whole is held with every part named (KEGAGALAN R6). Nihil is left out where others have numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from builder import capaian
from builder.expr import Key, Value, is_number
from builder.isian import NIHIL
from builder.reader import Asal, Entry
from builder.rkt import Aturan, Indikator, Isian, Lokasi, Rkt

HALVES = ("pembilang", "penyebut")
NUMBERS = (*HALVES, "realisasi")
KOSONG = "kosong"
_LONGEST = 32_000  # characters; a cell takes 32,767

Cells = dict[Key, Asal]
Unit = tuple[str, str, str]  # indikator, row, and what is answered as one: a pair, or a single cell


def unit_of(key: Key) -> Unit:
    """What a cell is answered together with: pembilang and penyebut are one."""
    return key.id, key.baris, "" if key.kolom in HALVES else key.kolom


def is_empty(cells: Mapping[Key, Asal]) -> bool:
    """Nothing of it was answered."""
    return all(asal.entry.is_blank for asal in cells.values())


def shared_ids(plans: Iterable[Rkt]) -> frozenset[str]:
    """Indikator that several sub-bagian answer by one of these versions of the plan."""
    return frozenset(i.id for rkt in plans for i in rkt.indikator if rkt.is_shared(i))


@dataclass(frozen=True, slots=True)
class Bagian:
    """What one sub-bagian answered in a unit, and whom the plan of its file asked."""

    kode: str
    cells: Cells
    diminta: tuple[str, ...]  # codes, the responsible one first
    nilai: Value  # what the rule reads in it: a number, NIHIL or PERIKSA; of words nothing

    @property
    def is_share(self) -> bool:
        """Others were asked with it; otherwise its answer is the whole."""
        return len(self.diminta) > 1 and self.kode in self.diminta

    @property
    def is_held(self) -> bool:
        """It cannot be read, or does not hold together."""
        return self.nilai == capaian.PERIKSA or any(a.entry.ditahan for a in self.cells.values())

    @property
    def isi(self) -> str:
        """Its content as the messages name it: "KUL 40/50", "TEK 9/—"."""
        return f"{self.kode} {'/'.join(a.entry.isi or '—' for _, a in sorted(self.cells.items()))}"

    @property
    def first(self) -> Entry:
        """Its first cell that is answered."""
        return next(a.entry for _, a in sorted(self.cells.items()) if not a.entry.is_blank)

    @property
    def told(self) -> str:
        """Its content with its place: "KUL 40/50 (BukuKerja-2026-KUL.xlsx, S01!E8:F8)"."""
        cells = [a for _, a in sorted(self.cells.items())]
        sel = ":".join(a.entry.sel for a in cells)
        return f"{self.isi} ({cells[0].told_berkas}, {cells[0].entry.lembar}!{sel})"


@dataclass(frozen=True, slots=True)
class Merged:
    """What the parts of a unit come to: its cells, who is missing, or why it is held."""

    cells: Cells
    kurang: tuple[str, ...] = ()
    sebab: str = ""


def read_part(i: Indikator, aturan: Aturan, cells: Mapping[Key, Asal]) -> Mapping[Key, Value]:
    """What the rule reads in the entries of one sub-bagian, or of all together, row by row."""
    entries = {key: asal.entry.shown for key, asal in cells.items() if asal.entry.shown is not None}
    column = "realisasi" if i.isian is Isian.RASIO else "terbaca"
    values = capaian.compute(i, aturan, entries, 4)
    return {key: value for key, value in values.items() if key.kolom == column}


def answered(baris: str, values: Mapping[Key, Value]) -> Value:
    """The one value of a row."""
    return next((value for key, value in values.items() if key.baris == baris), None)


def asked_together(shares: Sequence[Bagian], today: tuple[str, ...]) -> tuple[str, ...]:
    """Whose answers make the whole of a row: those whom the plan of its answers asked; () where that is not clear.

    So a triwulan that was answered before a revision stays as it was; where its answers come from several versions,
    today's plan counts, if it asks all who answered.
    """
    versions = {b.diminta for b in shares}
    if len(versions) == 1:
        return next(iter(versions))
    return today if {b.kode for b in shares} <= set(today) else ()


def merge(
    i: Indikator, aturan: Aturan, units: Mapping[Unit, Sequence[Bagian]], today: tuple[str, ...]
) -> dict[Unit, Merged]:
    """What the answered parts of an indikator come to, unit by unit; `today`: whom today's plan asks.

    Parts stand in the order in which they are given.
    """
    merged = {unit: _merge_unit(i, shares, asked_together(shares, today)) for unit, shares in units.items()}
    cells = {key: asal for m in merged.values() for key, asal in m.cells.items()}
    whole = read_part(i, aturan, cells)
    for unit, m in merged.items():
        if is_number_unit(unit) and not m.sebab and answered(unit[1], whole) == capaian.PERIKSA:
            merged[unit] = hold(units[unit], "hasil gabungannya bukan isian yang sah")
    return merged


def is_number_unit(unit: Unit) -> bool:
    """It holds what capaian is computed from."""
    return not unit[2] or unit[2] in NUMBERS


def _merge_unit(i: Indikator, shares: Sequence[Bagian], owners: tuple[str, ...]) -> Merged:
    if any(b.is_held for b in shares):
        held = " dan ".join(b.kode for b in shares if b.is_held)
        return hold(shares, f"bagian {held} masih harus diperiksa")
    if not is_number_unit(unit_of(next(iter(shares[0].cells)))):
        return _merge_words(shares)
    if not owners:
        return hold(shares, "pemiliknya berubah dalam rencana yang direvisi")
    kurang = tuple(kode for kode in owners if kode not in {b.kode for b in shares})
    if kurang:
        return Merged({key: _together(shares, key, None, "") for key in shares[0].cells}, kurang)
    return Merged(_merge_numbers(i, shares))


def hold(shares: Sequence[Bagian], sebab: str) -> Merged:
    """The whole held with every part named; no part may be chosen for it."""
    isi = "; ".join(b.isi for b in shares)
    keys = dict.fromkeys(key for b in shares for key in b.cells)
    return Merged({key: _held(_together(shares, key, None, isi)) for key in keys}, (), sebab)


def _held(asal: Asal) -> Asal:
    return replace(asal, entry=replace(asal.entry, ditahan=True))


def _merge_words(shares: Sequence[Bagian]) -> Merged:
    """Kendala, tindak lanjut and data dukung one below the other, each with its code; a single one as it is."""
    (key,) = shares[0].cells
    entries = [b.cells[key].entry for b in shares]
    if len(shares) == 1:
        return Merged({key: shares[0].cells[key]})
    text = "\n".join(f"{b.kode}: {e.value}" for b, e in zip(shares, entries, strict=True))
    if len(text) > _LONGEST:
        return hold(shares, "teksnya bersama-sama terlalu panjang untuk satu sel")
    return Merged({key: _together(shares, key, text, text)})


def _merge_numbers(i: Indikator, shares: Sequence[Bagian]) -> Cells:
    counted = [b for b in shares if b.nilai != capaian.NIHIL]
    keys = sorted(shares[0].cells)
    if not counted:
        told = " + ".join(NIHIL for _ in shares)
        return {key: _together(shares, key, NIHIL if key == keys[0] else None, told) for key in keys}
    return {key: _merge_number(i, shares, counted, key) for key in keys}


def _merge_number(i: Indikator, shares: Sequence[Bagian], counted: Sequence[Bagian], key: Key) -> Asal:
    values = [b.cells[key].entry.value for b in counted]
    numbers = [float(v) for v in values if is_number(v)]  # type: ignore[arg-type]
    total = math.fsum(numbers)
    average = i.lokasi is Lokasi.AVERAGE
    # By 15 digits: 0.1 + 0.2 in binary is not what a person adds up.
    merged = float(f"{total / len(numbers) if average else total:.15g}")
    parts = [b.cells[key].entry.isi if b in counted else NIHIL for b in shares]
    told = f"rata-rata dari {' dan '.join(parts)}" if average else " + ".join(parts)
    return _together(shares, key, merged, told)


def _together(shares: Sequence[Bagian], key: Key, value: Value, isi: str) -> Asal:
    """One cell of the whole, with the files, sheets and cells of all parts."""
    parts = tuple(b.cells[key] for b in shares if key in b.cells)
    berkas, lembar, sel = (
        " + ".join(dict.fromkeys(texts))
        for texts in (
            [a.berkas for a in parts],
            [a.entry.lembar for a in parts],
            [a.entry.sel for a in parts],
        )
    )
    return Asal(Entry(key, value, lembar, sel, isi), berkas, parts)
