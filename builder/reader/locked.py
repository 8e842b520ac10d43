"""What people should not have changed: texts, targets and formulas, and what lies outside the form.

The plan wins in every case; the difference is told.
"""

from __future__ import annotations

from openpyxl.cell import Cell as XlsxCell

from builder import capaian
from builder.angka import clean
from builder.capaian import PERIODE
from builder.expr import Evaluation, Expr, Key, Value
from builder.isian import Content
from builder.layout import Role, Sheet, row_key
from builder.masalah import Message
from builder.reader.reading import Card, Reading
from builder.reader.source import At
from builder.rkt import Indikator

_COMPARED = ("sd", "capaian")


def compare_locked(reading: Reading, card: Card) -> None:
    """Text, targets and formulas of one card against the plan and against Python's own results."""
    _compare_texts(reading, card)
    _compare_formulas(reading, card)


def _compare_texts(reading: Reading, card: Card) -> None:
    i, title = card.indikator, card.rows["JUDUL"]
    if title:
        place = reading.book.places[Key(i.id, "JUDUL", "indikator")].cell
        # The key stands in the first column of the form; where it moved, the text moved with it.
        _compare(
            reading, i, At(title.lembar, title.row, place.column + title.column), "Teks indikator", i.teks
        )
    for periode in PERIODE:
        at = card.at(periode, "target")
        if at:
            official = capaian.target_cells(i)[Key(i.id, periode, "target")]
            _compare(reading, i, at, f"Target {periode}", official)


def _compare(reading: Reading, i: Indikator, at: At, what: str, official: Value) -> None:
    content = reading.file.content(at)
    if not _same(content.value, official):
        shown = Content(official, format=content.format).shown or "kosong"
        reading.note(Message.B19, at, content.shown, (i.id, "TW1"), apa=what, resmi=shown)


def _compare_formulas(reading: Reading, card: Card) -> None:
    """Formulas that were typed over, and what the sheet says against Python's result; told once per indikator."""
    i = card.indikator
    for key in capaian.formulas(i, reading.rkt.aturan):
        at = card.at(key.baris, key.kolom)
        content = reading.file.content(at) if at else Content()
        if content.formula is None and content.value is not None:
            reading.note(Message.D01, at, content.shown, (i.id, key.baris))
            return
    if i.needs_konfirmasi:  # whatever the sheet says: it may have been settled after the file was handed out
        return
    given = {**capaian.aturan_cells(reading.rkt.aturan), **card.raw, **_targets_in_file(reading, card)}
    given[capaian.TRIWULAN_PELAPORAN] = reading.kiriman.triwulan
    evaluation = Evaluation(
        given, {capaian.K.key: capaian.k_formula(), **capaian.formulas(i, reading.rkt.aturan)}
    )
    for key in (Key(i.id, periode, column) for periode in PERIODE for column in _COMPARED):
        at = card.at(key.baris, key.kolom)
        if at and _differs(reading, at, key, evaluation.value(key)):
            return


def _differs(reading: Reading, at: At, key: Key, ours: Value) -> bool:
    """Note a stored result that is not ours; a file that no spreadsheet has computed since has none."""
    content = reading.file.content(at)
    if content.value in (None, capaian.KONFIRMASI) or _same(content.value, ours):
        return False
    shown = Content(ours, format=content.format).shown or "kosong"
    reading.note(Message.D02, at, tujuan=(key.id, key.baris), ada=content.shown, benar=shown)
    return True


def _targets_in_file(reading: Reading, card: Card) -> dict[Key, Value]:
    """Targets as the file has them: its formulas saw these, even where someone changed them."""
    found: dict[Key, Value] = dict(capaian.target_cells(card.indikator))
    for periode in PERIODE:
        at = card.at(periode, "target")
        if at:
            value = reading.file.content(at).value
            found[Key(card.indikator.id, periode, "target")] = (
                value if isinstance(value, (int, float, str)) else None
            )
    return found


def _note_unknown(reading: Reading, id: str) -> None:
    at = next(a for key, places in reading.file.rows.items() if key.startswith(f"{id}|") for a in places)
    reading.note(Message.B08, at, id, kunci=id)


def note_outside(reading: Reading) -> None:
    """Indikator that are not ours, and filled cells that the form does not have; counted, the first one named."""
    for id in sorted({key.split("|")[0] for key in reading.file.rows} - {i.id for i in reading.own}):
        _note_unknown(reading, id)
    forms = {sheet.name: sheet for sheet in reading.book.sheets}
    for title in reading.file.sheets:
        form = forms.get(title) or forms.get(_renamed_from(reading, title))
        cells = list(reading.file.filled(title))
        if form is None:
            outside = cells
        elif title not in forms or _is_moved(reading, title):
            outside = _strange_cells(reading, form, title, cells)
        else:
            known = _known_cells(form)
            outside = [c for c in cells if (c.row, c.column) not in known]
        if outside:
            first = outside[0]
            reading.note(
                Message.B12, At(title, first.row, first.column), str(first.value), jumlah=len(outside)
            )


def _known_cells(sheet: Sheet) -> set[tuple[int, int]]:
    """Cells of the form that may hold something; the grey ones may not."""
    return {
        (cell.row + row + 1, cell.column + column + 1)
        for cell in sheet.cells
        for row in range(cell.rows)
        for column in range(cell.columns)
        if cell.content is not None or cell.role is Role.ENTRY
    }


def _strange_cells(reading: Reading, form: Sheet, title: str, cells: list[XlsxCell]) -> list[XlsxCell]:
    """Where rows or columns moved: cells of rows without a key that say nothing of what the form says."""
    keyed = {at.row for places in reading.file.rows.values() for at in places if at.lembar == title}
    rows = {c.row for c in form.cells if c.role is Role.KEY}
    said = {c.content for c in form.cells if c.row not in rows and not isinstance(c.content, Expr)}
    ours = (c for c in cells if c.row in keyed or c.data_type == "f" or c.hyperlink or c.value in said)
    known = {c.coordinate for c in ours}
    return [c for c in cells if c.coordinate not in known]


def _renamed_from(reading: Reading, title: str) -> str:
    """The form's name of a sheet that now has another one: known by the keys of its rows; told once."""
    for key, at in reading.file.rows.items():
        id, baris = key.split("|")
        place = reading.book.places.get(Key(id, baris, "kunci"))
        if place and at[0].lembar == title and place.sheet not in reading.file.sheets:
            reading.note(Message.B01, At(title, 1, 1), dari=place.sheet, ke=title)
            return place.sheet
    return ""


def _is_moved(reading: Reading, sheet: str) -> bool:
    """Rows or columns of this sheet no longer stand where the form has them."""
    for key, place in reading.book.places.items():
        if place.sheet == sheet and key.kolom == "kunci":
            at = reading.file.rows.get(row_key(key.id, key.baris), [])
            if [(a.lembar, a.row, a.column) for a in at] != [
                (sheet, place.cell.row + 1, place.cell.column + 1)
            ]:
                return True
    return False


def _same(found: object, official: Value) -> bool:
    """Equal as a person sees it: blank is blank, numbers to nine digits, words without their edges."""
    if official in (None, "") or found in (None, ""):
        return official in (None, "") and found in (None, "")
    if isinstance(found, (int, float)) and isinstance(official, (int, float)):
        return abs(found - official) <= 1e-9 * max(1.0, abs(official))
    return isinstance(found, str) and isinstance(official, str) and clean(found) == clean(official)
