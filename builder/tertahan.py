"""Rows that the rule cannot read although each of their cells was: offered for a choice, and told (DOMAIN 4, R6).

Within one file its reader tells them. Here are those that only the whole shows: a pair of two returns, choices that do
not fit one another, what a hand typed.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Any

from builder import capaian
from builder.consolidator import Konsolidasi
from builder.expr import Key, Value, is_number
from builder.isian import Content, explain_pair, read_number
from builder.masalah import TAHAN, Message, Problem
from builder.reader import Asal
from builder.rkt import ROMAWI, TRIWULAN, Indikator, Isian, Rkt, Tipe

_HALVES = ("pembilang", "penyebut")
_OF_PAIR = frozenset(
    {Message.N01, Message.N02, Message.N03, Message.N04, Message.N05, Message.N07, Message.N08}
)

Row = tuple[str, str]  # indikator and row of its card


def offer_rows(hasil: Konsolidasi) -> None:
    """Put the cells of such rows among those that may be decided on; what stands there is the only option."""
    for i, row in _unread(hasil):
        for key in _cells(i, row):
            if key in hasil.asal:
                hasil.pilihan.setdefault(key, (hasil.asal[key],))


def tell_rows(hasil: Konsolidasi) -> None:
    """After choices and changes by hand: tell what still cannot be read, and no longer what now can."""
    unread = {(i.id, row): i for i, row in _unread(hasil)}
    for key, options in [*hasil.pilihan.items()]:
        offered = len(options) == 1 and not options[0].entry.ditahan
        if offered and (key.id, key.baris) not in unread and key not in hasil.diputuskan:
            del hasil.pilihan[key]
    offer_rows(hasil)  # by a choice or a hand another row may have become unreadable
    _note_settled(hasil, unread.keys())
    told = {p.tujuan for p in hasil.all_problems if p.putusan is TAHAN}
    hasil.problems += [_why(hasil, i, row) for (id, row), i in unread.items() if (id, row) not in told]


def _unread(hasil: Konsolidasi) -> Iterator[tuple[Indikator, str]]:
    """Indikator and row whose cells are sound one by one and not together."""
    entries = hasil.entries
    for i in hasil.rkt.indikator:
        column = "realisasi" if i.isian is Isian.RASIO else "terbaca"
        values = capaian.compute(i, hasil.rkt.aturan, entries, len(TRIWULAN))
        for row in (f"TW{j}" for j in TRIWULAN):
            held = any(hasil.asal[k].entry.ditahan for k in _cells(i, row) if k in hasil.asal)
            if not held and values[Key(i.id, row, column)] == capaian.PERIKSA:
                yield i, row


def _cells(i: Indikator, row: str) -> list[Key]:
    return [Key(i.id, row, c) for c in (_HALVES if i.isian is Isian.RASIO else ("realisasi",))]


def _note_settled(hasil: Konsolidasi, unread: Set[Row]) -> None:
    """What was wrong with a pair is settled once somebody has decided on one of its halves and the rule reads it."""
    decided = {(k.id, k.baris): word for k, word in hasil.diputuskan.items()}
    decided |= {(k.id, k.baris): "diubah tangan" for k in hasil.diubah}
    for problems in (*(k.problems for k in hasil.kiriman), hasil.problems):
        for n, p in enumerate(problems):
            if p.message in _OF_PAIR and p.tujuan in decided and p.tujuan not in unread:
                told = {"pilihan": decided[p.tujuan]}
                problems[n] = Problem(Message.F18, p.berkas, p.lembar, p.sel, p.isi, told, p.tujuan)


# --- why ----------------------------------------------------------------------------------------------------------


def _why(hasil: Konsolidasi, i: Indikator, row: str) -> Problem:
    """The reason in words, at the cell that it is about."""
    found = [hasil.asal[key] for key in _cells(i, row) if key in hasil.asal]
    word = next((a for a in found if _is_no_answer(hasil.rkt, i, a)), None)
    if word or i.isian is Isian.LANGSUNG:
        asal = word or found[0]
        key = asal.entry.key
        named = f"{key.id} {key.kolom} TW {ROMAWI[int(row[2])]}"
        return _problem(Message.F23, asal, kunci=named, isi_sel=str(asal.entry.value), contoh=_example(i))
    pembilang, penyebut = (hasil.asal.get(key) for key in _cells(i, row))
    message, values = explain_pair(_value(pembilang), _value(penyebut), [*_earlier(hasil, i, row)])
    is_last = message is Message.N02 or values.get("kurang") == "penyebut"
    return _problem(message, (penyebut if is_last else pembilang) or found[0], **values)


def _is_no_answer(rkt: Rkt, i: Indikator, asal: Asal) -> bool:
    """A word in place of a number, also one that looks like a number."""
    if not isinstance(asal.entry.value, str):
        return False
    read = read_number(i, asal.entry.key.kolom, Content(asal.entry.value), rkt.aturan)
    return read.ditahan or is_number(read.value)


def _example(i: Indikator) -> str:
    return "97,5" if i.tipe is Tipe.PERSENTASE and i.isian is Isian.LANGSUNG else "3"


def _problem(message: Message, asal: Asal, **values: Any) -> Problem:
    e = asal.entry
    return Problem(message, None, e.lembar, e.sel, e.isi, values, (e.key.id, e.key.baris))


def _earlier(hasil: Konsolidasi, i: Indikator, row: str) -> Iterator[tuple[Value, Value]]:
    """The pairs of the rows before, as far as they were read."""
    for j in range(1, int(row[2])):
        pembilang, penyebut = (hasil.asal.get(key) for key in _cells(i, f"TW{j}"))
        yield _value(pembilang), _value(penyebut)


def _value(asal: Asal | None) -> Value:
    return None if asal is None or asal.entry.ditahan else asal.entry.value
