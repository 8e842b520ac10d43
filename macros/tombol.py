"""The four buttons on the workbook open in Excel: read everything, compute with `builder`, write once.

Each says what it came to in one Indonesian sentence, in the status cell and as its result. A fault of the
program is told there too, with the place of the log; the workbook is then as it was.
"""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import xlwings as xw

from builder.commands import Bangun, build_buku_kerja, hand_out
from builder.identitas import LEMBAR_META, NAMA_HASIL, RENCANA
from builder.lama import Lama, Segar, read_lama
from builder.log import write_log
from builder.masalah import Message, Problem, Refused, show
from builder.plan import read_plan
from builder.recompute import recompute
from builder.refresh import check, find_folder, record, refresh
from builder.save import holding
from macros.buku import OpenGrids, Unfinished, apply_patches
from macros.sumber import FOLDER_SERVER

FOLDER_BUKU_KERJA = "buku-kerja"
_SAAT_INI = "buku tetap seperti sebelum tombol ditekan"
_SETENGAH = "sebagian isi sudah berubah, jadi tutup buku ini TANPA menyimpannya"


def _button(press: Callable[[xw.Book], str]) -> Callable[[xw.Book], str]:
    """Tell every refusal and every fault as a sentence, where the user looks for it."""

    @functools.wraps(press)
    def pressed(book: xw.Book) -> str:
        try:
            return press(book)
        except Refused as refused:
            more = len(refused.problems) - 1
            sentence = refused.problems[0].pesan + (f" Ada {more} masalah lagi." if more else "")
        except Exception as error:
            keadaan = _SETENGAH if isinstance(error, Unfinished) else _SAAT_INI
            values = {"keadaan": keadaan, "catatan": write_log(f"{press.__name__} {book.name}")}
            sentence = Problem(Message.L29, values=values).pesan
        show_result(book, sentence)
        return sentence

    return pressed


@_button
def segarkan(book: xw.Book) -> str:
    """Read the folder of returns, check, merge, write; the sentence of the result."""
    with _held(book):
        lama, path = _open(book)
        segar = refresh(lama, _find_returns(lama, path), path)
        kalimat = _apply(book, lama, segar)
        record(segar, lama.folder, path)
        return kalimat


@_button
def periksa(book: xw.Book) -> str:
    """Read, check and merge the returns without bringing anything in; the sentence of the result."""
    lama, path = _open(book)
    return _apply(book, lama, check(lama, _find_returns(lama, path), path))


@_button
def hitung_ulang(book: xw.Book) -> str:
    """Compute every formula anew from the workbook's own entries, mark what differs; the sentence of the result."""
    with _held(book):
        if book.app.engine.type == "desktop":
            book.app.calculate()
        lama, _ = _open(book)
        return _apply(book, lama, recompute(lama))


@_button
def buat_buku_kerja(book: xw.Book) -> str:
    """Emit the buku kerja of every sub-bagian into a folder beside the workbook; the sentence of the result."""
    path = find_path(book)
    folder = path.parent / FOLDER_BUKU_KERJA
    rencana = _is_rencana(book)
    made = build_buku_kerja(read_plan(path)[0], folder) if rencana else hand_out(_open(book)[0], path, folder)
    sentence = _tell_built(made)
    show_result(book, sentence)
    return sentence


def _tell_built(made: Bangun) -> str:
    kept = (
        f" {len(made.disimpan)} berkas sebelumnya disimpan dengan nama «(lama …)»." if made.disimpan else ""
    )
    names = ", ".join(p.name for p in made.berkas)
    return f"{len(made.berkas)} buku kerja dibuat di folder {made.berkas[0].parent}: {names}.{kept}"


def _is_rencana(book: xw.Book) -> bool:
    grids = OpenGrids(book)
    if LEMBAR_META not in grids:
        return False
    return any(line[:2] == ["jenis", RENCANA] for line in map(list, grids[LEMBAR_META]))


def _open(book: xw.Book) -> tuple[Lama, Path]:
    """The open konsolidasi as it stands, and where its file is; raises Refused."""
    path = find_path(book)
    if _is_read_only(book):
        raise Refused(Problem(Message.L25, book.name))
    return read_lama(OpenGrids(book), path), path


@contextlib.contextmanager
def _held(book: xw.Book) -> Iterator[None]:
    """Hold the workbook's file against `rkt segarkan` while a button writes; raises Refused (L05).

    What lies on no disk of ours, or where nothing may be written (the copy in Excel can still be saved elsewhere),
    is not held. A dead process's lock is taken over without a word: the status cell tells of the workbook.
    """
    path = find_path(book)
    if book.app.engine.type != "desktop" or not path.is_file():
        yield
        return
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(holding(path))
        except Refused as refused:
            if any(p.message is Message.L05 for p in refused.problems):
                raise
        yield


def _find_returns(lama: Lama, path: Path) -> Path:
    """The folder of returns; on a server the workbook may name none outside of the server's own."""
    folder, server = find_folder(lama.folder, path.parent), os.environ.get(FOLDER_SERVER)
    if server and not folder.resolve().is_relative_to(Path(server).resolve()):
        raise Refused(Problem(Message.L23, values={"folder": show(lama.folder)}))
    return folder


def find_path(book: xw.Book) -> Path:
    """Where the workbook's file is; on a server the folder of `RKT_FOLDER` stands for its own."""
    server = os.environ.get(FOLDER_SERVER)
    if book.app.engine.type != "desktop":
        return Path(server or ".") / (Path(book.name).name or "buku")  # whoever asks names the book
    return Path(book.fullname)


def _is_read_only(book: xw.Book) -> bool:
    if book.app.engine.type != "desktop":
        return False
    api = book.api
    # Excel on Windows has a property, Excel on a Mac an object that must be asked.
    return bool(api.ReadOnly) if hasattr(api, "ReadOnly") else bool(api.read_only.get())


def _apply(book: xw.Book, lama: Lama, segar: Segar) -> str:
    apply_patches(book, segar.patches, lama.grids)
    return segar.kalimat


def show_result(book: xw.Book, sentence: str) -> None:
    """Into the status cell; a workbook without one is told by a message."""
    cell = _result_cell(book)
    if cell is not None:
        cell.value = sentence
    elif book.app.engine.type == "desktop":
        book.app.alert(sentence, title="Kinerja")


def _result_cell(book: xw.Book) -> xw.Range | None:
    """The status cell; None where there is none."""
    for name in book.names:
        if name.name == NAMA_HASIL:
            # A name outlives its sheet; what it then raises differs from system to system.
            with contextlib.suppress(Exception):
                return name.refers_to_range[0, 0]
    return None


TOMBOL: dict[str, Callable[[xw.Book], str]] = {
    "segarkan": segarkan,
    "periksa": periksa,
    "hitung_ulang": hitung_ulang,
    "buat_buku_kerja": buat_buku_kerja,
}
