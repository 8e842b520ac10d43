"""The walk, step by step: what each command does, from files to files, without a terminal.

This is the wiring: it picks the forms, opens the doors, and hands problems up as `Refused`. Every function is
also the Python interface of the program.
"""

from __future__ import annotations

import contextlib
import datetime
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from builder.capaian import TRIWULAN_PELAPORAN
from builder.closed import is_open, told_open, write_file
from builder.consolidator import Konsolidasi, consolidate, data_frame
from builder.identitas import KONSOLIDASI
from builder.lama import Lama, read_lama
from builder.layout import Book
from builder.masalah import Message, Problem, Refused, os_reason
from builder.naskah import DrafIndikator, Naskah, read_naskah
from builder.package import read_grids
from builder.patch import patch_cells
from builder.plan import read_plan
from builder.plan.settings import default_aturan, skema
from builder.plan.table import csv_text, toml_text
from builder.reader import peek_tanda
from builder.refresh import bring_in, summarize
from builder.returns import Track, gather_files, merge_returns, no_track, report
from builder.rkt import Identitas, Rkt
from builder.usulan import Baris, complete
from builder.writer import whole_file, write_book
from workbook_templates import buku_konsolidasi as form_konsolidasi
from workbook_templates.buku_kerja import buku_kerja, file_name
from workbook_templates.dasbor import Saat
from workbook_templates.rencana import rencana_book
from workbook_templates.tema import STYLES

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
    _check_suffix(rencana, ".xlsx", ".csv")
    _check_distinct([rencana], {dokumen: "dokumen RKT"})
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
    with _writing(rencana):
        rencana.parent.mkdir(parents=True, exist_ok=True)
        if rencana.suffix.lower() == ".csv":
            kept = keep_old(rencana)
            keep_old(rencana.with_suffix(".toml"))
            for path, text in (
                (rencana, csv_text(rows)),
                (rencana.with_suffix(".toml"), toml_text(identitas)),
            ):
                with whole_file(path) as temporary:
                    temporary.write_text(text, "utf-8")
            return kept
        settings = {
            "identitas": {f: getattr(identitas, f) for f in Identitas.__slots__},
            "sub_bagian": skema("pkpu14-2020"),
            "aturan": default_aturan(),
        }
        return _write_books([(rencana_book(list(rows), settings), rencana)])[0]


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
    konsolidasi that stands there is left as it is; from a konsolidasi only the buku kerja are made.
    """
    rkt, problems = read_plan(rencana)
    if triwulan:
        rkt = replace(rkt, identitas=replace(rkt.identitas, triwulan=triwulan))
    tanda = peek_tanda(rencana)
    konsolidasi = folder / form_konsolidasi.file_name(rkt, makro=makro)
    dibiarkan = konsolidasi if _read_same(konsolidasi, rkt) else None
    if dibiarkan or (tanda and tanda.jenis == KONSOLIDASI):
        return replace(_build(_buku_kerja_makers(rkt, folder), folder, problems, track), dibiarkan=dibiarkan)
    makers: list[tuple[Path, Callable[[], Book]]] = [
        *_buku_kerja_makers(rkt, folder),
        (
            konsolidasi,
            lambda: form_konsolidasi.buku_konsolidasi(
                consolidate([], rkt, rkt.identitas.triwulan), makro=makro
            ),
        ),
    ]
    return _build(makers, folder, problems, track)


def build_buku_kerja(rkt: Rkt, folder: Path, *, track: Track[Any] = no_track) -> Bangun:
    """The buku kerja of a plan that was read before, without a buku konsolidasi; raises Refused."""
    return _build(_buku_kerja_makers(rkt, folder), folder, (), track)


def _buku_kerja_makers(rkt: Rkt, folder: Path) -> list[tuple[Path, Callable[[], Book]]]:
    owners = [s for s in rkt.sub_bagian if rkt.sasaran_of(s)]
    return [(folder / file_name(rkt, s), lambda s=s: buku_kerja(rkt, s)) for s in owners]  # type: ignore[misc]


def _build(
    makers: Sequence[tuple[Path, Callable[[], Book]]],
    folder: Path,
    problems: Iterable[Problem],
    track: Track[Any],
) -> Bangun:
    with _writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        books = [(make(), path) for path, make in track(makers, "Membuat buku kerja")]
        kept = _write_books(books)
    return Bangun(tuple(p for _, p in books), tuple(problems), tuple(k for k in kept if k))


def _write_books(books: Iterable[tuple[Book, Path]]) -> list[Path | None]:
    """All or none: each is written beside its place first, and takes it once every one is there."""
    with contextlib.ExitStack() as stack:
        paths = []
        for book, path in books:
            _write_book(book, stack.enter_context(whole_file(path)), makro=path.suffix == ".xlsm")
            paths.append(path)
        return [keep_old(path) for path in paths]


def _write_book(book: Book, path: Path, *, makro: bool) -> None:
    """A workbook, with the macros of the buttons where its name says so."""
    if not makro:
        write_book(book, STYLES, path)
        return
    from macros.proyek import add_ribbon, vba_project

    write_book(book, STYLES, path, vba=vba_project(len(book.sheets)))
    add_ribbon(path)


def keep_old(path: Path) -> Path | None:
    """Copy a file that is about to be replaced to a name of its own, so that nothing in it is lost."""
    if not path.is_file():
        return None
    stamp = datetime.datetime.fromtimestamp(path.stat().st_mtime)
    kept = path.with_name(f"{path.stem} (lama {stamp:%Y-%m-%d %H.%M.%S}){path.suffix}")
    kept.write_bytes(path.read_bytes())
    return kept


@contextlib.contextmanager
def _writing(path: Path) -> Iterator[None]:
    """What the system says against writing, as a message."""
    try:
        yield
    except OSError as error:
        raise Refused(Problem(Message.S04, str(path), values={"sebab": os_reason(error)})) from error


# --- periksa and konsolidasi --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Gabungan:
    """What a consolidation brought: the merged returns, and where an earlier workbook was kept."""

    hasil: Konsolidasi
    disimpan: Path | None
    disegarkan: bool  # the konsolidasi that stood there was refreshed; otherwise a new one was written

    @property
    def clean(self) -> bool:
        """True where no file was refused and nothing is held."""
        return not any(p.putusan.berat >= 2 for p in self.hasil.all_problems)

    def as_json(self) -> list[dict[str, Any]]:
        """LAPORAN: an item per file, and one with `"berkas": null` for problems between files."""
        return report(self.hasil.kiriman, self.hasil.problems)


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
        _check_suffix(path, *suffixes)
    masukan = list(masukan)
    files, _ = gather_files(masukan)
    _check_distinct([keluaran, data, laporan], {rencana: "rencana"})
    _check_distinct([data, laporan], dict.fromkeys(files, "kiriman"))
    rkt, _ = read_plan(rencana)
    _check_replaceable(keluaran)
    k = triwulan or rkt.identitas.triwulan
    hasil = merge_returns(masukan, rkt, k, without=(keluaran, rencana), track=track)
    lama = _read_same(keluaran, rkt)
    kept = _write_konsolidasi(hasil, lama, masukan, keluaran, data, laporan)
    return Gabungan(hasil, kept, lama is not None)


def _read_same(keluaran: Path, rkt: Rkt) -> Lama | None:
    """The konsolidasi that stands there, where it can be refreshed: of the same plan, and still our form."""
    if not keluaran.exists():
        return None
    try:
        lama = read_lama(read_grids(keluaran), keluaran)
    except Refused:
        return None
    settled = replace(lama.rkt, identitas=replace(lama.rkt.identitas, triwulan=rkt.identitas.triwulan))
    return lama if settled == rkt else None


def _check_suffix(path: Path | None, *suffixes: str) -> None:
    if path is not None and path.suffix.lower() not in suffixes:
        values = {"jenis": path.suffix or "tanpa akhiran", "daftar": " atau ".join(suffixes)}
        raise Refused(Problem(Message.S02, path.name, values=values))


def _check_distinct(outputs: Iterable[Path | None], inputs: Mapping[Path, str]) -> None:
    """No output takes the place of an input."""
    taken = {path.resolve(): told for path, told in inputs.items()}
    for path in outputs:
        if path is not None and path.resolve() in taken:
            raise Refused(Problem(Message.S07, str(path), values={"sebagai": taken[path.resolve()]}))


def _check_replaceable(keluaran: Path) -> None:
    """A file of this name is replaced only where it is a konsolidasi of ours, and nobody has it open."""
    if keluaran.exists():
        if is_open(keluaran):
            raise told_open(keluaran)
        tanda = peek_tanda(keluaran) if keluaran.is_file() else None
        if tanda is None or tanda.jenis != KONSOLIDASI:
            raise Refused(Problem(Message.S05, str(keluaran)))


def _write_konsolidasi(
    hasil: Konsolidasi,
    lama: Lama | None,
    masukan: list[Path],
    keluaran: Path,
    data: Path | None,
    laporan: Path | None,
) -> Path | None:
    """Refresh the konsolidasi that stands there, so that all in it that is the konsolidator's own stays; where
    it cannot be refreshed a new one is written, and the old one kept under another name, which is returned."""
    texts: dict[Path, Callable[[], str]] = {}
    if data:
        texts[data] = lambda: data_frame(hasil).to_csv(index=False, lineterminator="\n")
    if laporan:
        texts[laporan] = lambda: _json_text(report(hasil.kiriman, hasil.problems))
    segar = bring_in(lama, hasil) if lama else None
    with _writing(keluaran), contextlib.ExitStack() as stack:
        for path, make in texts.items():
            with _writing(path):
                stack.enter_context(whole_file(path)).write_text(make(), "utf-8")
        if lama and segar:
            k = patch_cells(lama.book, lama.grids, {TRIWULAN_PELAPORAN: hasil.triwulan})
            write_file(keluaran, replace(segar, patches=(*segar.patches, *k)))
            return None
        new = stack.enter_context(whole_file(keluaran))
        _write_book(_new_konsolidasi(hasil, masukan, keluaran), new, makro=keluaran.suffix == ".xlsm")
        return keep_old(keluaran)


def _new_konsolidasi(hasil: Konsolidasi, masukan: list[Path], keluaran: Path) -> Book:
    now = f"{datetime.datetime.now():%d/%m/%Y %H.%M}"
    folder = next((p.name for p in masukan if p.is_dir()), "kiriman")
    saat = Saat(f"Dibuat {now}. {summarize(hasil)}", now, folder)
    makro = keluaran.suffix == ".xlsm"
    return form_konsolidasi.buku_konsolidasi(hasil, saat, makro=makro)


def _json_text(items: list[dict[str, Any]]) -> str:
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"
