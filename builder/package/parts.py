"""The package: parts by name, relations between them, and which part is which sheet."""

from __future__ import annotations

import contextlib
import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

from lxml import etree

from builder.masalah import Message, Problem, Refused
from builder.ooxml import unescape

Element: TypeAlias = etree._Element

_OLE = b"\xd0\xcf\x11\xe0"


class Unreadable(Exception):  # noqa: N818 - becomes a refusal that names the file
    """Says in Indonesian why a package cannot be read."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation to another part; `kind` is the last word of its type."""

    id: str
    kind: str
    part: str


@dataclass(frozen=True, slots=True)
class SheetPlace:
    """A sheet of cells: its name, the number that calcChain knows it by, its part."""

    name: str
    number: str
    part: str


class Package:
    """An open package; parts are read when asked for."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.infos = archive.infolist()
        # Names of parts are compared without regard to case.
        self._names = {i.filename.lower(): i.filename for i in self.infos}
        if len(self._names) != len(self.infos):
            raise Unreadable("isinya rusak")
        self._parsed: dict[str, Element] = {}

    def has(self, part: str) -> bool:
        """Whether there is such a part."""
        return part.lower() in self._names

    def read(self, part: str) -> bytes:
        """Content of a part."""
        if not self.has(part):
            raise Unreadable("bukan buku kerja Excel")
        return self.archive.read(self._names[part.lower()])

    def name(self, part: str) -> str:
        """How the archive spells the name of a part."""
        return self._names[part.lower()]

    def xml(self, part: str) -> Element:
        """Root of a part, parsed once: whoever changes it changes what others see."""
        if part not in self._parsed:
            self._parsed[part] = parse(self.read(part))
        return self._parsed[part]

    def relations(self, part: str) -> list[Relation]:
        """Relations of a part to others inside the package; "" for those of the package itself."""
        path = relations_part(part)
        if not self.has(path):
            return []
        return [
            Relation(
                r.get("Id", ""), r.get("Type", "").rpartition("/")[2], _resolve(part, r.get("Target", ""))
            )
            for r in self.xml(path)
            if isinstance(r.tag, str) and r.get("TargetMode") != "External"
        ]

    @cached_property
    def workbook(self) -> str:
        """The part of the workbook."""
        found = [r.part for r in self.relations("") if r.kind == "officeDocument"]
        if not found or local_name(self.xml(found[0])) != "workbook":
            raise Unreadable("bukan buku kerja Excel")
        return found[0]

    def related(self, kind: str) -> str | None:
        """A part that the workbook has at most one of."""
        found = [r.part for r in self.relations(self.workbook) if r.kind == kind]
        return found[0] if found and self.has(found[0]) else None

    @cached_property
    def sheets(self) -> dict[str, SheetPlace]:
        """Sheets of cells by name, in their order."""
        parts = {r.id: r.part for r in self.relations(self.workbook) if r.kind == "worksheet"}
        places = {}
        for sheet in self.xml(self.workbook).iterfind("{*}sheets/{*}sheet"):
            # The prefix r means another namespace in strict files.
            id = next((str(v) for k, v in sheet.attrib.items() if str(k).endswith("}id")), "")
            if id in parts:
                name = unescape(sheet.get("name", ""))
                places[name] = SheetPlace(name, sheet.get("sheetId", ""), parts[id])
        return places

    @cached_property
    def strings(self) -> list[str]:
        """The shared strings."""
        part = self.related("sharedStrings")
        return [text_of(item) for item in self.xml(part).iterfind("{*}si")] if part else []


def parse(content: bytes) -> Element:
    """Root of an XML part; nothing outside of it is ever fetched or filled in."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root: Any = etree.fromstring(content, parser)
    if root.getroottree().docinfo.doctype:
        raise Unreadable("isinya rusak")
    return root


def serialize(root: Element) -> bytes:
    """A part as it is written."""
    written: bytes = etree.tostring(
        root.getroottree(), encoding="UTF-8", xml_declaration=True, standalone=True
    )
    return written


def local_name(element: Element) -> str:
    """Name without its namespace; "" for a comment."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def text_of(item: Element) -> str:
    """Text of a string: its own or that of its runs, without the phonetic ones."""
    parts = [*item.iterfind("{*}t"), *item.iterfind("{*}r/{*}t")]
    return "".join(unescape(t.text or "") for t in parts)


def relations_part(part: str) -> str:
    """xl/workbook.xml -> xl/_rels/workbook.xml.rels."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _resolve(part: str, target: str) -> str:
    if target.startswith("/"):
        return target.lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(part), target))


@contextlib.contextmanager
def open_package(path: Path, content: bytes | None = None) -> Iterator[Package]:
    """The package of a file, or of what was read from it before.

    Raises Refused for what cannot be read, OSError where the file cannot be opened.
    """
    content = path.read_bytes() if content is None else content
    with refusing(path, content):
        if content.startswith(_OLE):
            raise Unreadable("bersandi atau format lama (.xls)")
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield Package(archive)


@contextlib.contextmanager
def refusing(path: Path, content: bytes) -> Iterator[None]:
    """Turns what a broken package raises into a refusal of that file."""
    try:
        yield
    except Unreadable as error:
        raise Refused(Problem(Message.S03, path.name, values={"sebab": str(error)})) from error
    except zipfile.BadZipFile as error:
        sebab = "isinya rusak" if zipfile.is_zipfile(io.BytesIO(content)) else "bukan buku kerja Excel"
        raise Refused(Problem(Message.S03, path.name, values={"sebab": sebab})) from error
    except (etree.XMLSyntaxError, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        # RuntimeError: an encrypted member; NotImplementedError: a compression that zipfile does not know.
        raise Refused(Problem(Message.S03, path.name, values={"sebab": "isinya rusak"})) from error
