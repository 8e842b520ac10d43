"""Ranges in the tables of the worksheet functions, and the folder of an office that KONSOLIDASI is tried on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import bahan
import kasus
import mesin

from builder.commands import build_workbooks, write_plan
from builder.expr import Key
from builder.plan import read_plan
from builder.plan.table import as_row
from builder.rkt import Ragu

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Table of cases -> function, and the columns that are its arguments.
FUNGSI = {
    "fungsi-capaian": ("CAPAIAN", ("realisasi", "target", "tipe", "polaritas")),
    "fungsi-kategori": ("KATEGORI", ("capaian",)),
    "fungsi-realisasi-sd": ("REALISASI_SD", ("tw", "konsolidasi")),
}


def _texts(cell: str) -> list[list[str]]:
    """`;` stands between cells below each other, `&` between cells beside each other."""
    return [[text.strip() for text in row.split("&")] for row in cell.split(";")]


def parse_rentang(cell: str) -> list[list[Any]]:
    """A range as xlwings hands it over (ndim=2)."""
    return [[kasus.parse_isian(text) for text in row] for row in _texts(cell)]


def faults(line: dict[str, str], found: Any) -> Iterator[str]:
    """Where an answer has another shape or shows something else than the table says."""
    wanted = _texts(line["hasil"])
    shown = found if isinstance(found, list) else [[found]]
    if [len(row) for row in shown] != [len(row) for row in wanted]:
        yield f"{line['kasus']}: another shape: {found!r}"
        return
    for texts, values in zip(wanted, shown, strict=True):
        for text, value in zip(texts, values, strict=True):
            if not mesin.is_shown(text, value):
                yield f"{line['kasus']}: must show {text!r}, shows {value!r}"


# As aturan/fungsi-konsolidasi.md tells it.
KIRIMAN = {
    Key("S43-I1", "TW1", "pembilang"): 40,
    Key("S43-I1", "TW1", "penyebut"): 50,
    Key("S14-I1", "TW1", "realisasi"): 2,
    Key("S16-I1", "TW1", "pembilang"): 9,
    Key("S16-I1", "TW1", "penyebut"): 10,
    Key("S24-I1", "TW1", "pembilang"): "Nihil",
    Key("S24-I1", "TW2", "pembilang"): 1,
    Key("S24-I1", "TW2", "penyebut"): 1,
    Key("S27-I1", "TW1", "realisasi"): "1.250",
    Key("S14-I1", "TW1", "kendala"): "- 1/2 berkas belum diserahkan, sisanya menunggu tanda tangan. " * 5,
}


def make_kantor(folder: Path) -> Path:
    """A folder as the konsolidator has it: the plan, and the returns of two sub-bagian in `kiriman`."""
    rkt, _ = read_plan(bahan.RENCANA_CONTOH)
    doubt = {"S16-I1": frozenset({Ragu.POLARITAS})}
    rows = [as_row(s, replace(i, ragu=doubt.get(i.id, i.ragu))) for s in rkt.sasaran for i in s.indikator]
    rencana = folder / "Rencana-2024.xlsx"
    write_plan(rows, rkt.identitas, rencana)
    build_workbooks(rencana, folder / "buku-kerja", triwulan=2)
    (folder / "kiriman").mkdir()
    for path in bahan.type_into(folder / "buku-kerja", read_plan(rencana)[0], KIRIMAN):
        path.rename(folder / "kiriman" / path.name)
    return folder
