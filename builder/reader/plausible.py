"""Numbers that are sound one by one and odd side by side: copied into every triwulan, or ten times the one before.

Only a warning, and only where such numbers are not normal: a stock may stay as it is, a count since January grows,
and few are few. Words (predikat, opini) are never compared.
"""

from __future__ import annotations

from itertools import pairwise

from builder.angka import write_number
from builder.expr import Key, is_number
from builder.masalah import Message
from builder.reader.kiriman import Entry
from builder.reader.reading import Card, Reading
from builder.rkt import TRIWULAN, Hitungan, Indikator, Konsolidasi, Tipe

_LEAST = 10  # below it, numbers are too few to tell anything
_JUMP = 10


def note_odd(reading: Reading, card: Card) -> None:
    """One message for an indikator at most: the copy first."""
    if card.indikator.tipe.is_word:
        return
    for column in ("penyebut", "realisasi", "pembilang"):
        if reading.is_entry(card.indikator, column) and _note_column(reading, card.indikator, column):
            return


def _note_column(reading: Reading, i: Indikator, column: str) -> bool:
    keys = (Key(i.id, f"TW{j}", column) for j in TRIWULAN)
    filled = [(e, float(e.value)) for k in keys if (e := reading.kiriman.entries.get(k)) and _is_sound(e)]  # type: ignore[arg-type]
    numbers = [n for _, n in filled]
    if len(set(numbers)) == 1 and len(numbers) == len(TRIWULAN) and _is_copy(reading, i, column, numbers[0]):
        _note(reading, filled[0][0], f"TW I sampai TW IV semua {write_number(numbers[0])}")
        return True
    for (_, before), (entry, now) in pairwise(filled):
        if _is_jump(i, column, before, now):
            _note(reading, entry, f"Dari {write_number(before)} menjadi {write_number(now)}")
            return True
    return False


def _is_sound(entry: Entry) -> bool:
    return not entry.ditahan and is_number(entry.value)


def _note(reading: Reading, entry: Entry, told: str) -> None:
    place = {"lembar": entry.lembar, "sel": entry.sel}
    reading.note(Message.C27, None, entry.isi, (entry.key.id, entry.key.baris), rincian=told, **place)


def _is_copy(reading: Reading, i: Indikator, column: str, number: float) -> bool:
    """The same number of events in every triwulan, of pairs in both halves, and not simply the target."""
    if number < _LEAST or i.konsolidasi not in (Konsolidasi.SUM, Konsolidasi.RAW):
        return False
    if column == "realisasi":
        return all(t != number for t in i.target_triwulan)
    halves = [
        reading.kiriman.entries.get(Key(i.id, f"TW{j}", half))
        for j in TRIWULAN
        for half in ("pembilang", "penyebut")
    ]
    return column == "penyebut" and len({e.value for e in halves if e}) == 2


def _is_jump(i: Indikator, column: str, before: float, now: float) -> bool:
    """Ten times up or down, of a stock, a score, or far above the whole year's target."""
    low, high = sorted((before, now))
    if low <= 0 or high < _JUMP * low:
        return False
    if i.tipe is Tipe.NILAI:
        return True
    if i.hitungan is Hitungan.POSISI and i.konsolidasi is Konsolidasi.LAST:
        return low >= _LEAST and column != "pembilang"
    if i.konsolidasi is Konsolidasi.SUM and not isinstance(i.nilai, str):
        return low >= _LEAST and high >= _JUMP * i.nilai
    return False
