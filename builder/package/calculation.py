"""What Excel keeps about formulas outside of the sheets: the chain of their order, and when to compute them anew."""

from __future__ import annotations

import re
from collections.abc import Callable

from builder.ooxml import parse_address
from builder.package.parts import Element, Package, Unreadable, local_name, parse, relations_part, serialize
from builder.package.sheet import At

_CALC = re.compile(rb"<((?:[A-Za-z_][\w.-]*:)?)calcPr(?=[\s/>])([^>]*?)(/?)>")
_FULL = re.compile(rb"""\sfullCalcOnLoad\s*=\s*("[^"]*"|'[^']*')""")
_END = rb"</((?:[A-Za-z_][\w.-]*:)?)%b\s*>|<((?:[A-Za-z_][\w.-]*:)?)%b\s*/>"
# What stands before calcPr in a workbook, the last first.
_BEFORE = ("definedNames", "externalReferences", "functionGroups", "sheets")


def ask_recalculation(package: Package) -> dict[str, bytes]:
    """The workbook part asking for a full calculation when Excel opens it; nothing where it already does.

    Formulas that are not ours (the konsolidator's own sheets) may refer to what was written.
    """
    part = package.workbook
    if _asks(package.xml(part)):
        return {}
    content = package.read(part)
    present = _CALC.search(content)
    if present:
        attributes = _FULL.sub(b"", present[2])
        new = b'<%bcalcPr fullCalcOnLoad="1"%b%b>' % (present[1], attributes, present[3])
        content = content[: present.start()] + new + content[present.end() :]
    else:
        content = _insert(content)
    # Bytes were edited to keep all the others; the parser has the last word.
    if not _asks(parse(content)):
        raise Unreadable("isinya rusak")
    return {package.name(part): content}


def _asks(workbook: Element) -> bool:
    calc = workbook.find("{*}calcPr")
    return calc is not None and calc.get("fullCalcOnLoad") in ("1", "true")


def _insert(content: bytes) -> bytes:
    for name in _BEFORE:
        ends = list(re.finditer(_END % (name.encode(), name.encode()), content))
        if ends:
            at = ends[-1].end()
            prefix = ends[-1][1] or ends[-1][2] or b""
            return content[:at] + b'<%bcalcPr fullCalcOnLoad="1"/>' % prefix + content[at:]
    raise Unreadable("isinya rusak")


def drop_from_chain(package: Package, gone: set[tuple[str, At]]) -> tuple[dict[str, bytes], set[str]]:
    """Changed parts and parts to leave out, once formulas are gone (by the number of their sheet and their place).

    Excel calls a file damaged whose chain names a cell without a formula.
    """
    part = package.related("calcChain")
    if part is None or not gone:
        return {}, set()
    chain = package.xml(part)
    if not _drop(chain, gone):
        return {}, set()
    if any(local_name(entry) == "c" for entry in chain):
        return {package.name(part): serialize(chain)}, set()
    return _without(package, part), {package.name(part)}


def _drop(chain: Element, gone: set[tuple[str, At]]) -> bool:
    """An entry without a sheet is on the sheet of the one before it, so the sheet is written out where that goes."""
    sheet, told, dropped = "0", "0", False
    for entry in list(chain.iterfind("{*}c")):
        sheet = entry.get("i", sheet)
        if (sheet, _place(entry)) in gone:
            chain.remove(entry)
            dropped = True
            continue
        if sheet != told:
            entry.set("i", sheet)
        told = sheet
    return dropped


def _place(entry: Element) -> At:
    try:
        return parse_address(entry.get("r", ""))
    except ValueError as error:
        raise Unreadable("isinya rusak") from error


def _without(package: Package, part: str) -> dict[str, bytes]:
    """Relations and content types that no longer name a part."""
    relations = relations_part(package.workbook)
    links = package.xml(relations)
    (own,) = {r.id for r in package.relations(package.workbook) if r.part.lower() == part.lower()}
    _remove(links, lambda e: e.get("Id") == own)
    types = package.xml("[Content_Types].xml")
    _remove(types, lambda e: e.get("PartName", "").lstrip("/").lower() == part.lower())
    return {
        package.name(relations): serialize(links),
        package.name("[Content_Types].xml"): serialize(types),
    }


def _remove(root: Element, is_unwanted: Callable[[Element], bool]) -> None:
    for element in [e for e in root if isinstance(e.tag, str) and is_unwanted(e)]:
        root.remove(element)
