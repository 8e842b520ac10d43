"""Versions of a plan: which one a returned file was made from, and the form that it makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from builder.expr import Expr, Value
from builder.identitas import Tanda, plan_hash, structure_hash
from builder.layout import Book
from builder.plan import read_carried
from builder.rkt import Rkt, SubBagian
from workbook_templates.buku_kerja import buku_kerja
from workbook_templates.rencana import rencana_bawaan


@dataclass
class Plans:
    """The plan of today and its earlier versions, with the form of each sub-bagian."""

    now: Rkt
    earlier: Mapping[str, Sequence[Sequence[Value]]] = field(default_factory=dict)  # by hash, oldest first
    _read: dict[str, Rkt] = field(default_factory=dict)
    _books: dict[tuple[int, str], Book] = field(default_factory=dict)

    def find(self, tanda: Tanda | None) -> Rkt:
        """The version that a file was made from; else the newest of the same structure; else today's."""
        if tanda is None or tanda.rencana == plan_hash(self.now):
            return self.now
        if tanda.rencana in self.earlier:
            return self._version(tanda.rencana)
        if tanda.susunan == structure_hash(self.now):
            return self.now
        alike = (v for v in map(self._version, [*self.earlier][::-1]) if structure_hash(v) == tanda.susunan)
        return next(alike, self.now)

    def _version(self, sidik: str) -> Rkt:
        if sidik not in self._read:
            rkt = read_carried(self.earlier[sidik], Path(f"rencana {sidik}"))
            self._read[sidik] = replace(rkt, identitas=self.now.identitas)
        return self._read[sidik]

    def make_book(self, rkt: Rkt, sub_bagian: SubBagian) -> Book:
        """The buku kerja as a version of the plan makes it."""
        known = (id(rkt), sub_bagian.kode)
        if known not in self._books:
            self._books[known] = buku_kerja(rkt, sub_bagian)
        return self._books[known]


def plan_rows(rkt: Rkt) -> list[list[Value]]:
    """A plan as the rows of the hidden sheet that carries it."""
    sheet = rencana_bawaan(rkt)
    width = 1 + max(c.column for c in sheet.cells)
    rows: list[list[Value]] = [[None] * width for _ in range(sheet.next_row)]
    for cell in sheet.cells:
        assert not isinstance(cell.content, Expr)
        rows[cell.row][cell.column] = cell.content
    return rows
