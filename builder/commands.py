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
from typing import Any, TypeVar

from builder.consolidator import Konsolidasi, consolidate, data_frame
from builder.identitas import KONSOLIDASI, RENCANA
from builder.layout import Book
from builder.masalah import Message, Problem, Refused, os_reason
from builder.naskah import DrafIndikator, Naskah, read_naskah
from builder.plan import read_plan
from builder.plan.settings import default_aturan, skema
from builder.plan.table import csv_text, toml_text
from builder.reader import Kiriman, peek_tanda, read_kiriman
from builder.rkt import Identitas, Rkt, SubBagian
from builder.usulan import Baris, complete
from builder.writer import whole_file, write_book
from workbook_templates import buku_konsolidasi as form_konsolidasi
from workbook_templates.buku_kerja import buku_kerja, file_name
from workbook_templates.rencana import rencana_book
from workbook_templates.tema import STYLES

T = TypeVar("T")
Track = Callable[[Sequence[T], str], Iterable[T]]  # goes through a sequence and shows how far it is


def no_track(items: Sequence[T], label: str) -> Iterable[T]:
    """Shows nothing."""
    return items


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


def build_workbooks(
    rencana: Path, folder: Path, *, triwulan: int | None = None, track: Track[Any] = no_track
) -> Bangun:
    """One buku kerja per sub-bagian, and the buku konsolidasi, into a folder; raises Refused."""
    rkt, problems = read_plan(rencana)
    if triwulan:
        rkt = replace(rkt, identitas=replace(rkt.identitas, triwulan=triwulan))
    owners = [s for s in rkt.sub_bagian if rkt.sasaran_of(s)]
    makers: list[tuple[Path, Callable[[], Book]]] = [
        *((folder / file_name(rkt, s), lambda s=s: buku_kerja(rkt, s)) for s in owners),
        (
            folder / form_konsolidasi.file_name(rkt),
            lambda: form_konsolidasi.buku_konsolidasi(consolidate([], rkt, rkt.identitas.triwulan)),
        ),
    ]
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
            write_book(book, STYLES, stack.enter_context(whole_file(path)))
            paths.append(path)
        return [keep_old(path) for path in paths]


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


def gather_files(masukan: Iterable[Path]) -> tuple[list[Path], list[Problem]]:
    """Files of a mix of folders and files, in the order of their names; lock and system files are counted."""
    found: list[Path] = []
    problems: list[Problem] = []
    skipped = 0
    for path in masukan:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file())
            found += [p for p in inside if not _is_junk(p)]
            skipped += sum(map(_is_junk, inside))
        elif path.is_file():
            found.append(path)
        else:
            problems.append(Problem(Message.S01, str(path)))
    if problems:
        raise Refused(*problems)
    if skipped:
        problems.append(Problem(Message.J02, values={"jumlah": skipped}))
    return list(dict.fromkeys(found)), problems


def _is_junk(path: Path) -> bool:
    name = path.name.lower()
    known = name in ("thumbs.db", "desktop.ini", ".ds_store") or name.endswith(
        (".tmp", ".crdownload", ".part")
    )
    return known or name.startswith(("~$", "._", ".")) or "__MACOSX" in path.parts


def check_returns(
    berkas: Iterable[Path], rencana: Path | Rkt, *, track: Track[Any] = no_track
) -> list[Kiriman]:
    """Read returned workbooks against a plan (its file, or as read); what is wrong stands in their problems.

    Raises Refused for a plan that cannot be used or a file that does not exist.
    """
    rkt = rencana if isinstance(rencana, Rkt) else read_plan(rencana)[0]
    files, _ = gather_files(berkas)
    if not files:
        raise Refused(Problem(Message.S06))
    makers: dict[str, Book] = {}

    def make_book(sub_bagian: SubBagian) -> Book:
        if sub_bagian.kode not in makers:
            makers[sub_bagian.kode] = buku_kerja(rkt, sub_bagian)
        return makers[sub_bagian.kode]

    names = [path.name for path in files]
    return [
        read_kiriman(
            path,
            rkt,
            make_book,
            path.name if names.count(path.name) == 1 else f"{path.parent.name}/{path.name}",
        )
        for path in track(files, "Memeriksa kiriman")
    ]


@dataclass(frozen=True, slots=True)
class Gabungan:
    """What a consolidation brought: the merged returns, and where an earlier workbook was kept."""

    hasil: Konsolidasi
    disimpan: Path | None

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
    for path, suffix in ((keluaran, ".xlsx"), (data, ".csv"), (laporan, ".json")):
        _check_suffix(path, suffix)
    masukan = list(masukan)
    files, problems = gather_files(masukan)
    _check_distinct([keluaran, data, laporan], {rencana: "rencana"})
    _check_distinct([data, laporan], dict.fromkeys(files, "kiriman"))
    rkt, _ = read_plan(rencana)
    _check_replaceable(keluaran)
    files = [f for f in files if f.resolve() not in (keluaran.resolve(), rencana.resolve())]
    returned = check_returns(files, rkt, track=track)
    ours = [k for k in returned if k.tanda and k.tanda.jenis in (KONSOLIDASI, RENCANA)]
    if ours:
        problems.append(Problem(Message.J09, values={"jumlah": len(ours)}))
    hasil = consolidate([k for k in returned if k not in ours], rkt, triwulan or rkt.identitas.triwulan)
    hasil.problems[:0] = problems
    if not hasil.kiriman:
        raise Refused(Problem(Message.S06, ", ".join(map(str, masukan))))
    return Gabungan(hasil, _write_konsolidasi(hasil, masukan, keluaran, data, laporan))


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
    """A file of this name is replaced only where it is a konsolidasi of ours."""
    if keluaran.exists():
        tanda = peek_tanda(keluaran) if keluaran.is_file() else None
        if tanda is None or tanda.jenis != KONSOLIDASI:
            raise Refused(Problem(Message.S05, str(keluaran)))


def _write_konsolidasi(
    hasil: Konsolidasi, masukan: list[Path], keluaran: Path, data: Path | None, laporan: Path | None
) -> Path | None:
    now = datetime.datetime.now()
    saat = form_konsolidasi.Saat(f"{now:%d/%m/%Y %H.%M}", ", ".join(p.name for p in masukan) or "kiriman")
    book = form_konsolidasi.buku_konsolidasi(hasil, saat)
    texts: dict[Path, str] = {}
    if data:
        texts[data] = data_frame(hasil).to_csv(index=False, lineterminator="\n")
    if laporan:
        texts[laporan] = (
            json.dumps(report(hasil.kiriman, hasil.problems), ensure_ascii=False, indent=2) + "\n"
        )
    with _writing(keluaran), contextlib.ExitStack() as stack:
        for path, text in texts.items():
            with _writing(path):
                stack.enter_context(whole_file(path)).write_text(text, "utf-8")
        write_book(book, STYLES, stack.enter_context(whole_file(keluaran)))
        return keep_old(keluaran)


def report(kiriman: Sequence[Kiriman], problems: Sequence[Problem] = ()) -> list[dict[str, Any]]:
    """The list that `--json` and LAPORAN give: one item per file, then one for problems between files."""
    items = [k.as_json() for k in kiriman]
    if problems:
        worst = max(problems, key=lambda p: p.putusan.berat).putusan
        status = "diterima" if worst.berat == 0 else str(worst)
        items.append({"berkas": None, "status": status, "masalah": [p.as_json() for p in problems]})
    return items
