"""XML operators of the mutants: each does one thing to the text of a part, near the place it is given.

Texts and regular expressions only: the point is breadth, and much of what comes out must not be XML at all. An
operator that finds nothing to do near its place returns None.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from random import Random

Span = tuple[int, int]
Operator = Callable[[Random, str, int], str | None]

_START = re.compile(r"<([A-Za-z_][\w:.-]*)((?:\s+[\w:.-]+=\"[^\"]*\")*)\s*(/?)>")
_ATTRIBUTE = re.compile(r"\s([\w:.-]+)=\"([^\"]*)\"")
_CELL = re.compile(r"<c r=\"([A-Z]+)(\d+)\"[^>]*?(?:/>|>.*?</c>)", re.DOTALL)
_ROW = re.compile(r"<row r=\"(\d+)\"")
_VALUE = re.compile(r"<v>([^<]*)</v>")
_TEXT = re.compile(r">([^<>]+)<")
_DIGIT = re.compile(r"\d")
_TAGS = ("c", "v", "f", "is", "t", "row", "sheetData", "x", "extLst", "si", "r", "rPh")
_MEANING = ("t", "r", "s", "hidden", "ref", "si", "xml:space", "cm", "vm", "ph", "quotePrefix", "date1904")
_SPACES = (" ", "\n", "\t", "\x01", "\u200b", "\ufeff", "\u202e", "\x00", "\ud7ff", "&#13;")
_DOCTYPES = ('<!DOCTYPE x [<!ENTITY e "9">]>', "<!DOCTYPE worksheet>", '<!DOCTYPE x SYSTEM "file:///x">')
_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"

# What is put where a number stands: sound ones, sound ones in odd clothes, and none at all.
NUMBERS = (
    "0", "1", "7", "97.5", "0.975", "1E2", "1e-3", "+5", "-1", ".5", "5.", "007", "1_000", "٩٧", "0x10", " 3 ",
    "3 4", "1,5", "1.5.2", "NaN", "INF", "-INF", "1E+999", "", "１２", "45689", "1e400", "9" * 400, "1 ", "\n4",
)  # fmt: skip
TEXTS = (
    "", " ", "x", "Nihil", "nihil", "-", "WTP", "12", "97,5", "1.234", "TRUE", "#REF!", "=1+1", "a&amp;b", "&#65;",
    "&#x202E;abc", "_x0041_", "_x000D_", "_x0000_", "&#10;", "é", "\u00a0", "IK‑007", "S01-I1|TW1", "A" * 400,
)  # fmt: skip
_ODD: Mapping[str, tuple[str, ...]] = {
    "r": ("A1", "E9", "F10", "A0", "XFE1", "a1", "$A$1", "E9:F9", "R1C1", "", "0", "-1", "1048577", "9", "10", "E09"),
    "s": ("0", "1", "5", "20", "99999", "-1", "", "x", "1.0", " 1"),
    "t": ("s", "n", "str", "b", "e", "inlineStr", "d", "x", "", "S", "shared", "array", "dataTable", "normal"),
    "ref": ("A1", "A1:XFD1048576", "A1:B2", "B2:A1", "E9:F12", "", "#REF!", "A:A"),
    "state": ("visible", "hidden", "veryHidden", "x", ""),
    "si": ("0", "1", "2", "99", "", "-1", "x"),
    "name": ("S17", "_meta", "Petunjuk", "Rekap", "", "A" * 300, "rkt_tahun", "x!y", "s17"),
    "hidden": ("0", "1", "true", "false", "x"),
    "val": ("0", "1", "false", "x"),
    "count": ("0", "1", "999999", "-1"),
    "numFmtId": ("0", "9", "10", "14", "22", "49", "999"),
    "formatCode": ("0%", "dd/mm/yyyy", "@", ";;;", "General", "0.00E+00", "&quot;x&quot;0"),
    "Target": ("worksheets/sheet1.xml", "../../x", "file:///etc/x", "http://x/", "styles.xml", "", "/xl/styles.xml"),
    "TargetMode": ("External", "Internal", "x"),
    "space": ("preserve", "default"),
}  # fmt: skip


# --- finding ------------------------------------------------------------------------------------------------------


def find(pattern: re.Pattern[str], xml: str, at: int) -> re.Match[str] | None:
    """The first match from a place on, else the first of all."""
    return pattern.search(xml, at) or pattern.search(xml)


def element(xml: str, at: int) -> Span | None:
    """From the start tag at or after a place to the end of that element."""
    start = find(_START, xml, at)
    return _close(xml, start) if start else None


def _close(xml: str, start: re.Match[str]) -> Span | None:
    if start[3]:
        return start.span()
    depth = 0
    for tag in re.compile(rf"<(/?){re.escape(start[1])}(?=[\s/>])[^<>]*?(/?)>").finditer(xml, start.start()):
        depth += -1 if tag[1] else 0 if tag[2] else 1
        if depth == 0:
            return start.start(), tag.end()
    return None


def _attribute(rng: Random, xml: str, at: int) -> re.Match[str] | None:
    """One attribute of the first element from a place on that has some; those that matter more often."""
    for _ in range(6):
        start = find(_START, xml, at)
        if start is None:
            return None
        found = list(_ATTRIBUTE.finditer(xml, start.start(), start.end()))
        known = [m for m in found if m[1].partition(":")[2] in _ODD or m[1] in _ODD or m[1].endswith(":id")]
        if found:
            return rng.choice(known if known and rng.random() < 0.7 else found)
        at = start.end()
    return None


def _put(xml: str, at: int, piece: str, until: int | None = None) -> str:
    return xml[:at] + piece + xml[at if until is None else until :]


# --- elements -----------------------------------------------------------------------------------------------------


def drop_element(rng: Random, xml: str, at: int) -> str | None:
    """One element less, with all it holds."""
    span = element(xml, at)
    return _put(xml, span[0], "", span[1]) if span else None


def duplicate_element(rng: Random, xml: str, at: int) -> str | None:
    """One element twice, side by side or at another place."""
    span = element(xml, at)
    if span is None or span[1] - span[0] > 200_000:
        return None
    copy = xml[slice(*span)]
    if rng.random() < 0.7:
        return _put(xml, span[1], copy)
    other = element(xml, rng.randrange(len(xml)))
    return _put(xml, other[0], copy) if other else None


def swap_siblings(rng: Random, xml: str, at: int) -> str | None:
    """Two neighbours in each other's place."""
    one = element(xml, at)
    follows = _START.match(xml, one[1]) if one else None
    two = _close(xml, follows) if follows else None
    if one is None or two is None:
        return None
    return xml[: one[0]] + xml[slice(*two)] + xml[slice(*one)] + xml[two[1] :]


