"""What Segarkan and Periksa do: from a konsolidasi as it stands and what the returns say to patches.

Pure but for reading the returns; the same functions serve the workbook open in Excel and the closed file.
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from builder import capaian
from builder.arsip import beside
from builder.capaian import PERIODE
from builder.consolidator import Konsolidasi, consolidate
from builder.expr import Key, Value
from builder.keadaan import told_berkas, told_isian
from builder.lama import Lama, Segar
from builder.masalah import TAHAN, Message, Problem, Refused, os_reason, show
from builder.patch import make_patches, patch_cells
from builder.penerimaan import merge_returns
from builder.putusan import read_choices
from builder.recompute import keep_wrong_formulas
from builder.returns import Track, no_track
from builder.tangan import keep_changes
from builder.tertahan import tell_rows
from builder.versi import plan_rows
from workbook_templates import kartu
from workbook_templates.buku_konsolidasi import buku_konsolidasi
from workbook_templates.dasbor import HASIL, Saat
from workbook_templates.tabel import Daftar, kept_rows


def find_folder(name: str, beside: Path) -> Path:
    """The folder of returns: as written on the Dasbor, beside the workbook unless it is a whole address."""
    return beside / name


def refresh(lama: Lama, folder: Path, path: Path, *, track: Track[Any] = no_track) -> Segar:
    """Take in the folder of returns, merge, and say what must be written; raises Refused. `path`: the workbook.

    What is new is in the archive beside the workbook then; `record` writes down what came of it once it is written.
    """
    return bring_in(lama, _merge(lama, folder, path, track, keep=path.is_file()))


def record(segar: Segar, folder: str, path: Path) -> None:
    """Write into the ledger what a refresh brought into the workbook at `path`; raises Refused."""
    if segar.hasil and segar.book and path.is_file():
        rows = kept_rows(segar.book)
        beside(path).record(segar.hasil, segar.kalimat, folder, plan_rows(segar.hasil.rkt), rows)


def bring_in(lama: Lama, hasil: Konsolidasi) -> Segar:
    """Patches that make a konsolidasi say what merged returns say, changes by hand kept."""
    now = datetime.datetime.now()
    keep_changes(hasil, lama.book, lama.cells, written(lama.lists))
    tell_rows(hasil)
    keep_wrong_formulas(hasil, lama)
    kalimat = f"Disegarkan {now:%d/%m/%Y %H.%M}. {summarize(hasil)}"
    book = buku_konsolidasi(hasil, Saat(kalimat, f"{now:%d/%m/%Y %H.%M}", lama.folder), lama.lists)
    return Segar(kalimat, tuple(make_patches(book, lama.grids)), book, hasil)


def merge_archive(lama: Lama, path: Path, triwulan: int, *, track: Track[Any] = no_track) -> Konsolidasi:
    """What everything received up to now says at a triwulan (1 to 4), choices and changes by hand included.

    Nothing new is taken in; raises Refused where the archive beside `path` cannot be used.
    """
    check_archive(lama, path)
    arsip = beside(path)
    if arsip.received():
        choices = read_choices(lama.lists.get("Putusan", ()))
        hasil = merge_returns([], lama.rkt, triwulan, arsip=arsip, choices=choices, track=track)
    else:
        hasil = consolidate([], lama.rkt, triwulan)
    keep_changes(hasil, lama.book, lama.cells, written(lama.lists))
    tell_rows(hasil)
    return hasil


def check(lama: Lama, folder: Path, path: Path, *, track: Track[Any] = no_track) -> Segar:
    """Read and merge the folder of returns without bringing anything in; raises Refused."""
    hasil = _merge(lama, folder, path, track, keep=False)
    keep_changes(hasil, lama.book, lama.cells, written(lama.lists))
    tell_rows(hasil)
    worst = sorted(hasil.all_problems, key=lambda p: -p.putusan.berat)[:1]
    first = f" Yang pertama: {worst[0].pesan}" if worst and worst[0].putusan.berat else ""
    told = summarize(hasil, "setelah Segarkan")
    now = f"{datetime.datetime.now():%d/%m/%Y %H.%M}"
    kalimat = f"Diperiksa {now}; isi buku tidak diubah. {told}{first}"
    # Nothing but the sentence is written.
    return Segar(kalimat, tuple(patch_cells(lama.book, lama.grids, {HASIL: kalimat})), None, hasil)


def check_archive(lama: Lama, path: Path) -> None:
    """A konsolidasi that was refreshed and stands without its archive is not refreshed: raises Refused (L37)."""
    folder = beside(path).folder
    if path.is_file() and lama.lists.get("Jejak") and not folder.is_dir():
        raise Refused(Problem(Message.L37, path.name, values={"arsip": folder.name}))


def _merge(lama: Lama, folder: Path, path: Path, track: Track[Any], *, keep: bool) -> Konsolidasi:
    check_archive(lama, path)
    if not folder.is_dir():
        raise Refused(Problem(Message.L23, values={"folder": show(str(folder))}))
    try:
        return merge_returns(
            [folder], lama.rkt, lama.triwulan,
            arsip=beside(path), keep=keep, choices=read_choices(lama.lists.get("Putusan", ())),
            without=[path], track=track,
        )  # fmt: skip
    except Refused as refused:
        if any(p.message is Message.S06 for p in refused.problems):
            raise Refused(Problem(Message.L24, values={"folder": show(str(folder))})) from refused
        raise
    except OSError as error:
        raise Refused(Problem(Message.S03, str(folder), values={"sebab": os_reason(error)})) from error


def summarize(hasil: Konsolidasi, where: str = "di lembar Masalah") -> str:
    """What a merge came to, in one sentence."""
    used = sum(map(len, hasil.dipakai.values()))
    held = sum(p.putusan is TAHAN for p in hasil.all_problems)
    parts = [f"{used} dipakai"]
    parts += [f"{held} hal ditahan"] if held else []
    parts += [f"{len(hasil.diubah)} diubah tangan"] if hasil.diubah else []
    parts += [f"{len(hasil.missing)} sub-bagian belum mengirim"] if hasil.missing else []
    told = sum(p.putusan.berat > 0 for p in hasil.all_problems)
    look = f" {told} hal perlu dilihat {where}." if told else ""
    return f"{told_berkas(hasil)}; {', '.join(parts)}. {told_isian(hasil)}.{look}"


def written(lists: Daftar) -> dict[Key, Value]:
    """What the last refresh put into each entry cell, from Jejak."""
    baris = {capaian.roman(int(p[2])): p for p in PERIODE[:-1]}
    written: dict[Key, Value] = {}
    for row in lists.get("Jejak", ()):
        kolom = str(row["kolom"]).replace(" ", "_")
        key = Key(str(row["id"]), baris.get(str(row["triwulan"]), ""), kolom)
        written[key] = row["isi"] if kolom in kartu.TEKS else row["nilai"]
    return written
