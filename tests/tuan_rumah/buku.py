"""A workbook as the stand-in host holds it, and as the Office.js client of xlwings sends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import xlwings
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_to_tuple
from tuan_rumah_excel import SAAT, Lembar, Sel, open_buku

if TYPE_CHECKING:
    from pathlib import Path

Buku = dict[str, Any]


def lembar(name: str, cells: dict[str, Any], terbuka: tuple[str, ...] | None = None) -> dict[str, Any]:
    """A sheet by hand; `terbuka` names the cells that a protected sheet leaves open, None: it is not protected."""
    places = dict.fromkeys((*cells, *(terbuka or ())))
    known = {at: {"nilai": cells.get(at, ""), "terkunci": at not in (terbuka or ())} for at in places}
    return {
        "name": name,
        "tampak": "Visible",
        "terlindung": terbuka is not None,
        "baris_terkunci": True,
        "names": [],
        "cells": known,
        "kolom": {},  # how cells that are not there yet look
        "tinggi": {},  # of rows, from 1
        "tertutup": [],  # cells of a merged block but for its first
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
    """A written workbook with its stored values, formulas, formats, locks, heights, merged blocks and names."""
    opened = open_buku(path)
    names = [
        {"nama": name, "formula": f"='{title}'!{at}", "lembar": title, "alamat": at.replace("$", "")}
        for name, (title, at) in opened.names.items()
    ]
    return buku(path.name, *map(_read_lembar, opened.sheets), names=tuple(names))


def _read_lembar(sheet: Lembar) -> dict[str, Any]:
    return lembar(sheet.name, {}) | {
        "tampak": "Visible" if sheet.visible else "Hidden",
        "terlindung": sheet.protected,
        "baris_terkunci": sheet.rows_locked,
        "cells": {_at(*place): _known(cell) for place, cell in sheet.cells.items()},
        "kolom": {get_column_letter(n + 1): _known(look) for n, look in sheet.columns.items()},
        "tinggi": {str(row + 1): height for row, height in sheet.heights.items()},
        "tertutup": [_at(*place) for place, first in sheet.merged.items() if place != first],
    }


def _at(row: int, column: int) -> str:
    return f"{get_column_letter(column + 1)}{row + 1}"


def _known(cell: Sel) -> dict[str, Any]:
    known = {
        "nilai": "" if cell.nilai is None else cell.nilai,
        "format": cell.format,
        "terkunci": cell.terkunci,
    }
    return known | ({"rumus": cell.rumus} if cell.rumus else {})


def isi(book: Buku) -> dict[str, Any]:
    """What every cell says and how high each row is, times left out; of our formulas only links show what they say."""
    found: dict[str, Any] = {}
    for sheet in book["sheets"]:
        for at, cell in sheet["cells"].items():
            nilai, rumus = cell.get("nilai", ""), cell.get("rumus")
            if rumus or nilai != "":
                told = SAAT.sub("SAAT", nilai) if isinstance(nilai, str) else nilai
                shown = told if rumus is None or rumus.startswith("=HYPERLINK(") else None
                found[f"{sheet['name']}!{at}"] = (rumus, shown, cell.get("format"))
        found |= {f"{sheet['name']} tinggi {row}": height for row, height in sheet["tinggi"].items()}
    return found


def differences(one: Buku, other: Buku) -> set[str]:
    """Where two workbooks do not hold the same."""
    left, right = isi(one), isi(other)
    return {at for at in left.keys() | right.keys() if left.get(at) != right.get(at)}


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
