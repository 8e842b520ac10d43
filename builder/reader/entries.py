"""Entries of one indikator: its rows found by key, its columns by heading, each cell read by its type."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from builder import capaian
from builder.angka import clean
from builder.capaian import PERIODE, TAHUN
from builder.expr import Key, Value
from builder.identitas import susunan
from builder.isian import Content, Terbaca, explain_pair, read_number, read_text
from builder.layout import row_key
from builder.masalah import Message, Problem
from builder.reader.kiriman import Entry
from builder.reader.reading import Card, Reading
from builder.reader.source import At
from builder.rkt import TRIWULAN, Indikator, Isian, Tipe

_SUSUNAN = re.compile(rf"({'|'.join(Tipe)})\|.*\|({'|'.join(Isian)})")


def read_entries(reading: Reading, i: Indikator) -> Card | None:
    """Read what was typed for an indikator; None where its card is broken, and then all of it is held."""
    rows = {b: _row(reading, i, b) for b in ("JUDUL", "KEPALA", *PERIODE)}
    title, head = rows["JUDUL"], rows["KEPALA"]
    if head is None or title is None or not _is_same_structure(reading, i, title):
        _hold_all(reading, i, rows)
        return None
    columns = _columns(reading, i, head)
    raw: dict[Key, Value] = {}
    for j in TRIWULAN:
        at = rows[f"TW{j}"]
        if at is not None:
            _read_row(reading, i, j, at, columns, raw)
    _check_pairs(reading, i)
    return Card(i, rows, columns, raw)


def _row(reading: Reading, i: Indikator, baris: str) -> At | None:
    """Where a row stands; held where its key is missing, stands twice, or its label says another row."""
    key = row_key(i.id, baris)
    at = reading.file.rows.get(key, [])
    if not at:
        _note_missing(reading, i, baris)
        return None
    if len(at) > 1:
        places = ", ".join(f"{a.lembar}!{a.sel}" for a in at)
        if not any(
            p.message is Message.B07 and p.tujuan and p.tujuan[0] == i.id for p in reading.kiriman.problems
        ):
            reading.note(Message.B07, at[1], tujuan=(i.id, baris), tempat=places, kunci=f"{i.id} {baris}")
        _hold_row(reading, i, baris, at[0])
        return None
    _note_moved(reading, i, baris, at[0])
    return at[0]


def _note_missing(reading: Reading, i: Indikator, baris: str) -> None:
    """Each missing row; once where the whole card is gone."""
    gone = not any(key.startswith(f"{i.id}|") for key in reading.file.rows)
    told = any(p.message is Message.B06 and p.tujuan == (i.id, "JUDUL") for p in reading.kiriman.problems)
    if gone and told:
        return
    sheet = reading.book.places[Key(i.id, "TW1", "kunci")].sheet
    values = {"kunci": i.id if gone else f"{i.id} {baris}"}
    reading.kiriman.problems.append(
        Problem(Message.B06, reading.kiriman.berkas, sheet, values=values, tujuan=(i.id, baris))
    )


def _note_moved(reading: Reading, i: Indikator, baris: str, at: At) -> None:
    if baris != "JUDUL" or Key(i.id, "JUDUL", "indikator") not in reading.book.places:
        return
    place = reading.book.places[Key(i.id, "JUDUL", "indikator")]
    if (place.sheet, place.cell.row + 1) != (at.lembar, at.row):
        reading.note(
            Message.B05,
            at,
            tujuan=(i.id, "TW1"),
            dari=f"{place.sheet}!{place.cell.row + 1}",
            ke=f"{at.lembar}!{at.row}",
            kunci=i.id,
        )


def _columns(reading: Reading, i: Indikator, head: At) -> dict[str, int]:
    """Column of each entry and formula, by the headings above the card's rows."""
    headings: dict[str, list[int]] = defaultdict(list)
    for cell in reading.file.formulas[head.lembar][head.row]:
        if isinstance(cell.value, str):
            headings[clean(cell.value).casefold()].append(cell.column)
    columns: dict[str, int] = {}
    for column in reading.book.row_columns:
        at = headings.get(column.heading.casefold(), []) if column.heading else []
        if len(at) == 1:
            columns[column.name] = at[0]
        elif reading.is_entry(i, column.name):
            reading.note(Message.B10, head, tujuan=(i.id, "TW1"), kolom=column.heading, kunci=i.id)
    return columns


def _read_row(
    reading: Reading, i: Indikator, j: int, row: At, columns: Mapping[str, int], raw: dict[Key, Value]
) -> None:
    at = At(row.lembar, row.row, columns["triwulan"]) if "triwulan" in columns else None
    label = reading.file.content(at).shown if at else ""
    expected = str(reading.book.places[Key(i.id, f"TW{j}", "triwulan")].cell.content)
    if label and clean(label) != expected:
        reading.note(Message.B11, row, tujuan=(i.id, f"TW{j}"), label=label, kunci=f"{i.id} TW{j}")
        _hold_row(reading, i, f"TW{j}", row)
        return
    for column in (c for c in reading.book.row_columns if reading.is_entry(i, c.name)):
        if column.name in columns:
            at = At(row.lembar, row.row, columns[column.name])
            content = reading.file.content(at)
            key = Key(i.id, f"TW{j}", column.name)
            raw[key] = content.value if isinstance(content.value, (int, float, str, bool)) else None
            aturan = reading.rkt.aturan
            read = read_text(content) if column.is_text else read_number(i, column.name, content, aturan)
            _take(reading, key, at, content, read)


def _take(reading: Reading, key: Key, at: At, content: Content, read: Terbaca) -> None:
    for message, values in read.found:
        reading.note(message, at, content.shown, (key.id, key.baris), **values)
    reading.kiriman.entries[key] = Entry(key, read.value, at.lembar, at.sel, content.shown, read.ditahan)


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
            reading.kiriman.problems.append(
                Problem(message, reading.kiriman.berkas, at.lembar, at.sel, found, values, (i.id, f"TW{j}"))
            )
        earlier.append((p.value, q.value))


def _hold_row(reading: Reading, i: Indikator, baris: str, row: At) -> None:
    """Keep what a row holds, as found, without believing any of it."""
    for column in (c for c in reading.book.row_columns if reading.is_entry(i, c.name)):
        place = reading.book.places[Key(i.id, "TW1", column.name)].cell
        at = At(row.lembar, row.row, place.column + 1)
        content = reading.file.content(at)
        if content.value is not None and baris in PERIODE and baris != TAHUN:
            key = Key(i.id, baris, column.name)
            reading.kiriman.entries[key] = Entry(key, None, at.lembar, at.sel, content.shown, True)


def _hold_all(reading: Reading, i: Indikator, rows: Mapping[str, At | None]) -> None:
    for baris, at in rows.items():
        if at is not None:
            _hold_row(reading, i, baris, at)


def _is_same_structure(reading: Reading, i: Indikator, title: At) -> bool:
    """Tipe, satuan and way of entry are those of the plan; otherwise the numbers mean something else."""
    place = reading.book.places[Key(i.id, "JUDUL", "susunan")].cell
    texts = (c.value for c in reading.file.values[title.lembar][title.row])
    carried = next((t for t in texts if isinstance(t, str) and _SUSUNAN.fullmatch(t)), None)
    if carried in (None, susunan(i)):
        return True
    reading.note(
        Message.B23, At(title.lembar, title.row, place.column + 1), tujuan=(i.id, "TW1"),
        apa="Tipe, satuan, atau cara isi", ada=carried, resmi=susunan(i), kunci=i.id,
    )  # fmt: skip
    return False
