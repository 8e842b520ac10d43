"""Reads the XML of a stranger: well-formed UTF-8 without a DOCTYPE, of bounded depth and size, event by event.

Nothing is filled in, fetched or guessed. Names come in a short form: "c" for an element of the spreadsheet's own
namespace (that of Transitional and of Strict files alike), "r:id" for an attribute of relations, "{…}name" for
anything else.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Mapping
from xml.parsers import expat

from builder.preflight.limits import (
    DEEPEST,
    LONGEST_PROLOG,
    LONGEST_TOKEN,
    MOST_ATTRIBUTES,
    MOST_ELEMENTS,
)

Attributes = Mapping[str, str]

MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
RELATED = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
_CHUNK = 1 << 18
_UTF8 = re.compile(rb"""\sencoding\s*=\s*(["'])(utf-8|us-ascii)\1""")
_SPANS = {b"<!--": b"-->", b"<?": b"?>"}


class BadXml(Exception):  # noqa: N818 - becomes a refusal that names the part
    """Says in Indonesian what is wrong; `kind` is "doctype", "limit" or "broken"."""

    def __init__(self, kind: str, told: str) -> None:
        super().__init__(told)
        self.kind = kind


def walk(
    content: bytes,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
    comment: Callable[[], None] | None = None,
) -> int:
    """Hand every element and text of a part to the callbacks, in their order; raises BadXml, or what they raise.

    `text` may get one text in several pieces; `comment` is told of comments, processing instructions and CDATA:
    what programs read differently. Returns the number of elements.
    """
    _check_encoding(content)
    walk = _Walk(start, end, text, comment)
    walk.feed(content)
    return walk.count


def _check_encoding(content: bytes) -> None:
    """UTF-8 is the only encoding in which spreadsheets are written; any other hides a DOCTYPE from a scan."""
    head = content[:1000]
    if b"\x00" in head or head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise BadXml("broken", "pengodeannya bukan UTF-8")
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:5] == b"<?xml":
        declaration = head.split(b"?>", 1)[0].lower()
        if b"encoding" in declaration and not _UTF8.search(declaration):
            raise BadXml("broken", "pengodeannya bukan UTF-8")


class _Walk:
    def __init__(
        self,
        start: Callable[[str, Attributes], None],
        end: Callable[[str], None] | None,
        text: Callable[[str], None] | None,
        comment: Callable[[], None] | None,
    ) -> None:
        self._start, self._end = start, end
        self._depth = self.count = 0
        self._names: dict[str, str] = {}
        parser = expat.ParserCreate("utf-8", namespace_separator="}")  # whatever the part says of itself
        parser.buffer_text = True
        parser.StartElementHandler = self._started
        parser.EndElementHandler = self._ended
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        if text is not None:
            parser.CharacterDataHandler = text
        if comment is not None:
            told = lambda *_: comment()  # noqa: E731
            parser.CommentHandler = parser.ProcessingInstructionHandler = told
            parser.StartCdataSectionHandler = told
        self._parser = parser
        self._tokens = _Tokens()

    def feed(self, content: bytes, is_whole: bool = True) -> None:
        view = memoryview(content)
        try:
            for at in range(0, len(view), _CHUNK):
                chunk = bytes(view[at : at + _CHUNK])
                self._tokens.check(chunk)
                self._parser.Parse(chunk, False)
            if is_whole:
                self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise BadXml("broken", f"XML-nya rusak di baris {error.lineno}") from error

    def _started(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self.count += 1
        if self._depth > DEEPEST or self.count > MOST_ELEMENTS or len(attributes) > MOST_ATTRIBUTES:
            raise BadXml("limit", "struktur XML-nya melampaui batas")
        if any("}" in key for key in attributes):
            attributes = {_attribute_name(key): value for key, value in attributes.items()}
        self._start(self._names.get(name) or self._element_name(name), attributes)

    def _ended(self, name: str) -> None:
        self._depth -= 1
        if self._end is not None:
            self._end(self._names.get(name) or self._element_name(name))

    def _element_name(self, name: str) -> str:
        namespace, _, local = name.rpartition("}")
        known = local if namespace in MAIN else f"{{{namespace}}}{local}"
        if len(self._names) < 4096:
            self._names[name] = known
        return known

    @staticmethod
    def _refuse_doctype(*_: object) -> None:
        raise BadXml("doctype", "XML-nya memuat DOCTYPE")


def _attribute_name(name: str) -> str:
    """An attribute without a prefix belongs to its element; one with a prefix never passes for it."""
    namespace, separator, local = name.rpartition("}")
    if not separator:
        return local
    return f"r:{local}" if namespace in RELATED else f"{{{namespace}}}{local}"


class _Tokens:
    """Refuses a text, attribute, comment or instruction without end: older expat reads one again with every chunk."""

    def __init__(self) -> None:
        self._since = 0  # bytes since the last "<"
        self._open = dict.fromkeys(_SPANS, 0)  # bytes since such a span began; 0 where none is open
        self._tail = b""

    def check(self, chunk: bytes) -> None:
        """The next chunk; raises BadXml."""
        first = chunk.find(b"<")
        longest = self._since + (first if first >= 0 else len(chunk))
        self._since = self._since + len(chunk) if first < 0 else len(chunk) - chunk.rfind(b"<")
        joined = self._tail + chunk
        for mark, closing in _SPANS.items():
            begun, ended = joined.rfind(mark), joined.rfind(closing)
            if begun > ended:
                self._open[mark] = self._open[mark] + len(chunk) if ended < 0 else len(joined) - begun
            elif ended >= 0:
                self._open[mark] = 0
            elif self._open[mark]:
                self._open[mark] += len(chunk)
            longest = max(longest, self._open[mark])
        self._tail = joined[-3:]
        if longest > LONGEST_TOKEN:
            raise BadXml("limit", "salah satu teks di dalamnya melampaui batas")


class Passing:
    """Watches a part go by in chunks without holding it: no DOCTYPE, nothing but UTF-8, no endless text."""

    def __init__(self) -> None:
        self._prolog: bytes | None = b""  # until the first element
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._tokens = _Tokens()

    def feed(self, chunk: bytes, *, last: bool = False) -> None:
        """The next chunk; raises BadXml."""
        if self._prolog is not None:
            self._prolog += chunk
            if last or len(self._prolog) >= LONGEST_PROLOG:
                is_whole = last and len(self._prolog) <= LONGEST_PROLOG
                self._check_prolog(self._prolog[:LONGEST_PROLOG], is_whole)
                self._prolog = None
        self._tokens.check(chunk)
        try:
            self._decoder.decode(chunk, last)
        except UnicodeDecodeError:
            raise BadXml("broken", "pengodeannya bukan UTF-8") from None

    @staticmethod
    def _check_prolog(prolog: bytes, is_whole: bool) -> None:
        """A DOCTYPE stands before the first element or nowhere."""
        _check_encoding(prolog)
        try:
            _Walk(_stop, None, None, None).feed(prolog, is_whole)
        except _Stopped:
            return
        raise BadXml("limit", "pembuka XML-nya melampaui batas")


class _Stopped(Exception):  # noqa: N818 - no fault
    """The first element began."""


def _stop(*_: object) -> None:
    raise _Stopped
