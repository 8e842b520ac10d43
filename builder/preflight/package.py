"""A package of Office whose geometry is sound: its parts, what they point to, and what it says of itself (H12).

Parts are inflated one by one when they are asked for; none is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import unquote

from builder.masalah import Message, Problem, Refused, show
from builder.preflight.geometry import Packed, inflate, odd, part_key
from builder.preflight.limits import MOST_FRAME_BYTES, MOST_RELATIONS, MiB
from builder.preflight.xml import Attributes, BadXml, walk

_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_OFFICIAL = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/",
    "http://purl.oclc.org/ooxml/officeDocument/relationships/",
)
_SHARED = {"revisionheaders", "revisionlog", "usernames"}
_ADDRESS = re.compile(r"[a-z][a-z0-9+.\-]*:|//", re.IGNORECASE)

Start = Callable[[str, Attributes], None]
End = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Relation:
    """From one part to another, or to an address outside."""

    id: str
    kind: str  # last word of its type: "worksheet"
    target: str  # name of the part, or the address where external
    external: bool
    official: bool = True  # of a type that Open XML defines


class Package:
    """Parts by name: without a leading "/", in any case."""

    workbook = ""  # name of the workbook's part
    macros = False  # then nothing was checked but the geometry and the bytes of each part
    template = False
    strict = False

    def __init__(self, content: bytes, packed: list[Packed], name: str) -> None:
        self.properties: dict[str, str] = {}  # custom ones of the document
        self.application = ""  # that saved the file, as it calls itself
        self.shared = False  # between users, with a history of changes
        self._content, self._name = content, name
        self._parts: Mapping[str, Packed] = {part_key(p.entry.name): p for p in packed}
        self._relations: dict[str, tuple[Relation, ...]] = {}
        self._count = 0  # relations read so far

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of all parts, in lower case."""
        return tuple(self._parts)

    def has(self, part: str) -> bool:
        """Whether there is such a part."""
        return self._key(part) in self._parts

    def read(self, part: str) -> bytes:
        """Content of a part; raises Refused where there is none."""
        return b"".join(self.chunks(part))

    def chunks(self, part: str) -> Iterator[bytes]:
        """Content of a part, piece by piece."""
        found = self._parts.get(self._key(part))
        try:
            if found is None:
                raise odd(f"bagian «{show(part)}» tidak ada")
            yield from inflate(self._content, found)
        except Refused as refused:
            raise self._named(refused) from None

    def walk(self, part: str, start: Start, end: End | None = None, text: End | None = None) -> None:
        """Walk over a part of the frame; what is wrong with it refuses the file by the part's name."""
        found = self._parts.get(self._key(part))
        if found is not None and found.entry.size > MOST_FRAME_BYTES:
            raise self._named(_beyond(f"«{show(part)}» lebih dari {MOST_FRAME_BYTES // MiB} MB"))
        try:
            walk(self.read(part), start, end, text)
        except BadXml as error:
            raise self._named(refuse_xml(error, part)) from error

    def relations(self, part: str) -> tuple[Relation, ...]:
        """Where a part points to; "" for the package itself."""
        key = self._key(part)
        if key not in self._relations:
            folder, _, base = key.rpartition("/")
            rels = f"{folder}/_rels/{base}.rels".removeprefix("/")
            self._relations[key] = tuple(self._read_relations(key, rels)) if self.has(rels) else ()
        return self._relations[key]

    def all_relations(self) -> Iterator[tuple[str, Relation]]:
        """Every relation of every part, with the part's name: also of parts that are not there."""
        for rels in self._parts:
            match = re.fullmatch(r"(?:(.*)/)?_rels/([^/]*)\.rels", rels)
            if match:
                source = f"{match[1] or ''}/{match[2]}".removeprefix("/")
                yield from ((source, relation) for relation in self.relations(source))

    def related(self, kind: str) -> str | None:
        """The part of a kind that the workbook points to."""
        targets = (r.target for r in self.relations(self.workbook) if r.kind == kind and not r.external)
        return next((t for t in targets if self.has(t)), None)

    def read_about(self) -> None:
        """Fill in what the package says of itself."""
        self.properties = self._read_properties()
        self.application = self._read_application()
        kinds = {r.kind.lower() for r in self.relations(self.workbook)}
        self.shared = bool(kinds & _SHARED) or any(p.startswith("xl/revisions/") for p in self._parts)

    def _read_properties(self) -> dict[str, str]:
        found: dict[str, str] = {}

        def start(tag: str, attributes: Attributes) -> None:
            if tag.endswith("}property"):
                found[attributes.get("name", "")] = ""

        def text(piece: str) -> None:
            if found:
                found[next(reversed(found))] += piece

        self._walk_about("custom-properties", "docProps/custom.xml", start, None, text)
        return {name: value.strip() for name, value in found.items()}

    def _read_application(self) -> str:
        found: list[str] = []
        path: list[str] = []

        def start(tag: str, _: Attributes) -> None:
            path.append(tag)

        def end(_: str) -> None:
            path.pop()

        def text(piece: str) -> None:
            if path[-1].endswith("}Application"):
                found.append(piece)

        self._walk_about("extended-properties", "docProps/app.xml", start, end, text)
        return "".join(found).strip()[:100]

    def _walk_about(self, kind: str, usual: str, start: Start, end: End | None, text: End) -> None:
        part = next((r.target for r in self.relations("") if r.kind == kind and not r.external), usual)
        if self.has(part):
            self.walk(part, start, end, text)

    @staticmethod
    def _key(part: str) -> str:
        return part_key(part.removeprefix("/"))

    def _read_relations(self, source: str, rels: str) -> list[Relation]:
        found: dict[str, Relation] = {}

        def start(tag: str, attributes: Attributes) -> None:
            self._count += 1
            if self._count > MOST_RELATIONS:
                raise self._named(_beyond(f"lebih dari {MOST_RELATIONS} hubungan"))
            if tag != _RELATION:
                return
            relation = _relation(source, attributes)
            if relation.id in found:
                raise self._named(odd(f"hubungan «{show(relation.id)}» ada dua"))
            found[relation.id] = relation

        self.walk(rels, start)
        return list(found.values())

    def _named(self, refused: Refused) -> Refused:
        return Refused(*(replace(p, berkas=self._name) for p in refused.problems))


