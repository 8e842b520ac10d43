"""What a package is and carries: a workbook with its sheets, no program, link or object (KEGAGALAN H01 to H03, H12).

All that a file may not carry is told at once. What is allowed and not merged (pictures, comments) is the reader's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from builder.masalah import Message, Problem, Refused, show
from builder.preflight.geometry import Packed, odd, part_key
from builder.preflight.kind import refuse_format
from builder.preflight.limits import MOST_SHEETS
from builder.preflight.package import Package, Relation, no_way, refuse_xml
from builder.preflight.xml import Attributes, BadXml, Passing, walk

_TYPES = "[Content_Types].xml"
_TYPE = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_TEMPLATE = "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml"
_BOOK_WITH_MACROS = tuple(
    f"application/vnd.ms-excel.{kind}.macroenabled.main+xml" for kind in ("sheet", "template", "addin")
)
# What the types of the parts tell of a package that is no workbook.
_FOREIGN = (
    ("sheet.binary", ".xlsb"), ("wordprocessingml.", "Word (.docx)"), ("ms-word.", "Word (.docm)"),
    ("presentationml.", "PowerPoint (.pptx)"), ("ms-powerpoint.", "PowerPoint (.pptm)"),
    ("visio", "Visio (.vsdx)"), ("fixeddocumentsequence", "XPS"),
)  # fmt: skip

# Relations that make up a workbook: of an official type, inside the package, to a part that is there.
_FRAME = {"officedocument", "worksheet", "chartsheet", "styles", "sharedstrings"}
_ONLY_ONE = ("styles", "sharedstrings")
_MACROS = {"vbaproject", "xlmacrosheet", "xlintlmacrosheet", "dialogsheet", "attachedtoolbars", "wordvbadata"}
_MACRO_PARTS = re.compile(r"vbaproject|(^|/)(intl)?(macro|dialog)sheets?/|attachedtoolbars")
_MACRO_TYPES = re.compile(r"macroenabled|vbaproject|macrosheet|dialogsheet|attachedtoolbars")

# What a workbook may not carry: kinds of relation, start of a part's name, code, words.
_CARRIED: tuple[tuple[tuple[str, ...], str, Message, str], ...] = (
    (("connections",), "xl/connections", Message.H02, "koneksi data"),
    (("querytable",), "xl/querytables/", Message.H02, "kueri data"),
    (("xmlmaps", "tablesinglecells"), "xl/xmlmaps", Message.H02, "peta XML"),
    (("powerpivotdata",), "xl/model/", Message.H02, "model data"),
    (("volatiledependencies",), "xl/volatiledependencies", Message.H02, "data langsung (RTD)"),
    (("oleobject", "package"), "xl/embeddings/", Message.H03, "objek tertanam (OLE)"),
    (("control", "activexcontrolbinary"), "xl/activex/", Message.H03, "kontrol ActiveX"),
    (("webextension", "webextensiontaskpanes"), "xl/webextensions/", Message.H03, "add-in web"),
)
# External relations that Excel writes for what it fetches. Of any other kind than these, only hyperlinks are sane.
_FETCHED = {
    "image": "gambar tertaut", "audio": "suara tertaut", "video": "video tertaut", "media": "media tertaut",
    "externallinkpath": "tautan", "pivotcachedefinition": "sumber pivot", "connections": "koneksi data",
    "attachedtemplate": "templat tertaut", "hlinkmhtml": "halaman web",
}  # fmt: skip
# First bytes of what stands in no part but an embedded object or a program.
_OBJECTS = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "objek OLE"), (b"\x7fELF", "program"), (b"PK\x03\x04", "arsip"),
    (b"Rar!\x1a\x07", "arsip"), (b"7z\xbc\xaf\x27\x1c", "arsip"),
)  # fmt: skip
_DOS_PROGRAM = b"This program cannot be run in DOS mode"
_XML_NAME = (".xml", ".rels", ".vml")


def open_package(content: bytes, packed: list[Packed], name: str) -> Package:
    """The package once every byte of it was checked; raises Refused for what it may not be or carry."""
    package = Package(content, packed, name)
    types = _read_types(package)
    book_type = _find_workbook(package, types, name)
    objects = list(_check_parts(package, types))
    package.template = book_type == _TEMPLATE
    relations = list(package.all_relations())
    package.macros = book_type in _BOOK_WITH_MACROS or _has_macros(package, types, relations)
    if not package.macros:
        problems = {problem.pesan: problem for problem in [*_carried(package, relations), *objects]}
        if problems:
            raise Refused(*problems.values())
        _check_frame(package, relations)
    package.read_about()
    return package


# --- what it is -----------------------------------------------------------------------------------------------


class _ContentTypes:
    """What [Content_Types].xml says: by extension, and by part."""

    def __init__(self) -> None:
        self.by_extension: dict[str, str] = {}
        self.by_part: dict[str, str] = {}

    def add(self, tag: str, attributes: Attributes) -> None:
        """One element of the part."""
        type = attributes.get("ContentType", "").strip().lower()
        if tag == f"{_TYPE}Default":
            self._put(self.by_extension, attributes.get("Extension", "").lower(), type)
        elif tag == f"{_TYPE}Override":
            self._put(self.by_part, part_key(attributes.get("PartName", "").removeprefix("/")), type)

    @staticmethod
    def _put(known: dict[str, str], key: str, type: str) -> None:
        if known.setdefault(key, type) != type:
            raise odd(f"jenis «{show(key)}» disebut dua kali")

    def of(self, part: str) -> str:
        """The type of a part; "" where none is given."""
        return self.by_part.get(part_key(part)) or self.by_extension.get(part.rpartition(".")[2].lower(), "")

    def all(self) -> Iterator[str]:
        """Every type."""
        yield from self.by_part.values()
        yield from self.by_extension.values()


def _read_types(package: Package) -> _ContentTypes:
    if not package.has(_TYPES):
        raise odd(f"bagian «{_TYPES}» tidak ada")
    types = _ContentTypes()
    package.walk(_TYPES, types.add)
    return types


def _find_workbook(package: Package, types: _ContentTypes, name: str) -> str:
    """Set the workbook's part and return its type; raises Refused for a package of anything else."""
    found = [r for r in package.relations("") if r.kind.lower() == "officedocument"]
    type = types.of(found[0].target) if found else ""
    if type not in (_BOOK, _TEMPLATE, *_BOOK_WITH_MACROS):
        raise _refuse_package(type, types, name)
    if len(found) > 1:
        raise no_way(found[1].target)
    if not found[0].official or found[0].external or not package.has(found[0].target):
        raise no_way(found[0].target)
    package.workbook = found[0].target
    return type


