"""What each button does to a konsolidasi: from what stands in it and what the returns say to patches; pure but
for reading returns. The same functions serve the workbook open in Excel (`macros`) and the closed file.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder import capaian
from builder.capaian import PERIODE
from builder.consolidator import Asal, Konsolidasi, consolidate
from builder.expr import Expr, Key, Value, is_number
from builder.identitas import KONSOLIDASI, LEMBAR_META, Tanda
from builder.layout import Book, Cell, address
from builder.masalah import TAHAN, Message, Problem, Refused, os_reason, show
from builder.package import apply_patches, read_grids
from builder.patch import (
    Grids,
    Patch,
    check_layout,
    is_same,
    make_patches,
    patch_cells,
    read_cells,
    read_lists,
    value_at,
)
from builder.plan import read_carried
from builder.plan.table import LEMBAR_BAWAAN
from builder.reader import Entry
from builder.returns import Track, merge_returns, no_track
from builder.rkt import ROMAWI, Rkt
from builder.tangan import keep_changes
from workbook_templates import kartu
from workbook_templates.buku_konsolidasi import buku_konsolidasi
from workbook_templates.dasbor import FOLDER, HASIL, Saat
from workbook_templates.tabel import Daftar, list_sheet, masalah_row

_CLOSE = 1e-9  # relative; engines differ beyond the 12th digit


@dataclass(frozen=True, slots=True)
class Lama:
    """A konsolidasi as it stands: the plan it carries, its settings, its cells, the rows of its lists."""

    rkt: Rkt
    book: Book  # the form, for its places
    grids: Grids
    triwulan: int
    folder: str
    cells: Mapping[Key, Value]  # entry cells of the cards
    lists: Daftar


@dataclass(frozen=True, slots=True)
class Segar:
    """What pressing a button came to: a sentence for the status cell, and what must be written."""

    kalimat: str
    patches: tuple[Patch, ...]
    book: Book | None = None  # with the values of all formulas, where these have changed
    hasil: Konsolidasi | None = None

    @property
    def clean(self) -> bool:
        """True where nothing was refused and nothing is held."""
        return self.hasil is None or not any(p.putusan.berat >= 2 for p in self.hasil.all_problems)


def read_lama(grids: Grids, path: Path) -> Lama:
    """Understand a konsolidasi from the values of its sheets; raises Refused where it is not safe to write to it."""
    if LEMBAR_META not in grids or LEMBAR_BAWAAN not in grids:
        raise Refused(Problem(Message.L22, path.name))
    carried = {str(line[0]): str(line[1]) for line in grids[LEMBAR_META] if len(line) > 1 and line[0]}
    tanda = Tanda.from_dict(carried)
    if tanda is None or tanda.jenis != KONSOLIDASI:
        raise Refused(Problem(Message.L22, path.name))
    rkt = read_carried(grids[LEMBAR_BAWAAN], path)
    book = buku_konsolidasi(consolidate([], rkt, 1))
    problems = check_layout(book, grids)
    if problems:
        raise Refused(*problems)
    cells = read_cells(book, grids)
    k = cells[capaian.TRIWULAN_PELAPORAN]
    if not is_number(k) or k not in ROMAWI:
        raise Refused(Problem(Message.L26, path.name, "Dasbor"))
    entries = {key: v for key, v in cells.items() if key.id in _ids(rkt) and key.kolom != "tanda"}
    folder = str(cells[FOLDER] or "").strip() or "kiriman"
    return Lama(rkt, book, grids, int(k), folder, entries, read_lists(book, grids))


def _ids(rkt: Rkt) -> frozenset[str]:
    return frozenset(i.id for i in rkt.indikator)


# --- Segarkan and Periksa -----------------------------------------------------------------------------------------


def refresh(lama: Lama, folder: Path, path: Path, *, track: Track[Any] = no_track) -> Segar:
    """Read the folder of returns, merge, and say what must be written; raises Refused. `path`: the workbook."""
    return bring_in(lama, _merge(lama, folder, path, track))


def bring_in(lama: Lama, hasil: Konsolidasi) -> Segar:
    """Patches that make a konsolidasi say what merged returns say, changes by hand kept."""
    now = datetime.datetime.now()
    keep_changes(hasil, lama.book, lama.cells, _written(lama.lists))
    _keep_wrong_formulas(hasil, lama)
    kalimat = f"Disegarkan {now:%d/%m/%Y %H.%M}. {summarize(hasil)}"
    book = buku_konsolidasi(hasil, Saat(kalimat, f"{now:%d/%m/%Y %H.%M}", lama.folder), lama.lists)
    return Segar(kalimat, tuple(make_patches(book, lama.grids)), book, hasil)


def check(lama: Lama, folder: Path, path: Path, *, track: Track[Any] = no_track) -> Segar:
    """Read and merge the folder of returns without bringing anything in; raises Refused."""
    hasil = _merge(lama, folder, path, track)
    keep_changes(hasil, lama.book, lama.cells, _written(lama.lists))
    worst = sorted(hasil.all_problems, key=lambda p: -p.putusan.berat)[:1]
    first = f" Yang pertama: {worst[0].pesan}" if worst and worst[0].putusan.berat else ""
    told = summarize(hasil, "setelah Segarkan")
    now = f"{datetime.datetime.now():%d/%m/%Y %H.%M}"
    kalimat = f"Diperiksa {now}; isi buku tidak diubah. {told}{first}"
    return tell(lama, kalimat, hasil)


def tell(lama: Lama, kalimat: str, hasil: Konsolidasi | None = None) -> Segar:
    """Nothing but a sentence in the status cell."""
    return Segar(kalimat, tuple(patch_cells(lama.book, lama.grids, {HASIL: kalimat})), None, hasil)


def _merge(lama: Lama, folder: Path, path: Path, track: Track[Any]) -> Konsolidasi:
    if not folder.is_dir():
        raise Refused(Problem(Message.L23, values={"folder": show(str(folder))}))
    try:
        return merge_returns([folder], lama.rkt, lama.triwulan, without=[path], track=track)
    except Refused as refused:
        if any(p.message is Message.S06 for p in refused.problems):
            raise Refused(Problem(Message.L24, values={"folder": show(str(folder))})) from refused
        raise
    except OSError as error:
        raise Refused(Problem(Message.S03, str(folder), values={"sebab": os_reason(error)})) from error


def summarize(hasil: Konsolidasi, where: str = "di lembar Masalah") -> str:
    """What a merge came to, in one sentence."""
    used = sum(map(len, hasil.dipakai.values()))
    refused = sum(k.status == "ditolak" for k in hasil.kiriman)
    held = sum(p.putusan is TAHAN for p in hasil.all_problems)
    parts = [f"{len(hasil.kiriman)} berkas dibaca", f"{used} dipakai"]
    parts += [f"{refused} ditolak"] if refused else []
    parts += [f"{held} hal ditahan"] if held else []
    parts += [f"{len(hasil.diubah)} diubah tangan"] if hasil.diubah else []
    parts += [f"{len(hasil.missing)} sub-bagian belum mengirim"] if hasil.missing else []
    told = sum(p.putusan.berat > 0 for p in hasil.all_problems)
    return ", ".join(parts) + "." + (f" {told} hal perlu dilihat {where}." if told else "")


def _written(lists: Daftar) -> dict[Key, Value]:
    """What the last refresh put into each entry cell, from Jejak."""
    baris = {capaian.roman(int(p[2])): p for p in PERIODE[:-1]}
    written: dict[Key, Value] = {}
    for row in lists.get("Jejak", ()):
        kolom = str(row["kolom"]).replace(" ", "_")
        key = Key(str(row["id"]), baris.get(str(row["triwulan"]), ""), kolom)
        written[key] = row["isi"] if kolom in kartu.TEKS else row["nilai"]
    return written


# --- Hitung Ulang -------------------------------------------------------------------------------------------------


def recompute(lama: Lama) -> Segar:
    """Compute every formula anew from the workbook's own entries; mark and list those that say otherwise.

    Raises Refused where a sheet with formulas is gone or has another name.
    """
    book = buku_konsolidasi(_as_entered(lama))
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


def _keep_wrong_formulas(hasil: Konsolidasi, lama: Lama) -> None:
    """Formulas that Hitung Ulang found stay told until they are mended: a refresh does not mend them."""
    found = {(row["lembar"], row["sel"]) for row in lama.lists["Masalah"] if row["kode"] == Message.L27.name}
    if not found:
        return
    book = buku_konsolidasi(_as_entered(lama))
    still = [(s, c) for s, c in _wrong_formulas(lama, book) if (s, address(c.row, c.column)) in found]
    hasil.problems += [_problem(lama, book, sheet, cell) for sheet, cell in still]
    hasil.berbeda = tuple(c.key for _, c in still if c.key and c.key.id in _ids(lama.rkt))


def _as_entered(lama: Lama) -> Konsolidasi:
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
    tujuan = (cell.key.id, cell.key.baris) if cell.key and cell.key.id in _ids(lama.rkt) else None
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


# --- the closed file ----------------------------------------------------------------------------------------------


def refresh_file(path: Path, *, track: Track[Any] = no_track) -> Segar:
    """What Segarkan does, without Excel; raises Refused, and the file is then as it was."""
    lama = open_file(path)
    return write_file(path, refresh(lama, find_folder(lama.folder, path.parent), path, track=track))


def recompute_file(path: Path) -> Segar:
    """What Hitung Ulang does, without Excel; raises Refused."""
    return write_file(path, recompute(open_file(path)))


def find_folder(name: str, beside: Path) -> Path:
    """The folder of returns: as written on the Dasbor, beside the workbook unless it is a whole address."""
    return beside / name


def open_file(path: Path) -> Lama:
    """A konsolidasi on disk that nobody has open; raises Refused."""
    if not path.is_file():
        raise Refused(Problem(Message.S01, str(path)))
    if is_open(path):
        raise told_open(path)
    if not _is_writable(path):
        raise Refused(Problem(Message.L25, path.name))
    return read_lama(read_grids(path), path)


def is_open(path: Path) -> bool:
    """Whether Excel or LibreOffice holds the file: by the file that they lay beside it while they do."""
    return any(lock.exists() for lock in _locks(path))


def told_open(path: Path) -> Refused:
    """The refusal of a file that somebody has open."""
    lock = next((p for p in _locks(path) if p.exists()), path)
    return Refused(Problem(Message.L01, path.name, values={"kunci": lock.name}))


def _locks(path: Path) -> tuple[Path, Path]:
    return path.with_name(f"~${path.name}"), path.with_name(f".~lock.{path.name}#")


def _is_writable(path: Path) -> bool:
    try:
        with path.open("rb+"):
            return True
    except OSError:
        return False


def write_file(path: Path, segar: Segar) -> Segar:
    """Apply patches to a closed file; raises Refused where it cannot be written."""
    try:
        apply_patches(path, segar.patches, segar.book)
    except OSError as error:
        raise Refused(Problem(Message.S04, str(path), values={"sebab": os_reason(error)})) from error
    return segar
