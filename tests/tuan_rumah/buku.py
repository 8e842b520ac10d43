"""A workbook as the stand-in host holds it, and as the Office.js client of xlwings sends it."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import openpyxl
import xlwings
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_to_tuple

if TYPE_CHECKING:
    from pathlib import Path

Buku = dict[str, Any]

_HARI_NOL = datetime.datetime(1899, 12, 30)
_VISIBILITY = {"visible": "Visible", "hidden": "Hidden", "veryHidden": "VeryHidden"}


def lembar(name: str, cells: dict[str, Any], terbuka: tuple[str, ...] | None = None) -> dict[str, Any]:
    """A sheet by hand; `terbuka` names the cells that a protected sheet leaves open, None: it is not protected."""
    places = dict.fromkeys((*cells, *(terbuka or ())))
    return {
        "name": name,
        "tampak": "Visible",
        "terlindung": terbuka is not None,
        "names": [],
        "cells": {at: {"nilai": cells.get(at, ""), "terkunci": at not in (terbuka or ())} for at in places},
    }


def buku(name: str, *sheets: dict[str, Any], names: tuple[dict[str, str], ...] = ()) -> Buku:
    """A workbook of such sheets, the first one active."""
    return {
        "name": name,
        "aktif": 0,
        "dipilih": "A1",
        "hitungan": "Automatic",
        "sheets": list(sheets),
        "names": list(names),
    }


def read_buku(path: Path) -> Buku:
    """A written workbook with its stored values, formulas, formats, locks and names."""
    values, formulas = (openpyxl.load_workbook(path, data_only=flag) for flag in (True, False))
    sheets = []
    for sheet in formulas.worksheets:
        cells: dict[str, Any] = {}
        for row in sheet.iter_rows():
            for cell in row:
                nilai = _entered(values[sheet.title][cell.coordinate].value)
                open_or_used = nilai != "" or not cell.protection.locked or cell.number_format != "General"
                if open_or_used:
                    rumus = {"rumus": str(cell.value)} if cell.data_type == "f" else {}
                    known = {
                        "nilai": nilai,
                        "format": cell.number_format,
                        "terkunci": bool(cell.protection.locked),
                    }
                    cells[cell.coordinate] = known | rumus
        sheets.append(
            {
                "name": sheet.title,
                "tampak": _VISIBILITY[sheet.sheet_state],
                "terlindung": bool(sheet.protection.sheet),
                "names": [],
                "cells": cells,
            }
        )
    names = []
    for name, defined in formulas.defined_names.items():
        targets = list(defined.destinations) if defined.type == "RANGE" else []
        if len(targets) == 1 and targets[0][0] in formulas.sheetnames:
            title, at = targets[0]
            names.append(
                {"nama": name, "formula": f"={defined.value}", "lembar": title, "alamat": at.replace("$", "")}
            )
    return buku(path.name, *sheets, names=tuple(names))


def _entered(value: Any) -> Any:
    """As Excel hands it to a page: dates as serial numbers, nothing as an empty text."""
    if isinstance(value, datetime.datetime):
        return (value - _HARI_NOL) / datetime.timedelta(days=1)
    return "" if value is None else value


def payload(book: Buku) -> dict[str, Any]:
    """What custom-scripts/index.js posts for this workbook (getBookData), `pivot_tables` and all."""
    names = [
        {
            "name": n["nama"],
            "refers_to": n["formula"],
            "type": "Range",
            "sheet_index": [s["name"] for s in book["sheets"]].index(n["lembar"]),
            "address": n["alamat"],
            "scope_sheet_name": None,
            "scope_sheet_index": None,
            "book_scope": True,
        }
        for n in book["names"]
    ]
    return {
        "client": "Office.js",
        "version": xlwings.__version__,
        "book": {
            "name": book["name"],
            "active_sheet_index": book["aktif"],
            "selection": book["dipilih"],
            "calculation": book["hitungan"],
        },
        "names": names,
        "sheets": [_sheet_payload(sheet) for sheet in book["sheets"]],
    }


def _sheet_payload(sheet: dict[str, Any]) -> dict[str, Any]:
    used = [coordinate_to_tuple(at) for at, cell in sheet["cells"].items() if cell["nilai"] != ""]
    top, left = (min((at[n] for at in used), default=1) for n in (0, 1))
    bottom, right = (max((at[n] for at in used), default=1) for n in (0, 1))
    first, last = f"{get_column_letter(left)}{top}", f"{get_column_letter(right)}{bottom}"
    rows, columns = range(1, bottom + 1), range(1, right + 1)
    values = [
        [sheet["cells"].get(f"{get_column_letter(c)}{r}", {}).get("nilai", "") for c in columns] for r in rows
    ]
    return {
        "name": sheet["name"],
        "visibility": sheet["tampak"],
        "show_gridlines": True,
        "print_area": None,
        "notes": [],
        "notes_supported": False,
        "used_range_address": (first if first == last else f"{first}:{last}") if used else None,
        "used_range_row_count": bottom - top + 1 if used else 0,
        "used_range_column_count": right - left + 1 if used else 0,
        "values": values,
        "pictures": [],
        "shapes": [],
        "charts": [],
        "tables": [],
        "pivot_tables": [],
    }


def call(function: str, *args: Any) -> dict[str, Any]:
    """What custom-functions-code.js posts for a formula in Lembar!D1 of Buku.xlsx."""
    return {
        "client": "Office.js",
        "func_name": function,
        "args": list(args),
        "caller_address": "[Buku.xlsx]Lembar!D1",
        "session_id": "sesi-uji",
        "culture_info_name": "id-ID",
        "date_format": "dd/MM/yyyy",
        "version": xlwings.__version__,
        "runtime": "1.4",
    }
