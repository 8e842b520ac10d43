"""What Hitung Ulang does: every formula computed anew from the workbook's own entries, those that differ told (L27)."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable

from builder.consolidator import Asal, Konsolidasi
from builder.expr import Expr, Key, Value, is_number
from builder.lama import Lama, Segar
from builder.layout import Book, Cell, address
from builder.masalah import Message, Problem, Refused
from builder.patch import Patch, is_same, make_patches, patch_cells, read_cells, value_at
from builder.reader import Entry
from workbook_templates import kartu
from workbook_templates.buku_konsolidasi import buku_konsolidasi
from workbook_templates.dasbor import HASIL
from workbook_templates.tabel import list_sheet, masalah_row

_CLOSE = 1e-9  # relative; engines differ beyond the 12th digit


def recompute(lama: Lama) -> Segar:
    """Compute every formula anew from the workbook's own entries; mark and list those that say otherwise.

    Raises Refused where a sheet with formulas is gone or has another name.
    """
    book = buku_konsolidasi(as_entered(lama))
    gone = sorted({sheet for sheet, _ in _formulas(book)} - set(lama.grids))
    if gone:
        raise Refused(*(Problem(Message.L20, None, sheet) for sheet in gone))
    wrong = _wrong_formulas(lama, book)
    problems = [_problem(lama, book, sheet, cell) for sheet, cell in wrong]
    now = f"{datetime.datetime.now():%d/%m/%Y %H.%M}"
    total = sum(1 for _ in _formulas(book))
    said = (
        f"{len(wrong)} dari {total} rumus menunjukkan angka lain; selnya merah, daftarnya di lembar Masalah."
    )
    kalimat = f"Dihitung ulang {now}: " + (said if wrong else f"semua {total} rumus benar.")
    values: dict[Key, Value] = {HASIL: kalimat, **_marks(lama, [c.key for _, c in wrong if c.key])}
    patches = [*patch_cells(lama.book, lama.grids, values), *_list_problems(lama, problems)]
    return Segar(kalimat, tuple(patches))


def _wrong_formulas(lama: Lama, book: Book) -> list[tuple[str, Cell]]:
    here = ((sheet, cell) for sheet, cell in _formulas(book) if sheet in lama.grids)
    return [(sheet, cell) for sheet, cell in here if not _agrees(lama, book, sheet, cell)]


def keep_wrong_formulas(hasil: Konsolidasi, lama: Lama) -> None:
    """Formulas that Hitung Ulang found stay told until they are mended: a refresh does not mend them."""
    found = {(row["lembar"], row["sel"]) for row in lama.lists["Masalah"] if row["kode"] == Message.L27.name}
    if not found:
        return
    book = buku_konsolidasi(as_entered(lama))
    still = [(s, c) for s, c in _wrong_formulas(lama, book) if (s, address(c.row, c.column)) in found]
    hasil.problems += [_problem(lama, book, sheet, cell) for sheet, cell in still]
    hasil.berbeda = tuple(c.key for _, c in still if c.key and c.key.id in lama.ids)


def as_entered(lama: Lama) -> Konsolidasi:
    """The entries of the workbook itself, whoever put them there."""
    result = Konsolidasi(lama.rkt, lama.triwulan, ())
    for key, value in lama.cells.items():
        if not is_same(value, None):
            result.asal[key] = Asal(Entry(key, value, "", "", str(value)), "")
    return result


def _formulas(book: Book) -> Iterable[tuple[str, Cell]]:
    return ((s.name, c) for s in book.sheets if not s.table for c in s.cells if isinstance(c.content, Expr))


def _agrees(lama: Lama, book: Book, sheet: str, cell: Cell) -> bool:
    found, right = value_at(lama.grids[sheet], cell.row, cell.column), book.value(cell)
    if is_number(found) and is_number(right):
        return math.isclose(found, right, rel_tol=_CLOSE, abs_tol=_CLOSE)  # type: ignore[arg-type]
    return is_same(found, right)


def _problem(lama: Lama, book: Book, sheet: str, cell: Cell) -> Problem:
    found, right = value_at(lama.grids[sheet], cell.row, cell.column), book.value(cell)
    told = {"tampil": _show(found), "hitung": _show(right)}
    tujuan = (cell.key.id, cell.key.baris) if cell.key and cell.key.id in lama.ids else None
    at = address(cell.row, cell.column)
    return Problem(Message.L27, None, sheet, at, _show(found), told, tujuan)


def _show(value: Value) -> str:
    if is_number(value):
        return f"{value:.10g}".replace(".", ",")
    return "kosong" if value in (None, "") else str(value)


def _marks(lama: Lama, wrong: list[Key]) -> dict[Key, Value]:
    """New content of every cell of marks: what a hand changed stays marked, formulas are marked anew."""
    marks: dict[Key, Value] = {}
    for key, now in read_cells(lama.book, lama.grids).items():
        if key.kolom == "tanda":
            by_hand = [m for m in str(now or "").split("|") if m and not m.startswith(kartu.TANDA_RUMUS)]
            differing = [k.kolom for k in wrong if k._replace(kolom="tanda") == key]
            text = "".join(f"|{m}|" for m in by_hand) + kartu.marks(differing, kartu.TANDA_RUMUS)
            marks[key] = text or None
    return marks


def _list_problems(lama: Lama, problems: list[Problem]) -> list[Patch]:
    """Masalah with the problems of formulas, below those of the returns, which stay."""
    sel = {k: f"{p.sheet}!{p.address}" for k, p in lama.book.places.items()}
    kept = [row for row in lama.lists["Masalah"] if row["kode"] != Message.L27.name]
    rows = [*kept, *(masalah_row(p, sel) for p in problems)]
    about = f"{lama.rkt.identitas.kantor} · Tahun {lama.rkt.identitas.tahun}"
    return make_patches(Book([list_sheet("Masalah", about, rows)]), lama.grids)
