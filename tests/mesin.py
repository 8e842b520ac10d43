"""The spreadsheet engines as witnesses: LibreOffice and IronCalc compute a written file on their own.

Each returns every cell that holds something: (sheet, address) -> value. `compare_book` holds these against
what Python computes for the same book. `compute_card` and `hear` let three voices say what cards of a made-up
plan show. What belongs to one workbook is one test, so that workers of xdist share nothing.
"""

from __future__ import annotations

import atexit
import functools
import math
import os
import shutil
import subprocess
import tempfile
import warnings
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ironcalc
import kasus
import openpyxl
import pytest

from builder import capaian
from builder.expr import Expr, Key, Value
from builder.layout import Book, Cell, address
from builder.plan.settings import default_aturan
from builder.rkt import Aturan, Identitas, Indikator, Rkt, Sasaran, SubBagian, Tingkat
from builder.writer import write_book
from workbook_templates.buku_kerja import buku_kerja
from workbook_templates.kartu import Isi
from workbook_templates.tema import STYLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Nilai = dict[tuple[str, str], Value]  # (sheet, address) -> value; what is not in it is blank
Tampilan = dict[tuple[str, str], Value]  # of one card: (baris, column) -> value

MESIN = ("ironcalc", "libreoffice")  # the one that is always there first

WAJIB = "RKT_WAJIB_LIBREOFFICE"  # set to 1 where a missing soffice is a failure: in CI
BERSIH = 12  # significant digits in which engines agree

_SETTING = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">\
<value>{mode}</value></prop></item>
</oor:items>
"""
_ALWAYS, _NEVER = 0, 1


# --- the engines ----------------------------------------------------------------------------------------------


def recalculate_libreoffice(path: Path, out_dir: Path, *, forced: bool = True) -> Nilai:
    """Every cell as LibreOffice computes it; `forced=False`: as it shows a file whose values it trusts."""
    return read_values(save_with_libreoffice(path, out_dir, forced=forced))


def save_with_libreoffice(path: Path, out_dir: Path, *, forced: bool = True) -> Path:
    """The file as LibreOffice saves it again."""
    return _convert(path, out_dir, "xlsx:Calc MS Excel 2007 XML", forced=forced)


def print_with_libreoffice(path: Path, out_dir: Path) -> Path:
    """The file as LibreOffice prints it: a PDF."""
    return _convert(path, out_dir, "pdf", forced=True)


def _convert(path: Path, out_dir: Path, into: str, *, forced: bool) -> Path:
    soffice = _find_soffice()
    profile = _profile(_ALWAYS if forced else _NEVER)
    out_dir.mkdir(parents=True, exist_ok=True)
    written = out_dir / f"{path.stem}.{into.split(':')[0]}"
    if written.exists():
        raise FileExistsError(f"{written} would be taken for LibreOffice's answer")
    command = [soffice, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
    command += ["--convert-to", into, "--outdir", str(out_dir), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    if done.returncode or not written.exists():
        pytest.fail(f"LibreOffice did not convert {path.name}: {done.stdout} {done.stderr}")
    return written


def recalculate_ironcalc(path: Path) -> Nilai:
    """Every cell as IronCalc computes it."""
    model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
    model.evaluate()
    names = [sheet["name"] for sheet in model.get_worksheets_properties()]
    values: Nilai = {}
    for sheet, row, column in model.get_all_cells():
        value = model.get_cell_value(sheet, row, column)
        if value is not None:
            values[names[sheet], address(row - 1, column - 1)] = value
    return values


def recalculate(mesin: str, path: Path, folder: Path) -> Nilai:
    """Every cell as one of `MESIN` computes it; files of its own go below `folder`."""
    return recalculate_libreoffice(path, folder / mesin) if mesin == MESIN[-1] else recalculate_ironcalc(path)


def read_values(path: Path) -> Nilai:
    """Every cell's stored value: of a formula, the one cached beside it."""
    with warnings.catch_warnings():
        # LibreOffice writes some rules as extensions, which openpyxl drops; values are not touched.
        warnings.filterwarnings("ignore", r".* extension is not supported", UserWarning, "openpyxl")
        workbook = openpyxl.load_workbook(path, read_only=True, data_only=True)
        values: Nilai = {}
        for sheet in workbook.worksheets:
            for row, cells in enumerate(sheet.iter_rows(min_row=1, min_col=1, values_only=True)):
                for column, value in enumerate(cells):
                    if value is not None:
                        values[sheet.title, address(row, column)] = value  # type: ignore[assignment]
        workbook.close()
    return values


