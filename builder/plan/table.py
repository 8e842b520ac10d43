"""The table of a plan: its columns and sheets by name, and its text as CSV and TOML."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from builder.angka import readings
from builder.expr import Value
from builder.rkt import TRIWULAN, Identitas, Indikator, Rkt, Sasaran
from builder.usulan import Baris

KOLOM = (
    "id", "tingkat", "sasaran", "indikator", "target", "tipe", "nilai", "satuan", "fungsi", "bersama", "lokasi",
    "polaritas", "isian", "konsolidasi", "hitungan", "tw1", "tw2", "tw3", "tw4", "min_sah", "maks_sah", "boleh_nihil",
    "batas_capaian", "toleransi", "tahun_data", "usulan", "ragu", "keraguan", "catatan",
)  # fmt: skip
WAJIB = ("id", "sasaran", "indikator", "tipe", "nilai")
ANGKA = (
    "tw1",
    "tw2",
    "tw3",
    "tw4",
    "nilai",
    "min_sah",
    "maks_sah",
    "batas_capaian",
    "toleransi",
    "tahun_data",
)
PILIHAN = (
    "tingkat", "tipe", "lokasi", "polaritas", "isian", "konsolidasi", "hitungan", "boleh_nihil", "usulan", "ragu",
)  # fmt: skip
LEMBAR_RENCANA, LEMBAR_IDENTITAS, LEMBAR_SUB_BAGIAN, LEMBAR_ATURAN = (
    "Rencana",
    "Identitas",
    "Sub-bagian",
    "Aturan",
)

LEMBAR_BAWAAN = "_rencana"  # the plan that a konsolidasi carries: settings as JSON in A1, then the table


def settings_of(rkt: Rkt) -> dict[str, Any]:
    """Identity, sub-bagian and rules of a plan in the shape of the TOML document."""
    return {
        "identitas": asdict(rkt.identitas) | {"contoh": "ya" if rkt.identitas.contoh else "tidak"},
        "sub_bagian": [asdict(s) for s in rkt.sub_bagian],
        "aturan": asdict(rkt.aturan),
    }


def as_row(sasaran: Sasaran, i: Indikator) -> Baris:
    """An indikator as a row of a plan."""
    return {
        "id": i.id, "tingkat": sasaran.tingkat, "sasaran": sasaran.teks, "indikator": i.teks, "target": i.target,
        "tipe": i.tipe, "nilai": i.nilai, "satuan": i.satuan, "fungsi": i.fungsi, "bersama": " ".join(i.bersama),
        "lokasi": i.lokasi, "polaritas": i.polaritas, "isian": i.isian, "konsolidasi": i.konsolidasi,
        "hitungan": i.hitungan,
        **{f"tw{j}": t for j, t in zip(TRIWULAN, i.target_triwulan, strict=True)},
        "min_sah": i.min_sah, "maks_sah": i.maks_sah, "boleh_nihil": "ya" if i.boleh_nihil else "tidak",
        "batas_capaian": i.batas_capaian, "toleransi": i.toleransi, "tahun_data": i.tahun_data,
        "usulan": "ya" if i.usulan else "tidak", "ragu": " ".join(sorted(i.ragu)), "keraguan": i.keraguan,
        "catatan": i.catatan,
    }  # fmt: skip


def csv_text(rows: Iterable[Baris]) -> str:
    """Rows of a plan as CSV, numbers with a point (97.5)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(KOLOM)
    for row in rows:
        writer.writerow([_csv_cell(row.get(c)) for c in KOLOM])
    return out.getvalue()


def _csv_cell(value: Value) -> str:
    if isinstance(value, float):
        text = f"{value:.15g}"
        # 97.125 could be read as thousands by a person; 97.1250 could not.
        return f"{text}0" if len(readings(text)) > 1 else text
    return "" if value is None else str(value)


def toml_text(identitas: Identitas, skema: str = "pkpu14-2020") -> str:
    """Settings beside a CSV plan."""
    lines = [f'skema = "{skema}"', "", "[identitas]"]
    texts = {
        "kantor": identitas.kantor,
        "tempat": identitas.tempat,
        "pejabat": identitas.pejabat,
        "jabatan": identitas.jabatan,
    }
    escaped = {k: v.replace("\\", "\\\\").replace('"', '\\"') for k, v in texts.items()}
    lines += [f'{k} = "{v}"' for k, v in escaped.items()]
    lines += (
        [f"tahun = {identitas.tahun}"]
        if identitas.tahun
        else ["# tahun = 2024   (belum terbaca dari dokumen)"]
    )
    lines += [f"triwulan = {identitas.triwulan}"]
    return "\n".join(lines) + "\n"