def rename_tag(rng: Random, xml: str, at: int) -> str | None:
    """An element by another name: start and end, or the start only."""
    span, start = element(xml, at), find(_START, xml, at)
    if span is None or start is None:
        return None
    old = start[1]
    new = rng.choice((*_TAGS, old.upper(), old + "s"))
    body = xml[slice(*span)]
    changed = f"<{new}" + body[len(old) + 1 :]
    if changed.endswith(f"</{old}>") and rng.random() < 0.9:
        changed = changed[: -len(old) - 1] + f"{new}>"
    return _put(xml, span[0], changed, span[1])


def unwrap_element(rng: Random, xml: str, at: int) -> str | None:
    """The content of an element without the element."""
    span, start = element(xml, at), find(_START, xml, at)
    if span is None or start is None or start[3]:
        return None
    return _put(xml, span[0], xml[start.end() : span[1] - len(start[1]) - 3], span[1])


def wrap_element(rng: Random, xml: str, at: int) -> str | None:
    """An element inside a choice of newer programs, an extension, or one more of its own kind."""
    span, start = element(xml, at), find(_START, xml, at)
    if span is None or start is None:
        return None
    body = xml[slice(*span)]
    choice = f'<mc:AlternateContent xmlns:mc="{_MC}"><mc:Choice xmlns:x14="{_X14}" Requires="x14">'
    wrapped = rng.choice((
        f"{choice}{body}</mc:Choice><mc:Fallback/></mc:AlternateContent>",
        f"{choice}</mc:Choice><mc:Fallback>{body}</mc:Fallback></mc:AlternateContent>",
        f'<extLst><ext uri="x">{body}</ext></extLst>',
        f"<{start[1]}>{body}</{start[1]}>",
        f'<x xmlns="urn:x">{body}</x>',
    ))  # fmt: skip
    return _put(xml, span[0], wrapped, span[1])


