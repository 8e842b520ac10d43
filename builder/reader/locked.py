"""What people should not have changed: every locked cell of the form, against the plan and Python's own results.

The plan wins in every case; the difference is told. Formulas are compared as text as far as all programs write
them alike, and where most of a file differ, a program has rewritten them and nobody is blamed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from builder import capaian
from builder.angka import clean
from builder.capaian import PERIODE
from builder.expr import Call, Evaluation, Expr, Key, Range, Ref, Value
from builder.identitas import LEMBAR_META
from builder.isian import Content
from builder.layout import Role, quoted
from builder.masalah import Message
from builder.ooxml import is_same_formula
from builder.reader.cards import find_susunan
from builder.reader.places import Placed, placed_cells
from builder.reader.reading import Card, Reading, blank
from builder.strict.returned import At

_FORM_WORDS = "Tulisan formulir"


@dataclass
class _Found:
    """Locked cells that say something else, as they were met."""

    compared: int = 0
    formulas: int = 0
    typed_over: list[Placed] = field(default_factory=list)  # formulas that are values now, or nothing
    rewritten: list[Placed] = field(default_factory=list)  # formulas with another text
    results: list[Placed] = field(default_factory=list)  # every formula
    changed: list[Placed] = field(default_factory=list)  # everything else


def compare_locked(reading: Reading) -> None:
    """Every locked cell whose place is known; then the results of formulas, then what the sheets' locks say."""
    found = _Found()
    texts = not reading.is_other_plan and not reading.structure.moved
    for form in reading.book.sheets:
        for placed in placed_cells(reading, form):
            # The values of the identity have been compared already, and its revision is the file's own.
            if (form.name != LEMBAR_META or placed.cell.column == 0) and _is_compared(reading, placed):
                _compare(reading, found, placed, form.name, texts=texts)
    if len(found.rewritten) * 2 > found.formulas:
        found.rewritten.clear()
    _note_changed(reading, found)
    told = _note_formulas(reading, found)
    _compare_results(reading, found, told)
    _note_unprotected(reading, found)


def _is_compared(reading: Reading, placed: Placed) -> bool:
    """Locked cells but for those that another step speaks of: keys, entries, structure, labels of triwulan."""
    cell, key = placed.cell, placed.cell.key
    if cell.role is Role.ENTRY or (cell.content is None and cell.role is not Role.FIXED):
        return False
    if not isinstance(cell.content, Expr) and reading.file.content(placed.at).formula is not None:
        return placed.is_sure  # a formula in place of words, whatever it shows
    if cell.role is Role.KEY:
        return False
    if key and key.kolom == "susunan" and key.baris == "JUDUL" and find_susunan(reading, placed.at):
        return False
    if placed.baris == "KEPALA":
        column = reading.book.row_columns[cell.column]
        return placed.is_sure or (
            placed.card is not None and not reading.is_entry(placed.card.indikator, column.name)
        )
    if not placed.is_sure:
        return False
    is_label = bool(key and key.kolom == "triwulan" and placed.baris != capaian.TAHUN)
    is_label = is_label and not blank(reading.file.content(placed.at))  # one that is gone is told here
    return not is_label and not (placed.baris == "JUDUL" and _was_open(reading, placed.card) and key is None)


def _was_open(reading: Reading, card: Card | None) -> bool:
    """Its polarity, its type or who shares it was settled after the file was handed out: words and rules differ."""
    if card is None:
        return False
    formula = _formula_at(reading, card, "capaian")
    is_open = f'"{capaian.KONFIRMASI}"' in formula.upper()
    return is_open != card.indikator.needs_konfirmasi or _was_shared_otherwise(reading, card)


def _was_shared_otherwise(reading: Reading, card: Card) -> bool:
    formula = _formula_at(reading, card, "keterangan")
    return bool(formula) and (capaian.BAGIAN_BERSAMA in formula) != reading.rkt.is_shared(card.indikator)


def _formula_at(reading: Reading, card: Card, column: str) -> str:
    at = card.at("TW1", column)
    return (reading.file.content(at).formula or "") if at else ""


