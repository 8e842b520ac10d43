"""What `rkt konsolidasi` does: returns merged into the buku konsolidasi, with DATA and LAPORAN beside it.

A konsolidasi of the same plan that stands there is refreshed, so that all in it that is the konsolidator's own
stays; any other konsolidasi is kept under another name and replaced. It is held from reading to replacing.
"""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from builder.arsip import beside
from builder.books import kept_old, make_file
from builder.capaian import TRIWULAN_PELAPORAN
from builder.closed import Tertutup, check_place, in_words, read_file, write_file
from builder.consolidator import Konsolidasi
from builder.expr import Key, Value
from builder.identitas import KONSOLIDASI
from builder.lama import Segar
from builder.layout import Book
from builder.masalah import Message, Problem, Refused, heaviest
from builder.masukan import gather_files
from builder.patch import patch_cells
from builder.penerimaan import merge_returns
from builder.plan import read_plan
from builder.putusan import read_choices
from builder.reader import peek_tanda
from builder.refresh import bring_in, check_archive, record, summarize
from builder.returns import Track, no_track, report
from builder.rkt import Rkt
from builder.save import (
    Draft,
    File,
    check_folder,
    digest,
    holding,
    is_open,
    pending_path,
    saying,
    settle,
    stage,
    sweep,
    told_pending,
)
from builder.tabel_data import data_frame
from builder.tampak import json_text
from builder.tangan import keep_changes
from builder.tertahan import tell_rows
from workbook_templates import buku_konsolidasi as form_konsolidasi
from workbook_templates.dasbor import Saat
from workbook_templates.tabel import Daftar


@dataclass(frozen=True, slots=True)
class Gabungan:
    """What a consolidation brought: the merged returns, and what became of the workbook."""

    hasil: Konsolidasi
    disimpan: Path | None  # where an earlier workbook was kept
    disegarkan: bool  # the konsolidasi that stood there was refreshed; otherwise a new one was written
    problems: tuple[Problem, ...] = ()  # of writing
    tertunda: Path | None = None  # where the result is while the workbook is open in Excel

    @property
    def clean(self) -> bool:
        """True where no file was refused and nothing is held."""
        return heaviest([*self.hasil.all_problems, *self.problems]).berat < 2

    def as_json(self) -> list[dict[str, Any]]:
        """LAPORAN: an item per file, and one with `"berkas": null` for problems between files."""
        return report(self.hasil.kiriman, self.hasil)


def consolidate_returns(
    masukan: Iterable[Path],
    rencana: Path,
    keluaran: Path,
    *,
    data: Path | None = None,
    laporan: Path | None = None,
    triwulan: int | None = None,
    track: Track[Any] = no_track,
) -> Gabungan:
    """Read returns, merge them, write the buku konsolidasi (and DATA, LAPORAN); raises Refused."""
    for path, suffixes in ((keluaran, (".xlsx", ".xlsm")), (data, (".csv",)), (laporan, (".json",))):
        check_suffix(path, *suffixes)
    masukan = list(masukan)
    files, _ = gather_files(masukan)
    check_distinct([keluaran, data, laporan], {rencana: "rencana"})
    check_distinct([data, laporan], dict.fromkeys(files, "kiriman"))
    rkt, _ = read_plan(rencana)
    with holding(keluaran) as told:
        with saying(keluaran):
            before = digest(keluaran)
        _check_replaceable(keluaran)
        lama = read_same(keluaran, rkt)
        _check_places(path for path in (keluaran, data, laporan) if path)
        k = triwulan or rkt.identitas.triwulan
        if lama:
            check_archive(lama.lama, keluaran)
        arsip = beside(keluaran)
        rows = lama.lama.lists if lama else arsip.lists()
        choices = read_choices(rows.get("Putusan", ()))
        outputs = (keluaran, rencana)
        hasil = merge_returns(
            masukan, rkt, k, arsip=arsip, keep=True, choices=choices, without=outputs, track=track
        )
        with _texts(hasil, data, laporan) as texts:
            if lama:
                made = _refresh(hasil, lama, told, keluaran)
            else:
                folder = next((p.name for p in masukan if p.is_dir()), "kiriman")
                made = write_new(hasil, folder, keluaran, before, told, rows, arsip.by_hand())
            return replace(made, problems=(*made.problems, *_place(texts)))


def read_same(keluaran: Path, rkt: Rkt) -> Tertutup | None:
    """The konsolidasi that stands there, where it can be refreshed: of the same plan, and still our form."""
    if not keluaran.exists():
        return None
    try:
        there = read_file(keluaran)
    except Refused:
        return None
    own = there.lama.rkt
    settled = replace(own, identitas=replace(own.identitas, triwulan=rkt.identitas.triwulan))
    return there if settled == rkt else None