# --- attributes ---------------------------------------------------------------------------------------------------


def change_attribute(rng: Random, xml: str, at: int) -> str | None:
    """Another value: an odd one for this attribute, or one that the attribute has elsewhere in the part."""
    found = _attribute(rng, xml, at)
    if found is None:
        return None
    name = found[1].rpartition(":")[2]
    elsewhere = re.compile(rf'\s{re.escape(found[1])}="([^"]*)"').search(xml, rng.randrange(len(xml)))
    odd = _ODD.get(name, ("0", "1", "", "x", "-1"))
    value = elsewhere[1] if elsewhere and rng.random() < 0.5 else rng.choice(odd)
    return _put(xml, found.start(2), value, found.end(2))


def delete_attribute(rng: Random, xml: str, at: int) -> str | None:
    """One attribute less."""
    found = _attribute(rng, xml, at)
    return _put(xml, found.start(), "", found.end()) if found else None


def duplicate_attribute(rng: Random, xml: str, at: int) -> str | None:
    """One attribute twice, as such, in other letters, or with a prefix."""
    found = _attribute(rng, xml, at)
    if found is None:
        return None
    local = found[1].rpartition(":")[2]
    twins = (found[0], f' {found[1].upper()}="1"', f' xmlns:q="urn:q" q:{local}="A1"')
    return _put(xml, found.end(), rng.choice(twins))


def add_attribute(rng: Random, xml: str, at: int) -> str | None:
    """One attribute more, of those that mean something."""
    start = find(_START, xml, at)
    if start is None:
        return None
    name = rng.choice(_MEANING)
    if f" {name}=" in start[0]:
        return None
    value = rng.choice(_ODD.get(name.rpartition(":")[2], ("1", "0")))
    return _put(xml, start.end(1), f' {name}="{value}"')


# --- texts --------------------------------------------------------------------------------------------------------


def change_digit(rng: Random, xml: str, at: int) -> str | None:
    """One digit is another, in a text or in an attribute."""
    found = find(_DIGIT, xml, at + rng.randrange(30))
    if found is None:
        return None
    return _put(xml, found.start(), rng.choice("0123456789".replace(found[0], "")), found.end())


def change_text(rng: Random, xml: str, at: int) -> str | None:
    """Another text or number, or that of another element of the part."""
    found = find(_TEXT, xml, at)
    other = _TEXT.search(xml, rng.randrange(len(xml)))
    if found is None:
        return None
    new = other[1] if other and rng.random() < 0.4 else rng.choice((*NUMBERS, *TEXTS))
    return _put(xml, found.start(1), new, found.end(1))


def change_value(rng: Random, xml: str, at: int) -> str | None:
    """Another stored value of a cell: a number in odd clothes, the index of another text, nothing."""
    found = find(_VALUE, xml, at)
    if found is None:
        return None
    new = str(rng.randrange(400)) if rng.random() < 0.3 else rng.choice(NUMBERS)
    return _put(xml, found.start(1), new, found.end(1))


