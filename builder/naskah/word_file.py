"""Reads .docx: its tables row by row, merged cells by their marks and list items by their numbering."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import docx
from docx.oxml.ns import qn

from builder.naskah.cell import normalize
from builder.naskah.source import RawRow, Source, check_package

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Text wherever it hangs (links, content controls, insertions), but not what a tracked change has deleted.
_TEXT = {qn("w:t"): None, qn("w:tab"): " ", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}


def read_word(path: Path) -> Source:
    """The tables and paragraphs of a Word document."""
    check_package(path, "dokumen Word")
    return _WordReader(docx.Document(str(path))).read()


class _WordReader:
    def __init__(self, document: Any) -> None:
        self.body = document.element.body
        self.numbered_styles = {s.style_id for s in document.styles if s.element.xpath("./w:pPr/w:numPr")}
        self.counts: Counter[tuple[str, ...]] = Counter()

    def read(self) -> Source:
        tables = [t for t in self.body.iter(qn("w:tbl")) if not _inside_table(t)]
        lines = [self._text(p) for p in self.body.iter(qn("w:p")) if not _inside_table(p)]
        numbered = enumerate(tables, start=1)
        return Source(
            tuple(tuple(self._rows(t, n)) for n, t in numbered), tuple("\n".join(lines).split("\n"))
        )

    def _rows(self, table: Any, number: int) -> Iterator[RawRow]:
        own = (row for row in table.iter(qn("w:tr")) if next(row.iterancestors(qn("w:tbl"))) is table)
        for at, row in enumerate(own, start=1):
            cells = [c for c in row.iter(qn("w:tc")) if next(c.iterancestors(qn("w:tr"))) is row]
            texts = tuple(text for at, cell in enumerate(cells) for text in self._spread(cell, first=at == 0))
            if any(texts):
                yield RawRow(
                    texts, f"tabel {number} baris {at}", bool(cells) and cells[0].vMerge == "continue"
                )

    def _spread(self, cell: Any, first: bool) -> list[str | None]:
        """The cell's text, then None for each further column that it spans."""
        paragraphs = "\n".join(self._paragraph(p, first) for p in cell.iter(qn("w:p")))
        text = "" if cell.vMerge == "continue" else normalize(paragraphs)
        return [text] + [None] * (cell.grid_span - 1)

    def _paragraph(self, paragraph: Any, first: bool) -> str:
        text = self._text(paragraph)
        numbering = self._numbering(paragraph)
        if not numbering:
            return text
        self.counts[numbering] += 1
        if text.strip():
            return f"• {text}" if not first else text
        # Word itself counts the rows: the NO cell holds a list paragraph and no text at all.
        return f"{self.counts[numbering]}." if first else ""

    def _numbering(self, paragraph: Any) -> tuple[str, ...]:
        own = paragraph.xpath("./w:pPr/w:numPr/w:numId/@w:val")
        style = [s for s in paragraph.xpath("./w:pPr/w:pStyle/@w:val") if s in self.numbered_styles]
        level = paragraph.xpath("./w:pPr/w:numPr/w:ilvl/@w:val")
        return () if own == ["0"] else tuple(own or style) and (*(own or style), *(level or ["0"]))

    @staticmethod
    def _text(paragraph: Any) -> str:
        parts = (e for e in paragraph.iter(*_TEXT) if next(e.iterancestors(qn("w:p"))) is paragraph)
        return "".join(_TEXT[e.tag] or e.text or "" for e in parts)


def _inside_table(element: Any) -> bool:
    return next(element.iterancestors(qn("w:tbl")), None) is not None
