"""What a sender should mend, from the problems of his files: cell by cell in a fresh form, in his own words (DOMAIN 8).

The correction workbook holds the sub-bagian's own answers; a cell whose content was held is empty and marked, and its
comment says what stood there, what is wrong and what to do. Returned, it is the next kiriman of its line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from email.utils import parseaddr

from builder.consolidator import Konsolidasi
from builder.expr import Key
from builder.layout import Book
from builder.masalah import PERINGATAN, TAHAN, Message, Problem
from builder.pembagian import Bagian, answers_of, share_out
from builder.reader import Kiriman
from builder.rkt import Rkt
from builder.tampak import show, visible
from workbook_templates.buku_kerja import buku_kerja
from workbook_templates.kartu import ANGKA_ISIAN, TEKS
from workbook_templates.perbaikan import Baris

_KOLOM = (*ANGKA_ISIAN, *TEKS)
_OF_SENDER = "ABCDEFGHKN"  # parts of the table of failures that speak of what was sent
UNTUK_KONSOLIDATOR = frozenset({
    Message.B16, Message.F09, Message.F11, Message.F16, Message.F17, Message.F18, Message.F19, Message.F20,
    Message.F21, Message.F22, Message.F23, Message.G04,
})  # fmt: skip
_NOTHING = "Tidak perlu apa-apa"
_NOBODY: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Butir:
    """One thing to mend, or to look at."""

    wajib: bool  # held or refused; otherwise it was read, and should be looked at
    key: Key | None  # its cell in the form; None where it is about a file or a sheet
    problem: Problem

    def is_about(self, own: set[str]) -> bool:
        """Whether it is about the file, or about one of these indikator; others are asked of somebody else now."""
        id = self.key.id if self.key else self.problem.tujuan[0] if self.problem.tujuan else None
        return id is None or id in own

    @property
    def kalimat(self) -> str:
        """The same as an item of a letter: file, sheet and cell, what was found, what is wrong, what to do."""
        p = self.problem
        found = f" (isinya «{show(p.isi, 120)}»)" if p.isi not in (None, "") else ""
        place = f"{p.tempat}{found}: " if p.tempat else ""
        return f"{place}{p.masalah}. {p.tindakan_pengirim}"

    @property
    def catatan(self) -> str:
        """The comment of its cell: what was found, what is wrong, what to do."""
        p = self.problem
        found = f"\nIsi sebelumnya: «{show(p.isi, 300)}»" if p.isi not in (None, "") else ""
        return f"{p.masalah}.{found}\n{p.tindakan_pengirim}"


@dataclass(frozen=True, slots=True)
class Perbaikan:
    """What one sub-bagian should mend, and its answers as far as they stand."""

    bagian: Bagian
    butir: tuple[Butir, ...]
    berkas: tuple[str, ...]  # the files that this is about

    @property
    def wajib(self) -> tuple[Butir, ...]:
        """What is held or refused."""
        return tuple(b for b in self.butir if b.wajib)


def find_corrections(hasil: Konsolidasi, senders: Mapping[str, str] = _NOBODY) -> list[Perbaikan]:
    """For every sub-bagian with something held or refused, in the order of the plan.

    `senders`: code of the sub-bagian by address (lower case), for files that do not say whose they are.
    """
    found = []
    for bagian in share_out(hasil):
        own = {i.id for i in hasil.rkt.indikator if bagian.sub_bagian in hasil.rkt.owners(i)}
        files = list(_files_of(hasil, bagian.sub_bagian.kode, senders))
        told = [*_of_files(hasil.rkt, files), *_between(hasil, bagian)]
        butir = _in_order(hasil.rkt, [b for b in told if b.is_about(own)])
        if any(b.wajib for b in butir):
            marked = _marked(bagian, butir)
            found.append(Perbaikan(marked, tuple(butir), tuple(k.berkas for k in files)))
    return found


def find_strangers(hasil: Konsolidasi, senders: Mapping[str, str] = _NOBODY) -> dict[str, list[Problem]]:
    """What was refused of mails from addresses of no sub-bagian: address -> problems."""
    found: dict[str, list[Problem]] = {}
    for k in hasil.kiriman:
        told = [p for p in k.problems if _is_his(p) and p.putusan.berat >= TAHAN.berat]
        if told and k.surat and k.surat.pengirim and not _kode_of(k, senders):
            found.setdefault(k.surat.pengirim, []).extend(told)
    return found


def _kode_of(kiriman: Kiriman, senders: Mapping[str, str]) -> str:
    """Whose a file is: as it says itself, else as the address says from which it came."""
    if kiriman.sub_bagian:
        return kiriman.sub_bagian.kode
    said = kiriman.tanda.sub_bagian if kiriman.tanda else ""
    address = parseaddr(kiriman.surat.pengirim)[1].lower() if kiriman.surat else ""
    return said or senders.get(address, "")


def _files_of(hasil: Konsolidasi, kode: str, senders: Mapping[str, str]) -> Iterator[Kiriman]:
    """The files that count, and refused ones that came no earlier than these."""
    used = hasil.dipakai.get(kode, ())
    since = max((k.gelombang for k in used), default=0)
    for k in hasil.kiriman:
        refused = k.sub_bagian is None and not k.dilepas and _kode_of(k, senders) == kode
        if k in used or (refused and k.gelombang >= since):
            yield k


# --- problems to things to mend -----------------------------------------------------------------------------------


def _is_his(p: Problem) -> bool:
    if p.message in UNTUK_KONSOLIDATOR or p.kode[0] not in _OF_SENDER + ("J" if p.kode == "J01" else ""):
        return False
    return p.putusan.berat >= TAHAN.berat or (p.putusan is PERINGATAN and not p.tindakan.startswith(_NOTHING))


def _of_files(rkt: Rkt, files: Iterable[Kiriman]) -> Iterator[Butir]:
    for k in files:
        at = {(e.lembar, e.sel): key for key, e in k.entries.items()}
        for p in filter(_is_his, k.problems):
            yield Butir(
                p.putusan.berat >= TAHAN.berat, at.get((p.lembar or "", p.sel or "")) or _row_of(rkt, p), p
            )


def _row_of(rkt: Rkt, p: Problem) -> Key | None:
    """The first cell to fill of the row that a problem is about."""
    i = rkt.find_indikator(p.tujuan[0]) if p.tujuan else None
    if i is None or p.tujuan is None or not p.tujuan[1].startswith("TW"):
        return None
    return Key(i.id, p.tujuan[1], "pembilang" if i.isian == "rasio" else "realisasi")


def _between(hasil: Konsolidasi, bagian: Bagian) -> Iterator[Butir]:
    """What is held because files differ."""
    files = {k.berkas: k.sub_bagian.kode for k in hasil.kiriman if k.sub_bagian}
    at = {(a.entry.lembar, a.entry.sel): key for key, a in answers_of(hasil, bagian.sub_bagian).items()}
    for p in filter(_is_his, hasil.problems):
        i = hasil.rkt.find_indikator(p.tujuan[0]) if p.tujuan else None
        whose = (
            files.get(p.berkas or "")
            or p.values.get("sub_bagian")
            or (hasil.rkt.owner(i).kode if i else None)
        )
        if whose == bagian.sub_bagian.kode:
            yield Butir(True, at.get((p.lembar or "", p.sel or "")) or _row_of(hasil.rkt, p), p)


def _in_order(rkt: Rkt, butir: list[Butir]) -> list[Butir]:
    """What must be mended first; files and sheets before cells, these in the order of the form."""
    order = {i.id: n for n, i in enumerate(rkt.indikator)}

    def place(b: Butir) -> tuple[object, ...]:
        k = b.key
        at = (order[k.id], k.baris, _KOLOM.index(k.kolom)) if k else (-1, "", 0)
        return (not b.wajib, at, b.problem.berkas or "", b.problem.kode)

    return sorted(butir, key=place)


def _marked(bagian: Bagian, butir: Iterable[Butir]) -> Bagian:
    """Comments on the cells; a cell that is to be mended is never locked."""
    told: dict[Key, list[str]] = {}
    for b in butir:
        if b.key and b.wajib:
            told.setdefault(b.key, []).append(b.catatan)
    notes: Mapping[Key, str] = {key: "\n\n".join(dict.fromkeys(texts)) for key, texts in told.items()}
    isi = replace(bagian.isi, perbaikan=notes, terkunci=bagian.isi.terkunci - notes.keys())
    return replace(bagian, isi=isi)


# --- the correction workbook --------------------------------------------------------------------------------------


def correction_name(rkt: Rkt, perbaikan: Perbaikan) -> str:
    """BukuKerja-2024-KUL-perbaikan-3.xlsx: the number is that of the kiriman it will be."""
    bagian = perbaikan.bagian
    return f"BukuKerja-{rkt.identitas.tahun}-{bagian.sub_bagian.kode}-perbaikan-{bagian.nomor}.xlsx"


def correction_book(rkt: Rkt, perbaikan: Perbaikan, triwulan: int) -> Book:
    """The form with the sub-bagian's answers, what is to be mended marked, and the sheet Perbaikan."""
    bagian = perbaikan.bagian
    rows = [_baris(b) for b in perbaikan.butir]
    return buku_kerja(
        rkt, bagian.sub_bagian, bagian.isi,
        triwulan=triwulan, kiriman=bagian.nomor, mend=(told_files(perbaikan), rows),
    )  # fmt: skip


def _baris(b: Butir) -> Baris:
    p = b.problem
    tempat = "!".join(part for part in (p.lembar, p.sel) if part)
    isi = "" if p.isi is None else show(p.isi, 300)
    return Baris(b.wajib, b.key, visible(tempat), isi, p.masalah, p.tindakan_pengirim)


def told_files(perbaikan: Perbaikan) -> str:
    """ "a.xlsx, b.xlsx"; of mails and archives what they held."""
    return ", ".join(dict.fromkeys(show(name.rpartition(" › ")[2]) for name in perbaikan.berkas))