def blank_value(rng: Random, xml: str, at: int) -> str | None:
    """A cell whose value is gone, is empty, or stands in an element that means nothing."""
    found = find(_VALUE, xml, at)
    if found is None:
        return None
    blank = rng.choice(("", "<v/>", "<v></v>", f"<w>{found[1]}</w>", "<v> </v>"))
    return _put(xml, found.start(), blank, found.end())


def insert_markup(rng: Random, xml: str, at: int) -> str | None:
    """A comment, CDATA, an instruction or an entity inside a text, or a DOCTYPE before everything."""
    found = find(_TEXT, xml, at)
    if rng.random() < 0.15:
        first = find(_START, xml, 0)
        return _put(xml, first.start(), rng.choice(_DOCTYPES)) if first else None
    if found is None:
        return None
    place = rng.randrange(found.start(1), found.end(1) + 1)
    if rng.random() < 0.3:
        return _put(xml, found.start(1), f"<![CDATA[{found[1]}]]>", found.end(1))
    odd = ("<!-- x -->", "<![CDATA[1]]>", "<?x y?>", "&e;", "&#49;", "&#0;", "&lt;", "<b/>", "&#x2028;")
    return _put(xml, place, rng.choice(odd))


def add_space(rng: Random, xml: str, at: int) -> str | None:
    """White space, a control character, or a character of no width somewhere: in a text, in a tag, between tags."""
    where = rng.choice((_TEXT, _START, _VALUE))
    found = find(where, xml, at)
    if found is None:
        return None
    place = rng.choice((found.start(1), found.end(1), found.end()))
    return _put(xml, place, rng.choice(_SPACES))


def change_prefix(rng: Random, xml: str, at: int) -> str | None:
    """Another namespace: of the whole part, of one element, or the same one under a prefix."""
    main = re.search(r' xmlns="([^"]*)"', xml)
    start = find(_START, xml, at)
    if main is None or start is None:
        return None
    match rng.randrange(4):
        case 0:
            new = rng.choice(("urn:x", "", main[1] + "/", main[1].upper(), _STRICT))
            return _put(xml, main.start(1), new, main.end(1))
        case 1:
            return _put(xml, start.end(1), f' xmlns="{rng.choice(("urn:x", "", main[1]))}"')
        case 2:
            whole = re.sub(r"<(/?)(?=[A-Za-z_][\w.-]*[\s/>])", r"<\1x:", xml)
            return whole.replace(' xmlns="', ' xmlns:x="', 1)
    span = element(xml, at)
    if span is None:
        return None
    body = re.sub(r"<(/?)(?=[A-Za-z_][\w.-]*[\s/>])", r"<\1q:", xml[slice(*span)])
    space = rng.choice(("urn:x", main[1]))
    return _put(xml, span[0], re.sub(r"^<q:([\w.-]+)", rf'<q:\1 xmlns:q="{space}"', body), span[1])


def change_encoding(rng: Random, xml: str, at: int) -> str | None:
    """Another encoding is declared than the part is written in."""
    new = rng.choice(('encoding="UTF-16"', 'encoding="ISO-8859-1"', 'encoding="UTF-7"', 'encoding="x"', ""))
    found = re.search(r'encoding="[^"]*"', xml[:100], re.IGNORECASE)
    return _put(xml, found.start(), new, found.end()) if found else None


# --- cells and rows -----------------------------------------------------------------------------------------------


def move_cell(rng: Random, xml: str, at: int) -> str | None:
    """A cell with another address, where it stands or before another cell; or two cells with swapped addresses."""
    one, other = find(_CELL, xml, at), find(_CELL, xml, rng.randrange(len(xml)))
    if one is None or other is None or one.start() == other.start():
        return None
    match rng.randrange(3):
        case 0:
            column = rng.choice("ABCDEFGHIJKLMNOPQRSTUVW")
            return _put(xml, one.start(1), column, one.end(1))
        case 1:
            cut = _put(xml, one.start(), "", one.end())
            shift = one.end() - one.start() if other.start() > one.start() else 0
            return _put(cut, other.start() - shift, one[0])
    first, second = sorted((one, other), key=lambda m: m.start())
    at_first, at_second = first[1] + first[2], second[1] + second[2]
    swapped = _put(xml, second.start(1), at_first, second.end(2))
    return _put(swapped, first.start(1), at_second, first.end(2))


