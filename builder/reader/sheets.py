"""Tells what became of the sheets of the form, and what else a file carries beside its cells (KEGAGALAN B, G)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from builder.angka import clean
from builder.expr import Key
from builder.identitas import LEMBAR_BAGIKAN, LEMBAR_PERBAIKAN
from builder.layout import Role, Sheet, address, row_key
from builder.masalah import Message
from builder.reader.bagikan import read_marked
from builder.reader.places import entry_cells
from builder.reader.reading import Reading
from builder.rkt import TRIWULAN
from builder.strict.returned import At, Block, ReturnedSheet


def note_sheets(reading: Reading) -> None:
    """Sheets that are renamed, gone, or not the form's."""
    structure, titles = reading.structure, list(reading.structure.homes.values())
    for name, form in structure.forms.items():
        title = structure.homes.get(name)
        if title is None:
            _note_gone(reading, form)
        elif title != name and (titles.count(title) == 1 or name not in structure.moved):
            reading.note(Message.B01, lembar=title, dari=name, ke=title)
    for title in reading.file.sheets:
        ours = title in (LEMBAR_BAGIKAN, LEMBAR_PERBAIKAN)  # of a book that was handed out filled
        if title not in titles and title not in structure.copies and not ours:
            _note_extra(reading, title)


def _note_gone(reading: Reading, form: Sheet) -> None:
    """A sheet that is not there: with entries they are named, without it is only told."""
    ids = dict.fromkeys(str(c.content).split("|")[0] for c in form.cells if c.role is Role.KEY)
    settings = [c.name for c in form.cells if c.role is Role.ENTRY and c.name and not ids]
    if ids:
        first = (next(iter(ids)), "TW1")
        reading.note(Message.B02, lembar=form.name, tujuan=first, dari=form.name, daftar=", ".join(ids))
    elif settings:
        words = "«Triwulan pelaporan» dan «Kiriman ke-»"
        reading.note(Message.B02, lembar=form.name, dari=form.name, daftar=words)
    else:
        reading.note(Message.B02_KOSONG, lembar=form.name, dari=form.name)


def _note_extra(reading: Reading, title: str) -> None:
    """A sheet that is none of ours; where it carries keys of indikator, these are told instead."""
    filled = list(reading.file.filled(title))
    count = len(filled) + reading.file.sheets[title].outside
    if not count or any(at.lembar == title for places in reading.structure.rows.values() for at in places):
        return
    at, isi = (filled[0][0], filled[0][1].shown) if filled else (None, None)
    reading.note(Message.B04, at, isi, lembar=title, lembar_lain=title, jumlah=count)


# --- copies -------------------------------------------------------------------------------------------------------


def note_copies(reading: Reading) -> None:
    """Whole copies of a sheet: the same entries are read once, others are held with both contents."""
    for title, name in reading.structure.copies.items():
        pairs = _pairs_of_copy(reading, title, name)
        shown = {pair: [reading.file.content(at).shown for at in pair] for pair in pairs}
        differing = [pair for pair, (a, b) in shown.items() if clean(a) != clean(b)]
        if not differing:
            reading.note(Message.B03_SAMA, lembar=title, dari=reading.structure.homes[name])
            continue
        first = differing[0][1]
        told = ", ".join(at.sel for _, at in differing[:5]) + (", …" if len(differing) > 5 else "")
        values: dict[str, Any] = {
            "dari": reading.structure.homes[name],
            "jumlah": len(differing),
            "tempat": told,
        }
        reading.note(Message.B03, first, reading.file.content(first).shown, **values)
        _hold_copied(reading, title, name)


def _pairs_of_copy(reading: Reading, title: str, name: str) -> list[tuple[At, At]]:
    """Entry cells of a sheet, each with its cell in the copy."""
    pairs = []
    for at, key in entry_cells(reading).items():
        row = _row_in(reading, title, key)
        if row and reading.structure.keys[row_key(key.id, key.baris)][0] == name:
            pairs.append((at, At(title, row, at.column)))
    home = reading.structure.homes[name]
    settings = [
        p.cell for k, p in reading.book.entry_places() if p.sheet == name and k.id not in reading.cards
    ]
    return pairs + [(At(home, c.row + 1, c.column + 1), At(title, c.row + 1, c.column + 1)) for c in settings]


def _row_in(reading: Reading, title: str, key: Key) -> int | None:
    places = reading.file.rows.get(row_key(key.id, key.baris), ())
    return next((at.row for at in places if at.lembar == title), None)


def _hold_copied(reading: Reading, title: str, name: str) -> None:
    for key, (sheet, _, _) in reading.structure.keys.items():
        id, baris = key.split("|")
        if sheet == name and baris[2:] in map(str, TRIWULAN):
            places = reading.file.rows.get(key, ())
            mine = reading.cards[id].rows[baris]
            reading.held[id, baris] += ([mine] if mine else []) + [a for a in places if a.lembar == title]


# --- merged and hidden cells --------------------------------------------------------------------------------------


