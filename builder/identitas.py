"""What a workbook of ours says about itself: its kind, office, year, sub-bagian and versions.

The identity travels in a hidden sheet, in the document's properties and in defined names, since programs drop
one or another. The name of a file says nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, astuple, dataclass, fields

from builder.rkt import Indikator, Rkt

VERSI = "1"  # of the form; a reader takes this one only
PENANDA = "RKT-FORMULIR"
LEMBAR_META = "_meta"
# What stood in a buku kerja when it was handed out filled, and the list of what is to be mended in it.
LEMBAR_BAGIKAN, LEMBAR_PERBAIKAN = "_bagikan", "Perbaikan"
PERAN_TERKUNCI, PERAN_PERBAIKAN = "terkunci", "perbaikan"
AWALAN_PROPERTI = "rkt_"
_BERSAMA = ("bersama", "lokasi")

BUKU_KERJA, KONSOLIDASI, RENCANA = "buku_kerja", "konsolidasi", "rencana"

# Defined names of the cells that people set for the whole workbook, and of the one that tells a refresh's result.
NAMA_TRIWULAN, NAMA_KIRIMAN, NAMA_FOLDER, NAMA_HASIL = (
    "TRIWULAN_PELAPORAN",
    "KIRIMAN_KE",
    "FOLDER_KIRIMAN",
    "HASIL_TERAKHIR",
)


@dataclass(frozen=True, slots=True)
class Tanda:
    """The identity of one file, all as text."""

    penanda: str = PENANDA
    jenis: str = BUKU_KERJA
    versi: str = VERSI
    kantor: str = ""
    tahun: str = ""
    sub_bagian: str = ""
    susunan: str = ""  # hash of what a returned row must agree on
    contoh: str = "tidak"
    dasar: str = "0"  # the kiriman that the file was made from
    rencana: str = ""  # hash of the whole plan that it was made from: which version counts for it

    def as_dict(self) -> dict[str, str]:
        """Field by field."""
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def from_dict(cls, found: dict[str, str]) -> Tanda | None:
        """The identity that a file carries, or None where it is none of ours."""
        if found.get("penanda") != PENANDA:
            return None
        known = {f.name for f in fields(cls)}
        return cls(**{name: value for name, value in found.items() if name in known})


def make_tanda(rkt: Rkt, jenis: str, sub_bagian: str = "", dasar: int = 0) -> Tanda:
    """The identity of a workbook made from a plan."""
    return Tanda(
        jenis=jenis,
        kantor=rkt.identitas.kantor,
        tahun=str(rkt.identitas.tahun),
        sub_bagian=sub_bagian,
        susunan=structure_hash(rkt),
        contoh="ya" if rkt.identitas.contoh else "tidak",
        dasar=str(dasar),
        rencana=plan_hash(rkt),
    )


def susunan(indikator: Indikator) -> str:
    """What must be the same in a returned file for the numbers of a row to mean the same."""
    return f"{indikator.tipe}|{indikator.satuan}|{indikator.isian}"


def structure_hash(rkt: Rkt) -> str:
    """Hash over ids, tipe, satuan and way of entry of all indikator; a settled polarity changes nothing."""
    text = "\n".join(f"{i.id}|{susunan(i)}" for i in rkt.indikator)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def plan_hash(rkt: Rkt) -> str:
    """Hash over everything that a plan says about its indikator, sub-bagian and rules: one version of it.

    What nobody shares is left out, so that a workbook made before there was sharing still names its version.
    """
    said = [
        (
            s.id,
            s.tingkat,
            s.teks,
            *(getattr(i, f.name) for f in fields(i) if f.name not in _BERSAMA or i.bersama),
        )
        for s in rkt.sasaran
        for i in s.indikator
    ]
    text = _said((tuple(said), tuple(map(astuple, rkt.sub_bagian)), astuple(rkt.aturan)))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _said(value: object) -> str:
    """As text: a set in one order, whole numbers as any other, None and "" alike, as a spreadsheet carries them."""
    if isinstance(value, frozenset):
        return " ".join(sorted(map(str, value)))
    if isinstance(value, tuple):
        return f"({'; '.join(map(_said, value))})"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return repr(float(value))
    return "" if value is None else str(value)
