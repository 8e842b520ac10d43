"""What stands behind a worksheet function: the folder of returns, the plan, and the numbers of the rules.

In Excel these are found from the workbook that the formula stands in, as it was last saved. On a server there is
no such file: the folder that `RKT_FOLDER` names takes the place of the workbook's own, and nothing outside it is read.
"""

from __future__ import annotations

import os
from functools import cache, lru_cache
from pathlib import Path

import xlwings as xw

from builder.consolidator import Konsolidasi
from builder.identitas import KONSOLIDASI, RENCANA
from builder.masalah import Refused, show
from builder.masukan import gather_files
from builder.penerimaan import merge_returns
from builder.plan import read_plan
from builder.plan.settings import default_aturan
from builder.reader import peek_tanda
from builder.rkt import Aturan, Rkt

FOLDER_SERVER = "RKT_FOLDER"

Sidik = tuple[tuple[str, int, int], ...]  # name, time and size of each file


class Kalimat(Exception):  # noqa: N818 - not an error of the program: what the cell says in place of a value
    """An Indonesian sentence for the cell: what is wrong with an argument, and the cure."""


def find_folder(name: str) -> Path:
    """The folder of returns that a formula names; raises Kalimat."""
    server, caller = _server_folder(), _caller()
    path = (server or (caller.parent if caller else Path.cwd())) / name
    if server and not path.resolve().is_relative_to(server):
        raise Kalimat(
            f"Folder «{show(name, 60)}» di luar folder server. Tulis nama foldernya saja, misalnya kiriman."
        )
    if not name or not path.is_dir():
        raise Kalimat(f"Folder «{show(name, 60)}» tidak ditemukan. Periksa namanya, misalnya kiriman.")
    return path.resolve()


def find_plan(folder: Path) -> Path:
    """The plan of the calling workbook, else the one in the folder, else the one beside it; raises Kalimat."""
    caller, server = _caller(), _server_folder()
    if caller and _kind(caller) in (KONSOLIDASI, RENCANA):
        return caller
    for place in (folder, folder.parent):
        found = _plans_in(place) if server is None or place.is_relative_to(server) else []
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(p.name for p in found)
            raise Kalimat(f"Ada beberapa rencana di folder {place.name}: {names}. Sisakan satu saja.")
    raise Kalimat(
        f"Rencana tidak ditemukan di folder {folder.name} atau di sebelahnya. "
        "Letakkan buku konsolidasi atau rencana di sebelah folder kiriman."
    )


def find_aturan() -> Aturan:
    """The rules' numbers and words: those of the office's plan where one is at hand, else the usual ones."""
    server, caller = _server_folder(), _caller()
    try:
        plan = find_plan(server) if server else caller
        if plan and _kind(plan) in (KONSOLIDASI, RENCANA):
            return _plan(plan, plan.stat().st_mtime_ns).aturan
    except (Kalimat, Refused, OSError):
        pass  # a plan that cannot be used is told where it is asked for
    return _usual_aturan()


def merge(folder: Path, plan: Path) -> Konsolidasi:
    """The returns of a folder merged with the plan, as `rkt konsolidasi` does it; raises Refused."""
    states = ((p, p.stat()) for p in (plan, *gather_files([folder])[0]))
    # Every cell of a sheet asks for the same: read again only when a file has changed.
    return _merge(plan, folder, tuple((str(p), s.st_mtime_ns, s.st_size) for p, s in states))


@lru_cache(maxsize=4)
def _merge(plan: Path, folder: Path, changed: Sidik) -> Konsolidasi:
    rkt = _plan(plan, plan.stat().st_mtime_ns)
    return merge_returns([folder], rkt, rkt.identitas.triwulan, without=[plan])


def _server_folder() -> Path | None:
    named = os.environ.get(FOLDER_SERVER)
    return Path(named).resolve() if named else None


def _caller() -> Path | None:
    """The file of the workbook that the formula stands in; None on a server, and in Python alone."""
    if _server_folder():
        return None
    try:
        path = Path(xw.Book.caller().fullname)
    except Exception:  # what xlwings says without Excel differs from system to system
        return None
    return path if path.is_file() else None


def _plans_in(place: Path) -> list[Path]:
    """Konsolidasi of a folder, since the plan in it is the one that the office works with; else plans."""
    files = (p for p in sorted(place.glob("*.xls[xm]")) if not p.name.startswith(("~$", ".")))
    kinds = {p: _kind(p) for p in files if " (lama " not in p.name}
    for kind in (KONSOLIDASI, RENCANA):
        if found := [p for p, k in kinds.items() if k == kind]:
            return found
    return []


def _kind(path: Path) -> str | None:
    return _kind_of(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _kind_of(path: Path, changed: int) -> str | None:
    """What a workbook says it is; looked at again when it changed."""
    tanda = peek_tanda(path)
    return tanda.jenis if tanda else None


@lru_cache(maxsize=8)
def _plan(path: Path, changed: int) -> Rkt:
    return read_plan(path)[0]


@cache
def _usual_aturan() -> Aturan:
    given = default_aturan()
    tables = {name: tuple(map(tuple, given[name])) for name in ("kategori", "predikat", "opini")}
    return Aturan(**given | tables)
