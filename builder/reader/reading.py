"""One reading in progress: the file, the form as the plan would make it today, and the kiriman that grows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from builder.expr import Key, Value
from builder.identitas import BUKU_KERJA, NAMA_KIRIMAN, NAMA_TRIWULAN, make_tanda
from builder.isian import Content, name_hidden
from builder.layout import Book, Place, Role
from builder.masalah import Message, Problem
from builder.reader.kiriman import Entry, Kiriman
from builder.reader.structure import Structure
from builder.rkt import Indikator, Rkt
from builder.strict.returned import At, ReturnedFile


@dataclass(slots=True)
class Card:
    """One indikator as found in the file: where its rows and columns are, and what its entry cells hold."""

    indikator: Indikator
    rows: Mapping[str, At | None]  # "JUDUL", "KEPALA", "TW1" to "TAHUN"; None where it is not known for sure
    columns: Mapping[str, int]  # those found by their heading
    is_sound: bool  # its title and headings were found, and its numbers mean what the plan says
    raw: dict[Key, Value] = field(default_factory=dict)  # entries as the sheet itself sees them
    is_computable: bool = True  # nothing in it that only the sheet can compute with: dates, error values

    def at(self, baris: str, column: str) -> At | None:
        """The cell of a row and a column, where both were found."""
        row = self.rows[baris]
        return At(row.lembar, row.row, self.columns[column]) if row and column in self.columns else None


@dataclass
class Reading:
    """What every step of a reading works on."""

    kiriman: Kiriman
    file: ReturnedFile
    rkt: Rkt
    book: Book
    cards: dict[str, Card] = field(default_factory=dict)  # by id of the indikator
    # Rows that a person must look at, and where their contents may stand: (id, baris) -> places.
    held: dict[tuple[str, str], list[At]] = field(default_factory=lambda: defaultdict(list))
    swallowed: dict[At, str] = field(default_factory=dict)  # cells that a merge has taken, and into which one

    @cached_property
    def structure(self) -> Structure:
        """The form's sheets and rows in the file."""
        return Structure(self.file, self.book)

    @cached_property
    def own(self) -> tuple[Indikator, ...]:
        """The indikator whose entries this form asks for."""
        ids = {key.id for key, _ in self.book.entry_places()}
        return tuple(i for i in self.rkt.indikator if i.id in ids)

    @cached_property
    def is_other_plan(self) -> bool:
        """The file was made from a plan of another structure: its rows may stand elsewhere for good reason."""
        ours = make_tanda(self.rkt, BUKU_KERJA).susunan
        return self.kiriman.tanda is not None and self.kiriman.tanda.susunan != ours

    def note(
        self,
        message: Message,
        at: At | None = None,
        isi: str | None = None,
        tujuan: tuple[str, str] | None = None,
        *,
        lembar: str | None = None,
        sel: str | None = None,
        **values: Any,
    ) -> None:
        """Add a problem with its place: a cell, a sheet, or the whole file."""
        place = (at.lembar, at.sel) if at else (lembar, sel)
        self.kiriman.problems.append(Problem(message, self.kiriman.berkas, *place, isi, values, tujuan))

    def keep(self, key: Key, value: Value, at: At, isi: str, *, held: bool) -> None:
        """Add an entry; what was found is kept with its hidden characters named."""
        self.kiriman.entries[key] = Entry(key, value, at.lembar, at.sel, name_hidden(isi), held)

    def is_entry(self, i: Indikator, column: str) -> bool:
        """Whether people type into this column of the indikator's rows."""
        place = self.book.places.get(Key(i.id, "TW1", column))
        return place is not None and place.cell.role is Role.ENTRY

    def form_column(self, column: str) -> int:
        """Where the form has a column of a card, from 1."""
        return next(n for n, c in enumerate(self.book.row_columns, 1) if c.name == column)

    def read_settings(self) -> None:
        """Triwulan pelaporan and Kiriman ke-, and whether the file was made from another plan."""
        if self.is_other_plan:
            self.note(Message.A13)
        self.kiriman.triwulan = self._setting(NAMA_TRIWULAN, 4, "Triwulan pelaporan", "1, 2, 3, atau 4")
        self.kiriman.nomor = self._setting(NAMA_KIRIMAN, 999, "Kiriman ke-", "1, 2, 3, dan seterusnya")

    def _setting(self, name: str, high: int, label: str, cure: str) -> int | None:
        """A whole number from 1 to `high`, by its defined name, else where the form has it; None, told, otherwise."""
        place = next(p for _, p in self.book.entry_places() if p.cell.name == name)
        at = self._setting_at(name, place)
        if at is None:
            return None  # its sheet is gone, which is told
        content = self.file.content(at)
        value = content.value
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value in range(1, high + 1):
            return int(value)
        self.note(Message.A14, at, content.shown, apa=label, cara=cure)
        return None

    def _setting_at(self, name: str, place: Place) -> At | None:
        home = self.structure.homes.get(place.sheet)
        named = self.file.named(name)
        if named or home is None:
            return named
        return At(home, place.cell.row + 1, place.cell.column + 1)


def blank(content: Content) -> bool:
    """Nothing stands there that a person could see."""
    return content.value is None and content.formula is None and not content.error
