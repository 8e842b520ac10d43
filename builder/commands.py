"""The walk, step by step: what each command does, from files to files, without a terminal.

This is the wiring: it picks the forms, opens the doors, and hands problems up as `Refused`. Every function is
also the Python interface of the program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from builder.books import write_books, write_files
from builder.closed import read_file
from builder.consolidator import Konsolidasi, consolidate
from builder.gabungan import Gabungan as Gabungan  # the rest of the Python interface
from builder.gabungan import check_distinct, check_suffix, read_same
from builder.gabungan import consolidate_returns as consolidate_returns
from builder.identitas import KONSOLIDASI
from builder.lama import Lama
from builder.layout import Book
from builder.masalah import Message, Problem, Refused
from builder.naskah import DrafIndikator, Naskah, read_naskah
from builder.pembagian import make_book, share_out
from builder.perbaikan import Perbaikan, correction_book, correction_name, find_corrections
from builder.plan import read_plan
from builder.plan.settings import default_aturan, skema
from builder.plan.table import csv_text, toml_text
from builder.reader import peek_tanda
from builder.refresh import merge_archive
from builder.returns import Track, no_track
from builder.rkt import Identitas, Rkt
from builder.save import File, check_folder, holding, saying, sweep
from builder.usulan import Baris, complete
from workbook_templates import buku_konsolidasi as form_konsolidasi
from workbook_templates.buku_kerja import buku_kerja, file_name
from workbook_templates.rencana import rencana_book

# --- impor --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Impor:
    """What an import read: the document, the rows of the plan, where the old plan was kept."""

    naskah: Naskah
    rows: tuple[Baris, ...]
    disimpan: Path | None

    @property
    def ragu(self) -> list[Baris]:
        """Rows with a doubt to settle."""
        return [r for r in self.rows if r.get("ragu")]


def import_naskah(dokumen: Path, rencana: Path) -> Impor:
    """RKT document to a plan (.xlsx, or .csv with its .toml); raises Refused."""
    check_suffix(rencana, ".xlsx", ".csv")
    check_distinct([rencana], {dokumen: "dokumen RKT"})
    naskah = read_naskah(dokumen)
    # The year of the data follows the year of the plan, so it is proposed when the plan is read.
    rows = tuple(complete(_row_of(draf), 0) | {"tahun_data": None} for draf in naskah.draf)
    identitas = Identitas(
        naskah.kantor, naskah.tahun or 0, 1, naskah.tempat, naskah.pejabat, naskah.jabatan or "Sekretaris"
    )
    kept = write_plan(rows, identitas, rencana)
    return Impor(naskah, rows, kept)


def _row_of(draf: DrafIndikator) -> Baris:
    return {
        "id": draf.id, "tingkat": draf.tingkat, "sasaran": draf.sasaran, "indikator": draf.indikator,
        "target": draf.target, "tipe": draf.tipe, "nilai": draf.nilai, "satuan": draf.satuan,
        "ragu": " ".join(sorted(draf.ragu)), "keraguan": draf.keraguan,
    }  # fmt: skip


def write_plan(rows: Iterable[Baris], identitas: Identitas, rencana: Path) -> Path | None:
    """Write a plan; returns where an earlier file of that name was kept."""
    _make_folder(rencana.parent)
    for path in (rencana, rencana.with_suffix(".toml")):
        sweep(path)
    if rencana.suffix.lower() == ".csv":
        texts = {rencana: csv_text(rows), rencana.with_suffix(".toml"): toml_text(identitas)}
        kept = write_files([File(path, text.encode()) for path, text in texts.items()], rencana)
    else:
        settings = {
            "identitas": {f: getattr(identitas, f) for f in Identitas.__slots__},
            "sub_bagian": skema("pkpu14-2020"),
            "aturan": default_aturan(),
        }
        kept = write_books([(rencana_book(list(rows), settings), rencana)], rencana)
    return next((k for k in kept if k.suffix == rencana.suffix), None)


# --- bangun -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bangun:
    """What was built: files, warnings of the plan, earlier files that were kept under another name."""

    berkas: tuple[Path, ...]
    problems: tuple[Problem, ...]
    disimpan: tuple[Path, ...]
    dibiarkan: Path | None = (
        None  # the konsolidasi that stood there, of the same plan: it is the konsolidator's
    )
    terkunci: int = 0  # answers of earlier triwulan that were handed out locked
    konsolidasi: Path | None = None  # the new one
    dasbor: int | None = (
        None  # triwulan pelaporan of the konsolidasi, where workbooks for another one were made
    )


def build_workbooks(
    rencana: Path,
    folder: Path,
    *,
    triwulan: int | None = None,
    makro: bool = True,
    track: Track[Any] = no_track,
) -> Bangun:
    """One buku kerja per sub-bagian, and the buku konsolidasi, into a folder; raises Refused.

    `makro`: the buku konsolidasi carries the buttons of the konsolidator (.xlsm); a buku kerja never does. A
    konsolidasi that stands there is left as it is. From a konsolidasi only the buku kerja are made, with the answers
    that were received; those accepted for an earlier triwulan are locked.
    """
    tanda = peek_tanda(rencana)
    if tanda and tanda.jenis == KONSOLIDASI:
        return hand_out(read_file(rencana).lama, rencana, folder, triwulan=triwulan, track=track)
    rkt, problems = read_plan(rencana)
    if triwulan:
        rkt = replace(rkt, identitas=replace(rkt.identitas, triwulan=triwulan))
    konsolidasi = folder / form_konsolidasi.file_name(rkt, makro=makro)
    _make_folder(folder)
    with holding(konsolidasi) as told:
        dibiarkan = konsolidasi if read_same(konsolidasi, rkt) else None
        makers = _buku_kerja_makers(rkt, folder)
        if not dibiarkan:
            makers.append((konsolidasi, lambda: _empty_konsolidasi(rkt, makro=makro)))
        made = _build(makers, folder, [*problems, *told], track)
        return replace(made, dibiarkan=dibiarkan, konsolidasi=None if dibiarkan else konsolidasi)


def _empty_konsolidasi(rkt: Rkt, *, makro: bool) -> Book:
    hasil = consolidate([], rkt, rkt.identitas.triwulan)
    return form_konsolidasi.buku_konsolidasi(hasil, makro=makro)


def build_buku_kerja(rkt: Rkt, folder: Path, *, track: Track[Any] = no_track) -> Bangun:
    """The buku kerja of a plan that was read before, without a buku konsolidasi; raises Refused."""
    return _build(_buku_kerja_makers(rkt, folder), folder, (), track)


def hand_out(
    lama: Lama, konsolidasi: Path, folder: Path, *, triwulan: int | None = None, track: Track[Any] = no_track
) -> Bangun:
    """The buku kerja of a konsolidasi with what was received up to now (`pembagian`); raises Refused.

    `triwulan` (1 to 4): to be reported on, where it is not the one on the Dasbor.
    """
    k = triwulan or lama.triwulan
    parts = share_out(merge_archive(lama, konsolidasi, k, track=track))
    makers: list[tuple[Path, Callable[[], Book]]] = [
        (folder / file_name(lama.rkt, part.sub_bagian), lambda part=part: make_book(lama.rkt, part, k))  # type: ignore[misc]
        for part in parts
    ]
    made = _build(makers, folder, (), track)
    terkunci = sum(len(part.isi.terkunci) for part in parts)
    return replace(made, terkunci=terkunci, dasbor=lama.triwulan if k != lama.triwulan else None)


# --- perbaikan ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Koreksi:
    """Correction workbooks: what each sub-bagian should mend, and where its workbook is."""

    perbaikan: tuple[tuple[Perbaikan, Path], ...]
    hasil: Konsolidasi
    bangun: Bangun | None  # None where there is nothing to mend


def build_corrections(
    konsolidasi: Path, folder: Path, *, kode: str | None = None, track: Track[Any] = no_track
) -> Koreksi:
    """A correction workbook for every sub-bagian (`kode`: for one) of whose returns something is held or refused.

    Raises Refused.
    """
    lama = read_file(konsolidasi).lama
    codes = [s.kode for s in lama.rkt.sub_bagian]
    kode = next((c for c in codes if kode and c.casefold() == kode.strip().casefold()), kode)
    if kode and kode not in codes:
        raise Refused(Problem(Message.S12, values={"kode": kode, "daftar": ", ".join(codes)}))
    hasil = merge_archive(lama, konsolidasi, lama.triwulan, track=track)
    found = [p for p in find_corrections(hasil) if kode in (None, p.bagian.sub_bagian.kode)]
    paths = [folder / correction_name(lama.rkt, p) for p in found]
    makers: list[tuple[Path, Callable[[], Book]]] = [
        (path, lambda p=p: correction_book(lama.rkt, p, lama.triwulan))  # type: ignore[misc]
        for p, path in zip(found, paths, strict=True)
    ]
    made = _build(makers, folder, (), track) if makers else None
    return Koreksi(tuple(zip(found, paths, strict=True)), hasil, made)


# --- writing ------------------------------------------------------------------------------------------------------


def _buku_kerja_makers(rkt: Rkt, folder: Path) -> list[tuple[Path, Callable[[], Book]]]:
    owners = [s for s in rkt.sub_bagian if rkt.sasaran_of(s)]
    return [(folder / file_name(rkt, s), lambda s=s: buku_kerja(rkt, s)) for s in owners]  # type: ignore[misc]


def _build(
    makers: Sequence[tuple[Path, Callable[[], Book]]],
    folder: Path,
    problems: Iterable[Problem],
    track: Track[Any],
) -> Bangun:
    _make_folder(folder)
    with saying(folder):
        for path, _ in makers[:1]:
            check_folder(path)
    swept = sum(sweep(path) for path, _ in makers)
    told = [Problem(Message.L04, folder.name, values={"jumlah": swept})] if swept else []
    books = [(make(), path) for path, make in track(makers, "Membuat buku kerja")]
    kept = write_books(books, folder)
    return Bangun(tuple(p for _, p in books), (*problems, *told), tuple(kept))


def _make_folder(folder: Path) -> None:
    with saying(folder):
        folder.mkdir(parents=True, exist_ok=True)
