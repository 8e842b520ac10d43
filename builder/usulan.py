"""Proposals for the columns of a plan that a document leaves open, from patterns in `data/usulan.toml`.

Only blank cells are filled, so what the perencana wrote always stands. The proposals of triwulan targets
follow DOMAIN 5 [conv].
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from builder.expr import Value
from builder.rkt import TRIWULAN, Hitungan, Isian, Konsolidasi, Lokasi, Polaritas, Ragu, Tipe

Baris = dict[str, Value]  # one row of a plan: column name -> cell


@cache
def _patterns() -> dict[str, Any]:
    return tomllib.loads(files("builder").joinpath("data/usulan.toml").read_text("utf-8"))


def _fits(name: str, text: str) -> bool:
    return any(re.search(p, text, re.IGNORECASE) for p in _patterns()[name])


def complete(row: Baris, tahun: int) -> Baris:
    """The row with every blank column proposed; a doubtful proposal is added to `ragu`.

    A row without a readable tipe is returned as it is: there is nothing to propose for it.
    """
    row = dict(row)
    try:
        tipe = Tipe(str(row.get("tipe") or ""))
    except ValueError:
        return row
    for column, propose in _PROPOSALS.items():
        if row.get(column) in (None, ""):
            row[column] = propose(row, tipe, tahun)
    if all(row.get(f"tw{j}") in (None, "") for j in TRIWULAN):
        row |= {f"tw{j}": t for j, t in zip(TRIWULAN, _targets(row, tipe), strict=True)}
    return row


def add_ragu(row: Baris, ragu: Ragu, sentence: str) -> None:
    """Note a doubt in a row, once."""
    noted = str(row.get("ragu") or "").split()
    if ragu not in noted:
        row["ragu"] = " ".join([*noted, ragu])
        row["keraguan"] = " ".join(p for p in (str(row.get("keraguan") or ""), sentence) if p)


def _text(row: Baris) -> str:
    return str(row.get("indikator") or "")


def _fungsi(row: Baris, tipe: Tipe, tahun: int) -> Value:
    for text in (_text(row), str(row.get("sasaran") or "")):
        for pattern, fungsi, doubtful in _patterns()["fungsi"]:
            if re.search(pattern, text, re.IGNORECASE):
                if doubtful:
                    add_ragu(row, Ragu.PEMILIK, f"Pemilik diusulkan {fungsi}; sub-bagian lain juga mungkin.")
                return str(fungsi)
    add_ragu(row, Ragu.PEMILIK, "Pemilik tidak terbaca dari teksnya; diusulkan REN.")
    return "REN"


def _polaritas(row: Baris, tipe: Tipe, tahun: int) -> Value:
    if tipe.is_word or not _fits("minimize_ragu", _text(row)):
        return Polaritas.MAXIMIZE
    add_ragu(
        row,
        Ragu.POLARITAS,
        "Polaritas diusulkan minimize (makin kecil makin baik), sedangkan targetnya dapat juga dibaca sebaliknya.",
    )
    return Polaritas.MINIMIZE


def _isian(row: Baris, tipe: Tipe, tahun: int) -> Value:
    return Isian.RASIO if tipe is Tipe.PERSENTASE else Isian.LANGSUNG


def _lokasi(row: Baris, tipe: Tipe, tahun: int) -> Value:
    if row.get("bersama") in (None, ""):
        return None
    return next(iter(fitting_lokasi(tipe, str(row["isian"]))), None)


def fitting_lokasi(tipe: Tipe, isian: str) -> tuple[Lokasi, ...]:
    """Location rules that give a right number for a target (DOMAIN 3), the usual one first; () where none does.

    Quotients are never averaged where their halves are known; counts add up, or are a mean over places; scores and
    per cent do not add up.
    """
    if tipe.is_word:
        return ()
    if isian == Isian.RASIO:
        return (Lokasi.RAW,)
    return (Lokasi.SUM, Lokasi.AVERAGE) if tipe is Tipe.JUMLAH else (Lokasi.AVERAGE,)


def _konsolidasi(row: Baris, tipe: Tipe, tahun: int) -> Value:
    if tipe is Tipe.JUMLAH:
        return Konsolidasi.LAST if row.get("satuan") in _patterns()["satuan_posisi"] else Konsolidasi.SUM
    if tipe is Tipe.PERSENTASE and row["isian"] == Isian.RASIO:
        if _fits("kejadian", _text(row)):
            return Konsolidasi.RAW
        if _fits("keadaan", _text(row)):
            return Konsolidasi.AVERAGE
    return Konsolidasi.LAST


def _hitungan(row: Baris, tipe: Tipe, tahun: int) -> Value:
    if row["konsolidasi"] != Konsolidasi.LAST:
        return None
    counted = tipe is Tipe.PERSENTASE and not _fits("posisi", _text(row))
    return Hitungan.KUMULATIF if counted else Hitungan.POSISI


def _boleh_nihil(row: Baris, tipe: Tipe, tahun: int) -> Value:
    return "ya" if row["konsolidasi"] == Konsolidasi.RAW and _fits("kejadian", _text(row)) else "tidak"


def _batas(row: Baris, tipe: Tipe, tahun: int) -> Value:
    return 100.0 if tipe is Tipe.JUMLAH and _fits("batas_100", _text(row)) else None


def _min_sah(row: Baris, tipe: Tipe, tahun: int) -> Value:
    return None if tipe.is_word else 0.0


def _maks_sah(row: Baris, tipe: Tipe, tahun: int) -> Value:
    if tipe is Tipe.PERSENTASE:
        return 100.0
    stated = re.search(r"\(0-(\d+)\)", str(row.get("satuan") or ""))
    return float(stated[1]) if tipe is Tipe.NILAI and stated else None


def _tahun_data(row: Baris, tipe: Tipe, tahun: int) -> Value:
    before = (tipe.is_word or tipe is Tipe.NILAI) and _fits("tahun_lalu", _text(row))
    return float(tahun - 1 if before else tahun)


def _usulan(row: Baris, tipe: Tipe, tahun: int) -> Value:
    return "ya" if tipe is Tipe.PERSENTASE and _fits("dari_indikator_lain", _text(row)) else "tidak"


# In this order: a later one may look at an earlier column.
_PROPOSALS: dict[str, Callable[[Baris, Tipe, int], Value]] = {
    "tingkat": lambda row, tipe, tahun: "kegiatan",
    "fungsi": _fungsi,
    "polaritas": _polaritas,
    "isian": _isian,
    "lokasi": _lokasi,
    "konsolidasi": _konsolidasi,
    "hitungan": _hitungan,
    "min_sah": _min_sah,
    "maks_sah": _maks_sah,
    "boleh_nihil": _boleh_nihil,
    "batas_capaian": _batas,
    "tahun_data": _tahun_data,
    "usulan": _usulan,
}


def _targets(row: Baris, tipe: Tipe) -> list[Value]:
    """A target for each triwulan."""
    nilai = row.get("nilai")
    once = tipe in (Tipe.PREDIKAT, Tipe.OPINI, Tipe.NILAI) or _fits("setahun_sekali", _text(row))
    if row["konsolidasi"] == Konsolidasi.SUM and isinstance(nilai, (int, float)):
        return [*propose_sum(float(nilai), row["polaritas"] == Polaritas.MINIMIZE)]
    if once and row["konsolidasi"] == Konsolidasi.LAST:
        return [None, None, None, nilai]
    return [nilai] * 4


def propose_sum(n: float, minimize: bool) -> list[float]:
    """Targets of four triwulan that add up to n: [conv] of DOMAIN 5.

    maximize: whole numbers, late (1: TW IV; 2: TW II and IV; 3: TW II to IV; otherwise even, the remainder
    late). minimize: even where n divides by 4, otherwise the whole ceiling in TW I.
    """
    if minimize:
        return [n / 4] * 4 if n % 4 == 0 else [n, 0.0, 0.0, 0.0]
    if n % 1:
        return [n / 4] * 4
    few = {1: (4,), 2: (2, 4), 3: (2, 3, 4)}
    if int(n) in few:
        return [float(j in few[int(n)]) for j in TRIWULAN]
    even, rest = divmod(int(n), 4)
    return [float(even + (j > 4 - rest)) for j in TRIWULAN]