def note_merged(reading: Reading) -> None:
    """Merged cells over entries: only the upper left one can hold anything, the others are held."""
    cells = entry_cells(reading)
    for title in dict.fromkeys(reading.structure.homes.values()):
        mine = [at for at in cells if at.lembar == title]
        for block in reading.file.sheets[title].merged:
            corner = At(title, block[0], block[1])
            taken = [at for at in mine if at != corner and _is_in(at, block)]
            if taken:
                key, last = cells[taken[0]], address(block[2] - 1, block[3] - 1)
                isi = reading.file.content(corner).shown or None
                reading.note(Message.B13, corner, isi, (key.id, key.baris), tempat=f"{corner.sel}:{last}")
                reading.swallowed |= dict.fromkeys(taken, corner.sel)


def _is_in(at: At, block: Block) -> bool:
    return block[0] <= at.row <= block[2] and block[1] <= at.column <= block[3]


def note_hidden(reading: Reading) -> None:
    """Sheets, rows and columns with entries that someone has hidden; the form's own hidden ones are none."""
    cells = sorted(entry_cells(reading), key=lambda at: (at.row, at.column))
    for form in reading.structure.forms.values():
        title = reading.structure.homes.get(form.name)
        if title is None or form.hidden or all(c.role is not Role.ENTRY for c in form.cells):
            continue
        sheet = reading.file.sheets[title]
        if sheet.state != "visible":
            reading.note(Message.B14, lembar=title, apa="Lembar ini")
        _note_hidden_cells(reading, sheet, [at for at in cells if at.lembar == title])


def _note_hidden_cells(reading: Reading, sheet: ReturnedSheet, mine: list[At]) -> None:
    rows = [at for at in mine if at.row in sheet.hidden_rows]
    columns = [at for at in mine if at.column in sheet.hidden_columns]
    if rows:
        word = "Baris yang disaring" if sheet.filtered else "Baris"
        reading.note(Message.B14, rows[0], apa=f"{word} {_runs(at.row for at in rows)}")
    elif sheet.filtered:
        reading.note(Message.B14, lembar=sheet.title, apa="Penyaring sedang aktif, barisnya")
    if columns:
        letters = dict.fromkeys(address(0, at.column - 1)[:-1] for at in columns)
        reading.note(Message.B14, columns[0], apa=f"Kolom {', '.join(letters)}")


def _runs(numbers: Iterable[int]) -> str:
    """ "8-11, 14"."""
    runs: list[list[int]] = []
    for n in sorted(set(numbers)):
        if runs and n == runs[-1][-1] + 1:
            runs[-1].append(n)
        else:
            runs.append([n])
    return ", ".join(f"{r[0]}-{r[-1]}" if len(r) > 1 else str(r[0]) for r in runs)


# --- what else is in the file -------------------------------------------------------------------------------------


def note_parts(reading: Reading) -> None:
    """Names, comments and pictures, sharing, a false dimension, the kind of file."""
    file = reading.file
    if file.template:
        reading.note(Message.G08)
    if file.strict:
        reading.note(Message.G04)
    if file.shared:
        reading.note(Message.B21)
    lying = next((s for s in file.sheets.values() if s.dimension), None)
    if lying:
        reading.note(Message.B16, lembar=lying.title, ada=lying.dimension)
    for sheet in file.sheets.values():
        _note_comments(reading, sheet)
    _note_names(reading)


def _note_comments(reading: Reading, sheet: ReturnedSheet) -> None:
    forms = [f for f in reading.book.sheets if reading.structure.homes.get(f.name) == sheet.title]
    ours = {address(c.row, c.column) for f in forms for c in f.cells if c.note}
    marked = (reading.cards[k.id].at(k.baris, k.kolom) for k in read_marked(reading) if k.id in reading.cards)
    ours |= {at.sel for at in marked if at and at.lembar == sheet.title}
    comments = [sel for sel in sheet.comments if sel not in ours]
    parts = [f"{n} {word}" for n, word in ((len(comments), "komentar"), (sheet.pictures, "gambar")) if n]
    if parts:
        first = comments[0] if comments else None
        reading.note(Message.B20, lembar=sheet.title, sel=first, apa=" dan ".join(parts))


def _note_names(reading: Reading) -> None:
    """Names of cells that are gone or broken, but for those of sheets and rows that are gone themselves."""
    structure, lost = reading.structure, []
    expected = dict.fromkeys(reading.book.names, ("", ""))
    for key, place in reading.book.places.items():
        if place.cell.name and place.sheet in structure.homes:
            expected[place.cell.name] = (key.id, key.baris)
    for name, (id, baris) in expected.items():
        is_told = id in reading.cards and row_key(id, baris) not in structure.rows
        if not is_told and "#REF!" in reading.file.names.get(name.upper(), "#REF!").upper():
            lost.append(name)
    if lost:
        reading.note(Message.B15, jumlah=len(lost), contoh=lost[0])
