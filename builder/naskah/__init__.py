"""An RKT document (.md, .txt, .docx, .pdf, .xlsx) into a draft plan with its doubts listed (DOMAIN 2).

The way of a document: a reader per format gives raw rows (`source`), `table` finds the four columns, `join` puts
together what page breaks have cut, `split` and `target` read the cells, `draft` pairs them. Nothing is guessed: a
row that cannot be read for sure is refused, and no text of a table is lost.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from builder.masalah import Message, Problem, Refused
from builder.naskah.draft import DrafIndikator, draft_rows
from builder.naskah.excel_file import read_excel
from builder.naskah.heading import read_heading, read_year
from builder.naskah.join import join_rows
from builder.naskah.pdf_file import read_pdf
from builder.naskah.source import unreadable
from builder.naskah.table import find_tables
from builder.naskah.text_file import read_text
from builder.naskah.word_file import read_word

if TYPE_CHECKING:
    from pathlib import Path

    from builder.naskah.source import Source

__all__ = ["DrafIndikator", "Naskah", "read_naskah"]

_READERS = {".md": read_text, ".txt": read_text, ".docx": read_word, ".pdf": read_pdf, ".xlsx": read_excel}


@dataclass(frozen=True, slots=True)
class Naskah:
    """A document as it was read: its identity, the draft plan and what is wrong."""

    kantor: str  # from the document's heading; empty where it is not found
    tahun: int | None
    tempat: str  # of the signature block, like the next two; empty where it is not sure
    pejabat: str
    jabatan: str
    draf: tuple[DrafIndikator, ...]
    problems: tuple[Problem, ...]


def read_naskah(path: Path) -> Naskah:
    """The draft plan of an RKT document; Refused where it is missing, unreadable or holds no RKT table."""
    source = _read_source(path)
    try:
        found = find_tables(source, read_year(_loose_lines(source)))
    except Refused as refused:
        raise Refused(*(replace(p, berkas=path.name) for p in refused.problems)) from refused
    rows, stray = join_rows(found.rows)
    draf, problems = draft_rows(rows, path.name)
    told = [replace(p, berkas=path.name) for p in (*problems, *stray, *found.problems)]
    if not rows:
        raise Refused(Problem(Message.X02, berkas=path.name), *told)
    heading = read_heading(found.lines, found.headings)
    return Naskah(
        heading.kantor,
        heading.tahun,
        heading.tempat,
        heading.pejabat,
        heading.jabatan,
        tuple(draf),
        tuple(told),
    )


def _loose_lines(source: Source) -> list[str]:
    """Lines outside tables, and rows with a single text: in a sheet the title is a row too."""
    filled = [[cell for cell in row.cells if cell] for table in source.tables for row in table]
    return [*source.lines, *(texts[0] for texts in filled if len(texts) == 1)]


def _read_source(path: Path) -> Source:
    if not path.exists():
        raise Refused(Problem(Message.S01, berkas=path.name))
    read = _READERS.get(path.suffix.casefold())
    if not read:
        values = {"jenis": path.suffix or path.name, "daftar": ", ".join(_READERS)}
        raise Refused(Problem(Message.S02, berkas=path.name, values=values))
    if path.is_dir() or not path.stat().st_size:
        raise unreadable(path, "itu sebuah folder" if path.is_dir() else "berkasnya kosong")
    try:
        return read(path)
    except (Refused, MemoryError):
        raise
    except Exception as error:  # the four parsers raise whatever they meet in a damaged file
        sebab = "tidak boleh dibuka" if isinstance(error, PermissionError) else "isinya rusak"
        raise unreadable(path, sebab) from error