def _find_soffice() -> str:
    soffice = shutil.which("soffice") or shutil.which("libreoffice")
    if soffice is None:
        missing = "LibreOffice (soffice) is not installed"
        if os.environ.get(WAJIB) == "1":
            pytest.fail(f"{missing}, and {WAJIB}=1 asks for it")
        pytest.skip(missing)
    return soffice


@functools.cache
def _profile(mode: int) -> Path:
    """A throw-away profile of this process (so of this xdist worker), with its rule for stored values."""
    folder = Path(tempfile.mkdtemp(prefix=f"rkt-soffice-{os.getpid()}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "user").mkdir()
    (folder / "user" / "registrymodifications.xcu").write_text(_SETTING.format(mode=mode), encoding="utf-8")
    return folder


# --- the comparison -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Beda:
    """A formula cell on which Python and an engine differ; `key` is None where the form gave the cell none."""

    sheet: str
    address: str
    key: Key | None
    python: Value
    engine: Value

    def __str__(self) -> str:
        name = "|".join(self.key) if self.key else "(no key)"
        return f"{self.sheet}!{self.address} {name}: Python {self.python!r}, engine {self.engine!r}"


def formula_cells(book: Book) -> Iterator[tuple[str, Cell]]:
    """Every formula of a book with the name of its sheet."""
    for sheet in book.sheets:
        for cell in sheet.cells:
            if isinstance(cell.content, Expr):
                yield sheet.name, cell


def compare_book(book: Book, values: Mapping[tuple[str, str], Value]) -> list[Beda]:
    """Formula cells whose value by Python is not the engine's."""
    differences = []
    for sheet, cell in formula_cells(book):
        at = address(cell.row, cell.column)
        python, engine = book.value(cell), values.get((sheet, at))
        if not same_value(python, engine):
            differences.append(Beda(sheet, at, cell.key, python, engine))
    return differences


def same_value(one: Value, other: Value) -> bool:
    """Numbers to 12 significant digits, words exactly; None and "" are both blank; TRUE is no number."""
    a, b = as_number(one), as_number(other)
    if a is not None and b is not None:
        return math.isclose(a, b, rel_tol=10.0**-BERSIH, abs_tol=10.0**-BERSIH)
    if a is not None or b is not None or isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return (one or "") == (other or "")


def as_number(value: Value) -> float | None:
    """A number, or None for anything else; TRUE is none."""
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def is_shown(text: str, value: Value) -> bool:
    """Whether a value shows as the table prints it: at most two decimals, half up; words exactly."""
    try:
        printed = Decimal(repr(kasus.parse_number(text)))
    except ValueError:
        return ("" if value is None else value) == text
    number = as_number(value)
    return number is not None and round_points(number, 2, percent=text.endswith("%")) == printed


def round_points(number: float, digits: int, *, percent: bool) -> Decimal:
    """Half up in two steps, as DOMAIN 6 asks for; a fraction as points where `percent`."""
    exact = Decimal(repr(float(number))) * (100 if percent else 1)
    for step in (8, digits):
        exact = exact.quantize(Decimal(1).scaleb(-step), ROUND_HALF_UP)
    return exact


# --- cards of a made-up plan ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kartu:
    """One indikator (its id is given anew) with what stands in its entry cells, at a triwulan pelaporan."""

    indikator: Indikator
    isian: Mapping[tuple[int, str], Value]  # (triwulan, column) -> content
    triwulan: int


@dataclass(frozen=True, slots=True)
class Lembaran:
    """Cards of one triwulan pelaporan as a written workbook, where each has an id of its own."""

    buku: Book
    path: Path
    id: tuple[str, ...]


def _default_aturan() -> Aturan:
    tables: dict[str, Any] = {
        name: tuple(map(tuple, value)) if isinstance(value, list) else value
        for name, value in default_aturan().items()
    }
    return Aturan(**tables)


ATURAN = _default_aturan()
_KARTU_PER_LEMBAR = 20


def write_cards(
    kartu: Sequence[Kartu], folder: Path, aturan: Aturan = ATURAN, ids: Sequence[str] = ()
) -> Lembaran:
    """Cards with the same triwulan pelaporan as one workbook; `ids` where it matters what stands together."""
    (k,) = {card.triwulan for card in kartu}
    ids = ids or [card_id(n) for n in range(len(kartu))]
    indikator = tuple(
        replace(card.indikator, id=id, fungsi="REN") for id, card in zip(ids, kartu, strict=True)
    )
    entries = {
        Key(i.id, f"TW{j}", column): value
        for i, card in zip(indikator, kartu, strict=True)
        for (j, column), value in card.isian.items()
    }
    rkt = make_rkt(indikator, aturan)
    book = buku_kerja(rkt, rkt.sub_bagian[0], Isi(entries), triwulan=k)
    path = folder / f"tw{k}.xlsx"
    write_book(book, STYLES, path)
    return Lembaran(book, path, tuple(ids))


def card_id(n: int) -> str:
    """Id of the n-th card from 0: S01-I1, ..."""
    return f"S{n // _KARTU_PER_LEMBAR + 1:02d}-I{n % _KARTU_PER_LEMBAR + 1}"


def make_rkt(indikator: Sequence[Indikator], aturan: Aturan) -> Rkt:
    """A plan of these indikator; those of the function KUL belong to another sub-bagian than the first."""
    by_sasaran: dict[str, list[Indikator]] = {}
    for i in indikator:
        by_sasaran.setdefault(i.id.split("-")[0], []).append(i)
    return Rkt(
        Identitas("Kantor uji", 2024),
        tuple(Sasaran(int(s[1:]), Tingkat.KEGIATAN, f"Sasaran {s}", tuple(i)) for s, i in by_sasaran.items()),
        (SubBagian("REN", "Uji", ("REN",)), SubBagian("KUL", "Lain", ("KUL",))),
        aturan,
    )


def compute_card(card: Kartu, aturan: Aturan = ATURAN) -> Tampilan:
    """What a card shows by Python."""
    entries = {Key(card.indikator.id, f"TW{j}", column): value for (j, column), value in card.isian.items()}
    computed = capaian.compute(card.indikator, aturan, entries, card.triwulan)
    cells = {**entries, **capaian.target_cells(card.indikator), **computed}
    return {(key.baris, key.kolom): value for key, value in cells.items()}


def is_lost_on_libreoffice(card: Kartu) -> bool:
    """TRUE or FALSE in a cell with a number format: LibreOffice takes it for 1 or 0 as it opens the file.

    No formula can tell it from a typed 1 then, so these cards are asked of Python and IronCalc only;
    A test in test_aturan.py says when that ends.
    """
    typed = (v for (_, column), v in card.isian.items() if column == "realisasi")
    return not card.indikator.tipe.is_word and any(isinstance(v, bool) for v in typed)


def hear(mesin: str, lembaran: Lembaran, folder: Path) -> list[Tampilan]:
    """What each card of a workbook shows by one of the engines; as ("rekap", column) its line of Rekap."""
    values = recalculate(mesin, lembaran.path, folder)
    cards: dict[str, Tampilan] = {id: {} for id in lembaran.id}
    for key, place in lembaran.buku.places.items():
        value = values.get((place.sheet, place.address))
        if key.id in cards:
            cards[key.id][key.baris, key.kolom] = value
        elif key.id == "rekap":
            cards[key.baris]["rekap", key.kolom] = value
    return list(cards.values())
