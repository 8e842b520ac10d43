"""Applies patches to a closed workbook: changed parts are made first, then the package is written anew."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from copy import copy
from functools import cached_property
from pathlib import Path

from builder.expr import Expr
from builder.layout import Book, Sheet, address
from builder.masalah import Message, Problem, Refused
from builder.ooxml import LONGEST, is_same_formula
from builder.package.calculation import ask_recalculation, drop_from_chain
from builder.package.filters import Filter, read_filter, set_hidden
from builder.package.parts import Package, Unreadable, open_package, serialize
from builder.package.proof import check_patched, is_close, too_long
from builder.package.sheet import At, LivedOn, SheetXml
from builder.patch import Patch
from builder.save import File, stage


def apply_patches(path: Path, patches: Sequence[Patch], book: Book | None = None) -> None:
    """Write patches into a closed workbook; with `book`, its formulas get the values that Python computes.

    Nothing is written where nothing changes. Raises Refused where the file is no readable workbook or lacks a
    sheet, where a formula that other cells live on would be overwritten, where a text is longer than Excel allows
    (L09), where what was written does not read back so (L11), and where another program has written to the file in
    between; OSError where it cannot be read or written, ValueError for a number that no cell may hold. The file is
    then as it was.
    """
    content = path.read_bytes()
    made = patch_package(path, content, patches, book)
    if made is None:
        return
    with path.open("rb+"):  # a file that may not be written is not replaced either
        pass
    with stage(patched_file(path, content, made, patches, book)) as draft:
        draft.place(hashlib.sha256(content).hexdigest())


def patch_package(
    path: Path, content: bytes, patches: Sequence[Patch], book: Book | None = None
) -> bytes | None:
    """A workbook with patches in it, from its bytes; None where nothing changes. Raises as `apply_patches` does."""
    _check_limits(path, patches)
    with open_package(path, content) as package:
        changed, dropped = _Patcher(package).changes(patches, book)
        return _write(package, changed, dropped) if changed else None


def patched_file(
    path: Path, content: bytes, made: bytes, patches: Sequence[Patch], book: Book | None = None
) -> File:
    """The file to write, with the proof that it must pass when it is read back."""
    return File(path, made, lambda written: check_patched(path, content, written, patches, book))


def _check_limits(path: Path, patches: Sequence[Patch]) -> None:
    """All texts that Excel cannot hold, told before anything is made (L09)."""
    problems = [
        too_long(path.name, patch.sheet, address(row, column), new)
        for patch in patches
        for row, column, new in patch.cells()
        if isinstance(new, str) and len(new) > LONGEST
    ]
    if problems:
        raise Refused(*problems)


def _write(package: Package, changed: Mapping[str, bytes], dropped: set[str]) -> bytes:
    """A copy of the package with other contents in some parts; order, names and dates stay."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as new:
        for info in package.infos:
            if info.filename not in dropped:
                entry = copy(info)
                entry.extra = b""
                new.writestr(entry, changed.get(info.filename) or package.archive.read(info))
                entry.external_attr = info.external_attr  # writestr gives one to what had none
        new.comment = package.archive.comment
    return made.getvalue()


class _Patcher:
    """The sheets of a package as they become."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.sheets: dict[str, SheetXml] = {}
        self.gone: set[tuple[str, At]] = set()  # formulas, by the number of their sheet

    def changes(self, patches: Sequence[Patch], book: Book | None) -> tuple[dict[str, bytes], set[str]]:
        """New contents of parts by their name, and the parts to leave out."""
        for patch in patches:
            self._apply(patch)
        for sheet in book.sheets if book else ():
            if book and sheet.name in self.package.sheets:
                self._cache_values(book, sheet)
        package = self.package
        changed = {
            package.name(package.sheets[name].part): serialize(sheet.root)
            for name, sheet in self.sheets.items()
            if sheet.is_changed
        }
        if not changed:
            return {}, set()
        chain, dropped = drop_from_chain(package, self.gone)
        return changed | ask_recalculation(package) | chain, dropped

    def _sheet(self, name: str) -> SheetXml:
        if name not in self.sheets:
            if name not in self.package.sheets:
                raise Unreadable(f"lembar «{name}» tidak ada")
            self.sheets[name] = SheetXml(
                self.package.xml(self.package.sheets[name].part), self.package.strings
            )
        return self.sheets[name]

    def _apply(self, patch: Patch) -> None:
        sheet = self._sheet(patch.sheet)
        number = self.package.sheets[patch.sheet].number
        try:
            gone = sheet.put({(row, column): new for row, column, new in patch.cells()})
        except LivedOn as error:
            raise Refused(Problem(Message.L31, None, patch.sheet, str(error))) from error
        self.gone |= {(number, at) for at in gone}
        for row, height in patch.heights.items():
            sheet.set_height(row, height)
        rows = [block.row + n for block in patch.blocks for n in range(len(block.values))]
        set_hidden(sheet, rows, self._filters(patch.sheet), self._is_general)

    def _filters(self, name: str) -> list[Filter]:
        """Filters of a sheet: its own and those of the tables that the konsolidator made on it."""
        part = self.package.sheets[name].part
        tables = [r.part for r in self.package.relations(part) if r.kind == "table"]
        owners = [self.sheets[name].root, *map(self.package.xml, tables)]
        return [read_filter(element) for owner in owners for element in owner.iterfind("{*}autoFilter")]

    def _is_general(self, style: str) -> bool:
        """Whether a look shows a number as it is."""
        try:
            return not self._formats or self._formats[int(style)] in ("0", "49")  # General, text
        except (ValueError, IndexError):
            return False

    @cached_property
    def _formats(self) -> list[str]:
        """The number format of each look."""
        part = self.package.related("styles")
        looks = self.package.xml(part).iterfind("{*}cellXfs/{*}xf") if part else ()
        return [look.get("numFmtId", "0") for look in looks]

    def _cache_values(self, book: Book, sheet: Sheet) -> None:
        """What our formulas show now; what a person put in the place of one is left alone."""
        for cell in sheet.cells:
            if isinstance(cell.content, Expr):
                xml, at = self._sheet(sheet.name), (cell.row, cell.column)
                formula, value = xml.formula(at), book.value(cell)
                if formula is None or is_close(xml.value(at), value):
                    continue
                # A formula shared with other cells has its text in the first of them only.
                if not formula.text or is_same_formula(formula.text, book.formula(cell.content, sheet.name)):
                    xml.put_cached(at, value)
