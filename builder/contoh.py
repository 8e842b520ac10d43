"""The example: the whole walk on the real RKT 2024 of Kubu Raya, with returns filled by made-up staff.

The made-up returns hold a few honest mistakes, so that an office sees what a message looks like. The plan
and every file made from it are marked as examples and are refused beside real ones.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from builder.commands import (
    Gabungan,
    build_workbooks,
    consolidate_returns,
    import_naskah,
    write_plan,
)
from builder.expr import Key, Value
from builder.plan import read_plan
from builder.plan.table import as_row
from builder.returns import Track, no_track
from builder.rkt import Indikator, Isian, Konsolidasi, Rkt, SubBagian, Tipe
from builder.writer import write_book
from workbook_templates.buku_kerja import buku_kerja, file_name
from workbook_templates.kartu import Isi
from workbook_templates.tema import STYLES

NASKAH = "rkt-kpu-kubu-raya-2024.md"
RENCANA = "rencana-kpu-kubu-raya-2024.csv"
TRIWULAN = 2  # the triwulan that the example reports on
_BENIH = 2024


def examples_folder() -> Path:
    """Where the example files are: inside the installed package, or beside it in a checkout."""
    inside = Path(__file__).parent / "examples"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "examples"


@dataclass(frozen=True, slots=True)
class Contoh:
    """Where the example put its files."""

    folder: Path
    usulan: Path  # the plan as imported, with its doubts
    rencana: Path  # the plan as settled
    buku_kerja: tuple[Path, ...]
    kiriman: Path
    konsolidasi: Path
    gabungan: Gabungan


def make_contoh(folder: Path, *, track: Track[Any] = no_track) -> Contoh:
    """Run the whole walk into a folder; raises Refused where it cannot be written."""
    source = examples_folder()
    usulan, rencana = folder / "Rencana-usulan.xlsx", folder / "Rencana-2024.xlsx"
    import_naskah(source / NASKAH, usulan)
    shutil.copyfile(source / NASKAH, folder / NASKAH)
    rkt, _ = read_plan(source / RENCANA)
    identitas = replace(rkt.identitas, triwulan=TRIWULAN, contoh=True)
    rkt = replace(rkt, identitas=identitas)
    write_plan((as_row(s, i) for s in rkt.sasaran for i in s.indikator), identitas, rencana)
    built = build_workbooks(rencana, folder / "buku-kerja", track=track)
    kiriman = folder / "kiriman"
    kiriman.mkdir(exist_ok=True)
    for sub_bagian in rkt.sub_bagian[:-1]:  # the last one has not sent anything yet
        isi = Isi(fill(rkt, sub_bagian))
        write_book(
            buku_kerja(rkt, sub_bagian, isi, triwulan=TRIWULAN), STYLES, kiriman / file_name(rkt, sub_bagian)
        )
    output = folder / "Konsolidasi-2024.xlsx"
    merged = consolidate_returns(
        [kiriman], rencana, output, data=folder / "data.csv", laporan=folder / "laporan.json", track=track
    )
    return Contoh(folder, usulan, rencana, built.berkas, kiriman, output, merged)


def fill(rkt: Rkt, sub_bagian: SubBagian) -> dict[Key, Value]:
    """Entries of two triwulan as staff might type them, the same every time, with a few honest mistakes."""
    chance = random.Random(f"{_BENIH}-{sub_bagian.kode}")
    entries: dict[Key, Value] = {}
    for i in rkt.indikator:
        if sub_bagian in rkt.owners(i):
            for j in range(1, TRIWULAN + 1):
                entries |= {
                    Key(i.id, f"TW{j}", column): value for column, value in _row(i, j, chance).items()
                }
    own = {i.id for i in rkt.indikator if sub_bagian in rkt.owners(i)}
    return entries | {key: value for key, value in KELIRU.items() if key.id in own}


def _row(i: Indikator, j: int, chance: random.Random) -> dict[str, Value]:
    if i.boleh_nihil and chance.random() < 0.4:
        return {"pembilang": "Nihil"}
    if i.target_triwulan[j - 1] is None:
        return {}
    row: dict[str, Value] = _numbers(i, j, chance)
    if chance.random() < 0.25:
        row |= {
            "kendala": chance.choice(_KENDALA),
            "tindak_lanjut": chance.choice(_TINDAK_LANJUT),
            "data_dukung": f"{i.id}-TW{j}.pdf",
        }
    return row


def _numbers(i: Indikator, j: int, chance: random.Random) -> dict[str, Value]:
    if i.isian is Isian.RASIO:
        whole = chance.choice((8, 10, 12, 20, 40, 50)) * (j if i.konsolidasi is Konsolidasi.LAST else 1)
        return {"pembilang": round(whole * chance.uniform(0.8, 1)), "penyebut": whole}
    target = i.target_triwulan[j - 1]
    if isinstance(target, str) or target is None:
        return {"realisasi": target}
    makers: dict[Tipe, Callable[[], Value]] = {
        Tipe.JUMLAH: lambda: float(round(target * chance.uniform(0.8, 1.1))),
        Tipe.NILAI: lambda: round(target * chance.uniform(0.9, 1.05), 2),
        Tipe.PERSENTASE: lambda: round(target / 100 * chance.uniform(0.85, 1), 4),
    }
    return {"realisasi": makers[i.tipe]()}


def _typed(id: str, j: int, column: str) -> Key:
    return Key(id, f"TW{j}", column)


# What people type by mistake: a number as text, half a pair, a share above its whole, a unit, a word.
KELIRU: dict[Key, Value] = {
    _typed("S01-I1", 2, "pembilang"): "48",
    _typed("S16-I1", 2, "penyebut"): None,
    _typed("S13-I1", 2, "pembilang"): 57.0,
    _typed("S13-I1", 2, "penyebut"): 50.0,
    _typed("S14-I1", 2, "realisasi"): "1 Laporan",
    _typed("S08-I1", 2, "realisasi"): "belum ada",
    _typed("S27-I1", 2, "realisasi"): "1.250",
    _typed("S26-I1", 2, "realisasi"): None,
}
_KENDALA = (
    "Data dari badan adhoc belum lengkap sampai akhir triwulan.",
    "Petugas pengelola sedang mengikuti pelatihan sehingga sebagian berkas belum diperiksa.",
    "Jadwal tahapan berubah; sebagian kegiatan bergeser ke triwulan berikutnya.",
)
_TINDAK_LANJUT = (
    "Melengkapi data paling lambat minggu kedua triwulan berikutnya.",
    "Menunjuk petugas pengganti dan menyusun jadwal pemeriksaan.",
    "Menyesuaikan rencana aksi dengan jadwal tahapan yang baru.",
)