def swap_values(rng: Random, xml: str, at: int) -> str | None:
    """Two cells with each other's content, addresses as they were: what a misplaced paste leaves."""
    one, other = find(_CELL, xml, at), find(_CELL, xml, rng.randrange(len(xml)))
    if one is None or other is None or one.start() == other.start():
        return None
    first, second = sorted((one, other), key=lambda m: m.start())
    a = second[0].replace(f'r="{second[1]}{second[2]}"', f'r="{first[1]}{first[2]}"', 1)
    b = first[0].replace(f'r="{first[1]}{first[2]}"', f'r="{second[1]}{second[2]}"', 1)
    return xml[: first.start()] + a + xml[first.end() : second.start()] + b + xml[second.end() :]


def move_row(rng: Random, xml: str, at: int) -> str | None:
    """A row with another number: alone, with its cells, or with every row below it."""
    row = find(_ROW, xml, at)
    if row is None:
        return None
    old, by = int(row[1]), rng.choice((1, 1, -1, 2, 10, 100))
    span = element(xml, row.start())
    if span is None:
        return None
    match rng.randrange(3):
        case 0:
            return _put(xml, row.start(1), str(old + by), row.end(1))
        case 1:
            return _put(xml, span[0], _renumber(xml[slice(*span)], old, by), span[1])
    end = xml.find("</sheetData>")
    rows = re.compile(r"<row .*?(?:</row>|/>)", re.DOTALL)
    return _put(xml, span[0], rows.sub(lambda m: _shifted(m, by), xml[span[0] : end]), end)


def _shifted(row: re.Match[str], by: int) -> str:
    number = _ROW.match(row[0])
    return _renumber(row[0], int(number[1]), by) if number else row[0]


def _renumber(row: str, old: int, by: int) -> str:
    return re.sub(rf'( r="[A-Z]*){old}"', rf'\g<1>{old + by}"', row)


def add_far_cell(rng: Random, xml: str, at: int) -> str | None:
    """A filled cell far from the form, in the last row, in a far column, or just beside the form."""
    end = xml.find("</sheetData>")
    if end < 0:
        return None
    if rng.random() < 0.4:
        row = re.compile("</row>").search(xml, at)
        column = rng.choice(("XFD", "ZZ", "AZ", "Y", "CW"))
        number = [m[1] for m in _ROW.finditer(xml, 0, row.start())][-1:] if row else []
        return _put(xml, row.start(), f'<c r="{column}{number[0]}"><v>1</v></c>') if row and number else None
    number_ = rng.choice((1048576, 1048577, 65537, 4001, 3000, 700))
    column = rng.choice(("A", "E", "XFD", "XFE", "CV"))
    cell = rng.choice(("<v>1</v>", "<f>1+1</f><v>2</v>", "<f>S17!E8</f>"))
    return _put(xml, end, f'<row r="{number_}"><c r="{column}{number_}">{cell}</c></row>')


def add_value(rng: Random, xml: str, at: int) -> str | None:
    """A second value in a cell, before or behind the first, or as a text."""
    found = find(_VALUE, xml, at)
    if found is None:
        return None
    second = rng.choice((f"<v>{rng.choice(NUMBERS)}</v>", "<is><t>x</t></is>", found[0], "<v/>", "<f>1</f>"))
    return _put(xml, rng.choice((found.start(), found.end())), second)


