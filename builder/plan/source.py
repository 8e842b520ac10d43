"""The file of a plan as it is: rows with their places, and settings in the shape of a TOML document."""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell import Cell as XlsxCell
from openpyxl.cell import MergedCell

from builder.angka import clean, readings
from builder.expr import Value
from builder.masalah import Message, Problem, Refused, os_reason
from builder.plan.table import (
    ANGKA,
    KOLOM,
    LEMBAR_ATURAN,
    LEMBAR_BAWAAN,
    LEMBAR_IDENTITAS,
    LEMBAR_RENCANA,
    LEMBAR_SUB_BAGIAN,
    PILIHAN,
    WAJIB,
)
from builder.tampak import visible
from builder.usulan import Baris

Place = Callable[[str], str | None]  # column name -> where its cell stands, as a person finds it


@dataclass(frozen=True, slots=True)
class PlanSource:
    """A plan as its file has it."""

    path: Path
    rows: tuple[tuple[Baris, Place], ...]
    settings: Mapping[str, Any]
    lembar: str | None  # the sheet of the rows; None in a CSV
    unknown: tuple[str, ...] = ()  # headings that the program does not read


def read_source(path: Path) -> PlanSource:
    """Read a plan file; raises Refused where it is missing, of another kind, or no table of a plan."""
    if not path.is_file():
        raise Refused(Problem(Message.S01, str(path)))
    readers = {".xlsx": _read_xlsx, ".xlsm": _read_xlsx, ".csv": _read_csv}
    if path.suffix.lower() not in readers:
        raise Refused(
            Problem(
                Message.S02,
                path.name,
                values={"jenis": path.suffix or "tanpa akhiran", "daftar": ".xlsx atau .csv"},
            )
        )
    try:
        return _as_seen(readers[path.suffix.lower()](path))
    except OSError as error:
        raise Refused(Problem(Message.S03, path.name, values={"sebab": os_reason(error)})) from error
    except (zipfile.BadZipFile, KeyError, ValueError, csv.Error) as error:
        cause = "isinya bukan tabel rencana yang utuh"
        raise Refused(Problem(Message.S03, path.name, values={"sebab": cause})) from error


def _as_seen(source: PlanSource) -> PlanSource:
    """Texts pasted from documents bring characters along that nobody sees: from here on they are named."""
    rows = tuple(({c: _seen(v) for c, v in row.items()}, place) for row, place in source.rows)
    return replace(source, rows=rows, settings=_seen(source.settings))


def _seen(found: Any) -> Any:
    if isinstance(found, Mapping):
        return {name: _seen(v) for name, v in found.items()}
    if isinstance(found, list):
        return [_seen(v) for v in found]
    return visible(found) if isinstance(found, str) else found


def _read_csv(path: Path) -> PlanSource:
    text = path.read_bytes().decode("utf-8-sig")
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)  # Excel writes ";" where "," is the decimal mark
    table = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    headings = [clean(h).lower() for h in table[0]] if table else []
    _require(path, headings)
    rows: list[tuple[Baris, Place]] = []
    for n, line in enumerate(table[1:], 2):
        if any(clean(c) for c in line):
            cells: Baris = {h: clean(c) or None for h, c in zip(headings, line, strict=False)}
            rows.append((_normalize(cells), lambda column, n=n: f"baris {n}, kolom {column}"))  # type: ignore[misc]
    beside = path.with_suffix(".toml")
    settings = tomllib.loads(beside.read_text("utf-8")) if beside.is_file() else {}
    return PlanSource(path, tuple(rows), settings, None, _unknown(headings))


def _normalize(cells: Baris) -> Baris:
    """Numbers as numbers (97.5 as programs write it, or 97,5 as people do), choices in small letters."""
    return {
        c: number(v, percent=str(cells.get("tipe") or "persentase").lower() == "persentase")
        if c in ANGKA
        else v.lower()
        if c in PILIHAN and isinstance(v, str)
        else v
        for c, v in cells.items()
    }


def number(value: Value, *, percent: bool = True) -> Value:
    """A number written as text, as a number; with two readings ("1.000": 1 or 1000) it stays text, and is refused."""
    if not isinstance(value, str):
        return value
    found = readings(value.removesuffix("%").strip() if percent else value)
    if found:
        return found[0] if len(found) == 1 else value
    try:
        plain = float(value)
    except ValueError:
        return value
    return plain if abs(plain) < float("inf") else value


def _unknown(headings: Sequence[str]) -> tuple[str, ...]:
    return tuple(h for h in headings if h and h not in KOLOM)