def refuse_xml(error: BadXml, part: str) -> Refused:
    """H08 for XML beyond all measure, else H06."""
    message = Message.H08 if error.kind == "limit" else Message.H06
    return Refused(Problem(message, values={"rincian": f"{error} (bagian «{show(part)}»)"}))


def _beyond(detail: str) -> Refused:
    return Refused(Problem(Message.H08, values={"rincian": detail}))


def no_way(target: str) -> Refused:
    """H12: a relation that leaves the package or leads nowhere."""
    return Refused(Problem(Message.H12, values={"tujuan_luar": show(target)}))


def _relation(source: str, attributes: Attributes) -> Relation:
    type, target = attributes.get("Type", ""), attributes.get("Target", "")
    kind = type.rpartition("/")[2]
    external = attributes.get("TargetMode", "Internal").lower() == "external"
    if not external and kind.lower() != "hyperlink":  # the address behind a text is only a text to us
        target = _resolve(source, target)
    return Relation(attributes.get("Id", ""), kind, target, external, type.startswith(_OFFICIAL))


def _resolve(source: str, target: str) -> str:
    """The part's name that an internal target means; raises Refused where it can be none."""
    meant = unquote(target.partition("#")[0])
    if _ADDRESS.match(meant) or "\\" in meant or "\x00" in meant:
        raise no_way(target)
    folder = "" if meant.startswith("/") else source.rpartition("/")[0]
    path: list[str] = []
    for segment in f"{folder}/{meant}".split("/"):
        if segment == "..":
            if not path:
                raise no_way(target)
            path.pop()
        elif segment not in ("", "."):
            path.append(segment)
    return "/".join(path)