def _compare(reading: Reading, found: _Found, placed: Placed, sheet: str, *, texts: bool) -> None:
    official, content = placed.cell.content, reading.file.content(placed.at)
    found.compared += 1
    if not isinstance(official, Expr):
        if not _same(content, official) or content.formula is not None:
            found.changed.append(placed)
        return
    found.formulas += 1
    found.results.append(placed)
    if content.formula is None:
        found.typed_over.append(placed)
    elif (
        texts
        and not _same_formula(reading, content.formula, reading.book.formula(official, sheet))
        and not _was_open(reading, placed.card)
    ):
        found.rewritten.append(placed)


def _same_formula(reading: Reading, found: str, official: str) -> bool:
    """As the form has it, or with the names that its sheets have in this file."""
    if is_same_formula(found, official):
        return True
    if not reading.structure.is_renamed:
        return False
    homes = {quoted(name): quoted(title) for name, title in reading.structure.homes.items()}
    names = re.compile("(" + "|".join(map(re.escape, homes)) + ")!")
    return is_same_formula(found, names.sub(lambda m: f"{homes[m[1]]}!", official))


# --- what differs -------------------------------------------------------------------------------------------------


def _note_changed(reading: Reading, found: _Found) -> None:
    """Targets and texts of indikator one by one; the form's other words once for a sheet."""
    others: dict[str, list[Placed]] = {}
    for placed in found.changed:
        what = _name(placed)
        if what:
            _note_one(reading, placed, what)
        else:
            others.setdefault(placed.at.lembar, []).append(placed)
    for cells in others.values():
        more = f" (dan {len(cells) - 1} sel lain)" if len(cells) > 1 else ""
        _note_one(reading, cells[0], _FORM_WORDS + more)


def _name(placed: Placed) -> str:
    """What a cell is to a clerk; "" for the form's own words."""
    key = placed.cell.key
    if not placed.card or key is None or key.kolom not in ("indikator", "target"):
        return ""
    return "Teks indikator" if key.kolom == "indikator" else f"Target {placed.baris}"


def _note_one(reading: Reading, placed: Placed, what: str) -> None:
    content = reading.file.content(placed.at)
    official = placed.cell.content
    shown = Content(official, format=placed.cell.format or content.format).shown or "kosong"
    tujuan = (placed.card.indikator.id, "TW1") if placed.card else None
    reading.note(Message.B19, placed.at, content.shown, tujuan, apa=what, resmi=shown)


def _note_formulas(reading: Reading, found: _Found) -> set[str]:
    """Formulas that were typed over or changed, once for a card or a sheet; returns the indikator told of."""
    told: set[str] = set()
    for message, cells in ((Message.D01, found.typed_over), (Message.D02_RUMUS, found.rewritten)):
        for placed in cells:
            id = placed.card.indikator.id if placed.card else placed.at.lembar
            if id not in told:
                told.add(id)
                tujuan = (id, placed.baris) if placed.card else None
                content = reading.file.content(placed.at)
                reading.note(message, placed.at, "kosong" if blank(content) else content.shown, tujuan)
    return told


def _note_unprotected(reading: Reading, found: _Found) -> None:
    homes = reading.structure.homes
    locked = [homes[f.name] for f in reading.book.sheets if f.locked and f.name in homes]
    opened = [title for title in locked if not reading.file.sheets[title].protected]
    if opened:
        changed = len(found.typed_over) + len(found.rewritten) + len(found.changed)
        values: dict[str, Any] = {
            "jumlah": len(opened),
            "contoh": opened[0],
            "diperiksa": found.compared,
            "berubah": changed,
        }
        reading.note(Message.E01, lembar=opened[0], **values)


# --- results ------------------------------------------------------------------------------------------------------


