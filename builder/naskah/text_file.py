"""Reads .md and .txt: a line with tabs (or between `|`) is a table row, by runs of lines without a blank between."""

from __future__ import annotations

import codecs
import re
from itertools import groupby
from typing import TYPE_CHECKING

from builder.naskah.cell import normalize
from builder.naskah.source import RawRow, Source, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_RULE = re.compile(r"\|?[\s|:]*-{2,}[\s|:-]*")
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1f]")

Line = tuple[int, str]


def read_text(path: Path) -> Source:
    """The tables and lines of a text file."""
    text = re.sub(r"\r\n?|\f", "\n", _decode(path))
    numbered = [line for line in enumerate(text.split("\n"), start=1) if not _RULE.fullmatch(line[1])]
    blocks = [list(run) for blank, run in groupby(numbered, lambda line: not line[1].strip()) if not blank]
    tables = tuple(rows for block in blocks if (rows := tuple(_table_rows(block))))
    lines = tuple(text for block in blocks for _, text in block[: _table_start(block)])
    return Source(_pad(tables), lines)


def _decode(path: Path) -> str:
    data = path.read_bytes()
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        sebab = "isinya bukan teks UTF-8 (mungkin ANSI); simpan ulang dengan encoding UTF-8"
        raise unreadable(path, sebab) from error
    if _BINARY.search(text):
        raise unreadable(path, "isinya bukan teks")
    return text


def _cells(text: str) -> list[str] | None:
    if text.lstrip().startswith("|"):
        return text.strip().removeprefix("|").removesuffix("|").split("|")
    return text.split("\t") if "\t" in text else None


def _table_start(block: list[Line]) -> int:
    return next((at for at, (_, text) in enumerate(block) if _cells(text)), len(block))


def _table_rows(block: list[Line]) -> Iterator[RawRow]:
    """From the first row on, every line up to the next blank one: a line without tabs is not lost."""
    for number, text in block[_table_start(block) :]:
        yield RawRow(tuple(map(normalize, _cells(text) or [text])), f"baris {number}")


def _pad(tables: tuple[tuple[RawRow, ...], ...]) -> tuple[tuple[RawRow, ...], ...]:
    """Give every row the full width: editors cut the tabs at the end of a line."""
    width = max((len(row.cells) for table in tables for row in table), default=0)
    return tuple(
        tuple(RawRow(row.cells + ("",) * (width - len(row.cells)), row.place) for row in table)
        for table in tables
    )
