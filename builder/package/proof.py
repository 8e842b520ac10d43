"""What was written, read back and compared cell by cell (L11), and how a cell is told that holds too much (L09)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lxml import etree

from builder.expr import Expr, Value
from builder.layout import Book, Sheet, address
from builder.masalah import Message, Problem, Refused, show
from builder.ooxml import LONGEST, is_same_formula
from builder.package.parts import Element, Package, local_name, open_package, relations_part
from builder.package.sheet import At, SheetXml
from builder.patch import Content, Formula, Patch, is_same

_AS_CLOSE = 1e-14  # programs store a number with 15 to 17 digits
_MOVED = ("sheetData", "dimension")  # of a sheet: what a patch may change; the cells are compared one by one
_TYPES = "[Content_Types].xml"


def is_close(one: Value, other: Value) -> bool:
    """Whether two cells show the same, numbers as far as programs keep them."""
    if isinstance(one, str) or isinstance(other, str) or isinstance(one, bool) or isinstance(other, bool):
        return is_same(one, other)
    return one is not None and other is not None and math.isclose(one, other, rel_tol=_AS_CLOSE)


def too_long(
    berkas: str, sheet: str, sel: str, text: str, limit: int = LONGEST, what: str = "teks"
) -> Problem:
    """L09 for one cell: how long its text or formula is, and how long it may be."""
    counted = f"{what} {_dotted(len(text))} karakter, paling banyak {_dotted(limit)}"
    return Problem(Message.L09, berkas, sheet, sel, show(text), {"rincian": counted})


def _dotted(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _refuse(path: Path, tempat: str) -> None:
    raise Refused(Problem(Message.L11, path.name, values={"tempat": tempat}))


# --- a workbook of ours that is new -------------------------------------------------------------------------------


def check_book(path: Path, written: bytes, book: Book) -> None:
    """Every cell of a book stands in the file, formulas with the value that Python computes; raises Refused (L11)."""
    with open_package(path, written) as package:
        for sheet in book.sheets:
            if sheet.name not in package.sheets:
                _refuse(path, f"lembar «{sheet.name}»")
            found = SheetXml(package.xml(package.sheets[sheet.name].part), package.strings)
            for cell in sheet.cells:
                at = (cell.row, cell.column)
                content = cell.content
                if isinstance(content, Expr):
                    content = book.value(cell)
                    right = _is_formula(found.formula(at), book.formula(cell.content, sheet.name))  # type: ignore[arg-type]
                else:
                    right = found.formula(at) is None
                if not right or not _shows(found.value(at), content):
                    _refuse(path, f"{sheet.name}!{address(*at)}")


def _is_formula(found: Element | None, formula: str) -> bool:
    return found is not None and is_same_formula(found.text or "", formula)


def _shows(found: Value, content: Value) -> bool:
    return is_same(found, content) or is_close(found, content)


# --- a workbook that was patched ----------------------------------------------------------------------------------


def check_patched(
    path: Path, old: bytes, written: bytes, patches: Sequence[Patch], book: Book | None
) -> None:
    """Patched cells say what the patch says, all others what they said, but for values of recomputed formulas.

    Every part that holds no cells of a patched sheet is as it was, byte for byte, but for those that speak of
    calculation. Raises Refused (L11).
    """
    with open_package(path, old) as before, open_package(path, written) as after:
        if before.sheets != after.sheets:
            _refuse(path, "daftar lembar")
        changed = set(_changed_parts(before, after))
        parts = {place.part: name for name, place in before.sheets.items()}
        for part in changed - _of_calculation(before):
            if part not in parts:
                _refuse(path, part)
        for part in changed & parts.keys():
            _check_sheet(path, parts[part], (before, after), patches, book)
        for patch in patches:
            if before.sheets[patch.sheet].part not in changed:
                _check_contents(
                    path, patch.sheet, _sheet(after, patch.sheet), _contents(patch.sheet, patches)
                )


def _changed_parts(before: Package, after: Package) -> Iterator[str]:
    new = {i.filename: i for i in after.infos}
    for info in before.infos:
        part = info.filename
        if part not in new or before.archive.read(info) != after.archive.read(new[part]):
            yield part
    yield from new.keys() - {i.filename for i in before.infos}


def _of_calculation(package: Package) -> set[str]:
    """Parts that a patch may change beside its sheets: the workbook asks for a calculation, the chain shrinks."""
    chain = package.related("calcChain")
    own = {package.name(package.workbook)}
    return (
        own | {package.name(chain), package.name(relations_part(package.workbook)), _TYPES} if chain else own
    )


def _sheet(package: Package, name: str) -> SheetXml:
    return SheetXml(package.xml(package.sheets[name].part), package.strings)


def _contents(name: str, patches: Sequence[Patch]) -> dict[At, Content]:
    """What patches put into a sheet; the last one counts."""
    return {(r, c): new for patch in patches if patch.sheet == name for r, c, new in patch.cells()}


def _check_contents(path: Path, name: str, sheet: SheetXml, contents: Mapping[At, Content]) -> None:
    for at, content in contents.items():
        if isinstance(content, Formula):
            right = _is_formula(sheet.formula(at), content.text) and is_same(sheet.value(at), content.value)
        else:
            right = sheet.formula(at) is None and is_same(sheet.value(at), content)
        if not right:
            _refuse(path, f"{name}!{address(*at)}")


def _check_sheet(
    path: Path, name: str, packages: tuple[Package, Package], patches: Sequence[Patch], book: Book | None
) -> None:
    before, after = (_sheet(package, name) for package in packages)
    contents = _contents(name, patches)
    _check_contents(path, name, after, contents)
    if _frame(before) != _frame(after):
        _refuse(path, name)
    computed = _computed(book, name)
    for at in before.cells.keys() | after.cells.keys():
        same = before.style(at) == after.style(at)
        if at not in contents:
            same = same and _formula(before, at) == _formula(after, at)
            same = same and (is_same(before.value(at), after.value(at)) or _is_computed(after, at, computed))
        if not same:
            _refuse(path, f"{name}!{address(*at)}")


def _frame(sheet: SheetXml) -> list[bytes]:
    """All of a sheet but its cells: widths, rules, looks, filters."""
    return [etree.tostring(e, method="c14n") for e in sheet.root if local_name(e) not in _MOVED]


def _formula(sheet: SheetXml, at: At) -> tuple[str | None, dict[str, str]] | None:
    formula = sheet.formula(at)
    return None if formula is None else (formula.text, {str(k): str(v) for k, v in formula.attrib.items()})


def _computed(book: Book | None, name: str) -> dict[At, Value]:
    """Values that Python computes for the formulas of a sheet."""
    sheets: list[Sheet] = [s for s in book.sheets if s.name == name] if book else []
    return {
        (c.row, c.column): book.value(c)
        for s in sheets
        for c in s.cells
        if book and isinstance(c.content, Expr)
    }


def _is_computed(sheet: SheetXml, at: At, computed: Mapping[At, Value]) -> bool:
    return at in computed and sheet.formula(at) is not None and _shows(sheet.value(at), computed[at])