def _require(path: Path, headings: Sequence[str]) -> None:
    twice = sorted({h for h in headings if h and headings.count(h) > 1})
    if twice:
        raise Refused(Problem(Message.P23, path.name, values={"kolom": ", ".join(twice)}))
    missing = [c for c in WAJIB if c not in headings]
    if missing:
        raise Refused(
            Problem(Message.P05, path.name, values={"kolom": ", ".join(missing), "wajib": ", ".join(WAJIB)})
        )


def _read_xlsx(path: Path) -> PlanSource:
    book = openpyxl.load_workbook(path, data_only=True)
    if LEMBAR_BAWAAN in book.sheetnames:
        return read_bawaan(path, book[LEMBAR_BAWAAN].iter_rows(values_only=True))
    sheet = book[LEMBAR_RENCANA] if LEMBAR_RENCANA in book.sheetnames else book.worksheets[0]
    lines = list(sheet.iter_rows())
    top = next((n for n, line in enumerate(lines) if {"id", "indikator"} <= {_heading(c) for c in line}), 0)
    headings = [_heading(c) for c in lines[top]] if lines else []
    _require(path, headings)
    rows: list[tuple[Baris, Place]] = []
    for line in lines[top + 1 :]:
        cells = {h: _cell_value(c) for h, c in zip(headings, line, strict=True) if h}
        if any(v is not None for v in cells.values()):
            where = {h: c.coordinate for h, c in zip(headings, line, strict=True) if h}
            rows.append((_normalize(cells), where.get))
    return PlanSource(path, tuple(rows), _sheet_settings(book), sheet.title, _unknown(headings))


def read_bawaan(path: Path, lines: Iterable[Sequence[Any]]) -> PlanSource:
    """The plan that a konsolidasi carries, from the rows of its hidden sheet; raises Refused where it is broken."""
    settings, headings, *table = list(lines)
    names = [str(h) for h in headings if h is not None]
    rows: list[tuple[Baris, Place]] = []
    for n, line in enumerate(table, 3):
        if any(v is not None for v in line):
            rows.append((_normalize(dict(zip(names, line, strict=False))), lambda _, n=n: f"A{n}"))  # type: ignore[misc]
    return PlanSource(path, tuple(rows), json.loads(str(settings[0])), LEMBAR_BAWAAN)


def _heading(cell: XlsxCell | MergedCell) -> str:
    """Column name of a heading: the plan form writes the name as a program knows it into the hidden row."""
    return clean(str(cell.value)).lower() if cell.value is not None else ""


def _cell_value(cell: XlsxCell | MergedCell) -> Value:
    """A number with a per cent format in points; text without what cannot be seen."""
    value = cell.value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, (int, float)):
        return float(f"{value * 100:.15g}") if "%" in str(cell.number_format) else float(value)
    return None if value is None else clean(str(value)) or None


def _sheet_settings(book: openpyxl.Workbook) -> dict[str, Any]:
    """Settings of a plan workbook in the shape of the TOML document."""
    settings: dict[str, Any] = {}
    if LEMBAR_IDENTITAS in book.sheetnames:
        settings["identitas"] = {str(k): v for k, v in _pairs(book[LEMBAR_IDENTITAS])}
    if LEMBAR_SUB_BAGIAN in book.sheetnames:
        table = _tables(book[LEMBAR_SUB_BAGIAN]).get("sub_bagian", [])
        settings["sub_bagian"] = [
            {"kode": r[0], "nama": r[1], "fungsi": re.findall(r"\w+", str(r[2] or ""))} for r in table
        ]
    if LEMBAR_ATURAN in book.sheetnames:
        settings["aturan"] = {str(k): v for k, v in _pairs(book[LEMBAR_ATURAN])} | _tables(
            book[LEMBAR_ATURAN]
        )
    return settings


def _pairs(sheet: Any) -> Iterator[tuple[Value, Value]]:
    """Settings of a sheet: the name as a program knows it in column A (hidden), the value in column C."""
    for line in sheet.iter_rows(min_col=1, max_col=3):
        name, value = _cell_value(line[0]), line[2].value
        if isinstance(name, str) and not name.startswith("tabel:"):
            yield name, clean(value) if isinstance(value, str) else value


def _tables(sheet: Any) -> dict[str, list[list[Value]]]:
    """Tables of a sheet: rows whose column A says "tabel:NAME"; their cells from column B on."""
    tables: dict[str, list[list[Value]]] = {}
    for line in sheet.iter_rows():
        name = _cell_value(line[0])
        cells = [_cell_value(c) for c in line[1:4]]
        if isinstance(name, str) and name.startswith("tabel:") and any(c is not None for c in cells):
            tables.setdefault(name.removeprefix("tabel:"), []).append(cells)
    return tables
