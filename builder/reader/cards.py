"""Finds the cards of the form in a file: each row by its hidden key, each column by its heading.

What is moved is told and read where it stands; what is missing, doubled or unknown is held. Nothing is guessed:
where a lost row would have stood is looked at only to show what a person must decide on.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from difflib import SequenceMatcher

from builder.angka import clean
from builder.capaian import PERIODE
from builder.identitas import susunan
from builder.layout import row_key
from builder.masalah import Message
from builder.reader.reading import Card, Reading
from builder.rkt import Indikator, Isian, Tipe
from builder.strict.returned import At

BARIS = ("JUDUL", "KEPALA", *PERIODE)
_SUSUNAN = re.compile(rf"({'|'.join(Tipe)})\|.*\|({'|'.join(Isian)})")
_ALIKE = 0.75  # of a text that stands in a key's place, for a suggestion


def find_cards(reading: Reading) -> None:
    """Every card of the form, in the form's order, with what is wrong about its rows and columns."""
    for i in reading.own:
        reading.cards[i.id] = _find_card(reading, i)
    _note_lost_sheets(reading)
    for i in reading.own:
        _note_doubled(reading, i)
        _note_missing(reading, reading.cards[i.id])
    _note_moved_rows(reading)
    _note_moved_columns(reading)
    _note_unknown(reading)


def _find_card(reading: Reading, i: Indikator) -> Card:
    found = {b: reading.structure.rows.get(row_key(i.id, b), ()) for b in BARIS}
    rows = {b: at[0] if len(at) == 1 else None for b, at in found.items()}
    title, head = rows["JUDUL"], rows["KEPALA"]
    columns = _columns(reading, i, head) if head else {}
    is_sound = title is not None and head is not None and _is_same_structure(reading, i, title)
    card = Card(i, rows, columns, is_sound)
    for baris, at in rows.items() if not is_sound else ():
        reading.held[i.id, baris] += [at] if at else []
    return card


# --- columns ------------------------------------------------------------------------------------------------------


def _columns(reading: Reading, i: Indikator, head: At) -> dict[str, int]:
    """Column of each entry and formula, by the headings above the card's rows; one that is not there is held."""
    headings: dict[str, list[int]] = defaultdict(list)
    for (row, n), content in reading.file.sheets[head.lembar].cells.items():
        if row == head.row and isinstance(content.value, str):
            headings[clean(content.value).casefold()].append(n)
    columns: dict[str, int] = {}
    for column in reading.book.row_columns:
        at = headings.get(column.heading.casefold(), []) if column.heading else []
        if len(at) == 1:
            columns[column.name] = at[0]
        elif reading.is_entry(i, column.name):
            place = At(head.lembar, head.row, head.column - 1 + reading.form_column(column.name))
            shown = reading.file.content(place).shown
            reading.note(Message.B10, place, shown, (i.id, "TW1"), kolom=column.heading, kunci=i.id)
    return {"kunci": head.column, "nomor": columns.get("triwulan", head.column + 2) - 1} | columns


def _note_moved_columns(reading: Reading) -> None:
    """Columns that stand elsewhere: one message for all that moved alike on a sheet."""
    told: set[tuple[str, int]] = set()
    for card in reading.cards.values():
        head = card.rows["KEPALA"]
        moved = {name: at - reading.form_column(name) for name, at in card.columns.items() if head}
        for name, by in moved.items():
            heading = reading.book.row_columns[reading.form_column(name) - 1].heading
            if not (head and by and heading) or (head.lembar, by) in told:
                continue
            told.add((head.lembar, by))
            at = At(head.lembar, head.row, card.columns[name])
            before = At(head.lembar, head.row, reading.form_column(name))
            values = {"dari": before.sel, "ke": at.sel, "kunci": card.indikator.id}
            reading.note(Message.B10_PINDAH, at, tujuan=(card.indikator.id, "TW1"), kolom=heading, **values)


def _is_same_structure(reading: Reading, i: Indikator, title: At) -> bool:
    """Tipe, satuan and way of entry are those of the plan; otherwise the numbers mean something else."""
    at = find_susunan(reading, title)
    ada = reading.file.content(at).shown if at else susunan(i)
    if ada == susunan(i):
        return True
    reading.note(
        Message.B23, at, tujuan=(i.id, "TW1"),
        apa="Tipe, satuan, atau cara isi", ada=ada, resmi=susunan(i), kunci=i.id,
    )  # fmt: skip
    return False


def find_susunan(reading: Reading, title: At) -> At | None:
    """The cell in the row of a card's title that says its tipe, satuan and way of entry."""
    for (row, column), content in reading.file.sheets[title.lembar].cells.items():
        if row == title.row and isinstance(content.value, str) and _SUSUNAN.fullmatch(content.value):
            return At(title.lembar, row, column)
    return None


# --- rows ---------------------------------------------------------------------------------------------------------


def _note_lost_sheets(reading: Reading) -> None:
    """A sheet of cards none of whose keys is left: one message for all of them."""
    by_sheet: dict[str, list[str]] = defaultdict(list)
    for i in reading.own:
        by_sheet[reading.structure.keys[row_key(i.id, "JUDUL")][0]].append(i.id)
    for name, ids in by_sheet.items():
        home = reading.structure.homes.get(name)
        keys = [row_key(id, b) for id in ids for b in BARIS]
        if home is None or any(k in reading.structure.rows or k in reading.structure.retyped for k in keys):
            continue
        first = reading.structure.expected(keys[0])
        if any(_stands_like_key(reading, key) for key in keys):
            continue
        reading.note(Message.B06, first, tujuan=(ids[0], "TW1"), kunci=", ".join(ids))
        for key in keys:
            at = reading.structure.expected(key)
            id, baris = key.split("|")
            reading.held[id, baris] += [at] if at else []