def _compare_results(reading: Reading, found: _Found, told: set[str]) -> None:
    """What the sheets say against Python's results from the same entries; once for an indikator or a sheet."""
    unsure = {id for id, card in reading.cards.items() if not _is_computable(reading, card)}
    evaluation, rests_on = _evaluate(reading), _Grounds(reading)
    said = [p for p in found.results if _says(reading.file.content(p.at))]
    if len(said) * 2 < len(found.results):  # no spreadsheet has computed this file: silence is no fault
        found.results[:] = said
    differing = [
        placed
        for placed in found.results
        if isinstance(placed.cell.content, Expr)
        and not rests_on.ids(placed.cell.content) & unsure
        and not _same(reading.file.content(placed.at), _result(evaluation, placed))
    ]
    # What follows from the stored results of a card is no fault of its own.
    stored = {p.cell.key: _stored(reading, p.at) for p in differing if p.card and p.cell.key}
    follows = _evaluate(reading, stored)
    for placed in differing:
        id = placed.card.indikator.id if placed.card else placed.at.lembar
        if id in told or (
            not placed.card and _same(reading.file.content(placed.at), _result(follows, placed))
        ):
            continue
        told.add(id)
        content = reading.file.content(placed.at)
        shown = Content(_result(evaluation, placed), format=content.format).shown or "kosong"
        ada = Content(content.value, format=content.format).shown or "kosong"
        ada = f"galat ({ada})" if content.error else ada
        tujuan = (id, placed.baris) if placed.card else None
        reading.note(Message.D02, placed.at, tujuan=tujuan, ada=ada, benar=shown)


def _result(evaluation: Evaluation, placed: Placed) -> Value:
    key, formula = placed.cell.key, placed.cell.content
    assert isinstance(formula, Expr)
    try:
        value: Value = evaluation.value(key) if key else evaluation.compute(formula)
    except (TypeError, ValueError, ArithmeticError):
        return None  # a target in the file is no number: the sheet shows an error too, and the target is told
    return value


def _stored(reading: Reading, at: At) -> Value:
    value = reading.file.content(at).value
    return value if isinstance(value, (int, float, str)) else None


class _Grounds:
    """Which indikator a formula rests on, through the formulas between."""

    def __init__(self, reading: Reading) -> None:
        self.contents = {key: place.cell.content for key, place in reading.book.places.items()}
        self.known: dict[Key, frozenset[str]] = {}

    def ids(self, node: Expr) -> frozenset[str]:
        """Ids of the indikator whose entries count."""
        match node:
            case Ref(key):
                return self._of(key)
            case Range(keys):
                return frozenset().union(*map(self._of, keys))
            case Call(_, args):
                return frozenset().union(*map(self.ids, args))
        return frozenset()

    def _of(self, key: Key) -> frozenset[str]:
        if key not in self.known:
            content = self.contents.get(key)
            self.known[key] = frozenset({key.id}) | (
                self.ids(content) if isinstance(content, Expr) else frozenset()
            )
        return self.known[key]


def _is_computable(reading: Reading, card: Card) -> bool:
    """Its results can be computed from the same entries, by the same rule as when the file was handed out."""
    id = card.indikator.id
    is_held = any(reading.held.get((id, baris)) for baris in PERIODE)
    return card.is_sound and card.is_computable and not _was_open(reading, card) and not is_held


def _evaluate(reading: Reading, stored: Mapping[Key, Value] | None = None) -> Evaluation:
    """The whole form computed from what the file's own entries and targets say; some formulas as they are stored."""
    contents = {key: place.cell.content for key, place in reading.book.places.items()}
    given: dict[Key, Value] = {k: c for k, c in contents.items() if not isinstance(c, Expr)}
    for card in reading.cards.values():
        given |= card.raw | _targets_in_file(reading, card)
    given[capaian.TRIWULAN_PELAPORAN] = reading.kiriman.triwulan
    given |= stored or {}
    return Evaluation(given, {k: c for k, c in contents.items() if isinstance(c, Expr) and k not in given})


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


def _same(content: Content, official: Value) -> bool:
    """Equal as a person sees it: blank is blank, numbers to twelve digits, words without their edges."""
    found = content.value
    if content.error or isinstance(found, bool) != isinstance(official, bool):
        return False
    if official in (None, "") or found in (None, ""):
        return official in (None, "") and found in (None, "")
    if isinstance(found, (int, float)) and isinstance(official, (int, float)):
        return math.isclose(found, official, rel_tol=1e-12, abs_tol=1e-12)
    return isinstance(found, str) and isinstance(official, str) and _words(found) == _words(official)


def _says(content: Content) -> bool:
    return content.value is not None or content.error


def _words(text: str) -> str:
    return clean(text.replace("\r", ""))
