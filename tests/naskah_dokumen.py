"""Makes RKT documents for tests: one plan, written as .md, .docx, .xlsx or .pdf in the shapes that offices use.

A page is a heading and its rows; a row is NO, SASARAN, INDIKATOR (a list), TARGET (a list). An empty NO
continues the row of the page before, as a page break leaves it.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import docx
import openpyxl
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from reportlab.lib.colors import black
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import SimpleDocTemplate, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

CONTOH = Path(__file__).parents[1] / "examples" / "rkt-kpu-kubu-raya-2024.md"
PERIKSA = CONTOH.with_name("rkt-kpu-kubu-raya-2024-indikator.csv")
JUDUL = ("NO", "SASARAN KEGIATAN", "INDIKATOR KINERJA", "TARGET CAPAIAN")
ATAS = ("RENCANA KINERJA TAHUNAN", "KOMISI PEMILIHAN UMUM", "KABUPATEN KUBU RAYA", "TAHUN 2024")
BAWAH = (
    "SUNGAI RAYA, JANUARI 2024",
    "KOMISI PEMILIHAN UMUM",
    "KABUPATEN KUBU RAYA",
    "SEKRETARIS,",
    "FITRI",
)


@dataclass(frozen=True)
class Baris:
    """One row of a page."""

    no: str
    sasaran: str
    indikator: tuple[str, ...]
    target: tuple[str, ...]


@dataclass(frozen=True)
class Halaman:
    """One page of the table: its headings and rows."""

    judul: tuple[str, ...]
    baris: tuple[Baris, ...]


def checked_rows() -> list[dict[str, str]]:
    """The table checked by hand, row by row."""
    with PERIKSA.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def checked_pages() -> list[Halaman]:
    """The checked plan as two long tables: all sasaran program, all sasaran kegiatan."""
    pages = []
    for level, of_level in groupby(checked_rows(), lambda row: row["tingkat_header"]):
        rows = []
        for number, group in groupby(of_level, lambda row: row["no_sasaran"]):
            of_row = list(group)
            texts = tuple(f"• {row['indikator']}" for row in of_row)
            targets = tuple(row["target_mentah"] for row in of_row)
            rows.append(Baris(f"{number}.", of_row[0]["sasaran"], texts, targets))
        pages.append(Halaman(("NO", f"SASARAN {level.upper()}", *JUDUL[2:]), tuple(rows)))
    return pages


def source_pages() -> list[Halaman]:
    """The 11 table pages of the real document, its rows cut as the page breaks cut them."""
    pages: list[Halaman] = []
    for line in CONTOH.read_text(encoding="utf-8").split("\n"):
        cells = line.split("\t")
        if cells[0] == "NO":
            pages.append(Halaman(tuple(cells), ()))
        elif len(cells) == 4 and "".join(cells[:2]) not in ("12", "<i>1</i><i>2</i>"):
            row = Baris(cells[0], cells[1], _paragraphs(cells[2]), _paragraphs(cells[3]))
            pages[-1] = Halaman(pages[-1].judul, (*pages[-1].baris, row))
    return pages


def _paragraphs(cell: str) -> tuple[str, ...]:
    marked = re.sub(r"</?(?:p|ul)[^>]*>", "\n", cell.replace("•", "\n•"))
    return tuple(part.strip() for part in marked.split("\n") if part.strip(" •"))


def one_page(*rows: tuple[str, str, str, str], judul: tuple[str, ...] = JUDUL) -> list[Halaman]:
    """A page of rows given as four plain texts."""
    return [
        Halaman(
            judul, tuple(Baris(no, s, tuple(i.split("\n")), tuple(t.split("\n"))) for no, s, i, t in rows)
        )
    ]


def write_md(
    path: Path,
    pages: Sequence[Halaman],
    atas: Sequence[str] = ATAS,
    bawah: Sequence[str] = BAWAH,
    numbers: bool = True,
) -> Path:
    """Tab separated rows as they come out of a PDF: every cell on one line."""
    lines = [*atas, ""]
    for page in pages:
        lines += ["\t".join(page.judul), *(["\t".join("1234")] if numbers else [])]
        lines += ["\t".join((b.no, b.sasaran, " ".join(b.indikator), " ".join(b.target))) for b in page.baris]
        lines.append("")
    path.write_text("\n".join([*lines, *bawah]), encoding="utf-8")
    return path


def write_docx(path: Path, pages: Sequence[Halaman], *, bulleted: bool = False) -> Path:
    """One table per page, rows as the page breaks cut them; bullets as Word's own lists on demand."""
    document = docx.Document()
    for line in ATAS:
        document.add_paragraph(line)
    for page in pages:
        table = document.add_table(rows=0, cols=4, style="Table Grid")
        _word_heading(table, page.judul)
        for row in page.baris:
            cells = table.add_row().cells
            cells[0].text, cells[1].text = row.no, row.sasaran
            _word_paragraphs(cells[2], row.indikator, bulleted)
            _word_paragraphs(cells[3], row.target, bulleted=False)
        document.add_paragraph("")
    for line in BAWAH:
        document.add_paragraph(line)
    document.save(str(path))
    return path


