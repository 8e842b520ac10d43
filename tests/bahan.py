"""Materials of the tests: the example plan, made-up plans of other offices, and workbooks as staff would fill them."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl

from builder.commands import build_workbooks
from builder.contoh import RENCANA, examples_folder
from builder.expr import Key
from builder.layout import Book, Place
from builder.plan import read_plan
from builder.plan.table import KOLOM
from builder.rkt import Rkt
from workbook_templates.buku_kerja import buku_kerja, file_name

RENCANA_CONTOH = examples_folder() / RENCANA


@cache
def rkt_contoh() -> Rkt:
    return read_plan(RENCANA_CONTOH)[0]


_BOOKS: dict[tuple[int, str], Book] = {}  # a plan and a sub-bagian always give the same book


def book_of(rkt: Rkt, id: str) -> Book:
    """The buku kerja that an indikator stands in."""
    indikator = rkt.find_indikator(id)
    assert indikator is not None
    sub_bagian = rkt.owner(indikator)
    place = (hash(rkt.indikator), sub_bagian.kode)
    if place not in _BOOKS:
        _BOOKS[place] = buku_kerja(rkt, sub_bagian)
    return _BOOKS[place]


def place_of(rkt: Rkt, key: Key) -> Place:
    return book_of(rkt, key.id).places[key]


def file_of(rkt: Rkt, id: str) -> str:
    indikator = rkt.find_indikator(id)
    assert indikator is not None
    return file_name(rkt, rkt.owner(indikator))


def type_into(
    folder: Path, rkt: Rkt, contents: Mapping[Key, Any], formats: Mapping[Key, str] | None = None
) -> list[Path]:
    """Type contents into the buku kerja of a folder, past every validation, and save them; returns the files."""
    files: dict[str, dict[Key, Any]] = {}
    for key, content in contents.items():
        files.setdefault(file_of(rkt, key.id), {})[key] = content
    for name, cells in files.items():
        book = openpyxl.load_workbook(folder / name)
        for key, content in cells.items():
            place = place_of(rkt, key)
            cell = book[place.sheet][place.address]
            cell.value = content
            if formats and key in formats:
                cell.number_format = formats[key]
        book.save(folder / name)
    return [folder / name for name in sorted(files)]


@cache
def _built(rencana: Path, triwulan: int) -> tuple[tuple[str, bytes], ...]:
    with tempfile.TemporaryDirectory() as folder:
        built = build_workbooks(rencana, Path(folder), triwulan=triwulan, makro=False).berkas
        return tuple((p.name, p.read_bytes()) for p in built)


def build(folder: Path, rencana: Path = RENCANA_CONTOH, triwulan: int = 2) -> list[Path]:
    """The workbooks of a plan in a folder, built once for all tests of a process; returns the buku kerja."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in _built(rencana, triwulan):
        (folder / name).write_bytes(content)
    return [folder / name for name, _ in _built(rencana, triwulan) if name.startswith("BukuKerja")]


def write_rencana(path: Path, rows: Iterable[Mapping[str, Any]], settings: str = "") -> Path:
    """A plan as CSV, with its .toml."""
    out = io.StringIO()
    writer = csv.DictWriter(out, KOLOM, extrasaction="raise")
    writer.writeheader()
    writer.writerows(dict(r) for r in rows)
    path.write_text(out.getvalue(), "utf-8")
    path.with_suffix(".toml").write_text(settings or identitas(), "utf-8")
    return path


def identitas(kantor: str = "KPU Kota Contoh", tahun: int = 2026, skema: str = "pkpu14-2020") -> str:
    return f'skema = "{skema}"\n[identitas]\nkantor = "{kantor}"\ntahun = {tahun}\n'


def baris(id: str = "S01-I1", **cells: Any) -> dict[str, Any]:
    """One sound row of a plan, with some cells replaced."""
    row: dict[str, Any] = {
        "id": id,
        "tingkat": "kegiatan",
        "sasaran": f"Terwujudnya sasaran {id.split('-')[0]}",
        "indikator": f"Persentase arsip {id} yang tertata",
        "target": "90%",
        "tipe": "persentase",
        "nilai": "90",
        "satuan": "%",
        "fungsi": "KUL",
        "polaritas": "maximize",
    }
    return row | cells
