"""A konsolidasi as it stands, understood from the values of its sheets, and what pressing a button came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from builder import capaian
from builder.consolidator import Konsolidasi, consolidate
from builder.expr import Key, Value, is_number
from builder.identitas import KONSOLIDASI, LEMBAR_META, Tanda
from builder.layout import Book
from builder.masalah import Message, Problem, Refused
from builder.patch import Grids, Patch, check_layout, read_cells, read_lists
from builder.plan import read_carried
from builder.plan.table import LEMBAR_BAWAAN
from builder.rkt import ROMAWI, Rkt
from workbook_templates.buku_konsolidasi import buku_konsolidasi
from workbook_templates.dasbor import FOLDER
from workbook_templates.tabel import Daftar


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

    @property
    def ids(self) -> frozenset[str]:
        """Ids of all indikator."""
        return frozenset(i.id for i in self.rkt.indikator)


@dataclass(frozen=True, slots=True)
class Segar:
    """What pressing a button came to: a sentence for the status cell, and what must be written."""

    kalimat: str
    patches: tuple[Patch, ...]
    book: Book | None = None  # with the values of all formulas, where these have changed
    hasil: Konsolidasi | None = None
    problems: tuple[Problem, ...] = ()  # of taking and writing the file
    tertunda: Path | None = None  # where the result is while the workbook is open in Excel

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
    ids = {i.id for i in rkt.indikator}
    entries = {key: v for key, v in cells.items() if key.id in ids and key.kolom != "tanda"}
    folder = str(cells[FOLDER] or "").strip() or "kiriman"
    return Lama(rkt, book, grids, int(k), folder, entries, read_lists(book, grids))