def write_merged_docx(path: Path, pages: Sequence[Halaman]) -> Path:
    """One row per indikator, NO and SASARAN merged vertically over them."""
    document = docx.Document()
    for line in ATAS:
        document.add_paragraph(line)
    for page in pages:
        table = document.add_table(rows=0, cols=4, style="Table Grid")
        _word_heading(table, page.judul)
        for row in page.baris:
            first = len(table.rows)
            for indikator, target in zip(row.indikator, row.target, strict=True):
                cells = table.add_row().cells
                cells[2].text, cells[3].text = indikator.strip("• "), target
            for column, text in enumerate((row.no, row.sasaran)):
                merged = table.cell(first, column).merge(table.cell(len(table.rows) - 1, column))
                merged.text = text
        document.add_paragraph("")
    for line in BAWAH:
        document.add_paragraph(line)
    document.save(str(path))
    return path


def _word_heading(table: Any, judul: tuple[str, ...]) -> None:
    for texts in (judul, ("1", "2", "3", "4")):
        row = table.add_row()
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
        mark = OxmlElement("w:tblHeader")
        mark.set(qn("w:val"), "true")
        row._tr.get_or_add_trPr().append(mark)


def _word_paragraphs(cell: Any, texts: tuple[str, ...], bulleted: bool) -> None:
    for at, text in enumerate(texts):
        paragraph = cell.paragraphs[0] if at == 0 else cell.add_paragraph()
        paragraph.text = text
        if bulleted and text.startswith("•"):
            paragraph.text = text.strip("• ")
            paragraph.style = "List Bullet"


def excel_value(target: str) -> tuple[float | str, str]:
    """Value and number format of a target as an office would type it: per cent and units by format."""
    if match := re.fullmatch(r"([\d.,]+)%", target):
        return float(match[1].replace(",", ".")) / 100, "0.0%" if "," in target else "0%"
    if match := re.fullmatch(r"([\d.]+) (\w+)", target):
        return int(match[1].replace(".", "")), f'#,##0" {match[2]}"'
    if re.fullmatch(r"\d+(?:,\d+)?", target):
        return float(target.replace(",", ".")), "General"
    return target, "General"