def _refuse_package(type: str, types: _ContentTypes, name: str) -> Refused:
    for mark, words in _FOREIGN:
        if mark in type or (not type and any(mark in t and ".main+" in t for t in types.all())):
            return refuse_format(words, name)
    if any(t in (_BOOK, _TEMPLATE, *_BOOK_WITH_MACROS) for t in types.all()):
        return no_way("_rels/.rels")
    if type.endswith("xml") or any("spreadsheetml" in t for t in types.all()):
        return odd(f"«{_TYPES}» tidak menyebut buku kerjanya")
    return refuse_format("arsip .zip", name)


# --- its bytes ------------------------------------------------------------------------------------------------


def _check_parts(package: Package, types: _ContentTypes) -> Iterator[Problem]:
    """Inflate every part once under the limits; yields what is disguised as a part."""
    for part in package.parts:
        chunks = package.chunks(part)
        head = next(chunks, b"")
        if part.endswith(_XML_NAME) or types.of(part).endswith("xml"):
            _check_xml(part, head, chunks)
            continue
        what = _object_in(head)
        if what is not None and not part.startswith("xl/embeddings/"):
            yield Problem(Message.H03, values={"apa": f"{what} («{show(part)}»)"})
        for _ in chunks:
            pass  # its CRC and size show at the end


def _check_xml(part: str, head: bytes, chunks: Iterator[bytes]) -> None:
    watch = Passing()
    try:
        watch.feed(head)
        for chunk in chunks:
            watch.feed(chunk)
        watch.feed(b"", last=True)
    except BadXml as error:
        raise refuse_xml(error, part) from error


def _object_in(head: bytes) -> str | None:
    if head.startswith(b"MZ") and _DOS_PROGRAM in head[:1024]:
        return "program"
    return next((words for magic, words in _OBJECTS if head.startswith(magic)), None)


# --- what it carries ------------------------------------------------------------------------------------------


def _has_macros(package: Package, types: _ContentTypes, relations: list[tuple[str, Relation]]) -> bool:
    return (
        any(_MACRO_PARTS.search(part) for part in package.parts)
        or any(_MACRO_TYPES.search(type) for type in types.all())
        or any(relation.kind.lower() in _MACROS for _, relation in relations)
    )


