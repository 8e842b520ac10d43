"""Entries of the cards: each cell read by its indikator's type, and what is held kept as it was found."""

from __future__ import annotations

from collections.abc import Iterator

from builder import capaian
from builder.angka import clean
from builder.expr import Key, Value
from builder.isian import Content, Terbaca, explain_pair, read_number, read_text
from builder.layout import Column
from builder.masalah import Message
from builder.reader.reading import Card, Reading
from builder.rkt import TRIWULAN, Indikator, Isian
from builder.strict.returned import At


def read_entries(reading: Reading, card: Card) -> None:
    """Read what was typed for an indikator, triwulan by triwulan."""
    i = card.indikator
    for j in TRIWULAN:
        baris = f"TW{j}"
        at = card.rows[baris]
        if (i.id, baris) not in reading.held and at and not _is_labelled_otherwise(reading, card, j, at):
            _read_row(reading, card, j, at)
        else:
            _hold_row(reading, card, baris)
    _check_pairs(reading, i)


def _is_labelled_otherwise(reading: Reading, card: Card, j: int, row: At) -> bool:
    """The row's label says another triwulan than its key: neither is believed."""
    baris, at = f"TW{j}", card.at(f"TW{j}", "triwulan")
    label = reading.file.content(at).shown if at else ""
    expected = str(reading.book.places[Key(card.indikator.id, baris, "triwulan")].cell.content)
    if not clean(label) or clean(label) == expected:
        return False
    key = f"{card.indikator.id} {baris}"
    reading.note(Message.B11, row, tujuan=(card.indikator.id, baris), label=label, kunci=key)
    reading.held[card.indikator.id, baris].append(row)
    return True


def _entry_columns(reading: Reading, i: Indikator) -> Iterator[Column]:
    return (c for c in reading.book.row_columns if reading.is_entry(i, c.name))


def _read_row(reading: Reading, card: Card, j: int, row: At) -> None:
    i = card.indikator
    for column in _entry_columns(reading, i):
        key = Key(i.id, f"TW{j}", column.name)
        at = card.at(key.baris, column.name)
        if at is None:  # the column was not found, which is told
            place = At(row.lembar, row.row, row.column - 1 + reading.form_column(column.name))
            _hold(reading, key, [place])
        elif at in reading.swallowed:
            reading.keep(key, None, at, f"digabung dengan {reading.swallowed[at]}", held=True)
        else:
            _read_cell(reading, card, key, at, is_text=column.is_text)


def _read_cell(reading: Reading, card: Card, key: Key, at: At, *, is_text: bool) -> None:
    content, file = reading.file.content(at), reading.file
    card.raw[key] = content.value if isinstance(content.value, (int, float, str, bool)) else None
    if content.error or content.array or (content.value is not None and card.raw[key] is None):
        card.is_computable = False
    if is_text:
        read = read_text(content, manual=file.manual)
    else:
        aturan, manual, date1904 = reading.rkt.aturan, file.manual, file.date1904
        read = read_number(card.indikator, key.kolom, content, aturan, manual=manual, date1904=date1904)
    _take(reading, key, at, content, read)


def _take(reading: Reading, key: Key, at: At, content: Content, read: Terbaca) -> None:
    for message, values in read.found:
        reading.note(message, at, content.shown, (key.id, key.baris), **values)
    if content.unseen and (read.value is not None or read.ditahan):
        reading.note(Message.E05, at, content.shown, (key.id, key.baris))
    reading.keep(key, read.value, at, content.shown, held=read.ditahan)


def _hold_row(reading: Reading, card: Card, baris: str) -> None:
    """Keep what a row holds, as found, without believing any of it."""
    places = reading.held[card.indikator.id, baris]
    for column in _entry_columns(reading, card.indikator):
        of_form = reading.form_column(column.name)
        in_row = [card.columns.get(column.name, p.column - 1 + of_form) for p in places]
        cells = [At(p.lembar, p.row, c) for p, c in zip(places, in_row, strict=True)]
        _hold(reading, Key(card.indikator.id, baris, column.name), cells)


def _hold(reading: Reading, key: Key, places: list[At]) -> None:
    """One entry held with what stands in its place, or in each of its places."""
    found = {at: reading.file.content(at).shown for at in places}
    filled = [at for at, text in found.items() if clean(text)]
    if filled:
        both = dict.fromkeys(
            found[at] or "kosong" for at in (places if len(filled) < len(places) else filled)
        )
        reading.keep(key, None, filled[0], " ↔ ".join(both), held=True)


# --- pairs --------------------------------------------------------------------------------------------------------


def _check_pairs(reading: Reading, i: Indikator) -> None:
    """Pairs that the rule says PERIKSA over, though each of their cells was read."""
    if i.isian is not Isian.RASIO:
        return
    entries = {k: e.shown for k, e in reading.kiriman.entries.items() if k.id == i.id}
    ruled = capaian.compute(i, reading.rkt.aturan, entries, len(TRIWULAN))
    earlier: list[tuple[Value, Value]] = []
    for j in TRIWULAN:
        halves = [
            reading.kiriman.entries.get(Key(i.id, f"TW{j}", half)) for half in ("pembilang", "penyebut")
        ]
        if any(e is None or e.ditahan for e in halves):
            continue
        p, q = (e for e in halves if e)
        if ruled[Key(i.id, f"TW{j}", "realisasi")] == capaian.PERIKSA:
            message, values = explain_pair(p.value, q.value, earlier)
            at = q if message is Message.N02 or values.get("kurang") == "penyebut" else p
            found = f"{p.isi or 'kosong'} / {q.isi or 'kosong'}"
            place = {"lembar": at.lembar, "sel": at.sel}
            reading.note(message, None, found, (i.id, f"TW{j}"), **place, **values)
        earlier.append((p.value, q.value))
