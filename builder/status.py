"""Who has sent what, when, in which revision, how complete, what is held, and who has not (DOMAIN 7).

Read from a konsolidasi as it stands: what its last refresh brought.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from builder.closed import read_file
from builder.keadaan import isian_counts_by_owner
from builder.lama import Lama
from builder.recompute import as_entered
from builder.rkt import ROMAWI
from workbook_templates.tabel import DIPAKAI, DIPUTUSKAN


@dataclass(frozen=True, slots=True)
class Status:
    """One sub-bagian."""

    kode: str
    nama: str
    berkas: str  # the file in use; "" where none is
    nomor: int | None  # "Kiriman ke-"
    triwulan: str  # on which it reports: "TW II"
    diterima: str
    pengirim: str
    terisi: int  # expected cells (indikator and triwulan) up to the triwulan pelaporan that are answered, Nihil too
    kosong: int
    ditahan: int
    menunggu: int  # cells that wait for a choice in the list Putusan
    sudah: bool  # has answered for the triwulan pelaporan

    def as_json(self) -> dict[str, Any]:
        """Field by field."""
        return asdict(self)


def read_status(konsolidasi: Path) -> tuple[int, list[Status]]:
    """The triwulan pelaporan, and every sub-bagian that answers something; raises Refused."""
    lama = read_file(konsolidasi).lama
    counts = isian_counts_by_owner(as_entered(lama))
    waiting = Counter(
        _kode_of(lama, str(row["id"]))
        for row in lama.lists.get("Putusan", ())
        if row["keadaan"] != DIPUTUSKAN
    )
    owners = [s for s in lama.rkt.sub_bagian if lama.rkt.sasaran_of(s)]
    return lama.triwulan, [_status(lama, s.kode, s.nama, counts[s.kode], waiting[s.kode]) for s in owners]


def _status(lama: Lama, kode: str, nama: str, counts: Mapping[str, int], waiting: int) -> Status:
    used = [r for r in lama.lists.get("Kiriman", ()) if r["sub_bagian"] == nama and r["pemakaian"] == DIPAKAI]
    last = max(used, key=lambda r: _number(r["nomor"]) or 0, default={})
    answered = {f"TW {ROMAWI[k]}" for k in range(lama.triwulan, 5)}
    return Status(
        kode, nama, str(last.get("berkas") or ""), _number(last.get("nomor")),
        str(last.get("triwulan") or ""), str(last.get("diterima") or ""), str(last.get("pengirim") or ""),
        counts["terisi"] + counts["nihil"], counts["kosong"], counts["ditahan"], waiting,
        any(str(r["triwulan"]) in answered for r in used),
    )  # fmt: skip


def _number(value: object) -> int | None:
    """What stands in a cell that anybody may have typed into."""
    return int(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _kode_of(lama: Lama, id: str) -> str:
    indikator = lama.rkt.find_indikator(id)
    return lama.rkt.owner(indikator).kode if indikator else ""