def _stands_like_key(reading: Reading, key: str) -> bool:
    at = reading.structure.expected(key)
    return at is not None and isinstance(reading.file.content(at).value, str)


def _note_doubled(reading: Reading, i: Indikator) -> None:
    """Keys that stand twice: one message for the card, every place of each row held."""
    doubled = {b: at for b in BARIS if len(at := reading.structure.rows.get(row_key(i.id, b), ())) > 1}
    for baris, places in doubled.items():
        reading.held[i.id, baris] += places
    if doubled:
        baris, places = next(iter(doubled.items()))
        told = ", ".join(f"{a.lembar}!{a.sel}" for a in places)
        kunci = f"{i.id} {baris}" if len(doubled) == 1 else i.id
        reading.note(Message.B07, places[1], tujuan=(i.id, baris), tempat=told, kunci=kunci)


def _note_missing(reading: Reading, card: Card) -> None:
    """Rows without their key, one message for a card; what stands in the key's place may be meant for it."""
    i, missing, retyped = card.indikator, [], []
    for baris in BARIS:
        key = row_key(i.id, baris)
        if key in reading.structure.rows or reading.held.get((i.id, baris)):
            continue
        at = reading.structure.retyped.get(key) or _guess(reading, card, baris)
        if at is None:
            continue  # its sheet is gone, which is told
        text = reading.file.content(at).value
        places = reading.structure.rows.get(text, ()) if isinstance(text, str) else ()
        is_other_row = bool(places) and reading.rkt.find_indikator(str(text).split("|")[0]) is not None
        if not is_other_row or len(places) > 1:
            reading.held[i.id, baris].append(at)
        if len(places) > 1:
            continue  # a key that stands twice, told as such
        if isinstance(text, str) and not is_other_row and _is_alike(text, key):
            retyped.append((baris, at, text))
        else:
            missing.append((baris, reading.structure.expected(key) if is_other_row else at))
    for baris, at, text in retyped[:1]:
        reading.note(Message.B09, at, text, (i.id, baris), kunci=text, mirip=row_key(i.id, baris))
    if missing:
        baris, at = missing[0]
        names = "" if len(missing) == len(BARIS) else " " + ", ".join(b for b, _ in missing)
        reading.note(Message.B06, at, tujuan=(i.id, baris), kunci=f"{i.id}{names}")


def _guess(reading: Reading, card: Card, baris: str) -> At | None:
    """Where a row without a key should stand, by the nearest row of its card that has one."""
    key = row_key(card.indikator.id, baris)
    expected = reading.structure.expected(key)
    if expected is None:
        return None
    for other in sorted(BARIS, key=lambda b: abs(BARIS.index(b) - BARIS.index(baris))):
        at = card.rows[other]
        if at:
            by = reading.structure.keys[key][1] - reading.structure.keys[row_key(card.indikator.id, other)][1]
            return At(at.lembar, max(1, at.row + by), at.column)
    return expected


def _is_alike(text: str, key: str) -> bool:
    return SequenceMatcher(None, clean(text).upper(), key).ratio() >= _ALIKE


def _note_moved_rows(reading: Reading) -> None:
    """Rows that stand elsewhere: one message for all that moved alike, or were put into another order."""
    told: set[tuple[str, int]] = set()
    lost = {p.lembar for p in reading.kiriman.problems if p.message in (Message.B06, Message.B07)}
    for card in reading.cards.values() if not reading.is_other_plan else ():
        moved = _moved(reading, card)
        steps = [by for _, by in moved.values()]
        is_sorted = steps != sorted(steps)
        for baris, (at, by) in moved.items():
            if by == 0 or ((at.lembar, by) in told and not is_sorted) or at.lembar in lost:
                continue
            expected = reading.structure.expected(row_key(card.indikator.id, baris))
            whole = baris == "JUDUL" and len({b for _, b in moved.values()}) == 1
            values = {
                "kunci": card.indikator.id if whole else f"{card.indikator.id} {baris}",
                "ke": str(at.row),
            }
            values["dari"] = str(expected.row) if expected else "?"
            if expected and expected.lembar != at.lembar:
                values |= {"dari": f"{expected.lembar}!{expected.row}", "ke": f"{at.lembar}!{at.row}"}
            reading.note(Message.B05, at, tujuan=(card.indikator.id, "TW1"), **values)
            told |= {(a.lembar, b) for a, b in moved.values()}
            break


def _moved(reading: Reading, card: Card) -> dict[str, tuple[At, int]]:
    """Row -> where it stands and by how many rows it moved; a row on another sheet moved whatever its number."""
    moved = {}
    for baris, at in card.rows.items():
        expected = reading.structure.expected(row_key(card.indikator.id, baris))
        if at and expected:
            by = at.row - expected.row
            moved[baris] = (at, by if at.lembar == expected.lembar else by or -1)
    return moved


def _note_unknown(reading: Reading) -> None:
    """Keys of indikator that this form does not have, once each."""
    known = Counter(i.id for i in reading.own)
    told: set[str] = set()
    suspects = {(p.lembar, p.sel) for p in reading.kiriman.problems if p.message is Message.B09}
    for key, places in reading.structure.rows.items():
        id, at = key.split("|")[0], places[0]
        if id in known or id in told or (at.lembar, at.sel) in suspects:
            continue
        if any((id_, b) for (id_, b), held in reading.held.items() if at in held):
            continue  # it stands in the place of a key of ours, and is told as such
        told.add(id)
        reading.note(Message.B08, at, id, kunci=id)
