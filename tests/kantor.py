"""A small office on disk: its plan, its konsolidasi, and the returns of its sub-bagian."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import bahan
import openpyxl
from openpyxl.utils.cell import coordinate_to_tuple

from builder.capaian import TRIWULAN_PELAPORAN
from builder.commands import build_workbooks
from builder.consolidator import consolidate
from builder.expr import Key, Value
from builder.layout import Book
from builder.ooxml import escape
from builder.package import apply_patches, read_grids
from builder.patch import Block, Content, Patch, read_lists, value_at
from builder.plan import read_plan
from builder.rkt import Rkt
from workbook_templates.buku_kerja import buku_kerja, file_name
from workbook_templates.buku_konsolidasi import buku_konsolidasi

KIRIMAN_KE = Key("umum", "", "kiriman")

# One sub-bagian answers with a pair and a number, the other with a pair and a word.
BARIS = (
    bahan.baris("S01-I1"),
    bahan.baris("S01-I2", target="4 Laporan", tipe="jumlah", nilai="4", satuan="Laporan"),
    bahan.baris("S02-I1", fungsi="REN"),
    bahan.baris("S03-I1", target="BB", tipe="predikat", nilai="BB", satuan="", fungsi="REN"),
)
ISI: dict[Key, Any] = {
    Key("S01-I1", "TW1", "pembilang"): 40,
    Key("S01-I1", "TW1", "penyebut"): 50,
    Key("S01-I1", "TW1", "kendala"): "Data belum lengkap.",
    Key("S01-I2", "TW1", "realisasi"): 1,
    Key("S01-I2", "TW2", "realisasi"): "belum ada",
    Key("S02-I1", "TW1", "pembilang"): 9,
    Key("S02-I1", "TW1", "penyebut"): 10,
    Key("S02-I1", "TW2", "pembilang"): "19",
    Key("S02-I1", "TW2", "penyebut"): 20,
}


@dataclass(frozen=True)
class Kantor:
    """The folder of an office as the konsolidator has it."""

    folder: Path
    rkt: Rkt

    @property
    def konsolidasi(self) -> Path:
        (path,) = self.folder.glob("Konsolidasi-*.xls?")
        return path

    @property
    def kiriman(self) -> Path:
        return self.folder / "kiriman"

    @cached_property
    def book(self) -> Book:
        """The form of the konsolidasi, for its places."""
        return buku_konsolidasi(consolidate([], self.rkt, 1))

    def copy(self, folder: Path) -> Kantor:
        shutil.copytree(self.folder, folder)
        return Kantor(folder, self.rkt)

    def send(
        self,
        contents: Mapping[Key, Any],
        *,
        ke: int = 1,
        names: Mapping[str, str] | None = None,
        kode: str = "",
        triwulan: int = 2,
    ) -> None:
        """Returns of the sub-bagian whose indikator are filled; `names`: of files, by code of the sub-bagian.

        `kode`: of one sub-bagian only, whose part of shared indikator these contents are.
        """
        self.kiriman.mkdir(exist_ok=True)
        for sub_bagian in self.rkt.sub_bagian:
            own = {i.id for i in self.rkt.indikator if sub_bagian in self.rkt.owners(i)}
            typed = {key: v for key, v in contents.items() if key.id in own}
            if not typed or kode not in ("", sub_bagian.kode):
                continue
            places = buku_kerja(self.rkt, sub_bagian).places
            name = file_name(self.rkt, sub_bagian)
            book = openpyxl.load_workbook(self.folder / "buku-kerja" / name)
            for key, content in (typed | {KIRIMAN_KE: ke, TRIWULAN_PELAPORAN: triwulan}).items():
                cell = book[places[key].sheet][places[key].address]
                cell.value = escape(content) if isinstance(content, str) else content  # as Excel stores it
                if isinstance(content, str):
                    cell.data_type = "s"  # whatever it begins with
            book.save(self.kiriman / (names or {}).get(sub_bagian.kode, name))
            book.close()

    # --- what the konsolidator does in his workbook ---------------------------------------------------------------

    def type(self, sheet: str, address: str, content: Content) -> None:
        row, column = coordinate_to_tuple(address)
        apply_patches(self.konsolidasi, [Patch(sheet, (Block(row - 1, column - 1, ((content,),)),))])

    def type_at(self, key: Key, content: Content) -> None:
        place = self.book.places[key]
        self.type(place.sheet, place.address, content)

    def note(self, daftar: str, note: str, **row: Value) -> None:
        """Write a note beside the first row of a list that holds these values."""
        sheet = next(s for s in self.book.sheets if s.name == daftar)
        assert sheet.table
        found = self.rows(daftar)
        at = next(n for n, r in enumerate(found) if row.items() <= r.items())
        column = next(n for n, c in enumerate(sheet.table.columns) if c.name == "catatan")
        block = Block(sheet.table.first + at, column, ((note,),))
        apply_patches(self.konsolidasi, [Patch(daftar, (block,))])

    # --- what stands there ----------------------------------------------------------------------------------------

    def rows(self, daftar: str) -> list[dict[str, Value]]:
        return read_lists(self.book, read_grids(self.konsolidasi))[daftar]

    def value(self, key: Key) -> Value:
        place = self.book.places[key]
        return value_at(read_grids(self.konsolidasi)[place.sheet], place.cell.row, place.cell.column)

    def rename_sheet(self, old: str, new: str) -> None:
        """As Excel does it: names that point to the sheet follow."""

        def renamed(text: str) -> str:
            text = text.replace(f'name="{old}"', f'name="{new}"')
            return re.sub(rf"(?<![\w'])'?{old}'?!", f"'{new}'!", text)

        self._edit("xl/workbook.xml", renamed)

    def insert_row(self, sheet: str, before: int) -> None:
        """As Excel does it: every row from there on stands one lower."""
        names = re.findall(r'<sheet name="([^"]*)"', self._read("xl/workbook.xml"))

        def shifted(text: str) -> str:
            def move(match: re.Match[str]) -> str:
                return f'{match[1]}{int(match[2]) + (int(match[2]) >= before)}"'

            return re.sub(r'(<c r="[A-Z]+|<row r=")(\d+)"', move, text)

        self._edit(f"xl/worksheets/sheet{names.index(sheet) + 1}.xml", shifted)

    def _read(self, part: str) -> str:
        import zipfile

        with zipfile.ZipFile(self.konsolidasi) as archive:
            return archive.read(part).decode()

    def _edit(self, part: str, change: Any) -> None:
        import zipfile

        path = self.konsolidasi
        with zipfile.ZipFile(path) as archive:
            parts = [(info, archive.read(info)) for info in archive.infolist()]
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for info, content in parts:
                if info.filename == part:
                    changed = change(content.decode())
                    assert changed != content.decode(), f"nothing to change in {part}"
                    content = changed.encode()
                archive.writestr(info.filename, content)


def make_kantor(folder: Path, rows: Iterable[Mapping[str, Any]] = BARIS, *, makro: bool = False) -> Kantor:
    """An office that has built its workbooks and got no return yet; triwulan pelaporan II."""
    folder.mkdir(parents=True, exist_ok=True)
    rencana = bahan.write_rencana(folder / "Rencana.csv", rows)
    build_workbooks(rencana, folder / "buku-kerja", triwulan=2, makro=makro)
    for path in (folder / "buku-kerja").glob("Konsolidasi-*"):
        path.rename(folder / path.name)
    return Kantor(folder, read_plan(rencana)[0])
