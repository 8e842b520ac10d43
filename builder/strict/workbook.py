"""A returned workbook read strictly: preflight first, then only the parts that say what stands in cells.

Nothing is believed that the file says of itself (its name, sizes, dimensions); what else it carries is counted,
never opened. What comes out are plain values (`returned`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace

from builder.isian import Content
from builder.masalah import Message, Problem, Refused, show
from builder.preflight import check_file
from builder.preflight.limits import MOST_ELEMENTS, MOST_NAMES, MOST_SHEETS
from builder.preflight.package import Package
from builder.preflight.xml import Attributes, BadXml, walk
from builder.strict.cells import SheetCells, parse_block, read_cells, told
from builder.strict.returned import ReturnedFile, ReturnedSheet
from builder.strict.strings import read_strings
from builder.strict.styles import Look, read_looks

_EXTERNAL = re.compile(r"\[\d+\]")
_DDE = re.compile(r"[\w.]+\|\s*'?[^'!]*'?\s*!", re.IGNORECASE)
_TEXT = re.compile(r'"[^"]*"')


def read_workbook(content: bytes, name: str) -> ReturnedFile:
    """The values of a file's bytes; raises Refused, whatever the bytes are. `name`: of the file, for messages."""
    package = check_file(content, name)
    known = ReturnedFile(
        {},
        properties=package.properties,
        sha256=hashlib.sha256(content).hexdigest(),
        application=package.application,
        macros=package.macros,
        template=package.template,
        strict=package.strict,
        shared=package.shared,
    )
    if package.macros:
        return known
    try:
        return _Workbook(package, name).read(known)
    except BadXml as error:
        raise told(error, name) from error