def write_xlsx(path: Path, pages: Sequence[Halaman]) -> Path:
    """One sheet per page, one row per indikator, NO and SASARAN merged, targets stored as numbers."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    for at, page in enumerate(pages):
        sheet = workbook.create_sheet(f"Tabel {at + 1}")
        for line in (*(ATAS if at == 0 else ()), ""):
            sheet.append([line])
        sheet.append(page.judul)
        sheet.append([1, 2, 3, 4])
        for row in page.baris:
            _excel_row(sheet, row)
    for line in ("", *BAWAH):
        sheet.append([None, None, None, line])
    workbook.save(path)
    return path


def _excel_row(sheet: Any, row: Baris) -> None:
    first = sheet.max_row + 1
    for indikator, target in zip(row.indikator, row.target, strict=True):
        value, number_format = excel_value(target)
        sheet.append([None, None, indikator.strip("• "), value])
        sheet.cell(sheet.max_row, 4).number_format = number_format
    number = row.no.strip(".")
    sheet.cell(first, 1).value = int(number) if number.isdigit() else number
    sheet.cell(first, 2).value = row.sasaran
    for column in (1, 2):
        sheet.merge_cells(start_row=first, end_row=sheet.max_row, start_column=column, end_column=column)


def write_pdf(
    path: Path, pages: Sequence[Halaman], atas: Sequence[str] = ATAS, bawah: Sequence[str] = BAWAH
) -> Path:
    """Ruled tables that break wherever a page ends, inside a row too, as a word processor breaks them."""
    pen = _Pen(Canvas(str(path), pagesize=A4))
    pen.write_lines(atas)
    for at, page in enumerate(pages):
        if at:
            pen.turn_page()
        pen.judul = page.judul
        pen.write_heading()
        for row in page.baris:
            pen.write_row([[row.no], [row.sasaran], row.indikator, row.target])
    pen.turn_page()
    pen.write_lines(bawah)
    pen.canvas.save()
    return path


def write_spanned_pdf(path: Path, page: Halaman) -> Path:
    """One row per indikator, the cells NO and SASARAN ruled once over all rows of a number."""
    rows: list[tuple[str, ...]] = [page.judul]
    style: list[Any] = [("GRID", (0, 0), (-1, -1), 0.5, black)]
    for row in page.baris:
        last = len(rows) + len(row.indikator) - 1
        style += [("SPAN", (column, len(rows)), (column, last)) for column in (0, 1)]
        for at, (indikator, target) in enumerate(zip(row.indikator, row.target, strict=True)):
            rows.append((row.no, row.sasaran, indikator, target) if at == 0 else ("", "", indikator, target))
    SimpleDocTemplate(str(path), pagesize=A4).build([Table(rows, style=style)])
    return path


class _Pen:
    """Draws a ruled table line by line; where a page ends, the rest of the row stands on the next one."""

    widths = (35, 185, 200, 80)
    line, top, bottom = 11, 780, 60

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.y = self.top
        self.judul: tuple[str, ...] = ()

    def write_lines(self, lines: Sequence[str]) -> None:
        for text in lines:
            self.canvas.setFont("Helvetica", 9)
            self.canvas.drawString(50, self.y, text)
            self.y -= self.line

    def turn_page(self) -> None:
        self.canvas.showPage()
        self.y = self.top

    def write_heading(self) -> None:
        for texts in (self.judul, ("1", "2", "3", "4")):
            self.write_row([[text] for text in texts])

    def write_row(self, cells: Sequence[Sequence[str]]) -> None:
        wrapped = [
            [line for text in texts for line in simpleSplit(text, "Helvetica", 9, width - 8)]
            for texts, width in zip(cells, self.widths, strict=True)
        ]
        while any(wrapped):
            room = int((self.y - self.bottom) // self.line)
            if room < 2:
                self.turn_page()
                self.write_heading()
                continue
            self._draw([lines[:room] for lines in wrapped])
            wrapped = [lines[room:] for lines in wrapped]

    def _draw(self, cells: list[list[str]]) -> None:
        height = self.line * max(map(len, cells)) + 4
        self.canvas.setFont("Helvetica", 9)
        for at, lines in enumerate(cells):
            left = 45 + sum(self.widths[:at])
            self.canvas.rect(left, self.y - height, self.widths[at], height)
            for n, text in enumerate(lines, start=1):
                self.canvas.drawString(left + 4, self.y - n * self.line, text)
        self.y -= height
