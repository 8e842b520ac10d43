"""One reading in progress: the file, the form as the plan would make it today, and the kiriman that grows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from builder.expr import Key, Value
from builder.identitas import BUKU_KERJA, NAMA_KIRIMAN, NAMA_TRIWULAN, make_tanda
from builder.isian import Content
from builder.layout import Book, Place, Role
from builder.masalah import Message, Problem
from builder.reader.kiriman import Kiriman
from builder.reader.source import At, ReturnedFile
from builder.rkt import Indikator, Rkt


@dataclass(frozen=True, slots=True)
class Card:
    """One indikator as found in the file: where its rows and columns are, and what its entry cells hold."""

    indikator: Indikator
    rows: Mapping[str, At | None]  # "JUDUL", "KEPALA", "TW1" to "TAHUN"
    columns: Mapping[str, int]
    raw: Mapping[Key, Value]  # as the sheet itself sees them

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

    @cached_property
    def own(self) -> tuple[Indikator, ...]:
        """The indikator whose entries this form asks for."""
        ids = {key.id for key, _ in self.book.entry_places()}
        return tuple(i for i in self.rkt.indikator if i.id in ids)

    def note(
        self,
        message: Message,
        at: At | None = None,
        isi: str | None = None,
        tujuan: tuple[str, str] | None = None,
        **values: Any,
    ) -> None:
        """Add a problem with its place."""
        lembar, sel = (at.lembar, at.sel) if at else (None, None)
        self.kiriman.problems.append(Problem(message, self.kiriman.berkas, lembar, sel, isi, values, tujuan))

    def is_entry(self, i: Indikator, column: str) -> bool:
        """Whether people type into this column of the indikator's rows."""
        place = self.book.places.get(Key(i.id, "TW1", column))
        return place is not None and place.cell.role is Role.ENTRY

    def read_settings(self) -> None:
        """Triwulan pelaporan and Kiriman ke-, and whether the file was made from another plan."""
        if self.kiriman.tanda and self.kiriman.tanda.susunan != make_tanda(self.rkt, BUKU_KERJA).susunan:
            self.note(Message.A13)
        self.kiriman.triwulan = self._setting(NAMA_TRIWULAN, 4, "Triwulan pelaporan", "1, 2, 3, atau 4")
        self.kiriman.nomor = self._setting(NAMA_KIRIMAN, 999, "Kiriman ke-", "1, 2, 3, dan seterusnya")

    def _setting(self, name: str, high: int, label: str, cure: str) -> int | None:
        """A whole number from 1 to `high`, by its defined name, else where the form has it; None, told, otherwise."""
        place = next(p for _, p in self.book.entry_places() if p.cell.name == name)
        at = self.file.named(name) or _as_at(place)
        content = self.file.content(at) if at.lembar in self.file.sheets else Content()
        value = content.value
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value in range(1, high + 1):
            return int(value)
        self.note(Message.A14, at, content.shown, apa=label, cara=cure)
        return None


def _as_at(place: Place) -> At:
    return At(place.sheet, place.cell.row + 1, place.cell.column + 1)