class _Workbook:
    def __init__(self, package: Package, name: str) -> None:
        self.package, self.name = package, name
        self.path: list[str] = []
        self.sheets: list[Attributes] = []
        self.names: dict[str, str] = {}
        self.date1904 = self.manual = False
        self.named: str | None = None  # the name whose text is being read

    def _refuse(self, message: Message, lembar: str | None = None, **values: object) -> Refused:
        return Refused(Problem(message, self.name, lembar, values=dict(values)))

    def read(self, known: ReturnedFile) -> ReturnedFile:
        """Workbook, texts, looks, then sheet by sheet, added to what is known."""
        walk(self.package.read(self.package.workbook), self._start, self._end, self._text)
        part = self.package.related("sharedStrings")
        strings = read_strings(self.package.read(part), self.name) if part else []
        part = self.package.related("styles")
        looks = read_looks(self.package.read(part), self.name) if part else [Look()]
        sheets = {sheet.title: sheet for sheet in self._read_sheets(strings, looks)}
        return replace(known, sheets=sheets, names=self.names, date1904=self.date1904, manual=self.manual)

    # --- the workbook's own part ----------------------------------------------------------------------------------

    def _start(self, tag: str, attributes: Attributes) -> None:
        parent = self.path[-1] if self.path else ""
        match (parent, tag):
            case ("sheets", "sheet"):
                self._add_sheet(attributes)
            case ("definedNames", "definedName"):
                self.named = None if "localSheetId" in attributes else attributes.get("name", "").upper()
                if len(self.names) >= MOST_NAMES:
                    raise self._refuse(Message.H08, rincian=f"lebih dari {MOST_NAMES} nama sel")
                if self.named:
                    self.names[self.named] = ""
            case ("workbook", "workbookPr"):
                self.date1904 = attributes.get("date1904") in ("1", "true")
            case ("workbook", "calcPr"):
                self.manual = attributes.get("calcMode") == "manual"
        self.path.append(tag)

    def _add_sheet(self, attributes: Attributes) -> None:
        title = attributes.get("name", "")
        if not title or len(title) > 255:
            raise self._refuse(Message.B17, rincian="ada lembar tanpa nama yang sah")
        if any(title.casefold() == other.get("name", "").casefold() for other in self.sheets):
            raise self._refuse(Message.B17, title, rincian=f"dua lembar bernama «{show(title, 40)}»")
        self.sheets.append(attributes)
        if len(self.sheets) > MOST_SHEETS:
            raise self._refuse(Message.H08, rincian=f"lebih dari {MOST_SHEETS} lembar")

    def _text(self, piece: str) -> None:
        if self.named and self.path[-1] == "definedName":
            self.names[self.named] += piece

    def _end(self, tag: str) -> None:
        self.path.pop()
        if tag == "definedName":
            self.named = None

    # --- sheets ---------------------------------------------------------------------------------------------------

    def _read_sheets(self, strings: list[str], looks: list[Look]) -> Iterator[ReturnedSheet]:
        relations = {r.id: r for r in self.package.relations(self.package.workbook)}
        elements = 0
        for sheet in self.sheets:
            title = sheet["name"]
            relation = relations.get(sheet.get("r:id", ""))
            if relation is None or not self.package.has(relation.target):
                raise self._refuse(Message.B17, title, rincian="isi lembar ini tidak ada di dalam berkas")
            if relation.kind != "worksheet":
                continue  # a sheet that is one chart has no cells
            content = self.package.read(relation.target)
            found = read_cells(content, (self.name, title), strings, looks, date1904=self.date1904)
            elements += found.elements
            if elements > MOST_ELEMENTS:
                raise self._refuse(Message.H08, title, rincian="lembarnya terlalu banyak atau terlalu besar")
            self._check_formulas(title, found)
            yield self._sheet(title, relation.target, sheet.get("state", "visible"), found)

    def _check_formulas(self, title: str, found: SheetCells) -> None:
        """A reference to another workbook or a program is refused with its cell (KEGAGALAN D07, H03)."""
        for (row, column), content in found.cells.items():
            if content.formula is None:
                continue
            bare = _TEXT.sub("", content.formula)
            if _DDE.search(bare):
                raise self._refuse_cell(Message.H03, title, row, column, content, "rumus DDE")
            if _EXTERNAL.search(bare) and "[" in bare:
                raise self._refuse_cell(Message.H02, title, row, column, content, "rumus")

    def _refuse_cell(
        self, message: Message, title: str, row: int, column: int, content: Content, apa: str
    ) -> Refused:
        from builder.layout import address

        sel = address(row - 1, column - 1)
        return Refused(Problem(message, self.name, title, sel, content.formula, {"apa": f"{apa} di {sel}"}))

    def _sheet(self, title: str, part: str, state: str, found: SheetCells) -> ReturnedSheet:
        related = self.package.relations(part)
        self._add_links(found, {r.id: r.target for r in related if r.kind == "hyperlink"})
        return ReturnedSheet(
            title,
            found.cells,
            state,
            tuple(found.merged),
            frozenset(found.hidden_rows),
            frozenset(found.hidden_columns),
            found.filtered,
            found.protected,
            found.outside,
            found.outside_first,
            self._comments([r.target for r in related if r.kind == "comments"]),
            sum(self._count_shapes(r.target) for r in related if r.kind == "drawing"),
            found.dimension,
        )

    @staticmethod
    def _add_links(found: SheetCells, targets: dict[str, str]) -> None:
        for where, id in found.links.items():
            block = parse_block(where)
            if block is not None and id in targets and block[:2] in found.cells:
                at = block[:2]
                found.cells[at] = replace(found.cells[at], link=targets[id])

    def _comments(self, parts: list[str]) -> tuple[str, ...]:
        """Addresses of the cells that have one."""
        found: list[str] = []

        def start(tag: str, attributes: Attributes) -> None:
            if tag == "comment":
                found.append(attributes.get("ref", "")[:12])

        for part in parts:
            walk(self.package.read(part), start)
        return tuple(found)

    def _count_shapes(self, part: str) -> int:
        """Pictures, shapes and charts of a sheet."""
        count = 0

        def start(tag: str, _: Attributes) -> None:
            nonlocal count
            count += tag.endswith("Anchor")

        walk(self.package.read(part), start)
        return count