def _carried(package: Package, relations: list[tuple[str, Relation]]) -> Iterator[Problem]:
    """Everything that refuses a file by what it carries."""
    kinds = {relation.kind.lower() for _, relation in relations}
    for wanted, start, message, words in _CARRIED:
        if kinds & set(wanted) or any(part.startswith(start) for part in package.parts):
            yield Problem(message, values={"apa": words})
    for part in package.parts:
        if part.startswith("xl/externallinks/") and part.endswith(".xml"):
            yield _name_link(package, part)
    if "externallink" in kinds and not any(part.startswith("xl/externallinks/") for part in package.parts):
        yield Problem(Message.H02, values={"apa": "tautan buku kerja"})
    for source, relation in relations:
        if relation.external and not source.startswith("xl/externallinks/"):
            yield from _judge_external(relation)


def _name_link(package: Package, part: str) -> Problem:
    """H02 for a link to a workbook, H03 for one that speaks to a program, each with what it points to."""
    tag, attributes = _first_link(package.read(part))
    targets = [show(r.target) for r in package.relations(part) if r.external and r.target]
    named = f" «{targets[0]}»" if targets else ""
    if tag == "ddeLink":
        words = show(f"{attributes.get('ddeService', '')}|{attributes.get('ddeTopic', '')}")
        return Problem(Message.H03, values={"apa": f"tautan DDE «{words}»"})
    if tag == "oleLink":
        return Problem(Message.H03, values={"apa": f"tautan OLE{named}"})
    return Problem(Message.H02, values={"apa": f"tautan buku kerja{named}"})


class _Found(Exception):  # noqa: N818 - no fault
    """The element looked for."""


def _first_link(content: bytes) -> tuple[str, Attributes]:
    """What the part of a link says that it is; what follows is the other workbook's data."""
    found: list[tuple[str, Attributes]] = []

    def start(tag: str, attributes: Attributes) -> None:
        if tag in ("ddeLink", "oleLink", "externalBook"):
            found.append((tag, attributes))
            raise _Found

    with suppress(_Found, BadXml):  # a link all the same
        walk(content, start)
    return found[0] if found else ("", {})


def _judge_external(relation: Relation) -> Iterator[Problem]:
    kind = relation.kind.lower()
    if kind in _FETCHED:
        named = f" «{show(relation.target)}»" if relation.target else ""
        yield Problem(Message.H02, values={"apa": f"{_FETCHED[kind]}{named}"})
    elif kind != "hyperlink" and not any(kind in wanted for wanted, *_ in _CARRIED):
        yield from no_way(relation.target).problems


# --- its frame ------------------------------------------------------------------------------------------------


def _check_frame(package: Package, relations: list[tuple[str, Relation]]) -> None:
    """The parts that the reader will ask for are there, once each, where the workbook says."""
    taken: set[str] = set()
    for relation in (r for _, r in relations if r.kind.lower() in _FRAME):
        key = part_key(relation.target)
        if relation.external or not relation.official or not package.has(relation.target) or key in taken:
            raise no_way(relation.target)
        taken.add(key)
    own = package.relations(package.workbook)
    for kind in _ONLY_ONE:
        if sum(relation.kind.lower() == kind for relation in own) > 1:
            raise odd(f"bagian «{kind}» ada dua")
    _check_sheets(package, {relation.id: relation for relation in own})


def _check_sheets(package: Package, by_id: dict[str, Relation]) -> None:
    """Every sheet has a part of its own."""
    path: list[str] = []
    taken: set[str] = set()

    def start(tag: str, attributes: Attributes) -> None:
        path.append(tag)
        if len(path) == 1:
            _check_root(tag)
        if path == ["workbook", "sheets", "sheet"]:
            _take_sheet(attributes, by_id, taken)

    package.walk(package.workbook, start, lambda _: path.__delitem__(-1))
    package.strict = b"http://purl.oclc.org/ooxml/spreadsheetml/main" in package.read(package.workbook)


def _check_root(tag: str) -> None:
    if tag != "workbook":
        raise odd("bagian buku kerjanya bukan buku kerja")


def _take_sheet(attributes: Attributes, by_id: dict[str, Relation], taken: set[str]) -> None:
    relation = by_id.get(attributes.get("r:id", ""))
    if relation is None or relation.kind.lower() not in ("worksheet", "chartsheet"):
        raise no_way(f"lembar {attributes.get('name', '')}")
    key = part_key(relation.target)
    if key in taken:
        raise no_way(relation.target)
    taken.add(key)
    if len(taken) > MOST_SHEETS:
        raise Refused(Problem(Message.H08, values={"rincian": f"lebih dari {MOST_SHEETS} lembar"}))