def check_suffix(path: Path | None, *suffixes: str) -> None:
    """Raises Refused for a file of another kind."""
    if path is not None and path.suffix.lower() not in suffixes:
        values = {"jenis": path.suffix or "tanpa akhiran", "daftar": " atau ".join(suffixes)}
        raise Refused(Problem(Message.S02, path.name, values=values))


def check_distinct(outputs: Iterable[Path | None], inputs: Mapping[Path, str]) -> None:
    """No output takes the place of an input; raises Refused."""
    taken = {path.resolve(): told for path, told in inputs.items()}
    for path in outputs:
        if path is not None and path.resolve() in taken:
            raise Refused(Problem(Message.S07, str(path), values={"sebagai": taken[path.resolve()]}))


def _check_replaceable(keluaran: Path) -> None:
    """A file of this name is replaced only where it is a konsolidasi of ours."""
    if keluaran.exists():
        tanda = peek_tanda(keluaran) if keluaran.is_file() else None
        if tanda is None or tanda.jenis != KONSOLIDASI:
            raise Refused(Problem(Message.S05, str(keluaran)))


def _check_places(paths: Iterable[Path]) -> None:
    """Every folder takes a file, and every file that stands there may be written, before the returns are read."""
    for path in paths:
        if path.exists():
            check_place(path)
        else:
            with saying(path):
                check_folder(path)


# --- writing ------------------------------------------------------------------------------------------------------


def _refresh(hasil: Konsolidasi, there: Tertutup, told: tuple[Problem, ...], keluaran: Path) -> Gabungan:
    lama = there.lama
    segar = bring_in(lama, hasil)
    k = patch_cells(lama.book, lama.grids, {TRIWULAN_PELAPORAN: hasil.triwulan})
    written = write_file(there, replace(segar, patches=(*segar.patches, *k)), told)
    record(written, lama.folder, keluaran)
    return Gabungan(hasil, None, True, written.problems, written.tertunda)


def write_new(
    hasil: Konsolidasi,
    folder: str,
    keluaran: Path,
    before: str,
    told: tuple[Problem, ...],
    lists: Daftar,
    by_hand: Mapping[Key, Value],
) -> Gabungan:
    """A new konsolidasi; one that stands there (`before`: its digest) is kept under another name.

    `folder`: of returns, as the Dasbor names it; `lists` and `by_hand`: what the archive knows of an earlier one.
    """
    form = form_konsolidasi.buku_konsolidasi(hasil)
    keep_changes(hasil, form, {key: value for key, value in by_hand.items() if key in form.places}, {})
    tell_rows(hasil)
    pending = pending_path(keluaran) if is_open(keluaran) else None
    told += (told_pending(keluaran, pending),) if pending else ()
    kalimat, book = _new_konsolidasi(hasil, folder, keluaran, told, lists)
    file = make_file(book, keluaran)
    with saying(keluaran, len(file.content)), stage(file) as draft, kept_old([keluaran]) as kept:
        settled = settle(draft, before, pending)
    if settled and not pending:
        told += (told_pending(keluaran, settled),)
    if settled:  # the old one still stands in its place
        for copy in kept:
            copy.unlink(missing_ok=True)
    record(Segar(kalimat, (), book, hasil), folder, keluaran)
    return Gabungan(hasil, None if settled else next(iter(kept), None), False, told, settled)


def _new_konsolidasi(
    hasil: Konsolidasi, folder: str, keluaran: Path, told: tuple[Problem, ...], lists: Daftar
) -> tuple[str, Book]:
    now = f"{datetime.datetime.now():%d/%m/%Y %H.%M}"
    saat = Saat(f"Dibuat {now}. {summarize(hasil)} {in_words(told)}".rstrip(), now, folder)
    makro = keluaran.suffix == ".xlsm"
    return saat.hasil, form_konsolidasi.buku_konsolidasi(hasil, saat, lists, makro=makro)


@contextlib.contextmanager
def _texts(hasil: Konsolidasi, data: Path | None, laporan: Path | None) -> Iterator[list[Draft]]:
    """DATA and LAPORAN, complete beside their places."""
    texts: dict[Path, str] = {}
    if data:
        texts[data] = data_frame(hasil).to_csv(index=False, lineterminator="\n")
    if laporan:
        texts[laporan] = json_text(report(hasil.kiriman, hasil)) + "\n"
    with contextlib.ExitStack() as stack:
        drafts = []
        for path, text in texts.items():
            content = text.encode()
            with saying(path, len(content)):
                sweep(path)
                drafts.append(stack.enter_context(stage(File(path, content))))
        yield drafts


def _place(texts: list[Draft]) -> Iterator[Problem]:
    """Put DATA and LAPORAN into their places; the workbook is written by then, so a refusal is only told."""
    for draft in texts:
        try:
            with saying(draft.path):
                draft.place()
        except Refused as refused:
            yield from refused.problems
