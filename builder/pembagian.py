"""What is handed out in mid-year: a buku kerja in which the accepted answers of earlier triwulan stand, locked.

[conv] An answer is locked where its triwulan is before the one to be reported on and its row is terisi or nihil. What
is blank, held or wrong stays open, and so does every blank word beside a number. A returned file whose locked cells
say something else is held there (F20).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from builder.consolidator import Asal, Konsolidasi
from builder.expr import Key, Value
from builder.keadaan import isian_states
from builder.layout import Book
from builder.rkt import Rkt, SubBagian
from workbook_templates.buku_kerja import buku_kerja
from workbook_templates.kartu import Isi

_ACCEPTED = ("terisi", "nihil")


@dataclass(frozen=True, slots=True)
class Bagian:
    """What one sub-bagian gets: its answers as they are, and the number that its next kiriman bears."""

    sub_bagian: SubBagian
    isi: Isi
    nomor: int


def share_out(hasil: Konsolidasi) -> list[Bagian]:
    """The part of every sub-bagian that owns something, for the triwulan pelaporan of `hasil`."""
    accepted = {row for row, state in isian_states(hasil).items() if state in _ACCEPTED}
    owners = [s for s in hasil.rkt.sub_bagian if hasil.rkt.sasaran_of(s)]
    return [_bagian(hasil, s, accepted) for s in owners]


def _bagian(hasil: Konsolidasi, sub_bagian: SubBagian, accepted: set[tuple[str, int]]) -> Bagian:
    entries: dict[Key, Value] = {}
    locked: set[Key] = set()
    for key, asal in answers_of(hasil, sub_bagian).items():
        j = int(key.baris[2])
        is_locked = j < hasil.triwulan and (key.id, j) in accepted
        value = _official(hasil, key, asal) if is_locked else _own(hasil, key, asal)
        if value is not None:
            entries[key] = value
            locked |= {key} if is_locked else set()
    return Bagian(sub_bagian, Isi(entries, terkunci=frozenset(locked)), next_number(hasil, sub_bagian))


def answers_of(hasil: Konsolidasi, sub_bagian: SubBagian) -> Mapping[Key, Asal]:
    """Every answer of a sub-bagian, with its origin; of an indikator that it shares its own part."""
    rkt, jawaban = hasil.rkt, hasil.jawaban.get(sub_bagian.kode)
    said = jawaban.cells if jawaban else {}
    own = {i.id: rkt.is_shared(i) for i in rkt.indikator if sub_bagian in rkt.owners(i)}
    whole = {key: asal for key, asal in hasil.asal.items() if own.get(key.id) is False}
    return whole | {key: asal for key, asal in said.items() if own.get(key.id)}


def _official(hasil: Konsolidasi, key: Key, asal: Asal) -> Value:
    """What counts: settled and changed by hand too; of a shared indikator the sub-bagian's own part."""
    return None if asal.entry.ditahan else asal.entry.value


def _own(hasil: Konsolidasi, key: Key, asal: Asal) -> Value:
    """What the sub-bagian itself has said: a change by hand is not put into its mouth."""
    said = hasil.diubah.get(key) if key in hasil.diubah and hasil.asal[key] is asal else asal
    return None if said is None or said.entry.ditahan else said.entry.value


def next_number(hasil: Konsolidasi, sub_bagian: SubBagian) -> int:
    """ "Kiriman ke-" of the next file: one above the highest that counts, up to what its cell takes."""
    return min(999, 1 + max((k.nomor or 0 for k in hasil.dipakai.get(sub_bagian.kode, ())), default=0))


def make_book(rkt: Rkt, bagian: Bagian, triwulan: int) -> Book:
    """The buku kerja with it."""
    return buku_kerja(rkt, bagian.sub_bagian, bagian.isi, triwulan=triwulan, kiriman=bagian.nomor)
