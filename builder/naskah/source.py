"""What every document format gives: raw table rows and the lines around them, by one form for all of them.

A cell is text in which a line break separates paragraphs and `•` leads a list item; None is a column that
belongs to the cell on its left (a horizontal merge).
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.masalah import Message, Problem, Refused

if TYPE_CHECKING:
    from pathlib import Path

_OLE = b"\xd0\xcf\x11\xe0"
_MAX_UNPACKED = 300_000_000  # a real RKT unpacks to a few megabytes; a zip bomb to thousands of them


@dataclass(frozen=True, slots=True)
class RawRow:
    """One table row as the file holds it; without cells it is the gap between two blocks of a sheet."""

    cells: tuple[str | None, ...]
    place: str  # "baris 12", "halaman 3"
    standalone: bool = False  # the file itself says that the row stands alone under the number above


@dataclass(frozen=True, slots=True)
class Source:
    """A whole document: its tables in order and the lines outside them."""

    tables: tuple[tuple[RawRow, ...], ...]
    lines: tuple[str, ...]
    flows: bool = True  # a table without headings continues the one before; no sheet does
    hidden: tuple[str, ...] = ()  # parts that are not read, as they are told


def unreadable(path: Path, sebab: str) -> Refused:
    """The refusal of a file that cannot be read, with its reason."""
    return Refused(Problem(Message.S03, berkas=path.name, values={"sebab": sebab}))


def check_package(path: Path, name: str) -> None:
    """Refuse a .docx or .xlsx that is no package, is encrypted, or would unpack beyond all measure."""
    with path.open("rb") as file:
        if file.read(4) == _OLE:
            raise unreadable(path, f"bersandi, atau {name} format lama yang hanya diganti namanya")
    if not zipfile.is_zipfile(path):
        raise unreadable(path, f"isinya bukan {name}")
    with zipfile.ZipFile(path) as package:
        if sum(part.file_size for part in package.infolist()) > _MAX_UNPACKED:
            raise unreadable(path, "isinya terlalu besar untuk sebuah RKT")