def change_type(rng: Random, xml: str, at: int) -> str | None:
    """A cell of another type with the same value."""
    cell = find(_CELL, xml, at)
    if cell is None:
        return None
    bare = re.sub(r' t="[^"]*"', "", cell[0], count=1)
    kind = rng.choice(("s", "n", "str", "b", "e", "inlineStr", "d", "x", ""))
    typed = bare.replace(f'r="{cell[1]}{cell[2]}"', f'r="{cell[1]}{cell[2]}" t="{kind}"', 1)
    return _put(xml, cell.start(), typed, cell.end())


def swap_formula(rng: Random, xml: str, at: int) -> str | None:
    """A formula where a value stood, or the other way round."""
    cell = find(_CELL, xml, at)
    if cell is None:
        return None
    if "<f" in cell[0]:
        changed = re.sub(r"<f[^>]*?(?:/>|>.*?</f>)", "", cell[0], flags=re.DOTALL)
    else:
        formulas = (
            "<f>1+1</f>", "<f>TODAY()</f>", '<f>HYPERLINK("http://x/")</f>', "<f>[1]S!A1</f>", "<f>cmd|'/c x'!A1</f>",
            '<f t="shared" si="0"/>', '<f t="shared" si="7" ref="A1:A3">A1</f>', '<f t="array" ref="E9:F12">1</f>',
            "<f/>", '<f t="dataTable" ref="E9:E12" r1="A1"/>', "<f> </f>", "<f>_xlfn.LAMBDA(_xlpm.x,1)</f>",
        )  # fmt: skip
        changed = cell[0].replace("<v>", rng.choice(formulas) + "<v>", 1)
    return _put(xml, cell.start(), changed, cell.end()) if changed != cell[0] else None


def fill_blank(rng: Random, xml: str, at: int) -> str | None:
    """A value in a cell that had none."""
    found = find(re.compile(r"<c (r=\"[A-Z]+\d+\"(?: s=\"\d+\")?)/>"), xml, at)
    if found is None:
        return None
    value = rng.choice((*NUMBERS[:8], "x"))
    kind, body = ("", f"<v>{value}</v>") if value != "x" else (' t="inlineStr"', "<is><t>teks</t></is>")
    return _put(xml, found.start(), f"<c {found[1]}{kind}>{body}</c>", found.end())


def add_block(rng: Random, xml: str, at: int) -> str | None:
    """Something beside the cells: merged cells, hidden columns, a filter, another dimension, a second data block."""
    end = xml.find("</sheetData>")
    if end < 0:
        return None
    after = end + len("</sheetData>")
    match rng.randrange(6):
        case 0:
            block = rng.choice(("E9:F9", "E9:E12", "A1:XFD1", "G9:G9", "B2:A1", "A1:A1048576", "D9:O12"))
            return _put(xml, after, f'<mergeCells count="1"><mergeCell ref="{block}"/></mergeCells>')
        case 1:
            place = xml.find("<sheetData")
            return _put(xml, place, '<cols><col min="5" max="8" width="9" hidden="1"/></cols>')
        case 2:
            return _put(xml, after, '<autoFilter ref="A8:O12"><filterColumn colId="1"/></autoFilter>')
        case 3:
            return re.sub(r'<dimension ref="[^"]*"', '<dimension ref="A1:B2"', xml)
        case 4:
            return _put(xml, after, '<sheetData><row r="9"><c r="E9"><v>1</v></c></row></sheetData>')
    return re.sub(r"<sheetProtection[^>]*/>", "", xml)


OPERATORS: Mapping[str, Operator] = {
    f.__name__: f
    for f in (
        drop_element, duplicate_element, swap_siblings, rename_tag, unwrap_element, wrap_element, change_attribute,
        delete_attribute, duplicate_attribute, add_attribute, change_digit, change_text, change_value, blank_value,
        insert_markup, add_space, change_prefix, change_encoding, move_cell, swap_values, move_row, add_far_cell,
        add_value, change_type, swap_formula, fill_blank, add_block,
    )
}  # fmt: skip
