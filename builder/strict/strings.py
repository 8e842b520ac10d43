"""The shared strings of a workbook, each without its phonetic reading."""

from __future__ import annotations

from builder.masalah import Message, Problem, Refused
from builder.ooxml import unescape
from builder.preflight.limits import LONGEST_TEXT, MOST_STRINGS
from builder.preflight.xml import Attributes, walk
from builder.strict.cells import INSIDE_TEXT, sound


def read_strings(content: bytes, name: str) -> list[str]:
    """The strings by their number; raises Refused for too many or too long ones, BadXml for a broken part."""
    strings = _Strings(name)
    walk(content, strings.start, strings.end, strings.text, strings.comment)
    return strings.found


class _Strings:
    def __init__(self, name: str) -> None:
        self.name = name
        self.path: list[str] = []
        self.found: list[str] = []
        self.pieces: list[str] = []

    def _refuse(self, message: Message, rincian: str) -> Refused:
        return Refused(Problem(message, self.name, values={"sel": "", "rincian": rincian}))

    def start(self, tag: str, _: Attributes) -> None:
        parent = self.path[-1] if self.path else ""
        if parent == "t" or tag not in INSIDE_TEXT.get(parent, (tag,)):
            raise self._refuse(Message.C26, "ada unsur asing di dalam daftar teks")
        if tag == "si":
            if self.path != ["sst"]:
                raise self._refuse(Message.C26, "daftar teksnya tidak wajar")
            self.pieces = []
        self.path.append(tag)

    def text(self, piece: str) -> None:
        if self.path[-1] == "t" and "rPh" not in self.path:
            self.pieces.append(piece)

    def comment(self) -> None:
        if self.path and self.path[-1] == "t":
            raise self._refuse(Message.C26, "ada komentar atau CDATA di dalam daftar teks")

    def end(self, tag: str) -> None:
        self.path.pop()
        if tag == "si":
            text = sound(unescape("".join(self.pieces)))
            if len(text) > LONGEST_TEXT or len(self.found) >= MOST_STRINGS:
                raise self._refuse(Message.H08, "daftar teksnya terlalu panjang")
            self.found.append(text)
